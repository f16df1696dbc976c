"""Statements and declarations at every point of their way, in the office of `office.py`."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from declarations.models import ConflictDeclaration, DecisionStatement, InterestRegister
from declarations.services import match_answers
from declarations.services.configuration import form_in_use
from declarations.workflow import conflicts, statements
from people.models import User
from tests.declarations.factories import RegisterFactory, full_draft, sent_register
from tests.declarations.office import (
    Office,
    conflict_answers,
    make_statement,
    proof,
    statement_draft,
)


def again(user: User) -> User:
    """A fresh instance: roles and standing are remembered by each."""
    return User.objects.get(pk=user.pk)


def count_page_queries(call: Callable[[], object]) -> int:
    """As `tests.queries.count_queries`, without the savepoint that stands for the page's BEGIN."""
    call()
    with CaptureQueriesContext(connection) as queries:
        call()
    return sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries)


def register_of(user: User, **sections: Any) -> InterestRegister:
    """A sent register of the person, whose rows count for comparing."""
    return sent_register(user, draft=full_draft(**sections))


def draft_register(user: User, **sections: Any) -> InterestRegister:
    return RegisterFactory(declarant=user, draft=full_draft(**sections))


def issued(office: Office, draft: dict | None = None, **values: Any) -> DecisionStatement:
    statement = make_statement(office, draft, **values)
    return statements.issue(statement, by=office.staff, proof=proof(office.staff))


def converted(office: Office) -> ConflictDeclaration:
    """The draft of a declaration that began as a statement with a yes."""
    statement = make_statement(office, statement_draft(bisnis="Saya memiliki saham."))
    return statements.convert(statement, by=office.staff)


def ready_conflict(office: Office, **sections: Any) -> ConflictDeclaration:
    """A complete draft of a declaration."""
    return complete(converted(office), **sections)


def complete(conflict: ConflictDeclaration, **sections: Any) -> ConflictDeclaration:
    for section, values in {**conflict_answers(), **sections}.items():
        conflict.draft.setdefault(section, {}).update(values)
    conflict.save()
    return conflict


def plain_conflict(
    office: Office, draft: dict | None = None, **values: Any
) -> ConflictDeclaration:
    """A draft that was begun directly."""
    staff = values.pop("declarant", office.staff)
    return ConflictDeclaration.objects.create(
        declarant=staff,
        opd=office.opd,
        post=staff.standing.post,
        year=timezone.localdate().year,
        form_version=form_in_use("F3"),
        draft=direct_draft() if draft is None else draft,
        **values,
    )


def direct_draft(**decision: str) -> dict:
    """Complete answers of F3 on the same matter as `statement_draft`."""
    about = statement_draft()
    answers = conflict_answers()
    answers["conflict"] |= {"source": "BISNIS", "situation": "Saya memiliki saham."}
    own_role = {"own_role"}
    answers["decision"] |= {
        key: value for key, value in about["decision"].items() if key not in own_role
    } | decision
    return {**answers, "parties": about["parties"]}


def sent(office: Office, **sections: Any) -> ConflictDeclaration:
    conflict = ready_conflict(office, **sections)
    return conflicts.send(conflict, by=office.staff, proof=proof(office.staff))


def under_review(office: Office) -> ConflictDeclaration:
    return conflicts.review(sent(office), by=office.superior)


def asked(office: Office) -> ConflictDeclaration:
    question = "Lampirkan akta perusahaan."
    return conflicts.ask_data(under_review(office), by=office.superior, question=question)


def answer_hits(statement: DecisionStatement, answer: str, reason: str = "") -> None:
    """Give the same word on every likeness of the draft."""
    draft = statement.draft
    for item in match_answers.answered_hits(statement.declarant, draft):
        draft = match_answers.with_answer(draft, item.hit, answer=answer, reason=reason)
    statement.draft = draft
    statement.save()
