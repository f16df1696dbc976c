"""Every change of a declaration's state, one function each.

A transition locks the row, checks who and from where, writes, records the event and queues
its messages, all in one transaction. Callers catch `TransitionError`; anything else is a bug.
"""

from declarations.workflow.base import TransitionError

__all__ = ["TransitionError"]
