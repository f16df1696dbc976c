"""What the Inspectorate's desk remembers."""

from review.models.case_desk import CasePresence, SavedFilter
from review.models.cases import (
    Case,
    CaseDecision,
    CaseHandover,
    CaseNote,
    CaseRequest,
    CaseSeries,
    HandoverRecipient,
)
from review.models.desk import Nudge
from review.models.flags import Flag, FlagSnapshot, RuleVersion

__all__ = [
    "Case",
    "CaseDecision",
    "CaseHandover",
    "CaseNote",
    "CasePresence",
    "CaseRequest",
    "CaseSeries",
    "Flag",
    "FlagSnapshot",
    "HandoverRecipient",
    "Nudge",
    "RuleVersion",
    "SavedFilter",
]
