"""F1 on the generic editing pages."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations import states
from declarations.models import InterestRegister
from declarations.services import registers
from declarations.views.editing import EditingSet
from declarations.workflow import registers as workflow


class RegisterEditing(EditingSet):
    name = "register"
    path = "daftar-kepentingan"
    model = InterestRegister
    sign_permission = states.REGISTER_SEND.permission
    sign_label = gettext_lazy("Sign and send")
    done_title = gettext_lazy("Your register of interests was sent")
    done_steps = (
        gettext_lazy("The officer of your OPD checks whether it is complete. You get a notice."),
        gettext_lazy("Your superior signs below yours, in the same document."),
    )
    paste_sections = frozenset({"business", "family"})
    templates = {"tasks": "declarations/registers/tasks.html"}

    def queryset(self, user):
        return super().queryset(user).select_related("previous")

    def sign(self, subject, *, by, proof, revision):
        workflow.send(subject, by=by, proof=proof, revision=revision)

    def returned(self, subject):
        if "_returned" not in subject.__dict__:
            has_any = subject.sent_at is not None
            subject.__dict__["_returned"] = registers.open_returns(subject) if has_any else {}
        return subject.__dict__["_returned"]

    def locked_sections(self, subject):
        if subject.state != "draft" or subject.sent_at is None:
            return frozenset()
        returned = self.returned(subject)
        sections = self.form(subject).sections
        return frozenset(section.key for section in sections if section.key not in returned)

    def baseline(self, subject):
        return registers.baseline(subject, self.form(subject))

    def next_steps(self, subject):
        text = _("When something changes, report it within %(limit)s: the rows come back.")
        return [*self.done_steps, text % {"limit": registers.limit_of_changes().in_words}]

    def header(self, subject):
        return {
            "lead": _("%(occasion)s, year %(year)s")
            % {"occasion": subject.get_occasion_display(), "year": subject.year},
            "kicker": "F1",
        }

    def context(self, request, subject, page):
        if page == "tasks":
            delta = reverse("declarations:register_delta", args=[subject.pk])
            has_previous = subject.previous_id is not None and subject.sent_at is None
            return {
                "delta_url": delta if has_previous else "",
                "nil_all_url": self.url("nil_all", subject),
                "withdraw_url": reverse("declarations:register_withdraw", args=[subject.pk]),
            }
        return {}


REGISTER_EDITING = RegisterEditing()
