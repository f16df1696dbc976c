"""The kinds of things that the audit trail speaks of, in words for its readers."""

from django.utils.translation import pgettext_lazy

KINDS = {
    "statements.document": pgettext_lazy("audit", "Signed document"),
}
