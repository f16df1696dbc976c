"""What runs by the clock."""

from django.utils import timezone
from django_tasks import task

from declarations.models import InterestRegister
from declarations.services import compliance
from declarations.workflow import registers
from declarations.workflow.base import TransitionError
from jobs import progress


@task(queue_name="default", max_attempts=3)
def expire_registers() -> int:
    """After the yearly window the registers of former years expire; safe to run twice."""
    on = timezone.localdate()
    if on <= compliance.yearly_due_on(on.year, on=on):
        return 0
    old = InterestRegister.objects.filter(state="accepted", year__lt=on.year).defer("draft")
    expired = 0
    for register in old.order_by("pk").iterator(chunk_size=200):
        try:
            registers.expire(register, on=on)
        except TransitionError:  # Renewed at this very moment.
            continue
        expired += 1
        progress.report(expired, 0)
    return expired
