"""The drawn state machines say what the code says."""

from django.core.management import call_command


def test_drawing_is_current():
    call_command("draw_states", check=True)
