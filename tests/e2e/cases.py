"""Walking F2 and F3: what a declarant does with a decision and its parties."""

from django.urls import reverse

from declarations.models import ConflictDeclaration, DecisionStatement
from people.models import User
from tests.declarations.office import SOURCES
from tests.e2e.walking import Walk

DECISION = {
    "kind": "PBJ",
    "value": "1.500.000.000",
    "risk_area": "TIDAK_ADA",
    "own_role": "Pejabat Pembuat Komitmen",
}


def page_of(kind: str, name: str, subject, *arguments: str) -> str:
    return reverse(f"declarations:{kind}_{name}", args=[subject.pk, *arguments])


def begin_statement(walk: Walk, *, title: str, number: str, by: User) -> DecisionStatement:
    walk.open(reverse("declarations:home"))
    walk.follow(reverse("declarations:statement_start"))
    walk.go_on()
    statement = DecisionStatement.objects.filter(declarant=by).latest("created_at")
    walk.answer(title=title, number=number, **DECISION)
    walk.go_on()
    return statement


def add_party(walk: Walk, statement: DecisionStatement, name: str, *, is_known: bool) -> None:
    """`is_known`: it is like something declared, which must be said while it is typed."""
    walk.open(page_of("statement", "section", statement, "parties"))
    walk.follow(page_of("statement", "row_add", statement, "parties"))
    walk.answer(name=name)
    if is_known:
        walk.page.wait_for_selector("#party-hits .notice")
    walk.go_on()
    walk.go_on()


def deny_all_sources(walk: Walk, statement: DecisionStatement) -> None:
    walk.open(page_of("statement", "section", statement, "sources"))
    walk.answer(**dict.fromkeys(SOURCES, "no"))
    walk.go_on()


def sign(walk: Walk, kind: str, subject) -> None:
    """From the tasks over the check to the signature and the page that says it is done."""
    walk.open(page_of(kind, "tasks", subject))
    walk.follow(page_of(kind, "check", subject))
    walk.follow(page_of(kind, "sign", subject))
    walk.go_on()
    assert walk.path == page_of(kind, "done", subject)
    subject.refresh_from_db()
    assert subject.document.number in walk.paragraph()


def clean_statement(walk: Walk, *, by: User, title: str, number: str) -> DecisionStatement:
    statement = begin_statement(walk, title=title, number=number, by=by)
    add_party(walk, statement, "PT Semarak Abadi", is_known=False)
    deny_all_sources(walk, statement)
    sign(walk, "statement", statement)
    assert statement.state == "issued"
    return statement


def convert(walk: Walk, statement: DecisionStatement) -> ConflictDeclaration:
    """The hit is confirmed; what was typed goes on as a declaration."""
    assert walk.path == page_of("statement", "matches", statement)
    walk.answer(answer="same")
    walk.go_on()
    deny_all_sources(walk, statement)
    walk.open(page_of("statement", "check", statement))
    assert walk.page.locator(f'a[href="{page_of("statement", "sign", statement)}"]').count() == 0
    walk.press(f'form[action="{page_of("statement", "convert", statement)}"] button')
    statement.refresh_from_db()
    assert statement.state == "converted"
    return statement.conflict_declaration
