"""What the lists and detail pages of statements (F2) and declarations (F3) share."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from common.errors import conflict as conflict_page
from common.forms import CleanCharField, CleanTextarea, plain_helper
from common.keyset import KeysetListView
from common.views import PartMixin, filter_form
from declarations.presentation import answers_for_display
from declarations.services.configuration import read_form_of
from declarations.workflow.base import TransitionError
from people.models import Opd
from statements.services import DocumentError

FIRST_YEAR = 2024
MINE, OTHERS = "", "lain"


class CaseFilter(forms.Form):
    """Filters of a list; the states are those of the kind."""

    q = CleanCharField(
        label=gettext_lazy("Title or number of the decision"), required=False, max_length=120
    )
    keadaan = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    tahun = forms.TypedChoiceField(
        label=gettext_lazy("Year"), required=False, coerce=int, empty_value=None
    )
    lingkup = forms.ChoiceField(
        required=False, choices=[(MINE, ""), (OTHERS, "")], widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, states: Any, hides_drafts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [
            (str(value), label)
            for value, label in states.choices
            if not (hides_drafts and value == "draft")
        ]
        self.fields["keadaan"].choices = [("", gettext_lazy("All states")), *known]
        years = range(timezone.localdate().year, FIRST_YEAR - 1, -1)
        self.fields["tahun"].choices = [
            ("", gettext_lazy("All years")),
            *((str(year), str(year)) for year in years),
        ]


class OpdCaseFilter(CaseFilter):
    """For those who read the cases of all OPDs."""

    opd = forms.ModelChoiceField(
        label="OPD",
        queryset=Opd.objects.none(),
        required=False,
        empty_label=gettext_lazy("All OPDs"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opd"].queryset = Opd.objects.order_by("code")


class CaseListView(PartMixin, KeysetListView):
    """One's own cases, or (`?lingkup=lain`) those of others that one may read."""

    part = "table"
    model: Any
    list_permission: str
    url_name: str

    @cached_property
    def may_read_others(self) -> bool:
        return self.request.user.has_perm(self.list_permission)

    @cached_property
    def filters(self) -> CaseFilter:
        reads_all = self.may_read_others and self.request.user.has_any_role(
            "inspector", "chief_inspector", "auditor"
        )
        wants_others = self.request.GET.get("lingkup") == OTHERS
        form_class = OpdCaseFilter if reads_all and wants_others else CaseFilter
        return filter_form(
            self.request,
            form_class,
            states=self.model.State,
            hides_drafts=wants_others,
        )

    @property
    def shows_others(self) -> bool:
        return self.may_read_others and self.filters.cleaned_data["lingkup"] == OTHERS

    def get_ordering(self):
        return ("-sent_at", "-pk") if self.shows_others else ("-updated_at", "-pk")

    def get_queryset(self):
        user = self.request.user
        if self.shows_others:
            rows = self.model.objects.visible_to(user).exclude(declarant=user)
            rows = rows.filter(sent_at__isnull=False).for_list()
        else:
            # The title of a draft stands in what was typed.
            rows = self.model.objects.filter(declarant=user).for_list().defer(None)
            rows = rows.defer("document__content")
        chosen = self.filters.cleaned_data
        if chosen["keadaan"]:
            rows = rows.filter(state=chosen["keadaan"])
        if chosen["tahun"]:
            rows = rows.filter(year=chosen["tahun"])
        if chosen.get("opd"):
            rows = rows.filter(opd=chosen["opd"])
        if chosen["q"]:
            rows = rows.about(chosen["q"])
        return rows

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            filters=self.filters,
            is_filtered=any(
                self.filters.cleaned_data.get(name) for name in ("q", "keadaan", "tahun", "opd")
            ),
            shows_others=self.shows_others,
            scopes=self.scopes(),
            reset_url=self.request.path + (f"?lingkup={OTHERS}" if self.shows_others else ""),
            on=timezone.localdate(),
        )

    mine_label: Any = gettext_lazy("Mine")
    others_label: Any = gettext_lazy("Of others")

    def scopes(self) -> list[dict[str, Any]]:
        if not self.may_read_others:
            return []
        path = self.request.path
        return [
            {"label": self.mine_label, "url": path, "active": not self.shows_others},
            {
                "label": self.others_label,
                "url": f"{path}?lingkup={OTHERS}",
                "active": self.shows_others,
            },
        ]


class CaseMixin(PermissionRequiredMixin):
    """404 for a case the user can't see, 403 for a step that isn't theirs."""

    model: Any
    related: tuple[str, ...] = ()

    def get_queryset(self):
        rows = self.model.objects.visible_to(self.request.user)
        return rows.select_related(
            "declarant", "opd", "post", "form_version", "document", "matter",
            "supersedes__document", "superseded_by__document", *self.related,
        ).defer(
            "form_version__content", "document__content", "supersedes__document__content",
            "superseded_by__document__content", "superseded_by__draft",
        )  # fmt: skip

    @cached_property
    def case(self) -> Any:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_permission_object(self) -> Any:
        return self.case

    @property
    def is_own(self) -> bool:
        return self.case.declarant_id == self.request.user.pk

    @cached_property
    def form(self):
        return read_form_of(self.case, to_read=True)

    def sections(self) -> list[dict[str, Any]]:
        shown = answers_for_display(self.form, self.case.draft, get_language() or "id")
        return [
            {"shown": item, "url": "", "rows": [(row, "") for row in item.rows]} for item in shown
        ]


class WithdrawForm(forms.Form):
    reason = CleanTextarea(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays in the history, where whoever may read this sees it."),
        example=gettext_lazy("The package was cancelled."),
        max_length=500,
    )

    @property
    def helper(self):
        return plain_helper(self, "reason")


class WithdrawView(CaseMixin, View):
    """Takes a case back; why is asked when anybody else has seen it."""

    template_name: str
    transition: Any
    context_name: str

    def withdraw(self, *, reason: str) -> None:
        raise NotImplementedError

    def needs_reason(self) -> bool:
        return self.case.sent_at is not None

    def done(self) -> HttpResponse:
        raise NotImplementedError

    def get(self, request, *args, **kwargs):
        if self.case.state not in self.transition.sources:
            return self.too_late()
        return self.page(self.empty_form())

    def empty_form(self, data: Any = None) -> WithdrawForm:
        form = WithdrawForm(data)
        form.fields["reason"].required = self.needs_reason()
        return form

    def post(self, request, *args, **kwargs):
        form = self.empty_form(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            self.withdraw(reason=form.cleaned_data["reason"])
        except (TransitionError, DocumentError) as error:
            return conflict_page(request, text=str(error), url=self.case.get_absolute_url())
        return self.done()

    def too_late(self) -> HttpResponse:
        raise NotImplementedError

    def page(self, form: WithdrawForm, *, status: int = 200) -> HttpResponse:
        context = {self.context_name: self.case, "form": form}
        return render(self.request, self.template_name, context, status=status)
