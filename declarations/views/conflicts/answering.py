"""The answer to the superior's question, and the files of a declaration."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from common.file_pages import FileRemovePageView, FilesPageView
from common.forms import CleanTextarea, plain_helper
from common.views import file_response
from declarations import states
from declarations.models import Attachment
from declarations.services import attachments
from declarations.views.conflicts.pages import ConflictMixin
from declarations.workflow import conflicts as workflow
from declarations.workflow.base import TransitionError


class AnswerForm(forms.Form):
    answer = CleanTextarea(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("Answer what is asked; files can be added on a page of their own."),
        example=gettext_lazy("I sold the shares on 3 March; the deed is among the files."),
        max_length=4_000,
        rows=8,
    )

    @property
    def helper(self):
        return plain_helper(self, "answer")


class ConflictAnswerView(ConflictMixin, View):
    """The data that the superior asked for."""

    permission_required = states.CONFLICT_COMPLETE.permission

    def get(self, request, *args, **kwargs):
        if self.case.state != "needs_data":
            return redirect(self.case)
        return self.page(AnswerForm())

    def post(self, request, *args, **kwargs):
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            workflow.complete(self.case, by=request.user, answer=form.cleaned_data["answer"])
        except TransitionError as error:
            # What was typed stays on the page.
            form.add_error(None, str(error))
            return self.page(form, status=409)
        messages.success(request, _("Your answer was sent. The review goes on."))
        return redirect(self.case)

    def page(self, form: AnswerForm, *, status: int = 200) -> HttpResponse:
        context = {
            "conflict": self.case,
            "data_request": self.data_request,
            "form": form,
            "files": list(attachments.of(self.case)),
        }
        return render(self.request, "declarations/conflicts/answer.html", context, status=status)


class ConflictAttachmentsView(ConflictMixin, FilesPageView):
    """While the declaration is written or data are asked."""

    permission_required = "declarations.change_conflictdeclaration"
    services = attachments
    template_name = "declarations/conflicts/attachments.html"
    owner_name = "conflict"

    def owner(self):
        return self.case

    def is_open(self):
        return attachments.may_change(self.case, self.request.user)

    def more(self):
        writing = self.case.state == "draft"
        name = "conflict_tasks" if writing else "conflict_answer"
        return {"back_url": reverse(f"declarations:{name}", args=[self.case.pk])}


class AttachmentMixin(ConflictMixin):
    @property
    def attachment(self) -> Attachment:
        return get_object_or_404(
            attachments.of(self.case).select_related("conflict").defer("conflict__draft"),
            pk=self.kwargs["file"],
        )


class ConflictAttachmentRemoveView(AttachmentMixin, FileRemovePageView):
    permission_required = "declarations.change_conflictdeclaration"
    services = attachments
    files_page = "declarations:conflict_attachments"

    def owner(self):
        return self.case

    def stored_file(self):
        return self.attachment


class ConflictAttachmentView(AttachmentMixin, View):
    """One file, to be saved; who opens somebody else's leaves a trace."""

    permission_required = "declarations.view_conflictdeclaration"
    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        return attachment_response(self.attachment, by=request.user)


def attachment_response(attachment: Attachment, *, by) -> HttpResponse:
    """The file to save; no trace of a reading without the file."""
    with transaction.atomic():
        attachments.note_reading(attachment, by=by)
        return file_response(attachment)
