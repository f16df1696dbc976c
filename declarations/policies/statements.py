"""Who may do what to a statement before a decision (F2)."""

import rules

from declarations import states
from declarations.policies.base import (
    audits,
    heads_opd,
    inspects,
    is_declarant,
    is_opd_officer,
    is_superior,
    was_sent,
)

reads_sent = was_sent & (is_opd_officer | heads_opd | inspects | audits | is_superior)
can_view = is_declarant | reads_sent

rules.add_perm("declarations.view_decisionstatement", can_view)
rules.add_perm("declarations.change_decisionstatement", is_declarant)
for transition in states.STATEMENT_TRANSITIONS:
    rules.add_perm(transition.permission, is_declarant)
