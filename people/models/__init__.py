"""People, their posts, and what they may do."""

from people.models.access import ActivationCode, RoleGrant
from people.models.assignments import Assignment
from people.models.imports import ImportBatch
from people.models.organisation import Holiday, Opd, Post
from people.models.persons import NipChange, User
from people.roles import Role

__all__ = [
    "ActivationCode",
    "Assignment",
    "Holiday",
    "ImportBatch",
    "NipChange",
    "Opd",
    "Post",
    "Role",
    "RoleGrant",
    "User",
]
