"""Leads who are one person: merged, found by either id and address, and taken apart again."""

import contextlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from actions.conversations import send_message
from actions.erasing import erase_lead
from actions.importing import Chunk, import_chunk
from actions.imports import create_import
from actions.leads import NewLead, add_lead
from actions.merging import merge_leads, undo_merge
from db.session import Session
from domain.datasets import DuplicatePolicy
from domain.ids import show_id
from domain.importing import ImportStatus
from domain.imports.people import Candidate
from domain.people import LeadScope, Role
from domain.refusals import Refusal
from tests.api.test_dataset_counters import WRONG
from tests.play.past import bare, keep_dataset
from tests.play.tenant import Tenant, next_number

MERGE = """mutation ($a: ID!, $b: ID!) { mergeLeads(input: {leadId: $a, otherLeadId: $b}) {
  ... on Lead { id name email phone tags merges { nodes { id absorbedId undoneAt } } }
  ... on Refused { code field } } }"""
UNDO = """mutation ($m: ID!) { undoMerge(input: {leadMergeId: $m}) {
  ... on Lead { id name email phone tags } ... on Refused { code } } }"""
LOOK = """query ($id: ID!) { lead(id: $id) { id name conversations { nodes { id status messages { totalCount } } } }
  node(id: $id) { id } }"""


async def merge(tenant: Tenant, one: str, other: str) -> dict[str, Any]:
    merged: dict[str, Any] = (await tenant.agent.ask(MERGE, a=one, b=other))["mergeLeads"]
    return merged


async def a_pair(tenant: Tenant) -> tuple[str, str, str, str]:
    """Ann by phone, who wrote; and Ann by another phone and e-mail, who wrote as well."""
    phones = next_number(), next_number()
    ann = await tenant.lead(first_name="Ann", phone=phones[0], tags=["solar"])
    other = await tenant.lead(
        first_name="A.", last_name="Lee", phone=phones[1], email=f"{phones[1][1:]}@example.com", tags=["solar", "vip"]
    )
    await tenant.text("first", sender=phones[0])
    await tenant.text("second", sender=phones[1])
    return show_id("lead", ann), show_id("lead", other), *phones


async def test_the_older_is_kept_and_takes_over_what_it_did_not_know(tenant: Tenant) -> None:
    ann, other, *phones = await a_pair(tenant)
    merged = await merge(tenant, other, ann)
    assert (merged["id"], merged["name"], merged["phone"]) == (ann, "Ann Lee", phones[0])
    assert merged["email"] and merged["tags"] == ["solar", "vip"]
    assert [one["absorbedId"] for one in merged["merges"]["nodes"]] == [other]
    again = await merge(tenant, ann, other)
    assert again == merged, "they are one already"


async def test_an_id_that_was_absorbed_leads_to_who_was_kept(tenant: Tenant) -> None:
    """Alone, among others and in a filter's sight; no list shows it."""
    ann, other, *_ = await a_pair(tenant)
    await merge(tenant, ann, other)
    found = await tenant.viewer.ask(LOOK, id=other)
    assert found["lead"]["id"] == found["node"]["id"] == ann
    assert sorted(one["status"] for one in found["lead"]["conversations"]["nodes"]) == ["ACTIVE", "ARCHIVED"]
    everybody = await tenant.viewer.ask("{ leads { totalCount nodes { id } } }")
    assert everybody["leads"] == {"totalCount": 1, "nodes": [{"id": ann}]}


async def test_both_numbers_lead_to_who_was_kept(tenant: Tenant) -> None:
    """S0.7: and nobody else can have either; texts come into the one thread that is open."""
    ann, other, *phones = await a_pair(tenant)
    await merge(tenant, ann, other)
    threads = {(await tenant.text("again", sender=phone))[0] for phone in phones}
    assert len(threads) == 1
    for phone in phones:
        with pytest.raises(Refusal, match="phone number exists already"):
            await tenant.lead(phone=phone)


async def test_undoing_takes_apart_what_was_put_together(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """With what was said since in its conversation; a second time nothing happens."""
    ann, other, *phones = await a_pair(tenant)
    columns = "id, first_name, last_name, phone, email, tags, merged_into_id"
    rows = f"select {columns} from leads where organization_id = $1 order by id"
    before = await sql.fetch(rows, tenant.organization_id)
    [done] = (await merge(tenant, ann, other))["merges"]["nodes"]
    await tenant.text("since", sender=phones[1])
    for _ in range(2):
        assert (await tenant.agent.ask(UNDO, m=done["id"]))["undoMerge"]["id"] == other
    assert await sql.fetch(rows, tenant.organization_id) == before
    found = await tenant.viewer.ask(LOOK, id=other)
    assert found["lead"]["id"] == other
    assert [one["messages"]["totalCount"] for one in found["lead"]["conversations"]["nodes"]] == [2]
    assert {one["status"] for one in found["lead"]["conversations"]["nodes"]} == {"ACTIVE"}
    threads = {(await tenant.text("again", sender=phone))[0] for phone in phones}
    assert len(threads) == 2


async def test_what_was_changed_since_stays_changed(tenant: Tenant, sql: asyncpg.Connection) -> None:
    ann, other, *_ = await a_pair(tenant)
    [done] = (await merge(tenant, ann, other))["merges"]["nodes"]
    await sql.execute("update leads set last_name = 'Green', tags = tags || '{new}' where id = $1", bare(ann))
    await tenant.agent.ask(UNDO, m=done["id"])
    kept = await sql.fetchrow("select last_name, email, tags from leads where id = $1", bare(ann))
    assert kept and dict(kept) == {"last_name": "Green", "email": None, "tags": ["solar", "new"]}


async def test_of_three_who_are_one_the_last_merge_is_undone_first(tenant: Tenant) -> None:
    a, b, c = [show_id("lead", await tenant.lead()) for _ in range(3)]
    [first] = (await merge(tenant, b, c))["merges"]["nodes"]
    merged = await merge(tenant, a, b)
    assert {one["absorbedId"] for one in merged["merges"]["nodes"]} == {b, c}
    assert (await tenant.viewer.ask(LOOK, id=c))["lead"]["id"] == a
    assert (await tenant.agent.ask(UNDO, m=first["id"]))["undoMerge"]["code"] == "CONFLICT"
    second = next(one["id"] for one in merged["merges"]["nodes"] if one["absorbedId"] == b)
    assert (await tenant.agent.ask(UNDO, m=second))["undoMerge"]["id"] == b
    assert (await tenant.viewer.ask(LOOK, id=c))["lead"]["id"] == b
    assert (await tenant.agent.ask(UNDO, m=first["id"]))["undoMerge"]["id"] == c


async def test_what_cannot_be_merged_is_refused(tenant: Tenant, stranger: Tenant) -> None:
    ann, other, *_ = await a_pair(tenant)
    elsewhere = show_id("lead", await stranger.lead())
    assert (await merge(tenant, ann, ann))["code"] == "BAD_INPUT"
    assert await merge(tenant, ann, elsewhere) == {"code": "NOT_FOUND", "field": "otherLeadId"}
    async with tenant.house.parts.database.work(tenant.product) as session:
        await erase_lead(session, bare(other))
    assert (await merge(tenant, ann, other))["code"] == "CONFLICT"


async def test_the_absorbed_goes_out_of_sight_with_who_was_kept(tenant: Tenant) -> None:
    """A merge hands over what it moves; an agent who saw the one and not the other hears that it has gone."""
    mine = tenant.members[Role.AGENT]
    colleague, their_id = await tenant.colleague(LeadScope.ASSIGNED)
    theirs = await tenant.lead(owner_id=their_id)
    own = await tenant.lead(owner_id=mine)
    heard = "subscription { inboxEvents { __typename ... on LeadWithdrawn { leadId } } }"
    async with colleague.hear(heard) as ear:
        await tenant.followed()
        await tenant.owner.ask(MERGE, a=show_id("lead", own), b=show_id("lead", theirs))
        # The older is theirs, so it is kept: what they hear is that it has changed.
        kinds = [(await ear.next())["__typename"]]
    assert kinds == ["LeadChanged"]
    assert (await colleague.ask(LOOK, id=show_id("lead", own)))["lead"]["id"] == show_id("lead", theirs)


async def test_who_is_erased_is_erased_with_all_they_were(tenant: Tenant, sql: asyncpg.Connection) -> None:
    ann, other, *phones = await a_pair(tenant)
    await merge(tenant, ann, other)
    async with tenant.house.parts.database.work(tenant.product) as session:
        erased = await erase_lead(session, bare(other))
    assert erased.messages == 2 and erased.suppressed == 7, "two numbers on three channels, and an e-mail address"
    rows = await sql.fetch("select l::text as words from leads l where organization_id = $1", tenant.organization_id)
    assert not [row for row in rows if any(phone in row["words"] for phone in phones) or "Lee" in row["words"]]
    assert (
        await sql.fetchval("select count(*) from lead_merges where organization_id = $1", tenant.organization_id) == 0
    )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "bring", "text", "merge", "undo", "erase", "answer"]),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    min_size=4,
    max_size=14,
)
CANONICAL = """
select count(*) from leads l where organization_id = $1 and (
  exists (select from leads o where o.organization_id = $1 and o.id <> l.id and l.duplicate_of_id is null
          and o.duplicate_of_id is null and (o.phone = l.phone or o.email = l.email))
  or l.merged_into_id is not null and exists (
    select from leads k where k.organization_id = $1 and k.id = l.merged_into_id and k.merged_into_id is not null)
  or l.merged_into_id is not null and exists (
    select from conversations c where c.organization_id = $1 and c.lead_id = l.id)
  or exists (select from messages m join conversations c on c.organization_id = $1 and c.id = m.conversation_id
             where m.organization_id = $1 and m.lead_id = l.id and c.lead_id <> l.id))"""


@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_whatever_happens_an_address_has_one_canonical_lead(
    tenant: Tenant, sql: asyncpg.Connection, steps: list[tuple[str, int, int]]
) -> None:
    """Any sequence of adding, importing, texting, merging, undoing and erasing: and undoing all of it loses nobody.

    Datasets count what is in them all the while (S1.20).
    """
    datasets = [bare(await keep_dataset(tenant)) for _ in DuplicatePolicy]
    life = Life(tenant, [next_number() for _ in range(6)], datasets)
    for verb, one, other in steps:
        with contextlib.suppress(Refusal):
            await life.step(verb, one, other)
    assert await sql.fetchval(CANONICAL, tenant.organization_id) == 0
    assert await sql.fetch(WRONG, tenant.organization_id) == []
    while await life.undo():
        pass
    assert await sql.fetchval(CANONICAL, tenant.organization_id) == 0
    assert await sql.fetch(WRONG, tenant.organization_id) == []
    left = "select count(*) from leads where organization_id = $1 and merged_into_id is not null and erased_at is null"
    assert await sql.fetchval(left, tenant.organization_id) == 0


@dataclass
class Life:
    """What happens to the leads of six numbers."""

    tenant: Tenant
    numbers: list[str]
    datasets: list[UUID]  # one for each way to meet who is there already
    leads: list[UUID] = field(default_factory=list)

    async def step(self, verb: str, one: int, other: int) -> None:
        if verb == "text":
            await self.tenant.text("hi", sender=self.numbers[one])
        elif verb == "undo":
            await self.undo()
        elif verb in ("add", "bring") or self.leads:
            async with self.tenant.house.parts.database.work(self.tenant.product) as session:
                await getattr(self, verb)(session, one, other)

    async def add(self, session: Session, one: int, other: int) -> None:
        email = f"{self.numbers[other][1:]}@x.example"
        self.leads.append(await add_lead(session, NewLead(phone=self.numbers[one], email=email)))

    async def bring(self, session: Session, one: int, other: int) -> None:
        """A file of two rows, of which one may be the other, by any of the policies."""
        policy, dataset = list(zip(DuplicatePolicy, self.datasets, strict=True))[(one + other) % 4]
        made = await create_import(session, dataset, "people.csv", policy)
        job: dict[str, Any] = {"id": made, "dataset_id": dataset}
        job |= {"creator_id": None, "duplicate_policy": policy, "status": ImportStatus.IMPORTING, "total_rows": 2}
        people = [self.candidate(row, number, other) for row, number in enumerate((one, other), start=2)]
        chunk = Chunk()
        chunk.take(job, people)
        outcomes = await import_chunk(session, job, chunk)
        assert len(outcomes) == 2
        of = "select id from leads where organization_id = $1 and phone = any ($2) order by id"
        found = await session.connection.fetch(of, self.tenant.organization_id, [one.phone for one in people])
        self.leads += [row["id"] for row in found]

    def candidate(self, row: int, one: int, other: int) -> Candidate:
        nothing: Any = [None] * len(Candidate._fields)
        email = f"{self.numbers[other][1:]}@x.example"
        whole = Candidate(*nothing)._replace(row=row, phone=self.numbers[one], email=email)
        return whole._replace(tags=[], custom={}, problems=[])

    async def merge(self, session: Session, one: int, other: int) -> None:
        await merge_leads(session, self.leads[one % len(self.leads)], self.leads[other % len(self.leads)])

    async def erase(self, session: Session, one: int, other: int) -> None:
        await erase_lead(session, self.leads[one % len(self.leads)])

    async def answer(self, session: Session, one: int, other: int) -> None:
        thread = "select id from conversations where organization_id = $1 order by id limit 1 offset $2"
        found = await session.connection.fetchval(thread, self.tenant.organization_id, one)
        if found:
            await send_message(session, found, "Hello.", uuid4().hex)

    async def undo(self) -> bool:
        """The last merge that stands; whether there was one."""
        of = "select id from lead_merges where organization_id = $1 and undone_at is null"
        last = f"{of} order by created_at desc, id desc limit 1"
        async with self.tenant.house.parts.database.work(self.tenant.product) as session:
            found = await session.connection.fetchval(last, self.tenant.organization_id)
            if found:
                await undo_merge(session, found)
        return found is not None
