"""Calls that colleagues book, move and cancel, and how they are read (S1.7, S1.3: the booking link)."""

import asyncio
from typing import Any

import asyncpg
import pytest

from actions.leads import hand_over
from domain.ids import new_id, show_id
from domain.people import LeadScope, Permission, Role
from tests.play.calendar import Invitee, booking, bookings, connect, day, new_uid, tell, told
from tests.play.past import bare
from tests.play.tenant import Tenant

FACTS = """id version status provider externalId startsAt endsAt title notes meetingUrl timeZone bookedAt cancelledAt
  cancelReason bookedBy { id } rescheduledFrom { id status } rescheduledTo { id }
  lead { id lifecycle temperature callBooked nextBooking { id } bookings { totalCount } }"""
BOOK = f"""mutation ($i: BookCallInput!) {{ bookCall(input: $i) {{
  ... on Booking {{ {FACTS} }} ... on Refused {{ code why: message field }} }} }}"""
MOVE = f"""mutation ($i: RescheduleBookingInput!) {{ rescheduleBooking(input: $i) {{
  ... on Booking {{ {FACTS} }} ... on Refused {{ code why: message field }} }} }}"""
CANCEL = f"""mutation ($i: CancelBookingInput!) {{ cancelBooking(input: $i) {{
  ... on Booking {{ {FACTS} }} ... on Refused {{ code why: message field }} }} }}"""
LIST = """query ($f: BookingFilter, $o: [BookingOrder!]) { bookings(filter: $f, order: $o) {
  totalCount nodes { id startsAt status } } }"""


async def book(tenant: Tenant, lead: str, days: float = 2, **more: Any) -> dict[str, Any]:
    given = {"leadId": lead, "startsAt": day(days).isoformat(), **more}
    booked: dict[str, Any] = (await tenant.agent.ask(BOOK, i=given))["bookCall"]
    return booked


async def test_a_colleague_books_a_call(tenant: Tenant) -> None:
    lead = show_id("lead", await tenant.lead())
    facts: dict[str, Any] = {
        "title": "A first look",
        "notes": "Bring the plan.",
        "meetingUrl": "https://meet.example.com/x",
        "timeZone": "Europe/Paris",
    }
    made = await book(tenant, lead, endsAt=day(2.125).isoformat(), **facts)
    assert made.items() >= (facts | {"status": "BOOKED", "provider": "MANUAL", "cancelledAt": None}).items()
    assert (made["startsAt"], made["endsAt"]) == (day(2).isoformat(), day(2.125).isoformat())
    assert made["bookedBy"] == {"id": show_id("member", tenant.members[Role.AGENT])} and made["bookedAt"]
    of = made["lead"]
    assert (of["lifecycle"], of["temperature"], of["callBooked"]) == ("QUALIFIED", "HOT", True)
    assert of["nextBooking"] == {"id": made["id"]}


async def test_the_same_call_twice_is_one(tenant: Tenant) -> None:
    """A click too many, or an answer that was lost; at once and afterwards."""
    lead = show_id("lead", await tenant.lead())
    made = await asyncio.gather(*(book(tenant, lead) for _ in range(8)))
    assert len({one["id"] for one in made}) == 1
    assert (await book(tenant, lead))["lead"]["bookings"]["totalCount"] == 1
    await book(tenant, lead, 3)
    assert (await book(tenant, lead, 4))["lead"]["bookings"]["totalCount"] == 3


async def test_a_call_that_is_moved_is_another(tenant: Tenant) -> None:
    """As long as before, and all that was said about it comes along."""
    lead = show_id("lead", await tenant.lead())
    first = await book(tenant, lead, endsAt=day(2.125).isoformat(), title="A first look")
    given = {"bookingId": first["id"], "startsAt": day(5).isoformat()}
    moved = (await tenant.agent.ask(MOVE, i=given))["rescheduleBooking"]
    assert moved["id"] != first["id"] and moved["title"] == "A first look"
    assert (moved["startsAt"], moved["endsAt"]) == (day(5).isoformat(), day(5.125).isoformat())
    assert moved["rescheduledFrom"] == {"id": first["id"], "status": "RESCHEDULED"}
    assert moved["lead"]["nextBooking"] == {"id": moved["id"]}
    again = (await tenant.agent.ask(MOVE, i=given))["rescheduleBooking"]
    assert (again["code"], again["field"]) == ("CONFLICT", "bookingId")
    off = (await tenant.agent.ask(CANCEL, i={"bookingId": first["id"]}))["cancelBooking"]
    assert (off["code"], off["field"]) == ("CONFLICT", "bookingId")


async def test_of_two_who_move_one_call_one_does(tenant: Tenant) -> None:
    lead = show_id("lead", await tenant.lead())
    first = await book(tenant, lead)
    tried = await asyncio.gather(
        *(
            tenant.agent.ask(MOVE, i={"bookingId": first["id"], "startsAt": day(3 + place).isoformat()})
            for place in range(5)
        )
    )
    codes = [one["rescheduleBooking"].get("code") for one in tried]
    assert sorted(map(str, codes)) == ["CONFLICT"] * 4 + ["None"]


async def test_a_call_is_called_off_once(tenant: Tenant) -> None:
    """And what the lead has become by it stays."""
    lead = show_id("lead", await tenant.lead())
    made = await book(tenant, lead)
    given = {"bookingId": made["id"], "reason": " They are ill. "}
    off = (await tenant.agent.ask(CANCEL, i=given))["cancelBooking"]
    assert (off["status"], off["cancelReason"]) == ("CANCELLED", "They are ill.") and off["cancelledAt"]
    of = off["lead"]
    assert (of["callBooked"], of["nextBooking"], of["lifecycle"], of["temperature"]) == (
        False,
        None,
        "QUALIFIED",
        "HOT",
    )
    assert (await tenant.agent.ask(CANCEL, i={"bookingId": made["id"], "reason": "x"}))["cancelBooking"] == off
    assert (await book(tenant, lead))["id"] != made["id"], "what was called off can be booked again"


async def test_a_stale_reading_changes_nothing(tenant: Tenant) -> None:
    made = await book(tenant, show_id("lead", await tenant.lead()))
    stale = {"bookingId": made["id"], "expectedVersion": made["version"] + 1}
    for text, more in ((CANCEL, {}), (MOVE, {"startsAt": day(5).isoformat()})):
        [refused] = (await tenant.agent.ask(text, i=stale | more)).values()
        assert (refused["code"], refused["field"]) == ("CONFLICT", "expectedVersion")
    fresh = {"bookingId": made["id"], "expectedVersion": made["version"]}
    assert (await tenant.agent.ask(CANCEL, i=fresh))["cancelBooking"]["status"] == "CANCELLED"


async def test_what_was_booked_on_cal_is_changed_there(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """The calendar would not know; the refusal says where."""
    secret, uid = await connect(tenant), new_uid()
    await tell(tenant, secret, told("BOOKING_CREATED", booking(Invitee(), uid, day(2))))
    [found] = await bookings(tenant, sql)
    for text, more in ((CANCEL, {}), (MOVE, {"startsAt": day(5).isoformat()})):
        [refused] = (await tenant.agent.ask(text, i={"bookingId": found["id"], **more})).values()
        assert refused["code"] == "CONFLICT" and found["pageUrl"] in refused["why"]
    assert [one["status"] for one in await bookings(tenant, sql)] == ["BOOKED"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"startsAt": "2020-01-01T00:00:00Z"}, "startsAt"),
        ({"startsAt": "9999-12-31T23:59:59Z"}, "startsAt"),
        ({"endsAt": "2020-01-01T00:00:00Z"}, "endsAt"),
        ({"title": "x" * 201}, "title"),
        ({"title": "\x00"}, "title"),
        ({"notes": "x" * 2001}, "notes"),
        ({"meetingUrl": "javascript:alert(1)"}, "meetingUrl"),
        ({"timeZone": "Mars/Base"}, "timeZone"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_name(tenant: Tenant, given: dict[str, Any], field: str) -> None:
    refused = await book(tenant, show_id("lead", await tenant.lead()), **given)
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", field)


@pytest.mark.parametrize("verb", ["archiveLead", "eraseLead"])
async def test_who_is_gone_is_not_called(tenant: Tenant, verb: str) -> None:
    """Put away or erased; what was booked before can be called off."""
    lead = show_id("lead", await tenant.lead())
    made = await book(tenant, lead, title="With Ann")
    await tenant.owner.ask(f"mutation ($l: ID!) {{ {verb}(input: {{leadId: $l}}) {{ __typename }} }}", l=lead)
    refused = await book(tenant, lead, 3)
    assert (refused["code"], refused["field"]) == ("LEAD_ARCHIVED", "leadId")
    given = {"bookingId": made["id"], "startsAt": day(5).isoformat()}
    refused = (await tenant.agent.ask(MOVE, i=given))["rescheduleBooking"]
    assert (refused["code"], refused["field"]) == ("LEAD_ARCHIVED", "bookingId")
    off = (await tenant.agent.ask(CANCEL, i={"bookingId": made["id"]}))["cancelBooking"]
    assert (off["status"], off["title"]) == ("CANCELLED", None if verb == "eraseLead" else "With Ann")


async def test_only_who_may_and_only_whom_they_see(tenant: Tenant, stranger: Tenant) -> None:
    """A viewer never; an agent for leads in their scope; a program that may book and not text."""
    lead = await tenant.lead(owner_id=tenant.members[Role.OWNER])
    shown = show_id("lead", lead)
    given = {"leadId": shown, "startsAt": day(2).isoformat()}
    assert (await tenant.viewer.ask(BOOK, i=given))["bookCall"]["code"] == "FORBIDDEN"
    program = await tenant.program(Permission.INBOX_READ, Permission.BOOKINGS_WRITE)
    made = (await program.ask(BOOK, i=given))["bookCall"]
    assert (made["status"], made["bookedBy"]) == ("BOOKED", None)
    scoped, _ = await tenant.colleague(LeadScope.ASSIGNED)
    for caller in (scoped, stranger.owner):
        answers = [
            (await caller.ask(BOOK, i=given))["bookCall"],
            (await caller.ask(MOVE, i={"bookingId": made["id"], "startsAt": day(3).isoformat()}))["rescheduleBooking"],
            (await caller.ask(CANCEL, i={"bookingId": made["id"]}))["cancelBooking"],
        ]
        assert [one["code"] for one in answers] == ["NOT_FOUND"] * 3
        look = "query ($id: ID!) { booking(id: $id) { id } bookings { totalCount } }"
        assert await caller.ask(look, id=made["id"]) == {"booking": None, "bookings": {"totalCount": 0}}
    never = {"leadId": show_id("lead", new_id()), "startsAt": day(2).isoformat()}
    assert (await tenant.owner.ask(BOOK, i=never))["bookCall"]["field"] == "leadId"


async def test_a_booking_goes_where_its_lead_goes(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Handed over with it, and nobody's when its keeper leaves."""
    me, member = await tenant.colleague(LeadScope.ASSIGNED)
    conversation, _ = await tenant.text()
    lead = await sql.fetchval("select lead_id from conversations where id = $1", bare(conversation))
    made = await book(tenant, show_id("lead", lead))
    assign = """mutation ($c: ID!, $m: ID) { assignConversation(input: {conversationId: $c, assigneeId: $m}) {
      __typename } }"""
    mine = "{ bookings { nodes { id } } }"
    assert (await me.ask(mine))["bookings"]["nodes"] == []
    await tenant.owner.ask(assign, c=conversation, m=show_id("member", member))
    assert (await me.ask(mine))["bookings"]["nodes"] == [{"id": made["id"]}]
    remove = "mutation ($m: ID!) { removeMember(input: {memberId: $m}) { __typename } }"
    await tenant.owner.ask(remove, m=show_id("member", member))
    kept = await sql.fetchrow("select owner_id, assignee_id from bookings where id = $1", bare(made["id"]))
    assert kept and tuple(kept) == (None, None)


async def test_hand_overs_and_bookings_at_once_leave_no_stale_copy(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """By webhook and by hand, moved and called off meanwhile: all that belongs to a lead says whose the lead is."""
    secret, people = await connect(tenant), [Invitee() for _ in range(3)]
    members = [(await tenant.colleague(LeadScope.ALL))[1] for _ in range(3)]
    leads = [await tenant.lead(email=person.email) for person in people]

    async def hand_on(number: int) -> None:
        async with tenant.house.parts.database.work(tenant.product) as session:
            await hand_over(session, leads[number % 3], members[(number + number // 3) % 3])

    async def by_hand(number: int) -> None:
        lead = show_id("lead", leads[number % 3])
        made = (await tenant.owner.ask(BOOK, i={"leadId": lead, "startsAt": day(1 + number).isoformat()}))["bookCall"]
        given = {"bookingId": made["id"], "startsAt": day(20 + number).isoformat()}
        moved = (await tenant.owner.ask(MOVE, i=given))["rescheduleBooking"]
        await tenant.owner.ask(CANCEL, i={"bookingId": moved["id"]})

    async def by_webhook(number: int) -> None:
        uids, person = (new_uid(), new_uid()), people[number % 3]
        later = booking(person, uids[1], day(3), rescheduleUid=uids[0])
        await tell(tenant, secret, told("BOOKING_RESCHEDULED", later, day(0.1)))
        await tell(tenant, secret, told("BOOKING_CREATED", booking(person, uids[0], day(2)), day(0)))

    await asyncio.gather(*(work(number) for number in range(12) for work in (hand_on, by_hand, by_webhook)))
    found = await bookings(tenant, sql)
    assert len(found) == 12 * 4
    assert {one["lead"]["id"] for one in found} == {show_id("lead", lead) for lead in leads}
    joined = "bookings b join leads l on l.organization_id = b.organization_id and l.id = b.lead_id"
    differ = "(b.owner_id, b.assignee_id) is distinct from (l.owner_id, l.assignee_id)"
    stale = f"select count(*) from {joined} where b.organization_id = $1 and {differ}"
    assert await sql.fetchval(stale, tenant.organization_id) == 0


async def test_lists_by_time_status_and_lead(tenant: Tenant) -> None:
    leads = [show_id("lead", await tenant.lead()) for _ in range(2)]
    made = [await book(tenant, leads[place % 2], place + 1) for place in range(5)]
    await tenant.agent.ask(CANCEL, i={"bookingId": made[4]["id"]})
    ids = [one["id"] for one in made]

    async def found(filter: dict[str, Any] | None = None, *order: dict[str, str]) -> list[str]:
        listed = (await tenant.agent.ask(LIST, f=filter, o=list(order) or None))["bookings"]
        assert listed["totalCount"] == len(listed["nodes"])
        return [one["id"] for one in listed["nodes"]]

    assert await found() == ids[::-1], "the latest first"
    assert await found(None, {"startsAt": "ASC"}) == ids
    assert await found({"status": {"eq": "CANCELLED"}}) == [ids[4]]
    assert await found({"startsAt": {"gte": day(2).isoformat(), "lt": day(4).isoformat()}}) == ids[2:0:-1]
    assert await found({"leadId": {"eq": leads[1]}}) == [ids[3], ids[1]]
    asked = (
        "query ($l: ID!) { lead(id: $l) { bookings(first: 1, order: [{startsAt: ASC}]) { totalCount nodes { id } } } }"
    )
    of = (await tenant.agent.ask(asked, l=leads[0]))["lead"]["bookings"]
    assert of == {"totalCount": 3, "nodes": [{"id": ids[0]}]}


async def test_the_next_call_is_the_first_that_is_not_over(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """One that is held stays booked, because nothing but the clock has changed."""
    lead = show_id("lead", await tenant.lead())
    first, second = await book(tenant, lead, 1), await book(tenant, lead, 2)
    asked = "query ($l: ID!) { lead(id: $l) { callBooked nextBooking { id } } }"

    async def look() -> dict[str, Any]:
        found: dict[str, Any] = (await tenant.agent.ask(asked, l=lead))["lead"]
        return found

    async def passes(booking: dict[str, Any], minutes: int) -> None:
        held = "starts_at = now() - interval '40 minutes', ends_at = now() + interval '1 minute' * $2::int"
        await sql.execute(f"update bookings set {held} where id = $1", bare(booking["id"]), minutes)

    assert await look() == {"callBooked": True, "nextBooking": {"id": first["id"]}}
    await passes(first, 5)
    assert await look() == {"callBooked": True, "nextBooking": {"id": first["id"]}}, "they are in it"
    await passes(first, -5)
    assert await look() == {"callBooked": True, "nextBooking": {"id": second["id"]}}
    await passes(second, -5)
    assert await look() == {"callBooked": True, "nextBooking": None}


async def test_whoever_was_absorbed_books_for_who_was_kept(tenant: Tenant) -> None:
    kept, absorbed = [show_id("lead", await tenant.lead()) for _ in range(2)]
    merge = "mutation ($a: ID!, $b: ID!) { mergeLeads(input: {leadId: $a, otherLeadId: $b}) { ... on Lead { id } } }"
    await tenant.owner.ask(merge, a=kept, b=absorbed)
    assert (await book(tenant, absorbed))["lead"]["id"] == kept


CHANGE = """mutation ($i: ChangeOrganizationInput!) { changeOrganization(input: $i) {
  ... on Organization { calBookingLink } ... on Refused { code field } } }"""


@pytest.mark.parametrize(
    ("link", "join"),
    [("https://cal.com/ann/call", "?"), ("https://cal.com/ann/call?duration=30", "&")],
)
async def test_every_lead_has_a_link_of_their_own(tenant: Tenant, link: str, join: str) -> None:
    """S1.3 cal_booking_link; what it carries comes back with the booking."""
    lead = show_id("lead", await tenant.lead())
    asked = "query ($l: ID!) { lead(id: $l) { bookingLink } }"
    assert (await tenant.agent.ask(asked, l=lead))["lead"]["bookingLink"] is None
    await tenant.owner.ask(CHANGE, i={"calBookingLink": link})
    shown = (await tenant.agent.ask(asked, l=lead))["lead"]["bookingLink"]
    assert shown == f"{link}{join}metadata%5BrekindleLead%5D={lead}"


@pytest.mark.parametrize("link", ["cal.com/ann", "javascript:alert(1)", "https://cal.com/ann#top", ""])
async def test_a_booking_link_is_a_web_address(tenant: Tenant, link: str) -> None:
    refused = (await tenant.owner.ask(CHANGE, i={"calBookingLink": link}))["changeOrganization"]
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", "calBookingLink")
