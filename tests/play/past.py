"""A past: rows of every kind for a tenant, and a crowd of them with equal keys and missing values."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg

from actions.bookings import Call, book_call
from actions.conversations import assign_conversation, mark_conversation_read, send_message
from actions.credentials import Naming, store_credential
from actions.customers import add_customer, convert_lead
from actions.datasets import create_dataset
from actions.erasing import erase_lead
from actions.importing import rehearse_chunk
from actions.imports import create_import, record_look, take_file
from actions.inviting import Letter, invite_customer
from actions.keys import create_api_key
from actions.leads import NewLead, add_lead
from actions.members import Grant, Limit, invite_member
from actions.merging import merge_leads
from actions.pipeline import add_stage
from actions.placing import add_leads_to_dataset
from actions.reviewing import raise_insights
from domain.credentials import CredentialKind, CredentialProvider
from domain.ids import show_id
from domain.importing import Known
from domain.imports.fields import Field, Target
from domain.imports.mapping import Proposal, Reason
from domain.imports.people import Unfit
from domain.learning import Finding, InsightCategory, InsightSeverity
from domain.people import Actor, LeadScope, Permission, Role
from tests.play.background import keep_work
from tests.play.past_campaigns import keep_campaigns
from tests.play.past_drafts import keep_drafts
from tests.play.past_prompts import keep_prompts
from tests.play.past_replays import keep_replays
from tests.play.past_words import keep_words
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until


@dataclass(frozen=True, slots=True)
class Past:
    """Ids as clients see them, of one row of every kind."""

    lead: str
    conversation: str
    message: str
    answer: str
    insight: str
    member: str
    organization: str
    phone: str
    email: str
    colleague: str
    invitation: str
    api_key: str
    record: str
    credential: str
    old_credential: str
    customer: str
    old_customer: str
    customer_invitation: str
    customer_email: str
    lead_merge: str
    absorbed: str
    twin: str
    other_twin: str
    dataset: str
    booking: str
    old_booking: str
    an_import: str
    import_row: str
    import_column: str
    note: str
    consent: str
    stage: str
    doomed_stage: str
    bulk_operation: str
    bulk_operation_row: str
    export: str
    campaign: str
    campaign_step: str
    campaign_policy: str
    doomed_campaign_policy: str
    message_template: str
    doomed_message_template: str
    drip: str
    enrollment: str
    old_enrollment: str
    step_run: str
    phone_number: str
    task: str
    old_task: str
    territory: str
    doomed_territory: str
    draft: str
    old_draft: str
    model_use: str
    lesson: str
    old_lesson: str
    prompt_template: str
    old_template: str
    prompt: str
    old_prompt: str
    prompt_version: str
    trial_version: str
    prompt_deployment: str
    insight_evidence: str
    replay: str
    replay_row: str


async def live(tenant: Tenant, sql: asyncpg.Connection) -> Past:
    """One row of every kind, each hanging on the others; nothing is under way any more when it returns."""
    agent, phone = tenant.members[Role.AGENT], next_number()
    email = f"{uuid4().hex}@example.com"
    lead = await tenant.lead(phone=phone, email=email, owner_id=agent, tags=["vip"])
    conversation, message = await tenant.text("Is it still on?", sender=phone)
    async with tenant.house.parts.database.work(Actor(tenant.organization_id, agent)) as session:
        await assign_conversation(session, bare(conversation), agent)
        answer = show_id("message", await send_message(session, bare(conversation), "It is.", uuid4().hex))
    await forget_somebody(tenant)
    asked = await ask_in(tenant, bare(conversation))
    raised = await keep_insight(tenant, sql, conversation, answer)
    await settled(tenant, sql)
    record = show_id("audit_log", await sql.fetchval("select id from audit_logs where subject_id = $1 limit 1", lead))
    return Past(
        lead=show_id("lead", lead),
        conversation=conversation,
        message=message,
        answer=answer,
        **raised,
        member=show_id("member", agent),
        organization=show_id("organization", tenant.organization_id),
        phone=phone,
        email=email,
        colleague=show_id("member", (await tenant.colleague(LeadScope.ALL))[1]),
        **asked,
        record=record,
        credential=await keep_credential(tenant, uuid4().hex),
        old_credential=await keep_credential(tenant, uuid4().hex, agent),
        **await keep_customers(tenant),
        **await merge_somebody(tenant),
        **await keep_stages(tenant, sql),
        **await keep_words(tenant, agent, lead),
        **(things := await keep_import(tenant, lead)) | await keep_bookings(tenant, lead),
        **await keep_work(tenant, sql, lead) | await keep_campaigns(tenant, sql, lead, things["dataset"]),
        **(prompts := await keep_learning(tenant, sql, conversation, things["dataset"])),
        **await keep_drafts(tenant, conversation),
        **await keep_replays(tenant, sql, prompts["prompt_version"]),
    )


async def keep_learning(tenant: Tenant, sql: asyncpg.Connection, conversation: str, dataset: str) -> dict[str, str]:
    """Lessons and prompts, with an insight of nobody's lead that somebody learned from."""
    other, message = await tenant.text("Of nobody's.")
    insight = await raise_insight(tenant, other, message)
    return await keep_prompts(tenant, sql, (conversation, other), insight, dataset)


async def ask_in(tenant: Tenant, conversation: UUID) -> dict[str, str]:
    """Somebody who has not come yet, and a program that has."""
    async with tenant.house.parts.database.work(tenant.product) as session:
        invitation, _ = await invite_member(session, f"{uuid4().hex}@example.com", Role.AGENT, Grant())
        key, _ = await create_api_key(session, "a program", frozenset({Permission.INBOX_READ}))
    await act_by_key(tenant, key, conversation)
    return {"invitation": show_id("staff_invitation", invitation), "api_key": show_id("api_key", key)}


async def act_by_key(tenant: Tenant, key: UUID, conversation: UUID) -> None:
    """As the audit trail records it: not that somebody read, but that something changed."""
    async with tenant.house.parts.database.work(Actor(tenant.organization_id, api_key_id=key)) as session:
        await mark_conversation_read(session, conversation)
        for status in ("CLOSED", "ACTIVE"):
            change = "update conversations set status = $2 where id = $1"
            await session.connection.execute(change, conversation, status)


def bare(id: str) -> UUID:
    return UUID(id.rpartition("_")[2])


async def keep_customers(tenant: Tenant) -> dict[str, str]:
    """One who never was a lead and was asked in, one who was converted, the first one's invitation and address."""
    email = f"{uuid4().hex}@example.com"
    lead = await tenant.lead(email=f"{uuid4().hex}@example.com", owner_id=tenant.members[Role.AGENT])
    async with tenant.house.parts.database.work(tenant.product) as session:
        customer = await add_customer(session, {"first_name": "Cleo", "email": email})
        invitation, _ = await invite_customer(session, customer, Letter("Welcome."))
        converted = await convert_lead(session, lead)
        await invite_customer(session, converted, Letter())
    return {
        "customer": show_id("customer", customer),
        "old_customer": show_id("customer", converted),
        "customer_invitation": show_id("customer_invitation", invitation),
        "customer_email": email,
    }


async def keep_import(tenant: Tenant, lead: UUID) -> dict[str, str]:
    """A dataset, and a file for it that was looked at and waits to be imported, with a row of a rehearsal."""
    dataset = await keep_dataset(tenant, lead, lawful_basis="CONSENT")
    await limit_somebody(tenant, dataset)
    await put_some(tenant, dataset)
    found = Proposal("Phone", Target(field=Field.PHONE), 0.9, Reason.HEADER, ("+447700900123",))
    async with tenant.house.parts.database.work(tenant.product) as session:
        made = await create_import(session, bare(dataset), "people.csv")
        await take_file(session, made, 1)
        await record_look(session, made, ("TEXT", "utf-8", ",", None, 1, "{}", 1), [found])
        await rehearse_chunk(session, {"id": made, "duplicate_policy": "FLAG"}, [Unfit(2, [])], Known())
        of = "select id from {} where organization_id = $1 and import_id = $2"
        ids = [
            await session.connection.fetchval(of.format(table), tenant.organization_id, made)
            for table in ("import_rows", "import_columns")
        ]
    things = {"import_row": show_id("import_row", ids[0]), "import_column": show_id("import_column", ids[1])}
    return things | {"dataset": dataset, "an_import": show_id("import", made)}


async def merge_somebody(tenant: Tenant) -> dict[str, str]:
    """A merge of the agent's leads and one of nobody's, who was absorbed by the first, and two who could be merged."""
    ids = [await tenant.lead(owner_id=owner) for owner in (tenant.members[Role.AGENT], None, None) for _ in range(2)]
    async with tenant.house.parts.database.work(tenant.product) as session:
        for pair in (ids[:2], ids[2:4]):
            await merge_leads(session, *pair)
        of = "select id from lead_merges where organization_id = $1 and lead_id = $2"
        merge = await session.connection.fetchval(of, tenant.organization_id, ids[0])
        repeat = "update leads set duplicate_of_id = $2 where organization_id = $1 and id = $3"
        await session.connection.execute(repeat, tenant.organization_id, *ids[4:])
    absorbed, twin, other_twin = (show_id("lead", ids[place]) for place in (1, 4, 5))
    merged = {"lead_merge": show_id("lead_merge", merge), "absorbed": absorbed}
    return merged | {"twin": twin, "other_twin": other_twin}


async def keep_bookings(tenant: Tenant, lead: UUID) -> dict[str, str]:
    """Calls of a lead and of somebody nobody works, booked by an agent."""
    return {"booking": await keep_booking(tenant, lead), "old_booking": await keep_booking(tenant, await tenant.lead())}


async def keep_booking(tenant: Tenant, lead: UUID) -> str:
    call = Call(datetime.now(UTC) + timedelta(days=3), title="A first look")
    async with tenant.house.parts.database.work(Actor(tenant.organization_id, tenant.members[Role.AGENT])) as session:
        return show_id("booking", await book_call(session, lead, call))


async def keep_stages(tenant: Tenant, sql: asyncpg.Connection) -> dict[str, str]:
    """The one where new leads stand, and one that nobody needs."""
    of = "select id from pipeline_stages where organization_id = $1 and is_default"
    async with tenant.house.parts.database.work(tenant.product) as session:
        doomed = await add_stage(session, uuid4().hex, None)
    usual = await sql.fetchval(of, tenant.organization_id)
    return {"stage": show_id("pipeline_stage", usual), "doomed_stage": show_id("pipeline_stage", doomed)}


async def forget_somebody(tenant: Tenant) -> None:
    async with tenant.house.parts.database.work(tenant.product) as session:
        await erase_lead(session, await add_lead(session, NewLead(phone=next_number())))


async def raise_insight(tenant: Tenant, conversation: str, message: str, rule: str = "a test") -> str:
    """Of a rule of the message's own: the same rule in another would be the same insight."""
    finding = Finding(
        f"{rule} {message}", InsightSeverity.INFO, InsightCategory.TONE, "Curt", "It is short.", "Say more."
    )
    row = {"id": bare(message), "body": "It is.", "conversation_id": bare(conversation)}
    async with tenant.house.parts.database.work(tenant.product) as session:
        await session.execute("reviewing", "mark_reviewed", row["id"], None, [])
        raised = await raise_insights(session, row, [finding])
    return show_id("insight", raised[0])


async def keep_insight(tenant: Tenant, sql: asyncpg.Connection, conversation: str, message: str) -> dict[str, str]:
    insight = await raise_insight(tenant, conversation, message)
    found = await sql.fetchval("select id from insight_evidence where insight_id = $1", bare(insight))
    return {"insight": insight, "insight_evidence": show_id("insight_evidence", found)}


async def keep_credential(tenant: Tenant, name: str, owner_id: UUID | None = None) -> str:
    naming = Naming(CredentialKind.SOCIAL, CredentialProvider.FACEBOOK, name, owner_id)
    async with tenant.house.parts.database.work(tenant.product) as session:
        return show_id("credential", await store_credential(session, naming, [("access_token", uuid4().hex)]))


async def keep_dataset(tenant: Tenant, *leads: UUID, **facts: object) -> str:
    async with tenant.house.parts.database.work(tenant.product) as session:
        dataset = await create_dataset(session, {"name": uuid4().hex, **facts})
        if leads:
            await add_leads_to_dataset(session, dataset, leads)
        return show_id("dataset", dataset)


async def put_some(tenant: Tenant, dataset: str) -> None:
    """A lead who became a customer, and one who absorbed another, where there are some."""
    async with tenant.house.parts.database.work(tenant.product) as session:
        for table in ("customers", "lead_merges"):
            of = f"select lead_id from {table} where organization_id = $1 and lead_id is not null order by 1 limit 1"
            found = await session.connection.fetchval(of, tenant.organization_id)
            if found:
                await add_leads_to_dataset(session, bare(dataset), [found])


async def limit_somebody(tenant: Tenant, dataset: str) -> None:
    """A member, a key and an invitation that are limited to it."""
    limit = frozenset({bare(dataset)})
    await tenant.colleague(LeadScope.ALL, limit=limit)
    await tenant.program(Permission.INBOX_READ, limit=limit)
    async with tenant.house.parts.database.work(tenant.product) as session:
        await invite_member(session, f"{uuid4().hex}@example.com", Role.AGENT, Grant(limit=Limit(limit)))


async def settled(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Returns when no text of the tenant is on its way and none waits for a review."""

    async def is_settled() -> bool:
        await hasten(tenant, sql)
        quiet = (
            "select not exists (select from messages where organization_id = $1 and (status in"
            " ('QUEUED', 'SENDING', 'SENT') or direction = 'OUTBOUND' and reviewed_at is null)) and not exists"
            " (select from inbound_webhooks where organization_id = $1 and settled_at is null)"
        )
        return bool(await sql.fetchval(quiet, tenant.organization_id))

    await until(is_settled)


async def hasten(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """What waits for its hour becomes due: texts to be sent, and webhooks that were put off."""
    await sql.execute(
        "update inbound_webhooks set next_attempt_at = now()"
        " where organization_id = $1 and settled_at is null and next_attempt_at > now()",
        tenant.organization_id,
    )
    await sql.execute(
        "update messages set scheduled_at = now() where organization_id = $1 and status = 'QUEUED'"
        " and scheduled_at > now()",
        tenant.organization_id,
    )
    tenant.poke()


async def end_leases(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """As if the workers that were sending had been dead for a minute."""
    await sql.execute(
        "update messages set scheduled_at = now() where organization_id = $1 and status = 'SENDING'",
        tenant.organization_id,
    )
    tenant.poke()
