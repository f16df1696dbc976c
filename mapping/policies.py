"""Who may change the lists of the risk map. They belong to nobody, so no object is asked."""

from typing import Any

import rules

from people.roles import Role


@rules.predicate
def administers(user: Any, _target: Any = None) -> bool:
    return user.has_role(Role.SYSTEM_ADMINISTRATOR)


rules.add_perm("mapping.change_conflictsource", administers)
