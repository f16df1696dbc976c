"""The state machines of the portal as Mermaid diagrams, for the documentation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices

from declarations.states import ALL_TRANSITIONS, Transition

TITLES = {
    "interestregister": "F1, register of interests",
    "decisionstatement": "F2, statement before a decision",
    "conflictdeclaration": "F3, declaration of conflict",
    "superiordecision": "F5, the superior's decision",
    "controlplan": "F6, control plan",
    "controltask": "A task of a control plan",
}
HEAD = """# States

Drawn by `manage.py draw_states` from the `states` modules of declarations and review; a test
compares. PostgreSQL holds the same edges as triggers, so that no client can take another way. An
arrow's word is the transition in the workflow module and, before `_<model>`, the permission that
the app's policies decide; of a flag, a person only dismisses and confirms.
"""


@dataclass(frozen=True, slots=True)
class Machine:
    title: str
    states: type[TextChoices]
    transitions: Sequence[Transition]


_of_upper_apps: list[Machine] = []


def register(title: str, states: type[TextChoices], transitions: Sequence[Transition]) -> None:
    """Draw the machine of an app above too; registering twice the same is harmless."""
    machine = Machine(title, states, transitions)
    if machine not in _of_upper_apps:
        _of_upper_apps.append(machine)


def machines() -> list[Machine]:
    own = [Machine(TITLES[model], *found) for model, found in ALL_TRANSITIONS.items()]
    return [*own, *_of_upper_apps]


def document() -> str:
    return "\n".join([HEAD, *map(_chapter, machines())])


def _chapter(machine: Machine) -> str:
    transitions = machine.transitions
    lines = [f"## {machine.title}", "", "```mermaid", "stateDiagram-v2"]
    members: list[TextChoices] = list(machine.states)
    lines += [f"    {state.value} : {_words(state)}" for state in members]
    lines.append(f"    [*] --> {members[0].value}")
    lines += [f"    {line}" for line in _arrows(transitions)]
    lines += [f"    {end} --> [*]" for end in _ends(members, transitions)]
    return "\n".join([*lines, "```", ""])


def _words(state: TextChoices) -> str:
    return str(state.label).replace(":", ",")  # A colon would end the label.


def _arrows(transitions: Iterable[Transition]) -> Iterator[str]:
    for transition in transitions:
        for source in transition.sources:
            yield f"{source} --> {transition.target} : {transition.name}"


def _ends(states: Iterable[TextChoices], transitions: Iterable[Transition]) -> list[str]:
    left = {str(source) for transition in transitions for source in transition.sources}
    return [state.value for state in states if state.value not in left]
