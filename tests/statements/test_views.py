"""The pages: the public check without personal data, documents for those who may see them."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.urls import reverse

from audit.models import AuditEvent
from people.models import Role
from statements import files, production, registry, services
from statements.models import Document
from tests.people.factories import UserFactory, log_in, person_with
from tests.statements.factories import countersigned, issue, made

pytestmark = pytest.mark.django_db
VERIFY = "/verifikasi/"


@pytest.fixture(autouse=True)
def _no_counters():
    cache.clear()


def upload(client, data, name="pernyataan.pdf"):
    return client.post(VERIFY, {"file": SimpleUploadedFile(name, data)})


def test_anybody_may_check_by_code(client):
    document = made(issue(subject=UserFactory(name="Suharto")))

    response = client.get(f"{VERIFY}{document.code}/")

    assert response.status_code == 200
    assert response.context["result"].verdict == "valid"
    page = response.content.decode()
    assert "S*****o" in page
    assert "Suharto" not in page
    assert document.subject.nip not in page
    assert document.file_sha256 in page
    # Nobody has seen the paper or the file that the code stands on.
    assert response.context["result"].codes == ("code_in_force", "code_unproved")
    assert response.context["result"].tone == "info"


@pytest.mark.parametrize("path", ["/VERIFIKASI/{}", "/VERIFIKASI/{}/", "/verifikasi/{}"])
def test_the_address_of_the_qr_code_in_capitals(client, path):
    document = made(issue())

    assert client.get(path.format(document.code)).status_code == 200


@pytest.mark.parametrize("code", ["A" * 26, "x", "A" * 40, "1234"])
def test_unknown_codes_answer_alike(client, code):
    response = client.get(f"{VERIFY}{code}/")

    assert response.status_code == 404
    assert response.context["result"].verdict == "unknown"


def test_the_code_may_be_typed_with_spaces_and_small_letters(client):
    document = made(issue())
    typed = " ".join(document.code.lower()[i : i + 4] for i in range(0, 26, 4))

    response = client.post(VERIFY, {"code": typed})

    assert response.status_code == 302
    assert response["Location"] == f"{VERIFY}{document.code}/"


def test_a_file_is_checked_by_its_hash(client):
    document = made(issue())

    response = upload(client, files.load(document.file_sha256))

    assert response.context["result"].verdict == "valid"


def test_a_changed_file_is_altered(client):
    document = made(issue())
    data = files.load(document.file_sha256).replace(b"/Producer", b"/Producar")

    response = upload(client, data)

    assert response.status_code == 200
    assert response.context["result"].verdict == "altered"


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "a.pdf"), (b"GIF89a", "a.pdf"), (b"%PDF-1.7\n" + b"x" * 2_200_000, "a.pdf")],
)
def test_other_files_are_refused_with_a_message(client, data, name):
    assert upload(client, data, name).status_code == 422


def test_nothing_at_all_is_refused(client):
    assert client.post(VERIFY, {}).status_code == 422


def test_codes_are_asked_only_so_often(client):
    statuses = {client.get(f"{VERIFY}{'B' * 26}/").status_code for _ in range(61)}

    assert statuses == {404, 429}


def test_files_are_checked_only_so_often(client):
    document = made(issue())
    data = files.load(document.file_sha256)

    statuses = [upload(client, data).status_code for _ in range(11)]

    assert statuses == [200] * 10 + [429]


def test_the_subject_sees_and_downloads(client):
    document = made(issue())
    log_in(client, document.subject)

    page = client.get(document.get_absolute_url())
    file = client.get(document.get_download_url())

    assert page.status_code == 200
    assert file.content == files.load(document.file_sha256)
    assert file["Content-Type"] == "application/pdf"
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Content-Disposition"] == f'attachment; filename="{document.download_name}"'
    assert not AuditEvent.objects.filter(action="document.download").exists()


def test_a_stranger_gets_404(client):
    document = made(issue())
    log_in(client, UserFactory())

    assert client.get(document.get_absolute_url()).status_code == 404
    assert client.get(document.get_download_url()).status_code == 404


def test_without_login_the_login_page(client):
    document = made(issue())

    for url in (document.get_absolute_url(), document.get_download_url(), "/dokumen/"):
        assert client.get(url).status_code == 302


def test_another_persons_download_is_an_event(client):
    superior = UserFactory()
    document = countersigned(made(issue(slots=2)), by=superior)
    log_in(client, superior)

    assert client.get(document.get_download_url()).status_code == 200
    assert AuditEvent.objects.get(action="document.download").actor_id == superior.pk


def test_a_download_before_the_file_is_there_leads_to_the_page(client):
    document = issue()
    log_in(client, document.subject)

    response = client.get(document.get_download_url())

    assert response.status_code == 302
    assert response["Location"] == document.get_absolute_url()


def test_the_page_asks_again_while_the_worker_is_busy(client):
    document = issue()
    log_in(client, document.subject)

    busy = client.get(document.get_absolute_url()).content.decode()
    part = client.get(document.get_absolute_url(), headers={"HX-Request": "true"})
    made(document)
    done = client.get(document.get_absolute_url()).content.decode()

    assert 'http-equiv="refresh"' in busy
    assert 'hx-trigger="every 2s"' in busy
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]
    assert 'http-equiv="refresh"' not in done
    assert "every 2s" not in done


@pytest.mark.parametrize("state", ["revoked", "superseded", "failed"])
def test_the_page_of_every_state(client, state):
    document = issue()
    if state == "failed":
        production.note_failure(document.pk, error="OSError")
    elif state == "revoked":
        services.revoke(made(document), by=document.subject, reason="Keliru")
    else:
        issue(subject=document.subject, supersedes=made(document))
    log_in(client, document.subject)

    assert client.get(document.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count(client, count, django_assert_max_num_queries):
    user = log_in(client, UserFactory())
    for _ in range(count):
        made(issue(subject=user, slots=2))
    client.get("/dokumen/")

    with django_assert_max_num_queries(30) as captured:
        response = client.get("/dokumen/")

    assert len(response.context["documents"]) == count
    asked = [q["sql"] for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(asked) <= 12
    assert len([sql for sql in asked if "statements_" in sql]) == 2


def test_detail_query_count(client, django_assert_max_num_queries):
    document = countersigned(made(issue(slots=2)))
    log_in(client, document.subject)
    client.get(document.get_absolute_url())

    with django_assert_max_num_queries(30) as captured:
        client.get(document.get_absolute_url())

    asked = [q["sql"] for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(asked) <= 12
    assert len([sql for sql in asked if "statements_" in sql]) == 2


def test_a_registered_kind_is_seen_by_policy_and_list_alike(client, monkeypatch):
    # Takes back what it registers over the project's own.
    monkeypatch.setattr(registry, "_viewers", dict(registry.viewers()))
    inspector = person_with(Role.INSPECTOR)
    document = made(issue())
    log_in(client, inspector)
    assert client.get(document.get_absolute_url()).status_code == 404

    registry.register_viewer(
        "F2",
        lambda user, _document: user.has_role(Role.INSPECTOR),
        lambda user: Q() if user.has_role(Role.INSPECTOR) else Q(pk__in=[]),
    )
    assert client.get(document.get_absolute_url()).status_code == 200
    for user in (inspector, document.subject, UserFactory()):
        listed = Document.objects.visible_to(user).filter(pk=document.pk).exists()
        assert listed == user.has_perm("statements.view_document", document)


def test_failed_documents_are_for_the_system_administrator(client):
    document = issue()
    production.note_failure(document.pk, error="OSError")
    log_in(client, document.subject)
    assert client.get(reverse("statements:failed")).status_code == 403
    assert client.post(reverse("statements:retry", args=[document.pk])).status_code == 403

    log_in(client, person_with(Role.SYSTEM_ADMINISTRATOR))
    assert document.number in client.get(reverse("statements:failed")).content.decode()
    assert client.get(reverse("statements:retry", args=[document.pk])).status_code == 405
    assert client.post(reverse("statements:retry", args=[document.pk])).status_code == 302

    document.refresh_from_db()
    assert document.state == "pending"
    assert client.post(reverse("statements:retry", args=[document.pk])).status_code == 404
