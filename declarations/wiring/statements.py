"""F2: menu, home page, who reads the documents."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from declarations import panels
from declarations.models import DecisionStatement
from declarations.policies import statements as policies
from declarations.views.statements.home import statement_panels
from people import navigation
from people.models import User
from statements.policies import register_viewer


def menu(user: User) -> Iterator[navigation.Item]:
    yield navigation.Item(
        _("Statements before a decision"),
        address("declarations:statement_list"),
        "document",
        order=22,
    )


def may_view(user: User, document: Any) -> bool:
    """Who may see the statement may see its document."""
    statement = DecisionStatement.objects.defer("draft").filter(document=document.pk).first()
    return statement is not None and policies.can_view.test(user, statement)


def visible_documents(user: User) -> Q:
    seen = DecisionStatement.objects.visible_to(user)
    return Q(pk__in=seen.filter(document__isnull=False).values("document"))


def wire() -> None:
    navigation.register(menu)
    panels.register(statement_panels)
    register_viewer("F2", may_view, visible_documents)
