"""Writing e-mails as a colleague would, and hearing what becomes of them as a mail provider posts it."""

import base64
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from actions.credentials import Naming, store_credential
from domain.credentials import CredentialKind, CredentialProvider
from domain.ids import show_id
from tests.play.callers import Caller
from tests.play.past import bare, hasten
from tests.play.postbox import Mishap
from tests.play.tenant import Tenant
from tests.play.texting import SEND
from tests.play.waiting import until

CHANGE = "mutation ($i: ChangeOrganizationInput!) { changeOrganization(input: $i) { ... on Refused { code field } } }"
START = """mutation ($l: ID!, $c: Channel!) { startConversation(input: {leadId: $l, channel: $c}) { __typename
  ... on Conversation { id channel status lead { id } } ... on Refused { code message field } } }"""
MAILED = """query ($id: ID!) { node(id: $id) { ... on Message { status subject body sender recipient segments errorCode
  errorMessage direction sentAt deliveredAt readAt } } }"""
_NAMING = Naming(CredentialKind.INTEGRATION, CredentialProvider.SMTP, "Mail")


def new_email() -> str:
    return f"{uuid4().hex}@example.com"


async def mail_address(tenant: Tenant) -> str:
    """Gives the organization an address to send from."""
    address = f"sales@{tenant.slug}.example"
    assert (await tenant.owner.ask(CHANGE, i={"mailAddress": address}))["changeOrganization"] == {}
    return address


async def start(caller: Caller, lead: str, channel: str = "EMAIL") -> dict[str, Any]:
    begun: dict[str, Any] = (await caller.ask(START, l=lead, c=channel))["startConversation"]
    return begun


async def thread(tenant: Tenant, email: str | None = None, **facts: Any) -> tuple[str, str]:
    """A conversation by e-mail with a new lead, and their address."""
    address = email or new_email()
    lead = await tenant.lead(email=address, **facts)
    return (await start(tenant.agent, show_id("lead", lead)))["id"], address


async def write(caller: Caller, conversation: str, body: str = "Hello", **more: Any) -> dict[str, Any]:
    given = {"conversationId": conversation, "body": body, "idempotencyKey": uuid4().hex} | more
    sent: dict[str, Any] = (await caller.ask(SEND, input=given))["sendMessage"]
    return sent


async def mailed(tenant: Tenant, id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await tenant.viewer.ask(MAILED, id=id))["node"]
    return found


async def connect(tenant: Tenant, secret: str | None = None) -> str:
    """Keeps the password that the mail provider posts with, as a member would in `storeCredential`."""
    password = secret or uuid4().hex
    async with tenant.house.parts.database.work(tenant.product) as session:
        await store_credential(session, _NAMING, [("webhook_secret", password)])
    return password


async def post(
    tenant: Tenant, fields: Any, password: str | None, key: str | None = None, scheme: str = "Basic"
) -> httpx.Response:
    """To the tenant's address, as a provider posts to https://anybody:password@…"""
    headers = {}
    if password is not None:
        said = base64.b64encode(f"anybody:{password}".encode()).decode() if scheme == "Basic" else password
        headers["Authorization"] = f"{scheme} {said}"
    return await tenant.house.http.post(f"/webhooks/mail/{key or tenant.slug}", json=fields, headers=headers)


def inbound(sender: str, recipient: str, body: str = "Hello?", subject: str = "A roof", **more: Any) -> dict[str, Any]:
    """An e-mail as Postmark posts it, without what nobody reads."""
    headers = [{"Name": "Message-ID", "Value": f"<{uuid4().hex}@mail.example.com>"}]
    headers += [{"Name": name, "Value": value} for name, value in more.pop("headers", {}).items()]
    return {
        "From": sender,
        "FromName": "Ann Lee",
        "FromFull": {"Email": sender, "Name": "Ann Lee", "MailboxHash": ""},
        "To": recipient,
        "ToFull": [{"Email": recipient, "Name": "", "MailboxHash": ""}],
        "OriginalRecipient": recipient,
        "Subject": subject,
        "MessageID": str(uuid4()),
        "MessageStream": "inbound",
        "Date": "Thu, 5 Apr 2026 16:59:01 +0200",
        "TextBody": body,
        "HtmlBody": "",
        "StrippedTextReply": "",
        "Headers": headers,
        "Attachments": [],
        **more,
    }


def report(record: str, email: str, message: str | None = None, **more: Any) -> dict[str, Any]:
    """What became of an e-mail, as Postmark posts it."""
    metadata = {"message": bare(message).hex} if message else {}
    return {
        "RecordType": record,
        "ID": uuid4().int % 10**15,
        "MessageID": str(uuid4()),
        "MessageStream": "outbound",
        "Metadata": metadata,
        "Email": email,
        "Recipient": email,
        "BouncedAt": "2026-04-05T16:33:54.9070259Z",
        "DeliveredAt": "2026-04-05T16:33:54.9070259Z",
        "ReceivedAt": "2026-04-05T16:33:54.9070259Z",
        **more,
    }


def bounce(email: str, kind: str = "HardBounce", message: str | None = None, **more: Any) -> dict[str, Any]:
    said = "The server was unable to deliver your message (ex: unknown user, mailbox not found)."
    return report("Bounce", email, message, **{"Type": kind, "Description": said, "Details": "smtp;550 5.1.1"} | more)


async def lead_of(tenant: Tenant, email: str) -> dict[str, Any]:
    document = """query ($e: EmailAddress!) { leads(filter: {email: {eq: $e}}) { nodes {
      id name source lifecycle emailProblem optedOutOf consents { nodes { channel kind source words } } } } }"""
    found: list[dict[str, Any]] = (await tenant.owner.ask(document, e=email))["leads"]["nodes"]
    assert len(found) == 1, found
    return found[0]


async def sent_by_a_campaign(tenant: Tenant, sql: asyncpg.Connection, conversation: str, theirs: str) -> str:
    """An e-mail that nobody wrote: it was put off until it was known for one, and has arrived since."""
    tenant.house.postbox.of_address[theirs] = Mishap.GREYLISTED
    id = bare((await write(tenant.agent, conversation, subject="Your roof"))["id"])
    tried = await sql.fetchval("update messages set kind = 'M1' where id = $1 returning attempts", id)

    async def waits_again() -> bool:
        await hasten(tenant, sql)
        again = "select attempts > $2 + 1 and status = 'QUEUED' from messages where id = $1"
        return bool(await sql.fetchval(again, id, tried))

    await until(waits_again)
    del tenant.house.postbox.of_address[theirs]

    async def is_sent() -> bool:
        await hasten(tenant, sql)
        return bool(await sql.fetchval("select status = 'SENT' from messages where id = $1", id))

    await until(is_sent)
    return show_id("message", id)
