"""Many leads at once, in the background: chosen and begun, or given up."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from actions.locking import check_member, hold_stage
from db.bulk import write_choice
from db.session import Session
from domain.analytics import EventKind
from domain.bulk import MOST_LEADS, MOST_NAMED, BulkStatus, BulkVerb, check_arguments, permission_for
from domain.ids import new_id, read_id
from domain.lead_facts import check_tags
from domain.people import Permission
from domain.refusals import bad_input, not_found


async def begin_bulk_operation(
    session: Session,
    verb: BulkVerb,
    arguments: Mapping[str, Any],
    *,
    lead_ids: Sequence[UUID] | None,
    filter: Mapping[str, Any] | None,
) -> UUID:
    """Chooses the leads now, as whoever begins it sees them, and has them changed in the background."""
    for permission in (Permission.LEADS_WRITE, permission_for(verb)):
        session.actor.require(permission)
    await _check(session, check_arguments(verb, arguments))
    if (lead_ids is None) == (filter is None):
        raise bad_input("Say which leads: by leadIds or by a filter, not both.", "leadIds")
    id, actor = new_id(), session.actor
    who = (actor.member_id, actor.api_key_id, actor.lead_scope, actor.rights.dataset_ids)
    said = (_json(arguments), None if filter is None else _json(filter))
    await session.execute("bulk", "add_bulk_operation", id, *who, verb, *said)
    total = await _name(session, id, lead_ids) if filter is None else await _choose(session, id, filter)
    await session.execute("bulk", "set_total", id, total)
    if not total:
        await session.execute("bulk", "end_work", id, BulkStatus.COMPLETED, None)
    tell_of_bulk_operation(session, id)
    return id


async def _name(session: Session, id: UUID, lead_ids: Sequence[UUID] | None) -> int:
    if not lead_ids or len(lead_ids) > MOST_NAMED:
        raise bad_input(f"Name between 1 and {MOST_NAMED} leads, or say a filter.", "leadIds")
    return len(await session.rows("bulk", "add_named", id, lead_ids))


async def _choose(session: Session, id: UUID, filter: Mapping[str, Any]) -> int:
    values: list[Any] = []
    statement = write_choice(filter, values, MOST_LEADS + 1, session.actor.sight)
    total = int(await session.select(statement, [id, *values]) or 0)
    if total > MOST_LEADS:
        raise bad_input(
            f"These are more than {MOST_LEADS} leads: narrow the filter, and go on with the rest.", "filter"
        )
    return total


async def _check(session: Session, arguments: Mapping[str, Any]) -> None:
    """What is named must be there now; should it go while this runs, the leads that are left say so."""
    if "tags" in arguments and not check_tags(arguments["tags"]):
        raise bad_input("Name at least one tag.", "tags")
    for field in ("ownerId", "assigneeId"):
        if arguments.get(field):
            await check_member(session, read_id("member", arguments[field], field), field)
    if "pipelineStageId" in arguments:
        await hold_stage(session, read_id("pipeline_stage", arguments["pipelineStageId"], "pipelineStageId"))
    if "campaignId" in arguments:
        campaign = read_id("campaign", arguments["campaignId"], "campaignId")
        if await session.value("enrolling", "hold_campaign", campaign) is None:
            raise not_found("campaign", "campaignId")
    if "datasetId" in arguments:
        dataset = read_id("dataset", arguments["datasetId"], "datasetId")
        if await session.row("datasets", "find_dataset", dataset) is None:
            raise not_found("dataset", "datasetId")


async def cancel_bulk_operation(session: Session, id: UUID) -> UUID:
    """Goes no further; what was done stays. One that has ended stays as it is."""
    session.actor.require(Permission.LEADS_WRITE)
    found = await session.row("bulk", "lock_bulk_operation", id)
    if found is None:
        raise not_found("bulk operation", "bulkOperationId")
    if found["status"] == BulkStatus.RUNNING:
        await end_bulk_operation(session, id, BulkStatus.CANCELLED)
    return id


async def end_bulk_operation(session: Session, id: UUID, status: BulkStatus, problem: str | None = None) -> None:
    await session.execute("bulk", "end_work", id, status, problem)
    tell_of_bulk_operation(session, id)


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode()


def tell_of_bulk_operation(session: Session, id: UUID) -> None:
    session.announce(EventKind.BULK_OPERATION_CHANGED, subject_id=id)
