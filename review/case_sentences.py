"""What happens to cases, in words for the audit trail; each continues "[who] …"."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "case.open": _("opened the case: %(origin)s"),
    "case.join": _("added to the open case: %(origin)s"),
    "case.gather": _("added flags of the rules to the case: %(rules)s"),
    "case.view": _("read the case"),
    "case.claim": _("took the case on their desk"),
    "case.assign": _("assigned the case to %(to)s"),
    "case.release": _("put the case back into the queue"),
    "case.ask": _("asked the declarant for a clarification of %(places)s places"),
    "case.resume": _("went on with the review"),
    "case.answer": _("answered: %(kind)s"),
    "case.end_request": _("ended a question without an answer: %(kind)s"),
    "case.recommend": _("recommended: %(outcome)s"),
    "case.return": _("sent the recommendation back to the reviewer"),
    "case.decide": _("decided: %(outcome)s"),
    "case.send_back": _("sent it back for correction to %(to)s"),
    "case.close": _("closed the case"),
    "case.reopen": _("opened the case again: %(reason)s"),
    "case.note": _("wrote a note"),
    "case.attach": _("added the file %(file)s"),
    "case.read_file": _("read the file %(file)s"),
    "case.hand_over": _("handed the case over to %(recipient)s by letter %(document)s"),
    "savedfilter.save": _("kept the filter “%(target)s” of the queue"),
    "savedfilter.remove": _("removed the filter “%(target)s” of the queue"),
}
