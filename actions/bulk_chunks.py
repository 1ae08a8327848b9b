"""The chunks of a bulk operation: the next leads, done together where nobody stands in the way, or else one by one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from actions.bulk import end_bulk_operation, tell_of_bulk_operation
from actions.enrolling import enroll_leads
from actions.lead_turns import ARCHIVE, HAND_BACK, RESTORE, TAKE_OVER, Turn, turn_leads
from actions.leads import Same
from actions.many_leads import assign_leads, tag_leads, untag_leads
from actions.pipeline import move_leads
from actions.placing import add_leads_to_dataset, remove_leads_from_dataset
from db.session import Row, Session
from domain.bulk import BulkOutcome, BulkStatus, BulkVerb
from domain.ids import read_id
from domain.refusals import Refusal

_AT_ONCE = 100
Arguments = Mapping[str, Any]
Do = Callable[[Session, Sequence[UUID], Arguments], Awaitable[None]]
DoTo = Callable[[Sequence[UUID]], Awaitable[None]]


async def do_chunk(session: Session, job: Row, done: int) -> int:
    """Does it to the next leads, as whoever began it, and records what became of each; how many there were."""
    rows = await session.rows("bulk", "next_rows", job["id"], done, _AT_ONCE)
    if not rows:
        await end_bulk_operation(session, job["id"], BulkStatus.COMPLETED)
        return 0
    do, arguments = _VERBS[BulkVerb(job["verb"])], orjson.loads(job["arguments"])
    refusals = await _do_all(session, lambda ids: do(session, ids, arguments), [row["lead_id"] for row in rows])
    outcomes = [BulkOutcome.REFUSED if one else BulkOutcome.DONE for one in refusals]
    codes, reasons = ([part and part[place] for part in refusals] for place in (0, 1))
    places = [row["position"] for row in rows]
    await session.execute("bulk", "record_outcomes", job["id"], places, outcomes, codes, reasons)
    await session.execute("bulk", "note_progress", job["id"], done + len(rows), len(rows) - refusals.count(None))
    tell_of_bulk_operation(session, job["id"])
    return len(rows)


async def _do_all(session: Session, do: DoTo, lead_ids: list[UUID]) -> list[tuple[str, str] | None]:
    """All at once where nobody stands in the way, or else one by one, so that each has its own answer."""
    try:
        async with session.apart():
            await do(lead_ids)
    except Refusal:
        return [await _do_one(session, do, id) for id in lead_ids]
    return [None] * len(lead_ids)


async def _do_one(session: Session, do: DoTo, lead_id: UUID) -> tuple[str, str] | None:
    try:
        async with session.apart():
            await do([lead_id])
    except Refusal as refusal:
        return refusal.code.name, refusal.message
    return None


async def _tag(session: Session, ids: Sequence[UUID], arguments: Arguments) -> None:
    await tag_leads(session, ids, arguments["tags"])


async def _untag(session: Session, ids: Sequence[UUID], arguments: Arguments) -> None:
    await untag_leads(session, ids, arguments["tags"])


async def _assign(session: Session, ids: Sequence[UUID], arguments: Arguments) -> None:
    await assign_leads(session, ids, _member(arguments, "ownerId"), _member(arguments, "assigneeId"))
    session.tells_of_all = True


async def _add_to_dataset(session: Session, ids: Sequence[UUID], arguments: Arguments) -> None:
    await add_leads_to_dataset(session, read_id("dataset", arguments["datasetId"], "datasetId"), ids)


async def _remove_from_dataset(session: Session, ids: Sequence[UUID], arguments: Arguments) -> None:
    await remove_leads_from_dataset(session, read_id("dataset", arguments["datasetId"], "datasetId"), ids)


async def _move(session: Session, ids: Sequence[UUID], arguments: Arguments) -> None:
    stage = read_id("pipeline_stage", arguments["pipelineStageId"], "pipelineStageId")
    await move_leads(session, ids, stage)


async def _enroll(session: Session, ids: Sequence[UUID], arguments: Arguments) -> None:
    await enroll_leads(session, read_id("campaign", arguments["campaignId"], "campaignId"), ids)


def _turn(turn: Turn) -> Do:
    return lambda session, ids, _: turn_leads(session, ids, turn)


def _member(arguments: Arguments, field: str) -> UUID | Same | None:
    if field not in arguments:
        return Same.SAME
    return read_id("member", arguments[field], field) if arguments[field] else None


_VERBS: Mapping[BulkVerb, Do] = {
    BulkVerb.TAG: _tag,
    BulkVerb.UNTAG: _untag,
    BulkVerb.ASSIGN: _assign,
    BulkVerb.MOVE: _move,
    BulkVerb.ARCHIVE: _turn(ARCHIVE),
    BulkVerb.RESTORE: _turn(RESTORE),
    BulkVerb.TAKE_OVER: _turn(TAKE_OVER),
    BulkVerb.HAND_BACK: _turn(HAND_BACK),
    BulkVerb.ADD_TO_DATASET: _add_to_dataset,
    BulkVerb.REMOVE_FROM_DATASET: _remove_from_dataset,
    BulkVerb.ENROLL: _enroll,
}
