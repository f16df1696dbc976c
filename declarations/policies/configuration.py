"""Who may read and change forms, lists and limits; they belong to nobody: no object is asked."""

from typing import Any

import rules

from people.roles import Role

READERS = (Role.SYSTEM_ADMINISTRATOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)


@rules.predicate
def reads_configuration(user: Any, _target: Any = None) -> bool:
    return user.has_any_role(*READERS)


@rules.predicate
def administers(user: Any, _target: Any = None) -> bool:
    return user.has_role(Role.SYSTEM_ADMINISTRATOR)


rules.add_perm("declarations.view_configuration", reads_configuration)
rules.add_perm("declarations.change_configuration", administers)
