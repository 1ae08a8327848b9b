"""Templates of prompts: written, changed, put away; those that come with the product are added by one verb."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from db.session import Row, Session
from domain.ids import new_id
from domain.people import Permission
from domain.prompts.templates import SYSTEM_TEMPLATES, check_prompt_template
from domain.prompts.wizard import check_known
from domain.refusals import Refusal, RefusalCode, not_found
from domain.versions import check_version

# In the order of the statements' parameters.
_FACTS = ("name", "description", "category", "industry", "use_case", "best_for", "sections", "wizard_answers")
_KEPT_AS_JSON = ("sections", "wizard_answers")


async def add_prompt_template(session: Session, facts: Mapping[str, Any]) -> UUID:
    session.actor.require(Permission.PROMPTS_WRITE)
    id = new_id()
    whole = dict.fromkeys(_FACTS) | {"wizard_answers": {}} | dict(facts)
    await session.execute("prompts", "add_template", id, session.actor.member_id, *_checked(whole))
    return id


async def add_system_prompt_templates(session: Session) -> list[UUID]:
    """Those of the product that the organization lacks."""
    session.actor.require(Permission.PROMPTS_WRITE)
    rows = [
        {
            "id": new_id(),
            "name": one.name,
            "description": one.description,
            "category": one.category,
            "industry": one.industry,
            "use_case": one.use_case,
            "best_for": one.best_for,
            "sections": {name.value: text for name, text in one.sections.items()},
            "wizard_answers": one.answers,
        }
        for one in SYSTEM_TEMPLATES
    ]
    added = await session.rows("prompts", "add_system_templates", orjson.dumps(rows).decode())
    return [row["id"] for row in added]


async def change_prompt_template(
    session: Session, template_id: UUID, changes: Mapping[str, Any], expected_version: int | None
) -> UUID:
    """Prompts made from it stay as they are."""
    found = await _lock(session, template_id)
    check_version(expected_version, found["version"], "template")
    kept = {name: found[name] for name in _FACTS} | {name: orjson.loads(found[name]) for name in _KEPT_AS_JSON}
    await session.execute("prompts", "change_template", template_id, *_checked(kept | dict(changes)))
    return template_id


async def archive_prompt_template(session: Session, template_id: UUID) -> UUID:
    await _lock(session, template_id)
    await session.execute("prompts", "archive_template", template_id)
    return template_id


def _checked(whole: Mapping[str, Any]) -> list[Any]:
    checked = check_prompt_template(whole)
    checked["wizard_answers"] = check_known(checked["wizard_answers"])
    stored = checked | {name: orjson.dumps(checked[name]).decode() for name in _KEPT_AS_JSON}
    return [stored[name] for name in _FACTS]


async def _lock(session: Session, template_id: UUID) -> Row:
    session.actor.require(Permission.PROMPTS_WRITE)
    found = await session.row("prompts", "lock_template", template_id)
    if found is None:
        raise not_found("prompt template", "promptTemplateId")
    if found["archived_at"]:
        raise Refusal(RefusalCode.CONFLICT, "This template was put away: write another.", "promptTemplateId")
    if found["is_system"]:
        raise Refusal(RefusalCode.CONFLICT, "This came with the product: write one of your own.", "promptTemplateId")
    return found
