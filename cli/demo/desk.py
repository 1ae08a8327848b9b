"""The desk: where the demo answers leads, as a colleague or as the machine."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from actions.conversations import mark_conversation_read, send_message
from cli.demo.cast import Caller
from db.database import Database
from db.session import Session
from domain.people import Actor


async def find_conversation(session: Session, caller: Caller) -> UUID | None:
    lead_id = await session.value("leads", "get_lead_by_phone", caller.phone)
    found = await session.row("receiving", "lock_open_conversation", lead_id, caller.channel) if lead_id else None
    return found["id"] if found else None


@dataclass(frozen=True, slots=True)
class Desk:
    database: Database
    organization_id: UUID

    async def answer(self, caller: Caller, body: str, member_id: UUID | None) -> bool:
        """Without a member the machine answers. False while nothing the caller wrote has come in."""
        async with self.database.work(Actor(self.organization_id, member_id)) as session:
            conversation_id = await find_conversation(session, caller)
            if conversation_id is None:
                return False
            await mark_conversation_read(session, conversation_id)
            key = f"demo:{uuid4()}"
            await send_message(session, conversation_id, body, key, ai_generated=member_id is None)
        return True
