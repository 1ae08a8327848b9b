"""A process that is killed after it has answered a webhook: the next one finishes its work, once."""

import signal

import asyncpg
import httpx

from gateways import cal_webhooks
from gateways.twilio_webhooks import sign
from tests.play.calendar import BOOKINGS, Invitee, booking, connect, day, new_uid, told
from tests.play.house import SEALING_KEYS, TWILIO_TOKEN
from tests.play.inbound import a_text, inbox
from tests.play.process import free_port, process
from tests.play.tenant import Tenant
from tests.play.waiting import until


async def post(port: int, fields: dict[str, str]) -> int:
    url = f"http://127.0.0.1:{port}/webhooks/twilio/messages"
    async with httpx.AsyncClient(trust_env=False) as http:
        headers = {"X-Twilio-Signature": sign(url, fields, TWILIO_TOKEN)}
        return (await http.post(url, data=fields, headers=headers)).status_code


async def test_a_kill_after_the_answer_loses_nothing(idle: Tenant) -> None:
    """What was answered with 200 is in the conversation and in the feed, once."""
    port, fields = free_port(), a_text(idle, Body="Do not lose me.")
    async with process(idle.house, port, WORK="false") as served:
        assert await post(port, fields) == 200
        served.kill()
        assert await served.wait() == -signal.SIGKILL
    assert await inbox(idle) == []
    async with process(idle.house, port):
        received = 'subscription { inboxEvents(after: "0") { __typename ... on MessageReceived { message { body } } } }'
        async with idle.agent.hear(received) as ear:
            assert (await ear.take(4))[3]["message"] == {"body": "Do not lose me."}
            assert await post(port, fields) == 200  # the carrier had not heard our answer, and says it again
            assert await ear.is_silent()
    [thread] = await inbox(idle)
    assert (thread["unreadCount"], thread["messages"]["totalCount"]) == (1, 1)


async def test_a_kill_in_the_middle_of_a_stop_loses_nothing_of_it(idle: Tenant) -> None:
    """Message, suppression and answer are one transaction: a kill leaves none of them, the next process all, once."""
    sql = await asyncpg.connect(idle.house.database_url)
    port, fields = free_port(), a_text(idle, Body="STOP")
    counter = "select last_seq from event_counters where organization_id = $1 for update"
    waits = "select exists (select from pg_locks where not granted)"
    kept = """select (select count(*) from messages where organization_id = $1 and direction = 'INBOUND'),
      (select count(*) from suppressions where organization_id = $1),
      (select count(*) from messages where organization_id = $1 and purpose = 'COMPLIANCE'),
      (select count(*) from consents where organization_id = $1)"""
    async with sql.transaction():
        await sql.fetchval(counter, idle.organization_id)  # which is what a unit of work writes last
        async with process(idle.house, port) as served:
            assert await post(port, fields) == 200
            await until(lambda: sql.fetchval(waits))
            served.kill()
            assert await served.wait() == -signal.SIGKILL
    assert [*(await sql.fetch(kept, idle.organization_id))[0]] == [0, 0, 0, 0]
    async with process(idle.house, port):
        settled = "select settled_at is not null from inbound_webhooks where organization_id = $1"
        await until(lambda: sql.fetchval(settled, idle.organization_id))
        assert await post(port, fields) == 200
    assert [*(await sql.fetch(kept, idle.organization_id))[0]] == [1, 1, 1, 1]
    await sql.close()


async def test_a_kill_between_storing_and_working_off_loses_no_booking(idle: Tenant) -> None:
    """S1.7: what Cal.com was told is kept is a booking, and in the feed, once."""
    port, secret = free_port(), await connect(idle)
    body = told("BOOKING_CREATED", booking(Invitee(), new_uid(), day(2)))
    url = f"http://127.0.0.1:{port}/webhooks/cal/{idle.slug}"

    async def tell() -> int:
        async with httpx.AsyncClient(trust_env=False) as http:
            headers = {"X-Cal-Signature-256": cal_webhooks.sign(body, secret)}
            return (await http.post(url, content=body, headers=headers)).status_code

    async with process(idle.house, port, WORK="false", SEALING_KEYS=SEALING_KEYS) as served:
        assert await tell() == 200
        served.kill()
        assert await served.wait() == -signal.SIGKILL
    assert (await idle.owner.ask(BOOKINGS))["bookings"]["nodes"] == []
    async with process(idle.house, port, SEALING_KEYS=SEALING_KEYS):
        changed = 'subscription { inboxEvents(after: "0") { __typename ... on BookingChanged { booking { status } } } }'
        async with idle.agent.hear(changed) as ear:
            assert [(await ear.next())["__typename"] for _ in range(2)] == ["LeadChanged", "BookingChanged"]
            assert await tell() == 200  # Cal.com had not heard our answer, and says it again
            assert await ear.is_silent()
    [found] = (await idle.owner.ask(BOOKINGS))["bookings"]["nodes"]
    assert (found["status"], found["lead"]["lifecycle"]) == ("BOOKED", "QUALIFIED")
