"""Prompts: made by the wizard, from a template, by hand or as a copy; changed, and put away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from actions.deploying import withdraw_prompt
from actions.lessons import get_lessons
from actions.prompt_versions import Draft, add_version, get_parts, get_version, lock_prompt
from db.session import Row, Session
from domain.campaigns.drafts import check_facts
from domain.ids import new_id
from domain.lessons import Lesson, LessonStatus
from domain.people import Permission
from domain.prompts.sections import Part, PartSource, SectionName, check_parts, with_lessons
from domain.prompts.templates import parts_of_template
from domain.prompts.versions import VersionChange
from domain.prompts.wizard import check_answers, parts_of
from domain.prompts.words import CreatedFrom
from domain.refusals import not_found
from domain.versions import check_version

_FACTS = ("name", "description", "is_guarded")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the words of a prompt come from: what is named of these decides."""

    answers: Mapping[str, str] | None = None
    sections: Mapping[SectionName, str] | None = None
    template_id: UUID | None = None
    copied_from_id: UUID | None = None

    @property
    def word(self) -> CreatedFrom:
        if self.answers is not None:
            return CreatedFrom.WIZARD
        if self.template_id:
            return CreatedFrom.TEMPLATE
        return CreatedFrom.COPIED if self.copied_from_id else CreatedFrom.MANUAL


@dataclass(frozen=True, slots=True)
class _Words:
    """The parts of a first version, and what the wizard was told."""

    parts: list[Part]
    answers: dict[str, str] | None = None


async def create_prompt(
    session: Session, name: str, origin: Origin, *, description: str | None = None, dataset_id: UUID | None = None
) -> UUID:
    """A prompt with its first version, a draft, into which every lesson goes that applies."""
    session.actor.require(Permission.PROMPTS_WRITE)
    facts = check_facts({"name": name, "description": description})
    if dataset_id and not await session.row("datasets", "lock_dataset", dataset_id):
        raise not_found("dataset", "datasetId")
    words = await _find_words(session, origin)
    id = new_id()
    answers = words.answers and orjson.dumps(words.answers).decode()
    made = (origin.word, origin.template_id, origin.copied_from_id, answers)
    await session.execute("prompts", "add_prompt", id, session.actor.member_id, dataset_id, *facts.values(), *made)
    if origin.template_id:
        await session.execute("prompts", "note_use", origin.template_id)
    summary = f"The first version, {_MADE[origin.word]}."
    await add_version(session, id, Draft(words.parts, VersionChange.CREATED, summary))
    return id


_MADE = {
    CreatedFrom.WIZARD: "made by the wizard",
    CreatedFrom.TEMPLATE: "made from a template",
    CreatedFrom.MANUAL: "written by hand",
    CreatedFrom.COPIED: "copied from another prompt",
}


async def preview_prompt(session: Session, origin: Origin) -> list[Part]:
    """How the first version would read. Nothing is stored."""
    session.actor.require(Permission.PROMPTS_WRITE)
    return (await _find_words(session, origin)).parts


async def _find_words(session: Session, origin: Origin) -> _Words:
    if origin.copied_from_id:
        version = await get_version(session, origin.copied_from_id, None)
        return _Words(await get_parts(session, version["id"]))
    template = await _find_template(session, origin.template_id) if origin.template_id else None
    answers = None
    if origin.answers is not None:
        usual = orjson.loads(template["wizard_answers"]) if template else {}
        answers = check_answers({**usual, **origin.answers})
        parts = parts_of(answers)
    elif template:
        parts = parts_of_template(orjson.loads(template["sections"]), f"From the template “{template['name']}”.")
    else:
        said = origin.sections or {}
        parts = check_parts(Part(name, text, PartSource.MANUAL) for name, text in said.items())
    return _Words(with_lessons(parts, await _applying(session)), answers)


async def _find_template(session: Session, template_id: UUID) -> Row:
    found = await session.row("prompts", "find_template", template_id)
    if found is None:
        raise not_found("prompt template", "promptTemplateId")
    return found


async def _applying(session: Session) -> list[Lesson]:
    return [lesson for lesson in await get_lessons(session) if lesson.status is LessonStatus.ACTIVE]


async def change_prompt(
    session: Session, prompt_id: UUID, changes: Mapping[str, Any], expected_version: int | None
) -> UUID:
    """What it is called, and whether it is guarded; what it says changes by another version."""
    found = await lock_prompt(session, prompt_id)
    check_version(expected_version, found["version"], "prompt")
    whole = {name: found[name] for name in _FACTS} | check_facts(changes)
    await session.execute("prompts", "change_prompt", prompt_id, *(whole[name] for name in _FACTS))
    return prompt_id


async def archive_prompt(session: Session, prompt_id: UUID) -> UUID:
    """Puts it away: where it was live, the organization's answers from now on, or nobody's."""
    prompt = await lock_prompt(session, prompt_id)
    if prompt["live_version_id"]:
        await withdraw_prompt(session, prompt, "It was put away.")
    await session.execute("prompts", "archive_prompt", prompt_id)
    return prompt_id
