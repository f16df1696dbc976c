"""How the audit trail says what happened to people, posts and roles."""

from django.utils.translation import gettext_lazy as _

from audit import presentation

SENTENCES = {
    "account.activate": _("activated the account"),
    "account.ask_password_reset": _("asked for a new password"),
    "account.change_address": _("gave %(target)s another e-mail address"),
    "account.change_password": _("changed the password"),
    "account.end_sessions": _("ended all sessions of %(target)s: %(reason)s"),
    "account.link_identity": _("linked an identity of the province's account"),
    "account.login": _("signed in"),
    "account.login_failed": _("failed to sign in"),
    "account.second_factor_failed": _("gave a wrong code of the second factor"),
    "account.make_code": _("made an activation code for %(target)s"),
    "account.reset_second_factor": _("reset the second factor of %(target)s: %(reason)s"),
    "account.second_factor": _("changed the second factor (%(what)s)"),
    "account.send_link": _("sent an activation link to %(target)s"),
    "assignment.add": _("gave a post: %(target)s"),
    "assignment.change": _("changed an assignment of %(target)s: %(post)s"),
    "assignment.end": _("ended an assignment on %(ends_on)s: %(target)s"),
    "assignment.start": _("imported an assignment of %(target)s: %(post)s"),
    "holiday.add": _("added the holiday %(target)s"),
    "holiday.change": _("changed the holiday %(target)s"),
    "holiday.delete": _("deleted the holiday %(target)s"),
    "import.check": _("checked the file %(target)s: %(faults)s faults"),
    "import.commit": _("took over the file %(target)s: %(people)s people"),
    "import.discard": _("discarded the file %(target)s"),
    "import.fail": _("could not finish with the file %(target)s"),
    "import.stale": _("did not take over the file %(target)s: the data had changed"),
    "import.start": _("asked to take over the file %(target)s"),
    "import.upload": _("sent the file %(target)s with people"),
    "opd.add": _("added the OPD %(target)s"),
    "opd.change": _("changed the OPD %(target)s"),
    "opd.close": _("closed the OPD %(target)s: %(reason)s"),
    "person.add": _("added the person %(target)s"),
    "person.change": _("changed the personal data of %(target)s"),
    "person.change_language": _("chose another language"),
    "person.change_nip": _("changed the NIP of %(target)s: %(reason)s"),
    "person.deactivate": _("closed the account of %(target)s: %(reason)s"),
    "person.reactivate": _("opened the account of %(target)s again: %(reason)s"),
    "post.add": _("added the post %(target)s"),
    "post.change": _("changed the post %(target)s"),
    "post.oblige": _("decided whether %(target)s must declare: %(reason)s"),
    "province.seed": _("made a synthetic province of %(people)s people"),
    "role.grant": _("gave a role: %(target)s (%(reason)s)"),
    "role.revoke": _("withdrew a role: %(target)s (%(reason)s)"),
}


def register() -> None:
    presentation.register_all(SENTENCES)
