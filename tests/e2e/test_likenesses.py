"""A party that is like something declared: said while one types, with and without scripts."""

import re
import uuid

import pytest
from django.urls import reverse

from declarations.models import DecisionStatement
from tests.declarations.factories import business_row
from tests.declarations.office import make_office, make_statement, statement_draft
from tests.declarations.scenes import register_of
from tests.e2e.conftest import assert_accessible
from tests.e2e.walking import Walk

pytestmark = pytest.mark.django_db(transaction=True)
HITS = "#party-hits .notice"


def statement_with_interest():
    office = make_office()
    register_of(office.staff, business={"rows": [business_row("CV Rafflesia Jaya")]})
    return make_statement(office, statement_draft(parties=()))


def url(page, statement, *arguments):
    return reverse(f"declarations:statement_{page}", args=[statement.pk, *arguments])


def test_hit_is_said_while_typing_and_leads_to_a_declaration(phone, live_server):
    statement = statement_with_interest()
    walk = Walk(phone, live_server.url)
    walk.becomes(statement.declarant)
    key = uuid.uuid4()
    walk.open(url("row", statement, "parties", key))
    assert phone.locator(HITS).count() == 0

    phone.locator(f"#id_parties-{key}-name").press_sequentially("cv raflesia jaya", delay=5)
    phone.wait_for_selector(HITS)
    assert "CV Rafflesia Jaya" in phone.locator(HITS).inner_text()
    assert_accessible(phone)

    walk.go_on()
    walk.go_on()
    assert walk.path == url("matches", statement)
    phone.click('label[for$="answer_0"]')
    walk.go_on()
    assert walk.path == url("check", statement)
    assert phone.locator(f'a[href="{url("sign", statement)}"]').count() == 0
    walk.press(f'form[action="{url("convert", statement)}"] button')
    assert re.fullmatch(r"/deklarasi/[0-9a-f-]{36}/isi/", walk.path)
    assert DecisionStatement.objects.get().state == "converted"


def test_hit_is_said_after_saving_without_scripts(without_javascript, live_server):
    statement = statement_with_interest()
    page = without_javascript
    walk = Walk(page, live_server.url)
    walk.becomes(statement.declarant)
    key = uuid.uuid4()
    page.goto(live_server.url + url("row", statement, "parties", key))

    page.fill(f"#id_parties-{key}-name", "C.V. Rafflesia Jaya")
    page.click("main .form-actions .btn-primary")

    assert page.locator(f'main a[href="{url("matches", statement)}"]').count()
    assert "CV Rafflesia Jaya" in page.locator(".party-hit").first.inner_text()
