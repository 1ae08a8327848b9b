"""Versions: everything that is kept counts its changes, and events tell the count of what they tell of (S0.24)."""

import asyncpg

from tests.play.tenant import Tenant

READ = "mutation ($id: ID!) { markConversationRead(input: {conversationId: $id}) { ... on Conversation { version } } }"
HEARD = """subscription { inboxEvents(after: "0") { __typename ... on Event { version }
  ... on ConversationChanged { conversation { version } } ... on LeadChanged { lead { version } }
  ... on MessageReceived { message { version } } ... on ConversationRead { conversation { version } } } }"""


async def test_a_change_is_counted_and_looking_is_not(tenant: Tenant) -> None:
    conversation, _ = await tenant.text()
    asked = "query ($id: ID!) { conversation(id: $id) { version updatedAt } }"
    before = (await tenant.agent.ask(asked, id=conversation))["conversation"]
    assert (await tenant.agent.ask(asked, id=conversation))["conversation"] == before
    changed = (await tenant.agent.ask(READ, id=conversation))["markConversationRead"]
    assert changed["version"] == before["version"] + 1


async def test_an_event_has_the_version_of_what_it_shows(tenant: Tenant) -> None:
    conversation, _ = await tenant.text()
    await tenant.agent.ask(READ, id=conversation)
    async with tenant.agent.hear(HEARD) as ear:
        events = await ear.take(5)
    for event in events:
        [shown] = [value["version"] for value in event.values() if isinstance(value, dict)]
        assert event["version"] == shown
    assert {event["version"] for event in events} > {1}


async def test_every_table_that_counts_counts_from_one(tenant: Tenant, sql: asyncpg.Connection) -> None:
    [version] = await sql.fetch("select version from organizations where id = $1", tenant.organization_id)
    await sql.execute("update organizations set name = name where id = $1", tenant.organization_id)
    after = await sql.fetchval("select version from organizations where id = $1", tenant.organization_id)
    assert (version["version"], after) == (1, 2)
