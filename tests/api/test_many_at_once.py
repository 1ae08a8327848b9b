"""Webhooks that wait together are worked off together: in order, once, and one that fails fails alone."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from actions.leads import hand_over
from domain.people import Role
from tests.play.inbound import a_text, inbox, post, say
from tests.play.past import bare
from tests.play.tenant import Tenant, next_number
from workers.inbound import take_webhooks

SETTLED = "select count(*) from inbound_webhooks where settled_at is not null"


@pytest.fixture
async def owner(idle: Tenant) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(idle.house.database_url)
    yield connection
    await connection.close()


async def take(tenant: Tenant) -> bool:
    return await take_webhooks(tenant.house.parts.database, tenant.organization_id)


async def test_texts_of_known_and_new_leads_are_received_in_order(idle: Tenant, owner: asyncpg.Connection) -> None:
    known, closed, new = [next_number() for _ in range(3)]
    await idle.text("0", sender=known)
    conversation, _ = await idle.text("0", sender=closed)
    await owner.execute("update conversations set status = 'CLOSED' where id = $1", bare(conversation))
    for number in range(1, 4):
        for phone in (known, closed, new):
            await say(idle, str(number), phone, media=["https://example.com/1", "https://example.com/2"])
    again = await owner.fetchval("select provider_id from inbound_webhooks order by id limit 1")
    await owner.execute("update inbound_webhooks set settled_at = null")
    assert await take(idle) is False, "there is no more"
    await owner.execute("update inbound_webhooks set settled_at = null where provider_id = $1", again)
    await take(idle)
    threads = {thread["lead"]["phone"]: thread for thread in await inbox(idle)}
    for phone, count in ((known, 4), (closed, 4), (new, 3)):
        messages = threads[phone]["messages"]["nodes"]
        assert [message["body"] for message in messages] == [str(n) for n in reversed(range(4 - count, 4))]
        assert (threads[phone]["unreadCount"], threads[phone]["status"]) == (count, "ACTIVE")
        assert messages[0]["mediaUrls"] == ["https://example.com/1", "https://example.com/2"]
        assert threads[phone]["lead"]["lifecycle"] == "ENGAGED"
    kinds = await owner.fetch("select seq, kind from events where kind = 'MESSAGE_RECEIVED' order by seq")
    assert len(kinds) == 11
    assert await owner.fetchval("select max(seq) = count(*) from events") is True


async def test_one_that_fails_is_put_off_alone(idle: Tenant, owner: asyncpg.Connection) -> None:
    phone = next_number()
    await idle.text("0", sender=phone)
    await say(idle, "1", phone)
    await post(idle.house, a_text(idle, From=phone, NumMedia="many"))
    await say(idle, "2", phone)
    await post(idle.house, a_text(idle, From="x" * 40))  # which no lead can have
    await say(idle, "3", phone)
    await take(idle)
    assert await owner.fetchval(SETTLED) == 3
    [thread] = await inbox(idle)
    assert [message["body"] for message in thread["messages"]["nodes"]] == ["3", "2", "1", "0"]
    problems = await owner.fetch("select attempts, problem from inbound_webhooks where settled_at is null order by id")
    assert [row["attempts"] for row in problems] == [1, 1]
    assert problems[0]["problem"].startswith("ValueError")


async def test_one_worker_at_a_time_has_the_queue(idle: Tenant, owner: asyncpg.Connection) -> None:
    for number in range(30):
        await say(idle, str(number))
    assert sorted(await asyncio.gather(*(take(idle) for _ in range(3)))) == [False, False, True]
    assert await owner.fetchval(SETTLED) == 20
    assert await take(idle) is False and await owner.fetchval(SETTLED) == 30


async def test_many_leads_are_locked_in_one_order(idle: Tenant) -> None:
    """Texts come in the order opposite to that in which somebody else hands their leads over, in one unit of work."""
    phones = [next_number() for _ in range(10)]
    leads = sorted([await idle.lead(phone=phone) for phone in phones])
    for phone in phones:
        await idle.text(sender=phone)

    async def hand_all_over() -> None:
        async with idle.house.parts.database.work(idle.product) as session:
            for lead in leads:
                await hand_over(session, lead, idle.members[Role.AGENT])
                await asyncio.sleep(0.01)

    for phone in reversed(phones):
        await say(idle, "now", phone)
    await asyncio.gather(hand_all_over(), take(idle))
    assert {thread["unreadCount"] for thread in await inbox(idle)} == {2}
