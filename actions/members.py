"""Colleagues: asking them in, changing what they may do, and letting them go."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from actions.datasets import check_datasets
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.analytics import EventKind
from domain.ids import new_id
from domain.organizations import check_change
from domain.people import SEES_ALL, LeadScope, MemberStatus, Permission, Rights, Role
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.tokens import hash_token, new_token

INVITATION_PREFIX = "ri_"
_INVITED_FOR = timedelta(days=14)


class Limit(NamedTuple):
    """The only datasets whose leads somebody sees; None: they see every lead, in a dataset or not."""

    dataset_ids: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a member is to be; None keeps what they are, or takes what is usual."""

    role: Role | None = None
    lead_scope: LeadScope | None = None
    permissions: frozenset[Permission] | None = None
    limit: Limit | None = None


async def add_member(
    session: Session, user_id: UUID, name: str, email: str, role: Role, scope: LeadScope | None = None
) -> UUID:
    """With the scope that is usual for the role unless told otherwise."""
    member_id = new_id()
    await session.execute("people", "add_member", member_id, user_id, name, email.lower(), role, scope)
    return member_id


async def invite_member(session: Session, email: str, role: Role, grant: Grant) -> tuple[UUID, str]:
    """Asks a colleague in for two weeks. Answers the invitation, and the token that opens it, seen this once.

    Whoever proves the address at an identity provider needs no token.
    """
    session.actor.require(Permission.MEMBERS_WRITE)
    address = email.strip().lower()
    if await session.value("people", "has_member_with_email", address):
        raise Refusal(RefusalCode.CONFLICT, "Somebody with this address is a member already.", "email")
    scope = grant.lead_scope or LeadScope(await session.value("people", "get_usual_scope", role))
    permissions, limit = grant.permissions or frozenset(), (grant.limit or Limit()).dataset_ids
    session.actor.require_cover(Rights.of(role, scope, permissions, limit))
    await check_datasets(session, limit or (), "allowedDatasetIds")
    token = new_token(INVITATION_PREFIX, session.actor.organization_id)
    ends = datetime.now(UTC) + _INVITED_FOR
    given = (address, role, scope, sorted(permissions), hash_token(token), session.actor.member_id, ends)
    await session.execute("people", "close_ended_invitations", address)
    invitation_id = new_id()
    await session.execute("people", "add_invitation", invitation_id, *given, limit is not None)
    if limit:
        await session.rows("people", "limit_staff_invitation", invitation_id, limit)
    return invitation_id, token


async def revoke_invitation(session: Session, invitation_id: UUID) -> UUID:
    """Nobody can join with it any more. One that was accepted stays so."""
    session.actor.require(Permission.MEMBERS_WRITE)
    found = await session.row("people", "lock_invitation", invitation_id)
    if found is None:
        raise not_found("invitation", "invitationId")
    if found["accepted_at"]:
        raise Refusal(RefusalCode.CONFLICT, "This invitation was accepted: remove the member instead.", "invitationId")
    await session.execute("people", "revoke_invitation", invitation_id)
    return invitation_id


async def change_member(session: Session, member_id: UUID, grant: Grant, expected_version: int | None) -> UUID:
    """Changes role, lead scope, permissions or datasets. Nobody gives, or touches, what they do not have themselves."""
    found, had = await _lock(session, member_id)
    if expected_version not in (None, found["version"]):
        raise Refusal(
            RefusalCode.CONFLICT,
            f"Somebody else has changed this member: they have version {found['version']} now. Read them anew.",
            "expectedVersion",
        )
    role = grant.role or Role(found["role"])
    scope = grant.lead_scope or LeadScope(found["lead_scope"])
    permissions = found["permissions"] if grant.permissions is None else sorted(grant.permissions)
    limit = had.dataset_ids if grant.limit is None else grant.limit.dataset_ids
    session.actor.require_cover(Rights.of(role, scope, map(Permission, permissions), limit))
    await check_datasets(session, limit or (), "allowedDatasetIds")
    if had.role is Role.OWNER and role is not Role.OWNER:
        await _keep_an_owner(session)
    await session.execute("people", "change_member", member_id, role, scope, permissions, limit is not None)
    await session.execute("people", "unlimit_member", member_id, limit or ())
    await session.rows("people", "limit_member", member_id, limit or ())
    return member_id


async def change_profile(session: Session, changes: Mapping[str, Any]) -> UUID:
    """What members show of themselves to colleagues; their role and address are not theirs to change."""
    member_id = session.actor.member_id
    if member_id is None:
        raise Refusal(RefusalCode.FORBIDDEN, "Only people have a profile: a key belongs to a program.")
    checked = check_change(changes)
    found = await session.row("people", "lock_member", member_id)
    assert found
    whole = (checked.get(name, found[name]) for name in ("name", "avatar_url"))
    await session.execute("people", "change_profile", member_id, *whole)
    return member_id


async def suspend_member(session: Session, member_id: UUID) -> UUID:
    """Their sockets close within a second, and they are let in no more until they are reinstated."""
    found, had = await _lock(session, member_id)
    if had.role is Role.OWNER and found["status"] == MemberStatus.ACTIVE:
        await _keep_an_owner(session)
    await session.execute("people", "turn_member", member_id, MemberStatus.SUSPENDED)
    return member_id


async def reinstate_member(session: Session, member_id: UUID) -> UUID:
    await _lock(session, member_id)
    await session.execute("people", "turn_member", member_id, MemberStatus.ACTIVE)
    return member_id


async def remove_member(session: Session, member_id: UUID) -> UUID:
    """They go; their leads and conversations stay, and are nobody's.

    What they wrote keeps their name; what was kept for them to act elsewhere is used no more.
    """
    if session.actor.sight != SEES_ALL:
        raise Refusal(RefusalCode.FORBIDDEN, "You do not see all leads, so you cannot take them from somebody.")
    found, had = await _lock(session, member_id)
    if had.role is Role.OWNER and found["status"] == MemberStatus.ACTIVE:
        await _keep_an_owner(session)
    await session.execute("people", "turn_member", member_id, MemberStatus.REMOVED)
    await session.execute("credentials", "deactivate_credentials_of", member_id)
    await session.execute("territories", "leave_territories", member_id)
    leads = await session.rows("leads", "lock_leads_of", member_id)
    for row in leads:
        session.announce(EventKind.LEAD_WITHDRAWN, **dict(row))
    for table in (
        "conversations", "messages", "insights", "customers", "customer_invitations", "bookings", "lead_merges",
        "notes", "consents", "enrollments", "step_runs", "tasks", "drafts", "exposures", "insight_evidence",
        "replay_rows", "leads",
    ):  # fmt: skip
        await session.execute("leads", f"abandon_{table}", member_id)
    await lead_changed(session, *(row["lead_id"] for row in leads))
    return member_id


async def _lock(session: Session, member_id: UUID) -> tuple[Row, Rights]:
    """A member who is still one, and what they may do; refuses whoever may not touch them."""
    session.actor.require(Permission.MEMBERS_WRITE)
    # One change of members at a time, so that owners are counted right.
    await session.row("people", "lock_organization")
    found = await session.row("people", "lock_member", member_id)
    if found is None or found["status"] == MemberStatus.REMOVED:
        raise not_found("member", "memberId")
    limit = await _limit(session, member_id) if found["is_limited"] else None
    had = Rights.of(Role(found["role"]), LeadScope(found["lead_scope"]), _known(found["permissions"]), limit)
    session.actor.require_cover(had)
    return found, had


async def _limit(session: Session, member_id: UUID) -> list[UUID]:
    return [row["dataset_id"] for row in await session.rows("people", "get_datasets_of_member", member_id)]


def _known(names: Iterable[str]) -> list[Permission]:
    return [Permission(name) for name in names]


async def _keep_an_owner(session: Session) -> None:
    if await session.value("people", "count_active_owners") < 2:
        raise bad_input("An organization needs an owner: make somebody else one first.", "memberId")
