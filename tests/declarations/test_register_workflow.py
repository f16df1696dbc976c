"""F1 from the draft to acceptance: effect, event, notice; who and from where not; races."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from audit.models import AuditEvent
from declarations import drafts, states
from declarations.models import DraftRevision, Interest, InterestRegister
from declarations.services import drafting, registers
from declarations.services.configuration import read_version
from declarations.workflow import registers as workflow
from declarations.workflow.base import TransitionError
from jobs.testing import run_jobs
from matching.names import company_key
from notices.models import Notice
from people.models import User
from statements import authority
from statements.models import Document
from tests.declarations.factories import (
    RegisterFactory,
    accepted_register,
    business_row,
    family_row,
    full_draft,
    nil_draft,
    office,
    proof_of,
    returned_register,
    sent_register,
)
from tests.people.factories import person_with

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def signing_keys(own_folders):
    """Keys of a development authority, unless another module of this run made them."""
    folder = settings.SIGNING["KEY_DIR"]
    if not folder.exists():
        authority.make_development_authority(folder, settings.SIGNING["PASSPHRASE"])


def actions(register):
    events = AuditEvent.objects.filter(target_id=str(register.pk)).order_by("at", "pk")
    return [event.action for event in events]


def kinds_of(user):
    return sorted(Notice.objects.filter(recipient=user).values_list("kind", flat=True))


def test_send_signs_writes_rows_records_and_tells():
    place = office()
    register = RegisterFactory(declarant=place.declarant)

    sent = workflow.send(register, by=place.declarant, proof=proof_of(place.declarant))

    assert sent.state == "sent"
    assert sent.document.kind == "F1"
    assert sent.document.slots == ["declarant", "superior"]
    assert [s.slot for s in sent.document.signatures.all()] == ["declarant"]
    assert actions(register) == ["interestregister.send"]
    rows = Interest.objects.filter(register=sent).order_by("section")
    assert [(row.section, row.name, row.source.code) for row in rows] == [
        ("business", "CV Rafflesia Jaya", "BISNIS"),
        ("family", "Siti binti Ahmad", "KELUARGA"),
    ]
    assert rows[0].name_key == company_key("CV Rafflesia Jaya")
    assert rows[1].name_key == "siti ahmad"
    assert rows[1].is_person
    assert kinds_of(place.officer) == ["register.to_check"]
    assert kinds_of(place.superior) == ["register.to_acknowledge"]


def test_send_finds_the_relative_who_works_here_by_nip():
    cousin = person_with()
    row = family_row(name=cousin.name, nip=cousin.nip)
    register = RegisterFactory(draft=full_draft(family={"rows": [row]}))

    workflow.send(register, by=register.declarant, proof=proof_of(register.declarant))

    assert Interest.objects.get(section="family").relative == cousin


def test_send_freezes_the_draft_and_forgets_its_revisions():
    register = RegisterFactory()
    form = read_version(register.form_version)
    drafting.save_draft(
        register,
        change=lambda base: drafts.with_row(base, form.section("business"), {"name": "UD Baru"}),
        base_revision=0,
        by=register.declarant,
    )
    drafting.save_draft(
        register,
        change=lambda base: drafts.with_rows(
            base, form.section("business"), base["business"]["rows"][:1]
        ),
        base_revision=1,
        by=register.declarant,
    )

    sent = workflow.send(register, by=register.declarant, proof=proof_of(register.declarant))

    assert sent.document.data["data"]["draft"] == sent.draft
    assert not DraftRevision.objects.filter(subject_id=register.pk).exists()


def test_send_of_a_nil_register_says_so():
    register = RegisterFactory(draft=nil_draft())

    sent = workflow.send(register, by=register.declarant, proof=proof_of(register.declarant))

    assert sent.is_nil
    assert not sent.interests.exists()


def test_send_refuses_what_is_missing():
    register = RegisterFactory(draft={})

    with pytest.raises(TransitionError):
        workflow.send(register, by=register.declarant, proof=proof_of(register.declarant))

    assert InterestRegister.objects.get(pk=register.pk).state == "draft"


def test_send_refuses_a_revision_that_was_not_shown():
    register = RegisterFactory(revision=3)

    with pytest.raises(TransitionError):
        workflow.send(
            register, by=register.declarant, proof=proof_of(register.declarant), revision=2
        )


def test_send_refuses_another_person_and_a_proof_of_another():
    register = RegisterFactory()
    other = person_with()

    with pytest.raises(PermissionDenied):
        workflow.send(register, by=other, proof=proof_of(other))
    with pytest.raises(PermissionDenied):
        workflow.send(register, by=register.declarant, proof=proof_of(other))


def test_return_marks_sections_and_only_these_open_again():
    place = office()
    register = returned_register(place, {"business": "Bagian belum diisi."})

    resumed = workflow.resume(register, by=place.declarant)

    form = read_version(resumed.form_version)
    locked = registers.locked_sections(resumed, form)
    assert registers.open_returns(resumed) == {"business": "Bagian belum diisi."}
    assert locked == {section.key for section in form.sections} - {"business"}
    assert kinds_of(place.declarant) == ["register.returned"]
    assert actions(register)[-2:] == ["interestregister.return", "interestregister.resume"]


def test_return_needs_a_remark_and_a_known_section():
    place = office()
    register = sent_register(place.declarant)

    for comments in ({}, {"business": "  "}, {"unknown": "x"}, {"business": "x" * 501}):
        with pytest.raises(TransitionError), transaction.atomic():
            workflow.return_for_completion(register, by=place.officer, comments=comments)

    assert InterestRegister.objects.get(pk=register.pk).state == "sent"


def test_second_signature_after_a_return_replaces_the_first_document():
    place = office()
    register = returned_register(place)
    first = register.document
    register = workflow.resume(register, by=place.declarant)
    register.draft["business"]["rows"][0]["share_percent"] = "55"
    register.save()

    sent = workflow.send(register, by=place.declarant, proof=proof_of(place.declarant))

    first.refresh_from_db()
    assert first.state == "superseded"
    assert sent.document.supersedes == first
    assert not registers.open_returns(sent)
    assert sent.returns.get().resolved_at is not None


def test_second_signature_refuses_changes_in_sections_that_stayed_closed():
    place = office()
    register = workflow.resume(returned_register(place), by=place.declarant)
    register.draft["family"]["rows"][0]["occupation"] = "Pengusaha"
    register.save()

    with pytest.raises(TransitionError):
        workflow.send(register, by=place.declarant, proof=proof_of(place.declarant))


def test_accept_renews_the_earlier_one():
    place = office()
    first = accepted_register(place)
    register = registers.start_register(by=User.objects.get(pk=place.declarant.pk))
    register = workflow.send(register, by=place.declarant, proof=proof_of(place.declarant))

    accepted = workflow.accept(register, by=place.officer)

    first.refresh_from_db()
    assert (first.state, accepted.state) == ("renewed", "accepted")
    assert accepted.supersedes == first
    assert accepted.is_unchanged
    assert first.document.state == "superseded"
    assert kinds_of(place.declarant) == ["register.accepted", "register.accepted"]


def test_nobody_accepts_their_own():
    place = office()
    register = sent_register(place.officer)

    with pytest.raises(PermissionDenied):
        workflow.accept(register, by=place.officer)


@pytest.mark.parametrize(
    "who",
    [
        "declarant",
        "superior",
        "inspector",
        "chief_inspector",
        "auditor",
        "stranger",
        "other_officer",
    ],
)
def test_accept_and_return_refuse_everybody_but_the_officer(who):
    place = office()
    register = sent_register(place.declarant)
    person = getattr(place, who)

    with pytest.raises(PermissionDenied):
        workflow.accept(register, by=person)
    with pytest.raises(PermissionDenied):
        workflow.return_for_completion(register, by=person, comments={"business": "x"})


@pytest.mark.parametrize("step", ["accept", "return_for_completion", "resume", "send"])
def test_steps_refuse_other_source_states(step):
    place = office()
    register = accepted_register(place)
    calls = {
        "accept": lambda: workflow.accept(register, by=place.officer),
        "return_for_completion": lambda: workflow.return_for_completion(
            register, by=place.officer, comments={"business": "x"}
        ),
        "resume": lambda: workflow.resume(register, by=place.declarant),
        "send": lambda: workflow.send(
            register, by=place.declarant, proof=proof_of(place.declarant)
        ),
    }

    with pytest.raises(TransitionError):
        calls[step]()


def test_acknowledge_adds_the_superiors_signature_to_the_same_document():
    place = office()
    register = sent_register(place.declarant)

    done = workflow.acknowledge(register, by=place.superior, proof=proof_of(place.superior))

    slots = {s.slot: s.signer for s in done.document.signatures.all()}
    assert slots == {"declarant": place.declarant, "superior": place.superior}
    assert done.acknowledged_by == place.superior
    assert "interestregister.acknowledge" in actions(register)


def test_acknowledge_refuses_others_and_a_second_time():
    place = office()
    register = sent_register(place.declarant)
    for person in (place.officer, place.declarant, place.stranger):
        with pytest.raises(PermissionDenied):
            workflow.acknowledge(register, by=person, proof=proof_of(person))
    workflow.acknowledge(register, by=place.superior, proof=proof_of(place.superior))

    with pytest.raises(TransitionError):
        workflow.acknowledge(register, by=place.superior, proof=proof_of(place.superior))


def test_withdraw_of_a_signed_one_revokes_the_document_and_needs_a_reason():
    register = sent_register()
    person = register.declarant
    with pytest.raises(TransitionError), transaction.atomic():
        workflow.withdraw(register, by=person)

    done = workflow.withdraw(register, by=person, reason="Salah nama perusahaan")

    assert done.state == "withdrawn"
    assert Document.objects.get(pk=done.document_id).state == "revoked"


def test_withdraw_refuses_an_accepted_one():
    place = office()
    register = accepted_register(place)

    with pytest.raises(TransitionError):
        workflow.withdraw(register, by=place.declarant, reason="x")


def test_expire_is_the_systems_own_step():
    place = office()
    register = accepted_register(place)

    expired = workflow.expire(register, on=timezone.localdate())

    assert expired.state == "expired"
    event = AuditEvent.objects.get(action="interestregister.expire")
    assert event.actor_id is None
    assert not place.declarant.has_perm(states.REGISTER_EXPIRE.permission, register)


# --- Beginning -------------------------------------------------------------------------------


def test_start_brings_last_years_rows_back_with_their_keys():
    place = office()
    first = accepted_register(place)

    register = registers.start_register(by=User.objects.get(pk=place.declarant.pk))

    assert register.previous == first
    assert register.draft == first.draft
    assert registers.delta_of(register, read_version(register.form_version)).is_empty
    assert register.occasion == "change"


def test_start_twice_gives_the_same_draft():
    person = person_with()

    first = registers.start_register(by=person)
    second = registers.start_register(by=person)

    assert first == second
    assert InterestRegister.objects.filter(declarant=person).count() == 1


def test_start_refuses_while_one_is_being_checked():
    register = sent_register()

    with pytest.raises(registers.RegisterError):
        registers.start_register(by=register.declarant)


def test_duty_of_an_obliged_person_without_register_is_yearly_by_the_end_of_march():
    place = office()

    duty = registers.duty_of(place.declarant, on=datetime.date(2026, 2, 1))

    assert (duty.occasion, duty.due_on) == ("yearly", datetime.date(2026, 3, 31))
    assert not duty.is_late(datetime.date(2026, 3, 31))
    assert duty.is_late(datetime.date(2026, 4, 1))


def test_duty_after_an_appointment_is_thirty_days_after_it():
    place = office()
    assignment = place.declarant.assignments.get()
    assignment.starts_on = datetime.date(2026, 6, 1)
    assignment.save()
    person = User.objects.get(pk=place.declarant.pk)

    duty = registers.duty_of(person, on=datetime.date(2026, 6, 10))

    assert (duty.occasion, duty.due_on) == ("appointment", datetime.date(2026, 7, 1))


def test_nobody_who_is_not_obliged_has_a_duty():
    person = person_with()

    duty = registers.duty_of(person, on=datetime.date(2026, 2, 1))

    assert (duty.occasion, duty.due_on, duty.is_obliged) == (None, None, False)


# --- Delta -----------------------------------------------------------------------------------


def test_document_of_a_changed_register_carries_the_difference():
    place = office()
    accepted_register(place)
    register = registers.start_register(by=User.objects.get(pk=place.declarant.pk))
    register.draft["business"]["rows"].append(business_row("PT Baru Sekali"))
    register.draft["family"]["rows"][0]["occupation"] = "Pengusaha"
    register.save()

    sent = workflow.send(register, by=place.declarant, proof=proof_of(place.declarant))

    text = sent.document.content
    assert not sent.is_unchanged
    assert '"change":"added"' in text
    assert '"change":"changed"' in text
    assert "Tidak berubah sejak versi sebelumnya." in text


# --- Races -----------------------------------------------------------------------------------


def _in_threads(*calls):
    def run(call):
        try:
            call()
        except (TransitionError, drafting.DraftClosedError):
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_two_signatures_at_once_make_one_document():
    register = RegisterFactory()
    person = register.declarant

    def sign():
        workflow.send(
            InterestRegister.objects.get(pk=register.pk), by=person, proof=proof_of(person)
        )

    assert _in_threads(sign, sign) == ["done", "refused"]
    assert person.documents.count() == 1
    assert Interest.objects.filter(register=register).count() == 2


@pytest.mark.django_db(transaction=True)
def test_accept_and_return_at_once_decide_once():
    place = office()
    register = sent_register(place.declarant)
    second = User.objects.get(pk=place.officer.pk)

    result = _in_threads(
        lambda: workflow.accept(InterestRegister.objects.get(pk=register.pk), by=place.officer),
        lambda: workflow.return_for_completion(
            InterestRegister.objects.get(pk=register.pk), by=second, comments={"business": "x"}
        ),
    )

    assert result == ["done", "refused"]


@pytest.mark.django_db(transaction=True)
def test_no_text_slips_in_behind_a_signature():
    register = RegisterFactory()
    person = register.declarant
    form = read_version(register.form_version)

    def edit():
        drafting.save_draft(
            InterestRegister.objects.get(pk=register.pk),
            change=lambda base: drafts.with_row(
                base, form.section("business"), business_row("UD Menyelinap")
            ),
            base_revision=0,
            by=User.objects.get(pk=person.pk),
        )

    def sign():
        workflow.send(
            InterestRegister.objects.get(pk=register.pk), by=person, proof=proof_of(person)
        )

    _in_threads(edit, sign)

    register.refresh_from_db()
    assert register.state == "sent"
    assert register.document.data["data"]["draft"] == register.draft
    assert register.interests.count() == sum(len(s["rows"]) for s in register.draft.values())


# --- The document ----------------------------------------------------------------------------


def test_document_is_drawn_and_signed_by_both(signing_keys):
    place = office()
    accepted_register(place)
    register = registers.start_register(by=User.objects.get(pk=place.declarant.pk))
    register.draft["business"]["rows"].append(business_row("PT Baru Sekali"))
    register.save()
    register = workflow.send(register, by=place.declarant, proof=proof_of(place.declarant))
    workflow.acknowledge(register, by=place.superior, proof=proof_of(place.superior))

    run_jobs(queues=("documents",))

    document = Document.objects.get(pk=register.document_id)
    assert (document.state, document.is_ready) == ("signed", True)
    states_of = set(document.signatures.values_list("slot", "state"))
    assert states_of == {("declarant", "signed"), ("superior", "signed")}
