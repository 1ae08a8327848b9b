"""What Cal.com tells becomes bookings of leads: once, in any order, in one organization alone (S1.7, S1.5)."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.ids import show_id
from domain.leads import Lifecycle, Temperature
from domain.people import LeadScope, Role
from tests.play.calendar import SITE, Invitee, booking, bookings, connect, day, new_uid, post, tell, told
from tests.play.past import bare
from tests.play.tenant import Tenant, next_number

LEADS = "{ leads { totalCount nodes { name email phone source lifecycle temperature callBooked } } }"


async def leads(tenant: Tenant) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await tenant.owner.ask(LEADS))["leads"]["nodes"]
    return found


async def test_a_booking_is_kept_and_its_lead_is_qualified_and_hot(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.7: call_booked, time, id, url; ruling: QUALIFIED and HOT."""
    secret, ann, uid, at = await connect(tenant), Invitee(phone="07700 900123"), new_uid(), day(2)
    lead = await tenant.lead(email=ann.email, source="WEBSITE")
    payload = booking(ann, uid, at, metadata={"videoCallUrl": "https://meet.example.com/x"})
    await tell(tenant, secret, told("BOOKING_CREATED", payload, day(0)))
    [found] = await bookings(tenant, sql)
    of = found.pop("lead")
    assert (
        found.items()
        >= {
            "status": "BOOKED",
            "externalId": uid,
            "startsAt": at.isoformat(),
            "endsAt": (at + timedelta(minutes=30)).isoformat(),
            "timeZone": "Europe/Paris",
            "title": "30min between Sam and Ann Lee",
            "notes": "It is about the roof.",
            "meetingUrl": "https://meet.example.com/x",
            "pageUrl": f"{SITE}/booking/{uid}",
            "attendeeName": "Ann Lee",
            "attendeeEmail": ann.email,
            "attendeePhone": "07700 900123",
            "bookedAt": day(0).isoformat(),
            "cancelledAt": None,
            "cancelReason": None,
        }.items()
    )
    assert (of["id"], of["source"]) == (show_id("lead", lead), "WEBSITE")
    assert (of["lifecycle"], of["temperature"], of["callBooked"]) == ("QUALIFIED", "HOT", True)
    assert of["nextBooking"] == {"externalId": uid}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("NEW", "QUALIFIED"),
        ("CONTACTED", "QUALIFIED"),
        ("ENGAGED", "QUALIFIED"),
        ("QUALIFIED", "QUALIFIED"),
        ("CONVERTED", "CONVERTED"),
        ("LOST", "QUALIFIED"),
    ],
)
async def test_a_booking_moves_a_lead_forward_never_back(
    tenant: Tenant, sql: asyncpg.Connection, before: str, after: str
) -> None:
    """And reopens who was lost."""
    secret, ann = await connect(tenant), Invitee()
    await tenant.lead(email=ann.email, lifecycle=Lifecycle(before), temperature=Temperature.COLD)
    await tell(tenant, secret, told("BOOKING_CREATED", booking(ann, new_uid(), day(2))))
    [found] = await bookings(tenant, sql)
    assert (found["lead"]["lifecycle"], found["lead"]["temperature"]) == (after, "HOT")


async def test_a_cancellation_takes_back_the_call_and_not_the_interest(tenant: Tenant, sql: asyncpg.Connection) -> None:
    secret, ann, uid = await connect(tenant), Invitee(), new_uid()
    payload = booking(ann, uid, day(2))
    off = told("BOOKING_CANCELLED", payload | {"cancellationReason": "I am ill."}, day(0.5))
    await tell(tenant, secret, told("BOOKING_CREATED", payload, day(0)), off)
    [found] = await bookings(tenant, sql)
    assert (found["status"], found["cancelledAt"], found["cancelReason"]) == (
        "CANCELLED",
        day(0.5).isoformat(),
        "I am ill.",
    )
    lead = found["lead"]
    assert (lead["callBooked"], lead["nextBooking"], lead["lifecycle"]) == (False, None, "QUALIFIED")


async def test_a_request_is_no_booked_call_until_it_is_confirmed(tenant: Tenant, sql: asyncpg.Connection) -> None:
    secret, ann, uid = await connect(tenant), Invitee(), new_uid()
    await tenant.lead(email=ann.email)
    await tell(tenant, secret, told("BOOKING_REQUESTED", booking(ann, uid, day(2)), day(0)))
    [found] = await bookings(tenant, sql)
    assert (found["status"], found["bookedAt"]) == ("REQUESTED", None)
    assert (found["lead"]["callBooked"], found["lead"]["lifecycle"]) == (False, "NEW")
    await tell(tenant, secret, told("BOOKING_CREATED", booking(ann, uid, day(2)), day(0.1)))
    [found] = await bookings(tenant, sql)
    assert (found["status"], found["lead"]["callBooked"], found["lead"]["lifecycle"]) == ("BOOKED", True, "QUALIFIED")
    other = new_uid()
    await tell(
        tenant,
        secret,
        told("BOOKING_REQUESTED", booking(ann, other, day(3)), day(0)),
        told("BOOKING_REJECTED", booking(ann, other, day(3), rejectionReason="No time."), day(0.1)),
    )
    _, found = await bookings(tenant, sql)
    assert (found["status"], found["cancelReason"]) == ("CANCELLED", "No time.")


async def test_a_call_that_was_moved_is_another_that_knows_the_first(tenant: Tenant, sql: asyncpg.Connection) -> None:
    secret, ann, first, second = await connect(tenant), Invitee(), new_uid(), new_uid()
    await tell(
        tenant,
        secret,
        told("BOOKING_CREATED", booking(ann, first, day(2)), day(0)),
        told("BOOKING_RESCHEDULED", booking(ann, second, day(4), rescheduleUid=first), day(0.1)),
    )
    was, now = await bookings(tenant, sql)
    assert (was["status"], was["rescheduledTo"], was["rescheduledFrom"]) == (
        "RESCHEDULED",
        {"externalId": second},
        None,
    )
    assert (now["status"], now["rescheduledFrom"], now["rescheduledTo"]) == ("BOOKED", {"externalId": first}, None)
    assert was["lead"] == now["lead"] and now["lead"]["nextBooking"] == {"externalId": second}


async def test_one_that_keeps_its_uid_is_moved_in_its_place(tenant: Tenant, sql: asyncpg.Connection) -> None:
    secret, ann, uid = await connect(tenant), Invitee(), new_uid()
    later = told("BOOKING_RESCHEDULED", booking(ann, uid, day(4), rescheduleUid=uid), day(0.1))
    await tell(tenant, secret, later, told("BOOKING_CREATED", booking(ann, uid, day(2)), day(0)))
    [found] = await bookings(tenant, sql)
    assert (found["status"], found["startsAt"]) == ("BOOKED", day(4).isoformat())


def life(ann: Invitee, uids: Sequence[str], **first: Any) -> list[bytes]:
    """Booked, moved twice and called off; only what begins it may carry more."""
    one, two, three = uids
    return [
        told("BOOKING_CREATED", booking(ann, one, day(2), **first), day(0)),
        told("BOOKING_RESCHEDULED", booking(ann, two, day(4), rescheduleUid=one), day(0.1)),
        told("BOOKING_RESCHEDULED", booking(ann, three, day(6), rescheduleUid=two), day(0.2)),
        told("BOOKING_CANCELLED", booking(ann, three, day(6), cancellationReason="No."), day(0.3)),
    ]


ORDERS = list(permutations(range(4)))


@pytest.mark.parametrize("order", ORDERS, ids=str)
async def test_any_order_ends_the_same(tenant: Tenant, sql: asyncpg.Connection, order: tuple[int, ...]) -> None:
    """Each worked off before the next comes, and each once more; whoever books is nobody we know."""
    secret, ann, uids = await connect(tenant), Invitee(), [new_uid() for _ in range(3)]
    bodies = life(ann, uids)
    for place in order:
        await tell(tenant, secret, bodies[place])
        await bookings(tenant, sql)
    await tell(tenant, secret, *bodies)
    found = await bookings(tenant, sql)
    facts = [(one["externalId"], one["status"], one["startsAt"], one["cancelReason"]) for one in found]
    assert facts == [
        (uids[0], "RESCHEDULED", day(2).isoformat(), None),
        (uids[1], "RESCHEDULED", day(4).isoformat(), None),
        (uids[2], "CANCELLED", day(6).isoformat(), "No."),
    ]
    chain = [(one["rescheduledFrom"] or {}).get("externalId") for one in found]
    assert chain == [None, uids[0], uids[1]]
    assert [one["bookedAt"] for one in found] == [day(at).isoformat() for at in (0, 0.1, 0.2)]
    [lead] = await leads(tenant)
    assert lead == {
        "name": "Ann Lee",
        "email": ann.email,
        "phone": None,
        "source": "CAL",
        "lifecycle": "QUALIFIED",
        "temperature": "HOT",
        "callBooked": False,
    }


@pytest.mark.parametrize("order", ORDERS, ids=str)
async def test_in_any_order_all_belongs_to_the_lead_that_the_link_was_given_to(
    tenant: Tenant, sql: asyncpg.Connection, order: tuple[int, ...]
) -> None:
    """Only the first webhook carries the lead, and nobody knows the address; the copies of whose it is come along."""
    agent = tenant.members[Role.AGENT]
    lead = await tenant.lead(owner_id=agent)
    secret, ann, uids = await connect(tenant), Invitee(), [new_uid() for _ in range(3)]
    bodies = life(ann, uids, metadata={"rekindleLead": show_id("lead", lead)})
    for place in order:
        await tell(tenant, secret, bodies[place])
        await bookings(tenant, sql)
    found = await bookings(tenant, sql)
    assert [one["status"] for one in found] == ["RESCHEDULED", "RESCHEDULED", "CANCELLED"]
    assert {one["lead"]["id"] for one in found} == {show_id("lead", lead)}
    copies = "select distinct owner_id, assignee_id from bookings where organization_id = $1"
    assert [tuple(row) for row in await sql.fetch(copies, tenant.organization_id)] == [(agent, agent)]


async def test_a_repeat_is_answered_and_stored_once(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """At once and afterwards; one that says the same in other words changes nothing, and tells nobody."""
    secret, payload = await connect(tenant), booking(Invitee(), new_uid(), day(2))
    body = told("BOOKING_CREATED", payload, day(0))
    answers = await asyncio.gather(*(post(tenant, body, secret) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    [found] = await bookings(tenant, sql)
    cursor = await tenant.agent.ask("{ eventCursor }")
    await tell(tenant, secret, body, told("BOOKING_CREATED", payload | {"more": 1}, day(0)))
    assert await bookings(tenant, sql) == [found]
    assert await tenant.agent.ask("{ eventCursor }") == cursor
    count = "select count(*) from inbound_webhooks where organization_id = $1"
    assert await sql.fetchval(count, tenant.organization_id) == 2


async def test_two_organizations_with_one_uid(tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection) -> None:
    """The same webhook to both, to the byte: each has its own, and what becomes of one is nothing to the other."""
    uid, ann = new_uid(), Invitee()
    body = told("BOOKING_CREATED", booking(ann, uid, day(2)), day(0))
    secrets = [await connect(one, "the same secret for both") for one in (tenant, stranger)]
    for one, secret in zip((tenant, stranger), secrets, strict=True):
        await tell(one, secret, body)
    await tell(stranger, secrets[1], told("BOOKING_CANCELLED", booking(ann, uid, day(2)), day(0.1)))
    [mine], [theirs] = await bookings(tenant, sql), await bookings(stranger, sql)
    assert (mine["status"], theirs["status"], mine["externalId"]) == ("BOOKED", "CANCELLED", theirs["externalId"])
    assert mine["id"] != theirs["id"] and mine["lead"]["id"] != theirs["lead"]["id"]


async def test_a_cancellation_without_a_time_waits_for_the_booking(tenant: Tenant, sql: asyncpg.Connection) -> None:
    secret, ann, uid = await connect(tenant), Invitee(), new_uid()
    await tell(tenant, secret, told("BOOKING_CANCELLED", booking(ann, uid, day(1), startTime=None), day(0.1)))
    await tell(tenant, secret, told("BOOKING_CREATED", booking(ann, uid, day(1)), day(0)))
    [found] = await bookings(tenant, sql)
    assert (found["status"], found["startsAt"]) == ("CANCELLED", day(1).isoformat())


async def test_texts_and_bookings_that_wait_together_are_worked_off_in_order(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    """More than a portion of both, stored while nobody works: what came later is told later."""
    secret, people = await connect(tenant), [(Invitee(), next_number()) for _ in range(6)]
    for ann, phone in people:
        await tenant.lead(email=ann.email, phone=phone)
    await sql.execute(
        "select pg_advisory_lock(hashtextextended('inbound ' || $1::uuid::text, 0))", tenant.organization_id
    )
    try:
        for number, (ann, phone) in enumerate(people):
            for _ in range(3):
                await tenant.house.carrier.say(phone, tenant.number, "Hello?")
            await tell(tenant, secret, told("BOOKING_CREATED", booking(ann, new_uid(), day(number + 1))))
    finally:
        await sql.execute(
            "select pg_advisory_unlock(hashtextextended('inbound ' || $1::uuid::text, 0))", tenant.organization_id
        )
    found = await bookings(tenant, sql)
    assert [one["attendeeEmail"] for one in found] == [ann.email for ann, _ in people]
    assert {one["lead"]["lifecycle"] for one in found} == {"QUALIFIED"}
    of = "select kind from events where organization_id = $1 and kind in ('MESSAGE_RECEIVED', 'BOOKING_CHANGED')"
    kinds = [row["kind"] for row in await sql.fetch(f"{of} order by seq", tenant.organization_id)]
    assert kinds == ["MESSAGE_RECEIVED", "MESSAGE_RECEIVED", "MESSAGE_RECEIVED", "BOOKING_CHANGED"] * 6


async def test_a_booking_is_heard_by_who_sees_the_lead(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.7 in the feed: within the scope, for a lead of mine and not for a colleague's."""
    me, member = await tenant.colleague(LeadScope.ASSIGNED)
    secret, mine, theirs = await connect(tenant), Invitee(), Invitee()
    await tenant.lead(email=mine.email, owner_id=member)
    await tenant.lead(email=theirs.email, owner_id=tenant.members[Role.AGENT])
    feed = """subscription { inboxEvents(filter: {kinds: [BOOKING_CHANGED]}) { __typename ... on BookingChanged {
      version booking { version status attendeeEmail lead { callBooked } } } } }"""
    async with me.hear(feed) as ear, tenant.owner.hear(feed) as all_:
        await tenant.followed(2)
        for person in (theirs, mine):
            await tell(tenant, secret, told("BOOKING_CREATED", booking(person, new_uid(), day(1))))
            await bookings(tenant, sql)
        heard = await ear.next()
        assert heard == {
            "__typename": "BookingChanged",
            "version": 1,
            "booking": {
                "version": 1,
                "status": "BOOKED",
                "attendeeEmail": mine.email,
                "lead": {"callBooked": True},
            },
        }
        assert [(await all_.next())["booking"]["attendeeEmail"] for _ in range(2)] == [theirs.email, mine.email]
        assert await ear.is_silent()
    seen = await me.ask("{ bookings { totalCount nodes { attendeeEmail } } }")
    assert seen["bookings"] == {"totalCount": 1, "nodes": [{"attendeeEmail": mine.email}]}


async def test_bookings_follow_a_merge_and_come_back(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """With what they were moved to since; and who was absorbed is found under the one who was kept."""
    secret, ann, uids = await connect(tenant), Invitee(), [new_uid() for _ in range(3)]
    kept, absorbed = await tenant.lead(), await tenant.lead(email=ann.email)
    await tell(tenant, secret, told("BOOKING_CREATED", booking(ann, uids[0], day(1)), day(0)))
    await bookings(tenant, sql)
    merge = """mutation ($a: ID!, $b: ID!) { mergeLeads(input: {leadId: $a, otherLeadId: $b}) {
      ... on Lead { merges { nodes { id } } bookings { totalCount } } } }"""
    merged = await tenant.owner.ask(merge, a=show_id("lead", kept), b=show_id("lead", absorbed))
    assert merged["mergeLeads"]["bookings"]["totalCount"] == 1
    named = {"metadata": {"rekindleLead": show_id("lead", absorbed)}}
    await tell(
        tenant,
        secret,
        told("BOOKING_RESCHEDULED", booking(ann, uids[1], day(2), rescheduleUid=uids[0]), day(0.1)),
        told("BOOKING_CREATED", booking(Invitee(), uids[2], day(3), **named), day(0.2)),
    )
    assert await owners(tenant, sql) == [kept, kept, kept]
    undo = "mutation ($m: ID!) { undoMerge(input: {leadMergeId: $m}) { ... on Lead { id } } }"
    await tenant.owner.ask(undo, m=merged["mergeLeads"]["merges"]["nodes"][0]["id"])
    assert await owners(tenant, sql) == [absorbed, absorbed, kept]


async def owners(tenant: Tenant, sql: asyncpg.Connection) -> list[UUID]:
    return [bare(one["lead"]["id"]) for one in await bookings(tenant, sql)]
