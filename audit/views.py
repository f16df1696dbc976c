"""The audit trail: for those who watch over the portal."""

from django.http import HttpResponse
from django.utils import timezone
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from audit import exports, presentation, services
from audit.forms import EventFilterForm
from audit.models import AuditEvent
from common.keyset import KeysetListView
from common.views import PartMixin, filter_form

MOST_EXPORTED = 50_000


class EventListView(PermissionRequiredMixin, PartMixin, KeysetListView):
    permission_required = "audit.view_auditevent"
    template_name = "audit/list.html"
    part = "table"
    ordering = ("-pk",)
    paginate_by = 25
    counts = False  # a count over all events could read millions of them

    def get_queryset(self):
        self.form = filter_form(self.request, EventFilterForm)
        return AuditEvent.objects.visible_to(self.request.user).filtered(**self.form.criteria())

    def get_context_data(self, **kwargs):
        context = super().get_context_data(form=self.form, **kwargs)
        context["rows"] = presentation.describe_all(context["page"].items)
        context["export_query"] = self.request.GET.urlencode()
        return context


class EventExportView(PermissionRequiredMixin, View):
    """The filtered events as CSV; taking them away is an event, too."""

    permission_required = "audit.export_auditevent"
    http_method_names = ["post"]

    def post(self, request):
        form = EventFilterForm(request.GET)
        criteria = form.criteria() if form.is_valid() else None
        if criteria is None:
            return HttpResponse(status=400)
        events = AuditEvent.objects.visible_to(request.user).filtered(**criteria)
        rows = list(events.order_by("-pk")[:MOST_EXPORTED])
        services.record_export(by=request.user, criteria=criteria, rows=len(rows))
        name = f"jejak-audit-{timezone.localtime():%Y%m%d-%H%M}.csv"
        return HttpResponse(
            exports.to_csv(rows),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
