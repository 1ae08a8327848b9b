"""A past with what is said about leads: notes of colleagues, and what they asked for about being written to."""

from uuid import UUID

from actions.changing import add_lead_note
from actions.opting import opt_out_lead
from domain.conversations import Channel
from domain.ids import show_id
from domain.people import Actor
from tests.play.tenant import Tenant


async def keep_words(tenant: Tenant, agent: UUID, lead: UUID) -> dict[str, str]:
    return {"note": await keep_notes(tenant, agent, lead), "consent": await keep_consent(tenant, lead)}


async def keep_notes(tenant: Tenant, agent: UUID, lead: UUID) -> str:
    """One about a lead that is somebody's, by whom it is, and one about a lead that is nobody's."""
    await tenant.lead(note="Came with the import.")
    async with tenant.house.parts.database.work(Actor(tenant.organization_id, agent)) as session:
        return show_id("lead_note", await add_lead_note(session, lead, "Likes to be called."))


async def keep_consent(tenant: Tenant, lead: UUID) -> str:
    """A lead asked a colleague not to be called, and so did one who is nobody's."""
    other = await tenant.lead()
    of = "select id from consents where organization_id = $1 and lead_id = $2"
    async with tenant.house.parts.database.work(tenant.product) as session:
        for one in (lead, other):
            await opt_out_lead(session, one, [Channel.CALL])
        return show_id("consent", await session.connection.fetchval(of, tenant.organization_id, lead))
