"""Every address by method by point of view, against the table in authorisation.csv.

A cell says: ok (past every check of rights, whatever the form then says), login, forbidden (403),
hidden (404, the same answer as for a thing that doesn't exist), method (405). A new address is a
new line in the table; a line that changes is a decision to be made with open eyes.
`COI_WRITE_AUTHORISATION=1` writes what the portal answers now, to be read line by line.
"""

import csv
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Role, RoleGrant, User
from tests.people.factories import LONG_AGO, RoleGrantFactory, log_in
from tests.world import ACTORS, Page, pages, rolled_back, subject_of, url_of

TABLE = Path(__file__).with_name("authorisation.csv")
METHODS = ("get", "post")
CLASSES = {403: "forbidden", 404: "hidden", 405: "method", 429: "limited"}
# Open to everybody by intention: each with its reason.
PUBLIC = {
    "liveness": "asked by the process supervisor",
    "readiness": "asked by the load balancer",
    "set_language": "before the login, too",
    "set_theme": "before the login, too",
    "help": "says how to log in",
    "privacy": "must be readable before one gives data",
    "gallery": "the view itself asks: development or administrator",
    "robots": "for robots",
    "policy_report": "browsers report there, whoever is logged in",
    "account_login": "the door",
    "account_logout": "the door",
    "account_reset_password": "the door",
    "account_reset_password_done": "the door",
    "account_reset_password_from_key": "the door, by a key",
    "account_reset_password_from_key_done": "the door",
    "activation": "the first way in",
    "activation_link": "the first way in",
    "mfa_authenticate": "second step of the login",
    "mfa_login_webauthn": "login with a passkey",
    "socialaccount_login_cancelled": "way back from the identity provider",
    "socialaccount_login_error": "way back from the identity provider",
    "openid_connect_login": "to the identity provider",
    "openid_connect_callback": "from the identity provider",
    "statements:verify": "anybody may check a document",
    "statements:verify_code": "anybody may check a document",
    "statistics:public": "published for everybody, small numbers hidden",
    "statistics:year": "published for everybody, small numbers hidden",
    "statistics:csv": "published for everybody, small numbers hidden",
    "statistics:json": "published for everybody, small numbers hidden",
    "reporting:start": "anybody may report",
    "reporting:anonymous": "anybody may report",
    "reporting:named": "anybody may report",
    "reporting:code": "the way back, by a code",
}
# Addresses that everybody who is logged in may open; nothing in them is anybody else's.
OWN_AFFAIRS = (
    "account_", "mfa_", "usersessions_", "profile", "keep_session", "notices:list",
    "notices:read_all", "notices:preference", "statements:list", "declarations:home",
    "review:question_list",
)  # fmt: skip


def read_table() -> dict[tuple[str, str], dict[str, str]]:
    if not TABLE.exists():
        return {}
    with TABLE.open(newline="") as lines:
        return {(row["name"], row["method"]): row for row in csv.DictReader(lines)}


EXPECTED = read_table()


def undraw(monkeypatch):
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *_: "")


@pytest.fixture
def undrawn(monkeypatch):
    """Rights are decided before a page is drawn, and drawing is what takes the time."""
    undraw(monkeypatch)


ANSWERED = [(page, method) for page in pages() for method in METHODS if method in page.methods]


def answer(client: Client, method: str, url: str) -> str:
    with rolled_back():
        response = getattr(client, method)(url)
        b"".join(response)  # Closes a file that is being sent.
    assert response.status_code < 500, f"{method} {url}: {response.status_code}"
    if response.status_code in CLASSES:
        return CLASSES[response.status_code]
    if response.status_code == 302 and _path(response.url) == reverse("account_login"):
        return "login"
    return "ok"


def _path(url: str) -> str:
    return urlsplit(url).path


def answers(page: Page, method: str, world) -> dict[str, str]:
    url = url_of(page, world)
    return {actor: answer(world.client(actor), method, url) for actor in ACTORS}


@pytest.mark.skipif("COI_WRITE_AUTHORISATION" not in os.environ, reason="writes the table")
def test_write_what_the_table_lacks(world, undrawn):
    """Adds the lines of new addresses; delete a line to have it written anew."""
    is_new = not EXPECTED
    with TABLE.open("a", newline="") as target:
        writer = csv.DictWriter(target, ["name", "method", *ACTORS], lineterminator="\n")
        if is_new:
            writer.writeheader()
        for page, method in ANSWERED:
            if (page.name, method) not in EXPECTED:
                row = {"name": page.name, "method": method, **answers(page, method, world)}
                writer.writerow(row)
                target.flush()


@pytest.mark.parametrize(
    ("page", "method"), [pytest.param(*each, id=f"{each[1]} {each[0].name}") for each in ANSWERED]
)
def test_answers_are_those_of_the_table(page, method, world, undrawn):
    row = EXPECTED.get((page.name, method))
    assert row, f"authorisation.csv says nothing of {method} {page.name}."

    assert answers(page, method, world) == {actor: row[actor] for actor in ACTORS}


def test_table_speaks_of_nothing_else():
    assert set(EXPECTED) == {(page.name, method) for page, method in ANSWERED}


@pytest.mark.parametrize("method", METHODS)
def test_other_methods_are_refused(method, world, undrawn):
    """By whoever may open the page with its own method."""
    opened = {}
    for page in pages():
        if method in page.methods:
            continue
        other = next(iter(page.methods), "get")
        row = EXPECTED.get((page.name, other), {})
        for actor in [actor for actor in ACTORS if row.get(actor) == "ok"][:1]:
            found = answer(world.client(actor), method, url_of(page, world))
            if found not in ("method", "login"):
                opened[page.name] = found

    assert opened == {}


def test_only_listed_addresses_are_public():
    assert {page.name for page in pages() if page.is_public} - set(PUBLIC) == set()


@pytest.mark.parametrize("actor", ["anonymous", "deactivated"])
def test_without_a_session_every_private_address_leads_to_the_login(actor):
    private = {page.name for page in pages() if not page.is_public}

    strange = {
        (name, method): row[actor]
        for (name, method), row in EXPECTED.items()
        if name in private and row[actor] != "login"
    }

    assert strange == {}


def test_table_gives_a_stranger_nothing_of_others():
    """Without a role, from another OPD: of things with a key, nothing, not even that they are."""
    keyed = {
        page.name
        for page in pages()
        if page.has_object and not page.is_public and not page.name.startswith(OWN_AFFAIRS)
    }

    open_to_strangers = {
        (name, method): row["stranger"]
        for (name, method), row in EXPECTED.items()
        if name in keyed and row["stranger"] not in ("hidden", "forbidden")
    }

    assert open_to_strangers == {}


def test_nobody_reads_a_draft_of_somebody_else():
    """The pages that write belong to the person who writes."""
    writing = {
        page.name
        for page in pages()
        if page.name.startswith(("declarations:register_", "declarations:statement_"))
        and page.name.endswith(("_tasks", "_section", "_row", "_check", "_sign", "_paste"))
    }
    others = [actor for actor in ACTORS if actor not in ("anonymous", "declarant", "deactivated")]

    assert writing
    for name in writing:
        assert {EXPECTED[name, "get"][actor] for actor in others} == {"hidden"}, name


def test_administrators_of_the_system_read_no_declaration():
    """They keep the portal running; what people declare is not theirs to read."""
    kinds = ("register", "statement", "conflict", "decision", "plan", "task")
    personal = {
        page.name
        for page in pages()
        if page.has_object
        and page.name.startswith(tuple(f"declarations:{kind}_" for kind in kinds))
    }
    for name in personal | {"statements:detail", "statements:download"}:
        for actor in ("system_administrator", "hr_administrator"):
            assert EXPECTED.get((name, "get"), {}).get(actor, "hidden") == "hidden", (name, actor)


def test_the_auditor_changes_nothing():
    free = {
        ("audit:export", "post"),  # Taking a copy is what an audit does; it is an event itself.
        ("review:bundle_create", "post"),  # The same: a copy of what the auditor may read.
    }
    # Things of one's own: the auditor is a person with a post, too.
    own = ("declarations:register_start", "declarations:statement_start",
           "declarations:statement_create", "declarations:conflict_start",
           "declarations:conflict_create")  # fmt: skip
    public = {page.name for page in pages() if page.is_public}

    changing = {
        (name, method)
        for (name, method), row in EXPECTED.items()
        if method == "post"
        and row["auditor"] == "ok"
        and name not in public
        and not name.startswith((*OWN_AFFAIRS, *own))
    }

    assert changing - free == set()


HIDDEN = [
    pytest.param(page, id=page.name)
    for page in pages()
    if page.has_object and not page.is_public and "get" in page.methods
]


@pytest.mark.parametrize("page", HIDDEN)
def test_invisible_looks_like_missing(page, unharmed):
    """The same page for a thing of others and for no thing at all, but for the request's id."""
    client = unharmed.client("stranger")
    if EXPECTED.get((page.name, "get"), {}).get("stranger") != "hidden":
        pytest.skip("not hidden from a stranger")

    real = client.get(url_of(page, unharmed))
    missing = client.get(url_of(page, unharmed, missing=True))

    assert (real.status_code, missing.status_code) == (404, 404)
    assert _body(real, unharmed, page) == _body(missing, unharmed, page)


# Different in every answer: the masked token, the seconds that are left of the session.
PASSING = re.compile(r"[A-Za-z0-9]{64}|seconds=\"\d+\"")


def _body(response, world, page) -> str:
    text = response.content.decode().replace(response["X-Request-ID"], "")
    text = PASSING.sub("", text)
    for address in (url_of(page, world), url_of(page, world, missing=True)):
        text = text.replace(address, "")
    return text


LISTS = {
    "people:list": ("user", "people:detail"),
    "people:opd_list": ("opd", "people:opd_detail"),
    "statements:list": ("document_sent", "statements:detail"),
    "notices:list": ("notice", "notices:open"),
}


@pytest.mark.parametrize(("name", "thing"), [(name, thing) for name, (thing, _) in LISTS.items()])
@pytest.mark.parametrize("actor", [a for a in ACTORS if a not in ("anonymous", "deactivated")])
def test_list_and_page_obey_the_same_rule(name, thing, actor, unharmed):
    detail = next(page for page in pages() if page.name == LISTS[name][1])
    method = "get" if "get" in detail.methods else "post"
    may_open = EXPECTED[detail.name, method][actor] == "ok"
    address = url_of(detail, unharmed)

    query = {"q": str(unharmed.things[thing])} if name == "people:list" else {}
    listed = unharmed.client(actor).get(reverse(name), query)
    is_listed = address in listed.content.decode()

    if listed.status_code == 200:
        assert is_listed == may_open or (actor == "declarant" and thing == "user")
    else:
        assert not is_listed


def test_nobody_sees_another_opd_through_a_filter(unharmed):
    """An officer of another OPD finds nothing by typing its number into a list."""
    client = unharmed.client("other_officer")

    found = client.get(reverse("declarations:register_checks"), {"opd": unharmed.opd.pk})

    assert found.status_code == 200
    assert unharmed.people["colleague"].name not in found.content.decode()


# --- A session and a right that ended --------------------------------------------------------


def test_closing_an_account_ends_its_sessions_at_the_next_request(unharmed):
    client, user = unharmed.client("inspector"), unharmed.people["inspector"]
    assert client.get(reverse("profile")).status_code == 200

    User.objects.filter(pk=user.pk).update(is_active=False)

    assert client.get(reverse("profile")).status_code == 302


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ("hr_administrator", "people:list"),
        ("system_administrator", "jobs:list"),
        ("auditor", "audit:list"),
        ("officer", "declarations:register_checks"),
    ],
)
def test_a_role_that_ended_opens_nothing_at_the_next_request(actor, name, unharmed):
    client, user = unharmed.client(actor), unharmed.people[actor]
    assert client.get(reverse(name)).status_code == 200

    RoleGrant.objects.filter(user=user).update(ends_on=LONG_AGO)

    assert client.get(reverse(name)).status_code == 403


def test_a_role_given_now_confines_a_session_without_second_factor(unharmed):
    user, client = unharmed.people["stranger"], Client()
    log_in(client, user, second_factor=False)
    assert client.get(reverse("declarations:home")).status_code == 200

    RoleGrantFactory(user=user, role=Role.INSPECTOR)

    response = client.get(reverse("declarations:home"))
    assert (response.status_code, response.url) == (302, reverse("mfa_index"))


def test_a_new_password_ends_the_other_sessions(unharmed):
    user = unharmed.people["stranger"]
    client = unharmed.client("stranger")
    assert client.get(reverse("profile")).status_code == 200

    user.set_password("sandi-baru-yang-panjang-sekali")
    user.save(update_fields=["password"])

    assert client.get(reverse("profile")).status_code == 302


def test_every_page_with_an_object_has_one_in_the_world(world):
    unknown = []
    for page in pages():
        if page.has_object:
            try:
                subject_of(page, world)
            except LookupError as error:
                unknown.append(str(error))

    assert unknown == []
