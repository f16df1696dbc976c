"""The kinds of things that the audit trail speaks of, in words for its readers."""

from django.db.models import CharField, F, Value
from django.utils.translation import pgettext_lazy

from declarations.models import (
    ConflictDeclaration,
    ControlPlan,
    ControlTask,
    DecisionStatement,
    InterestRegister,
    SuperiorDecision,
)

# Of each kind: the way to whose it is, and to its year.
OWNERS = (
    (InterestRegister, "declarant__name", "year"),
    (DecisionStatement, "declarant__name", "year"),
    (ConflictDeclaration, "declarant__name", "year"),
    (SuperiorDecision, "conflict__declarant__name", "year"),
    (ControlPlan, "conflict__declarant__name", "year"),
    (ControlTask, "plan__conflict__declarant__name", "plan__year"),
)

KINDS = {
    "declarations.interestregister": pgettext_lazy("audit", "Register of interests (F1)"),
    "declarations.decisionstatement": pgettext_lazy("audit", "Statement before a decision (F2)"),
    "declarations.conflictdeclaration": pgettext_lazy("audit", "Declaration of conflict (F3)"),
    "declarations.superiordecision": pgettext_lazy("audit", "Decision of the superior (F5)"),
    "declarations.controlplan": pgettext_lazy("audit", "Control plan (F6)"),
    "declarations.controltask": pgettext_lazy("audit", "Task of a control plan"),
    "declarations.evaluationdraft": pgettext_lazy("audit", "Evaluation of a control plan (F7)"),
    "declarations.formversion": pgettext_lazy("audit", "Version of a form"),
    "declarations.decisionkind": pgettext_lazy("audit", "Kind of decision"),
    "declarations.controlmeasurekind": pgettext_lazy("audit", "Kind of control measure"),
    "declarations.timelimit": pgettext_lazy("audit", "Time limit"),
    "declarations.matter": pgettext_lazy("audit", "Decision concerned"),
    "declarations.suspension": pgettext_lazy("audit", "Suspension"),
}


def names(targets: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Whose declaration it is, and of which year; one query for all."""
    parts = []
    for model, owner, year in OWNERS:
        label = model._meta.label_lower
        keys = [key for kind, key in targets if kind == label]
        if keys:
            rows = model._default_manager.order_by().filter(pk__in=keys)
            kind = Value(label, output_field=CharField())
            parts.append(rows.values_list(kind, "pk", F(owner), F(year)))
    if not parts:
        return {}
    found = parts[0].union(*parts[1:], all=True)
    return {(kind, str(key)): f"{name}, {year}" for kind, key, name, year in found}
