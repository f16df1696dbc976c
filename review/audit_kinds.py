"""The kinds of things that the audit trail speaks of, in words for its readers."""

from django.utils.translation import pgettext_lazy

from review.models import Case, Flag
from review.rules import RULES

KINDS = {
    "review.case": pgettext_lazy("audit", "Case of the Inspectorate"),
    "review.flag": pgettext_lazy("audit", "Flag of a rule"),
    "review.ruleversion": pgettext_lazy("audit", "Rule"),
    "review.conflictreport": pgettext_lazy("audit", "Report from others (F4)"),
    "review.reportseries": pgettext_lazy("audit", "Numbers of reports"),
    "review.registeredact": pgettext_lazy("audit", "Decree or contract"),
    "review.actfile": pgettext_lazy("audit", "File of decrees and contracts"),
    "review.campaign": pgettext_lazy("audit", "Campaign"),
    "review.monitoringreport": pgettext_lazy("audit", "Monitoring report"),
    "review.evidencebundle": pgettext_lazy("audit", "Evidence bundle"),
    "review.socialisationminutes": pgettext_lazy("audit", "Minutes of a socialisation"),
    "review.formerofficial": pgettext_lazy("audit", "Former official (F10)"),
    "review.nilsample": pgettext_lazy("audit", "Random sample"),
    "review.savedfilter": pgettext_lazy("audit", "Filter of the queue"),
    "review.nudge": pgettext_lazy("audit", "Reminder of the head"),
    "review.publishedstatistics": pgettext_lazy("audit", "Published statistics"),
    "review.suppressionthreshold": pgettext_lazy("audit", "Smallest published number"),
    "review.summaryrun": pgettext_lazy("audit", "Counts of the province's page"),
}


def names(targets: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Of cases and flags: what, and about whom; one query each."""
    return _flags(targets) | _cases(targets)


def _flags(targets: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    keys = [key for kind, key in targets if kind == "review.flag"]
    rows = Flag.objects.order_by().filter(pk__in=keys) if keys else Flag.objects.none()
    return {
        ("review.flag", str(key)): ": ".join(
            filter(None, (str(RULES[rule].title) if rule in RULES else rule, name or opd))
        )
        for key, rule, name, opd in rows.values_list(
            "pk", "rule", "subject__name", "opd__short_name"
        )
    }


def _cases(targets: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    keys = [key for kind, key in targets if kind == "review.case"]
    rows = Case.objects.order_by().filter(pk__in=keys) if keys else Case.objects.none()
    return {
        ("review.case", str(key)): ", ".join(filter(None, (number, name or title)))
        for key, number, title, name in rows.values_list("pk", "number", "title", "subject__name")
    }
