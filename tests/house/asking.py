"""Asks everything the API can be asked, and writes down every statement that reaches the database."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from asyncpg.connection import LoggedQuery
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)

from actions.bookings import Call, book_call
from actions.bulk import begin_bulk_operation
from actions.campaign_policies import add_campaign_policy
from actions.campaigns import draft_campaign, set_campaign_steps, turn_campaign
from actions.credentials import Naming, store_credential
from actions.customers import add_customer
from actions.datasets import create_dataset
from actions.enrolling import enroll_leads
from actions.exporting import create_export
from actions.imports import create_import
from actions.inviting import Letter, invite_customer
from actions.keys import create_api_key
from actions.leads import NewLead, add_lead
from actions.members import Grant, add_member, invite_member
from actions.merging import merge_leads
from actions.message_templates import add_message_template
from actions.organizations import add_organization, add_phone_number
from actions.placing import add_leads_to_dataset
from actions.prompts import Origin, create_prompt
from actions.receiving import receive_text
from actions.replaying import replay_prompt_version
from actions.reviewing import raise_insights
from actions.step_tasks import StepTask, add_tasks
from actions.territories import add_territory
from db.database import Database
from domain.bulk import BulkVerb
from domain.campaigns.drafts import CampaignKind, StepChannel, StepDraft
from domain.campaigns.message_templates import TemplateChannel
from domain.campaigns.states import CampaignStatus
from domain.campaigns.timing import StepTiming
from domain.conversations import Channel, InboundText
from domain.credentials import CredentialKind, CredentialProvider
from domain.ids import new_id, show_id
from domain.learning import Finding, InsightCategory, InsightSeverity
from domain.people import Actor, Permission, Person, Role
from domain.sealing import new_key_ring, read_key_ring
from realtime.hub import open_hub
from realtime.live import Live
from resolvers.context import Context
from resolvers.schema import Schema
from sophie.reading import Reading
from sophie.review import review
from tests.play.past import bare
from tests.play.past_drafts import keep_use, propose
from tests.play.past_prompts import keep_lessons, keep_prompt, keep_prompt_templates
from tests.play.tenant import next_number

_OPERANDS = {
    "Int": "1",
    "String": '"a"',
    "PhoneNumber": '"+447700900123"',
    "EmailAddress": '"a@b.example"',
    "Boolean": "true",
}
_OPERANDS["DateTime"] = '"2026-01-01T00:00:00Z"'
NOBODY = UUID(int=0)


@dataclass
class Asking:
    """One caller of the whole API over one connection, with what was said on it."""

    schema: Schema
    context: Context
    seen: list[LoggedQuery] = field(default_factory=list)

    async def ask(self, document: str) -> dict[str, Any]:
        result = await self.schema.execute(document, None, self.context)
        assert not result.errors, (document, result.errors)
        data: dict[str, Any] = result.data  # type: ignore[assignment]
        return data

    async def hear(self, document: str) -> None:
        """The first event of a stream that has some."""
        results = await self.schema.stream(document, None, self.context)
        first = await asyncio.wait_for(anext(results), 10)
        assert not first.errors, (document, first.errors)
        await results.aclose()

    @staticmethod
    def bytes_of(answer: dict[str, Any]) -> bytes:
        return orjson.dumps(answer)

    @property
    def graphql(self) -> GraphQLSchema:
        return self.schema._schema


@asynccontextmanager
async def asking(url: str, schema: Schema, actor: Actor | None = None) -> AsyncIterator[Asking]:
    """A pool of one, so that everything is said on one connection."""
    database = Database(url, pool_size=1, ring=read_key_ring(new_key_ring()))
    await database.connect()
    try:
        async with open_hub("memory://") as hub:
            person = Person("rekindle", uuid4().hex, "founder@example.com")
            context = Context(database, Live.over(database, hub, url), uuid4().hex, actor, person, may_found=True)
            asker = Asking(schema, context)
            async with database.connection() as connection:
                connection.add_query_logger(asker.seen.append)
            yield asker
    finally:
        await database.disconnect()


@dataclass(frozen=True, slots=True)
class Past:
    """An organization in which everything has happened once."""

    actor: Actor
    member: UUID
    conversation: str
    lead: str
    insight: str
    colleague: str
    invitation: str
    api_key: str
    credential: str
    customer: str
    customer_invitation: str
    old_customer: str
    lead_merge: str
    other_lead: str
    dataset: str
    booking: str
    an_import: str
    bulk_operation: str
    export: str
    campaign: str
    campaign_policy: str
    free_policy: str
    message_template: str
    stage: str
    default_stage: str
    drip: str
    enrollment: str
    phone_number: str
    task: str
    stages: str
    territory: str
    draft: str
    other_insight: str
    lesson: str
    old_lesson: str
    prompt_template: str
    old_template: str
    prompt: str
    old_prompt: str
    replay: str
    prompt_version: str
    trial_version: str


async def make_past(database: Database) -> Past:
    actor = Actor(new_id())
    slug = f"house-{actor.organization_id.hex[-12:]}"
    user = (await database.look_up("find_or_add_user", new_id(), "rekindle", slug, f"owner@{slug}.example"))[0]["id"]
    others = await database.look_up("find_or_add_user", new_id(), "rekindle", f"{slug}-2", f"c@{slug}.example")
    colleagues = others[0]["id"]
    async with database.work(actor) as session:
        await add_organization(session, slug, slug)
        number = await add_phone_number(session, next_number())
        member = await add_member(session, user, "Olivia", f"owner@{slug}.example", Role.OWNER)
        colleague = await add_member(session, colleagues, "Carl", f"colleague@{slug}.example", Role.AGENT)
        invitation, _ = await invite_member(session, f"invited@{slug}.example", Role.AGENT, Grant())
        api_key, _ = await create_api_key(session, "A program", frozenset({Permission.INBOX_READ}))
        naming = Naming(CredentialKind.SECRET, CredentialProvider.OTHER, "A text", member)
        credential = await store_credential(session, naming, [("value", "nobody's business")])
        lead = await add_lead(session, NewLead(phone=next_number(), owner_id=member, tags=["a"], note="A note."))
        text = InboundText(f"SM{uuid4().hex}", Channel.SMS, next_number(), number, "Hello?", (), datetime.now(UTC))
        message_id = await receive_text(session, text)
        assert message_id
        [message] = await session.connection.fetch("select * from messages where id = $1", message_id)
        [insight, *_] = await raise_insights(session, dict(message), review(Reading("CALL US NOW!!")).faults)
    conversation = show_id("conversation", message["conversation_id"])
    return Past(
        Actor(actor.organization_id, member),
        member,
        conversation,
        lead=show_id("lead", lead),
        insight=show_id("insight", insight),
        colleague=show_id("member", colleague),
        invitation=show_id("staff_invitation", invitation),
        api_key=show_id("api_key", api_key),
        credential=show_id("credential", credential),
        **await _more(database, actor, lead),
        **await _learning(database, actor, message_id),
        **await _answering(database, actor, message["conversation_id"]),
    )


async def _more(database: Database, actor: Actor, lead: UUID) -> dict[str, str]:
    """What hangs on leads: a merge, customers, a dataset, a booked call."""
    async with database.work(actor) as session:
        other_lead, absorbed = [await add_lead(session, NewLead(phone=next_number())) for _ in range(2)]
        await merge_leads(session, lead, absorbed)
        lead_merge = await session.connection.fetchval("select id from lead_merges where lead_id = $1", lead)
        customer = await add_customer(session, {"email": "customer@example.com"})
        old_customer = await add_customer(session, {"first_name": "Cleo"})
        customer_invitation, _ = await invite_customer(session, customer, Letter())
        dataset = await create_dataset(session, {"name": "The first"})
        await add_leads_to_dataset(session, dataset, [lead])
        booking = await book_call(session, lead, Call(datetime.now(UTC) + timedelta(days=1)))
        an_import = await create_import(session, dataset, "people.csv")
        bulk_operation = await begin_bulk_operation(session, BulkVerb.ARCHIVE, {}, lead_ids=[lead], filter=None)
        export = await create_export(session, "leads", {}, [])
        policies = [await add_campaign_policy(session, {"name": str(number)}) for number in range(2)]
        campaign = await draft_campaign(
            session, CampaignKind.DRIP, {"name": "Wake up", "campaign_policy_id": policies[0]}
        )
        stages = [show_id("pipeline_stage", row["id"]) for row in await session.rows("pipeline", "lock_stages")]
    return await _drip(database, actor, other_lead) | {
        "stage": stages[1],
        "default_stage": stages[0],
        "stages": orjson.dumps(stages).decode(),
        "customer": show_id("customer", customer),
        "customer_invitation": show_id("customer_invitation", customer_invitation),
        "old_customer": show_id("customer", old_customer),
        "lead_merge": show_id("lead_merge", lead_merge),
        "other_lead": show_id("lead", other_lead),
        "dataset": show_id("dataset", dataset),
        "booking": show_id("booking", booking),
        "an_import": show_id("import", an_import),
        "bulk_operation": show_id("bulk_operation", bulk_operation),
        "export": show_id("export", export),
        "campaign": show_id("campaign", campaign),
        "campaign_policy": show_id("campaign_policy", policies[0]),
        "free_policy": show_id("campaign_policy", policies[1]),
    }


async def _drip(database: Database, actor: Actor, lead: UUID) -> dict[str, str]:
    """A campaign that runs, and who is in it."""
    async with database.work(actor) as session:
        drip = await draft_campaign(session, CampaignKind.DRIP, {"name": "Runs"})
        await set_campaign_steps(session, drip, [StepDraft(StepChannel.SMS, "Hello", StepTiming(delay_days=9))], None)
        await turn_campaign(session, drip, CampaignStatus.ACTIVE)
        [enrollment] = await enroll_leads(session, drip, [lead])
        numbers = "select id from phone_numbers where organization_id = $1"
        number = await session.connection.fetchval(numbers, actor.organization_id)
        facts = {"name": "Brochure", "channel": TemplateChannel.SMS, "body": "Hello", "tag": "brochure"}
        template = await add_message_template(session, facts)
        of = "select id from step_runs where enrollment_id = $1"
        run = await session.connection.fetchval(of, enrollment)
        territory = await add_territory(session, {"name": "The South", "postcode_prefixes": ["SO"]})
        await add_tasks(session, drip, [StepTask(run, lead, "A call", "Ask about the roof.")], datetime.now(UTC))
        task = await session.connection.fetchval("select id from tasks where step_run_id = $1", run)
    return {
        "drip": show_id("campaign", drip),
        "enrollment": show_id("enrollment", enrollment),
        "phone_number": show_id("phone_number", number),
        "message_template": show_id("message_template", template),
        "task": show_id("task", task),
        "territory": show_id("territory", territory),
    }


async def _answering(database: Database, actor: Actor, conversation_id: UUID) -> dict[str, str]:
    """An answer that people decide about, and what a model was asked."""
    async with database.work(actor) as session:
        await keep_use(session)
        return {"draft": show_id("draft", await propose(session, conversation_id))}


async def _learning(database: Database, actor: Actor, message_id: UUID) -> dict[str, str]:
    """Another insight, lessons, and a prompt that is live."""
    finding = Finding("a test", InsightSeverity.INFO, InsightCategory.TONE, "Curt", "It is short.", "Say hello first.")
    async with database.work(actor) as session:
        [message] = await session.connection.fetch("select * from messages where id = $1", message_id)
        [insight] = await raise_insights(session, dict(message), [finding])
        kept = await keep_lessons(session) | await keep_prompt_templates(session)
        prompt = await keep_prompt(session, bare(kept["prompt_template"]))
        old_prompt = await create_prompt(session, "Old", Origin(template_id=bare(kept["prompt_template"])))
        replay = await replay_prompt_version(session, bare(prompt["prompt_version"]), 20)
    ids = {"other_insight": show_id("insight", insight), "old_prompt": show_id("prompt", old_prompt)}
    ids["replay"] = show_id("replay", replay)
    return kept | prompt | ids


def selection(
    schema: GraphQLSchema, type_: Any, depth: int, with_lists: bool = True, *, is_within_list: bool = False
) -> str:
    """Everything that can be selected of a type, so many levels deep. Events have no lists.

    A list within a list shows its nodes and their count alone, and an edge what its node has itself: with all the rest,
    a document would have more tokens than one may have.
    """
    if isinstance(type_, GraphQLUnionType):
        parts = [
            f"... on {one.name} {selection(schema, one, depth, with_lists)}" for one in schema.get_possible_types(type_)
        ]
        return f"{{ __typename {' '.join(parts)} }}"
    assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
    parts, is_list = ["__typename"], type_.name.endswith("Connection")
    for name, definition in type_.fields.items():
        found = get_named_type(definition.type)
        if is_list and is_within_list and name in ("edges", "pageInfo"):
            continue
        if is_leaf_type(found):  # an alias where what was made may have something else under this name
            parts.append("why: message" if (type_.name, name) == ("Refused", "message") else name)
        elif depth and (with_lists or not found.name.endswith("Connection")):
            page = "(first: 2)" if "first" in definition.args else ""
            below = depth if is_list else 0 if type_.name.endswith("Edge") else depth - 1
            inner = selection(schema, found, below, with_lists, is_within_list=is_list or is_within_list)
            parts.append(f"{name}{page} {inner}")
    return f"{{ {' '.join(parts)} }}"


def filters_of(definition: Any) -> Iterator[str]:
    """Every column with every operator, as a field of the filter."""
    type_ = get_named_type(definition.args["filter"].type)
    assert isinstance(type_, GraphQLInputObjectType)
    for name, given in type_.fields.items():
        comparison = get_named_type(given.type)
        if name in ("and", "or", "not"):
            continue
        assert isinstance(comparison, GraphQLInputObjectType)
        for operator, operand in comparison.fields.items():
            yield f"{name}: {{{operator}: {_operand(name, operand.type)}}}"


def _operand(column: str, type_: Any) -> str:
    nullable, named = get_nullable_type(type_), get_named_type(type_)
    if isinstance(named, GraphQLEnumType):
        one = next(iter(named.values))
    elif named.name == "ID":
        kinds = {"duplicateOf": "lead", "assignee": "member", "owner": "member", "apiKey": "api_key"}
        kinds |= {"pipelineStage": "pipeline_stage", "promptVersion": "prompt_version"}
        kind = kinds.get(column.removesuffix("Id"))
        one = f'"{show_id(kind or column.removesuffix("Id"), NOBODY)}"'
    else:
        one = _OPERANDS[named.name]
    return f"[{one}]" if isinstance(nullable, GraphQLList) else one


def lists(schema: GraphQLSchema) -> dict[str, Any]:
    """The root fields that are connections."""
    query = schema.query_type
    assert query
    return {
        name: found for name, found in query.fields.items() if get_named_type(found.type).name.endswith("Connection")
    }


def orders(definition: Any) -> list[str]:
    """Every order of one key, in both directions."""
    type_ = get_named_type(definition.args["order"].type)
    assert isinstance(type_, GraphQLInputObjectType)
    return [f"{{{key}: {way}}}" for key in type_.fields for way in ("ASC", "DESC")]
