"""The pipeline: its stages, and the way of leads through them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from actions.locking import hold_stage, lock_lead
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.ids import new_id
from domain.people import LeadScope, Permission
from domain.pipeline import MOST_STAGES, USUAL_STAGES, check_stage_color, check_stage_name
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.versions import check_version

_AT_ONCE = 500


async def add_usual_stages(session: Session) -> None:
    """For an organization that begins."""
    columns = [[stage.name for stage in USUAL_STAGES], [stage.color for stage in USUAL_STAGES]]
    await session.rows("pipeline", "add_usual_stages", [new_id() for _ in USUAL_STAGES], *columns)


async def move_lead(session: Session, lead_id: UUID, stage_id: UUID) -> UUID:
    """To the top of another stage. One that stands there already stays where it is."""
    session.actor.require(Permission.LEADS_WRITE)
    found = await lock_lead(session, lead_id)
    if found["pipeline_stage_id"] != stage_id:
        await hold_stage(session, stage_id)
        await session.execute("pipeline", "move_lead", found["id"], stage_id)
        await lead_changed(session, found["id"])
    return UUID(int=found["id"].int)


async def add_stage(session: Session, name: str, color: str | None) -> UUID:
    """At the end of the pipeline."""
    if len(await _lock(session)) >= MOST_STAGES:
        raise bad_input(f"A pipeline has at most {MOST_STAGES} stages.", "name")
    stage_id = new_id()
    await session.value("pipeline", "add_stage", stage_id, check_stage_name(name), check_stage_color(color))
    return stage_id


async def change_stage(
    session: Session, stage_id: UUID, changes: Mapping[str, Any], expected_version: int | None
) -> UUID:
    """Another name or colour; its leads stay."""
    found = _stage(await _lock(session), stage_id)
    check_version(expected_version, found["version"], "stage")
    name = check_stage_name(changes["name"]) if "name" in changes else found["name"]
    color = check_stage_color(changes["color"]) if "color" in changes else found["color"]
    if (name, color) != (found["name"], found["color"]):
        await session.execute("pipeline", "change_stage", stage_id, name, color)
    return stage_id


async def reorder_stages(session: Session, stage_ids: Sequence[UUID]) -> Sequence[UUID]:
    """The whole order at once: who names a stage twice, or not at all, has read an older pipeline."""
    found = await _lock(session)
    if sorted(stage_ids) != sorted(stage["id"] for stage in found):
        raise Refusal(
            RefusalCode.CONFLICT, "Name every stage of the pipeline once: read them anew.", "pipelineStageIds"
        )
    await session.execute("pipeline", "order_stages", list(stage_ids))
    return stage_ids


async def make_stage_default(session: Session, stage_id: UUID) -> UUID:
    """New leads stand there from now on."""
    found = _stage(await _lock(session), stage_id)
    if not found["is_default"]:
        await session.execute("pipeline", "clear_default_stage")
        await session.execute("pipeline", "make_default_stage", stage_id)
    return stage_id


async def delete_stage(session: Session, stage_id: UUID, successor_id: UUID) -> bool:
    """Its leads move to another stage, and then it goes: at once where they are few, or else in the background.

    Whether it has gone. Somebody who does not see all leads cannot move them.
    """
    stages = await _lock(session)
    if session.actor.lead_scope is not LeadScope.ALL:
        raise Refusal(RefusalCode.FORBIDDEN, "You do not see all leads, so you cannot move them to another stage.")
    found = _stage(stages, stage_id)
    if stage_id == successor_id:
        raise bad_input("Name another stage for its leads.", "successorId")
    _stage(stages, successor_id, "successorId")
    if found["is_default"]:
        raise Refusal(
            RefusalCode.CONFLICT, "New leads stand here: make another stage the default first.", "pipelineStageId"
        )
    if any(stage["successor_id"] == stage_id for stage in stages):
        raise Refusal(RefusalCode.CONFLICT, "Leads are being moved here: try again in a while.", "pipelineStageId")
    await session.execute("pipeline", "give_up_stage", stage_id, successor_id)
    return await empty_stage(session, stage_id) is True


async def empty_stage(session: Session, stage_id: UUID | None = None) -> bool | None:
    """Moves some leads out of a stage that is given up, this one or any. True once it has gone; None where there is
    none that nobody else is at.
    """
    leaving = await session.row("pipeline", "claim_leaving_stage", stage_id)
    if leaving is None:
        return None
    given = (leaving["id"], leaving["successor_id"], _AT_ONCE)
    moved = await session.rows("pipeline", "move_leads_out", *given)
    await lead_changed(session, *sorted(row["id"] for row in moved if not row["is_absorbed"]))
    if len(moved) == _AT_ONCE:
        return False
    await session.execute("pipeline", "delete_stage", leaving["id"])
    return True


async def _lock(session: Session) -> list[Row]:
    """All stages; of two who arrange them one waits."""
    session.actor.require(Permission.PIPELINE_WRITE)
    await session.row("people", "lock_organization")
    return [dict(row) for row in await session.rows("pipeline", "lock_stages")]


def _stage(stages: list[Row], stage_id: UUID, field: str = "pipelineStageId") -> Row:
    for stage in stages:
        if stage["id"] == stage_id and stage["successor_id"] is None:
            return stage
    raise not_found("stage", field)
