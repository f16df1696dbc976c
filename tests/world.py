"""A small province with one person for each point of view and one thing in each state.

For tests that walk all addresses: `kwargs_of(page, world)` fills the parts of an address, and a
new address that it can't fill fails the walk by name, so that no page stays untested.
"""

import datetime
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from common.attachments import StoredFile
from declarations.models import (
    Attachment,
    ConflictDeclaration,
    ControlPlan,
    InterestRegister,
    SuperiorDecision,
)
from declarations.models.registers import Occasion
from declarations.services import configuration
from declarations.services import registers as register_services
from declarations.services.configuration import form_in_use
from declarations.workflow import conflicts, decisions, plans, statements
from declarations.workflow import registers as register_workflow
from jobs.models import Job
from mapping.models import ControlFile, MapImport, RiskArea, RiskScale, RowComment
from mapping.services import scale_versions
from people.models import Holiday, ImportBatch, Opd, Role, User
from statements.models import Document
from tests.declarations.factories import RegisterFactory, full_draft
from tests.declarations.office import (
    Office,
    conflict_answers,
    decision_draft,
    make_statement,
    proof,
    statement_draft,
)
from tests.mapping.factories import ControlFactory, make_map
from tests.mapping.factories import Office as MapOffice
from tests.notices.factories import EmailFactory, NoticeFactory
from tests.people.factories import OpdFactory, log_in, person_with, post_of
from tests.review import report_samples
from tests.review.case_world import things_of_cases
from tests.review.flag_world import things_of_flags
from tests.review.publication_world import things_of_publications

ACTORS = (
    "anonymous", "stranger", "declarant", "superior", "head", "officer", "other_officer",
    "inspector", "chief_inspector", "hr_administrator", "system_administrator", "auditor",
    "deactivated",
)  # fmt: skip
NOBODY = "11111111-1111-4111-8111-111111111111"
NO_NUMBER = 2_000_000_000


@dataclass(frozen=True)
class Page:
    """One address of the URL table."""

    name: str
    pattern: URLPattern
    parts: tuple[str, ...]

    @property
    def view(self) -> Any:
        return getattr(self.pattern.callback, "view_class", None)

    @property
    def is_public(self) -> bool:
        return getattr(self.pattern.callback, "login_required", True) is False

    @property
    def methods(self) -> frozenset[str]:
        """What the view answers, of GET and POST."""
        if self.view is None:
            return frozenset({"get", "post"})
        allowed = self.view.http_method_names
        return frozenset(
            name for name in ("get", "post") if name in allowed and hasattr(self.view, name)
        )

    @property
    def has_object(self) -> bool:
        return "pk" in self.parts


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever happens inside leaves no trace; `atomic(durable=True)` inside is allowed."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        try:
            yield
        finally:
            transaction.set_rollback(True)


@cache
def pages() -> tuple[Page, ...]:
    """Every named address, in the order of the table."""
    return tuple(_walk(get_resolver(), "", ()))


def _walk(resolver: URLResolver, prefix: str, parts: tuple[str, ...]) -> Iterator[Page]:
    for entry in resolver.url_patterns:
        here = (*parts, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            name = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from _walk(entry, name, here)
        elif entry.name:
            yield Page(f"{prefix}{entry.name}", entry, here)


@dataclass
class World:
    opd: Opd
    people: dict[str, User]
    things: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def client(self, actor: str) -> Client:
        """A browser in which `actor` is logged in, whatever an earlier one did."""
        client = Client()
        client.cookies.load(self.cookies[actor])
        return client


def build() -> World:
    """Everything, inside the caller's transaction."""
    opd = OpdFactory(name="Dinas Dunia", short_name="Dunia")
    head = person_with(Role.OPD_HEAD, opd, name="Hasan Basri Kepala")
    superior = person_with(Role.SUPERIOR, opd, superior=post_of(head), name="Sri Atasan Langsung")
    above = post_of(superior)
    people = {
        "head": head,
        "superior": superior,
        "declarant": person_with(
            opd=opd, superior=above, post={"obliged": True}, name="Budi Wajib Lapor"
        ),
        "colleague": person_with(opd=opd, superior=above, name="Rina Rekan Kerja"),
        "officer": person_with(Role.OPD_OFFICER, opd, name="Dewi Petugas Perangkat"),
        "other_officer": person_with(Role.OPD_OFFICER, name="Joko Petugas Lain"),
        "stranger": person_with(name="Asing Dinas Lain", post={"obliged": True}),
        "deactivated": person_with(Role.AUDITOR, name="Nonaktif Sudah Pergi"),
        **{
            str(role): person_with(role, name=f"Pemegang {role.label}")
            for role in (
                Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.HR_ADMINISTRATOR,
                Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR,
            )
        },
    }  # fmt: skip
    # The roles are kept on the instance; those that were made before their role are read again.
    people = {name: User.objects.get(pk=user.pk) for name, user in people.items()}
    world = World(opd, people)
    world.things = _registers(people) | _conflicts(opd, people) | _rest(opd, people)
    world.things |= _maps(opd, people)
    world.things |= report_samples.things(opd, people)
    world.things |= things_of_cases(people)
    world.things |= things_of_flags(people)
    world.things |= things_of_publications(opd, people)
    _log_in_all(world)
    return world


def _registers(people: dict[str, User]) -> dict[str, Any]:
    declarant = people["declarant"]
    accepted = register_workflow.send(
        RegisterFactory(declarant=declarant, year=timezone.localdate().year - 1),
        by=declarant, proof=proof(declarant),
    )  # fmt: skip
    register_workflow.accept(accepted, by=people["officer"])
    sent = register_workflow.send(
        RegisterFactory(declarant=people["colleague"]),
        by=people["colleague"], proof=proof(people["colleague"]),
    )  # fmt: skip
    draft = register_services.start_register(by=declarant, occasion=Occasion.CHANGE)
    InterestRegister.objects.filter(pk=draft.pk).update(draft=full_draft(**draft.draft))
    draft.refresh_from_db()
    accepted.refresh_from_db()
    return {
        "register_draft": draft,
        "register_sent": sent,
        "register_accepted": accepted,
        "document_sent": accepted.document,
    }


def _conflicts(opd: Opd, people: dict[str, User]) -> dict[str, Any]:
    names = {"staff": "declarant"} | {name: name for name in _OFFICE}
    office = Office(opd=opd, **{slot: people[names[slot]] for slot in ("staff", *_OFFICE)})
    staff, superior = office.staff, office.superior

    def answers(title: str, **yes: str) -> dict:
        draft = statement_draft(**yes)
        draft["decision"] |= {"title": title, "number": f"027/{title}"}
        return draft

    def declared(title: str) -> ConflictDeclaration:
        statement = make_statement(office, answers(title, bisnis="Saya memiliki saham."))
        conflict = statements.convert(statement, by=staff)
        for section, values in conflict_answers().items():
            conflict.draft.setdefault(section, {}).update(values)
        conflict.save()
        return conflict

    def decided(title: str) -> SuperiorDecision:
        conflict = conflicts.send(declared(title), by=staff, proof=proof(staff))
        decision = decisions.begin(conflict, by=superior)
        decision.draft = decision_draft(measures=(("MUNDUR_PROSES", office.colleague.nip),))
        decision.save()
        return decision

    def planned(title: str) -> ControlPlan:
        decision = decisions.sign(decided(title), by=superior, proof=proof(superior))
        plan = ControlPlan.objects.get(decision=decision)
        plan.draft["plan"]["aim"] = "Menjaga kenetralan."
        for row in plan.draft["tasks"]["rows"]:
            row["expected_evidence"] = "Surat penunjukan"
        plan.save()
        return plan

    issued = statements.issue(
        make_statement(office, answers("terbit")), by=staff, proof=proof(staff)
    )
    active = plans.start(planned("dikendalikan"), by=superior, proof=proof(superior))
    task = active.tasks.first()
    asked = conflicts.send(declared("ditanyakan"), by=staff, proof=proof(staff))
    decisions.begin(asked, by=superior)
    asked = conflicts.ask_data(asked, by=superior, question="Sejak kapan?")
    failed = statements.issue(
        make_statement(office, answers("gagal")), by=staff, proof=proof(staff)
    ).document
    Document.objects.filter(pk=failed.pk).update(state="failed")
    written = declared("konsep benturan")
    for owner in ({"conflict": written}, {"task": task}):
        _evidence(Attachment, uploaded_by=staff, **owner)
    return {
        "statement_draft": make_statement(office, answers("konsep")),
        "statement_sent": issued,
        "conflict_draft": written,
        "conflict_sent": conflicts.send(declared("terkirim"), by=staff, proof=proof(staff)),
        "decision_draft": decided("ditelaah"),
        "plan_draft": planned("rencana"),
        "plan_sent": active,
        "decision_sent": active.decision,
        "task_sent": task,
        "conflict_asked": asked,
        "document_failed": failed,
    }


def _evidence(model: type[StoredFile], **owner: Any) -> None:
    attachment = model._default_manager.create(
        name="bukti.pdf",
        content_type="application/pdf",
        size=4,
        sha256="0" * 64,
        file=ContentFile(b"%PDF", "bukti.pdf"),
        **owner,
    )
    attachment.file.close()


def _maps(opd: Opd, people: dict[str, User]) -> dict[str, Any]:
    """A map in force, one under review, one being drawn; a control and a file on the way."""
    office = MapOffice(
        opd=opd, staff=people["declarant"], posts=tuple(
            post_of(people[name]) for name in ("head", "officer", "declarant")
        ),
        **{name: people[name] for name in (
            "head", "officer", "inspector", "chief_inspector", "auditor",
        )},
    )  # fmt: skip
    year = timezone.localdate().year
    approved = make_map(office, state="approved")
    draft = make_map(office, year=year + 1)
    row = draft.areas.get()
    control = ControlFactory(area=approved.areas.get(), owner_post=office.posts[0])
    _evidence(ControlFile, control=control, uploaded_by=people["head"])
    return {
        "map_approved": approved,
        "map_review": make_map(office, year=year - 1, state="under_review"),
        "map_draft": draft,
        "area_approved": approved.areas.get(),
        "area_draft": row,
        "area_review": RiskArea.objects.get(map__opd=opd, map__year=year - 1),
        "map_comment": RowComment.objects.create(
            area=row, text="Lengkapi.", created_by=people["inspector"]
        ),
        "control": control,
        "scale_draft": scale_versions.start_version(
            RiskScale.objects.get(is_default=True), note="Uji", by=people["system_administrator"]
        ),
        "scale_other": RiskScale.objects.get(code="KALI"),
        "map_import": MapImport.objects.create(
            map=draft, file_name="peta.csv", revision=0, created_by=people["officer"]
        ),
    }


_OFFICE = ("head", "superior", "colleague", "officer", "inspector", "chief_inspector")


def _rest(opd: Opd, people: dict[str, User]) -> dict[str, Any]:
    declarant = people["declarant"]
    used = form_in_use("F1")
    draft = configuration.start_version("F1", note="Uji", by=people["system_administrator"])
    return {
        "opd": opd,
        "post": post_of(declarant),
        "user": declarant,
        "grant": people["officer"].role_grants.get(),
        "assignment": declarant.assignments.get(),
        "holiday": Holiday.objects.create(
            on=datetime.date(timezone.localdate().year + 1, 2, 3), name="Libur Dunia"
        ),
        "batch": ImportBatch.objects.create(
            file_name="pegawai.csv", file_sha256="0" * 64, created_by=people["hr_administrator"],
            state="faulty",
        ),
        "notice": NoticeFactory(recipient=declarant),
        "email": EmailFactory(recipient=declarant, dead=True),
        "job": Job.objects.create(
            task="statements.tasks.render_and_sign", owner=str(declarant.pk),
            state="dead", finished_at=timezone.now(), error="Contoh",
        ),
        "version_draft": draft,
        "version_sent": used,
    }  # fmt: skip


def _log_in_all(world: World) -> None:
    world.cookies["anonymous"] = {}
    home = reverse("declarations:home")
    for actor in ACTORS[1:]:
        client = Client()
        log_in(client, world.people[actor])
        client.get(home)  # So that the session's first request is past.
        world.cookies[actor] = {name: morsel.value for name, morsel in client.cookies.items()}
    User.objects.filter(pk=world.people["deactivated"].pk).update(is_active=False)


# Which thing an address speaks of: the longest beginning of its name counts. "{}" is the state:
# "draft" for pages that write, "sent" for pages that read.
SUBJECTS = {
    "declarations:register_": "register_{}",
    "declarations:statement_": "statement_{}",
    "declarations:conflict_": "conflict_{}",
    "declarations:decision_": "decision_{}",
    "declarations:plan_": "plan_{}",
    "declarations:task_": "task_sent",
    "declarations:configuration_": "version_draft",
    "statements:": "document_sent",
    "notices:open": "notice",
    "notices:retry": "email",
    "jobs:": "job",
    "review:": "opd",
    "review:report_": "report",
    "review:former_": "former_official",
    "review:case_": "case",
    "review:campaign_": "campaign",
    "review:monitoring_": "monitoring",
    "review:bundle_": "bundle",
    "review:minutes_": "minutes",
    "review:act_": "act",
    "review:case_request": "case_request",
    "review:flag_": "flag",
    "review:flag_reply": "flag_reply",
    "review:flag_score": "user",
    "review:sample_": "nil_sample",
    "review:case_filter_": "case_filter",
    "people:opd_": "opd",
    "people:post_": "post",
    "people:post_create": "opd",
    "people:print_codes": "opd",
    "people:holiday_": "holiday",
    "people:import_": "batch",
    "people:revoke_role": "grant",
    "people:end_assignment": "assignment",
    "people:": "user",
    "mfa_": "none",
    "mapping:": "map_approved",
    "mapping:library": "map_draft",
    "mapping:area_create": "map_draft",
    "mapping:sign": "map_draft",
    "mapping:import": "map_draft",
    "mapping:import_check": "map_import",
    "mapping:review": "map_review",
    "mapping:return": "map_review",
    "mapping:approve": "map_review",
    "mapping:area_detail": "area_approved",
    "mapping:area_control": "area_approved",
    "mapping:area_comment": "area_review",
    "mapping:area_edit": "area_draft",
    "mapping:area_remove": "area_draft",
    "mapping:comment_": "map_comment",
    "mapping:control_": "control",
    "mapping:scale_": "scale_draft",
    "mapping:scale_start": "scale_other",
}
WRITING = (
    "tasks", "nil_all", "check", "sign", "section", "nil", "row_add", "row", "row_remove",
    "paste", "merge", "delta", "withdraw", "edit", "discard", "risk", "people", "replacement",
    "import", "matches", "hits", "convert", "attachments", "attachment", "attachment_remove",
)  # fmt: skip
EXACTLY: dict[str, str] = {
    "declarations:configuration_compare": "version_sent",
    # The superior's pages of a case have the key of the declaration of conflict.
    "declarations:decision_case": "conflict_sent",
    "declarations:decision_begin": "conflict_sent",
    "declarations:decision_ask_data": "conflict_sent",
    "declarations:decision_pass_on": "conflict_sent",
    "declarations:conflict_answer": "conflict_asked",
    "statements:retry": "document_failed",
    "declarations:register_detail": "register_accepted",
    "declarations:register_done": "register_accepted",
}
PARTS = {
    "step": "start",
    "year": timezone.localdate().year - 1,
    "code": "F1",
    "slug": "jenis-keputusan",
    "key": "F1_TAHUNAN",
    "kind": "csv",
    "provider_id": "sso-none",
    "move": "reject",
    "uidb36": "zzz",
}


def subject_of(page: Page, world: World) -> Any:
    """The thing in the address; None where there is none to be had."""
    if page.name in EXACTLY:
        return world.things[EXACTLY[page.name]]
    known = [beginning for beginning in SUBJECTS if page.name.startswith(beginning)]
    if not known:
        raise LookupError(f"tests/world.py knows no object for {page.name}.")
    name = SUBJECTS[max(known, key=len)]
    if name == "none":
        return None
    last = page.name.split(":")[-1].split("_", 1)[-1]
    return world.things[name.format("draft" if last in WRITING else "sent")]


def kwargs_of(page: Page, world: World, *, missing: bool = False) -> dict[str, Any]:
    """The parts of the address; `missing` puts the key of a thing that doesn't exist."""
    subject = subject_of(page, world) if page.has_object else None
    found: dict[str, Any] = {}
    for part in page.parts:
        if part == "pk":
            found[part] = _missing_key(subject) if missing else getattr(subject, "pk", 1)
        elif part in ("section", "row", "question"):
            found[part] = _part_of_form(part, page, subject)
        elif part == "file" and page.name == "review:report_file":
            found[part] = world.things["report"].files.get().pk
        elif part == "file":
            files = "files" if page.name.startswith("mapping:") else "attachments"
            found[part] = getattr(subject, files).get().pk
        elif part == "code" and page.name == "statements:verify_code":
            found[part] = world.things["document_sent"].code
        elif part == "code" and page.name.startswith("activation"):
            found[part] = "ABCD-EFGH-IJKL-MNOP"
        elif part == "code" and page.name == "declarations:configuration_entry":
            found[part] = "PBJ"
        elif part == "code" and page.name.startswith("review:rule_"):
            found[part] = "B3_BORN_AT_APPOINTMENT"
        elif part == "key" and page.name.startswith("account"):
            found[part] = "abc-def"
        else:
            found[part] = PARTS[part] if part in PARTS else world.things[part].pk
    return found


def _missing_key(subject: Any) -> Any:
    return NOBODY if isinstance(getattr(subject, "pk", 1), uuid.UUID) else NO_NUMBER


def _part_of_form(part: str, page: Page, subject: Any) -> str:
    """A section, row or question that the subject's form has; rows only where rows are."""
    version = getattr(subject, "form_version", subject)
    form = configuration.read_version(version)
    wants_rows = part == "row" or page.name.endswith(("_row", "_row_add", "_row_remove", "_paste"))
    draft = getattr(subject, "draft", {})
    sections = [each for each in form.sections if each.has_rows] if wants_rows else form.sections
    filled = [each for each in sections if draft.get(each.key, {}).get("rows")]
    section = (filled if wants_rows and filled else sections)[0]
    if part == "section":
        return section.key
    if part == "question":
        return section.questions[0].key
    rows = draft.get(section.key, {}).get("rows", ())
    return rows[0]["key"] if rows else NOBODY


def url_of(page: Page, world: World, *, missing: bool = False) -> str:
    return reverse(page.name, kwargs=kwargs_of(page, world, missing=missing))
