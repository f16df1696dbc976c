"""Handing a case over to another body, by a letter that the chief inspector signs.

The letter is drawn from its frozen content. It recommends an examination and names no sanction:
deciding on one is the recipient's business (fact sheet of the domain, 4.8). The document belongs
to whoever signs it, so that the person it is about finds it in no list of theirs.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.templatetags.ui import nip
from declarations.documents import person_block
from declarations.presentation import format_date
from people.models import User
from people.proof import Proof
from review.conflict_free import Bars, bars_of
from review.models import Case, CaseHandover, HandoverRecipient
from review.querysets import READERS
from review.states import CaseState, Outcome
from statements import services as documents
from statements.services import SignatureRequest

# Begins the number of the letter.
KIND = "SURAT"
TITLE = "Penyerahan hasil reviu konflik kepentingan"
NO_SANCTION = (
    "Surat ini menyerahkan hasil reviu untuk ditindaklanjuti sesuai kewenangan penerima. "
    "Surat ini bukan penetapan pelanggaran dan tidak menjatuhkan sanksi."
)


OPENING = (
    "Bersama surat ini kami serahkan hasil reviu Inspektorat atas konflik kepentingan pegawai "
    "berikut, untuk ditindaklanjuti sesuai kewenangan Saudara."
)
CLOSING = (
    "Dokumen pendukung dapat diminta kepada Inspektorat. Atas perhatian dan kerja sama Saudara, "
    "kami ucapkan terima kasih."
)


class HandoverError(Exception):
    """The case can't be handed over now; the text is for the user."""


@transaction.atomic
def hand_over(
    case: Case, *, recipient: HandoverRecipient, summary: str, by: User, proof: Proof
) -> CaseHandover:
    """Issue the letter; only after a decision that calls for it, once a body and round."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not by.has_perm("review.hand_over_case", case):
        raise PermissionDenied
    if not may_hand_over(case):
        raise HandoverError(_("Only a case that was decided so can be handed over."))
    post = by.standing.post
    if post is None:
        raise HandoverError(_("The letter needs the post of whoever signs it; you hold none."))
    if not recipient.is_active:
        raise HandoverError(_("This body is not in use any more."))
    document = documents.issue(
        kind=KIND,
        content=_content(case, recipient, summary, by),
        subject=by,
        opd=post.opd,
        year=timezone.localdate().year,
        title=TITLE,
        signatures=[
            # The post stands once above the name, as in any letter of an office.
            SignatureRequest(slot="chief", signer=by, caption=post.title, post="")
        ],
        by=by,
        proof=proof,
    )
    try:
        with transaction.atomic():
            handover = CaseHandover.objects.create(
                case=case,
                round=case.round,
                recipient=recipient,
                document=document,
                summary=summary,
                issued_at=timezone.now(),
                issued_by=by,
            )
    except IntegrityError as error:
        raise HandoverError(_("The case was handed over to this body already.")) from error
    record(
        "case.hand_over", by=by, target=case, recipient=recipient.name, document=document.number
    )
    return handover


def may_hand_over(case: Case) -> bool:
    return case.state in CaseState.JUDGED and case.outcome in Outcome.HANDED_OVER


def recipients() -> list[HandoverRecipient]:
    return list(HandoverRecipient.objects.filter(is_active=True))


def may_view(user: User, document: Any) -> bool:
    """Who may see the case may read its letters."""
    handover = CaseHandover.objects.filter(document=document.pk).select_related("case").first()
    return handover is not None and user.has_perm("review.view_case", handover.case)


def ties(user: User) -> Bars | None:
    """What `visible_documents` depends on beside roles; nobody else's are asked for."""
    return bars_of(user, on=timezone.localdate()) if user.has_any_role(*READERS) else None


def visible_documents(user: User, bars: Bars | None) -> Q:
    seen = Case.objects.visible_to(user, bars=bars)
    return Q(pk__in=CaseHandover.objects.filter(case__in=seen).values("document"))


def _content(case: Case, recipient: HandoverRecipient, summary: str, by: User) -> dict[str, Any]:
    about = [("Nomor kasus", case.number)]
    if case.subject is not None:
        about += [("Nama", case.subject.full_name), ("NIP", nip(case.subject.nip))]
    about.append(("Perangkat daerah", case.opd.name if case.opd else "–"))
    decided = [
        ("Hasil reviu", _in_indonesian(case.outcome)),
        ("Pertimbangan", case.decision_reasons),
        ("Tanggal putusan", format_date(timezone.localdate(case.decided_at))),
    ]
    return {
        "title": TITLE.upper(),
        "classification": "RAHASIA",
        "person": person_block(by, by.standing.post),
        "letter": {
            "to": recipient.name,
            "address": recipient.address,
            "subject": TITLE,
            "opening": OPENING,
        },
        "statement": [NO_SANCTION, CLOSING],
        "sections": [
            {"title": "Pegawai dan kasus", "blocks": [_fields(about)]},
            {"title": "Hasil reviu Inspektorat", "blocks": [_fields(decided)]},
            {"title": "Uraian", "blocks": [{"type": "paragraph", "text": summary}]},
        ],
        "data": {"case": str(case.pk), "round": case.round, "recipient": recipient.code},
    }


def _fields(rows: list[tuple[str, str]]) -> dict[str, Any]:
    return {"type": "fields", "rows": [{"label": label, "value": value} for label, value in rows]}


def _in_indonesian(outcome: str) -> str:
    """The words of the fact sheet, whatever language the page is in."""
    return {
        Outcome.EXAMINATION: "Rekomendasi pemeriksaan",
        Outcome.TAKE_OVER: "Diambil alih Inspektorat",
    }[Outcome(outcome)]
