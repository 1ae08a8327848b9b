"""A past with answers of Sophie's: one that people decide about, one they decided against, and what it took."""

from uuid import UUID

from actions.answering import record_use
from actions.drafts import Written, settle_draft
from actions.suggesting import reject_draft, suggest_reply
from db.session import Session
from domain.answering import Usage
from domain.drafts import DraftReason, DraftStatus, ModelOutcome, ModelPurpose
from domain.ids import show_id
from tests.play.tenant import Tenant


async def keep_drafts(tenant: Tenant, conversation: str) -> dict[str, str]:
    """A proposal in the conversation, which no worker touches, and one in nobody's, which was rejected."""
    other, _ = await tenant.text("Who is this?")
    async with tenant.house.parts.database.work(tenant.product) as session:
        rejected = await propose(session, _id(other))
        await reject_draft(session, rejected, "Too long.")
        return {
            "draft": show_id("draft", await propose(session, _id(conversation))),
            "old_draft": show_id("draft", rejected),
            "model_use": show_id("model_use", await keep_use(session)),
        }


async def propose(session: Session, conversation_id: UUID, body: str = "Which day would suit you?") -> UUID:
    """As if Sophie had written it, in the unit of work in which she was asked: no worker sees that it waits."""
    draft_id = await suggest_reply(session, conversation_id)
    written = Written(body, model="rules")
    draft = {"id": draft_id, "conversation_id": conversation_id}
    await settle_draft(session, draft, DraftStatus.PROPOSED, DraftReason.COPILOT, written=written)
    return draft_id


async def keep_use(session: Session) -> UUID:
    """A question to a model, and what it took."""
    usage = Usage("test:pen", 100, 20, 5)
    await record_use(session, ModelPurpose.ANSWER, ModelOutcome.ANSWERED, usage, 360)
    of = "select id from model_uses where organization_id = $1 limit 1"
    id: UUID = await session.connection.fetchval(of, session.actor.organization_id)
    return id


def _id(shown: str) -> UUID:
    return UUID(shown.rpartition("_")[2])
