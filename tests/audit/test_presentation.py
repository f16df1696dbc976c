"""Every action that the code records has a sentence, and every sentence an action."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from audit import presentation
from audit.models import AuditEvent

APPS = (
    "audit",
    "jobs",
    "people",
    "notices",
    "statements",
    "mapping",
    "declarations",
    "coi_portal",
)
# Actions that are put together from the name of a transition: what may stand in the hole.
WILDCARD = "*"


def modules() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def patterns_of(argument: ast.expr) -> Iterator[str]:
    """The actions an expression may be: constants, either side of an `if`, f-strings."""
    match argument:
        case ast.Constant(value=str(value)):
            yield value
        case ast.IfExp(body=body, orelse=orelse):
            yield from patterns_of(body)
            yield from patterns_of(orelse)
        case ast.JoinedStr(values=values):
            yield "".join(
                part.value if isinstance(part, ast.Constant) else WILDCARD for part in values
            )


def recorded() -> dict[str, str]:
    """Action (or pattern with holes) → the place that records it."""
    found = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "record":
                for action in patterns_of(node.args[0]):
                    place = f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}"
                    found.setdefault(action, place)
    return found


def fits(action: str, pattern: str) -> bool:
    if WILDCARD not in pattern:
        return action == pattern
    before, _hole, after = pattern.partition(WILDCARD)
    return action.startswith(before) and action.endswith(after.replace(WILDCARD, ""))


def test_the_walk_finds_records():
    assert {"job.retry", "email.retry", "audit.export"} <= set(recorded())


def test_every_action_has_its_sentence():
    known = presentation.actions()

    missing = {
        pattern: place
        for pattern, place in recorded().items()
        if not any(fits(action, pattern) for action in known)
    }

    assert missing == {}


@pytest.mark.parametrize("action", sorted(presentation.actions()))
def test_every_sentence_can_be_written(action):
    event = AuditEvent(action=action, data={})

    sentence = presentation.sentence(event)

    assert sentence
    assert sentence != action
    assert "%" not in sentence
