"""What comes by e-mail: answers, strangers, machines, bounces and complaints, as Postmark posts them."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from actions.credentials import Naming, deactivate_credential, store_credential
from domain.credentials import CredentialKind, CredentialProvider
from domain.ids import show_id
from domain.people import Role
from gateways.letters import GOODBYE
from tests.api.test_cal_erasing import erase
from tests.api.test_erasing import traces
from tests.play.inbound import worked_off
from tests.play.mailing import (
    bounce,
    connect,
    inbound,
    lead_of,
    mail_address,
    mailed,
    new_email,
    post,
    report,
    thread,
    write,
)
from tests.play.past import bare, hasten
from tests.play.tenant import Tenant, open_tenant
from tests.play.waiting import until


async def settled(tenant: Tenant, sql: asyncpg.Connection) -> list[dict[str, Any]]:
    open_ = "select not exists (select from inbound_webhooks where organization_id = $1 and settled_at is null)"

    async def is_settled() -> bool:
        await hasten(tenant, sql)
        return bool(await sql.fetchval(open_, tenant.organization_id))

    await until(is_settled)
    return await worked_off(tenant, sql)


async def tell(tenant: Tenant, sql: asyncpg.Connection, secret: str, *posted: dict[str, Any]) -> list[dict[str, Any]]:
    for fields in posted:
        answer = await post(tenant, fields, secret)
        assert (answer.status_code, answer.text) == (200, "Stored."), answer.text
    return await settled(tenant, sql)


async def sent_mail(tenant: Tenant, sql: asyncpg.Connection) -> tuple[str, str, str]:
    """Conversation, address and id of an e-mail that a server has."""
    conversation, theirs = await thread(tenant)
    sent = await write(tenant.agent, conversation, subject="Your roof")

    async def is_sent() -> bool:
        await hasten(tenant, sql)
        return bool((await mailed(tenant, sent["id"]))["status"] == "SENT")

    await until(is_sent)
    return conversation, theirs, sent["id"]


async def test_an_answer_finds_its_conversation(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """By what it answers, from whatever address; unread, announced, and answered in its thread."""
    ours, secret = await mail_address(tenant), await connect(tenant)
    conversation, theirs, _ = await sent_mail(tenant, sql)
    reference = (await tenant.house.postbox.sent_to(theirs))["Message-ID"]
    other = new_email()
    quoted = "Yes!\n\nOn Thu, 5 Apr 2026 at 16:59, Acme <sales@acme.example> wrote:\n> Unsubscribe here"
    answer = inbound(other, ours, quoted, "RE: Your roof", headers={"In-Reply-To": reference})
    [found] = await tell(tenant, sql, secret, answer)
    assert (found["id"], found["unreadCount"], found["status"]) == (conversation, 1, "ACTIVE")
    [reply, _] = found["messages"]["nodes"]
    assert (reply["body"], reply["sender"], reply["direction"], reply["status"]) == (
        "Yes!",
        other,
        "INBOUND",
        "RECEIVED",
    )
    assert (await lead_of(tenant, theirs))["lifecycle"] == "ENGAGED"
    next_ = await write(tenant.agent, conversation, "Good.")
    assert (await mailed(tenant, next_["id"]))["subject"] == "RE: Your roof"

    async def is_there() -> bool:
        await hasten(tenant, sql)
        return len(tenant.house.postbox.to(theirs)) == 2

    await until(is_there)
    letter = tenant.house.postbox.to(theirs)[1]
    theirs_id = answer["Headers"][0]["Value"]
    assert letter["In-Reply-To"] == theirs_id and letter["References"].split() == [reference, theirs_id]
    kinds = "select array_agg(kind) from events where organization_id = $1 and conversation_id = $2"
    assert "MESSAGE_RECEIVED" in await sql.fetchval(kinds, tenant.organization_id, bare(conversation))


async def test_who_has_the_address_and_who_is_new(tenant: Tenant, sql: asyncpg.Connection) -> None:
    ours, secret = await mail_address(tenant), await connect(tenant)
    known, unknown = new_email(), new_email()
    lead = await tenant.lead(email=known, owner_id=tenant.members[Role.AGENT])
    await sql.execute("update leads set email_problem = 'BOUNCED' where id = $1", lead)
    found = await tell(tenant, sql, secret, inbound(known.upper(), ours), inbound(unknown, ours, subject=""))
    leads = {one["lead"]["id"]: one for one in found}
    assert leads.pop(show_id("lead", lead))["assignee"] == {"id": show_id("member", tenant.members[Role.AGENT])}
    [new] = leads.values()
    assert (new["lead"]["name"], new["lead"]["source"], new["channel"]) == ("Ann Lee", "INBOUND", "EMAIL")
    assert (await lead_of(tenant, unknown))["name"] == "Ann Lee"
    assert (await lead_of(tenant, known))["emailProblem"] is None, "whoever writes can be written to"
    refused = await write(tenant.agent, new["id"])
    assert refused["field"] == "subject", "theirs said nothing of what it is about"


async def test_a_repeat_changes_nothing(tenant: Tenant, sql: asyncpg.Connection) -> None:
    ours, secret = await mail_address(tenant), await connect(tenant)
    mail = inbound(new_email(), ours)
    await asyncio.gather(*(post(tenant, mail, secret) for _ in range(5)))
    again = mail | {"MessageID": str(uuid4())}  # the same e-mail by another way
    [found] = await tell(tenant, sql, secret, mail, again)
    assert (found["unreadCount"], found["messages"]["totalCount"]) == (1, 1)
    count = "select count(*) from inbound_webhooks where organization_id = $1"
    assert await sql.fetchval(count, tenant.organization_id) == 2


async def test_two_first_e_mails_at_once_are_one_lead(tenant: Tenant, sql: asyncpg.Connection) -> None:
    ours, secret, theirs = await mail_address(tenant), await connect(tenant), new_email()
    await asyncio.gather(*(post(tenant, inbound(theirs, ours, f"{n}"), secret) for n in range(8)))
    [found] = await settled(tenant, sql)
    assert found["unreadCount"] == 8


@pytest.mark.parametrize(
    ("subject", "body", "is_stop"),
    [
        ("Re: Your roof", "STOP", True),
        ("Re: Your roof", "Unsubscribe\n\nAnn Lee\nSent from my phone", True),
        ("unsubscribe", "", True),
        ("Re: Your roof", "Hi,\n\nplease stop emailing me.\n\nAnn", True),
        ("Re: Your roof", "Please remove me from your mailing list.", True),
        ("Re: Your roof", f"Sounds good!\n\n{GOODBYE} https://x.example/unsubscribe/a", False),
        ("Re: Your roof", "When can you come?\n\n> Reply STOP to opt out", False),
        ("Cancel my appointment?", "Could we move it?", False),
    ],
)
async def test_a_stop_is_a_stop(
    tenant: Tenant, sql: asyncpg.Connection, subject: str, body: str, is_stop: bool
) -> None:
    ours, secret, theirs = await mail_address(tenant), await connect(tenant), new_email()
    await tenant.lead(email=theirs)
    [found] = await tell(tenant, sql, secret, inbound(theirs, ours, body, subject))
    lead = await lead_of(tenant, theirs)
    assert lead["optedOutOf"] == (["EMAIL"] if is_stop else [])
    assert found["messages"]["totalCount"] == 1, "machines would answer one another"
    if is_stop:
        assert (await write(tenant.agent, found["id"], subject="a"))["code"] == "LEAD_OPTED_OUT"
        await tell(tenant, sql, secret, inbound(theirs, ours, "START"))
        assert (await lead_of(tenant, theirs))["optedOutOf"] == []


async def test_machines_are_kept_and_say_nothing(tenant: Tenant, sql: asyncpg.Connection) -> None:
    ours, secret, theirs = await mail_address(tenant), await connect(tenant), new_email()
    await tenant.lead(email=theirs)
    away: dict[str, Any] = {"headers": {"Auto-Submitted": "auto-replied"}}
    [found] = await tell(
        tenant,
        sql,
        secret,
        inbound(theirs, ours, "I am away. Please stop emailing me.", **away),
        inbound("mailer-daemon@example.com", ours, "Undelivered", **away),
        inbound(ours, "somebody@example.com", "A copy of our own"),
    )
    lead = await lead_of(tenant, theirs)
    assert (found["lead"]["lifecycle"], lead["optedOutOf"], found["unreadCount"]) == ("NEW", [], 1)


async def test_what_is_in_an_e_mail(tenant: Tenant, sql: asyncpg.Connection) -> None:
    ours, secret = await mail_address(tenant), await connect(tenant)
    page = "<html><head><title>x</title></head><body><p>Hello&nbsp;<b>there</b></p><script>1</script>A &amp; B</body>"
    files = [{"Name": "plan.pdf", "Content": "QUJD" * 1000, "ContentType": "application/pdf", "ContentLength": 3000}]
    mails = [
        inbound(new_email(), ours, "", HtmlBody=page, Attachments=files),
        inbound(new_email(), ours, "long " * 40_000),
        inbound(new_email(), ours, "New\n\n> old", StrippedTextReply="New"),
        inbound(new_email(), ours, "nul \x00 half", "a\r\nBcc: b@c.example", RawEmail="x" * 100),
    ]
    found = await tell(tenant, sql, secret, *mails)
    said = {one["lead"]["id"]: one["messages"]["nodes"][0]["body"] for one in found}
    by_mail = [said[(await lead_of(tenant, mail["From"]))["id"]] for mail in mails]
    assert by_mail[0] == "Hello there\nA & B\n\n[file: plan.pdf]"
    assert len(by_mail[1]) <= 100_000
    assert by_mail[2] == "New" and by_mail[3].startswith("nul � half")
    raw = await sql.fetchval(
        "select string_agg(payload::text, '') from inbound_webhooks where organization_id = $1", tenant.organization_id
    )
    assert "QUJDQUJD" not in raw and "RawEmail" not in raw and "plan.pdf" in raw


async def test_a_hard_bounce(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S3.5 bounced: the e-mail came to nothing, and the address gets no other."""
    await mail_address(tenant)
    secret = await connect(tenant)
    conversation, theirs, sent = await sent_mail(tenant, sql)
    await tell(tenant, sql, secret, bounce(theirs, message=sent), bounce(theirs, message=sent))
    found = await mailed(tenant, sent)
    assert found["status"] == "UNDELIVERED" and "unable to deliver" in found["errorMessage"]
    assert (await lead_of(tenant, theirs))["emailProblem"] == "BOUNCED"
    assert (await write(tenant.agent, conversation, subject="a"))["code"] == "LEAD_UNREACHABLE"


async def test_a_soft_bounce_is_noted(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await mail_address(tenant)
    secret = await connect(tenant)
    _, theirs, sent = await sent_mail(tenant, sql)
    await tell(tenant, sql, secret, bounce(theirs, "SoftBounce"), bounce(theirs, "AutoResponder", sent))
    found = await mailed(tenant, sent)
    assert found["status"] == "SENT" and found["errorMessage"]
    assert (await lead_of(tenant, theirs))["emailProblem"] is None


async def test_delivered_opened_and_never_back(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S3.5 opened."""
    await mail_address(tenant)
    secret = await connect(tenant)
    _, theirs, sent = await sent_mail(tenant, sql)
    await tell(tenant, sql, secret, report("Delivery", theirs, sent))
    found = await mailed(tenant, sent)
    assert (found["status"], found["deliveredAt"]) == ("DELIVERED", "2026-04-05T16:33:54.907025+00:00")
    await tell(tenant, sql, secret, report("Open", theirs, sent))
    assert (await mailed(tenant, sent))["status"] == "READ"
    await tell(tenant, sql, secret, bounce(theirs, message=sent))
    assert (await mailed(tenant, sent))["status"] == "READ"


@pytest.mark.parametrize("named", [True, False])
async def test_a_complaint_suppresses(tenant: Tenant, sql: asyncpg.Connection, named: bool) -> None:
    await mail_address(tenant)
    secret = await connect(tenant)
    conversation, theirs, sent = await sent_mail(tenant, sql)
    await tell(tenant, sql, secret, report("SpamComplaint", theirs, sent if named else None, Type="SpamComplaint"))
    lead = await lead_of(tenant, theirs)
    assert lead["optedOutOf"] == ["EMAIL"]
    assert lead["consents"]["nodes"] == [
        {"channel": "EMAIL", "kind": "WITHDRAWN", "source": "COMPLAINT", "words": None}
    ]
    assert (await write(tenant.agent, conversation, subject="a"))["code"] == "LEAD_OPTED_OUT"


async def test_a_complaint_of_nobody_holds_for_whoever_comes(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await mail_address(tenant)
    secret, theirs = await connect(tenant), new_email()
    await tell(tenant, sql, secret, report("SpamComplaint", theirs), bounce(new_email()))
    conversation, _ = await thread(tenant, theirs)
    assert (await write(tenant.agent, conversation, subject="a"))["code"] == "LEAD_OPTED_OUT"
    kept = "select string_agg(payload::text, '') from inbound_webhooks where organization_id = $1"
    assert await sql.fetchval(kept, tenant.organization_id) == "{}{}", "nothing is kept of whom nobody knows"


async def test_the_provider_s_own_link(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await mail_address(tenant)
    secret = await connect(tenant)
    _, theirs, sent = await sent_mail(tenant, sql)
    change = {"SuppressSending": True, "SuppressionReason": "ManualSuppression", "ChangedAt": "2026-04-05T16:33:54Z"}
    by_us = report("SubscriptionChange", theirs, sent, Origin="Admin", **change)
    await tell(tenant, sql, secret, by_us)
    assert (await lead_of(tenant, theirs))["optedOutOf"] == []
    await tell(tenant, sql, secret, by_us | {"Origin": "Recipient", "ChangedAt": "2026-04-06T16:33:54Z", "ID": 7})
    assert (await lead_of(tenant, theirs))["consents"]["nodes"][0]["source"] == "LINK"


async def test_another_organization_s_e_mail_is_nothing(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection
) -> None:
    """Reports and answers that name a message of somebody else's."""
    await mail_address(tenant)
    ours, secret = await mail_address(stranger), await connect(stranger)
    conversation, theirs, sent = await sent_mail(tenant, sql)
    reference = (await tenant.house.postbox.sent_to(theirs))["Message-ID"]
    answer = inbound(theirs, ours, "STOP", headers={"In-Reply-To": reference, "References": reference})
    [found] = await tell(stranger, sql, secret, bounce(theirs, message=sent), answer)
    assert found["id"] != conversation and found["unreadCount"] == 1
    lead = await lead_of(tenant, theirs)
    assert (lead["emailProblem"], lead["optedOutOf"]) == (None, [])
    assert (await mailed(tenant, sent))["status"] == "SENT"


@pytest.mark.parametrize("scheme", ["Basic", "Bearer"])
async def test_the_password_opens_its_own_address(tenant: Tenant, stranger: Tenant, scheme: str) -> None:
    secret = await connect(tenant, "päss:word")
    mail = inbound(new_email(), "sales@acme.example")
    for key in (tenant.slug, str(tenant.organization_id), show_id("organization", tenant.organization_id)):
        if scheme == "Basic":
            assert (await post(tenant, mail, secret, key)).status_code == 200
    refused = [
        await post(tenant, mail, None),
        await post(tenant, mail, ""),
        await post(tenant, mail, "wrong", scheme=scheme),
        await post(tenant, mail, secret if scheme == "Basic" else "x", stranger.slug, scheme),
        await post(tenant, mail, "x", "nobody", scheme),
        await post(tenant, mail, "x", scheme="Digest"),
        await tenant.house.http.post(f"/webhooks/mail/{tenant.slug}", json=mail, headers={"Authorization": "Basic ?"}),
    ]
    assert {(answer.status_code, answer.text) for answer in refused} == {(403, "The password does not match.")}


async def test_a_bearer_of_another_and_one_that_is_switched_off(tenant: Tenant) -> None:
    mail, secret = inbound(new_email(), "sales@acme.example"), await connect(tenant)
    assert (await post(tenant, mail, secret, scheme="Bearer")).status_code == 200
    naming = Naming(CredentialKind.INTEGRATION, CredentialProvider.CAL, "Cal.com")
    async with tenant.house.parts.database.work(tenant.product) as session:
        await store_credential(session, naming, [("webhook_secret", "cal's")])
        found = await session.connection.fetchval(
            "select id from credentials where organization_id = $1 and provider = 'SMTP'", tenant.organization_id
        )
        await deactivate_credential(session, found)
    assert (await post(tenant, mail, "cal's")).status_code == 403
    assert (await post(tenant, mail, secret)).status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"RecordType": "Click", "MessageID": "1", "Recipient": "a@b.example"},
        {"MessageID": "1"},
        {"MessageID": "1", "From": "nobody"},
        {"From": "a@b.example"},
        {"RecordType": "Bounce", "ID": 1, "Email": 7},
        {"RecordType": ["Bounce"], "ID": 1, "Email": "a@b.example"},
    ],
)
async def test_what_says_nothing_is_not_kept(tenant: Tenant, sql: asyncpg.Connection, fields: dict[str, Any]) -> None:
    answer = await post(tenant, fields, await connect(tenant))
    assert (answer.status_code, answer.text) == (200, "Nothing to do.")
    count = "select count(*) from inbound_webhooks where organization_id = $1"
    assert await sql.fetchval(count, tenant.organization_id) == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"NaN", b'{"a": NaN}', b"[" * 100_000, b"\xff"])
async def test_what_is_no_webhook(tenant: Tenant, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {await connect(tenant)}"}
    answer = await tenant.house.http.post(f"/webhooks/mail/{tenant.slug}", content=body, headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize("place", ["Headers", "ToFull", "FromFull", "Attachments", "Subject", "TextBody", "Metadata"])
@pytest.mark.parametrize("value", [None, 7, "x", [7], {"a": 1}, [{"Name": 7, "Value": None, "Email": []}]])
async def test_odd_webhooks_stop_nothing(tenant: Tenant, sql: asyncpg.Connection, place: str, value: Any) -> None:
    secret = await connect(tenant)
    mail = inbound(new_email(), "sales@acme.example") | {place: value}
    assert (await post(tenant, json.loads(json.dumps(mail)), secret)).text == "Stored."
    assert (await post(tenant, bounce(new_email()) | {place: value}, secret)).text == "Stored."
    assert len(await settled(tenant, sql)) == 1


async def test_nothing_personal_is_left(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S2.15 and ruling 15: subject, text, addresses and what came raw."""
    ours, secret, word = await mail_address(tenant), await connect(tenant), f"word{uuid4().hex}"
    conversation, theirs, sent = await sent_mail(tenant, sql)
    other = new_email()
    reference = (await tenant.house.postbox.sent_to(theirs))["Message-ID"]
    answer = inbound(other, ours, word, f"About {word}", headers={"In-Reply-To": reference})
    answer["Headers"][0]["Value"] = f"<{word}@mail.example.com>"
    await tell(tenant, sql, secret, answer, bounce(theirs, "SoftBounce", sent, Details=word))
    await write(tenant.agent, conversation, word, subject=word)
    marks = (theirs, other, word)
    assert {found.partition(":")[0] for found in await traces(tenant, sql, *marks)} >= {"messages", "inbound_webhooks"}
    told = await erase(tenant, (await lead_of(tenant, theirs))["id"])
    assert told["webhooks"] == 2
    assert await traces(tenant, sql, *marks) == []
    again = inbound(theirs, ours, "It is me again.")
    found = await tell(tenant, sql, secret, again)
    assert len(found) == 2, "whoever writes again is somebody new"


async def test_a_killed_worker_loses_nothing(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """The answer is stored before anything is made of it, and worked off by whoever comes."""
    other = await open_tenant(tenant.house)
    ours, secret = await mail_address(other), await connect(other)
    mail = inbound(new_email(), ours)
    await post(other, mail, secret)
    [found] = await settled(other, sql)
    await sql.execute("update inbound_webhooks set settled_at = null where organization_id = $1", other.organization_id)
    [again] = await settled(other, sql)
    assert again["messages"]["totalCount"] == found["messages"]["totalCount"] == 1
