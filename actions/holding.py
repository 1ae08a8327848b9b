"""Work that is a row: claimed by one process, held for a minute at a time, and done with the rights of its maker."""

from datetime import timedelta
from uuid import UUID

from db.session import Row, Session
from domain.people import Actor, LeadScope, Permission, Rights, Role
from domain.refusals import Refusal, RefusalCode

LEASE = timedelta(seconds=60)


async def claim_work(session: Session, queue: str, holder: UUID) -> Row | None:
    """The organization's next row of a queue that is due. `queue` is the file of its statements."""
    return await session.row(queue, "claim_work", holder, LEASE)


async def hold_work(session: Session, queue: str, id: UUID, holder: UUID) -> bool:
    """Whether it is still ours to do; locks it until this unit of work ends."""
    return bool(await session.value(queue, "hold_work", id, holder, LEASE))


async def put_off_work(session: Session, queue: str, id: UUID, problem: str, delay: timedelta) -> None:
    await session.execute(queue, "put_off_work", id, problem[:500], delay)


async def maker_of(session: Session, job: Row) -> Actor:
    """Who began it, with the rights they have now; refuses where they may not act any more."""
    organization_id, member_id, api_key_id = session.actor.organization_id, job["creator_id"], job["api_key_id"]
    if member_id is None and api_key_id is None:
        return Actor(organization_id)
    if member_id:
        found = await session.row("people", "get_rights_of_member", member_id)
    else:
        found = await session.row("people", "get_rights_of_key", api_key_id)
    if found is None:
        raise Refusal(RefusalCode.FORBIDDEN, "Whoever began this may not act any more: begin it anew.")
    return Actor(organization_id, member_id, api_key_id, _rights(found))


def _rights(found: Row) -> Rights:
    permissions = frozenset(map(Permission, found["permissions"]))
    limit = None if found["dataset_ids"] is None else frozenset(found["dataset_ids"])
    if found["role"] is None:
        return Rights(permissions=permissions, dataset_ids=limit)
    return Rights.of(Role(found["role"]), LeadScope(found["lead_scope"]), permissions, limit)
