"""The files of a control: add, take away, read."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.views import View

from common.file_pages import FileRemovePageView, FilesPageView
from common.views import file_response
from mapping.models import ControlFile
from mapping.services import evidence
from mapping.states import REPORT
from mapping.views.base import ControlMixin


class FilesView(ControlMixin, FilesPageView):
    """Until the control is reported as done."""

    permission_required = REPORT.permission
    services = evidence
    template_name = "mapping/control_files.html"
    owner_name = "control"

    def owner(self):
        return self.control

    def is_open(self):
        return self.control.state in REPORT.sources


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


class FileRemoveView(FileMixin, FileRemovePageView):
    permission_required = REPORT.permission
    services = evidence
    files_page = "mapping:control_files"

    def owner(self):
        return self.control

    def stored_file(self):
        return self.file
