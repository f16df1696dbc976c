"""Minutes of socialisations: added and taken away by the OPD, put into its bundle of evidence."""

import datetime
from collections.abc import Iterator
from pathlib import PurePath

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet

from audit.services import record
from common import attachments
from people.models import Opd, User
from review.models import EvidenceBundle, SocialisationMinutes


def _year(opd: Opd, year: int) -> QuerySet[SocialisationMinutes]:
    return SocialisationMinutes.objects.standing().filter(opd=opd, held_on__year=year)


@transaction.atomic
def add(
    upload: UploadedFile,
    *,
    opd: Opd,
    held_on: datetime.date,
    topic: str,
    attendees: int,
    by: User,
) -> SocialisationMinutes:
    """At most as many as `attachments` allows an OPD and year; raises `ValidationError`."""
    if not by.has_perm("review.add_minutes", opd):
        raise PermissionDenied
    Opd.objects.select_for_update(no_key=True, of=("self",)).get(pk=opd.pk)
    blank = SocialisationMinutes(
        opd=opd, held_on=held_on, topic=topic, attendees=attendees, uploaded_by=by
    )
    with attachments.taken(upload, blank, standing=_year(opd, held_on.year)) as file:
        if file is blank:
            record(
                "socialisationminutes.add", by=by, target=file, file=file.name, sha256=file.sha256
            )
    return file


@transaction.atomic
def remove(minutes: SocialisationMinutes, *, by: User) -> None:
    """Safe to call twice; bundles that were made keep it."""
    rows = SocialisationMinutes.objects.select_for_update(of=("self",)).select_related("opd")
    minutes = rows.get(pk=minutes.pk)
    if not by.has_perm("review.add_minutes", minutes.opd):
        raise PermissionDenied
    if minutes.removed_at is None:
        attachments.take_away(minutes)
        record("socialisationminutes.remove", by=by, target=minutes, file=minutes.name)


@transaction.atomic(savepoint=False)
def note_reading(minutes: SocialisationMinutes, *, by: User) -> None:
    """Who opens somebody else's file leaves a trace."""
    if minutes.uploaded_by_id != by.pk:
        record("socialisationminutes.read_file", by=by, target=minutes, file=minutes.name)


def of_bundle(bundle: EvidenceBundle) -> list[SocialisationMinutes]:
    seen = SocialisationMinutes.objects.visible_to(bundle.requested_by)
    wanted = seen.filter(opd=bundle.opd, held_on__year=bundle.year)
    return list(wanted.order_by("held_on", "pk"))


def listed(bundle: EvidenceBundle) -> Iterator[tuple]:
    for minutes in of_bundle(bundle):
        yield minutes.held_on, minutes.topic, minutes.attendees, name_in_bundle(minutes)


def name_in_bundle(minutes: SocialisationMinutes) -> str:
    """From the day and the hash alone: what people called the file is no path."""
    ending = PurePath(minutes.file.name).suffix
    return f"berita-acara-{minutes.held_on}-{minutes.sha256[:8]}{ending}"


def files_of(bundle: EvidenceBundle) -> Iterator[tuple[str, bytes]]:
    """One at a time: each is at most five megabytes."""
    for minutes in of_bundle(bundle):
        with minutes.file.open("rb") as file:
            yield name_in_bundle(minutes), file.read()
