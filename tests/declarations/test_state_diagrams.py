"""The drawn state machines say what the code says."""

from django.core.management import call_command

from declarations import state_diagrams
from review.flag_states import FlagState
from review.report_states import ReportState
from review.states import CaseState


def test_drawing_is_current():
    call_command("draw_states", check=True)


def test_the_inspectorates_machines_are_drawn_too():
    drawn = {machine.states for machine in state_diagrams.machines()}

    assert {CaseState, FlagState, ReportState} <= drawn


def test_every_state_is_reached():
    for machine in state_diagrams.machines():
        first, *others = [str(state.value) for state in machine.states]
        reached = {first, *(str(step.target) for step in machine.transitions)}
        assert set(others) <= reached, machine.title
