"""A new head of an OPD: from the login to a signed, approved map of twelve areas."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from mapping.models import RiskArea, RiskMap
from people.models import Role
from tests.e2e.conftest import assert_accessible
from tests.e2e.test_second_factor import enrol_the_app
from tests.e2e.walking import Walk, assert_signed, download, give
from tests.mapping.factories import make_map, make_office
from tests.people.factories import PASSWORD, person_with

pytestmark = pytest.mark.django_db(transaction=True)

CODES = (
    "PBJ-01", "PBJ-03", "PBJ-04", "PBJ-05", "SDM-03", "SDM-04", "HIB-01", "AST-01", "REN-01",
    "KEU-01", "UMM-01", "UMM-02",
)  # fmt: skip
CAUSE = "Usaha keluarga pegawai belum didata."


def page_of(name: str, risk_map: RiskMap) -> str:
    return reverse(f"mapping:{name}", args=[risk_map.pk])


def test_from_login_to_the_approved_map(phone, desktop, live_server, tmp_path):
    """Drawn and printed at a desk, signed and approved on a phone."""
    hand, walk = Walk(phone, live_server.url), Walk(desktop, live_server.url)
    office = make_office()

    risk_map = draw(walk, office)
    hand.becomes(office.head)
    sign(hand, risk_map)
    approve(hand, office.inspector, risk_map)

    risk_map.refresh_from_db()
    assert (risk_map.state, risk_map.areas.count()) == ("approved", 12)
    walk.becomes(office.head)
    walk.open(risk_map.get_absolute_url())
    assert_signed(download(walk, risk_map.document, tmp_path), signatures=2)
    on_paper(walk, risk_map)


def log_in(walk: Walk, head) -> None:
    """By the form, with the second factor that a head sets up the first time."""
    walk.open(reverse("account_login"))
    walk.answer(login=head.nip, password=PASSWORD)
    walk.press("form[action='/akun/masuk/'] button[type=submit]")
    walk.open(reverse("declarations:home"), leads_to=reverse("mfa_index"))
    enrol_the_app(walk)


def draw(walk: Walk, office) -> RiskMap:
    log_in(walk, office.head)
    walk.open(reverse("mapping:list"))
    walk.follow(reverse("mapping:start"))
    walk.go_on()
    risk_map = RiskMap.objects.get(opd=office.opd)

    walk.follow(page_of("library", risk_map))
    for code in CODES:
        walk.page.check(f"#kode-{code}")
    walk.page.select_option("[name=owner_post]", str(office.posts[0].pk))
    walk.page.fill("[name=due_on]", "2027-06-30")
    walk.go_on()

    row = RiskArea.objects.get(map=risk_map, template__code="PBJ-01")
    walk.open(row.get_absolute_url())
    walk.follow(reverse("mapping:area_edit", args=[row.pk]))
    walk.page.fill("[name=cause]", CAUSE)
    give(walk.page, walk.page.locator("[name=posts]"), str(office.posts[2].pk))
    walk.page.select_option("[name=residual_likelihood]", "2")
    walk.page.select_option("[name=residual_impact]", "3")
    walk.go_on()
    assert CAUSE in walk.paragraph()
    return risk_map


def sign(walk: Walk, risk_map: RiskMap) -> None:
    walk.open(risk_map.get_absolute_url())
    assert walk.page.locator(".map-heat").count() == 2
    walk.follow(page_of("sign", risk_map))
    walk.go_on()
    assert walk.path == risk_map.get_absolute_url()


def approve(walk: Walk, inspector, risk_map: RiskMap) -> None:
    walk.becomes(inspector)
    walk.open(reverse("mapping:list"))
    walk.follow(page_of("review", risk_map))
    walk.go_on()
    walk.follow(page_of("approve", risk_map))
    walk.go_on()


def on_paper(walk: Walk, risk_map: RiskMap) -> None:
    """One sheet of A4 for twelve areas, as the printer gets it."""
    walk.open(page_of("sheet", risk_map))
    pdf = walk.page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(PdfReader(BytesIO(pdf)).pages) == 1


def test_map_in_the_dark_and_without_javascript(dark, without_javascript, live_server):
    office = make_office()
    risk_map = make_map(office, rows=3, state="approved")
    for page in (dark, without_javascript):
        walk = Walk(page, live_server.url)
        for user in (office.head, person_with(Role.AUDITOR)):
            walk.becomes(user)
            page.goto(live_server.url + risk_map.get_absolute_url())
            assert page.locator(".map-heat").count() == 2
            page.goto(live_server.url + page_of("compare", risk_map))
    dark.goto(live_server.url + reverse("mapping:province"))
    assert_accessible(dark)
