"""The head signs, the Inspectorate comments, returns or approves; a map is opened again."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from common.errors import conflict as conflict_page
from mapping import heat, workflow
from mapping.forms import CommentForm, ReasonForm, ReturnForm
from mapping.models import Control, RowComment
from mapping.models.rows import level_words
from mapping.scales import level_number
from mapping.services import MapError, comment_on, reopen_map, settle_comment
from mapping.states import APPROVE, RETURN, REVIEW, SIGN
from mapping.views.base import AreaMixin, MapMixin, StepView
from people.proof import RequireFreshProofMixin
from statements.services import DocumentError


class SignView(MapMixin, RequireFreshProofMixin, View):
    permission_required = SIGN.permission
    proof_on_get = False

    def get(self, request, *args, **kwargs):
        risk_map = self.map
        if answer := self.closed():
            return answer
        rows = list(risk_map.areas.for_map())
        context = {
            "map": risk_map,
            "rows": rows,
            "high_count": sum(row.is_high for row in rows),
            "inherent": heat.table(risk_map.scale, rows, kind=heat.INHERENT),
            "impacts": heat.impacts(risk_map.scale),
            "missing": workflow.missing_before_signing(risk_map, rows),
        }
        return render(request, "mapping/sign.html", context)

    def post(self, request, *args, **kwargs):
        text = request.POST.get("revision", "")
        revision = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        try:
            workflow.sign(self.map, by=request.user, proof=self.proof, revision=revision)
        except (MapError, DocumentError) as error:
            return self.too_late(error)
        messages.success(request, _("The map is signed. The Inspectorate reviews it now."))
        return redirect(self.map)


class ReviewView(MapMixin, View):
    """All rows with the place for a comment; the first look begins the review by a button."""

    permission_required = REVIEW.permission

    def get(self, request, *args, **kwargs):
        risk_map = self.map
        rows = list(risk_map.areas.for_map().prefetch_related("posts", "comments__created_by"))
        scale = risk_map.scale
        context = {
            "map": risk_map,
            "rows": [
                {
                    "row": row,
                    "band": level_number(scale, row.level),
                    "label": level_words(scale, row.level),
                    "residual_band": level_number(scale, row.residual_level),
                    "residual_label": level_words(scale, row.residual_level),
                    "form": CommentForm(auto_id=f"id_{row.pk}_%s"),
                }
                for row in rows
            ],
            "comment_count": sum(
                comment.settled_at is None for row in rows for comment in row.comments.all()
            ),
            "inherent": heat.table(scale, rows, kind=heat.INHERENT),
            "residual": heat.table(scale, rows, kind=heat.RESIDUAL),
            "impacts": heat.impacts(scale),
            "control_count": Control.objects.filter(
                opd=risk_map.opd, row_key__in=[row.row_key for row in rows]
            ).count(),
        }
        return render(request, "mapping/review.html", context)

    def post(self, request, *args, **kwargs):
        try:
            workflow.review(self.map, by=request.user)
        except MapError as error:
            return self.too_late(error)
        return redirect("mapping:review", self.map.pk)


class CommentView(AreaMixin, View):
    permission_required = "mapping.comment_riskmap"
    http_method_names = ("post",)

    def post(self, request, *args, **kwargs):
        form = CommentForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(form.errors.get("text", [_("Write a comment.")])))
        else:
            try:
                comment_on(self.area, by=request.user, text=form.cleaned_data["text"])
            except MapError as error:
                return self.too_late(error)
            messages.success(request, _("The comment was kept."))
        address = reverse("mapping:review", args=[self.map.pk])
        return redirect(f"{address}#baris-{self.area.pk}")


class SettleView(MapMixin, View):
    permission_required = "mapping.change_riskmap"
    http_method_names = ("post",)

    @cached_property
    def comment(self) -> RowComment:
        return get_object_or_404(
            RowComment.objects.select_related("area__map__opd"), pk=self.kwargs["pk"]
        )

    def asked(self):
        return self.comment.area.map

    @cached_property
    def map(self):
        visible = type(self.comment.area.map).objects.visible_to(self.request.user).for_detail()
        return get_object_or_404(visible, pk=self.comment.area.map_id)

    def post(self, request, *args, **kwargs):
        try:
            settle_comment(self.comment, by=request.user)
        except MapError as error:
            return self.too_late(error)
        messages.success(request, _("The comment is settled."))
        return redirect(self.comment.area)


class ReturnView(MapMixin, StepView):
    permission_required = RETURN.permission
    form_class = ReturnForm
    title = gettext_lazy("Send the map back")
    lead = gettext_lazy("The OPD corrects it and signs it again. Comments on rows go with it.")
    done = gettext_lazy("The map went back to the OPD.")

    def subject(self):
        return self.map

    def perform(self, values):
        return workflow.return_for_correction(self.map, by=self.request.user, **values)


class ReopenView(MapMixin, StepView):
    permission_required = "mapping.reopen_riskmap"
    form_class = ReasonForm
    title = gettext_lazy("Open the map again")
    lead = gettext_lazy(
        "A new version begins as a draft. The approved one stays in force until the new one "
        "is approved."
    )
    done = gettext_lazy("A new version was begun.")

    def subject(self):
        return self.map

    def perform(self, values):
        return reopen_map(self.map, by=self.request.user, **values)


class ApproveView(MapMixin, RequireFreshProofMixin, View):
    permission_required = APPROVE.permission
    proof_on_get = False

    def get(self, request, *args, **kwargs):
        return render(request, "mapping/approve.html", {"map": self.map})

    def post(self, request, *args, **kwargs):
        try:
            workflow.approve(self.map, by=request.user, proof=self.proof)
        except (MapError, DocumentError) as error:
            return conflict_page(request, text=str(error), url=self.map.get_absolute_url())
        messages.success(request, _("The map is approved and in force."))
        return redirect(self.map)
