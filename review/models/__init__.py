"""What the Inspectorate's desk remembers."""

from review.models.desk import Nudge
from review.models.flags import Flag, FlagSnapshot, RuleVersion

__all__ = ["Flag", "FlagSnapshot", "Nudge", "RuleVersion"]
