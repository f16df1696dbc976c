"""Loading the bodies that a case may be handed over to; rows that exist stay."""

import json
from pathlib import Path

from review.models import HandoverRecipient

PATH = Path(__file__).parent / "reference" / "handover_recipients.json"


def load_recipients() -> None:
    known = set(HandoverRecipient.objects.values_list("code", flat=True))
    rows = json.loads(PATH.read_text(encoding="utf-8"))
    HandoverRecipient.objects.bulk_create(
        HandoverRecipient(position=position, **row)
        for position, row in enumerate(rows, start=1)
        if row["code"] not in known
    )
