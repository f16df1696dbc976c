"""What all editing pages share: whose draft it is, whether it is still one, saving with merge."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from common.templatetags.ui import waktu
from declarations import drafts
from declarations.content import Section
from declarations.services.drafting import DraftClosedError, SavedDraft
from declarations.views.editing.merging import choices_in, conflicts_in_words, posted_pairs
from declarations.views.editing.sets import EditingSet

LARGEST_REVISION = 2_147_483_647


class SubjectMixin(PermissionRequiredMixin):
    """404 for a draft the user can't see, 403 for one they can see but not write."""

    editing: EditingSet = None

    @cached_property
    def subject(self) -> Any:
        return self.editing.subject(self.request.user, self.kwargs["pk"])

    def get_permission_object(self) -> Any:
        return self.subject

    def get_permission_required(self) -> tuple[str, ...]:
        return (self.editing.change_permission,)

    @cached_property
    def form(self) -> Any:
        return self.editing.form(self.subject)

    @property
    def language(self) -> str:
        return get_language() or "id"

    def url(self, page: str, *arguments: Any) -> str:
        return self.editing.url(page, self.subject, *arguments)

    def page(self, name: str, *, status: int = 200, **context: Any) -> HttpResponse:
        whole = {
            "subject": self.subject,
            "form_title": self.form.title.get(self.language),
            "editing": self.editing,
            "tasks_url": self.url("tasks"),
            "revision": self.subject.revision,
            **context,
            **self.editing.context(self.request, self.subject, name),
        }
        return render(self.request, self.editing.template(name), whole, status=status)


class OpenDraftMixin:
    """Pages of a draft that isn't one any more: a way on, and nothing that was typed is lost."""

    def dispatch(self, request, *args, **kwargs):
        if self.subject.state == "draft":
            return super().dispatch(request, *args, **kwargs)
        if request.method == "POST":
            return self.closed()
        messages.info(
            request,
            _("This can't be changed any more; it is now: %(state)s.")
            % {"state": self.subject.get_state_display()},
        )
        return redirect(self.subject)

    def closed(self) -> HttpResponse:
        address = self.subject.get_absolute_url()
        if wants_json(self.request):
            text = _("Not saved: this was signed or withdrawn in the meantime.")
            return JsonResponse({"url": address, "error": text}, status=409)
        return render(
            self.request,
            "declarations/editing/closed.html",
            {
                "subject": self.subject,
                "detail_url": address,
                "typed": [
                    (name, value) for name, value in posted_pairs(self.request.POST) if value
                ],
            },
            status=409,
        )


class EditingView(SubjectMixin, OpenDraftMixin, View):
    """A page of an open draft."""


class SavingView(EditingView):
    """A page of a section that saves; `section` is the one in the address."""

    base_page = "section"

    @cached_property
    def section(self) -> Section:
        try:
            return self.form.section(self.kwargs["section"])
        except KeyError:
            raise Http404 from None

    def dispatch(self, request, *args, **kwargs):
        self.is_autosave = wants_json(request)
        return super().dispatch(request, *args, **kwargs)

    def refuse_locked(self) -> HttpResponse | None:
        """Only the sections that were sent back are open; the others stay as they were signed."""
        if self.section.key not in self.editing.locked_sections(self.subject):
            return None
        text = _("This section was not sent back, so it stays as you signed it.")
        if wants_json(self.request):
            return JsonResponse({"url": self.url("tasks"), "error": text}, status=409)
        messages.warning(self.request, text)
        return redirect(self.url("tasks"))

    def store(
        self, change: Callable[[drafts.Draft], drafts.Draft], **more: Any
    ) -> SavedDraft | HttpResponse:
        """The saved draft, or the page that the person has to see instead.

        `more` is what the `save` of this editing set asks for besides.
        """
        try:
            saved = self.editing.save(
                self.subject,
                change=change,
                base_revision=posted_revision(self.request.POST),
                by=self.request.user,
                choices=choices_in(self.request.POST),
                seen_revision=posted_revision(self.request.POST, "seen"),
                **more,
            )
        except DraftClosedError:
            return self.closed()
        if saved.conflicts:
            return self.conflict(saved)
        kept = merge_key(self.subject, self.section)
        if kept in self.request.session:
            del self.request.session[kept]
        return saved

    def conflict(self, saved: SavedDraft) -> HttpResponse:
        if self.is_autosave:
            self.request.session[merge_key(self.subject, self.section)] = {
                "action": self.request.path,
                "data": list(posted_pairs(self.request.POST)),
            }
            return JsonResponse(
                {"url": self.url("merge", self.section.key), "conflicts": len(saved.conflicts)},
                status=409,
            )
        return self.page(
            "merge",
            status=409,
            section_title=self.section.title.get(self.language),
            action=self.request.path,
            conflicts=conflicts_in_words(self.form, saved.conflicts, self.language),
            seen=saved.revision,
            was_asked=bool(choices_in(self.request.POST)),
            carried=[pair for pair in posted_pairs(self.request.POST) if pair[0] != "seen"],
            section_url=self.url("section", self.section.key),
        )

    def saved_json(
        self, saved: SavedDraft, *, prefix: str, sent: dict, stored: dict, errors: dict
    ):
        """What autosave.js takes: where the draft stands, and what another window brought."""
        merged = {}
        if saved.has_others_changes:
            merged = {
                f"{prefix}-{key}": stored.get(key, "") for key in self.not_sent(sent, stored)
            }
        return JsonResponse(
            {
                "revision": saved.revision,
                "saved_at": waktu(saved.saved_at),
                "merged": merged,
                "conflicts": [],
                "errors": {f"{prefix}-{key}": text for key, text in errors.items()},
            },
            status=200,
        )

    def not_sent(self, sent: dict, stored: dict) -> list[str]:
        """Questions that stand otherwise than this page said: another window brought that."""
        keys = (question.key for question in self.section.questions)
        return [key for key in keys if (stored.get(key) or "") != (sent.get(key) or "")]

    def after_saving(self) -> str:
        """Where the buttons lead: on, or (name="then") elsewhere."""
        if self.request.POST.get("then") == "later":
            return self.url("tasks")
        if self.request.POST.get("from") == "check":
            return self.url("check")
        return self.editing.next_of_section(self.subject, self.section)


def wants_json(request) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def posted_revision(data: Any, name: str = "revision") -> int:
    """-1 for anything that no page of ours sends: the merge then takes nothing for granted."""
    text = data.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        return -1
    number = int(text)
    return number if number <= LARGEST_REVISION else -1


def merge_key(subject: Any, section: Section) -> str:
    return f"merge:{subject.pk}:{section.key}"
