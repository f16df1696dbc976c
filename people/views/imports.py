"""Importing people on a page: send a file, read the check, take it over."""

import io

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import DetailView, FormView

from common.forms import UploadField, plain_helper
from common.keyset import KeysetListView
from common.spreadsheets import write_csv, write_xlsx
from common.views import PartMixin
from jobs.models import Job
from people.importing import batches
from people.importing.columns import COLUMNS
from people.importing.planning import STEPS_SHOWN
from people.models import ImportBatch
from people.services import ServiceError
from people.views.base import PermissionRequiredMixin, ServiceFormMixin

FAULTS_SHOWN = 200


class ImportMixin(PermissionRequiredMixin):
    permission_required = batches.PERMISSION

    def get_permission_object(self):
        return None


class ImportListView(ImportMixin, PartMixin, KeysetListView):
    template_name = "people/import_list.html"
    part = "table"
    context_object_name = "batches"
    ordering = ("-created_at", "-pk")

    def get_queryset(self):
        # The rows of a large file are megabytes that no list needs.
        return ImportBatch.objects.defer("rows", "faults").select_related("created_by")


class ImportForm(forms.Form):
    file = UploadField(
        label=_("File with people"),
        help_text=_("CSV or XLSX with the headings of the template, up to 20 MB."),
        rules=batches.RULES,
    )

    @property
    def helper(self):
        return plain_helper(self, "file")


class ImportCreateView(ImportMixin, ServiceFormMixin, FormView):
    template_name = "people/import_create.html"
    form_class = ImportForm
    extra_context = {"columns": COLUMNS}

    def perform(self, form):
        return batches.receive(form.cleaned_data["file"], by=self.request.user)

    def get_success_url_of(self, result):
        return reverse("people:import_detail", args=[result.pk])


class ImportObjectMixin(ImportMixin):
    model = ImportBatch
    context_object_name = "batch"

    def get_queryset(self):
        return ImportBatch.objects.defer("rows").select_related("created_by", "committed_by")


class ImportDetailView(ImportObjectMixin, PartMixin, DetailView):
    template_name = "people/import_detail.html"
    part = "outcome"

    def get_context_data(self, **kwargs):
        batch = self.object
        plan = batch.plan
        return super().get_context_data(
            job=Job.objects.filter(pk=plan.get("job")).first() if batch.is_waiting else None,
            counts=plan.get("counts"),
            steps=plan.get("steps", []),
            steps_shown=STEPS_SHOWN,
            faults=batch.faults[:FAULTS_SHOWN],
            fault_count=plan.get("fault_count", len(batch.faults)),
            may_discard=batch.state in batches.DISCARDABLE,
            **kwargs,
        )


class ImportStepView(ImportObjectMixin, DetailView):
    http_method_names = ["post"]
    step = None
    message = ""

    def post(self, request, *args, **kwargs):
        batch = self.get_object()
        try:
            type(self).step(batch, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, self.message)
        return redirect("people:import_detail", batch.pk)


class ImportCommitView(ImportStepView):
    step = batches.commit
    message = _("The file is being taken over. You may leave this page.")


class ImportDiscardView(ImportStepView):
    step = batches.discard
    message = _("The file was discarded; nothing of it was taken over.")


class ImportTemplateView(ImportMixin, View):
    """The headings with one example row."""

    def get(self, request, kind):
        headings = [column.heading for column in COLUMNS]
        example = [[column.example for column in COLUMNS]]
        target = io.BytesIO()
        if kind == "xlsx":
            write_xlsx(target, headings, example, title="Pegawai", widths=[20] * len(headings))
        elif kind == "csv":
            target.write(b"".join(write_csv(headings, example)))
        else:
            raise Http404
        target.seek(0)
        return FileResponse(target, as_attachment=True, filename=f"templat-pegawai.{kind}")
