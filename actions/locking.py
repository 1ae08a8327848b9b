"""What is about to be changed is locked first, and refused where nothing may be done to it."""

from collections.abc import Sequence
from uuid import UUID

from db.session import Row, Session
from domain.refusals import Refusal, RefusalCode, bad_input, not_found

_MOST_AT_ONCE = 100


async def lock_lead(session: Session, lead_id: UUID, *, at_hand: bool = True) -> Row:
    """A lead that is about to be changed, or the one it was merged into; unless told otherwise one that was put away is
    refused.
    """
    found = await session.row("leads", "lock_lead", lead_id)
    if found is None:
        raise not_found("lead", "leadId")
    if at_hand:
        _check_at_hand(found, "leadId")
    return found


async def lock_leads(
    session: Session, lead_ids: Sequence[UUID], *, most: int = _MOST_AT_ONCE, at_hand: bool = True
) -> list[Row]:
    """Several, each once, in the order they are named; all of them or none."""
    if not 1 <= len(lead_ids) <= most:
        raise bad_input(f"Name between 1 and {most} leads.", "leadIds")
    resolved = {row["id"]: row["leads_to"] for row in await session.rows("leads", "resolve_leads", lead_ids)}
    if unknown := len(set(lead_ids)) - len(resolved):
        raise Refusal(RefusalCode.NOT_FOUND, f"{unknown} of these ids name no lead of your organization.", "leadIds")
    rows = await session.rows("leads", "lock_leads", list(resolved.values()))
    found = {row["id"]: dict(row) for row in rows}
    for lead in found.values() if at_hand else ():
        _check_at_hand(lead, "leadIds")
    return [found[id] for id in dict.fromkeys(resolved[id] for id in lead_ids)]


def _check_at_hand(lead: Row, field: str) -> None:
    if lead["archived_at"]:
        raise Refusal(RefusalCode.LEAD_ARCHIVED, f"{lead['name']} was put away: restore them first.", field)


async def check_member(session: Session, member_id: UUID, field: str) -> None:
    if not await session.value("people", "is_active_member", member_id):
        raise not_found("active member", field)


async def hold_stage(session: Session, stage_id: UUID) -> None:
    """Refuses a stage that is not there, or is being given up; it stays until this unit of work ends."""
    if not await session.value("pipeline", "hold_stage", stage_id):
        raise not_found("stage", "pipelineStageId")
