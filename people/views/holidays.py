"""Days on which nobody works; time limits count around them."""

from django.forms import Form
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import CreateView, ListView

from common.views import one_of
from people import services
from people.forms import HolidayForm
from people.models import Holiday
from people.views.base import ActionView, PermissionRequiredMixin, ServiceFormMixin


class HolidayListView(PermissionRequiredMixin, ListView):
    """One year at a time."""

    permission_required = "people.list_holiday"
    template_name = "people/holiday_list.html"
    context_object_name = "holidays"

    def get_permission_object(self):
        return None

    def get_queryset(self):
        years = {str(day.year) for day in Holiday.objects.dates("on", "year")}
        self.years = sorted(years | {str(timezone.localdate().year)})
        self.year = one_of(
            self.request.GET.get("tahun"), self.years, str(timezone.localdate().year)
        )
        return Holiday.objects.filter(on__year=int(self.year))

    def get_context_data(self, **kwargs):
        links = [
            {"label": year, "url": f"?tahun={year}", "active": year == self.year, "count": None}
            for year in self.years
        ]
        return super().get_context_data(years=links, year=self.year, **kwargs)


class HolidayCreateView(PermissionRequiredMixin, ServiceFormMixin, CreateView):
    permission_required = "people.add_holiday"
    form_class = HolidayForm
    template_name = "people/action.html"
    success_url = reverse_lazy("people:holiday_list")
    success_message = _("The holiday was added.")
    extra_context = {"title": _("Add a holiday"), "button": _("Add"), "back_url": success_url}

    def perform(self, form):
        return services.save_holiday(form.save(commit=False), by=self.request.user)

    def get_success_url_of(self, result):
        return f"{self.success_url}?tahun={result.on.year}"


class HolidayActionView(ActionView):
    model = Holiday

    def get_success_url(self):
        return f"{reverse_lazy('people:holiday_list')}?tahun={self.object.on.year}"


class HolidayChangeView(HolidayActionView):
    permission_required = "people.change_holiday"
    form_class = HolidayForm
    title = _("Change a holiday")
    button = _("Save")
    success_message = _("The changes were saved.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": Holiday.objects.get(pk=self.object.pk)}

    def perform(self, form):
        return services.save_holiday(form.save(commit=False), by=self.request.user)


class HolidayDeleteView(HolidayActionView):
    permission_required = "people.delete_holiday"
    form_class = Form
    title = _("Delete a holiday")
    button = _("Delete")
    is_dangerous = True
    success_message = _("The holiday was deleted.")

    def perform(self, form):
        services.delete_holiday(self.object, by=self.request.user)
