"""F5: a superior has decided."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from declarations.models import SuperiorDecision
from notices.services import notify

KINDS = {
    "decision.due": _("A decision of yours is due"),
    "decision.signed": _("Your superior has decided on your declaration"),
    "decision.replacement": _("You are named as a replacement official"),
}


def tell_decided(decision: SuperiorDecision, chosen: list[Any]) -> None:
    """The declarant, and whoever has to step in."""
    address = reverse("declarations:decision_detail", args=[decision.pk])
    notify(
        decision.conflict.declarant,
        kind="decision.signed",
        title=_("Your superior has decided on your declaration"),
        body=_("Log in to the portal to read the decision and what it asks of you."),
        url=address,
        dedupe_key=f"decision.signed:{decision.pk}",
    )
    for item in chosen:
        if item.replacement is not None:
            notify(
                item.replacement,
                kind="decision.replacement",
                title=_("You are named as a replacement official"),
                body=_("Log in to the portal to see what you take over."),
                url=address,
                dedupe_key=f"decision.replacement:{decision.pk}:{item.kind.pk}",
            )
