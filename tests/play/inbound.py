"""Texts that come in, as a carrier posts them, and the inbox they end in."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from gateways.twilio_webhooks import sign
from tests.play.house import TWILIO_TOKEN, House
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until

INBOX = """{ conversations { nodes { id channel status unreadCount lastMessageAt assignee { id }
  lead { id name phone lifecycle source } messages {
    totalCount nodes { body mediaUrls direction status sender } } } } }"""


async def inbox(tenant: Tenant) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await tenant.agent.ask(INBOX))["conversations"]["nodes"]
    return found


async def worked_off(tenant: Tenant, sql: asyncpg.Connection) -> list[dict[str, Any]]:
    """The inbox once every stored webhook has been worked off."""
    open_ = "select not exists (select from inbound_webhooks where organization_id = $1 and settled_at is null)"
    await until(lambda: sql.fetchval(open_, tenant.organization_id))
    return await inbox(tenant)


async def say(tenant: Tenant, body: str = "Hello?", sender: str | None = None, **more: Any) -> httpx.Response:
    return await tenant.house.carrier.say(sender or next_number(), tenant.number, body, **more)


async def post(house: House, fields: Mapping[str, str], url: str | None = None, **headers: str) -> httpx.Response:
    """Fields as they are, signed for the URL unless a signature is given."""
    path = "/webhooks/twilio/messages"
    given = {"X-Twilio-Signature": sign(url or f"{house.origin}{path}", fields, TWILIO_TOKEN), **headers}
    return await house.http.post(path, data=dict(fields), headers=given)


def a_text(tenant: Tenant, **given: str) -> dict[str, str]:
    fields = {"MessageSid": f"SM{uuid4().hex}", "From": next_number(), "To": tenant.number, "Body": "Hello?"}
    return fields | given


async def rows(sql: asyncpg.Connection, sid: str) -> int:
    found: int = await sql.fetchval("select count(*) from inbound_webhooks where provider_id like $1", f"{sid}%")
    return found
