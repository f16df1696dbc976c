"""The events of the risk map in words; each continues "[who] …"."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "riskmap.start": _("began the risk map %(target)s"),
    "riskmap.library": _("added %(count)s areas from the library"),
    "riskmap.import": _("took %(count)s rows over from the file %(file)s"),
    "riskmap.export": _("exported the risk map"),
    "riskmap.sign": _("signed the risk map"),
    "riskmap.review": _("began the review of the risk map"),
    "riskmap.return": _("sent the risk map back: %(reason)s"),
    "riskmap.approve": _("approved the risk map"),
    "riskmap.supersede": _("replaced the risk map by a later version"),
    "riskmap.archive": _("archived the risk map: %(reason)s"),
    "riskmap.merge": _("carried people, cases and risk maps of %(sources)s over: %(reason)s"),
    "riskarea.add": _("added the risk area %(target)s"),
    "riskarea.change": _("changed the risk area %(target)s"),
    "riskarea.remove": _("removed the risk area %(target)s"),
    "riskarea.comment": _("commented on the risk area %(target)s"),
    "riskarea.settle": _("settled a comment on the risk area %(target)s"),
    "control.add": _("added the control %(target)s"),
    "control.change": _("changed the control %(target)s"),
    "control.attach": _("added the file %(file)s to the control %(target)s"),
    "control.detach": _("took the file %(file)s away from the control %(target)s"),
    "control.read_file": _("opened the file %(file)s of the control %(target)s"),
    "control.report": _("reported the control as done: %(target)s"),
    "control.confirm": _("confirmed the control: %(target)s"),
    "control.refuse": _("did not accept the report on the control: %(reason)s"),
    "control.cancel": _("cancelled the control: %(reason)s"),
}
