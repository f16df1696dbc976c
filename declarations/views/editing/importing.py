"""Rows of a section from a CSV or XLSX file: all or none, faults by row and column."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common import spreadsheets, uploads
from common.forms import UploadField, plain_helper
from declarations import drafts
from declarations.content import Question, Section
from declarations.services.drafting import SavedDraft
from declarations.views.editing.base import SavingView
from declarations.views.editing.pasting import Pasted, PasteError, identity_of, value_of

LIMITS = spreadsheets.Limits(rows=1_000, columns=30, file_bytes=5 * uploads.MEGABYTE)
RULES = uploads.UploadRules(kinds=(uploads.XLSX, uploads.CSV), max_bytes=LIMITS.file_bytes)


class ImportForm(forms.Form):
    file = UploadField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("XLSX or CSV; the first row holds the names of the columns."),
        rules=RULES,
    )

    @property
    def helper(self):
        return plain_helper(self, "file")


class ImportFileError(Exception):
    """Nothing was taken over; each message says where in the file."""

    def __init__(self, messages: list[str]) -> None:
        self.messages = messages
        super().__init__(" ".join(messages))


def rows_from_file(section: Section, upload: Any, *, known: list[dict[str, Any]]) -> Pasted:
    """Rows for the draft. Raises `ImportFileError`, and ValidationError for too many rows."""
    try:
        table = spreadsheets.read_table(upload, name=upload.name, limits=LIMITS)
    except spreadsheets.SpreadsheetError as error:
        raise ImportFileError([str(error)]) from error
    columns = _columns(section, table.headings)
    if table.faults:
        raise ImportFileError([str(fault) for fault in table.faults[:50]])
    if not table.rows:
        raise ImportFileError([_("No row was found in the file.")])
    drafts.check_row_count(section, len(known) + len(table.rows))
    seen = {identity_of(section, row) for row in known}
    rows: list[dict[str, Any]] = []
    for line in table.rows:
        row = {
            question.key: value
            for heading, question in columns.items()
            if (value := value_of(question, line[heading]))
        }
        identity = identity_of(section, row)
        if row and identity not in seen:
            seen.add(identity)
            rows.append({"key": drafts.new_key(), **row})
    return Pasted(rows, len(table.rows) - len(rows))


def _columns(section: Section, headings: list[str]) -> dict[str, Question]:
    """Which column answers which question: by its key or its label, in either language."""
    named: dict[str, Question] = {}
    for question in section.questions:
        for text in (question.heading, question.label):
            for words in (text.id, text.en, question.key):
                named.setdefault(spreadsheets.heading_key(words), question)
    found = {heading: named[heading] for heading in headings if heading in named}
    first = section.questions[0]
    if first not in found.values():
        raise ImportFileError(
            [_("The column “%(name)s” is missing.") % {"name": first.heading.id}]
        )
    unknown = [heading for heading in headings if heading and heading not in named]
    if unknown:
        raise ImportFileError(
            [_("These columns are not known: %(names)s.") % {"names": ", ".join(unknown[:10])}]
        )
    if len(set(found.values())) < len(found):
        raise ImportFileError([_("Two columns hold the same thing; keep one of them.")])
    return found


class ImportView(SavingView):
    """`section_key` names the one section that takes a file."""

    section_key = "parties"

    @cached_property
    def section(self) -> Section:
        try:
            return self.form.section(self.section_key)
        except KeyError:
            raise Http404 from None

    def get(self, request, *args, **kwargs):
        return self.import_page(ImportForm())

    def post(self, request, *args, **kwargs):
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.import_page(form, status=422)
        known = drafts.rows_of(self.subject.draft, self.section.key)
        try:
            found = rows_from_file(self.section, form.cleaned_data["file"], known=known)
            saved = self.store(lambda base: _with_more(base, self.section, found.rows))
        except (ImportFileError, ValidationError, PasteError) as error:
            for message in getattr(error, "messages", [str(error)]):
                form.add_error("file", message)
            return self.import_page(form, status=422)
        if not isinstance(saved, SavedDraft):
            return saved
        count = len(found.rows)
        text = ngettext("%(count)s row was added.", "%(count)s rows were added.", count)
        messages.success(request, text % {"count": count})
        return redirect(self.url("section", self.section.key))

    def import_page(self, form: ImportForm, *, status: int = 200) -> HttpResponse:
        return render(
            self.request,
            "declarations/editing/import.html",
            {
                "subject": self.subject,
                "form": form,
                "revision": self.subject.revision,
                "section_title": self.section.title.get(self.language),
                "section_url": self.url("section", self.section.key),
                "columns": [q.heading.get(self.language) for q in self.section.questions],
                "limit": self.section.max_rows,
            },
            status=status,
        )


def _with_more(base: drafts.Draft, section: Section, rows: list) -> drafts.Draft:
    return drafts.with_rows(base, section, [*drafts.rows_of(base, section.key), *rows])
