"""What `review` does, in words for the audit trail; each continues "[who] …"."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {"nudge.send": _("reminded somebody of the register of interests of %(year)s")}
