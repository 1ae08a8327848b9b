"""Nothing personal is left of who booked a call, wherever it was told, and whatever comes afterwards (S1.7, S2.15)."""

from uuid import uuid4

import asyncpg
import pytest

from domain.ids import show_id
from tests.api.test_erasing import traces
from tests.play.calendar import Invitee, booking, bookings, connect, day, new_uid, post, tell, told
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until

ERASE = """mutation ($id: ID!) { eraseLead(input: {leadId: $id}) {
  ... on ErasedLead { bookings webhooks records } ... on Refused { code } } }"""


async def erase(tenant: Tenant, lead: str) -> dict[str, int]:
    report: dict[str, int] = (await tenant.owner.ask(ERASE, id=lead))["eraseLead"]
    return report


async def test_nothing_personal_is_left(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Booking, raw webhooks and the audit trail; under an address that the lead never had, too."""
    secret, word, uids = await connect(tenant), f"word{uuid4().hex}", [new_uid(), new_uid()]
    ann = Invitee("Wilhelmina Roe", phone=next_number())
    lead = show_id("lead", await tenant.lead(first_name="Annabel"))
    payload = booking(ann, uids[0], day(2), additionalNotes=word, metadata={"rekindleLead": lead})
    await tell(
        tenant,
        secret,
        told("BOOKING_CREATED", payload, day(0)),
        told("BOOKING_RESCHEDULED", booking(ann, uids[1], day(3), rescheduleUid=uids[0]), day(0.1)),
        told("BOOKING_CANCELLED", booking(ann, uids[1], day(3), cancellationReason=word), day(0.2)),
    )
    await bookings(tenant, sql)
    marks = (ann.email, str(ann.phone), word, "Wilhelmina", "Annabel")
    assert {found.partition(":")[0] for found in await traces(tenant, sql, *marks)} >= {"bookings", "inbound_webhooks"}
    report = await erase(tenant, lead)
    assert (report["bookings"], report["webhooks"]) == (2, 3) and report["records"] >= 3
    assert await traces(tenant, sql, *marks) == []
    left = await bookings(tenant, sql)
    assert [(one["status"], one["startsAt"], one["externalId"]) for one in left] == [
        ("RESCHEDULED", day(2).isoformat(), uids[0]),
        ("CANCELLED", day(3).isoformat(), uids[1]),
    ]
    again = await erase(tenant, lead)
    assert (again["bookings"], again["webhooks"]) == (0, 0)


async def test_what_comes_of_them_afterwards_is_not_kept(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """The time changes, because the call does; nothing says with whom, and the webhook is emptied."""
    secret, ann, uids = await connect(tenant), Invitee("Wilhelmina Roe"), [new_uid(), new_uid()]
    await tell(tenant, secret, told("BOOKING_CREATED", booking(ann, uids[0], day(2)), day(0)))
    [found] = await bookings(tenant, sql)
    await erase(tenant, found["lead"]["id"])
    await tell(
        tenant,
        secret,
        told("BOOKING_RESCHEDULED", booking(ann, uids[1], day(4), rescheduleUid=uids[0]), day(0.1)),
        told("BOOKING_CANCELLED", booking(ann, uids[1], day(4), cancellationReason="Wilhelmina is ill"), day(0.2)),
    )
    was, now = await bookings(tenant, sql)
    assert (was["status"], now["status"], now["startsAt"]) == ("RESCHEDULED", "CANCELLED", day(4).isoformat())
    assert now["lead"]["lifecycle"] == "QUALIFIED" and now["title"] is None
    assert await traces(tenant, sql, ann.email, "Wilhelmina") == []


async def test_who_books_again_is_somebody_new(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Even by the link that the lead was given who was erased."""
    secret, ann = await connect(tenant), Invitee()
    lead = show_id("lead", await tenant.lead(email=ann.email))
    await erase(tenant, lead)
    named = booking(ann, new_uid(), day(2), metadata={"rekindleLead": lead})
    await tell(tenant, secret, told("BOOKING_CREATED", named))
    [found] = await bookings(tenant, sql)
    assert found["lead"]["id"] != lead and found["lead"]["source"] == "CAL"


@pytest.mark.parametrize("known_by", ["e-mail", "phone"])
async def test_a_webhook_that_waits_goes_too(tenant: Tenant, sql: asyncpg.Connection, known_by: str) -> None:
    """It became no booking; working it off would bring them back. Another's stays, in which they are a guest."""
    secret, phone = await connect(tenant), next_number()
    ann = Invitee("Wilhelmina Roe", phone=f"(0{phone[3:7]}) {phone[7:]}")
    by = {"email": ann.email} if known_by == "e-mail" else {"phone": phone}
    lead = show_id("lead", await tenant.lead(**({"phone": None} | by)))
    broken = booking(ann, new_uid(), day(2)) | {"startTime": "soon"}
    host = Invitee("Hermione")
    shared = booking(host, new_uid(), day(2)) | {"startTime": "soon", "attendees": [host.attendee, ann.attendee]}
    for payload in (broken, shared):
        assert (await post(tenant, told("BOOKING_CREATED", payload), secret)).status_code == 200
    failed = "select count(*) = 2 from inbound_webhooks where organization_id = $1 and attempts > 0"
    await until(lambda: sql.fetchval(failed, tenant.organization_id))
    later = "update inbound_webhooks set next_attempt_at = now() + interval '1 hour' where organization_id = $1"
    await sql.execute(later, tenant.organization_id)
    assert (await erase(tenant, lead))["webhooks"] == 1
    left = "select payload::text from inbound_webhooks where organization_id = $1"
    [kept] = await sql.fetch(left, tenant.organization_id)
    assert "Hermione" in kept["payload"]


async def test_anothers_webhooks_stay(tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection) -> None:
    """Of somebody else here, and of the same person elsewhere."""
    ann, bob = Invitee(), Invitee()
    for one, people in ((tenant, (ann, bob)), (stranger, (ann,))):
        secret = await connect(one)
        for person in people:
            await tell(one, secret, told("BOOKING_CREATED", booking(person, new_uid(), day(2))))
    mine, _ = await bookings(tenant, sql), await bookings(stranger, sql)
    anns = next(one for one in mine if one["attendeeEmail"] == ann.email)
    assert (await erase(tenant, anns["lead"]["id"]))["webhooks"] == 1
    count = "select count(*) from inbound_webhooks where organization_id = $1"
    assert [await sql.fetchval(count, one.organization_id) for one in (tenant, stranger)] == [1, 1]
