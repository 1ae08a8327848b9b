"""Cal.com as it posts to an organization: connected by a secret, and telling what became of bookings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from actions.credentials import Naming, store_credential
from domain.credentials import CredentialKind, CredentialProvider
from gateways.cal_webhooks import sign
from tests.play.past import hasten
from tests.play.tenant import Tenant
from tests.play.waiting import until

SITE = "https://cal.example.com"
_NAMING = Naming(CredentialKind.INTEGRATION, CredentialProvider.CAL, "Cal.com")
BOOKINGS = """{ bookings(first: 100, order: [{startsAt: ASC}]) { nodes {
  id status externalId startsAt endsAt timeZone title notes meetingUrl pageUrl
  attendeeName attendeeEmail attendeePhone bookedAt cancelledAt cancelReason
  rescheduledFrom { externalId } rescheduledTo { externalId }
  lead { id name email phone source lifecycle temperature callBooked nextBooking { externalId } } } } }"""


def day(days: float) -> datetime:
    """So many days from now, on the full hour."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=days)


def new_uid() -> str:
    return uuid4().hex[:22]


@dataclass(frozen=True, slots=True)
class Invitee:
    """Who books, as they fill in the form."""

    name: str = "Ann Lee"
    email: str = field(default_factory=lambda: f"{uuid4().hex}@example.com")
    phone: str | None = None

    @property
    def attendee(self) -> dict[str, Any]:
        facts = {"name": self.name, "email": self.email, "timeZone": "Europe/Paris", "language": {"locale": "en"}}
        return facts | ({"phoneNumber": self.phone} if self.phone else {})


def booking(invitee: Invitee, uid: str, starts_at: datetime, **more: Any) -> dict[str, Any]:
    """The payload as Cal.com writes it, without what nobody reads."""
    return {
        "bookerUrl": SITE,
        "type": "30min",
        "title": f"30min between Sam and {invitee.name}",
        "additionalNotes": "It is about the roof.",
        "startTime": starts_at.isoformat(),
        "endTime": (starts_at + timedelta(minutes=30)).isoformat(),
        "organizer": {"name": "Sam", "email": "sam@example.com", "timeZone": "Europe/London"},
        "attendees": [invitee.attendee],
        "responses": {
            "name": {"label": "your_name", "value": invitee.name},
            "email": {"label": "email_address", "value": invitee.email},
        },
        "seatsPerTimeSlot": None,
        "uid": uid,
        "length": 30,
        **more,
    }


def told(event: str, payload: Mapping[str, Any], at: datetime | None = None) -> bytes:
    created_at = (at or datetime.now(UTC)).isoformat().replace("+00:00", "Z")
    return json.dumps({"triggerEvent": event, "createdAt": created_at, "payload": payload}).encode()


async def connect(tenant: Tenant, secret: str | None = None) -> str:
    """Keeps the secret that Cal.com signs with, as a member would in `storeCredential`."""
    signing = secret or uuid4().hex
    async with tenant.house.parts.database.work(tenant.product) as session:
        await store_credential(session, _NAMING, [("webhook_secret", signing)])
    return signing


async def post(
    tenant: Tenant, body: bytes, secret: str | None, key: str | None = None, **headers: str
) -> httpx.Response:
    """To the tenant's address, signed with the secret unless a header says otherwise."""
    signed = {"X-Cal-Signature-256": sign(body, secret)} if secret else {}
    given = {"Content-Type": "application/json", **signed, **headers}
    return await tenant.house.http.post(f"/webhooks/cal/{key or tenant.slug}", content=body, headers=given)


async def bookings(tenant: Tenant, sql: asyncpg.Connection) -> list[dict[str, Any]]:
    """Every booking, the earliest first, once every stored webhook has been worked off."""
    open_ = "select not exists (select from inbound_webhooks where organization_id = $1 and settled_at is null)"

    async def is_settled() -> bool:
        await hasten(tenant, sql)
        return bool(await sql.fetchval(open_, tenant.organization_id))

    await until(is_settled)
    found: list[dict[str, Any]] = (await tenant.owner.ask(BOOKINGS))["bookings"]["nodes"]
    return found


async def tell(tenant: Tenant, secret: str, *bodies: bytes) -> None:
    for body in bodies:
        assert (await post(tenant, body, secret)).status_code == 200
