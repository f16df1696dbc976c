import os, uuid
import pytest
from django.urls import reverse
from tests.declarations.factories import business_row
from tests.declarations.office import make_office, make_statement, statement_draft
from tests.declarations.scenes import *
from tests.e2e.conftest import assert_accessible
from tests.e2e.walking import Walk
from tests.e2e.conftest import *
pytestmark = pytest.mark.django_db(transaction=True)
OUT="/tmp/coi/shots/f2f3"; os.makedirs(OUT, exist_ok=True)
def u(kind, page, o=None, *a): return reverse(f"declarations:{kind}_{page}", args=[o.pk,*a] if o else [])
def test_shots(phone, desktop, live_server, chromium):
    office = make_office()
    register_of(office.staff, business={"rows": [business_row("CV Rafflesia Jaya")]})
    hit = make_statement(office, statement_draft(parties=("CV Raflesia Jaya","PT Lain Sama Sekali")))
    hit.draft["decision"]|={"title":"Pembangunan jalan lintas Kepahiang","number":"1/2026"}; hit.save()
    key = hit.draft["parties"]["rows"][0]["key"]
    same = make_statement(office, statement_draft(parties=("CV Raflesia Jaya",)))
    same.draft["decision"]|={"title":"Rehabilitasi gedung","number":"2/2026"}; same.save()
    answer_hits(same, "same")
    c = asked(office)
    sus = make_statement(office)
    other = make_office()
    done = issued(other)
    conv = ready_conflict(other) if False else None
    d2 = plain_conflict(office, direct_draft(title="Seleksi terbuka", number="77"))
    pages = {
     "home":"/", "s_list":u("statement","list"), "s_start":u("statement","start"), "s_tasks":u("statement","tasks",hit),
     "s_decision":u("statement","section",hit,"decision"), "s_parties":u("statement","section",hit,"parties"), "s_row":u("statement","row",hit,"parties",key),
     "s_sources":u("statement","section",hit,"sources"), "s_matches":u("statement","matches",hit), "s_check_conflict":u("statement","check",same), "s_sus":u("statement","check",sus),
     "s_import":u("statement","import",hit), "c_list":u("conflict","list"), "c_start":u("conflict","start"), "c_detail":c.get_absolute_url(), "c_answer":u("conflict","answer",c),
     "c_files":u("conflict","attachments",d2), "c_tasks":u("conflict","tasks",d2), "c_sign":u("conflict","sign",d2), "c_check":u("conflict","check",d2),
    }
    only = os.environ.get("ONLY","").split(",") if os.environ.get("ONLY") else None
    for tag, pg in (("m",phone),("d",desktop)):
        w = Walk(pg, live_server.url)
        for who, items in ((office.staff, pages), (office.officer, {"o_list":u("statement","list")+"?lingkup=lain", "o_detail":c.get_absolute_url()}), (office.superior, {"h_detail":c.get_absolute_url()}), (other.staff, {"s_detail":done.get_absolute_url()})):
            w.becomes(who)
            for n, a in items.items():
                if only and n not in only: continue
                pg.goto(live_server.url+a)
                pg.screenshot(path=f"{OUT}/{n}-{tag}.png", full_page=True)
                try: assert_accessible(pg)
                except AssertionError as e: print("AXE", n, tag, str(e)[:600])
