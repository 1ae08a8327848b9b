"""Who hears what: the lead scope decides at the moment of the event, and a hand-over ends what one may hear.

S0.25, S1.14, S1.15: the live feed obeys the same scope as the queries.
"""

import asyncio
import contextlib
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from gql.transport.exceptions import TransportQueryError

from domain.ids import show_id
from domain.people import LeadScope, Permission, Role
from tests.api.test_lead_scope import ASSIGN, SEEN, open_desk
from tests.play.callers import Ear
from tests.play.past import raise_insight
from tests.play.tenant import Tenant, next_number

FEED = """subscription ($after: Cursor, $filter: InboxEventFilter) { inboxEvents(after: $after, filter: $filter) {
  __typename ... on Event { cursor version } ... on MessageReceived { message { body } }
  ... on ConversationAssigned { conversation { id assignee { id } } } ... on LeadWithdrawn { leadId }
  ... on InsightReviewed { insight { id status feedback reviewer { id } } } } }"""


async def until_heard(ear: Ear, body: str) -> list[dict[str, Any]]:
    """Everything heard up to and with this text."""
    heard = [await ear.next()]
    while heard[-1].get("message") != {"body": body}:
        heard.append(await ear.next())
    return heard


def bodies(heard: list[dict[str, Any]]) -> list[str]:
    return [event["message"]["body"] for event in heard if event["__typename"] == "MessageReceived"]


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_a_replay_tells_what_the_scope_shows(tenant: Tenant, scope: LeadScope) -> None:
    desk = await open_desk(tenant, scope)
    start = (await desk.me.ask("{ eventCursor }"))["eventCursor"]
    for name in desk.leads:
        await raise_insight(tenant, desk.conversations[name], desk.messages[name], "another")
    raised = "... on InsightRaised { insight { conversation { id } } }"
    async with desk.me.hear(f'subscription {{ inboxEvents(after: "{start}") {{ {raised} }} }}') as ear:
        heard = [(await ear.next())["insight"]["conversation"]["id"] for _ in range(len(SEEN[scope]))]
        assert desk.names("conversations", heard) == SEEN[scope]
        assert await ear.is_silent()


async def test_a_colleagues_conversation_is_silent_until_it_is_handed_over(tenant: Tenant) -> None:
    """Shows 5: before, between and after two hand-overs; each text is heard by the right ones alone."""
    (ann, ann_id), (bob, bob_id) = [await tenant.colleague(LeadScope.ASSIGNED) for _ in range(2)]
    phone = next_number()
    lead = show_id("lead", await tenant.lead(phone=phone))
    conversation, _ = await tenant.text("to nobody", sender=phone)
    async with ann.hear(FEED) as to_ann, bob.hear(FEED) as to_bob, tenant.owner.hear(FEED) as to_owner:
        await tenant.followed(3)
        anns: list[dict[str, Any]] = []
        bobs, everything = list(anns), list(anns)
        for member, text in ((ann_id, "to Ann"), (bob_id, "to Bob"), (None, "to nobody again"), (ann_id, "the fence")):
            await tenant.owner.ask(ASSIGN, c=conversation, m=member and show_id("member", member))
            await tenant.text(text, sender=phone)
            # What is not read before the lead goes on is out of sight by then, and rightly never told.
            everything += await until_heard(to_owner, text)
            anns += await until_heard(to_ann, text) if member == ann_id else []
            bobs += await until_heard(to_bob, text) if member == bob_id else []
        kinds = ["LeadChanged", "ConversationAssigned", "MessageReceived"]
        assert [event["__typename"] for event in anns] == [*kinds, "LeadWithdrawn", *kinds]
        assert bodies(anns) == ["to Ann", "the fence"]
        bobs.append(await to_bob.next())
        assert [event["__typename"] for event in bobs] == [*kinds, "LeadWithdrawn"] and bodies(bobs) == ["to Bob"]
        assert [event["leadId"] for event in (anns[3], bobs[3])] == [lead, lead]
        assert await to_bob.is_silent()
        assert bodies(everything) == ["to Ann", "to Bob", "to nobody again", "the fence"]
        assert "LeadWithdrawn" not in {event["__typename"] for event in everything}


async def test_what_is_taken_from_the_pool_leaves_the_others_sight(tenant: Tenant) -> None:
    (ann, ann_id), (bob, _) = [await tenant.colleague(LeadScope.ASSIGNED_AND_UNASSIGNED) for _ in range(2)]
    async with ann.hear(FEED) as to_ann, bob.hear(FEED) as to_bob:
        await tenant.followed(2)
        conversation, _ = await tenant.text("to all")
        await asyncio.gather(until_heard(to_ann, "to all"), until_heard(to_bob, "to all"))
        await ann.ask(ASSIGN, c=conversation, m=show_id("member", ann_id))
        assert [(await to_ann.next())["__typename"] for _ in range(2)] == ["LeadChanged", "ConversationAssigned"]
        assert (await to_bob.next())["__typename"] == "LeadWithdrawn"
        await tenant.text("the fence")
        assert bodies(await until_heard(to_bob, "the fence")) == ["the fence"]


async def test_a_replay_leaves_out_what_is_out_of_sight_by_now(tenant: Tenant) -> None:
    """What came while it was Ann's, asked for after it is Bob's: she may no longer read it, and he was not meant."""
    (ann, ann_id), (bob, bob_id) = [await tenant.colleague(LeadScope.ASSIGNED) for _ in range(2)]
    conversation, _ = await tenant.text("first", sender=(phone := next_number()))
    for member, text in ((ann_id, "to Ann"), (bob_id, "to Bob")):
        await tenant.owner.ask(ASSIGN, c=conversation, m=show_id("member", member))
        await tenant.text(text, sender=phone)
    async with ann.hear(FEED, after="0") as to_ann, bob.hear(FEED, after="0") as to_bob:
        assert (await to_ann.next())["__typename"] == "LeadWithdrawn"
        assert bodies(await until_heard(to_bob, "to Bob")) == ["to Bob"]
        assert await to_ann.is_silent()


async def test_members_who_see_different_leads_share_no_reading(tenant: Tenant) -> None:
    """The same document and variables, asked by five scopes at once."""
    people = [await tenant.colleague(scope) for scope in (LeadScope.ASSIGNED, LeadScope.ASSIGNED, *LeadScope)]
    phones = [next_number() for _ in people]
    for phone, (_, member) in zip(phones, people, strict=True):
        await tenant.lead(phone=phone, owner_id=member)
    async with contextlib.AsyncExitStack() as stack:
        ears = [await stack.enter_async_context(person.hear(FEED)) for person, _ in people]
        await tenant.followed(5)
        for number, phone in enumerate(phones):
            await tenant.text(f"to {number}", sender=phone)
        for number in (0, 1, 3, 4):
            assert bodies(await until_heard(ears[number], f"to {number}")) == [f"to {number}"]
        assert bodies(await until_heard(ears[2], "to 4")) == [f"to {number}" for number in range(5)]


@pytest.mark.parametrize("scope", [LeadScope.ALL, LeadScope.ASSIGNED])
async def test_only_what_is_assigned_to_me(tenant: Tenant, scope: LeadScope) -> None:
    """Also for who sees everything: what leaves the filter is said to have gone."""
    me, member = await tenant.colleague(scope)
    phone = next_number()
    conversation, _ = await tenant.text("before", sender=phone)
    for wanted in ({"assignedToMe": True}, {"assigneeId": show_id("member", member)}):
        async with me.hear(FEED, filter=wanted) as ear:
            await tenant.followed()
            await tenant.owner.ask(ASSIGN, c=conversation, m=show_id("member", member))
            await tenant.text("to me", sender=phone)
            heard = await ear.take(3)
            await tenant.text("to nobody")
            await tenant.owner.ask(ASSIGN, c=conversation, m=show_id("member", tenant.members[Role.OWNER]))
            await tenant.text("to the owner", sender=phone)
            heard.append(await ear.next())
            kinds = ["LeadChanged", "ConversationAssigned", "MessageReceived", "LeadWithdrawn"]
            assert [event["__typename"] for event in heard] == kinds
            assert await ear.is_silent()


async def test_a_program_has_nothing_assigned_to_it(tenant: Tenant) -> None:
    program = await tenant.program(Permission.INBOX_READ)
    for caller, wanted in (
        (program, {"assignedToMe": True}),
        (tenant.agent, {"assignedToMe": True, "assigneeId": show_id("member", tenant.members[Role.OWNER])}),
    ):
        async with caller.hear(FEED, filter=wanted) as ear:
            with pytest.raises(TransportQueryError) as refused:
                await ear.next()
        assert refused.value.errors and refused.value.errors[0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("change", ["lead_scope = 'ASSIGNED'", "role = 'VIEWER'"])
async def test_whose_rights_change_is_sent_to_connect_anew(
    tenant: Tenant, sql: asyncpg.Connection, change: str
) -> None:
    me, member = await tenant.colleague(LeadScope.ALL)
    async with me.hear(FEED) as mine, tenant.owner.hear(FEED) as other:
        await tenant.followed(2)
        await sql.execute(f"update memberships set {change} where id = $1", member)
        with pytest.raises(Exception, match="Closed"):
            await mine.next()
        await tenant.followed(1)
        await tenant.text("the fence")
        await until_heard(other, "the fence")


async def test_a_key_that_may_less_is_sent_to_connect_anew(tenant: Tenant, sql: asyncpg.Connection) -> None:
    program = await tenant.program(Permission.INBOX_READ, Permission.MESSAGES_SEND)
    async with program.hear(FEED):
        await tenant.followed(1)
        await sql.execute(
            "update api_keys set permissions = '{INBOX_READ}' where organization_id = $1", tenant.organization_id
        )
        await tenant.followed(0)


async def test_an_insight_that_was_reviewed_is_told(tenant: Tenant) -> None:
    """S1.16: who looked, who decided, in their words; of two decisions the second is refused."""
    conversation, message = await tenant.text()
    insight = await raise_insight(tenant, conversation, message)
    view = "mutation ($id: ID!) { viewInsight(input: {insightId: $id}) { ... on Insight { status } } }"
    dismiss = """mutation ($id: ID!, $why: String!) { dismissInsight(input: {insightId: $id, reason: $why}) {
      ... on Insight { status feedback } ... on Refused { code why: message } } }"""
    async with tenant.agent.hear(FEED, filter={"kinds": ["INSIGHT_REVIEWED"]}) as ear:
        await tenant.followed()
        for _ in range(2):
            assert (await tenant.agent.ask(view, id=insight))["viewInsight"] == {"status": "VIEWED"}
        for caller in (tenant.owner, tenant.agent):
            answer = (await caller.ask(dismiss, id=insight, why=" It is fine. "))["dismissInsight"]
        assert answer == {"code": "CONFLICT", "why": "This insight is DISMISSED already, by Owner."}
        _, decided = [(await ear.next())["insight"] for _ in range(2)]
        assert (decided["feedback"], decided["status"]) == ("It is fine.", "DISMISSED")
        assert decided["reviewer"] == {"id": show_id("member", tenant.members[Role.OWNER])}
        assert await ear.is_silent()
    assert (await tenant.agent.ask(dismiss, id=insight, why=" "))["dismissInsight"]["code"] == "BAD_INPUT"
    assert (await tenant.viewer.ask(dismiss, id=insight, why="no"))["dismissInsight"]["code"] == "FORBIDDEN"


async def test_hand_overs_and_texts_at_once_leave_no_stale_copy(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """All that belongs to a lead says whose the lead is, whatever came in between."""
    members = [show_id("member", (await tenant.colleague(LeadScope.ALL))[1]) for _ in range(3)]
    phones = [next_number() for _ in range(3)]
    talks = [await tenant.text(sender=phone) for phone in phones]

    async def hand_over(number: int) -> None:
        await tenant.owner.ask(ASSIGN, c=talks[number % 3][0], m=members[number % 2])

    async def note(number: int) -> None:
        await raise_insight(tenant, *talks[number % 3], rule=uuid4().hex)

    for turn in range(4):
        await asyncio.gather(
            *(work(turn + number) for number in range(6) for work in (hand_over, note)),
            *(tenant.text(f"text {turn}", sender=phone) for phone in phones),
            *(tenant.answer(talk[0], f"answer {turn}") for talk in talks),
        )
    for table in ("conversations", "messages", "insights"):
        stale = f"""select count(*) from {table} x join leads l on l.organization_id = x.organization_id
          and l.id = x.lead_id where x.organization_id = $1
          and (x.owner_id, x.assignee_id) is distinct from (l.owner_id, l.assignee_id)"""
        assert await sql.fetchval(stale, tenant.organization_id) == 0, table
