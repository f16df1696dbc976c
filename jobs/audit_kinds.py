"""The kinds of things that the audit trail speaks of, in words for its readers."""

from django.utils.translation import pgettext_lazy

KINDS = {
    "jobs.job": pgettext_lazy("audit", "Job of the system"),
    "jobs.schedule": pgettext_lazy("audit", "Schedule of the system"),
}
