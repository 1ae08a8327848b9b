"""Organizations: what they are called and how they look, and whether they are at work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from actions.pipeline import add_usual_stages
from actions.scoring import add_usual_reasons
from db.session import Session
from domain.ids import new_id
from domain.leads import normalize_phone
from domain.organizations import check_change
from domain.people import OrganizationStatus, Permission, Plan, Rights, Role
from domain.refusals import Refusal, RefusalCode

DEFAULT_BLACKLIST = ["guarantee", "guaranteed", "risk-free", "no obligation", "act now", "last chance", "cheap"]


async def add_organization(
    session: Session, slug: str, name: str, *, country: str = "GB", time_zone: str = "Europe/London"
) -> UUID:
    """Makes the organization the session acts for; its id is the actor's."""
    await session.execute("people", "add_organization", slug, name, country, time_zone, DEFAULT_BLACKLIST)
    await session.execute("analytics", "add_event_counter")
    await add_usual_stages(session)
    await add_usual_reasons(session)
    return session.actor.organization_id


async def add_phone_number(session: Session, number: str) -> str:
    """Registers a number to send from. What came for it while nobody had it is taken over, and then worked off."""
    normalized = normalize_phone(number)
    await session.execute("people", "add_phone_number", new_id(), normalized)
    await session.value("people", "adopt_webhooks", normalized)
    return normalized


async def change_organization(session: Session, changes: Mapping[str, Any], expected_version: int | None) -> UUID:
    """Changes the columns named, of those a tenant may change. Of two people who read one version, one wins."""
    session.actor.require(Permission.ORGANIZATION_WRITE)
    checked = check_change(changes)
    found = await session.row("people", "lock_organization")
    assert found
    if expected_version not in (None, found["version"]):
        raise Refusal(
            RefusalCode.CONFLICT,
            f"Somebody else has changed this organization: it has version {found['version']} now. Read it anew.",
            "expectedVersion",
        )
    whole = {name: checked.get(name, found[name]) for name in CHANGEABLE}
    await session.execute("people", "change_organization", *whole.values())
    return session.actor.organization_id


# In the order of the statement's parameters.
CHANGEABLE = (
    "name", "country", "time_zone", "email", "phone", "website", "industry", "logo_url", "primary_color", "agent_scope",
    "blacklisted_words", "cal_booking_link", "mail_address", "ai_mode", "ai_most_turns",
)  # fmt: skip


async def pause_organization(session: Session) -> UUID:
    """Nothing is sent any more; what comes in is received."""
    return await _turn(session, OrganizationStatus.PAUSED, of=(OrganizationStatus.ACTIVE,))


async def resume_organization(session: Session) -> UUID:
    return await _turn(session, OrganizationStatus.ACTIVE, of=(OrganizationStatus.PAUSED, OrganizationStatus.CANCELLED))


async def cancel_organization(session: Session) -> UUID:
    """As paused; and only owners and admins are let in, to resume it or to take their data along."""
    return await _turn(session, OrganizationStatus.CANCELLED, of=(OrganizationStatus.ACTIVE, OrganizationStatus.PAUSED))


async def _turn(session: Session, status: OrganizationStatus, of: tuple[OrganizationStatus, ...]) -> UUID:
    session.actor.require(Permission.ORGANIZATION_WRITE)
    found = await session.row("people", "lock_organization")
    assert found
    if found["status"] in of:
        await session.execute("people", "turn_organization", status)
    return session.actor.organization_id


async def delete_organization(session: Session, slug: str) -> None:
    """Everything of it goes, for good. Only an owner may, who names it to be sure."""
    session.actor.require(Permission.ORGANIZATION_WRITE)
    session.actor.require_cover(Rights(Role.OWNER))
    found = await session.row("people", "lock_organization")
    assert found
    if found["slug"] != slug:
        raise Refusal(RefusalCode.BAD_INPUT, f"To delete this organization, name it: {found['slug']}.", "slug")
    await session.execute("people", "delete_organization")


async def change_plan(session: Session, plan: Plan, trial_ends_at: datetime | None) -> None:
    """An operator's to do: what an organization pays for, and when its trial ends. Past that nothing is sent."""
    await session.execute("people", "change_plan", plan, trial_ends_at)
