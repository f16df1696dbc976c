"""Forms, lists and limits: loading, versions, the administrator's pages."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from audit.models import AuditEvent
from declarations import form_editing, reference_data
from declarations.content_checks import ContentError
from declarations.models import ControlMeasureKind, DecisionKind, FormVersion, TimeLimit
from declarations.services import configuration, limits
from declarations.services.configuration import ConfigurationError
from mapping.models import ConflictSource
from people.roles import Role
from tests.people.factories import log_in, person_with

pytestmark = pytest.mark.django_db

State = FormVersion.State


@pytest.fixture
def administrator():
    return person_with(Role.SYSTEM_ADMINISTRATOR)


def draft_of(code, *, by, **changes):
    """A draft; `changes` are those of `with_general`."""
    version = configuration.start_version(code, note="Uji", by=by)
    if changes:
        content = form_editing.with_general(version.content, **changes)
        version = configuration.save_content(version, content, revision=version.revision, by=by)
    return version


TITLE = {"id": "Judul baru", "en": "New title"}


# --- Loading ---------------------------------------------------------------------------------


def test_everything_shipped_is_loaded():
    in_use = FormVersion.objects.filter(state=State.PUBLISHED).order_by("code")

    assert [version.code for version in in_use] == ["F1", "F2", "F3", "F4", "F5", "F6", "F7"]
    assert ControlMeasureKind.objects.filter(needs_replacement=True).count() == 3
    assert DecisionKind.objects.filter(code="PBJ").exists()
    today = timezone.localdate()
    assert limits.limit(limits.DECISION_ON_DECLARATION, on=today).value == 5
    assert limits.limit(limits.DATA_REQUEST, on=today).value == 3


def test_loading_again_changes_nothing_and_keeps_edits():
    DecisionKind.objects.filter(code="PBJ").update(label_id="Diubah")
    counts = [model.objects.count() for model in (FormVersion, TimeLimit, DecisionKind)]

    reference_data.load()

    assert [model.objects.count() for model in (FormVersion, TimeLimit, DecisionKind)] == counts
    assert DecisionKind.objects.get(code="PBJ").label_id == "Diubah"


def test_changed_shipped_form_appears_as_a_draft_once(monkeypatch, administrator):
    before = configuration.form_in_use("F7")
    changed = form_editing.with_general(before.content, title=TITLE)
    monkeypatch.setattr(reference_data, "shipped_forms", lambda: [changed])

    reference_data.load()

    assert configuration.form_in_use("F7") == before
    draft = FormVersion.objects.get(code="F7", state=State.DRAFT)
    assert draft.content == changed
    configuration.discard_version(draft, reason="Tidak perlu", by=administrator)
    reference_data.load()
    assert not FormVersion.objects.filter(code="F7", state=State.DRAFT).exists()


def test_shipped_form_waits_while_somebody_edits(monkeypatch, administrator):
    draft = draft_of("F7", by=administrator)
    changed = form_editing.with_general(draft.content, title=TITLE)
    monkeypatch.setattr(reference_data, "shipped_forms", lambda: [changed])

    reference_data.load()

    assert FormVersion.objects.get(code="F7", state=State.DRAFT).content == draft.content


# --- Versions --------------------------------------------------------------------------------


def test_publishing_retires_the_version_in_use(administrator):
    old = configuration.form_in_use("F7")
    draft = draft_of("F7", by=administrator, title=TITLE)

    configuration.publish_version(draft, reason="Disepakati", by=administrator)

    old.refresh_from_db()
    assert (old.state, old.content["title"]["id"]) == (State.RETIRED, "Evaluasi Pengendalian")
    assert configuration.form_in_use("F7").pk == draft.pk
    assert configuration.read_version(configuration.form_in_use("F7")).title.id == "Judul baru"
    event = AuditEvent.objects.get(action="formversion.publish")
    assert (event.actor_id, event.data["reason"]) == (administrator.pk, "Disepakati")


def test_a_form_has_one_draft(administrator):
    draft_of("F7", by=administrator)

    with pytest.raises(ConfigurationError):
        draft_of("F7", by=administrator)


def test_two_editors_of_a_draft_do_not_overwrite_each_other(administrator):
    draft = draft_of("F7", by=administrator)
    content = form_editing.with_general(draft.content, title=TITLE)
    configuration.save_content(draft, content, revision=0, by=administrator)

    with pytest.raises(ConfigurationError):
        configuration.save_content(draft, draft.content, revision=0, by=administrator)


def test_faulty_content_is_not_stored(administrator):
    draft = draft_of("F7", by=administrator)
    content = form_editing.with_general(draft.content, title={"id": "Hanya satu"})

    with pytest.raises(ContentError):
        configuration.save_content(draft, content, revision=0, by=administrator)


def test_published_version_is_not_edited(administrator):
    version = configuration.form_in_use("F7")
    content = form_editing.with_general(version.content, title=TITLE)

    with pytest.raises(ConfigurationError):
        configuration.save_content(version, content, revision=0, by=administrator)
    with pytest.raises(ConfigurationError):
        configuration.discard_version(version, reason="x", by=administrator)


def test_questions_that_feed_the_tables_stay(administrator):
    draft = draft_of("F7", by=administrator)
    draft.content = form_editing.without_question(draft.content, "evaluation", "findings")

    assert [problem.place for problem in configuration.publishing_problems(draft)] == [
        "evaluation › findings"
    ]


def test_every_source_in_use_needs_its_question(administrator):
    ConflictSource.objects.create(code="BARU", label_id="Baru", label_en="New")
    draft = draft_of("F2", by=administrator)

    assert [problem.place for problem in configuration.publishing_problems(draft)] == ["sources"]
    with pytest.raises(ContentError):
        configuration.publish_version(draft, reason="x", by=administrator)


@pytest.mark.parametrize("role", [Role.CHIEF_INSPECTOR, Role.HR_ADMINISTRATOR, Role.INSPECTOR])
def test_only_the_administrator_changes(role, administrator):
    other = person_with(role)
    draft = draft_of("F7", by=administrator)
    kind = DecisionKind.objects.get(code="PBJ")
    source = ConflictSource.objects.get(code="BISNIS")

    for refused in (
        lambda: configuration.start_version("F1", note="x", by=other),
        lambda: configuration.save_content(draft, draft.content, revision=0, by=other),
        lambda: configuration.publish_version(draft, reason="x", by=other),
        lambda: configuration.discard_version(draft, reason="x", by=other),
        lambda: configuration.save_entry(kind, reason="x", by=other, label_id="y"),
        lambda: configuration.save_entry(source, reason="x", by=other, label_id="y"),
    ):
        with pytest.raises(PermissionDenied):
            refused()


@pytest.mark.django_db(transaction=True)
def test_two_publish_at_once_and_one_is_told(administrator):
    draft = draft_of("F7", by=administrator, title=TITLE)

    def publish(_number):
        try:
            configuration.publish_version(draft, reason="Bersamaan", by=administrator)
        except ConfigurationError:
            return "told"
        else:
            return "published"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(publish, range(2))) == ["published", "told"]
    assert AuditEvent.objects.filter(action="formversion.publish").count() == 1
    assert FormVersion.objects.filter(code="F7", state=State.PUBLISHED).count() == 1


def test_choices_of_the_lists_come_in_one_query_and_the_areas_in_another(
    django_assert_num_queries,
):
    version = configuration.form_in_use("F3")
    configuration.read_version(version)

    with django_assert_num_queries(2):
        form = configuration.read_version(version)

    proposal = form.section("follow_up").question("proposal")
    assert [choice.value for choice in proposal.choices][:2] == ["LANJUT", "LANJUT_BERSYARAT"]
    assert form.section("conflict").question("source").choices


@pytest.mark.parametrize("is_on", [True, False])
def test_perceived_conflicts_stand_behind_a_setting(settings, is_on):
    settings.PERCEIVED_CONFLICTS = is_on
    form = configuration.read_version(configuration.form_in_use("F3"))

    kinds = [choice.value for choice in form.section("conflict").question("conflict_kind").choices]

    assert ("perceived" in kinds) is is_on


def test_entry_out_of_use_is_not_offered(administrator):
    kind = DecisionKind.objects.get(code="PBJ")
    configuration.save_entry(kind, reason="Digabung", by=administrator, is_active=False)

    offered = configuration.lists(["decision_kinds"])["decision_kinds"]

    assert "PBJ" not in {choice.value for choice in offered}


# --- Lists and limits ------------------------------------------------------------------------


@pytest.mark.parametrize("model", [ControlMeasureKind, DecisionKind, ConflictSource])
def test_entry_keeps_its_code_and_its_history(model, administrator):
    entry = model.objects.order_by("position").first()
    before = entry.label_id

    changed = configuration.save_entry(
        entry, reason="Lebih jelas", by=administrator, code="LAIN", label_id="Kata baru"
    )

    assert (changed.code, changed.label_id) == (entry.code, "Kata baru")
    event = AuditEvent.objects.get(action=f"{model._meta.model_name}.change")
    assert (event.data["before"], event.data["reason"]) == ({"label_id": before}, "Lebih jelas")


def test_limit_changes_from_a_day_on(administrator):
    today = timezone.localdate()
    current = limits.limit(limits.DATA_REQUEST, on=today)
    day = today + datetime.timedelta(days=10)

    configuration.set_limit(
        current, value=2, valid_from=day, reason="Keputusan", by=administrator, basis="",
        is_verified=False, today=today,
    )  # fmt: skip

    assert limits.limit(limits.DATA_REQUEST, on=today).value == current.value
    assert limits.limit(limits.DATA_REQUEST, on=day).value == 2


def test_limit_does_not_change_the_past(administrator):
    today = timezone.localdate()
    current = limits.limit(limits.DATA_REQUEST, on=today)

    with pytest.raises(ValidationError):
        configuration.set_limit(
            current, value=2, valid_from=today - datetime.timedelta(days=1), reason="x",
            by=administrator, basis="", is_verified=False, today=today,
        )  # fmt: skip


# --- Editing content -------------------------------------------------------------------------


def test_edits_leave_the_old_content_alone():
    content = configuration.form_in_use("F7").content
    before = deepcopy(content)

    form_editing.with_question(content, "evaluation", "findings", required=False)
    form_editing.without_question(content, "evaluation", "findings")
    form_editing.with_question_moved(content, "evaluation", "findings", by=-1)

    assert content == before


def test_comparison_names_what_changed():
    old = configuration.form_in_use("F7").content
    new = form_editing.with_question(
        old, "evaluation", "findings", label={"id": "Apa temuannya?", "en": "Findings"}
    )
    new = form_editing.with_question_moved(new, "evaluation", "findings", by=-1)

    changes = form_editing.changes(old, new)

    assert [(change.place, change.kind) for change in changes] == [
        (f"sections › evaluation › questions › {gettext('order')}", "changed"),
        ("sections › evaluation › questions › findings › label › id", "changed"),
    ]
    assert form_editing.changes(old, old) == []


# --- Pages -----------------------------------------------------------------------------------


def url(name, *args):
    return reverse(f"declarations:{name}", args=args)


def pages(draft):
    published = configuration.form_in_use("F1")
    return [
        url("configuration"),
        url("configuration_versions", "F1"),
        url("configuration_version", published.pk),
        url("configuration_version", draft.pk),
        url("configuration_preview", published.pk),
        url("configuration_preview", published.pk) + "?bagian=gifts",
        url("configuration_compare", draft.pk),
        url("configuration_section", published.pk, "business"),
        url("configuration_section", draft.pk, "evaluation"),
        url("configuration_list", "sumber"),
        url("configuration_list", "pengendalian"),
        url("configuration_list", "jenis-keputusan"),
        url("configuration_limits"),
    ]


def edit_pages(draft):
    return [
        url("configuration_start", "F1"),
        url("configuration_general", draft.pk),
        url("configuration_legal_basis", draft.pk),
        url("configuration_section_edit", draft.pk, "evaluation"),
        url("configuration_question", draft.pk, "evaluation", "effect"),
        url("configuration_question_add", draft.pk, "evaluation"),
        url("configuration_publish", draft.pk),
        url("configuration_discard", draft.pk),
        url("configuration_entry", "sumber", "BISNIS"),
        url("configuration_entry", "pengendalian", "LANJUT"),
        url("configuration_add", "jenis-keputusan"),
        url("configuration_limit", "SLA_LENGKAPI_DATA"),
    ]


def test_administrator_opens_every_page(client, administrator):
    draft = draft_of("F7", by=administrator)
    log_in(client, administrator)

    for address in pages(draft) + edit_pages(draft):
        response = client.get(address)
        assert response.status_code == 200, address
        assert "style=" not in response.content.decode(), address


def test_page_of_a_version_tells_its_history(client, administrator):
    draft = draft_of("F7", by=administrator, title=TITLE)
    log_in(client, administrator)

    events = client.get(url("configuration_version", draft.pk)).context["events"]

    said = [event.sentence for event in events]
    assert [sentence.split()[0] for sentence in said] == ["mengubah", "memulai"], said


def test_chief_inspector_reads_and_changes_nothing(client, administrator):
    draft = draft_of("F7", by=administrator)
    log_in(client, person_with(Role.CHIEF_INSPECTOR))

    assert {client.get(address).status_code for address in pages(draft)} == {200}
    assert {client.get(address).status_code for address in edit_pages(draft)} == {403}
    assert {client.post(address).status_code for address in edit_pages(draft)} == {403}


@pytest.mark.parametrize("role", [Role.DECLARANT, Role.HR_ADMINISTRATOR, Role.OPD_OFFICER])
def test_others_see_none_of_it(client, administrator, role):
    draft = draft_of("F7", by=administrator)
    log_in(client, person_with(role))

    assert {client.get(address).status_code for address in pages(draft)} == {403}


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("configuration_versions", ("F8",)),
        ("configuration_start", ("XX",)),
        ("configuration_version", (10**18,)),
        ("configuration_list", ("apa",)),
        ("configuration_entry", ("sumber", "TIDAK-ADA")),
        ("configuration_limit", ("TIDAK_ADA",)),
    ],
)
def test_unknown_addresses_are_not_found(client, administrator, name, args):
    log_in(client, administrator)

    assert client.get(url(name, *args)).status_code == 404


@pytest.mark.parametrize(("query", "status"), [("?bagian=apa", 404), ("?bagian=%00", 400)])
def test_unknown_section_of_a_preview_is_refused(client, administrator, query, status):
    log_in(client, administrator)
    version = configuration.form_in_use("F1")

    assert client.get(url("configuration_preview", version.pk) + query).status_code == status


@pytest.mark.parametrize("wanted", ["99", "x", "-1", "²", "9" * 30])
def test_unknown_version_to_compare_with_is_not_found(client, administrator, wanted):
    log_in(client, administrator)
    version = configuration.form_in_use("F1")

    assert (
        client.get(f"{url('configuration_compare', version.pk)}?dengan={wanted}").status_code
        == 404
    )


def test_editing_a_published_version_leads_back(client, administrator):
    log_in(client, administrator)
    version = configuration.form_in_use("F1")

    response = client.post(url("configuration_general", version.pk), {})

    assert response.url == url("configuration_version", version.pk)


def posted(response):
    """What a browser would send back of the page's form."""
    form = response.context["form"]
    data = {}
    for part in getattr(form, "forms", [form]):
        for name in part.fields:
            value = part[name].value()
            if value not in (None, False):
                data[part.add_prefix(name)] = value
    if hasattr(form, "management_form"):
        for name in form.management_form.fields:
            data[form.management_form.add_prefix(name)] = form.management_form[name].value()
    return data | {"revision": response.context["revision"]}


def edit(client, address, **changes):
    data = posted(client.get(address)) | changes
    return client.post(address, {name: value for name, value in data.items() if value is not None})


def test_pages_save_what_they_show_unchanged(client, administrator):
    draft = draft_of("F3", by=administrator)
    log_in(client, administrator)
    before = deepcopy(draft.content)

    for address in (
        url("configuration_general", draft.pk),
        url("configuration_legal_basis", draft.pk),
        url("configuration_section_edit", draft.pk, "conflict"),
        url("configuration_section_edit", draft.pk, "parties"),
        url("configuration_question", draft.pk, "conflict", "conflict_kind"),
        url("configuration_question", draft.pk, "conflict", "source"),
        url("configuration_question", draft.pk, "follow_up", "confidentiality_reason"),
    ):
        assert edit(client, address).status_code == 302, address

    draft.refresh_from_db()
    assert draft.content == before


def test_question_is_edited_moved_added_and_removed(client, administrator):
    draft = draft_of("F7", by=administrator)
    log_in(client, administrator)
    question = url("configuration_question", draft.pk, "evaluation", "effect")

    edit(client, question, label_id="Apakah berhasil?")
    draft.refresh_from_db()
    client.post(
        url("configuration_question_up", draft.pk, "evaluation", "effect"),
        {"revision": draft.revision},
    )
    draft.refresh_from_db()
    words = {"label": "Tempat", "hint": "Di mana?", "example": "Ruang rapat Curup"}
    added = {
        f"{name}_{language}": text for name, text in words.items() for language in ("id", "en")
    }
    add = url("configuration_question_add", draft.pk, "evaluation")
    client.post(add, added | {"key": "place", "type": "text", "revision": draft.revision})
    draft.refresh_from_db()

    questions = draft.content["sections"][0]["questions"]
    assert [each["key"] for each in questions][2:4] == ["effect", "period_until"]
    assert questions[2]["label"]["id"] == "Apakah berhasil?"
    assert questions[-1]["key"] == "place"

    remove = url("configuration_question_remove", draft.pk, "evaluation", "place")
    client.post(remove, {"revision": draft.revision})
    draft.refresh_from_db()
    assert "place" not in {each["key"] for each in draft.content["sections"][0]["questions"]}


def test_question_that_feeds_a_table_is_not_removed(client, administrator):
    draft = draft_of("F7", by=administrator)
    log_in(client, administrator)

    client.post(
        url("configuration_question_remove", draft.pk, "evaluation", "effect"), {"revision": 0}
    )

    draft.refresh_from_db()
    assert draft.content == configuration.form_in_use("F7").content


def test_stale_page_is_told_and_keeps_what_was_typed(client, administrator):
    draft = draft_of("F7", by=administrator)
    log_in(client, administrator)
    address = url("configuration_general", draft.pk)
    edit(client, address, title_id="Pertama")

    response = edit(client, address, title_id="Kedua", revision=0)

    assert response.status_code == 409
    assert "Kedua" in response.content.decode()
    draft.refresh_from_db()
    assert draft.content["title"]["id"] == "Pertama"


@pytest.mark.parametrize("revision", ["", "x", "-1", "²", "9" * 50])
def test_forged_revision_is_refused(client, administrator, revision):
    draft = draft_of("F7", by=administrator)
    log_in(client, administrator)

    response = edit(client, url("configuration_general", draft.pk), revision=revision)

    assert response.status_code == 409


@pytest.mark.parametrize("bad", ["", "a\x00b", "x" * 1_000_000, "Menurut UU 99/2030 wajib."])
def test_bad_texts_are_refused_with_a_message(client, administrator, bad):
    draft = draft_of("F7", by=administrator)
    log_in(client, administrator)

    response = edit(client, url("configuration_general", draft.pk), intro_id=bad)

    assert response.status_code == 422
    draft.refresh_from_db()
    assert draft.content == configuration.form_in_use("F7").content


def test_faulty_choices_are_refused(client, administrator):
    draft = draft_of("F7", by=administrator)
    log_in(client, administrator)

    response = edit(
        client,
        url("configuration_question", draft.pk, "evaluation", "effect"),
        choices="effective | Efektif",
    )

    assert response.status_code == 422
    assert "choices" in response.context["form"].errors


def test_legal_basis_gains_and_loses_a_line(client, administrator):
    draft = draft_of("F7", by=administrator)
    log_in(client, administrator)
    new = {"text_id": "Aturan uji", "text_en": "Test rule", "status": "unverified", "source": ""}

    count = len(draft.content["legal_basis"])
    changes = {f"form-{count}-{name}": value for name, value in new.items()}
    edit(client, url("configuration_legal_basis", draft.pk), **changes, **{"form-0-DELETE": "on"})

    draft.refresh_from_db()
    basis = draft.content["legal_basis"]
    assert len(basis) == count
    assert basis[-1]["text"]["id"] == "Aturan uji"


def test_publish_page_needs_a_reason(client, administrator):
    draft = draft_of("F7", by=administrator)
    log_in(client, administrator)
    address = url("configuration_publish", draft.pk)

    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"reason": "Disepakati"}).status_code == 302
    assert configuration.form_in_use("F7").pk == draft.pk


def test_list_entry_and_limit_are_changed_on_pages(client, administrator):
    log_in(client, administrator)
    entry = url("configuration_entry", "jenis-keputusan", "PBJ")
    fields = {
        "label_id": "Paket pengadaan", "label_en": "Package", "position": 1, "is_active": "on",
        "reason": "Ringkas",
    }  # fmt: skip

    assert client.post(entry, fields).status_code == 302
    assert DecisionKind.objects.get(code="PBJ").label_id == "Paket pengadaan"
    new = fields | {"code": "UJI"}
    assert client.post(url("configuration_add", "jenis-keputusan"), new).status_code == 302
    assert DecisionKind.objects.filter(code="UJI").exists()
    assert client.post(url("configuration_add", "jenis-keputusan"), new).status_code == 422
    limit = {"value": "4", "valid_from": f"{timezone.localdate():%Y-%m-%d}", "reason": "Keputusan"}
    address = url("configuration_limit", "SLA_LENGKAPI_DATA")
    assert client.post(address, limit).status_code == 302
    assert limits.limit(limits.DATA_REQUEST, on=timezone.localdate()).value == 4
    assert client.post(address, limit).status_code == 422
    assert client.post(address, limit | {"valid_from": "2020-01-15"}).status_code == 422


def test_queries_of_the_lists_do_not_grow(client, administrator, django_assert_max_num_queries):
    log_in(client, administrator)
    client.get(url("configuration"))

    for address in (
        url("configuration"),
        url("configuration_versions", "F1"),
        url("configuration_list", "pengendalian"),
        url("configuration_limits"),
    ):
        with django_assert_max_num_queries(12):
            client.get(address)


def test_database_itself_keeps_published_content():
    version = configuration.form_in_use("F7")

    with pytest.raises(Exception, match="content_stays"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE declarations_formversion SET content = '{}' WHERE id = %s", [version.pk]
        )
