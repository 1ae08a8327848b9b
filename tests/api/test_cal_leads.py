"""Whose a booking is that Cal.com tells of: a lead who is there, somebody new, or nobody yet (S1.7)."""

import asyncpg

from domain.ids import show_id
from tests.play.calendar import Invitee, booking, bookings, connect, day, new_uid, tell, told
from tests.play.past import bare
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until


async def test_a_booking_that_names_anothers_lead_is_nobodys(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection
) -> None:
    """As if the id had never been: whoever has the address is found, and nothing of the other is touched."""
    lead, secret, ann = await tenant.lead(), await connect(stranger), Invitee()
    before = await sql.fetchrow("select * from leads where id = $1", lead)
    named = booking(ann, new_uid(), day(2), metadata={"rekindleLead": show_id("lead", lead)})
    await tell(stranger, secret, told("BOOKING_CREATED", named))
    [found] = await bookings(stranger, sql)
    assert (found["lead"]["email"], found["lead"]["source"]) == (ann.email, "CAL")
    assert await sql.fetchrow("select * from leads where id = $1", lead) == before
    assert await bookings(tenant, sql) == []


async def test_whose_it_is(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Who is named before who has the address, an e-mail address before a number, however either was written."""
    secret, phone = await connect(tenant), next_number()
    named, mailed, called = (
        await tenant.lead(),
        await tenant.lead(email="by-mail@example.com"),
        await tenant.lead(phone=phone),
    )
    spelt = f"0{phone[3:7]} {phone[7:]}"
    for place, (metadata, email, number) in enumerate(
        [
            ({"rekindleLead": show_id("lead", named)}, "by-mail@example.com", spelt),
            ({}, " By-Mail@Example.com ", spelt),
            ({}, "nobody@example.com", spelt),
            ({}, f"{phone[1:]}@sms.cal.com", phone),
        ]
    ):
        invitee = Invitee(email=email, phone=number)
        body = told("BOOKING_CREATED", booking(invitee, new_uid(), day(place + 1), metadata=metadata))
        await tell(tenant, secret, body)
    found = [bare(one["lead"]["id"]) for one in await bookings(tenant, sql)]
    assert found == [named, mailed, called, called]


async def test_whoever_gives_a_number_alone_becomes_a_lead_without_an_address_that_was_made_up(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    secret, phone = await connect(tenant), next_number()
    invitee = Invitee("Bo", f"{phone[1:]}@sms.cal.com", phone)
    await tell(tenant, secret, told("BOOKING_CREATED", booking(invitee, new_uid(), day(1))))
    [found] = await bookings(tenant, sql)
    lead = found["lead"]
    assert (lead["name"], lead["phone"], lead["email"], lead["source"]) == ("Bo", phone, None, "CAL")


async def test_what_no_lead_may_have_keeps_nobody_from_becoming_one(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Who would be refused as a lead for a name or an address that is too long is one without it."""
    secret, phone, email = await connect(tenant), next_number(), f"{new_uid()}@example.com"
    for place, invitee in enumerate(
        (Invitee("x" * 150 + " Lee", email), Invitee("Bo", "x" * 250 + "@example.com", phone))
    ):
        await tell(tenant, secret, told("BOOKING_CREATED", booking(invitee, new_uid(), day(place + 1))))
    leads = [one["lead"] for one in await bookings(tenant, sql)]
    assert [(one["name"], one["email"], one["phone"]) for one in leads] == [("Lee", email, None), ("Bo", None, phone)]


async def test_one_without_an_address_waits_for_somebody_to_be_found(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Kept and tried again, while others go on."""
    secret, ann = await connect(tenant), Invitee(email="no address", phone="12")
    good = told("BOOKING_CREATED", booking(Invitee(), new_uid(), day(3)))
    await tell(tenant, secret, told("BOOKING_CREATED", booking(ann, new_uid(), day(1))), good)
    settled = "select count(*) from inbound_webhooks where organization_id = $1 and settled_at is not null"

    async def is_one_settled() -> bool:
        return bool(await sql.fetchval(settled, tenant.organization_id) == 1)

    await until(is_one_settled)
    look = "select problem from inbound_webhooks where organization_id = $1 and settled_at is null and attempts > 0"
    assert "or whose" in await until(lambda: sql.fetchval(look, tenant.organization_id))
    await sql.execute(
        "delete from inbound_webhooks where organization_id = $1 and settled_at is null", tenant.organization_id
    )
    assert len(await bookings(tenant, sql)) == 1
