"""A case, a file in it, and a question that waits, for the walk over all addresses."""

from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from people.models import User
from review.models import CaseFile, SavedFilter
from review.services import marking
from review.states import CaseOrigin
from review.workflow import case_requests, cases


def things_of_cases(people: dict[str, User]) -> dict[str, Any]:
    """The inspector has recommended on one case, and asks the declarant in another."""
    inspector = people["inspector"]

    def taken(subject: User) -> Any:
        case = cases.open_case(
            origin=CaseOrigin.REPORT, subject=subject, opd=None, at=timezone.now()
        )
        return cases.claim(case, by=inspector)

    case = taken(people["colleague"])
    file = CaseFile.objects.create(
        case=case, name="bukti.pdf", content_type="application/pdf", size=4, sha256="0" * 64,
        file=ContentFile(b"%PDF", "bukti.pdf"), uploaded_by=inspector,
    )  # fmt: skip
    file.file.close()
    asked = taken(people["declarant"])
    place = marking.places_of(people["declarant"])[0].places[0]
    return {
        "case": cases.recommend(case, by=inspector, outcome="conforming", reasons="Sesuai."),
        "case_file": file,
        "case_request": case_requests.ask(
            asked, by=inspector, question="Sejak kapan?", keys=[place.key]
        ),
        "case_filter": SavedFilter.objects.create(user=inspector, name="Milik", query=""),
    }
