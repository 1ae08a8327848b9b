"""A past with lessons and prompts: what was taught, what writes, what is tried, and what came of it."""

from uuid import UUID, uuid4

import asyncpg

from actions.deploying import deploy_prompt_version
from actions.lessons import add_lesson
from actions.prompt_templates import add_prompt_template
from actions.prompt_versions import write_prompt_version
from actions.prompts import Origin, create_prompt
from actions.teaching import approve_insight
from db.session import Session
from domain.ids import show_id
from domain.lessons import LessonType
from domain.prompts.sections import SectionName
from tests.play.tenant import Tenant

SECTIONS = {name: f"What is said of the {name.lower()}." for name in SectionName}


async def keep_prompts(
    tenant: Tenant, sql: asyncpg.Connection, conversations: tuple[str, str], insight: str, dataset: str
) -> dict[str, str]:
    """What was taught by an insight, a prompt of a dataset that is live and has a version on trial, and one that never
    wrote. What is live has written in both conversations, and what is tried in the first one.
    """
    async with tenant.house.parts.database.work(tenant.product) as session:
        kept = await keep_lessons(session) | await keep_prompt_templates(session)
        prompt = await keep_prompt(session, _id(kept["prompt_template"]), _id(dataset))
        copy = await create_prompt(session, "A copy", Origin(copied_from_id=_id(prompt["prompt"])))
        await approve_insight(session, _id(insight), _id(kept["lesson"]))
    await expose(sql, _id(prompt["prompt_version"]), *map(_id, conversations), replied=True)
    await expose(sql, _id(prompt["trial_version"]), _id(conversations[0]))
    deployment = await sql.fetchval("select id from prompt_deployments where prompt_id = $1", _id(prompt["prompt"]))
    return kept | prompt | {
        "old_prompt": show_id("prompt", copy),
        "prompt_deployment": show_id("prompt_deployment", deployment),
    }  # fmt: skip


async def keep_lessons(session: Session) -> dict[str, str]:
    """Two that say the same, and one that nothing has."""
    facts = {"type": LessonType.NEVER_RULE, "title": "Never name a price", "tags": ["price"], "priority": 5}
    kept, doomed = await add_lesson(session, facts), await add_lesson(session, facts)
    return {"lesson": show_id("lesson", kept), "old_lesson": show_id("lesson", doomed)}


async def keep_prompt_templates(session: Session) -> dict[str, str]:
    facts = {"description": "A beginning.", "category": "general", "sections": SECTIONS}
    kept, doomed = [await add_prompt_template(session, facts | {"name": uuid4().hex}) for _ in range(2)]
    return {"prompt_template": show_id("prompt_template", kept), "old_template": show_id("prompt_template", doomed)}


async def keep_prompt(session: Session, template_id: UUID, dataset_id: UUID | None = None) -> dict[str, str]:
    """One that was made from a template: its first version writes, and the second one on a tenth."""
    prompt = await create_prompt(session, "Wake up", Origin(template_id=template_id), dataset_id=dataset_id)
    first = await session.connection.fetchval("select id from prompt_versions where prompt_id = $1", prompt)
    await deploy_prompt_version(session, first, 100, None)
    second = await write_prompt_version(session, prompt, {SectionName.TONE: "Plainer."}, "It was too long.")
    await deploy_prompt_version(session, second, 10, "To see.")
    return {
        "prompt": show_id("prompt", prompt),
        "prompt_version": show_id("prompt_version", first),
        "trial_version": show_id("prompt_version", second),
    }


async def expose(
    sql: asyncpg.Connection, version_id: UUID, *conversation_ids: UUID, texts: int = 1, **came: bool
) -> None:
    """As if a version had written in conversations, and this had come of each: replied, positive, booked, opted_out."""
    facts = {f"{name}_at": "now()" if came.get(name) else "null" for name in _OUTCOMES}
    await sql.execute(
        "insert into exposures (organization_id, id, prompt_version_id, conversation_id, lead_id, owner_id,"
        f" assignee_id, dataset_ids, texts_count, last_at, {', '.join(facts)})"
        " select organization_id, gen_random_uuid(), $1, id, lead_id, owner_id, assignee_id, dataset_ids, $3, now(),"
        f" {', '.join(facts.values())} from conversations where id = any ($2::uuid[])",
        version_id, conversation_ids, texts,
    )  # fmt: skip


async def write_in(tenant: Tenant, sql: asyncpg.Connection, version: str, of: int, **came: int) -> None:
    """As if a version had written in so many conversations, and in so many of them this had come of it."""
    made = await sql.fetch(
        "with people as (insert into leads (organization_id, id, first_name, phone, pipeline_stage_id)"
        " select $1, gen_random_uuid(), 'Ann', '+447' || lpad(floor(random() * 1e9)::bigint::text, 9, '0'),"
        " (select id from pipeline_stages where organization_id = $1 and is_default) from generate_series(1, $2)"
        " returning id) insert into conversations (organization_id, id, lead_id) select $1, id, id from people"
        " returning id",
        tenant.organization_id, of,
    )  # fmt: skip
    await expose(sql, _id(version), *(row["id"] for row in made))
    for name, count in came.items():
        await sql.execute(
            f"update exposures set {name}_at = now() where prompt_version_id = $1 and conversation_id = any ($2)",
            _id(version), [row["id"] for row in made[:count]],
        )  # fmt: skip


_OUTCOMES = ("replied", "positive", "booked", "opted_out")


def _id(shown: str) -> UUID:
    return UUID(shown.rpartition("_")[2])
