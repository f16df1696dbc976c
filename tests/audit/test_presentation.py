"""Every action that the code records has a sentence, and every sentence an action."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
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
    "review",
    "coi_portal",
)
# Actions that are put together from the name of a transition: what may stand in the hole.
WILDCARD = "*"
ACTION = re.compile(r"[a-z]+\.[a-z_]+")


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


def transitions() -> dict[str, str]:
    """The steps of the state tables, which `f"{model}.{name}"` records."""
    found = {}
    for module_name in ("declarations.states", "mapping.states", "statements.states"):
        if module_name.split(".")[0] not in settings.INSTALLED_APPS:
            continue
        module = import_module(module_name)
        for value in vars(module).values():
            if type(value).__name__ == "Transition":
                model = getattr(value, "model", "document")
                found[f"{model}.{value.name}"] = module_name
    return found


def happenings(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What `record_many` gets: tuples that begin with an action, yielded or returned."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Yield | ast.Return) and isinstance(node.value, ast.Tuple):
            first = node.value.elts[0] if node.value.elts else None
            if isinstance(first, ast.Constant) and ACTION.fullmatch(str(first.value)):
                yield str(first.value), node.lineno


def recorded() -> dict[str, str]:
    """Action (or pattern with holes) → the place that records it."""
    found = transitions()
    for path in modules():
        tree = ast.parse(path.read_text())
        place = path.relative_to(settings.BASE_DIR)
        found |= {action: f"{place}:{line}" for action, line in happenings(tree)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "record":
                for action in patterns_of(node.args[0]):
                    found.setdefault(action, f"{place}:{node.lineno}")
    return found


def fits(action: str, pattern: str) -> bool:
    return fnmatchcase(action, pattern)


def test_every_kind_of_thing_with_an_action_is_named():
    """An action begins with the name of the model it is done to."""
    models = {model._meta.model_name: model._meta.label_lower for model in apps.get_models()}
    used = {action.split(".")[0] for action in presentation.actions()}

    assert {models[name] for name in used & set(models)} - set(presentation.kinds()) == set()


def test_rules_are_named_in_sentences():
    event = AuditEvent(action="case.gather", data={"rules": ["Q2_ACTUAL_CONFLICT"]})

    assert "Q2_ACTUAL_CONFLICT" not in presentation.sentence(event)


def test_what_follows_itself_is_one_line():
    read, left = (AuditEvent(action=action, data={}) for action in ("case.view", "case.release"))
    lines = [presentation.describe(event) for event in (read, read, left, read)]

    assert [number for _line, number in presentation.together(lines)] == [2, 1, 1]


def test_the_walk_finds_records():
    assert {"job.retry", "email.retry", "audit.export"} <= set(recorded())


def test_every_action_has_its_sentence():
    known = presentation.actions()
    installed = tuple(app for app in APPS if app in settings.INSTALLED_APPS)

    missing = {
        pattern: place
        for pattern, place in recorded().items()
        if place.startswith(installed) and not any(fits(action, pattern) for action in known)
    }

    assert missing == {}


@pytest.mark.parametrize("action", sorted(presentation.actions()))
def test_every_sentence_can_be_written(action):
    event = AuditEvent(action=action, data={})

    sentence = presentation.sentence(event)

    assert sentence
    assert sentence != action
    assert "%" not in sentence
