"""A past with campaigns: drafts, policies, and who is in one that runs."""

from uuid import UUID, uuid4

import asyncpg

from actions.campaign_policies import add_campaign_policy
from actions.campaigns import draft_campaign, set_campaign_steps, turn_campaign
from actions.enrolling import enroll_leads
from actions.message_templates import add_message_template
from actions.territories import add_territory
from domain.campaigns.drafts import CampaignKind, StepChannel, StepDraft
from domain.campaigns.message_templates import TemplateChannel
from domain.campaigns.states import CampaignStatus
from domain.campaigns.timing import StepTiming
from domain.ids import new_id, show_id
from domain.people import Role
from tests.play.tenant import Tenant


async def keep_campaigns(tenant: Tenant, sql: asyncpg.Connection, lead: UUID, dataset: str) -> dict[str, str]:
    kept = await keep_campaign(tenant, sql, dataset) | await keep_templates(tenant) | await keep_territories(tenant)
    await keep_turns(tenant, sql)
    return kept | await keep_enrollments(tenant, sql, lead)


async def keep_turns(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """A conversation that is listened to, another day, a member who had a hot lead, and nothing left to do."""
    await sql.execute(
        "insert into silences (organization_id, id, next_attempt_at)"
        " select $1, id, now() + interval '1 day' from conversations where organization_id = $1 limit 1"
        " on conflict do nothing",
        tenant.organization_id,
    )
    await sql.execute(
        "insert into silence_recalls (organization_id) values ($1) on conflict do nothing", tenant.organization_id
    )
    await sql.execute(
        "insert into campaign_tendings (organization_id, id)"
        " select $1, id from campaigns where organization_id = $1 limit 1 on conflict do nothing",
        tenant.organization_id,
    )
    await sql.execute(
        "insert into hot_lead_turns (organization_id, id, last_at) values ($1, $2, now()) on conflict do nothing",
        tenant.organization_id, tenant.members[Role.AGENT],
    )  # fmt: skip


async def keep_territories(tenant: Tenant) -> dict[str, str]:
    """One that somebody works, and one that is about to go. Nothing else is called so, and nobody comes from there."""
    codes = uuid4().hex.translate(str.maketrans("abcdef", "012345"))
    facts = {"postcode_prefixes": [codes[:7]], "member_ids": [tenant.members[Role.AGENT]]}
    async with tenant.house.parts.database.work(tenant.product) as session:
        kept = await add_territory(session, facts | {"name": uuid4().hex})
        doomed = await add_territory(session, {"name": uuid4().hex})
    return {"territory": show_id("territory", kept), "doomed_territory": show_id("territory", doomed)}


async def keep_templates(tenant: Tenant) -> dict[str, str]:
    """One with a tag, which nobody was given, and one that is about to go."""
    facts = {"channel": TemplateChannel.SMS, "body": "Hi {{first_name|there}}"}
    async with tenant.house.parts.database.work(tenant.product) as session:
        kept = await add_message_template(session, facts | {"name": "Brochure", "tag": uuid4().hex, "category": "a"})
        doomed = await add_message_template(session, facts | {"name": "Old"})
    return {
        "message_template": show_id("message_template", kept),
        "doomed_message_template": show_id("message_template", doomed),
    }


async def keep_campaign(tenant: Tenant, sql: asyncpg.Connection, dataset: str) -> dict[str, str]:
    """A draft with a step, under a policy, and a policy that nothing is under."""
    step = StepDraft(StepChannel.SMS, "Hi {{first_name|there}}", StepTiming())
    async with tenant.house.parts.database.work(tenant.product) as session:
        policies = [await add_campaign_policy(session, {"name": uuid4().hex}) for _ in range(2)]
        facts = {"name": "Wake up", "campaign_policy_id": policies[0], "dataset_id": UUID(dataset.rpartition("_")[2])}
        campaign = await draft_campaign(session, CampaignKind.DRIP, facts)
        await set_campaign_steps(session, campaign, [step], None)
    number = await sql.fetchval("select id from phone_numbers where organization_id = $1", tenant.organization_id)
    return {
        "phone_number": show_id("phone_number", number),
        "campaign": show_id("campaign", campaign),
        "campaign_step": show_id(
            "campaign_step", await sql.fetchval("select id from campaign_steps where campaign_id = $1", campaign)
        ),
        "campaign_policy": show_id("campaign_policy", policies[0]),
        "doomed_campaign_policy": show_id("campaign_policy", policies[1]),
    }


async def keep_enrollments(tenant: Tenant, sql: asyncpg.Connection, lead: UUID) -> dict[str, str]:
    """A campaign that runs, with a lead and one who is nobody's, neither of whom is written to before long.

    Somebody waits for a draft to begin, and something was sent by rates.
    """
    steps = [StepDraft(StepChannel.SMS, "Hi {{first_name|there}}", StepTiming(delay_days=days)) for days in (30, 3)]
    async with tenant.house.parts.database.work(tenant.product) as session:
        drip, draft = [await draft_campaign(session, CampaignKind.DRIP, {"name": uuid4().hex}) for _ in range(2)]
        await set_campaign_steps(session, drip, steps, None)
        await turn_campaign(session, drip, CampaignStatus.ACTIVE)
        found = await enroll_leads(session, drip, [lead, await tenant.lead()])
    await sql.execute(
        "insert into enrollment_requests (organization_id, campaign_id, lead_id, source) values ($1, $2, $3, 'TAG')",
        tenant.organization_id, draft, lead,
    )  # fmt: skip
    await sql.execute(
        "insert into sent_segments (organization_id, scope_id, seconds, began_at, segments)"
        " values ($1, $2, 1, now(), 1)",
        tenant.organization_id, drip,
    )  # fmt: skip
    tasks = [await keep_task(sql, one) for one in found]
    of = "select id from step_runs where organization_id = $1 and enrollment_id = $2 and position = 1"
    return {
        "drip": show_id("campaign", drip),
        "task": show_id("task", tasks[0]),
        "old_task": show_id("task", tasks[1]),
        "enrollment": show_id("enrollment", found[0]),
        "old_enrollment": show_id("enrollment", found[1]),
        "step_run": show_id("step_run", await sql.fetchval(of, tenant.organization_id, found[0])),
    }


async def keep_task(sql: asyncpg.Connection, enrollment: UUID) -> UUID:
    """A call that somebody's first step asks for."""
    id: UUID = await sql.fetchval(
        "insert into tasks (organization_id, id, kind, campaign_id, step_run_id, lead_id, owner_id, assignee_id,"
        " dataset_ids, title, body, due_at) select organization_id, $2, 'CALL', campaign_id, id, lead_id, owner_id,"
        " assignee_id, dataset_ids, 'A call', 'Ask about the roof.', now() from step_runs"
        " where enrollment_id = $1 and position = 1 returning id",
        enrollment, new_id(),
    )  # fmt: skip
    return id
