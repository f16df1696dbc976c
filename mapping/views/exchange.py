"""A map as a file: out, and in again by way of a check page."""

import io

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from common.spreadsheets import write_csv, write_xlsx
from mapping.exchange import COLUMNS, table_rows
from mapping.forms import ImportForm
from mapping.models import MapImport, RiskMap
from mapping.services import MapError
from mapping.services.importing import receive, take_over
from mapping.views.base import MapMixin


class ExportView(MapMixin, View):
    def get(self, request, *args, kind, **kwargs):
        rows = self.map.areas.for_map().select_related("map__opd").prefetch_related("posts")
        headings = [column.heading for column in COLUMNS]
        target = io.BytesIO()
        if kind == "xlsx":
            widths = [column.width for column in COLUMNS]
            write_xlsx(target, headings, table_rows(rows), title="Peta area rawan", widths=widths)
        elif kind == "csv":
            target.write(b"".join(write_csv(headings, table_rows(rows))))
        else:
            raise Http404
        target.seek(0)
        name = f"peta-area-rawan-{self.map.opd.code}-{self.map.year}-{self.map.version}.{kind}"
        return FileResponse(target, as_attachment=True, filename=name)


class ImportView(MapMixin, View):
    permission_required = "mapping.change_riskmap"

    def get(self, request, *args, **kwargs):
        return self.closed() or self.page(ImportForm())

    def post(self, request, *args, **kwargs):
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            batch = receive(form.cleaned_data["file"], risk_map=self.map, by=request.user)
        except MapError as error:
            form.add_error("file", str(error))
            return self.page(form, status=422)
        return redirect(batch)

    def page(self, form, *, status=200):
        context = {"form": form, "map": self.map, "columns": COLUMNS}
        return render(self.request, "mapping/import.html", context, status=status)


class ImportCheckView(MapMixin, View):
    """What the file would change, or what is wrong with it; a press takes it over."""

    permission_required = "mapping.change_riskmap"

    @cached_property
    def batch(self) -> MapImport:
        rows = MapImport.objects.filter(created_by=self.request.user).defer("rows")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def map(self) -> RiskMap:
        visible = RiskMap.objects.visible_to(self.request.user).for_detail()
        return get_object_or_404(visible, pk=self.batch.map_id)

    def asked(self) -> RiskMap:
        return self.batch.map

    def get(self, request, *args, **kwargs):
        batch = self.batch
        if batch.committed_at is None and (answer := self.closed()):
            return answer
        context = {
            "map": self.map,
            "batch": batch,
            "counts": batch.counts,
            "faults": batch.faults,
            "is_stale": batch.committed_at is None and batch.revision != self.map.revision,
            "is_empty": not (batch.counts.get("added") or batch.counts.get("changed")),
        }
        return render(request, "mapping/import_check.html", context)

    def post(self, request, *args, **kwargs):
        try:
            take_over(self.batch, by=request.user)
        except MapError as error:
            return self.too_late(error)
        messages.success(request, _("The rows were taken over."))
        return redirect(self.map)
