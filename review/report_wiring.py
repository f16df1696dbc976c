"""What reports from others and the register of former officials hang on to elsewhere."""

from collections.abc import Iterator

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from audit import presentation, veils
from common.addresses import address
from declarations import state_diagrams
from notices import kinds, reminders
from people import navigation
from people.models import User
from review import report_messages, report_policies  # noqa: F401 -- policies register themselves
from review.models import ConflictReport
from review.report_states import REPORT_TRANSITIONS, ReportState

SENTENCES = {
    "conflictreport.receive": _("received the report %(target)s"),
    "conflictreport.reply": _("received an answer to the report %(target)s"),
    "conflictreport.read": _("read the report %(target)s"),
    "conflictreport.read_file": _("opened a file of the report %(target)s"),
    "conflictreport.read_identity": _("read who made the report %(target)s, because: %(reason)s"),
    "conflictreport.write": _("wrote to the reporter of %(target)s"),
    "conflictreport.mark": _("marked who the report %(target)s is about"),
    "conflictreport.verify": _("took up the report %(target)s"),
    "conflictreport.reject": _("found that the report %(target)s can't be followed up"),
    "conflictreport.forward": _("passed the report %(target)s on to the UPG"),
    "conflictreport.refer": _("passed the report %(target)s on to another body"),
    "conflictreport.examine": _("began the examination of the report %(target)s"),
    "conflictreport.decide": _("decided on the report %(target)s"),
    "conflictreport.follow_up": _("began the follow-up of the report %(target)s"),
    "conflictreport.close": _("finished the report %(target)s"),
    "reportseries.rotate": _("wrapped %(count)s keys of reports anew"),
    "formerofficial.add": _(
        "added %(target)s to the register of former officials until %(until)s"
    ),
    "formerofficial.change": _("changed the entry of the former official %(target)s"),
    "formerofficial.remove": _(
        "removed %(target)s from the register of former officials: %(reason)s"
    ),
}


def menu(user: User) -> Iterator[navigation.Item]:
    if user.has_perm("review.list_conflictreport"):
        yield navigation.Item(_("Reports"), address("review:report_list"), "report", order=52)
    if user.has_perm("review.list_formerofficial"):
        yield navigation.Item(
            _("Former officials"), address("review:former_list"), "clock", order=58
        )


def veil(user: User) -> Q:
    """Reports that may be about this reader, and the cases they opened: events as well."""
    kept = ConflictReport.objects.kept_from(user)
    reports = kept.annotate(key=Cast("pk", TextField())).values("key")
    cases = kept.filter(case__isnull=False).annotate(key=Cast("case", TextField())).values("key")
    return Q(target_type="review.conflictreport", target_id__in=reports) | Q(
        target_type="review.case", target_id__in=cases
    )


def wire() -> None:
    state_diagrams.register("F4, report from others", ReportState, REPORT_TRANSITIONS)
    presentation.register_all(SENTENCES)
    for kind, label in report_messages.KINDS.items():
        kinds.register(kind, label)
    reminders.register("review.late_reports", report_messages.find_late_reports)
    navigation.register(menu)
    veils.register(veil)
