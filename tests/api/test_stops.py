"""What a text does before anybody reads it: STOP, START and HELP through the webhook.

Who unsubscribes is suppressed, and has come no further by it (S3.2).
"""

from typing import Any

import asyncpg
import pytest

from domain.ids import show_id
from tests.play.callers import Caller
from tests.play.inbound import a_text, post, say, worked_off
from tests.play.past import bare
from tests.play.tenant import Tenant, next_number
from tests.play.texting import taken
from tests.play.waiting import until

LEAD = """query ($p: PhoneNumber!) { leads(filter: {phone: {eq: $p}}) { nodes { id optedOutOf contactStatus lifecycle
  consents { nodes { channel kind source words message { body } recordedBy { id } } }
  conversations { nodes { channel messages { nodes { id body direction purpose status errorCode } } } } } } }"""
WORDS = [
    "stop", "StopAll", "stop all", "UNSUBSCRIBE", "unsub", "Cancel.", "END", "quit!", "revoke", "opt out", "OptOut",
    "ARRÊT", "ＳＴＯＰ 🛑",
]  # fmt: skip
OUT, BACK, HELP = "opted out", "hear from us again. Reply STOP", "texting with our team"


async def lead_of(tenant: Tenant, phone: str) -> dict[str, Any]:
    [found] = (await tenant.owner.ask(LEAD, p=phone))["leads"]["nodes"]
    one: dict[str, Any] = found
    return one


async def hear(tenant: Tenant, sql: asyncpg.Connection, body: str, phone: str) -> dict[str, Any]:
    """Says it, and answers the lead once that has been worked off and all that follows has been sent."""
    await say(tenant, body, phone)
    await worked_off(tenant, sql)
    return await calm(tenant, sql, phone)


async def calm(tenant: Tenant, sql: asyncpg.Connection, phone: str) -> dict[str, Any]:
    waits = (
        "select not exists (select from messages where organization_id = $1 and purpose = 'COMPLIANCE' and status in"
    )
    await until(lambda: sql.fetchval(f"{waits} ('QUEUED', 'SENDING'))", tenant.organization_id))
    return await lead_of(tenant, phone)


def answers(tenant: Tenant, phone: str) -> list[str]:
    return [text.body for text in taken(tenant) if text.recipient == phone]


async def send(caller: Caller, conversation: str) -> dict[str, Any]:
    document = """mutation ($i: SendMessageInput!) { a: sendMessage(input: $i) { ... on Message { id status }
      ... on Refused { code } } }"""
    given = {"conversationId": conversation, "body": "Hello.", "idempotencyKey": next_number()}
    sent: dict[str, Any] = (await caller.ask(document, i=given))["a"]
    return sent


@pytest.mark.parametrize("body", WORDS)
async def test_every_keyword_opts_out_and_is_answered_once(tenant: Tenant, sql: asyncpg.Connection, body: str) -> None:
    phone = next_number()
    lead = await hear(tenant, sql, body, phone)
    assert (lead["optedOutOf"], lead["contactStatus"], lead["lifecycle"]) == (["SMS"], "REMOVED", "NEW")
    [answer] = answers(tenant, phone)
    assert OUT in answer and tenant.slug.title() in answer and "START" in answer
    [consent] = lead["consents"]["nodes"]
    assert (consent["channel"], consent["kind"], consent["source"]) == ("SMS", "WITHDRAWN", "KEYWORD")
    assert consent["message"] == {"body": body} and consent["recordedBy"] is None
    [thread] = lead["conversations"]["nodes"]
    assert [(one["direction"], one["purpose"]) for one in thread["messages"]["nodes"]] == [
        ("OUTBOUND", "COMPLIANCE"),
        ("INBOUND", "CONVERSATION"),
    ]
    assert await sql.fetchval(
        "select reason from suppressions where organization_id = $1 and lifted_at is null", tenant.organization_id
    ) == "KEYWORD"  # fmt: skip


async def test_a_plea_in_words_of_ones_own_counts_as_well(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    lead = await hear(tenant, sql, "Please don’t text me again 🙏", phone)
    assert lead["optedOutOf"] == ["SMS"] and len(answers(tenant, phone)) == 1
    [consent] = lead["consents"]["nodes"]
    assert (consent["source"], consent["words"]) == ("FREE_TEXT", "don't text")


@pytest.mark.parametrize(
    "body", ["I can't stop thinking about it", "when does the offer end?", "yes", "don't stop", "START"]
)
async def test_what_asks_for_nothing_is_a_text_like_any_other(
    tenant: Tenant, sql: asyncpg.Connection, body: str
) -> None:
    phone = next_number()
    lead = await hear(tenant, sql, body, phone)
    assert (lead["optedOutOf"], lead["lifecycle"], lead["consents"]["nodes"]) == ([], "ENGAGED", [])
    assert answers(tenant, phone) == []


async def test_a_second_stop_is_not_answered(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """It is evidence once more, and in the conversation."""
    phone = next_number()
    await hear(tenant, sql, "STOP", phone)
    lead = await hear(tenant, sql, "I said stop", phone)
    assert lead["optedOutOf"] == ["SMS"] and len(answers(tenant, phone)) == 1
    assert [one["source"] for one in lead["consents"]["nodes"]] == ["FREE_TEXT", "KEYWORD"]


@pytest.mark.parametrize("body", ["START", "unstop", "Yes."])
async def test_start_comes_back(tenant: Tenant, sql: asyncpg.Connection, body: str) -> None:
    phone = next_number()
    await hear(tenant, sql, "STOP", phone)
    lead = await hear(tenant, sql, body, phone)
    assert (lead["optedOutOf"], lead["contactStatus"]) == ([], "CONTACTED_1")
    assert [one["kind"] for one in lead["consents"]["nodes"]] == ["GIVEN", "WITHDRAWN"]
    assert [BACK in answer for answer in answers(tenant, phone)] == [False, True]
    why = "select lifted_reason from suppressions where organization_id = $1"
    assert await sql.fetchval(why, tenant.organization_id) == "They wrote START"
    conversation = show_id(
        "conversation", await sql.fetchval("select id from conversations where lead_id = $1", bare(lead["id"]))
    )
    assert (await send(tenant.agent, conversation))["status"] == "QUEUED"
    again = await hear(tenant, sql, "STOP", phone)
    assert again["optedOutOf"] == ["SMS"] and len([one for one in answers(tenant, phone) if OUT in one]) == 2


@pytest.mark.parametrize("body", ["HELP", "info"])
async def test_help_is_answered_once_an_hour(tenant: Tenant, sql: asyncpg.Connection, body: str) -> None:
    """Also whoever has opted out."""
    phone = next_number()
    await hear(tenant, sql, "STOP", phone)
    for _ in range(2):
        lead = await hear(tenant, sql, body, phone)
    assert lead["optedOutOf"] == ["SMS"]
    told = [answer for answer in answers(tenant, phone) if HELP in answer]
    assert len(told) == 1 and tenant.slug.title() in told[0] and "STOP" in told[0]
    earlier = "update messages set created_at = created_at - interval '61 minutes' where organization_id = $1"
    await sql.execute(earlier, tenant.organization_id)
    await hear(tenant, sql, body, phone)
    assert len([answer for answer in answers(tenant, phone) if HELP in answer]) == 2


async def test_texts_that_wait_are_called_back_and_no_other_is_sent(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """At any hour and in an organization that is paused the answer goes out, and nothing else does."""
    phone = next_number()
    conversation, _ = await tenant.text(sender=phone)
    await sql.execute("update organizations set status = 'PAUSED' where id = $1", tenant.organization_id)
    await sql.execute(
        "insert into messages (organization_id, id, conversation_id, lead_id, direction, status, body, sender,"
        " recipient, segments)"
        " select $1, gen_random_uuid(), c.id, c.lead_id, 'OUTBOUND', 'QUEUED', 'It waits.', $2, $3, 1"
        " from conversations c where c.organization_id = $1",
        tenant.organization_id,
        tenant.number,
        phone,
    )
    changed = "subscription ($a: Cursor) { inboxEvents(after: $a) { __typename } }"
    cursor = (await tenant.agent.ask("{ eventCursor }"))["eventCursor"]
    async with tenant.agent.hear(changed, a=cursor) as ear:
        lead = await hear(tenant, sql, "stop texting me", phone)
        told = {event["__typename"] for event in await ear.take(4)}
        assert told == {"MessageReceived", "MessageStatusChanged", "LeadChanged", "MessageSent"}
    [thread] = lead["conversations"]["nodes"]
    assert {one["body"]: one["status"] for one in thread["messages"]["nodes"]}["It waits."] == "CANCELED"
    await sql.execute("update organizations set status = 'ACTIVE' where id = $1", tenant.organization_id)
    assert (await send(tenant.agent, conversation))["code"] == "LEAD_OPTED_OUT"
    [answer] = answers(tenant, phone)
    assert OUT in answer


async def test_nothing_is_answered_for_an_organization_that_has_ended(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Who opts out has opted out all the same."""
    phone = next_number()
    await sql.execute("update organizations set status = 'CANCELLED' where id = $1", tenant.organization_id)
    await say(tenant, "STOP", phone)
    kept = "select count(*) from suppressions where organization_id = $1 and lifted_at is null"
    await until(lambda: sql.fetchval(kept, tenant.organization_id))
    assert await sql.fetchval(
        "select count(*) from messages where organization_id = $1 and direction = 'OUTBOUND'", tenant.organization_id
    ) == 0  # fmt: skip


async def test_of_two_organizations_one_is_told(tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    await hear(stranger, sql, "Hello?", phone)
    await hear(tenant, sql, "STOP", phone)
    other = await lead_of(stranger, phone)
    assert (other["optedOutOf"], other["consents"]["nodes"], answers(stranger, phone)) == ([], [], [])
    conversation = await sql.fetchval("select id from conversations where lead_id = $1", bare(other["id"]))
    assert (await send(stranger.agent, show_id("conversation", conversation)))["status"] == "QUEUED"


async def test_other_channels_are_untouched(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    await tenant.house.carrier.say(f"whatsapp:{phone}", f"whatsapp:{tenant.number}", "Hello")
    lead = await hear(tenant, sql, "STOP", phone)
    assert lead["optedOutOf"] == ["SMS"]
    threads = await sql.fetch("select id, channel from conversations where lead_id = $1", bare(lead["id"]))
    by_channel = {row["channel"]: show_id("conversation", row["id"]) for row in threads}
    assert (await send(tenant.agent, by_channel["WHATSAPP"]))["status"] == "QUEUED"
    assert (await send(tenant.agent, by_channel["SMS"]))["code"] == "LEAD_OPTED_OUT"


async def test_what_comes_together_is_heard_in_order(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Many at once are put into their conversations together; a repeat of the carrier is nothing."""
    phones = [next_number() for _ in range(4)]
    for phone in phones:
        await tenant.text(sender=phone)
    lock = "select pg_advisory_lock(hashtextextended('inbound ' || $1::uuid::text, 0))"
    await sql.fetchval(lock, tenant.organization_id)
    try:
        fields = [a_text(tenant, From=phone, Body=body) for phone in phones for body in ("STOP", "START", "Stop")]
        for one in [*fields, *fields[:3]]:
            assert (await post(tenant.house, one)).status_code == 200
    finally:
        await sql.fetchval(lock.replace("lock(", "unlock("), tenant.organization_id)
    await worked_off(tenant, sql)
    for phone in phones:
        lead = await calm(tenant, sql, phone)
        assert lead["optedOutOf"] == ["SMS"]
        assert [one["kind"] for one in lead["consents"]["nodes"]] == ["WITHDRAWN", "GIVEN", "WITHDRAWN"]
        assert len(answers(tenant, phone)) == 3


async def test_who_was_merged_is_left_alone_on_both_numbers(tenant: Tenant, sql: asyncpg.Connection) -> None:
    first, second = next_number(), next_number()
    ids = [show_id("lead", await tenant.lead(phone=phone)) for phone in (first, second)]
    merge = "mutation ($i: MergeLeadsInput!) { mergeLeads(input: $i) { __typename } }"
    await tenant.owner.ask(merge, i={"leadId": ids[0], "otherLeadId": ids[1]})
    await say(tenant, "STOP", second)
    await worked_off(tenant, sql)
    assert (await calm(tenant, sql, first))["optedOutOf"] == ["SMS"]
    assert len(answers(tenant, second)) == 1 and answers(tenant, first) == []
    await say(tenant, "START", second)
    await worked_off(tenant, sql)
    lead = await calm(tenant, sql, first)
    assert lead["optedOutOf"] == []


async def test_names_and_short_codes_are_not_answered(tenant: Tenant, sql: asyncpg.Connection) -> None:
    for sender in ("PARCEL", "60777"):
        await say(tenant, "STOP", sender)
        await say(tenant, "HELP", sender)
    threads = await worked_off(tenant, sql)
    assert [thread["messages"]["totalCount"] for thread in threads] == [2, 2]


@pytest.mark.parametrize(("word", "opted_out"), [("STOP", ["SMS"]), ("HELP", [])])
async def test_what_the_carrier_has_answered_is_not_answered_again(
    tenant: Tenant, sql: asyncpg.Connection, word: str, opted_out: list[str]
) -> None:
    """Twilio can be set to know keywords, also others than ours, and then says so."""
    phone = next_number()
    await post(tenant.house, a_text(tenant, From=phone, Body="basta", OptOutType=word))
    await worked_off(tenant, sql)
    lead = await calm(tenant, sql, phone)
    assert (lead["optedOutOf"], answers(tenant, phone)) == (opted_out, [])
    assert [one["source"] for one in lead["consents"]["nodes"]] == ["CARRIER"] * len(opted_out)


async def test_where_the_carrier_blocks_by_itself_its_answer_is_the_only_one(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    """Twilio's usual way: it answers STOP, blocks the number and says nothing of it until we send."""
    phone = next_number()
    tenant.house.carrier.opted_out.add(phone)
    lead = await hear(tenant, sql, "STOP", phone)
    [thread] = lead["conversations"]["nodes"]
    [answer] = [one for one in thread["messages"]["nodes"] if one["purpose"] == "COMPLIANCE"]
    assert (answer["status"], answer["errorCode"], answers(tenant, phone)) == ("FAILED", 21610, [])
    assert [one["source"] for one in lead["consents"]["nodes"]] == ["KEYWORD"]


async def test_an_erased_person_leaves_evidence_without_words(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    lead = await hear(tenant, sql, "take me off your list", phone)
    await tenant.owner.ask(
        "mutation ($i: EraseLeadInput!) { eraseLead(input: $i) { __typename } }", i={"leadId": lead["id"]}
    )
    of = "query ($l: ID!) { lead(id: $l) { consents { nodes { kind words message { body } } } } }"
    found = (await tenant.owner.ask(of, l=lead["id"]))["lead"]["consents"]["nodes"]
    assert found == [{"kind": "WITHDRAWN", "words": None, "message": {"body": ""}}]


async def test_who_came_back_and_is_erased_is_left_alone(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    await hear(tenant, sql, "STOP", phone)
    lead = await hear(tenant, sql, "START", phone)
    erase = "mutation ($i: EraseLeadInput!) { eraseLead(input: $i) { ... on ErasedLead { suppressed } } }"
    assert (await tenant.owner.ask(erase, i={"leadId": lead["id"]}))["eraseLead"] == {"suppressed": 3}
    found = await sql.fetch(
        "select reason, lifted_at from suppressions where organization_id = $1", tenant.organization_id
    )
    assert {tuple(row) for row in found} == {("ERASED", None)}


async def test_evidence_is_added_and_never_changed(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await hear(tenant, sql, "STOP", next_number())
    for change in (
        "update consents set kind = 'GIVEN' where organization_id = $1",
        "delete from consents where organization_id = $1",
    ):
        async with tenant.house.parts.database.work(tenant.product) as session:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with session.connection.transaction():
                    await session.connection.execute(change, tenant.organization_id)
