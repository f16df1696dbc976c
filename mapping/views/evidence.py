"""The files of a control: add, take away, read."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View

from common.errors import conflict as conflict_page
from common.forms import UploadForm
from common.views import file_response
from mapping.models import ControlFile
from mapping.services import evidence
from mapping.states import REPORT
from mapping.views.base import ControlMixin


class FilesView(ControlMixin, View):
    """Until the control is reported as done."""

    permission_required = REPORT.permission

    def get(self, request, *args, **kwargs):
        if self.control.state not in REPORT.sources:
            return redirect(self.control)
        return self.page(UploadForm())

    def post(self, request, *args, **kwargs):
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            evidence.add(self.control, form.cleaned_data["file"], by=request.user)
        except ValidationError as error:
            form.add_error("file", error)
            return self.page(form, status=422)
        except evidence.AttachmentClosedError as error:
            return conflict_page(request, text=str(error), url=self.control.get_absolute_url())
        messages.success(request, _("The file was added."))
        return redirect("mapping:control_files", self.control.pk)

    def page(self, form, *, status=200):
        context = {
            "control": self.control,
            "form": form,
            "files": list(evidence.of(self.control)),
            "rules": evidence.rules_in_words(),
        }
        return render(self.request, "mapping/control_files.html", context, status=status)


class FileMixin(ControlMixin):
    @property
    def file(self) -> ControlFile:
        return get_object_or_404(
            evidence.of(self.control).select_related("control"), pk=self.kwargs["file"]
        )


class FileView(FileMixin, View):
    """One file, to whoever may see the control; opening somebody else's is an event."""

    permission_required = "mapping.view_control"
    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        file = self.file
        with transaction.atomic():
            evidence.note_reading(file, by=request.user)
            return file_response(file)


class FileRemoveView(FileMixin, View):
    permission_required = REPORT.permission
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            evidence.remove(self.file, by=request.user)
        except evidence.AttachmentClosedError as error:
            return conflict_page(request, text=str(error), url=self.control.get_absolute_url())
        messages.success(request, _("The file was taken away."))
        return redirect("mapping:control_files", self.control.pk)
