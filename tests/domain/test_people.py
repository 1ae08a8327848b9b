"""Who may do what."""

from uuid import uuid4

import pytest

from domain.people import PERMISSIONS_BY_ROLE, Actor, LeadScope, Permission, Rights, Role
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


def test_datasets_are_covered_by_all_of_them_and_by_none_is_nothing() -> None:
    one, two = uuid4(), uuid4()
    limits = {"all": None, "both": {one, two}, "one": {one}, "two": {two}, "none": set()}
    rights = {name: Rights.of(Role.ADMIN, LeadScope.ALL, dataset_ids=limit) for name, limit in limits.items()}
    covered = {wide: {narrow for narrow in rights if rights[wide].cover(rights[narrow])} for wide in rights}
    assert covered == {
        "all": set(limits),
        "both": {"both", "one", "two", "none"},
        "one": {"one", "none"},
        "two": {"two", "none"},
        "none": {"none"},
    }


def test_who_is_limited_reads_no_trail() -> None:
    """It tells of leads whatever datasets they are in."""
    for limit, may in ((None, True), (frozenset({uuid4()}), False), (frozenset(), False)):
        assert Actor(uuid4(), rights=Rights(dataset_ids=limit)).may(Permission.AUDIT_READ) == may
