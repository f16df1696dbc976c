"""Every page and every form, given what no honest browser sends.

The pages are found in the URL table and the forms on the pages, so a new page is tested from its
first day. A page may refuse in its own words; it may never fail, never store what cannot be
read again, and never follow somebody else's address.
"""

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from html import unescape
from urllib.parse import unquote, urlencode, urlsplit

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.models import User
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
    "markup": "=HYPERLINK(1)<script>alert(1)</script>{{ 7 }}{% debug %}../../etc/passwd",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "no day": "2026-02-30",
    "nip": "199913452000031",
    "digits": "9" * 5_000,
    "negative": "-99999999999999999999",
    "infinite": "1e400",
    "strange digits": "١٢٣",
}
# What a field of this type takes amiss by itself, where the others are as they should be.
ALONE = {
    "text": ("nul", "bidi", "digits"),
    "date": ("first day", "last day"),
    "number": ("nul", "digits"),
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
# Given to every name that a page asks its address for.
BAD_PARAMETERS = (
    "password", "-1", "9" * 5_000, "0001-01-01", "9999-12-31", "2026-02-30", "1:2:3",
    "//evil.example", "\u202e\u200b'\"(%/../..", ["\u202e", "b"],
)  # fmt: skip
ENCODED = "application/x-www-form-urlencoded"
# Refused where a body is first read, before anything of it reaches a page.
BROKEN_BODIES = (
    (b"a=1", f"{ENCODED}; charset=utf-7"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"{" * 100_000, "application/json"),
    ("&".join(f"f{number}=1" for number in range(2_100)).encode(), ENCODED),
    (b"a=" + b"b" * 2_700_000, ENCODED),
)
# What the forms at the head of every page send to addresses that show no form themselves.
MASTHEAD = {"theme": ["dark"], "language": ["id"]}
OUR_ADDRESS = "/bantuan/?from=next"
EVIL_ADDRESSES = (
    "//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil",
)  # fmt: skip
METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "REMOVE")


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
def test_wrong_addresses_are_answered(page, unharmed, monkeypatch):
    """Values that no page of ours makes, in all that this page asks for; `next` leads nowhere."""
    client = unharmed.client(actor_for(page, "get"))
    url = url_of(page, unharmed)
    names = noted_names(monkeypatch)
    with rolled_back():
        client.get(url)
    for value in BAD_PARAMETERS * bool(names):
        with rolled_back():
            response = client.get(f"{url}?{urlencode(dict.fromkeys(names, value), doseq=True)}")
        assert response.status_code < 500, value
        assert leads_nowhere_else(response), value


def noted_names(monkeypatch) -> set[str]:
    """What is asked for of any address from now on; it may grow with each answer."""
    names: set[str] = set()

    class Noting(QueryDict):
        def __getitem__(self, name):
            names.add(name)
            return super().__getitem__(name)

        def __contains__(self, name):
            names.add(name)
            return super().__contains__(name)

        def _getlist(self, name, *arguments, **options):
            names.add(name)
            return super()._getlist(name, *arguments, **options)

    query = property(lambda request: Noting(request.META["QUERY_STRING"]))
    monkeypatch.setattr(WSGIRequest, "GET", query)
    return names


def test_names_are_noted(unharmed, monkeypatch):
    """The walk above is worth something only if it notices what a page asks for."""
    names = noted_names(monkeypatch)

    unharmed.client("hr_administrator").get(reverse("people:list"))

    assert {"q", "opd"} <= names


@pytest.mark.parametrize("raw", ["q=%00", "q=%ff%fe", "q=%ed%a0%80", "%00=1"])
def test_impossible_bytes_in_an_address(raw, unharmed):
    for page in ("people:list", "audit:list", "statements:list", "declarations:home", "help"):
        wanted = next(each for each in pages() if each.name == page)
        actor = actor_for(wanted, "get")
        response = unharmed.client(actor).get(f"{url_of(wanted, unharmed)}?{raw}")
        assert response.status_code == 400, page


def leads_nowhere_else(response) -> bool:
    place = urlsplit(response.get("Location", ""))
    if place.netloc not in ("", "testserver") or place.scheme not in ("", "http"):
        return False
    evil = r"(?:href|action|src|hx-get|hx-post)=\"(?:https?:)?//evil"
    return not re.search(evil, text_of(response))


def text_of(response) -> str:
    return response.content.decode() if is_html(response) else ""


# --- Every form that is sent -----------------------------------------------------------------


@pytest.fixture(scope="module")
def sent_forms(world) -> Callable[[Page], list[FoundForm]]:
    """Of a page, drawn once: the forms that post to its own address, or one without fields."""

    @cache
    def read(page: Page) -> list[FoundForm]:
        url = url_of(page, world)
        found = [
            form
            for form in forms_of(shown(page, world))
            if form.method == "post" and form.action in ("", url)
        ]
        return found or [FoundForm("post", url)]

    return read


def shown(page: Page, world: World) -> str:
    if "get" not in page.methods or actor_for(page, "get") != actor_for(page, "post"):
        return ""
    with rolled_back():
        return text_of(world.client(actor_for(page, "get")).get(url_of(page, world)))


@pytest.mark.parametrize("page", WRITTEN)
def test_bad_values_are_refused_in_words(page, unharmed, sent_forms):
    for form in sent_forms(page):
        names = [name for name in form.typed if name]
        # A form of buttons alone does the same each time, whatever fields are made up.
        kinds = BAD_TEXTS if names else {"nul": BAD_TEXTS["nul"]}
        for kind, text in kinds.items():
            with rolled_back():
                with noted_writes() as written:
                    response = send(
                        page, unharmed, form.values | {name: [text] for name in names or MADE_UP}
                    )
                assert response.status_code < 500, kind
                assert leads_nowhere_else(response), kind
                assert stored_badly(written) == [], kind


@pytest.mark.parametrize("page", WRITTEN)
def test_one_bad_value_among_good_ones(page, unharmed, sent_forms, monkeypatch):
    """Alone, so that no other field's refusal hides it; drawn above, so not once more."""
    forms = sent_forms(page)
    undraw(monkeypatch)
    for form in forms:
        for name in [name for name in form.typed if name][:8]:
            for kind in ALONE[form.types.get(name, "text")]:
                with rolled_back():
                    with noted_writes() as written:
                        response = send(page, unharmed, form.values | {name: [BAD_TEXTS[kind]]})
                    assert response.status_code < 500, (name, kind)
                    assert stored_badly(written) == [], (name, kind)


@pytest.mark.parametrize("page", WRITTEN)
def test_forged_and_missing_fields_change_nothing_they_should_not(
    page, unharmed, sent_forms, before
):
    for form in sent_forms(page):
        values = form.values
        forged = {name: [value] for name, value in FORGED.items() if name not in form.typed}
        wrong = {name: ["x"] for name in form.hidden}
        sent = [values | forged, {f"{name}[]": given for name, given in values.items()}]
        sent += [values | wrong] if wrong else []
        sent += [{name: [*given, "b"] for name, given in values.items()}] if values else []
        for data in sent:
            with rolled_back():
                with noted_writes() as written:
                    response = send(page, unharmed, data)
                assert response.status_code < 500
                assert leads_nowhere_else(response)
                after = keepsakes(unharmed) if written else {}
                # A form that takes something away may do so; what is left is unchanged.
                assert after == {name: before[name] for name in after}


@pytest.mark.parametrize("page", WRITTEN)
def test_broken_bodies_and_wrong_methods_are_answered(page, unharmed, sent_forms, monkeypatch):
    """What reaches its fields, on every page; what never does, on one page after the other."""
    client, url = unharmed.client(actor_for(page, "post")), url_of(page, unharmed)
    names = [name for form in sent_forms(page) for name in form.values] or ["a"]
    undraw(monkeypatch)
    for body, content_type in (
        ("&".join(f"{name}=%ff%fe" for name in names).encode(), ENCODED),
        (f"{names[-1]}={LONG}".encode(), ENCODED),
        *in_turn(page, BROKEN_BODIES),
    ):
        with rolled_back():
            response = client.post(url, data=body, content_type=content_type)
        assert response.status_code < 500, content_type
    for method in in_turn(page, METHODS):
        with rolled_back():
            response = client.generic(method, url)
        assert response.status_code < 500, method


def in_turn(page: Page, given: tuple) -> list:
    """Two of them, other ones for the next page."""
    first = 2 * pages().index(page)
    return [given[(first + number) % len(given)] for number in range(2)]


@pytest.mark.parametrize("page", WRITTEN)
def test_next_never_leads_away(page, unharmed, sent_forms):
    """A page that takes no address of ours from its form takes none of others."""
    for form in sent_forms(page):
        answer = sent_with_next(page, unharmed, form, OUR_ADDRESS)
        told = unquote(unescape(answer.get("Location", "") + text_of(answer)))
        for address in EVIL_ADDRESSES * (OUR_ADDRESS in told):
            answer = sent_with_next(page, unharmed, form, address)
            assert leads_nowhere_else(answer), address


def sent_with_next(page: Page, world: World, form: FoundForm, address: str):
    with rolled_back():
        return send(page, world, form.values | MASTHEAD | {"next": [address]})


def send(page: Page, world: World, data: dict[str, list[str]]):
    client = world.client(actor_for(page, "post"))
    body = urlencode(data, doseq=True, errors="surrogatepass")
    return client.post(
        url_of(page, world), data=body, content_type="application/x-www-form-urlencoded"
    )


TABLE = re.compile(r'(?:INSERT INTO|UPDATE) "?(\w+)')


@contextmanager
def noted_writes() -> Iterator[set[str]]:
    """The tables to which rows are added or in which they change; sessions apart, which every
    page may keep."""
    written: set[str] = set()

    def note(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "WITH")):
            written.update(name for name in TABLE.findall(sql) if "_session" not in name)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield written


@pytest.fixture(scope="module")
def before(world):
    return keepsakes(world)


def keepsakes(world: World) -> dict[str, dict[str, object]]:
    """The columns of the things that no form changes, in one query."""
    parts, keys = [], []
    for name, thing in world.things.items():
        columns = [field.column for field in thing._meta.concrete_fields]
        kept = ", ".join(f"'{column}', \"{column}\"" for column in STAYING if column in columns)
        parts.append(
            f"SELECT '{name}', jsonb_build_object({kept}) FROM \"{thing._meta.db_table}\""
            f' WHERE "{thing._meta.pk.column}" = %s'
        )
        keys.append(thing.pk)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), keys)
        return {name: row for name, row in cursor.fetchall() if row != "{}"}


@cache
def _searches() -> dict[str, str]:
    """By table: a query over all its texts and days, for what should never have been stored."""
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
    return {
        table: f"SELECT '{table}' FROM \"{table}\" WHERE {' OR '.join(conditions)}"
        for table, conditions in by_table.items()
    }


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


def stored_badly(written: set[str]) -> list[str]:
    searches = [_searches()[table] for table in sorted(written) if table in _searches()]
    if not searches:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(searches))
        return sorted({table for (table,) in cursor.fetchall()})


def test_search_finds_what_should_not_be_there(unharmed):
    """The search above is worth something only if it finds."""
    assert stored_badly(set(_searches())) == []
    user = unharmed.people["stranger"]
    with noted_writes() as written:
        User.objects.filter(pk=user.pk).update(name="a\u202eb")

    assert written == {"people_user"}
    assert stored_badly(written) == ["people_user"]


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
