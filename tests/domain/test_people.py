"""Who may do what."""

from uuid import uuid4

import pytest

from domain.people import PERMISSIONS_BY_ROLE, Actor, Permission, Rights, Role
from domain.refusals import Refusal, RefusalCode


def test_every_role_has_its_permissions_and_reads_the_inbox() -> None:
    assert set(PERMISSIONS_BY_ROLE) == set(Role)
    assert all(Permission.INBOX_READ in permissions for permissions in PERMISSIONS_BY_ROLE.values())


def test_a_viewer_changes_nothing() -> None:
    assert PERMISSIONS_BY_ROLE[Role.VIEWER] == {Permission.INBOX_READ}


@pytest.mark.parametrize("needed", list(Permission))
def test_what_is_not_permitted_is_refused_by_name(needed: Permission) -> None:
    Actor(uuid4(), rights=Rights(permissions=frozenset({needed}))).require(needed)
    with pytest.raises(Refusal, match=needed.value) as refused:
        Actor(uuid4(), rights=Rights(permissions=frozenset(Permission) - {needed})).require(needed)
    assert refused.value.code is RefusalCode.FORBIDDEN
