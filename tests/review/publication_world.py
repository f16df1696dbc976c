"""A campaign, a frozen report, a bundle and published statistics for tests that walk all pages."""

import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from people.models import Opd, User
from review.models import Campaign, EvidenceBundle, PublishedStatistics, SocialisationMinutes
from review.services import publications


def things_of_publications(opd: Opd, people: dict[str, User]) -> dict[str, Any]:
    chief, inspector = people["chief_inspector"], people["inspector"]
    today = timezone.localdate()
    minutes = SocialisationMinutes(
        opd=opd, held_on=today, topic="Sosialisasi", attendees=20, name="ba.pdf", size=4,
        content_type="application/pdf", sha256="0" * 64, uploaded_by=people["officer"],
        file=ContentFile(b"%PDF", "ba.pdf"),
    )  # fmt: skip
    minutes.save(force_insert=True)
    minutes.file.close()
    return {
        "minutes": minutes,
        "campaign": Campaign.objects.create(
            name="Kampanye Dunia",
            year=today.year,
            opens_on=datetime.date(today.year, 1, 5),
            due_on=datetime.date(today.year, 3, 31),
            days_before=[7],
            days_after=[3],
            created_by=chief,
        ),
        "monitoring": publications.freeze(
            period="year", day=today, at=timezone.now(), by=inspector
        ),
        "bundle": EvidenceBundle.objects.create(opd=opd, year=today.year, requested_by=inspector),
        "statistics": PublishedStatistics.objects.create(
            year=today.year - 1,
            tables=[],
            threshold=publications.threshold(),
            snapshot_at=timezone.now(),
            published_by=chief,
        ),
    }
