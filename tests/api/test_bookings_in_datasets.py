"""Booked calls of leads in datasets: who is limited neither sees nor hears, counts, names or changes what lies outside.

S1.14 and S1.15 for what S1.7 keeps; that lists and pages obey is in `test_allowed_datasets.py`.
"""

from typing import Any

import asyncpg

from domain.ids import show_id
from domain.people import LeadScope, Permission, Role
from tests.api.test_bookings import BOOK, CANCEL, MOVE
from tests.api.test_datasets import verb
from tests.api.test_merging import MERGE, UNDO
from tests.api.test_merging_in_datasets import a_pair, stale
from tests.play.calendar import Invitee, booking, bookings, connect, day, new_uid, tell, told
from tests.play.callers import Caller
from tests.play.past import bare, keep_booking, keep_dataset
from tests.play.tenant import Tenant

HEAR = """subscription ($after: Cursor) { inboxEvents(after: $after, filter: {kinds: [BOOKING_CHANGED]}) {
  ... on BookingChanged { booking { id status } } } }"""
LIST = "{ bookings { totalCount nodes { id rescheduledFrom { id } } } }"


async def ids(caller: Caller) -> set[str]:
    page = (await caller.ask(LIST))["bookings"]
    assert page["totalCount"] == len(page["nodes"])
    return {node["id"] for node in page["nodes"]}


async def test_who_is_limited_knows_nothing_of_a_call_outside(tenant: Tenant) -> None:
    """By its id, in a list, a count or a filter, to act on, as a member or as a program."""
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    limit = frozenset({bare(here)})
    inside, outside = [await tenant.lead(dataset_ids=[bare(one)]) for one in (here, there)]
    mine, theirs = [await keep_booking(tenant, lead) for lead in (inside, outside)]
    member, _ = await tenant.colleague(LeadScope.ALL, limit=limit)
    program = await tenant.program(Permission.INBOX_READ, Permission.BOOKINGS_WRITE, limit=limit)
    look = """query ($id: ID!, $l: ID!) { booking(id: $id) { id } node(id: $id) { id }
      bookings(filter: {leadId: {eq: $l}}) { totalCount nodes { id } } }"""
    nothing = {"booking": None, "node": None, "bookings": {"totalCount": 0, "nodes": []}}
    when = {"startsAt": day(5).isoformat()}
    for caller in (member, program):
        assert await ids(caller) == {mine}
        assert await caller.ask(look, id=theirs, l=show_id("lead", outside)) == nothing
        acts: list[tuple[str, dict[str, Any]]] = [
            (BOOK, {"leadId": show_id("lead", outside), **when}),
            (MOVE, {"bookingId": theirs, **when}),
            (CANCEL, {"bookingId": theirs}),
        ]
        assert [[one["code"] for one in (await caller.ask(text, i=i)).values()] for text, i in acts] == [
            ["NOT_FOUND"]
        ] * 3
    moved = (await member.ask(MOVE, i={"bookingId": mine, **when}))["rescheduleBooking"]
    assert moved["rescheduledFrom"] == {"id": mine, "status": "RESCHEDULED"}, "inside they act as everybody does"
    assert await ids(tenant.owner) == {mine, theirs, moved["id"]}


async def test_calls_are_heard_where_their_lead_is(tenant: Tenant) -> None:
    """Live and as a replay; booked, moved and called off."""
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    me, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(here)}))
    leads = [await tenant.lead(dataset_ids=[bare(one)]) for one in (there, here)]
    async with me.hear(HEAR) as ear:
        await tenant.followed()
        outside, inside = [await keep_booking(tenant, lead) for lead in leads]
        assert (await ear.next())["booking"] == {"id": inside, "status": "BOOKED"}
        for one in (outside, inside):
            await tenant.owner.ask(CANCEL, i={"bookingId": one})
        assert (await ear.next())["booking"] == {"id": inside, "status": "CANCELLED"}
        assert await ear.is_silent()
    async with me.hear(HEAR, after="0") as ear:
        assert {(await ear.next())["booking"]["id"] for _ in range(2)} == {inside}
        assert await ear.is_silent()


async def test_a_call_goes_into_datasets_and_out_with_its_lead(tenant: Tenant, sql: asyncpg.Connection) -> None:
    here = await keep_dataset(tenant)
    me, _ = await tenant.colleague(LeadScope.ALL, Role.MANAGER, limit=frozenset({bare(here)}))
    lead = await tenant.lead()
    call = await keep_booking(tenant, lead)
    given = {"datasetId": here, "leadIds": [show_id("lead", lead)]}
    assert await ids(me) == set()
    await verb(tenant.owner, "addLeads", **given)
    assert await ids(me) == {call} and await stale(sql, tenant) == 0
    await verb(me, "removeLeads", **given)
    assert await ids(me) == set() and await stale(sql, tenant) == 0


async def test_calls_of_two_who_are_one_are_where_either_was(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """And each where it was once they are taken apart, with what it was moved to meanwhile."""
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    (ann, _), (bob, _) = [await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(one)})) for one in (here, there)]
    kept, absorbed = await a_pair(tenant, [here], [there])
    first, second = [await keep_booking(tenant, bare(lead)) for lead in (kept, absorbed)]
    merge = (await tenant.owner.ask(MERGE, a=kept, b=absorbed))["mergeLeads"]["merges"]["nodes"][0]["id"]
    assert await ids(ann) == await ids(bob) == {first, second}
    given = {"startsAt": day(9).isoformat()}
    by_old_id = (await ann.ask(BOOK, i=given | {"leadId": absorbed}))["bookCall"]
    assert by_old_id["lead"]["id"] == kept, "an id that was absorbed leads to who was kept"
    moved = (await ann.ask(MOVE, i=given | {"bookingId": second}))["rescheduleBooking"]["id"]
    assert await stale(sql, tenant) == 0
    assert (await tenant.owner.ask(UNDO, m=merge))["undoMerge"]["id"] == absorbed
    assert await ids(ann) == {first, by_old_id["id"]} and await ids(bob) == {second, moved}
    assert await stale(sql, tenant) == 0


async def test_a_call_told_by_webhook_is_where_its_lead_is(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Somebody new is in no dataset; who the link names takes the whole chain along, told in whatever order."""
    here, secret = await keep_dataset(tenant), await connect(tenant)
    me, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(here)}))
    lead, uids = await tenant.lead(dataset_ids=[bare(here)]), (new_uid(), new_uid())
    later = booking(Invitee(), uids[1], day(3), rescheduleUid=uids[0])
    await tell(tenant, secret, told("BOOKING_RESCHEDULED", later))
    assert len(await bookings(tenant, sql)) == 1 and await ids(me) == set()
    named = {"rekindleLead": show_id("lead", lead)}
    await tell(tenant, secret, told("BOOKING_CREATED", booking(Invitee(), uids[0], day(2), metadata=named)))
    assert len(await bookings(tenant, sql)) == 2 and len(await ids(me)) == 2
    assert await stale(sql, tenant) == 0
