"""What is done to several leads at once: all of them or none."""

from collections.abc import Sequence
from uuid import UUID

from actions.leads import Same, hand_over
from actions.locking import check_member, lock_leads
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.analytics import EventKind
from domain.lead_facts import check_tags
from domain.people import Permission
from domain.refusals import bad_input


async def tag_leads(session: Session, lead_ids: Sequence[UUID], tags: Sequence[str]) -> list[UUID]:
    """Gives tags to those who lack them. Who has them all is not changed, and nobody is told (S0.8)."""
    session.actor.require(Permission.LEADS_WRITE)
    wanted, leads = _some(tags), await lock_leads(session, lead_ids)
    for lead in leads:
        check_tags([*lead["tags"], *wanted])
    return await _changed(session, "tag_leads", leads, wanted)


async def untag_leads(session: Session, lead_ids: Sequence[UUID], tags: Sequence[str]) -> list[UUID]:
    """Takes tags from those who have them."""
    session.actor.require(Permission.LEADS_WRITE)
    return await _changed(session, "untag_leads", await lock_leads(session, lead_ids), _some(tags))


def _some(tags: Sequence[str]) -> list[str]:
    if not tags:
        raise bad_input("Name at least one tag.", "tags")
    return check_tags(tags)


async def _changed(session: Session, statement: str, leads: Sequence[Row], tags: list[str]) -> list[UUID]:
    ids = [lead["id"] for lead in leads]
    rows = await session.rows("leads", statement, ids, tags)
    await lead_changed(session, *sorted(row["id"] for row in rows))
    return ids


async def assign_leads(
    session: Session, lead_ids: Sequence[UUID], owner_id: UUID | Same | None, assignee_id: UUID | Same | None
) -> list[UUID]:
    """Hands leads over, to be owned or to be worked; None takes them away, what is the same stays."""
    session.actor.require(Permission.CONVERSATIONS_ASSIGN)
    if owner_id is Same.SAME and assignee_id is Same.SAME:
        raise bad_input("Say to whom: an owner, an assignee, or both; null for nobody.", "assigneeId")
    for member_id, field in ((owner_id, "ownerId"), (assignee_id, "assigneeId")):
        if isinstance(member_id, UUID):
            await check_member(session, member_id, field)
    ids = [lead["id"] for lead in await lock_leads(session, lead_ids)]
    session.tells_of_all = len(ids) > 1
    for id in ids:
        for handed_over in await hand_over(session, id, assignee_id, owner_id):
            session.announce(EventKind.CONVERSATION_ASSIGNED, conversation_id=handed_over)
    return ids
