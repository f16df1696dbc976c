"""The answer to the superior's question, and the files of a declaration."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from common.errors import conflict as conflict_page
from common.forms import CleanTextarea, UploadForm, plain_helper
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


class ConflictAttachmentsView(ConflictMixin, View):
    """The files of a declaration: add, take away, while it is written or data are asked."""

    permission_required = "declarations.change_conflictdeclaration"

    def get(self, request, *args, **kwargs):
        if not attachments.may_change(self.case, request.user):
            return redirect(self.case)
        return self.page(UploadForm())

    def post(self, request, *args, **kwargs):
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            attachments.add(self.case, form.cleaned_data["file"], by=request.user)
        except ValidationError as error:
            form.add_error("file", error)
            return self.page(form, status=422)
        except attachments.AttachmentClosedError as error:
            return conflict_page(request, text=str(error), url=self.case.get_absolute_url())
        messages.success(request, _("The file was added."))
        return redirect("declarations:conflict_attachments", self.case.pk)

    def page(self, form: UploadForm, *, status: int = 200) -> HttpResponse:
        context = {
            "conflict": self.case,
            "form": form,
            "files": list(attachments.of(self.case)),
            "rules": attachments.rules_in_words(),
        }
        return render(
            self.request, "declarations/conflicts/attachments.html", context, status=status
        )


class AttachmentMixin(ConflictMixin):
    @property
    def attachment(self) -> Attachment:
        return get_object_or_404(
            attachments.of(self.case).select_related("conflict").defer("conflict__draft"),
            pk=self.kwargs["file"],
        )


class ConflictAttachmentRemoveView(AttachmentMixin, View):
    permission_required = "declarations.change_conflictdeclaration"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            attachments.remove(self.attachment, by=request.user)
        except attachments.AttachmentClosedError as error:
            return conflict_page(request, text=str(error), url=self.case.get_absolute_url())
        messages.success(request, _("The file was taken away."))
        return redirect("declarations:conflict_attachments", self.case.pk)


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
