"""F2: a statement before a decision."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from declarations.models import DecisionStatement
from notices.services import notify

KINDS = {"statement.issued": _("A statement before a decision was signed")}

SENTENCES = {
    "decisionstatement.create": _("began the statement"),
    "decisionstatement.save_draft": _("saved the draft"),
    "decisionstatement.issue": _("signed the statement that the decision is free of conflict"),
    "decisionstatement.convert": _("went on with it as a declaration of conflict"),
    "decisionstatement.supersede": _("replaced it by a correction"),
    "decisionstatement.withdraw": _("withdrew it: %(reason)s"),
    "decisionstatement.view": _("read the statement"),
}


def tell_issued(statement: DecisionStatement) -> None:
    notify(
        statement.declarant,
        kind="statement.issued",
        title=_("Your statement was signed"),
        body=_("The PDF is in the portal. Put it with the papers of the decision."),
        url=reverse("declarations:statement_detail", args=[statement.pk]),
        email=False,
        dedupe_key=f"statement.issued:{statement.pk}",
    )
