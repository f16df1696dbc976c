"""What the pages of one map share: 404 for what one can't see, 403 for what isn't one's to do."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from common.errors import conflict as conflict_page
from mapping.forms import RiskAreaForm
from mapping.models import Control, RiskArea, RiskMap
from mapping.services import MapError
from mapping.services.ended import carried_to, refuse_ended
from statements.services import DocumentError

# The fields of a row that hold words; a choice is made anew in a moment.
TYPED = (
    "area", "activity", "conflict_form", "cause", "officials", "other_parties", "consequence",
    "existing_control", "prevention", "handling", "status_note",
)  # fmt: skip


class MapMixin(PermissionRequiredMixin):
    """`self.map` is one the user sees, or 404.

    Who is now in the OPD that took it over is told so and keeps what they typed.
    """

    raise_exception = True
    permission_required = "mapping.view_riskmap"

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            asked = self.asked() if "map" not in self.__dict__ else None
            target = carried_to(asked, viewer=request.user) if asked is not None else None
            if asked is None or target is None:
                raise
            return moved_page(request, asked, target)

    def asked(self) -> RiskMap | None:
        """The map of the address, whoever may see it; only to say where it went."""
        return RiskMap.objects.select_related("opd").filter(pk=self.kwargs["pk"]).first()

    @cached_property
    def map(self) -> RiskMap:
        rows = RiskMap.objects.visible_to(self.request.user).for_detail()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_permission_object(self) -> Any:
        return self.map

    def closed(self) -> HttpResponse | None:
        """The answer to who wants to change a map that stands still; None while it may change."""
        try:
            refuse_ended(self.map)
        except MapError as error:
            return self.too_late(error)
        if self.map.is_editable:
            return None
        return self.too_late(MapError(_("This map can't be changed any more.")))

    def too_late(self, error: Exception) -> HttpResponse:
        return conflict_page(self.request, text=str(error), url=self.map.get_absolute_url())


class AreaMixin(MapMixin):
    """`self.area` is a row of a map the user sees, or 404."""

    @cached_property
    def area(self) -> RiskArea:
        rows = (
            RiskArea.objects.visible_to(self.request.user)
            .select_related(
                "map__opd", "map__scale", "source", "template", "owner_post", "updated_by"
            )
            .prefetch_related("named_posts__post")
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def map(self) -> RiskMap:
        return self.area.map

    def asked(self) -> RiskMap | None:
        maps = RiskMap.objects.select_related("opd")
        return maps.filter(areas=self.kwargs["pk"]).first()


class ControlMixin(PermissionRequiredMixin):
    raise_exception = True
    permission_required = "mapping.view_control"

    @cached_property
    def control(self) -> Control:
        rows = Control.objects.visible_to(self.request.user).select_related(
            "opd", "owner_post", "done_by", "confirmed_by"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_permission_object(self) -> Any:
        return self.control


class StepView(View):
    """One deed on one thing: words, a small form, a button."""

    template_name = "people/action.html"
    form_class: Any = None
    title: Any = ""
    lead: Any = ""
    button: Any = ""
    done: Any = ""
    is_dangerous = False

    def subject(self) -> Any:
        raise NotImplementedError

    def perform(self, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    def back_url(self) -> str:
        return self.subject().get_absolute_url()

    def get(self, request, *args, **kwargs):
        return self.page(self.form_class())

    def post(self, request, *args, **kwargs):
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            result = self.perform(form.cleaned_data)
        except (MapError, DocumentError) as error:
            return conflict_page(request, text=str(error), url=self.back_url())
        messages.success(request, self.done)
        return redirect(result if hasattr(result, "get_absolute_url") else self.back_url())

    def more(self) -> dict[str, Any]:
        """What the page shows beyond words, form and button."""
        return {}

    def page(self, form: Any, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "title": self.title,
            "lead": self.lead,
            "button": self.button or self.title,
            "is_dangerous": self.is_dangerous,
            "subject": str(self.subject()),
            "back_url": self.back_url(),
        } | self.more()
        return render(self.request, self.template_name, context, status=status)


def moved_page(request: Any, asked: RiskMap, target: RiskMap) -> HttpResponse:
    """409 with the words that were typed, to be copied into the map that goes on."""
    typed = [
        (RiskAreaForm.base_fields[name].label, value)
        for name, value in request.POST.items()
        if name in TYPED and value.strip()
    ]
    context = {"asked": asked, "target": target, "typed": typed}
    return render(request, "mapping/moved.html", context, status=409)


def add_errors(form: Any, error: ValidationError) -> None:
    """Errors of a model, beside their field where the form has it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        known = name in form.fields and name != NON_FIELD_ERRORS
        form.add_error(name if known else None, errors)
