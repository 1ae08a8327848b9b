"""Texts in doubt: never sent twice, settled by asking; and reports that come late, twice or too early."""

from collections.abc import Sequence

import asyncpg
import pytest

from cli.demo.carrier_texts import CarrierText
from tests.play.past import bare, end_leases, hasten, settled
from tests.play.tenant import Tenant
from tests.play.texting import calm_down, reaches, read, send, taken
from tests.play.waiting import until


@pytest.fixture
async def conversation(tenant: Tenant, sql: asyncpg.Connection) -> str:
    await calm_down(sql)
    return (await tenant.text())[0]


async def in_doubt(tenant: Tenant, sql: asyncpg.Connection, id: str) -> None:
    """The carrier has it, we do not know, and the lease has ended."""

    async def is_taken() -> list[CarrierText]:
        return taken(tenant)

    await until(is_taken)
    assert await sql.fetchval("select status from messages where id = $1", bare(id)) == "SENDING"
    await end_leases(tenant, sql)


async def test_a_broken_answer_is_settled_by_asking(tenant: Tenant, sql: asyncpg.Connection, conversation: str) -> None:
    """Its reports overtake the receipt and are kept until it is there."""
    tenant.house.carrier.drop_next()
    sent = await send(tenant.agent, conversation)
    await in_doubt(tenant, sql, sent["id"])
    await reaches(tenant, sql, sent["id"], "DELIVERED")
    assert len(taken(tenant)) == 1


async def test_a_silent_carrier_is_settled_by_asking(
    tenant: Tenant, sql: asyncpg.Connection, conversation: str
) -> None:
    carrier = tenant.house.carrier
    carrier.hang_next()
    sent = await send(tenant.agent, conversation)

    async def is_taken() -> list[CarrierText]:
        return taken(tenant)

    await until(is_taken)
    await carrier.refuse_connections()  # what a timeout does, without waiting for it
    await carrier.accept_connections()
    await end_leases(tenant, sql)
    await reaches(tenant, sql, sent["id"], "DELIVERED")
    assert len(taken(tenant)) == 1


async def test_what_the_carrier_never_took_is_sent_again(
    tenant: Tenant, sql: asyncpg.Connection, conversation: str
) -> None:
    """A server error leaves doubt; asking clears it; then, and only then, the text goes again."""
    tenant.house.carrier.fail_next(http_status=500)
    sent = await send(tenant.agent, conversation)
    tried = "select attempts from messages where id = $1"
    await until(lambda: sql.fetchval(tried, bare(sent["id"])))
    await end_leases(tenant, sql)

    async def is_sent() -> bool:
        await end_leases(tenant, sql)
        await sql.execute(
            "update messages set scheduled_at = now() where id = $1 and status = 'QUEUED'", bare(sent["id"])
        )
        return (await read(tenant, sent["id"]))["status"] in ("SENT", "DELIVERED")

    await until(is_sent)
    assert len(taken(tenant)) == 1


@pytest.mark.parametrize("was_taken", [True, False])
async def test_the_same_words_twice_are_two_texts(
    tenant: Tenant, sql: asyncpg.Connection, conversation: str, was_taken: bool
) -> None:
    """Settling the second must not take the first one's receipt for its own."""
    first = await send(tenant.agent, conversation, "Same words.")
    await reaches(tenant, sql, first["id"], "DELIVERED")
    carrier = tenant.house.carrier
    asked = carrier.create_count
    carrier.drop_next() if was_taken else carrier.fail_next(http_status=500)
    second = await send(tenant.agent, conversation, "Same words.")

    async def is_asked() -> bool:
        return carrier.create_count > asked

    async def is_delivered() -> bool:
        await end_leases(tenant, sql)
        await hasten(tenant, sql)
        return bool((await read(tenant, second["id"]))["status"] == "DELIVERED")

    await until(is_asked)
    await until(is_delivered)
    ids = "select external_id from messages where organization_id = $1 and direction = 'OUTBOUND'"
    kept = [row[0] for row in await sql.fetch(ids, tenant.organization_id)]
    assert len(kept) == 2 and set(kept) == {text.sid for text in taken(tenant)}


async def reported(tenant: Tenant, sql: asyncpg.Connection, id: str, statuses: Sequence[str]) -> str:
    """Posts these reports on the text, and answers where it stands when all of them have been worked off."""
    text = taken(tenant)[0]
    for status in statuses:
        await tenant.house.carrier.report(text, status, 30008 if status == "failed" else None)
    assert tenant.house.carrier.reports[-1].http_status == 200
    await settled(tenant, sql)
    stands: str = (await read(tenant, id))["status"]
    return stands


async def test_late_and_repeated_reports_never_lower_the_status(
    tenant: Tenant, sql: asyncpg.Connection, conversation: str
) -> None:
    sent = await send(tenant.agent, conversation)
    delivered = await reaches(tenant, sql, sent["id"], "DELIVERED")
    assert await reported(tenant, sql, sent["id"], ["queued", "sending", "sent", "delivered"]) == "DELIVERED"
    assert await reported(tenant, sql, sent["id"], ["failed", "undelivered"]) == "DELIVERED"
    assert await read(tenant, sent["id"]) == delivered
    assert await reported(tenant, sql, sent["id"], ["read", "delivered", "sent"]) == "READ"
    final = await read(tenant, sent["id"])
    assert final["deliveredAt"] == delivered["deliveredAt"] and final["readAt"]


async def test_a_word_we_do_not_know_is_answered_and_forgotten(
    tenant: Tenant, sql: asyncpg.Connection, conversation: str
) -> None:
    sent = await send(tenant.agent, conversation)
    await reaches(tenant, sql, sent["id"], "DELIVERED")
    assert await reported(tenant, sql, sent["id"], ["pondering"]) == "DELIVERED"


async def test_repeated_reports_are_told_once(tenant: Tenant, sql: asyncpg.Connection, conversation: str) -> None:
    sent = await send(tenant.agent, conversation)
    await reaches(tenant, sql, sent["id"], "DELIVERED")
    await settled(tenant, sql)
    count = "select last_seq from event_counters where organization_id = $1"
    before = await sql.fetchval(count, tenant.organization_id)
    await reported(tenant, sql, sent["id"], ["delivered", "delivered", "sent"])
    assert await sql.fetchval(count, tenant.organization_id) == before
