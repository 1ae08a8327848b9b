"""Territories: what is in them, who works them, and which of them a lead is in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from db.session import Row, Session
from domain.campaigns.zones import country_of_phone
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, not_found
from domain.territories import (
    Area,
    AreaKind,
    areas_of,
    check_countries,
    check_member_count,
    check_name,
    check_prefixes,
)
from domain.versions import check_version

_AREAS = (("postcode_prefixes", AreaKind.POSTCODE, check_prefixes), ("countries", AreaKind.COUNTRY, check_countries))
_FIELDS = {AreaKind.POSTCODE: "postcodePrefixes", AreaKind.COUNTRY: "countries"}


async def add_territory(session: Session, facts: Mapping[str, Any]) -> UUID:
    await _hold(session)
    territory_id = new_id()
    await session.execute("territories", "add_territory", territory_id, check_name(facts["name"]))
    await _fill(session, territory_id, facts)
    return territory_id


async def change_territory(
    session: Session, territory_id: UUID, changes: Mapping[str, Any], expected_version: int | None
) -> UUID:
    """Changes what is named: a list takes the place of the one before, and null empties it."""
    found = await _lock(session, territory_id)
    check_version(expected_version, found["version"], "territory")
    name = check_name(changes["name"]) if "name" in changes else found["name"]
    await session.execute("territories", "change_territory", territory_id, name)
    await _fill(session, territory_id, changes)
    return territory_id


async def archive_territory(session: Session, territory_id: UUID) -> UUID:
    """Puts it away: nothing is in it any more, and nobody works it."""
    await _lock(session, territory_id)
    await session.execute("territories", "archive_territory", territory_id)
    await _fill(session, territory_id, {"postcode_prefixes": None, "countries": None, "member_ids": None})
    return territory_id


async def find_territory(session: Session, lead_id: UUID) -> UUID | None:
    """The one that a lead is in by their postcode, or else by their country: as given, or as their number tells."""
    place = await session.row("territories", "get_place", lead_id)
    if place is None:
        return None
    areas = areas_of(place["postcode"], place["country"] or country_of_phone(place["phone"]), place["home"])
    found: UUID | None = await session.value("territories", "find_territory", *_columns(areas)) if areas else None
    return found


def _columns(areas: Sequence[Area]) -> tuple[list[str], list[str]]:
    return [area.kind for area in areas], [area.code for area in areas]


async def _hold(session: Session) -> None:
    """Of two who arrange territories, or members, one waits: so whoever is refused can be told who has it."""
    session.actor.require(Permission.PIPELINE_WRITE)
    await session.row("people", "lock_organization")


async def _lock(session: Session, territory_id: UUID) -> Row:
    await _hold(session)
    found = await session.row("territories", "lock_territory", territory_id)
    if found is None:
        raise not_found("territory", "territoryId")
    if found["archived_at"]:
        raise Refusal(RefusalCode.CONFLICT, "This territory was put away: add another.", "territoryId")
    return found


async def _fill(session: Session, territory_id: UUID, facts: Mapping[str, Any]) -> None:
    for name, kind, check in _AREAS:
        if name in facts:
            await _keep_areas(session, territory_id, kind, [area.code for area in check(facts[name])])
    if "member_ids" in facts:
        await _keep_members(session, territory_id, set(facts["member_ids"] or ()))


async def _keep_areas(session: Session, territory_id: UUID, kind: AreaKind, codes: list[str]) -> None:
    holders = await session.rows("territories", "find_holders", territory_id, kind, codes)
    if holders:
        code, name = holders[0]["code"], holders[0]["name"]
        words = f"{code} is in the territory {name!r} already: take it out there first."
        raise Refusal(RefusalCode.CONFLICT, words, _FIELDS[kind])
    await session.execute("territories", "leave_areas", territory_id, kind, codes)
    await session.rows("territories", "add_areas", territory_id, kind, codes)


async def _keep_members(session: Session, territory_id: UUID, member_ids: Iterable[UUID]) -> None:
    wanted = sorted(member_ids)
    check_member_count(len(wanted))
    if len(await session.rows("territories", "find_members", wanted)) < len(wanted):
        raise not_found("member", "memberIds")
    await session.execute("territories", "release_members", territory_id, wanted)
    await session.execute("territories", "add_members", territory_id, wanted)
