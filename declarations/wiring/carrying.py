"""Merging OPDs takes the open cases along; the task replaces superiors who are left behind."""

from declarations import tasks
from declarations.workflow import carrying as workflow
from mapping import carrying
from mapping.carrying import Merger


def carry(merger: Merger) -> int:
    moved = workflow.carry(merger)
    if moved:
        tasks.escalate_conflicts.enqueue()
    return moved


def wire() -> None:
    carrying.register(carrying.Step("declarations.cases", workflow.preview, carry))
