"""The kinds of things that the audit trail speaks of, in words for its readers."""

from django.utils.translation import pgettext_lazy

KINDS = {
    "people.user": pgettext_lazy("audit", "Account"),
    "people.opd": pgettext_lazy("audit", "OPD"),
    "people.post": pgettext_lazy("audit", "Post"),
    "people.assignment": pgettext_lazy("audit", "Assignment to a post"),
    "people.rolegrant": pgettext_lazy("audit", "Role"),
    "people.holiday": pgettext_lazy("audit", "Holiday"),
    "people.importbatch": pgettext_lazy("audit", "Import of people"),
    "people.activationcode": pgettext_lazy("audit", "Activation code"),
    "people.nipchange": pgettext_lazy("audit", "Change of a NIP"),
}
