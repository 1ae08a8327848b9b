"""E-mails from the inbox: begun by us, sent with their thread, refused, put off, in doubt, and beside texts."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from actions.sending import claim_message
from domain.conversations import Carriage
from domain.ids import show_id
from tests.play.databases import new_database
from tests.play.house import House, open_house
from tests.play.mailing import (
    CHANGE,
    lead_of,
    mail_address,
    mailed,
    new_email,
    sent_by_a_campaign,
    start,
    thread,
    write,
)
from tests.play.past import bare, end_leases, hasten
from tests.play.postbox import Mishap
from tests.play.tenant import Tenant, open_tenant
from tests.play.texting import send
from tests.play.waiting import until


async def reaches(tenant: Tenant, sql: asyncpg.Connection, id: str, status: str) -> dict[str, Any]:
    async def is_there() -> dict[str, Any] | None:
        await hasten(tenant, sql)
        found = await mailed(tenant, id)
        return found if found["status"] == status else None

    found = await until(is_there)
    assert found
    return found


async def test_an_e_mail_goes_out_with_what_belongs_to_it(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S2.11 subject and body on the channel e-mail; the message's id is the e-mail's."""
    ours = await mail_address(tenant)
    conversation, theirs = await thread(tenant)
    sent = await write(tenant.agent, conversation, "Dear Ann,\r\n\r\nis it on?", subject="Your roof")
    assert (sent["status"], sent["segments"], sent["sender"], sent["recipient"]) == ("QUEUED", 1, ours, theirs)
    found = await reaches(tenant, sql, sent["id"], "SENT")
    assert (found["subject"], found["body"], found["direction"]) == ("Your roof", "Dear Ann,\n\nis it on?", "OUTBOUND")
    letter = await tenant.house.postbox.sent_to(theirs)
    assert letter["Message-ID"] == f"<{bare(sent['id']).hex}@{tenant.slug}.example>"
    assert letter["From"].addresses[0].addr_spec == ours and letter["From"].addresses[0].display_name
    assert letter["Subject"] == "Your roof" and "List-Unsubscribe" not in letter
    sent_at = datetime.fromisoformat(found["sentAt"])
    assert abs((datetime.now(UTC) - sent_at).total_seconds()) < 60
    assert (await lead_of(tenant, theirs))["lifecycle"] == "CONTACTED"


async def test_the_next_one_goes_on_about_it(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await mail_address(tenant)
    conversation, theirs = await thread(tenant)
    refused = await write(tenant.agent, conversation)
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", "subject")
    first = await write(tenant.agent, conversation, subject="Your roof")
    await reaches(tenant, sql, first["id"], "SENT")
    for _ in range(2):
        again = await write(tenant.agent, conversation, "And?")
        assert (await reaches(tenant, sql, again["id"], "SENT"))["subject"] == "Re: Your roof"
    letters = tenant.house.postbox.to(theirs)
    assert letters[1]["In-Reply-To"] == letters[0]["Message-ID"]
    assert letters[2]["References"] == f"{letters[0]['Message-ID']} {letters[1]['Message-ID']}"


async def test_a_campaign_s_e_mail_has_a_way_out(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await mail_address(tenant)
    conversation, theirs = await thread(tenant)
    await sent_by_a_campaign(tenant, sql, conversation, theirs)
    letter = await tenant.house.postbox.sent_to(theirs)
    assert letter["List-Unsubscribe"].startswith(f"<{tenant.house.origin}/unsubscribe/")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_what_is_refused(tenant: Tenant, sql: asyncpg.Connection) -> None:
    conversation, theirs = await thread(tenant)
    refused = await write(tenant.agent, conversation, subject="Your roof")
    assert refused["code"] == "NO_SENDER", "the organization has no address"
    await mail_address(tenant)
    for given, field in (
        ({"body": " "}, "body"),
        ({"body": "a" * 100_001}, "body"),
        ({"subject": ""}, "subject"),
        ({"subject": "a" * 251}, "subject"),
        ({"subject": "a\r\nBcc: other@example.com"}, "subject"),
        ({"subject": "a\u2028b"}, "subject"),
    ):
        refused = await write(tenant.agent, conversation, **{"subject": "Your roof", **given})
        assert (refused["code"], refused["field"]) == ("BAD_INPUT", field), given
    long = await write(tenant.agent, conversation, "a" * 100_000, subject="Your roof")
    assert long["__typename"] == "Message"
    text, _ = await tenant.text("Hello")
    refused = await write(tenant.agent, text, subject="Your roof")
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", "subject"), "a text has none"
    await sql.execute("update leads set email_problem = 'BOUNCED' where email = $1", theirs)
    assert (await write(tenant.agent, conversation, subject="a"))["code"] == "LEAD_UNREACHABLE"
    await sql.execute("update leads set email = $2 where email = $1", theirs, f"a..b{new_email()}")
    assert (await write(tenant.agent, conversation, subject="a"))["code"] == "LEAD_UNREACHABLE", "nothing goes there"


async def test_sophie_reads_what_it_is_about(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """And finds nothing in its length: no carrier bills it."""
    await mail_address(tenant)
    conversation, _ = await thread(tenant)
    sent = await write(tenant.agent, conversation, "This is a long e-mail. " * 100, subject="A cheap roof")
    reviewed = "select reviewed_at is not null from messages where id = $1"
    await until(lambda: sql.fetchval(reviewed, bare(sent["id"])))
    found = await sql.fetch("select title from insights where message_id = $1", bare(sent["id"]))
    assert [row["title"] for row in found] == ["Blacklisted: cheap"]


async def test_the_same_key_sends_one(tenant: Tenant) -> None:
    await mail_address(tenant)
    conversation, _ = await thread(tenant)
    given = {"idempotencyKey": uuid4().hex, "subject": "Your roof"}
    first = await write(tenant.agent, conversation, **given)
    assert (await write(tenant.agent, conversation, **given))["id"] == first["id"]
    other = await write(tenant.agent, conversation, **given | {"subject": "Another"})
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_an_opt_out_holds_for_the_address(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await mail_address(tenant)
    conversation, theirs = await thread(tenant)
    opt_out = "mutation ($l: ID!) { optOutLead(input: {leadId: $l, channels: [EMAIL]}) { __typename } }"
    await tenant.owner.ask(opt_out, l=(await lead_of(tenant, theirs))["id"])
    assert (await write(tenant.agent, conversation, subject="a"))["code"] == "LEAD_OPTED_OUT"


async def test_a_conversation_is_begun_once(tenant: Tenant) -> None:
    lead = show_id("lead", await tenant.lead(email=new_email(), phone="+447700900881"))
    for channel in ("EMAIL", "SMS", "WHATSAPP"):
        begun = await start(tenant.agent, lead, channel)
        assert (begun["channel"], begun["status"], begun["lead"]) == (channel, "ACTIVE", {"id": lead})
        assert await start(tenant.owner, lead, channel) == begun
    assert (await start(tenant.agent, lead, "FACEBOOK"))["code"] == "BAD_INPUT"
    only_phone = show_id("lead", await tenant.lead(phone="+447700900882"))
    assert (await start(tenant.agent, only_phone))["code"] == "LEAD_UNREACHABLE"
    sent = await send(tenant.agent, (await start(tenant.agent, only_phone, "SMS"))["id"], "Hello")
    assert (sent["status"], sent["sender"]) == ("QUEUED", tenant.number), "we may write first"


async def test_two_begin_at_once(tenant: Tenant) -> None:
    lead = show_id("lead", await tenant.lead(email=new_email()))
    begun = await asyncio.gather(*(start(tenant.agent, lead) for _ in range(6)))
    assert len({one["id"] for one in begun}) == 1


@pytest.mark.parametrize("address", ["sales", "sales@", "a b@example.com", "x@example.com\r\nBcc: y@example.com"])
async def test_an_organization_s_address_is_one(tenant: Tenant, address: str) -> None:
    refused = (await tenant.owner.ask(CHANGE, i={"mailAddress": address}))["changeOrganization"]
    assert refused == {"code": "BAD_INPUT", "field": "mailAddress"}


async def test_nobody_there(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """A server that knows the address does not exist says so at once, and it is not written to again."""
    await mail_address(tenant)
    conversation, theirs = await thread(tenant)
    tenant.house.postbox.of_address[theirs] = Mishap.NOBODY
    sent = await write(tenant.agent, conversation, subject="a")
    found = await reaches(tenant, sql, sent["id"], "FAILED")
    assert (found["errorCode"], found["errorMessage"]) == (550, "5.1.1 No such user here")
    assert (await lead_of(tenant, theirs))["emailProblem"] == "BOUNCED"
    assert (await write(tenant.agent, conversation, subject="a"))["code"] == "LEAD_UNREACHABLE"
    change = "mutation ($i: ChangeLeadInput!) { changeLead(input: $i) { ... on Lead { emailProblem } } }"
    given = {"leadId": (await lead_of(tenant, theirs))["id"], "email": new_email()}
    assert (await tenant.owner.ask(change, i=given))["changeLead"] == {"emailProblem": None}


async def test_a_no_says_nothing_about_the_address_unless_it_says_so(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await mail_address(tenant)
    conversation, theirs = await thread(tenant)
    tenant.house.postbox.of_address[theirs] = Mishap.UNWANTED
    sent = await write(tenant.agent, conversation, subject="a")
    await reaches(tenant, sql, sent["id"], "FAILED")
    assert (await lead_of(tenant, theirs))["emailProblem"] is None


async def test_later_is_later(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await mail_address(tenant)
    conversation, theirs = await thread(tenant)
    postbox = tenant.house.postbox
    postbox.of_address[theirs] = Mishap.GREYLISTED
    sent = await write(tenant.agent, conversation, subject="a")

    async def was_tried() -> bool:
        await hasten(tenant, sql)
        return bool(await sql.fetchval("select attempts > 1 from messages where id = $1", bare(sent["id"])))

    await until(was_tried)
    assert postbox.to(theirs) == []
    del postbox.of_address[theirs]
    await reaches(tenant, sql, sent["id"], "SENT")
    assert len(postbox.to(theirs)) == 1


async def test_what_nobody_knows_is_never_sent_again(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await mail_address(tenant)
    for mishap, arrived in ((Mishap.CUT_AFTER_DATA, 0), (Mishap.TAKEN_AND_CUT, 1)):
        conversation, theirs = await thread(tenant)
        tenant.house.postbox.of_address[theirs] = mishap
        sent = await write(tenant.agent, conversation, subject="a")
        found = await reaches(tenant, sql, sent["id"], "FAILED")
        assert found["errorMessage"].startswith("It may have arrived, or not, so it is not sent again.")
        del tenant.house.postbox.of_address[theirs]
        await end_leases(tenant, sql)
        await hasten(tenant, sql)
        other, _ = await thread(tenant)
        await reaches(tenant, sql, (await write(tenant.agent, other, subject="b"))["id"], "SENT")
        assert len(tenant.house.postbox.to(theirs)) == arrived


async def test_a_worker_that_died_leaves_what_nobody_knows(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Killed with the e-mail in its hands: whether the server has it cannot be asked."""
    await mail_address(tenant)
    conversation, theirs = await thread(tenant)
    tenant.house.postbox.of_address[theirs] = Mishap.GREYLISTED
    sent = await write(tenant.agent, conversation, subject="a")

    async def is_claimed() -> bool:
        await sql.execute(
            "update messages set scheduled_at = now() where id = $1 and status = 'QUEUED'", bare(sent["id"])
        )
        async with tenant.house.parts.database.work(tenant.product) as session:
            claimed = await claim_message(session, Carriage.MAIL)
        return bool(claimed and claimed["id"] == bare(sent["id"]))

    await until(is_claimed)
    del tenant.house.postbox.of_address[theirs]
    await end_leases(tenant, sql)
    found = await reaches(tenant, sql, sent["id"], "FAILED")
    assert found["errorMessage"].startswith("It may have arrived")
    assert tenant.house.postbox.to(theirs) == []


async def test_a_mail_server_that_is_away_keeps_no_text_waiting(database_url: str, house: House) -> None:
    url = await new_database(database_url, f"mail_{uuid4().hex}")
    async with open_house(url) as house:
        owner, tenant, postbox = await asyncpg.connect(url), await open_tenant(house), house.postbox
        await mail_address(tenant)
        await postbox.down()
        mails = [await write(tenant.agent, (await thread(tenant))[0], subject="a") for _ in range(5)]
        text, _ = await tenant.text("Hello")
        answered = await send(tenant.agent, text, "Yes.")
        await reaches(tenant, owner, answered["id"], "DELIVERED")
        assert {(await mailed(tenant, one["id"]))["status"] for one in mails} <= {"QUEUED", "SENDING"}
        await postbox.up()
        for one in mails:
            await reaches(tenant, owner, one["id"], "SENT")
        assert len(postbox.letters) == 5
        await owner.close()


async def test_two_organizations_write_to_one_address(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection
) -> None:
    theirs = new_email()
    for one in (tenant, stranger):
        ours = await mail_address(one)
        conversation, _ = await thread(one, theirs)
        await reaches(one, sql, (await write(one.agent, conversation, subject=one.slug))["id"], "SENT")
        assert any(ours in str(letter["From"]) for letter in one.house.postbox.to(theirs))
    assert {str(letter["Subject"]) for letter in tenant.house.postbox.to(theirs)} == {tenant.slug, stranger.slug}


async def test_a_name_adds_no_header(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await mail_address(tenant)
    name = 'Acme\r\nBcc: other@example.com\r\nX-Evil: "1" <x@y.example>'
    await sql.execute("update organizations set name = $2 where id = $1", tenant.organization_id, name)
    conversation, theirs = await thread(tenant)
    await reaches(tenant, sql, (await write(tenant.agent, conversation, subject="a"))["id"], "SENT")
    letter = await tenant.house.postbox.sent_to(theirs)
    assert {"Bcc", "X-Evil"}.isdisjoint(letter.keys())
    assert [one for _, ones in tenant.house.postbox.envelopes for one in ones if "other@example.com" in one] == []
