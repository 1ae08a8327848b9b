"""A past with a replay: what a version would have said to a lead who was answered."""

from uuid import UUID

import asyncpg

from actions.replaying import replay_prompt_version
from domain.ids import show_id
from domain.people import Actor, Role
from tests.play.tenant import Tenant
from tests.play.waiting import until

# As if a thread of a lead whom nobody works had been among them.
_OF_NOBODY = """
insert into replay_rows (organization_id, id, replay_id, position, lead_id, conversation_id, inbound_message_id,
                         is_of_lesson)
select $2, gen_random_uuid(), $1, 1000, m.lead_id, m.conversation_id, m.id, false from messages m
where m.organization_id = $2 and m.owner_id is null and m.assignee_id is null and m.direction = 'INBOUND'
order by m.created_at limit 1"""


async def keep_replays(tenant: Tenant, sql: asyncpg.Connection, version: str) -> dict[str, str]:
    """One that has come to its end."""
    owner = Actor(tenant.organization_id, tenant.members[Role.OWNER])
    async with tenant.house.parts.database.work(owner) as session:
        replay = await replay_prompt_version(session, UUID(version.rpartition("_")[2]), 20)

    async def is_done() -> bool:
        tenant.poke()
        return bool(await sql.fetchval("select status = 'COMPLETED' from replays where id = $1", replay))

    await until(is_done)
    row = await sql.fetchval("select id from replay_rows where replay_id = $1 order by position limit 1", replay)
    await sql.execute(_OF_NOBODY, replay, tenant.organization_id)
    return {"replay": show_id("replay", replay), "replay_row": show_id("replay_row", row)}
