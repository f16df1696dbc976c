"""The task list, a section of questions, a section of rows, a row, "nothing to declare"."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from declarations import answers, builder, drafts
from declarations.content import Section
from declarations.presentation import section_for_display
from declarations.services.drafting import SavedDraft
from declarations.views.editing.base import EditingView, SavingView, posted_revision


class TasksView(EditingView):
    """Where one begins and comes back to: the sections, what is done, how long it takes."""

    def get(self, request, *args, **kwargs):
        subject, form = self.subject, self.form
        returned = self.editing.returned(subject)
        locked = self.editing.locked_sections(subject)
        tasks = [self._task(section, returned, locked) for section in form.sections]
        done = sum(task["status"] in ("done", "locked") for task in tasks)
        return self.page(
            "tasks",
            tasks=tasks,
            done=done,
            total=len(tasks),
            is_complete=done == len(tasks),
            is_untouched=not any(subject.draft.values()) and not locked,
            has_rows=any(section.has_rows for section in form.sections),
            intro=form.intro.get(self.language),
            minutes=form.minutes,
            check_url=self.url("check"),
            **self.editing.header(subject),
        )

    def _task(self, section: Section, returned: Any, locked: Any) -> dict[str, Any]:
        is_locked = section.key in locked
        status = answers.section_status(section, self.subject.draft, returned=returned)
        text = returned.get(section.key, "")
        if not text and section.has_rows:
            text = row_count_text(section, self.subject.draft, self.language)
        return {
            "title": section.title.get(self.language),
            "url": "" if is_locked else self.url("section", section.key),
            "status": "done" if is_locked else status.task_state,
            "text": text,
        }


class SectionView(SavingView):
    """One section: its questions, or its rows."""

    def get(self, request, *args, **kwargs):
        if refused := self.refuse_locked():
            return refused
        if self.section.has_rows:
            return self.rows_page()
        initial = self.subject.draft.get(self.section.key)
        page = builder.section_form(self.section, language=self.language, initial=initial)
        return self.questions_page(page)

    def post(self, request, *args, **kwargs):
        if refused := self.refuse_locked():
            return refused
        if self.section.has_rows:
            return self.next_after_rows()
        typed = builder.typed(self.section, request.POST)
        saved = self.store(lambda base: drafts.with_values(base, self.section, typed.values))
        if not isinstance(saved, SavedDraft):
            return saved
        self.subject.revision, self.subject.draft = saved.revision, saved.draft
        stored = saved.draft.get(self.section.key, {})
        if self.is_autosave:
            return self.saved_json(
                saved, prefix=self.section.key, sent=typed.values, stored=stored,
                errors=typed.refused,
            )  # fmt: skip
        errors = typed.refused or answers.clean_values(self.section, stored)[1]
        if typed.refused or (errors and request.POST.get("then") != "later"):
            posted = (
                request.POST
                if typed.refused
                else as_posted(self.section, stored, self.section.key)
            )
            again = builder.section_form(self.section, language=self.language, data=posted)
            return self.questions_page(again, status=422)
        messages.success(request, _("“%(section)s” is saved.") % {"section": self.title})
        return redirect(self.after_saving())

    @property
    def title(self) -> str:
        return self.section.title.get(self.language)

    def next_after_rows(self) -> HttpResponse:
        """ "Continue" on a page of rows: everything is saved already."""
        status = answers.section_status(self.section, self.subject.draft)
        if status != answers.Status.COMPLETE and self.request.POST.get("then") != "later":
            return self.rows_page(
                status=422,
                problems=[
                    item.message
                    for item in answers.missing(self.form, self.subject.draft)
                    if item.section == self.section.key
                ],
            )
        return redirect(self.after_saving())

    def questions_page(self, form: Any, *, status: int = 200) -> HttpResponse:
        return self.page(
            "section",
            status=status,
            form=form,
            autosave_url=self.url("section", self.section.key),
            **self.common(),
        )

    def rows_page(self, *, status: int = 200, problems: Any = (), nil: Any = None) -> HttpResponse:
        shown = section_for_display(self.section, self.subject.draft, self.language)
        rows = [
            {
                "row": row,
                "facts": [field for field in row.fields[1:] if not field.is_blank],
                "is_valid": all(field.is_valid for field in row.fields),
                "url": self.url("row", self.section.key, row.key),
                "remove_url": self.url("row_remove", self.section.key, row.key),
            }
            for row in shown.rows
        ]
        is_nil = self.subject.draft.get(self.section.key, {}).get("nil") is True
        row_name = self.section.row_name
        return self.page(
            "rows",
            status=status,
            rows=rows,
            is_nil=is_nil,
            problems=problems,
            nil_form=nil or builder.nil_form(self.section, language=self.language, is_nil=is_nil),
            row_name=row_name.get(self.language) if row_name else _("row"),
            add_url=self.url("row_add", self.section.key),
            nil_url=self.url("nil", self.section.key),
            paste_url=self.url("paste", self.section.key)
            if self.section.key in self.editing.paste_sections
            else "",
            is_full=len(rows) >= self.section.max_rows,
            **self.common(),
        )

    def common(self) -> dict[str, Any]:
        sections = self.form.sections
        return {
            "section": self.section,
            "section_title": self.title,
            "section_hint": self.section.hint.get(self.language),
            "section_why": self.section.why.get(self.language) if self.section.why else "",
            "number": sections.index(self.section) + 1,
            "total": len(sections),
            "comment": self.editing.returned(self.subject).get(self.section.key, ""),
            "came_from": came_from(self.request),
            **self.editing.section_context(self.request, self.subject, self.section),
        }


class NilView(SectionView):
    """ "Nothing to declare here", ticked or taken back."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        if refused := self.refuse_locked():
            return refused
        if not self.section.has_rows:
            return redirect(self.url("section", self.section.key))
        is_nil = f"{self.section.key}-nil" in request.POST
        try:
            saved = self.store(lambda base: _with_nil(base, self.section, is_nil))
        except ValidationError as error:
            return self.rows_page(status=422, problems=error.messages)
        if not isinstance(saved, SavedDraft):
            return saved
        if not is_nil:
            messages.info(request, _("“%(section)s” is open again.") % {"section": self.title})
            return redirect(self.url("section", self.section.key))
        messages.success(request, _("“%(section)s” is saved.") % {"section": self.title})
        return redirect(self.after_saving())


class AllNilView(EditingView):
    """The whole form says "nothing to declare"; refused while any row stands in it."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            saved = self.editing.save(
                self.subject,
                change=lambda base: drafts.with_all_nil(base, self.form),
                base_revision=posted_revision(request.POST),
                by=request.user,
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(self.url("tasks"))
        if saved.conflicts:
            messages.error(
                request, _("Rows were added in another window, so nothing was changed here.")
            )
            return redirect(self.url("tasks"))
        return redirect(self.url("check"))


def _with_nil(draft: drafts.Draft, section: Section, is_nil: bool) -> drafts.Draft:
    if is_nil:
        return drafts.with_nil(draft, section)
    return drafts.with_rows(draft, section, drafts.rows_of(draft, section.key))


def as_posted(section: Section, stored: dict, prefix: str) -> dict[str, Any]:
    """What is stored as a browser would send it, so that the form shows its faults."""
    return {
        f"{prefix}-{question.key}": stored.get(question.key, "") for question in section.questions
    }


def came_from(request) -> str:
    """ "check" when the person came from the list of their answers and goes back there."""
    value = request.POST.get("from") or request.GET.get("from")
    return "check" if value == "check" else ""


def row_count_text(section: Section, draft: Any, language: str) -> str:
    content = draft.get(section.key, {})
    if content.get("nil") is True:
        return section.nil_label.get(language) if section.nil_label else _("Nothing to declare")
    count = len(content.get("rows", ()))
    if not count:
        return ""
    return ngettext("%(count)s row", "%(count)s rows", count) % {"count": count}
