"""Previewing campaigns: who would get what and when, and what keeps it, as the rules that send have it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from actions.enrolling import get_people
from actions.senders import find_senders
from db.session import Row, Session
from domain.campaigns.candidates import FIRST, MOST_NAMED, Candidate, read_place
from domain.campaigns.enrolling import read_step
from domain.campaigns.metering import Meter
from domain.campaigns.previewing import MOST_COUNTED, Play, Played, Tally, check_time, decide_first, play
from domain.campaigns.terms import terms_of
from domain.conversations import Channel
from domain.people import Permission
from domain.refusals import bad_input

_AT_ONCE = 500  # people who are read together
_IN_A_ROW = 25  # people who are thought about until others have their turn


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of which campaign, at what time, and whose preview: of those named, or of so many behind a place."""

    campaign_id: UUID
    at: datetime
    lead_ids: Sequence[UUID] | None
    size: int
    after: Candidate = FIRST

    @property
    def has_before(self) -> bool:
        return self.after is not FIRST


@dataclass(frozen=True, slots=True)
class Preview:
    candidates: Sequence[Candidate]
    leads: Sequence[Played]
    has_next: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """`is_whole` is whether these are all there are."""

    leads: int
    is_whole: bool
    tally: Tally


def want(
    campaign_id: UUID, at: datetime | None, lead_ids: Sequence[UUID] | None, size: int, after: str | None, now: datetime
) -> Wanted:
    if lead_ids is not None and not 1 <= len(lead_ids) <= MOST_NAMED:
        raise bad_input(f"Name between 1 and {MOST_NAMED} leads.", "leadIds")
    if lead_ids is not None and after is not None:
        raise bad_input("Name leads, or page through all, not both.", "after")
    place = FIRST if after is None else read_place(after, campaign_id)
    return Wanted(campaign_id, check_time(at, now), lead_ids, MOST_NAMED if lead_ids else size, place)


async def preview_campaign(session: Session, wanted: Wanted) -> Preview | None:
    """A page of candidates with all that they would get; None where there is no such campaign."""
    session.actor.require(Permission.INBOX_READ)
    found = await _open(session, wanted)
    if found is None:
        return None
    candidates = await _candidates(session, found.campaign, wanted, wanted.after, wanted.size + 1)
    page = candidates[: wanted.size]
    leads = [play(found, person) async for person in _people(session, found, page)]
    return Preview(page, leads, len(candidates) > len(page))


async def count_campaign(session: Session, wanted: Wanted) -> Counted | None:
    """What the gate says of the first step, counted over all candidates, or over the newest of very many."""
    session.actor.require(Permission.INBOX_READ)
    found = await _open(session, wanted)
    if found is None:
        return None
    candidates = await _candidates(session, found.campaign, wanted, FIRST, MOST_COUNTED + 1)
    counted, tally = candidates[:MOST_COUNTED], Tally()
    if found.steps:
        async for person in _people(session, found, counted):
            tally.count(decide_first(found, person))
    return Counted(len(counted), len(counted) == len(candidates), tally)


async def _open(session: Session, wanted: Wanted) -> Play | None:
    campaign = await session.row("enrolling", "get_terms", wanted.campaign_id, wanted.at)
    if campaign is None:
        return None
    terms = terms_of(campaign)
    steps = [read_step(dict(row)) for row in await session.rows("enrolling", "get_steps", campaign["id"])]
    segments = await session.rows("dispatching", "get_segments", terms.scope_id, wanted.at)
    channels = frozenset(await find_senders(session, campaign, {Channel(step.channel) for step in steps}))
    return Play(campaign, steps, terms, Meter.read(terms.rates, map(dict, segments)), channels, wanted.at)


async def _candidates(session: Session, campaign: Row, wanted: Wanted, after: Candidate, most: int) -> list[Candidate]:
    """Whom the caller sees, each once, in their order."""
    if wanted.lead_ids is not None:
        return await _named(session, campaign, wanted.lead_ids)
    of = (campaign["id"], campaign["dataset_id"], campaign["tag"], after.at, after.id, most)
    rows = await session.rows("previewing", "find_candidates", *of)
    return [Candidate(row["at"], row["id"], row["lead_id"]) for row in rows]


async def _named(session: Session, campaign: Row, lead_ids: Sequence[UUID]) -> list[Candidate]:
    """Those whom enrolling them by hand would add: not who is in it already, nor whom the caller does not see."""
    resolved = await session.rows("enrolling", "resolve_canonical", lead_ids)
    canonical = {row["id"]: row["canonical_id"] for row in resolved}
    ids = list(dict.fromkeys(canonical[id] for id in lead_ids if id in canonical))
    standing = {row["lead_id"] for row in await session.rows("enrolling", "find_standing", campaign["id"], ids)}
    return [Candidate(FIRST.at, id, id) for id in ids if id not in standing]


async def _people(session: Session, found: Play, candidates: Sequence[Candidate]) -> AsyncIterator[Row]:
    """What the gate asks of them, in their order. They are in the caller's sight; what tells of them need not be, as
    whoever sends sees all of it."""
    ids = [candidate.lead_id for candidate in candidates]
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        async with session.beyond_datasets():
            people = await get_people(session, found.campaign, found.terms, chunk, found.at)
        by_id = {person["id"]: person for person in people}
        for number, id in enumerate(chunk):
            if number % _IN_A_ROW == 0:
                await asyncio.sleep(0)
            if id in by_id:
                yield by_id[id]
