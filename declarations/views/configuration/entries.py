"""Lists and time limits: short tables, changed with a reason, their history below."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from declarations.forms.configuration import LimitForm, entry_form
from declarations.models import TimeLimit
from declarations.services import configuration
from declarations.views.configuration.base import (
    EditorMixin,
    PageView,
    ReaderMixin,
    SavingFormView,
    history_of,
)
from declarations.views.configuration.versions import LIST_TITLES


class ListMixin:
    """The list of the address."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if kwargs["slug"] not in LIST_TITLES:
            raise Http404
        name, self.list_title = LIST_TITLES[kwargs["slug"]]
        self.model = configuration.LISTS[name]

    def get_success_url(self):
        return reverse("declarations:configuration_list", args=[self.kwargs["slug"]])


class EntryListView(ListMixin, ReaderMixin, PageView):
    template_name = "declarations/configuration/entries.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            entries=self.model.objects.order_by("position", "code")[:500],
            title=self.list_title,
            slug=self.kwargs["slug"],
            **kwargs,
        )


class EntryEditView(ListMixin, EditorMixin, SavingFormView):
    @cached_property
    def entry(self):
        return get_object_or_404(self.model, code=self.kwargs["code"])

    def get_heading(self):
        return str(self.entry)

    def get_context_data(self, **kwargs):
        return super().get_context_data(events=history_of(self.entry), **kwargs)

    def get_form_class(self):
        return entry_form(self.model, is_new=False)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": self.entry}

    def save(self, form):
        configuration.save_entry(
            self.entry,
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            **form.values(),
        )


class EntryAddView(ListMixin, EditorMixin, SavingFormView):
    heading = gettext_lazy("New entry")

    def get_form_class(self):
        return entry_form(self.model, is_new=True)

    def save(self, form):
        configuration.save_entry(
            self.model(),
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            **form.values(),
        )


class LimitListView(ReaderMixin, PageView):
    template_name = "declarations/configuration/limits.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        limits = configuration.current_limits(on=today)
        coming = TimeLimit.objects.filter(valid_from__gt=today).order_by("valid_from", "key")
        return super().get_context_data(limits=limits.values(), coming=coming[:100], **kwargs)


class LimitEditView(EditorMixin, SavingFormView):
    template_name = "declarations/configuration/limit.html"
    form_class = LimitForm

    @cached_property
    def limit(self):
        limits = configuration.current_limits(on=timezone.localdate())
        try:
            return limits[self.kwargs["key"]]
        except KeyError:
            raise Http404 from None

    def get_heading(self):
        return self.limit.label_id

    def get_success_url(self):
        return reverse("declarations:configuration_limits")

    def get_initial(self):
        return {
            "value": self.limit.value,
            "basis": self.limit.basis,
            "is_verified": self.limit.is_verified,
            "valid_from": timezone.localdate(),
        }

    def get_context_data(self, **kwargs):
        rows = TimeLimit.objects.filter(key=self.limit.key).select_related("created_by")
        return super().get_context_data(limit=self.limit, rows=rows[:50], **kwargs)

    def save(self, form):
        data = form.cleaned_data
        configuration.set_limit(
            self.limit,
            value=data["value"],
            valid_from=data["valid_from"],
            basis=data["basis"],
            is_verified=data["is_verified"],
            reason=data["reason"],
            by=self.request.user,
            today=timezone.localdate(),
        )
