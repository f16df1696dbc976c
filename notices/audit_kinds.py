"""The kinds of things that the audit trail speaks of, in words for its readers."""

from django.utils.translation import pgettext_lazy

KINDS = {
    "notices.email": pgettext_lazy("audit", "E-mail"),
    "notices.notice": pgettext_lazy("audit", "Notice"),
    "notices.preference": pgettext_lazy("audit", "Choice of notices"),
}
