"""Which leads a member sees, with all that belongs to them: the same in every query, list, count and mutation.

S0.25 (leads: owner or admin; conversations: assignee or admin), S1.14 and S1.15 (can_view_all_leads is enforced).
"""

from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest

from domain.ids import show_id
from domain.people import LeadScope, Role
from tests.play.callers import Caller
from tests.play.past import bare, keep_booking, raise_insight
from tests.play.tenant import Tenant, next_number

ASSIGN = """mutation ($c: ID!, $m: ID) { assignConversation(input: {conversationId: $c, assigneeId: $m}) {
  ... on Conversation { id assignee { id } lead { id assignee { id } } } ... on Refused { code } } }"""
EVERYTHING = """{ leads { totalCount nodes { id } } conversations { totalCount nodes { id lead { id } messages {
  totalCount } } } messages { totalCount nodes { id conversation { id } lead { id } } } insights { totalCount nodes { id
  conversation { id } message { id } } } bookings { totalCount nodes { id lead { id } } } }"""
SEEN = {
    LeadScope.ALL: {"mine", "owned", "theirs", "nobody's"},
    LeadScope.ASSIGNED_AND_UNASSIGNED: {"mine", "owned", "nobody's"},
    LeadScope.ASSIGNED: {"mine", "owned"},
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Four leads, told apart by whose they are, each with a conversation, a text, an insight and a booked call."""

    tenant: Tenant
    me: Caller
    member: UUID
    leads: dict[str, str]
    conversations: dict[str, str]
    messages: dict[str, str]
    insights: dict[str, str]
    bookings: dict[str, str]

    def names(self, kind: str, ids: list[str]) -> set[str]:
        return {name for name, id in getattr(self, kind).items() if id in ids}


async def open_desk(tenant: Tenant, scope: LeadScope) -> Desk:
    me, member = await tenant.colleague(scope)
    other = tenant.members[Role.AGENT]
    desk = Desk(tenant, me, member, {}, {}, {}, {}, {})
    # The owner of what is "owned" keeps seeing it while a colleague works it.
    for name, owner, worker in (
        ("mine", None, member),
        ("owned", member, other),
        ("theirs", other, other),
        ("nobody's", None, None),
    ):
        phone = next_number()
        lead = await tenant.lead(phone=phone, owner_id=owner)
        desk.leads[name], desk.bookings[name] = show_id("lead", lead), await keep_booking(tenant, lead)
        desk.conversations[name], desk.messages[name] = await tenant.text(name, sender=phone)
        desk.insights[name] = await raise_insight(tenant, desk.conversations[name], desk.messages[name])
        await tenant.owner.ask(ASSIGN, c=desk.conversations[name], m=worker and show_id("member", worker))
    return desk


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_lists_and_counts_show_what_the_scope_shows(tenant: Tenant, scope: LeadScope) -> None:
    desk = await open_desk(tenant, scope)
    seen = await desk.me.ask(EVERYTHING)
    for kind, page in seen.items():
        ids = [node["id"] for node in page["nodes"]]
        assert (desk.names(kind, ids), len(ids), page["totalCount"]) == (SEEN[scope], len(SEEN[scope]), len(ids)), kind


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_pages_of_a_scope_are_whole_both_ways(tenant: Tenant, scope: LeadScope) -> None:
    desk = await open_desk(tenant, scope)
    for size, way, cursor in (("first", "after", "endCursor"), ("last", "before", "startCursor")):
        below = f"nodes {{ id }} pageInfo {{ {cursor} }}"
        page = f"query ($c: Cursor) {{ conversations({size}: 1, {way}: $c) {{ {below} }} }}"
        found: list[str] = []
        at: str | None = None
        while nodes := (answer := (await desk.me.ask(page, c=at))["conversations"])["nodes"]:
            found += [node["id"] for node in nodes]
            at = answer["pageInfo"][cursor]
        assert desk.names("conversations", found) == SEEN[scope] and len(found) == len(SEEN[scope])


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_filters_narrow_the_scope_and_never_widen_it(tenant: Tenant, scope: LeadScope) -> None:
    desk = await open_desk(tenant, scope)
    asked = "query ($m: ID!) { conversations(filter: {assigneeId: {eq: $m}}) { totalCount nodes { id } } }"
    theirs = (await desk.me.ask(asked, m=show_id("member", tenant.members[Role.AGENT])))["conversations"]
    wanted = {"owned", "theirs"} & SEEN[scope]
    assert desk.names("conversations", [node["id"] for node in theirs["nodes"]]) == wanted
    assert theirs["totalCount"] == len(wanted)


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_one_thing_by_its_id(tenant: Tenant, scope: LeadScope) -> None:
    desk = await open_desk(tenant, scope)
    for name in desk.leads:
        for kind in ("leads", "conversations", "messages", "insights", "bookings"):
            id = getattr(desk, kind)[name]
            found = await desk.me.ask("query ($id: ID!) { node(id: $id) { id } }", id=id)
            assert (found["node"] is not None) == (name in SEEN[scope]), (kind, name)


@pytest.mark.parametrize("scope", [LeadScope.ASSIGNED, LeadScope.ASSIGNED_AND_UNASSIGNED])
async def test_what_is_out_of_sight_cannot_be_acted_on(tenant: Tenant, scope: LeadScope) -> None:
    desk = await open_desk(tenant, scope)
    verbs = {
        'sendMessage(input: {conversationId: $id, body: "Hi", idempotencyKey: "k"})': desk.conversations,
        "startConversation(input: {leadId: $id, channel: SMS})": desk.leads,
        "markConversationRead(input: {conversationId: $id})": desk.conversations,
        "assignConversation(input: {conversationId: $id, assigneeId: null})": desk.conversations,
        "viewInsight(input: {insightId: $id})": desk.insights,
        'dismissInsight(input: {insightId: $id, reason: "no"})': desk.insights,
    }
    for verb, ids in verbs.items():
        document = f"mutation ($id: ID!) {{ a: {verb} {{ ... on Refused {{ code }} }} }}"
        assert (await desk.me.ask(document, id=ids["theirs"]))["a"] == {"code": "NOT_FOUND"}, verb


async def test_who_hands_a_conversation_over_sees_it_go(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """The answer still shows what was handed over; after that it is out of sight."""
    desk = await open_desk(tenant, LeadScope.ASSIGNED)
    colleague = show_id("member", tenant.members[Role.AGENT])
    answer = (await desk.me.ask(ASSIGN, c=desk.conversations["mine"], m=colleague))["assignConversation"]
    assert answer["assignee"] == answer["lead"]["assignee"] == {"id": colleague}
    assert (await desk.me.ask(ASSIGN, c=desk.conversations["mine"], m=None))["assignConversation"] == {
        "code": "NOT_FOUND"
    }
    for table in ("conversations", "messages", "insights"):
        of = f"select * from {table} where organization_id = $1 and lead_id = $2"
        rows = await sql.fetch(of, tenant.organization_id, bare(desk.leads["mine"]))
        assert {row["assignee_id"] for row in rows} == {tenant.members[Role.AGENT]}, table


async def test_who_works_a_lead_works_it_on_every_channel(tenant: Tenant, sql: asyncpg.Connection) -> None:
    desk = await open_desk(tenant, LeadScope.ASSIGNED)
    lead = bare(desk.leads["theirs"])
    await sql.execute(
        "insert into conversations (organization_id, id, lead_id, channel, owner_id, assignee_id)"
        " select organization_id, gen_random_uuid(), id, 'EMAIL', owner_id, assignee_id from leads where id = $1",
        lead,
    )
    await tenant.owner.ask(ASSIGN, c=desk.conversations["theirs"], m=show_id("member", desk.member))
    asked = "query ($id: ID!) { lead(id: $id) { conversations { nodes { channel assignee { id } } } } }"
    nodes = (await desk.me.ask(asked, id=desk.leads["theirs"]))["lead"]["conversations"]["nodes"]
    assert {(node["channel"], node["assignee"]["id"]) for node in nodes} == {
        (channel, show_id("member", desk.member)) for channel in ("SMS", "EMAIL")
    }


async def test_a_first_text_goes_to_the_leads_owner(tenant: Tenant) -> None:
    """S0.10 and ruling 33: a new conversation inherits the owner; nobody else's agent sees it."""
    me, member = await tenant.colleague(LeadScope.ASSIGNED)
    phone = next_number()
    await tenant.lead(phone=phone, owner_id=member)
    conversation, _ = await tenant.text(sender=phone)
    asked = "query ($id: ID!) { conversation(id: $id) { assignee { id } } }"
    assert (await me.ask(asked, id=conversation))["conversation"]["assignee"] == {"id": show_id("member", member)}
    assert (await tenant.agent.ask(asked, id=conversation))["conversation"] is None
