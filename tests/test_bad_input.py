"""Every page and every form, given what no honest browser sends.

The pages are found in the URL table and the forms on the pages, so a new page is tested from its
first day. A page may refuse in its own words; it may never fail, never store what cannot be
read again, and never follow somebody else's address.
"""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.forms_on_pages import FoundForm, forms_of
from tests.test_authorisation import EXPECTED, undraw
from tests.world import ACTORS, Page, World, pages, rolled_back, url_of

MOST_QUERIES = 12
TWO_HEADINGS = {"gallery"}  # Shows every component, the confirmation page's among them.
MOST_BYTES = 100_000
INLINE_CODE = re.compile(
    r"<style|\sstyle=|\son[a-z]+\s*=\s*[\"']|javascript:"
    r"|<script(?![^>]*\b(?:src=|type=\"application/json\"))",
    re.IGNORECASE,
)
# In this order: the plainest person who may open the page, so that most pages are somebody's own.
PREFERENCE = (
    "declarant", "superior", "officer", "chief_inspector", "auditor", "hr_administrator",
    "system_administrator", "inspector", "head", "stranger", "other_officer", "anonymous",
)  # fmt: skip
LONG = "A" * 1_000_000
BAD_TEXTS = {
    "nul": "Budi\x00Santoso",
    "control": "Budi\x07\x1b[31m",
    "bidi": "Budi\u202egpj.exe\u200b",
    "invisible": "\u200b\u200d\ufeff",
    "formula": "=HYPERLINK(1)",
    "markup": "<script>alert(1)</script>{{ 7 }}{% debug %}",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "no day": "2026-02-30",
    "nip": "199913452000031",
    "digits": "9" * 5_000,
    "negative": "-99999999999999999999",
    "infinite": "1e400",
    "strange digits": "١٢٣",
    "path": "../../etc/passwd",
}
FORGED = {
    "id": "1", "pk": "1", "state": "accepted", "owner": "1", "owner_id": "1", "opd": "1",
    "opd_id": "1", "declarant": "1", "declarant_id": "1", "created_by": "1", "is_superuser": "on",
    "is_active": "", "roles": "system_administrator", "role": "system_administrator",
    "document": "1", "sent_at": "2020-01-01", "password": "x", "handler": "1", "decider": "1",
    "form_version": "1", "number": "F1/1", "by": "1", "revision": "99999999999999999999",
    "seen": "x", "from": "//evil.example", "then": "x", "choice": "x", "row": "x", "TOTAL": "9",
}  # fmt: skip
MADE_UP = ("reason", "name", "note")
# What a form never changes, whoever sends it.
STAYING = (
    "declarant_id", "opd_id", "created_by_id", "decider_id", "subject_id", "recipient_id",
    "is_superuser", "password", "number", "form_version_id", "owner",
)  # fmt: skip
# Each name has each of its bad values in one of them.
BAD_QUERIES = (
    {"page": "abc", "halaman": "-1", "setelah": "x", "urut": "password", "sebelum": "1:2:3",
     "sort": "-pk", "o": "pk", "order_by": "nip", "q": "(", "opd": "abc", "state": "zzz",
     "keadaan": "", "kind": "zzz", "year": "9" * 5_000},
    {"q": "%", "opd": "99999999999999999999", "from": "0001-01-01", "until": "9999-12-31",
     "kind": "x" * 300, "first_day": "2026-02-30", "last_day": "9999-12-31", "person": "x",
     "action": "'; DROP TABLE x; --"},
    {"q": "A" * 5_000, "opd": "-1", "next": "//evil.example", "section": "../.."},
    {"q": ["\u202e\u200b", "b"], "opd": ["1", "2"]},
)  # fmt: skip


def actor_for(page: Page, method: str) -> str | None:
    row = EXPECTED.get((page.name, method), {})
    return next((actor for actor in PREFERENCE if row.get(actor) == "ok"), None)


READ = [
    pytest.param(page, id=page.name)
    for page in pages()
    if "get" in page.methods and actor_for(page, "get")
]
WRITTEN = [
    pytest.param(page, id=page.name)
    for page in pages()
    if "post" in page.methods and actor_for(page, "post")
]


def csp() -> str:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
    return "; ".join(f"{name} {' '.join(values)}" for name, values in sorted(directives))


def is_html(response) -> bool:
    return response.get("Content-Type", "").startswith("text/html") and not response.streaming


# --- Every page that is read -----------------------------------------------------------------


@pytest.mark.parametrize("page", READ)
def test_page_is_light_and_closed(page, unharmed):
    """Few queries, few bytes, nothing inline, the policy to the letter, kept by nobody."""
    client = unharmed.client(actor_for(page, "get"))
    url = url_of(page, unharmed)
    b"".join(client.get(url))  # What is read once a process, noted once a minute.

    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
        b"".join(response)

    assert response.status_code < 500
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= MOST_QUERIES, "\n".join(sql[:160] for sql in asked)
    found = sorted(part.strip() for part in response["Content-Security-Policy"].split(";"))
    if is_html(response):
        assert "; ".join(found) == csp()
    else:  # A file may be shut in even tighter.
        assert "; ".join(found) in (csp(), "default-src 'none'; sandbox")
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    if is_html(response):
        text = response.content.decode()
        assert not INLINE_CODE.findall(text)
        assert len(gzip.compress(response.content)) < MOST_BYTES
        if "<html" in text and page.name not in TWO_HEADINGS:
            assert len(re.findall(r"<h1[\s>]", text)) == 1


@pytest.mark.parametrize("page", READ)
def test_wrong_addresses_are_answered(page, unharmed):
    """Sort, page, cursor and filter values that no page of ours makes; `next` leads nowhere."""
    client = unharmed.client(actor_for(page, "get"))
    url = url_of(page, unharmed)
    names = filter_names(page, unharmed)
    queries = [*BAD_QUERIES, *(dict.fromkeys(names, "\u202e'\"(%"),) * bool(names)]
    for query in (*queries, *(dict.fromkeys(names, "9" * 400),) * bool(names)):
        with rolled_back():
            response = client.get(f"{url}?{urlencode(query, doseq=True)}")
        assert response.status_code < 500
        assert leads_nowhere_else(response)


@pytest.mark.parametrize("raw", ["q=%00", "q=%ff%fe", "q=%ed%a0%80", "%00=1"])
def test_impossible_bytes_in_an_address(raw, unharmed):
    for page in ("people:list", "audit:list", "statements:list", "declarations:home", "help"):
        wanted = next(each for each in pages() if each.name == page)
        actor = actor_for(wanted, "get")
        response = unharmed.client(actor).get(f"{url_of(wanted, unharmed)}?{raw}")
        assert response.status_code == 400, page


def filter_names(page: Page, world: World) -> list[str]:
    with rolled_back():
        response = world.client(actor_for(page, "get")).get(url_of(page, world))
    if not is_html(response):
        return []
    forms = [form for form in forms_of(response.content.decode()) if form.method == "get"]
    return sorted({name for form in forms for name in form.values})


def leads_nowhere_else(response) -> bool:
    place = urlsplit(response.get("Location", ""))
    if place.netloc not in ("", "testserver") or place.scheme not in ("", "http"):
        return False
    text = response.content.decode() if is_html(response) else ""
    return not re.search(r"(?:href|action|src|hx-get|hx-post)=\"(?:https?:)?//evil", text)


# --- Every form that is sent -----------------------------------------------------------------


def sent_forms(page: Page, world: World) -> list[FoundForm]:
    """The forms that post to this address; one without fields where the page shows none."""
    url = url_of(page, world)
    found = [
        form
        for form in forms_of(shown(page, world))
        if form.method == "post" and form.action in ("", url)
    ]
    return found or [FoundForm("post", url)]


def shown(page: Page, world: World) -> str:
    if "get" not in page.methods or actor_for(page, "get") != actor_for(page, "post"):
        return ""
    with rolled_back():
        response = world.client(actor_for(page, "get")).get(url_of(page, world))
    return response.content.decode() if is_html(response) else ""


@pytest.mark.parametrize("page", WRITTEN)
def test_bad_values_are_refused_in_words(page, unharmed):
    for form in sent_forms(page, unharmed):
        names = [name for name in form.typed if name]
        # A form of buttons alone does the same each time, whatever fields are made up.
        kinds = BAD_TEXTS if names else {"nul": BAD_TEXTS["nul"]}
        for kind, text in kinds.items():
            with rolled_back():
                with noted_writes() as writes:
                    response = send(
                        page, unharmed, form.values | {name: [text] for name in names or MADE_UP}
                    )
                assert response.status_code < 500, kind
                assert leads_nowhere_else(response), kind
                assert not writes or stored_badly() == [], kind


@pytest.mark.parametrize("page", WRITTEN)
def test_one_bad_value_among_good_ones(page, unharmed, monkeypatch):
    """Alone, so that no other field's refusal hides it; drawn above, so not once more."""
    forms = sent_forms(page, unharmed)
    undraw(monkeypatch)
    for form in forms:
        for name in [name for name in form.typed if name][:8]:
            for kind in ("nul", "bidi", "first day", "last day", "digits"):
                with rolled_back():
                    with noted_writes() as writes:
                        response = send(page, unharmed, form.values | {name: [BAD_TEXTS[kind]]})
                    assert response.status_code < 500, (name, kind)
                    assert not writes or stored_badly() == [], (name, kind)


@pytest.mark.parametrize("page", WRITTEN)
def test_forged_and_missing_fields_change_nothing_they_should_not(page, unharmed, before):
    for form in sent_forms(page, unharmed):
        forged = {name: [value] for name, value in FORGED.items() if name not in form.typed}
        wrong = {name: ["x"] for name in form.hidden}
        for data in (
            form.values | forged,
            form.values | wrong,
            {name: [*values, "b"] for name, values in form.values.items()},
            {f"{name}[]": values for name, values in form.values.items()},
            {},
        ):
            with rolled_back():
                with noted_writes() as writes:
                    response = send(page, unharmed, data)
                assert response.status_code < 500
                assert leads_nowhere_else(response)
                after = keepsakes(unharmed) if writes else {}
                # A form that takes something away may do so; what is left is unchanged.
                assert after == {name: before[name] for name in after}


@pytest.mark.parametrize("page", WRITTEN)
def test_broken_bodies_and_wrong_methods_are_answered(page, unharmed, monkeypatch):
    client, url = unharmed.client(actor_for(page, "post")), url_of(page, unharmed)
    names = [name for form in sent_forms(page, unharmed) for name in form.values] or ["a"]
    undraw(monkeypatch)
    encoded = "application/x-www-form-urlencoded"
    for body, content_type in (
        ("&".join(f"{name}=%ff%fe" for name in names).encode(), encoded),
        (b"a=1", f"{encoded}; charset=utf-7"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"{" * 100_000, "application/json"),
        ("&".join(f"f{number}=1" for number in range(2_100)).encode(), encoded),
        (f"{names[-1]}={LONG}".encode(), encoded),
        (b"a=" + b"b" * 2_700_000, encoded),
    ):
        with rolled_back():
            response = client.post(url, data=body, content_type=content_type)
        assert response.status_code < 500, content_type
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "REMOVE"):
        with rolled_back():
            response = client.generic(method, url)
        assert response.status_code < 500, method


@pytest.mark.parametrize("page", WRITTEN)
def test_next_never_leads_away(page, unharmed):
    for address in ("//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil"):
        for form in sent_forms(page, unharmed):
            with rolled_back():
                response = send(page, unharmed, form.values | {"next": [address]})
            assert leads_nowhere_else(response), address


def send(page: Page, world: World, data: dict[str, list[str]]):
    client = world.client(actor_for(page, "post"))
    body = urlencode(data, doseq=True, errors="surrogatepass")
    return client.post(
        url_of(page, world), data=body, content_type="application/x-www-form-urlencoded"
    )


@contextmanager
def noted_writes() -> Iterator[list[str]]:
    """The statements that add or change a row; sessions apart, which every page may keep."""
    writes: list[str] = []

    def note(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "WITH")) and "_session" not in sql[:60]:
            writes.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield writes


@pytest.fixture(scope="module")
def before(world):
    return keepsakes(world)


def keepsakes(world: World) -> dict[str, dict[str, object]]:
    """The columns of the things that no form changes."""
    found = {}
    for name, thing in world.things.items():
        row = type(thing)._default_manager.filter(pk=thing.pk).values().first() or {}
        found[name] = {column: row[column] for column in STAYING if column in row}
    return {name: row for name, row in found.items() if row}


@cache
def _search() -> str:
    """One query over every text and day of the database: what should never have been stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name ~"
            " '^(people|declarations|mapping|review|statements|notices|audit|jobs)_'"
        )
        columns = cursor.fetchall()
    by_table: dict[str, list[str]] = {}
    for table, column, kind in columns:
        condition = _condition(column, kind)
        if condition:
            by_table.setdefault(table, []).append(condition)
    return " UNION ALL ".join(
        f"SELECT '{table}' FROM \"{table}\" WHERE {' OR '.join(conditions)}"
        for table, conditions in sorted(by_table.items())
    )


def _condition(column: str, kind: str) -> str:
    if kind in ("text", "character varying"):
        return f"\"{column}\" ~ '[\u202a-\u202e\u200b\u2066-\u2069\x01-\x08\x1b]'"
    if kind == "jsonb":
        # As JSON writes them: control characters escaped, the others as they are.
        return (
            f"\"{column}\"::text ~ '[\u202a-\u202e\u200b\u2066-\u2069]'"
            f" OR \"{column}\"::text ~ '\\\\u00(0[1-7]|1b)'"
        )
    if kind == "date":
        return f"\"{column}\" NOT BETWEEN '1900-01-01' AND '2100-12-31'"
    if kind == "timestamp with time zone":
        return f"\"{column}\" NOT BETWEEN '1900-01-01' AND '2101-01-01'"
    return ""


def stored_badly() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_search())
        return sorted({table for (table,) in cursor.fetchall()})


def test_search_finds_what_should_not_be_there(unharmed):
    """The search above is worth something only if it finds."""
    assert stored_badly() == []
    user = unharmed.people["stranger"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_user SET name = %s WHERE id = %s", ["a\u202eb", user.pk])

    assert stored_badly() == ["people_user"]


def test_every_address_is_opened_by_somebody():
    """A page that nobody may open would be tested by nobody."""
    never = {
        page.name
        for page in pages()
        for method in page.methods
        if actor_for(page, method) is None and page.name in {name for name, _ in EXPECTED}
    }

    assert never <= {
        "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes",
        "mfa_remove_webauthn", "mfa_edit_webauthn", "openid_connect_login",
        "openid_connect_callback", "statements:retry",
        # Forms without rows to paste; a search that belongs to one row; a register that was
        # sent back; tasks of a colleague: tests/declarations opens each of these.
        "declarations:decision_paste", "declarations:plan_paste",
        "declarations:decision_people", "declarations:plan_people",
        "declarations:register_resume", "declarations:task_report",
        "declarations:task_attachments", "declarations:task_file_remove",
        # A bundle that the worker has not made yet: tests/review makes one.
        "review:bundle_download",
    }  # fmt: skip


def test_actors_are_those_of_the_world():
    assert set(PREFERENCE) < set(ACTORS)
