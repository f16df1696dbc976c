"""F2: a statement before a decision."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from declarations.models import DecisionStatement
from notices.services import notify

KINDS = {"statement.issued": _("A statement before a decision was signed")}


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
