"""What the Inspectorate's desk remembers."""

from review.models.campaigns import Campaign, CampaignDelivery, CampaignRound
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
from review.models.publications import (
    EvidenceBundle,
    MonitoringReport,
    PublishedStatistics,
    SuppressionThreshold,
)
from review.models.summaries import OpdStanding, SummaryCell, SummaryMark, SummaryRun

__all__ = [
    "Campaign",
    "CampaignDelivery",
    "CampaignRound",
    "Case",
    "CaseDecision",
    "CaseHandover",
    "CaseNote",
    "CasePresence",
    "CaseRequest",
    "CaseSeries",
    "EvidenceBundle",
    "Flag",
    "FlagSnapshot",
    "HandoverRecipient",
    "MonitoringReport",
    "Nudge",
    "OpdStanding",
    "PublishedStatistics",
    "RuleVersion",
    "SavedFilter",
    "SummaryCell",
    "SummaryMark",
    "SummaryRun",
    "SuppressionThreshold",
]
