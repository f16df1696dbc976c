"""The declarations of interests and conflicts, and what superiors decide on them."""

from declarations.models.configuration import (
    ControlMeasureKind,
    DecisionKind,
    FormVersion,
    TimeLimit,
)
from declarations.models.conflicts import (
    ConflictDeclaration,
    ConflictParty,
    DataRequest,
    HandlerChange,
    Suspension,
)
from declarations.models.decisions import ChosenMeasure, SuperiorDecision
from declarations.models.drafts import DraftRevision
from declarations.models.files import Attachment
from declarations.models.matters import Matter
from declarations.models.plans import ControlPlan, ControlTask, EvaluationDraft, FollowUp
from declarations.models.registers import Interest, InterestRegister, SectionReturn
from declarations.models.statements import DecisionStatement, Party, PartyMatch, SourceAnswer

__all__ = [
    "Attachment",
    "ChosenMeasure",
    "ConflictDeclaration",
    "ConflictParty",
    "ControlMeasureKind",
    "ControlPlan",
    "ControlTask",
    "DataRequest",
    "DecisionKind",
    "DecisionStatement",
    "DraftRevision",
    "EvaluationDraft",
    "FollowUp",
    "FormVersion",
    "HandlerChange",
    "Interest",
    "InterestRegister",
    "Matter",
    "Party",
    "PartyMatch",
    "SectionReturn",
    "SourceAnswer",
    "SuperiorDecision",
    "Suspension",
    "TimeLimit",
]
