"""Check your answers, sign, and the page that says it is done."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View

from declarations.answers import Missing
from declarations.differences import Difference, difference
from declarations.presentation import DisplaySection, answers_for_display
from declarations.views.editing.base import (
    EditingView,
    OpenDraftMixin,
    SubjectMixin,
    posted_revision,
)
from declarations.workflow.base import TransitionError
from people.proof import RequireFreshProofMixin
from statements.services import DocumentError

BOXES = frozenset({"choice", "multichoice", "yesno"})


class ReviewMixin:
    """The answers in words, what is missing, what changed since the version before."""

    def delta(self) -> Difference | None:
        before = self.editing.baseline(self.subject)
        return None if before is None else difference(self.form, before, self.subject.draft)

    def review(self) -> dict[str, Any]:
        delta = self.delta()
        shown = answers_for_display(self.form, self.subject.draft, self.language, difference=delta)
        locked = self.editing.locked_sections(self.subject)
        missing = self.editing.missing(self.subject, self.form)
        return {
            "sections": [self._section(item, item.key in locked) for item in shown],
            "difference": delta,
            "missing": [
                (item.message, self.link_to(item))
                for item in missing
                if item.section not in self.editing.said_apart
            ],
            "is_complete": not missing,
        }

    def _section(self, shown: DisplaySection, is_locked: bool) -> dict[str, Any]:
        address = "" if is_locked else f"{self.url('section', shown.key)}?from=check"
        rows = [
            (row, "" if is_locked or row.change == "removed" else self._row_url(shown, row.key))
            for row in shown.rows
        ]
        return {"shown": shown, "url": address, "rows": rows}

    def _row_url(self, shown: DisplaySection, key: str) -> str:
        return f"{self.url('row', shown.key, key)}?from=check"

    def link_to(self, item: Missing) -> str:
        """The page of the question, and there the field itself."""
        if address := self.editing.link_to(self.subject, item):
            return address
        try:
            section = self.form.section(item.section)
        except KeyError:
            return self.url("tasks")
        if item.row:
            address = self.url("row", item.section, item.row)
        else:
            address = self.url("section", item.section)
        anchor = item.anchor
        questions = {question.key: question for question in section.questions}
        if item.question in questions and questions[item.question].type in BOXES:
            anchor = f"div_{anchor}"
        return f"{address}?from=check#{anchor}"

    def legal_basis(self) -> list[tuple[str, bool]]:
        return self.form.legal_basis_for_screen(self.language)


class CheckView(ReviewMixin, EditingView):
    """ "Check your answers": every answer with a link to change it."""

    def get(self, request, *args, **kwargs):
        return self.page("check", sign_url=self.url("sign"), **self.review())


class SignView(SubjectMixin, RequireFreshProofMixin, ReviewMixin, OpenDraftMixin, View):
    """The statement and the button that signs it."""

    def get_permission_required(self):
        return (self.editing.sign_permission,)

    def get_proof_return_url(self) -> str:
        return self.url("sign")

    def dispatch(self, request, *args, **kwargs):
        # Pressed twice, or in a second window: it is signed, once.
        if self.has_permission() and self.is_signed():
            return redirect(self.url("done"))
        return super().dispatch(request, *args, **kwargs)

    def is_signed(self) -> bool:
        return self.subject.state != "draft" and self.subject.document_id is not None

    def get(self, request, *args, **kwargs):
        if self.editing.missing(self.subject, self.form):
            messages.warning(request, _("Some answers are still missing."))
            return redirect(self.url("check"))
        return self.sign_page()

    def sign_page(self, *, status: int = 200) -> HttpResponse:
        return self.page(
            "sign",
            status=status,
            statement=self.form.statement_for(self.language),
            legal_basis=self.legal_basis(),
            proof=self.proof,
            check_url=self.url("check"),
        )

    def post(self, request, *args, **kwargs):
        revision = posted_revision(request.POST)
        if revision != self.subject.revision:
            return self.changed_meanwhile()
        try:
            self.editing.sign(self.subject, by=request.user, proof=self.proof, revision=revision)
        except (TransitionError, DocumentError) as error:
            self.subject.refresh_from_db()
            if self.is_signed():
                return redirect(self.url("done"))
            messages.error(request, str(error))
            return redirect(self.url("check"))
        return redirect(self.url("done"))

    def changed_meanwhile(self) -> HttpResponse:
        messages.warning(
            self.request,
            _("An answer was changed in another window. Check your answers before you sign."),
        )
        return self.page("check", status=409, sign_url=self.url("sign"), **self.review())


class DoneView(SubjectMixin, View):
    """The number, what comes next, and the document as soon as it is there."""

    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        if self.subject.document_id is None:
            return redirect(self.subject)
        return self.page(
            "done",
            document=self.subject.document,
            steps=self.editing.next_steps(self.subject),
            detail_url=self.subject.get_absolute_url(),
        )
