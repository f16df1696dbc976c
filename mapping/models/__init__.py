"""Risk maps: reference data, maps with their rows, controls, comments, files to take over."""

from mapping.models.controls import Control, ControlFile
from mapping.models.imports import MapImport
from mapping.models.maps import RiskMap
from mapping.models.reference import ConflictSource, RiskAreaTemplate, RiskScale
from mapping.models.rows import RiskArea, RiskAreaPost, RowComment

__all__ = [
    "ConflictSource",
    "Control",
    "ControlFile",
    "MapImport",
    "RiskArea",
    "RiskAreaPost",
    "RiskAreaTemplate",
    "RiskMap",
    "RiskScale",
    "RowComment",
]
