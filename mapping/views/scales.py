"""Scales: the list of versions, one version beside the one in force, editing a draft."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from common.errors import conflict as conflict_page
from mapping import heat
from mapping.forms import ReasonForm
from mapping.models import RiskMap, RiskScale
from mapping.scale_checks import contrast, ink_on
from mapping.scale_forms import NoteForm, ScaleForm
from mapping.scales import default_scale, words
from mapping.services import MapError, scale_versions
from mapping.views.base import StepView, add_errors


class ScaleReaderMixin(PermissionRequiredMixin):
    permission_required = "mapping.view_riskscale"
    raise_exception = True

    def get_permission_object(self):
        return None

    @cached_property
    def scale(self) -> RiskScale:
        rows = RiskScale.objects.select_related("created_by", "published_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class ScaleEditorMixin(ScaleReaderMixin):
    permission_required = scale_versions.CHANGE

    def subject(self):
        return self.scale


class ScaleListView(ScaleReaderMixin, View):
    def get(self, request):
        rows = RiskScale.objects.select_related("published_by").order_by("code", "-version")
        return render(request, "mapping/scale_list.html", {"scales": rows})


class ScaleDetailView(ScaleReaderMixin, View):
    """One version: its table beside that of the scale in force, its words, its history."""

    def get(self, request, *args, **kwargs):
        scale, before = self.scale, default_scale()
        lines = scale_versions.places(scale, before)
        moved = [place for line in lines for place in line if place.is_moved]
        is_draft = scale.state == RiskScale.State.DRAFT
        may_change = request.user.has_perm(scale_versions.CHANGE)
        context = {
            "scale": scale,
            "before": before,
            "lines": [
                {
                    "likelihood": line[0].likelihood,
                    "cells": [
                        {
                            "place": place,
                            "label": words(place.band),
                            "label_before": words(place.band_before),
                        }
                        for place in line
                    ],
                }
                for line in lines
            ],
            "impacts": heat.impacts(scale),
            "steps": list(zip(range(1, 6), scale.likelihood_labels, scale.impact_labels)),  # noqa: B905 -- five each
            "levels": [
                {
                    "entry": entry,
                    "band": band,
                    "ink": ink_on(band["colour"]),
                    "ratio": contrast(band["colour"], ink_on(band["colour"])),
                }
                for entry, band in zip(heat.legend(scale), reversed(scale.bands), strict=True)
            ],
            "changed": sum(place.is_changed for line in lines for place in line),
            "moved": len(moved),
            "moved_rows": sum(place.rows for place in moved),
            "maps": RiskMap.objects.filter(scale=scale).count(),
            "is_draft": is_draft,
            "may_edit": may_change and is_draft,
            "may_start": may_change and not is_draft,
            "may_enforce": may_change and not scale.is_default,
        }
        return render(request, "mapping/scale_detail.html", context)


class ScaleStartView(ScaleEditorMixin, StepView):
    form_class = NoteForm
    title = gettext_lazy("Start a new version of this scale")
    lead = gettext_lazy("It begins as a copy. Maps keep the scale that they were begun with.")
    done = gettext_lazy("The draft was made.")

    def perform(self, values):
        return scale_versions.start_version(self.scale, by=self.request.user, **values)


class ScaleEnforceView(ScaleEditorMixin, StepView):
    form_class = ReasonForm
    title = gettext_lazy("Put this scale in force")
    lead = gettext_lazy(
        "Maps that are begun from now on use it. Maps that exist keep theirs, drafts as well."
    )
    done = gettext_lazy("The scale is in force.")

    def perform(self, values):
        try:
            return scale_versions.put_in_force(self.scale, by=self.request.user, **values)
        except ValidationError as error:
            raise MapError(" ".join(error.messages)) from error


class ScaleDiscardView(ScaleEditorMixin, StepView):
    form_class = ReasonForm
    title = gettext_lazy("Discard this draft")
    lead = gettext_lazy("The draft is deleted; the scale in force stays as it is.")
    done = gettext_lazy("The draft was discarded.")
    is_dangerous = True

    def perform(self, values):
        scale_versions.discard_version(self.scale, by=self.request.user, **values)

    def post(self, request, *args, **kwargs):
        answer = super().post(request, *args, **kwargs)
        return redirect("mapping:scale_list") if answer.status_code == 302 else answer


class ScaleEditView(ScaleEditorMixin, View):
    def get(self, request, *args, **kwargs):
        if self.scale.state != RiskScale.State.DRAFT:
            messages.warning(request, _("This version is in use or was: start a new draft."))
            return redirect(self.scale)
        return self.page(ScaleForm(scale=self.scale))

    def post(self, request, *args, **kwargs):
        form = ScaleForm(request.POST, scale=self.scale)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            scale_versions.save_version(
                self.scale, form.values(), revision=form.cleaned_data["revision"],
                by=request.user,
            )  # fmt: skip
        except MapError as error:
            if self.scale.state != RiskScale.State.DRAFT:
                return conflict_page(request, text=str(error), url=self.scale.get_absolute_url())
            form.add_error(None, str(error))
            return self.page(form, status=409)
        except ValidationError as error:
            add_errors(form, error)
            return self.page(form, status=422)
        messages.success(request, _("The draft was saved. Look at what it changes."))
        return redirect(reverse("mapping:scale_detail", args=[self.scale.pk]))

    def page(self, form, *, status=200):
        context = {"form": form, "scale": self.scale}
        return render(self.request, "mapping/scale_edit.html", context, status=status)
