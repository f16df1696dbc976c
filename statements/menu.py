"""The entries of `statements` in the main menu."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from common.addresses import address
from people.models import User
from people.navigation import Item


def items(user: User) -> Iterator[Item]:
    yield Item(_("Documents"), address("statements:list"), "document", order=45)
    if user.has_perm("statements.list_failed_documents"):
        yield Item(_("Documents that failed"), address("statements:failed"), "danger", order=83)
