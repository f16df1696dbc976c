"""F3 on the generic editing pages."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.templatetags.ui import tanggal
from declarations import states
from declarations.models import ConflictDeclaration
from declarations.services import attachments, conflicts, handlers
from declarations.services.configuration import read_form_of
from declarations.views.editing import EditingSet
from declarations.workflow import conflicts as workflow


class ConflictEditing(EditingSet):
    name = "conflict"
    path = "deklarasi"
    model = ConflictDeclaration
    sign_permission = states.CONFLICT_SEND.permission
    sign_label = gettext_lazy("Sign and send")
    done_title = gettext_lazy("Your declaration of conflict was sent")
    paste_sections = frozenset({"parties"})
    templates = {
        "tasks": "declarations/conflicts/tasks.html",
        "check": "declarations/conflicts/check.html",
        "sign": "declarations/conflicts/sign.html",
    }

    def queryset(self, user):
        rows = (
            super()
            .queryset(user)
            .select_related("declarant", "supersedes__document", "origin", "handler")
        )
        return rows.defer(
            "form_version__content", "document__content", "supersedes__document__content",
            "origin__draft",
        )  # fmt: skip

    def form(self, subject):
        return read_form_of(subject)

    def sign(self, subject, *, by, proof, revision):
        workflow.send(subject, by=by, proof=proof, revision=revision)

    def baseline(self, subject):
        return conflicts.baseline(subject)

    def header(self, subject):
        if subject.supersedes_id:
            lead = _("Correction of %(number)s") % {"number": subject.supersedes.number}
        else:
            lead = subject.subject_title
        return {"lead": lead, "kicker": "F3"}

    def context(self, request, subject, page):
        if page == "tasks":
            return {
                "files": list(attachments.of(subject)),
                "files_url": reverse("declarations:conflict_attachments", args=[subject.pk]),
                "withdraw_url": reverse("declarations:conflict_withdraw", args=[subject.pk]),
            }
        if page == "check":
            return {
                "files": list(attachments.of(subject)),
                "files_url": reverse("declarations:conflict_attachments", args=[subject.pk]),
                "is_late": conflicts.is_late_to_send(subject, on=timezone.localdate()),
            }
        if page == "sign":
            choice = handlers.choose_handler(subject, on=timezone.localdate())
            return {"first_handler": choice.handler}
        return {}

    def section_context(self, request, subject, section):
        if section.key != "parties":
            return {}
        return {"import_url": reverse("declarations:conflict_import", args=[subject.pk])}

    def next_steps(self, subject):
        steps = [
            _("From now on you don't decide, assess or sign anything in this decision."),
        ]
        if subject.handler is not None:
            steps.append(
                _("%(name)s decides by %(day)s. You get a notice.")
                % {"name": subject.handler.full_name, "day": tanggal(subject.due_on)}
            )
        else:
            steps.append(_("Nobody above you can decide at present; the administrator was told."))
        steps.append(_("You can withdraw it until the review begins; then send a correction."))
        return steps


CONFLICT_EDITING = ConflictEditing()
