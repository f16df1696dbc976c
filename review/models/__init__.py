"""What the Inspectorate's desk remembers."""

from review.models.acts import ActFile, ActParty, RegisteredAct
from review.models.campaigns import Campaign, CampaignDelivery, CampaignRound
from review.models.case_desk import CasePresence, SavedFilter
from review.models.cases import (
    Case,
    CaseDecision,
    CaseFile,
    CaseHandover,
    CaseNote,
    CaseRequest,
    CaseSeries,
    HandoverRecipient,
)
from review.models.cooling import FormerOfficial, FormerOfficialBody
from review.models.desk import Nudge
from review.models.flag_desk import EvaluationCursor, FlagReply, NilSample, NilSampleItem
from review.models.flags import Flag, FlagSnapshot, RuleText, RuleVersion
from review.models.minutes import SocialisationMinutes
from review.models.publications import (
    EvidenceBundle,
    MonitoringReport,
    PublishedStatistics,
    SuppressionThreshold,
)
from review.models.reports import (
    ConflictReport,
    ReporterIdentity,
    ReportFile,
    ReportMessage,
    ReportSeries,
    ReportStep,
    ReportSubject,
)
from review.models.summaries import OpdStanding, SummaryCell, SummaryMark, SummaryRun

__all__ = [
    "ActFile",
    "ActParty",
    "Campaign",
    "CampaignDelivery",
    "CampaignRound",
    "Case",
    "CaseDecision",
    "CaseFile",
    "CaseHandover",
    "CaseNote",
    "CasePresence",
    "CaseRequest",
    "CaseSeries",
    "ConflictReport",
    "EvaluationCursor",
    "EvidenceBundle",
    "Flag",
    "FlagReply",
    "FlagSnapshot",
    "FormerOfficial",
    "FormerOfficialBody",
    "HandoverRecipient",
    "MonitoringReport",
    "NilSample",
    "NilSampleItem",
    "Nudge",
    "OpdStanding",
    "PublishedStatistics",
    "RegisteredAct",
    "ReportFile",
    "ReportMessage",
    "ReportSeries",
    "ReportStep",
    "ReportSubject",
    "ReporterIdentity",
    "RuleText",
    "RuleVersion",
    "SavedFilter",
    "SocialisationMinutes",
    "SummaryCell",
    "SummaryMark",
    "SummaryRun",
    "SuppressionThreshold",
]
