"""One row: read, write, remove; the library to pick rows from."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from common.errors import conflict as conflict_page
from mapping import same_row
from mapping.forms import LibraryForm, RiskAreaForm
from mapping.models import Control, RiskArea
from mapping.models.rows import level_words
from mapping.scales import level_number
from mapping.services import (
    MapError,
    StaleRowError,
    add_from_library,
    remove_row,
    save_row,
    templates_but,
    templates_for,
)
from mapping.services.ended import why_ended
from mapping.views.base import AreaMixin, MapMixin, add_errors


class AreaDetailView(AreaMixin, View):
    """A row with its controls and the reviewer's comments."""

    def get(self, request, *args, **kwargs):
        row, user = self.area, request.user
        scale = self.map.scale
        draws = user.has_perm("mapping.change_riskmap", self.map)
        context = {
            "row": row,
            "map": self.map,
            "posts": [item.post for item in row.named_posts.all()],
            "band": level_number(scale, row.level),
            "label": level_words(scale, row.level),
            "residual_band": level_number(scale, row.residual_level),
            "residual_label": level_words(scale, row.residual_level),
            "controls": list(Control.objects.of_area(row).for_list()),
            "comments": list(row.comments.select_related("created_by", "settled_by")),
            "draws": draws,
            "may_change": draws and self.map.is_editable and not why_ended(self.map),
            "today": timezone.localdate(),
            "changes": same_row.changes(row),
        }
        return render(request, "mapping/area_detail.html", context)


class AreaWriteMixin:
    """Shows and takes the form of a row; a row that somebody else wrote meanwhile is compared."""

    def page(self, form: Any, *, status: int = 200, **context: Any) -> HttpResponse:
        row, seen = self.row(), self.request.POST.get("seen", "")
        shown = {"form": form, "map": self.map, "row": row, "seen": seen}
        if row is not None:
            shown["comments"] = row.comments.filter(settled_at=None).select_related("created_by")
        return render(self.request, "mapping/area_edit.html", shown | context, status=status)

    def row(self) -> RiskArea | None:
        return None

    def save(self, form: Any, revision: int | None) -> HttpResponse:
        if not form.is_valid():
            return self.page(form, status=422, revision=revision)
        try:
            saved = save_row(
                form.instance, by=self.request.user, posts=form.cleaned_data["posts"],
                revision=revision,
            )  # fmt: skip
        except StaleRowError as error:
            return self.stale(form, error.row)
        except MapError as error:
            # The page keeps what was typed, to be copied elsewhere.
            form.add_error(None, str(error))
            return self.page(form, status=409, revision=revision)
        except ValidationError as error:
            add_errors(form, error)
            return self.page(form, status=422, revision=revision)
        messages.success(self.request, _("The row was saved."))
        if "lagi" in self.request.POST:
            return redirect("mapping:area_create", self.map.pk)
        return redirect(saved)

    def stale(self, form: Any, theirs: RiskArea) -> HttpResponse:
        raise NotImplementedError


class AreaCreateView(AreaWriteMixin, MapMixin, View):
    permission_required = "mapping.change_riskmap"

    def get(self, request, *args, **kwargs):
        return self.closed() or self.page(RiskAreaForm(risk_map=self.map))

    def post(self, request, *args, **kwargs):
        blank = RiskArea(map=self.map)
        return self.save(RiskAreaForm(request.POST, risk_map=self.map, instance=blank), None)


class AreaEditView(AreaWriteMixin, AreaMixin, View):
    permission_required = "mapping.change_riskmap"

    def row(self):
        return self.area

    def get(self, request, *args, **kwargs):
        form = RiskAreaForm(risk_map=self.map, instance=self.area)
        seen = same_row.shown_values(self.area)
        return self.closed() or self.page(form, revision=self.area.revision, seen=seen)

    def post(self, request, *args, **kwargs):
        form = RiskAreaForm(request.POST, risk_map=self.map, instance=self.area)
        return self.save(form, _revision(request))

    def stale(self, form, theirs):
        """What they wrote beside what was typed; the next press writes over it knowingly."""
        rows = RiskArea.objects.select_related("source", "owner_post", "updated_by")
        theirs = rows.prefetch_related("named_posts__post").get(pk=theirs.pk)
        seen = self.request.POST.get("seen", "")
        differences, data = same_row.compare(form, theirs, seen=seen)
        return self.page(
            RiskAreaForm(data, risk_map=self.map, instance=theirs),
            status=409,
            revision=theirs.revision,
            seen=same_row.shown_values(theirs),
            theirs=theirs,
            changes=same_row.changes(theirs, after=_revision(self.request)),
            differences=differences,
        )


def _revision(request: Any) -> int:
    """The revision that the page showed; nonsense means "none seen", which is stale."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class AreaRemoveView(AreaMixin, View):
    """Asks once before a row goes."""

    permission_required = "mapping.change_riskmap"

    def get(self, request, *args, **kwargs):
        context = {"row": self.area, "map": self.map, "revision": self.area.revision}
        return self.closed() or render(request, "mapping/area_remove.html", context)

    def post(self, request, *args, **kwargs):
        address = self.map.get_absolute_url()
        try:
            remove_row(self.area, by=request.user, revision=_revision(request))
        except MapError as error:
            return conflict_page(request, text=str(error), url=address)
        messages.success(request, _("The row was removed."))
        return redirect(address)


class LibraryView(MapMixin, View):
    """Tick what fits; the words may be changed afterwards."""

    permission_required = "mapping.change_riskmap"

    def get(self, request, *args, **kwargs):
        return self.closed() or self.page(LibraryForm(opd=self.map.opd))

    def page(self, form, *, ticked=(), status=200):
        known = set(self.map.areas.values_list("template_id", flat=True))
        fitting = templates_for(self.map.opd)
        groups = (
            ("own", _("Meant for your OPD"), [item for item in fitting if not item.is_for_all]),
            ("general", _("Found in every OPD"), [item for item in fitting if item.is_for_all]),
            ("others", _("Meant for other OPDs"), templates_but(fitting)),
        )
        context = {
            "map": self.map,
            "form": form,
            "groups": [
                {"key": key, "heading": heading, "items": self.offered(items, known, ticked)}
                for key, heading, items in groups
                if items
            ],
        }
        return render(self.request, "mapping/library.html", context, status=status)

    def offered(self, templates, known, ticked):
        scale, found = self.map.scale, []
        for item in templates:
            magnitude = scale.magnitude(item.likelihood, item.impact)
            level = scale.band(magnitude)["level"]
            found.append(
                {
                    "template": item,
                    "is_taken": item.pk in known,
                    "is_ticked": item.code in ticked,
                    "magnitude": magnitude,
                    "band": level_number(scale, level),
                    "label": level_words(scale, level),
                }
            )
        return found

    def post(self, request, *args, **kwargs):
        codes = request.POST.getlist("kode")[:200]
        if not codes:
            messages.warning(request, _("Tick the areas that fit your OPD first."))
            return redirect("mapping:library", self.map.pk)
        form = LibraryForm(request.POST, opd=self.map.opd)
        if not form.is_valid():
            return self.page(form, ticked=codes, status=422)
        try:
            rows = add_from_library(
                self.map,
                codes=[code for code in codes if code.isprintable() and len(code) <= 20],
                by=request.user,
                **form.cleaned_data,
            )
        except MapError as error:
            return self.too_late(error)
        except IntegrityError:
            return self.too_late(MapError(_("Somebody added the same areas meanwhile.")))
        text = ngettext("%(count)s area was added.", "%(count)s areas were added.", len(rows))
        messages.success(request, text % {"count": len(rows)})
        return redirect(reverse("mapping:detail", args=[self.map.pk]) + "#baris")
