"""What a task may raise, or get raised, beside its own errors."""


class GiveUp(Exception):  # noqa: N818 -- an order to the worker, like StopIteration
    """Raised by a task: trying again is useless, the job is dead at once."""


class LeaseLost(Exception):  # noqa: N818 -- a fact about the job, not an error of the task
    """The job was given to another worker meanwhile; what this one did must not count."""


class TimeLimitExceeded(BaseException):
    """The task ran longer than its limit. Not an `Exception`, so no task swallows it."""
