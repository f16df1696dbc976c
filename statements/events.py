"""The audit events of documents in words; a sentence continues "[who] … "."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "document.issue": _("issued the document"),
    "document.sign": _("signed the document"),
    "document.seal": _("put the signature into the file"),
    "document.complete": _("finished the file"),
    "document.fail": _("could not make the file: %(error)s"),
    "document.retry": _("asked to make the file again"),
    "document.supersede": _("replaced the document by %(successor)s"),
    "document.revoke": _("revoked the document: %(reason)s"),
    "document.download": _("downloaded the document"),
    "document.export": _("exported %(count)s documents of %(year)s"),
}
