"""The kinds of things that the audit trail speaks of, in words for its readers."""

from django.utils.translation import pgettext_lazy

KINDS = {
    "mapping.riskmap": pgettext_lazy("audit", "Risk map"),
    "mapping.riskarea": pgettext_lazy("audit", "Risk area"),
    "mapping.riskscale": pgettext_lazy("audit", "Risk scale"),
    "mapping.control": pgettext_lazy("audit", "Control of a risk area"),
    "mapping.conflictsource": pgettext_lazy("audit", "Source of conflict"),
    "mapping.riskareatemplate": pgettext_lazy("audit", "Risk area of the library"),
    "mapping.mapimport": pgettext_lazy("audit", "Import of a risk map"),
}
