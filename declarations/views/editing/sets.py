"""What the generic pages need to know of one kind of declaration.

    class RegisterEditing(EditingSet):
        name, path, model = "register", "daftar-kepentingan", InterestRegister
        sign_permission = REGISTER_SEND.permission

        def sign(self, subject, *, by, proof, revision):
            workflow.send(subject, by=by, proof=proof, revision=revision)

    urlpatterns = [*RegisterEditing().urls(), …]

The addresses are called `declarations:<name>_<page>`; the model has `draft`, `revision`,
`form_version`, `state` (draft or not), `visible_to` on its queryset, `get_absolute_url`, and
the permissions `view_<model>` and `change_<model>`.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from declarations import answers, drafts
from declarations.answers import Missing
from declarations.content import Form, Section
from declarations.services import configuration, drafting
from people.models import User
from people.prepared import prepared_by_roles
from people.proof import Proof

Text = str | Promise


class EditingSet:
    """The table of one kind: names, permissions and hooks. One instance serves all requests."""

    name: str
    path: str
    model: type[models.Model]
    sign_permission: str
    sign_label: Text = _("Sign and send")
    done_title: Text = _("Signed and sent")
    # What comes next, in sentences; `next_steps(subject)` may say it more exactly.
    done_steps: tuple[Text, ...] = ()
    # Sections whose rows may be pasted from a spreadsheet.
    paste_sections: frozenset[str] = frozenset()
    templates: Mapping[str, str] = {}
    # Sections of `Missing` that the page says in words of its own, not in the list.
    said_apart: frozenset[str] = frozenset()

    # --- Hooks -------------------------------------------------------------------------------

    def sign(self, subject: Any, *, by: User, proof: Proof, revision: int) -> None:
        """Sign what stands in `revision`; raises TransitionError with words for the person."""
        raise NotImplementedError

    def form(self, subject: Any) -> Form:
        return configuration.read_version(subject.form_version)

    def save(
        self, subject: Any, *, change: Callable[[drafts.Draft], drafts.Draft], **arguments: Any
    ) -> drafting.SavedDraft:
        """Arguments of `drafting.save_draft`; also the place for what follows from a save."""
        return drafting.save_draft(subject, change=change, **arguments)

    def returned(self, subject: Any) -> Mapping[str, str]:
        """Sections that were sent back, with what is missing in them."""
        return {}

    def locked_sections(self, subject: Any) -> frozenset[str]:
        """Sections that can't be changed in this draft."""
        return frozenset()

    def baseline(self, subject: Any) -> Mapping[str, Any] | None:
        """The draft of the version before, to mark the difference; None: nothing to compare."""
        return None

    def missing(self, subject: Any, form: Form) -> list[Missing]:
        """All that stands between the draft and the signature; the workflow asks the same."""
        return answers.missing(form, subject.draft)

    def link_to(self, subject: Any, item: Missing) -> str:
        """Where something of your own that is missing is done; "" for a question of the form."""
        return ""

    def header(self, subject: Any) -> dict[str, Any]:
        """`lead` and `kicker` of the task list."""
        return {"lead": "", "kicker": ""}

    def context(self, request: HttpRequest, subject: Any, page: str) -> dict[str, Any]:
        """More for the template of a page: tasks, section, row, check, sign, done."""
        return {}

    def section_context(
        self, request: HttpRequest, subject: Any, section: Section
    ) -> dict[str, Any]:
        """More for the page of a section (or of a row of it)."""
        return {}

    def next_steps(self, subject: Any) -> list[Text]:
        return list(self.done_steps)

    def next_of_section(self, subject: Any, section: Section) -> str:
        """Where a saved section leads to."""
        return self.url("tasks", subject)

    # --- Names -------------------------------------------------------------------------------

    @property
    def model_name(self) -> str:
        return str(self.model._meta.model_name)

    @property
    def view_permission(self) -> str:
        return f"declarations.view_{self.model_name}"

    @property
    def change_permission(self) -> str:
        return f"declarations.change_{self.model_name}"

    def queryset(self, user: User) -> Any:
        """The person's drafts; the two large texts are read only where they are shown."""
        rows = self.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
        return rows.select_related("form_version", "document", "opd").defer(
            "form_version__content", "document__content"
        )

    @cached_property
    def _subject(self) -> Any:
        return prepared_by_roles(lambda user, key: self.queryset(user).filter(pk=key))

    def subject(self, user: User, key: uuid.UUID) -> Any:
        """The draft at an address, or 404; every page and every saving of a draft asks for it."""
        found = self._subject.one(user, key)
        if found is None:
            raise Http404
        return found

    def url(self, page: str, subject: Any, *arguments: Any) -> str:
        return address(f"declarations:{self.name}_{page}", subject.pk, *arguments)

    def template(self, page: str) -> str:
        return self.templates.get(page, f"declarations/editing/{page}.html")

    def urls(self) -> list[URLPattern]:
        from declarations.views.editing.table import PAGES  # noqa: PLC0415 -- pages need this class

        return [
            path(
                f"{self.path}/<uuid:pk>/{address}",
                view.as_view(editing=self),
                name=f"{self.name}_{page}",
            )
            for page, address, view in PAGES
        ]
