"""Every permission, point of view and state, and the list form of the same rule."""

import pytest
import rules

from mapping.models import Control, RiskMap
from mapping.states import MapState
from people.models import Role, User
from tests.mapping.factories import ControlFactory, make_map, make_office
from tests.people.factories import person_with

pytestmark = pytest.mark.django_db

ALL = frozenset(MapState.values) - {"superseded"}
SENT = ALL - {"draft"}
DRAWS = {"head": ALL, "officer": ALL}
WATCHES = {"inspector": SENT, "chief_inspector": SENT, "auditor": SENT}
REVIEWS = {"inspector": SENT, "chief_inspector": SENT}
MATRIX = {
    "mapping.view_riskmap": DRAWS | WATCHES | {"insider": SENT, "staff": {"approved"}},
    "mapping.change_riskmap": DRAWS,
    "mapping.sign_riskmap": {"head": ALL},
    "mapping.reopen_riskmap": {"head": ALL},
    "mapping.review_riskmap": REVIEWS,
    "mapping.return_riskmap": REVIEWS,
    "mapping.approve_riskmap": REVIEWS,
    "mapping.comment_riskmap": REVIEWS,
}
ROLES = ("head", "officer", "staff", "inspector", "chief_inspector", "auditor", "insider",
         "stranger", "other_head", "hr", "system", "inactive")  # fmt: skip


def people(office):
    inactive = person_with(Role.INSPECTOR)
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    return {
        "head": office.head,
        "officer": office.officer,
        "staff": office.staff,
        "inspector": office.inspector,
        "chief_inspector": office.chief_inspector,
        "auditor": office.auditor,
        "insider": person_with(Role.INSPECTOR, office.opd),
        "stranger": person_with(),
        "other_head": person_with(Role.OPD_HEAD),
        "hr": person_with(Role.HR_ADMINISTRATOR),
        "system": person_with(Role.SYSTEM_ADMINISTRATOR),
        "inactive": User.objects.get(pk=inactive.pk),
    }


@pytest.mark.parametrize("state", sorted(ALL))
def test_matrix_and_visible_to(state):
    office = make_office()
    risk_map = RiskMap.objects.get(pk=make_map(office, state=state).pk)

    for role, user in people(office).items():
        allowed = {name for name in MATRIX if user.has_perm(name, risk_map)}
        expected = {name for name, row in MATRIX.items() if state in row.get(role, ())}
        assert allowed == expected, (role, state)
        listed = RiskMap.objects.visible_to(user).filter(pk=risk_map.pk).exists()
        assert listed == user.has_perm("mapping.view_riskmap", risk_map), (role, state)
        rows = risk_map.areas.model.objects.visible_to(user).filter(map=risk_map).exists()
        assert rows == listed, (role, state)


def test_controls():
    office = make_office()
    control = ControlFactory(area=make_map(office).areas.get(), owner_post=office.posts[2])
    sees = {"head", "officer", "staff", "inspector", "chief_inspector", "auditor", "insider"}

    for role, user in people(office).items():
        assert user.has_perm("mapping.view_control", control) == (role in sees), role
        assert Control.objects.visible_to(user).filter(pk=control.pk).exists() == (role in sees)
        assert user.has_perm("mapping.report_control", control) == (
            role in {"head", "officer", "staff"}
        )
        assert user.has_perm("mapping.change_control", control) == (role in {"head", "officer"})


def test_matrix_is_complete():
    named = {name for name in rules.permissions.permissions if name.endswith("_riskmap")}

    assert named - {"mapping.list_riskmap", "mapping.add_riskmap"} == set(MATRIX)
