"""Prompts: made, changed, copied and put away; read, version by version."""

from typing import Annotated, Any

import strawberry

from actions.prompt_versions import apply_lessons, remove_lessons, write_prompt_version
from actions.prompts import Origin, archive_prompt, change_prompt, create_prompt, preview_prompt
from db.prompts import PROMPT_VERSIONS, PROMPTS
from db.session import Session
from domain.ids import read_id
from domain.people import Permission
from domain.prompts.sections import SectionName, compile_prompt
from domain.prompts.wizard import QUESTIONS
from domain.refusals import bad_input
from resolvers.answers import What, Work, fact, given, making, many, one, said
from resolvers.context import Context
from schema.paging import Connection
from schema.prompts import PreviewSection, Prompt, PromptPreview, PromptVersion, WizardQuestion
from schema.refusals import Refused

Info = strawberry.Info[Context, None]


@strawberry.type
class PromptsQuery:
    prompts: Connection[Prompt] = many(PROMPTS, "Every prompt at hand, the newest first. Needs INBOX_READ.")
    prompt: Prompt | None = one(PROMPTS, "One prompt; null when there is none with this id. Needs INBOX_READ.")
    prompt_version: PromptVersion | None = one(
        PROMPT_VERSIONS, "One version of a prompt; null when there is none with this id. Needs INBOX_READ."
    )

    @strawberry.field(description="What the wizard asks, in order; createPrompt takes the answers. Needs INBOX_READ.")
    def prompt_wizard(self, info: Info) -> list[WizardQuestion]:
        info.context.caller.require(Permission.INBOX_READ)
        return [WizardQuestion(key=q.key, section=q.section, text=q.text, example=q.example, is_required=q.is_required)
                for q in QUESTIONS]  # fmt: skip


@strawberry.input(description="An answer to a question of the wizard.")
class WizardAnswerInput:
    key: str = strawberry.field(description="The key of the question.")
    answer: str = strawberry.field(description="What you say.")


@strawberry.input(description="The words of a section.")
class PromptSectionInput:
    section: SectionName = strawberry.field(description="Which.")
    content: str = strawberry.field(description="The words.")


@strawberry.input(description="What the wizard is told.")
class WizardInput:
    answers: list[WizardAnswerInput] = strawberry.field(
        default_factory=list, description="Answers; promptWizard says which are required."
    )
    prompt_template_id: strawberry.ID | None = fact("A template whose answers hold where you give none.")


@strawberry.input(description="Where the words of a prompt come from.", one_of=True)
class PromptOriginInput:
    wizard: WizardInput | None = fact("From answers.")
    prompt_template_id: strawberry.ID | None = fact("From a template.")
    sections: list[PromptSectionInput] | None = fact("From you: words for each of the six sections.")
    prompt_id: strawberry.ID | None = fact("From another prompt: what its newest version says.")


@strawberry.input(description="A prompt to look at before it is made.")
class PreviewPromptInput:
    origin: PromptOriginInput = strawberry.field(description="Where its words come from.")


@strawberry.input(description="A prompt to make.")
class CreatePromptInput:
    name: str = strawberry.field(description="What it is called.")
    origin: PromptOriginInput = strawberry.field(description="Where its words come from.")
    description: str | None = fact("What it is for.")
    dataset_id: strawberry.ID | None = fact("For the leads of which dataset; without it for all.")


@strawberry.input(description="What changes of a prompt: what is left out stays, null clears.")
class ChangePromptInput:
    prompt_id: strawberry.ID = strawberry.field(description="Which.")
    name: str | None = fact("What it is called.")
    description: str | None = fact("What it is for.")
    is_guarded: bool | None = fact("Whether a version that does harm is taken back by itself.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="What a prompt is to say from another version on.")
class WritePromptVersionInput:
    prompt_id: strawberry.ID = strawberry.field(description="Of which prompt.")
    sections: list[PromptSectionInput] = strawberry.field(description="Sections that read otherwise, whole.")
    reason: str = strawberry.field(description="Why, in at most 2,000 characters.")
    previous_version_id: strawberry.ID | None = fact("The version it is made from; without it the newest.")


@strawberry.input(description="Lessons for a prompt.")
class PromptLessonsInput:
    prompt_id: strawberry.ID = strawberry.field(description="Of which prompt.")
    lesson_ids: list[strawberry.ID] = strawberry.field(description="Which lessons.")
    reason: str | None = fact("Why.")


@strawberry.input(description="Which prompt is meant.")
class PromptInput:
    prompt_id: strawberry.ID = strawberry.field(description="Which.")


PromptResult = Annotated[
    Prompt | Refused, strawberry.union("PromptResult", description="The prompt, or why nothing was changed.")
]
PromptVersionResult = Annotated[
    PromptVersion | Refused,
    strawberry.union("PromptVersionResult", description="The new version, or why there is none."),
]
PreviewPromptResult = Annotated[
    PromptPreview | Refused,
    strawberry.union("PreviewPromptResult", description="How it would read, or why that cannot be said."),
]
_NEEDS = "Needs INBOX_READ and PROMPTS_WRITE."


@strawberry.type
class PromptsMutation:
    @strawberry.mutation(description="Says how a prompt would read. Nothing is stored. Needs PROMPTS_WRITE.")
    def preview_prompt(self, input: Annotated[PreviewPromptInput, What]) -> PreviewPromptResult:
        origin = _origin(input.origin)

        async def run(session: Session) -> Any:
            parts = await preview_prompt(session, origin)
            sections = [PreviewSection(section=p.section, content=p.content, source=p.source, why=p.why) for p in parts]
            return PromptPreview(sections=sections, compiled=compile_prompt(parts))

        return Work(run)  # type: ignore[return-value]

    @strawberry.mutation(
        description=f"Makes a prompt with a first version, a draft, into which every lesson goes that applies. {_NEEDS}"
    )
    def create_prompt(self, input: Annotated[CreatePromptInput, What]) -> PromptResult:
        origin = _origin(input.origin)
        dataset = _id("dataset", given(input.dataset_id), "datasetId")

        def run(session: Session) -> Any:
            about = given(input.description)
            return create_prompt(session, input.name, origin, description=about, dataset_id=dataset)

        return making(PROMPTS, run)

    @strawberry.mutation(description=f"Changes what a prompt is called, and whether it is guarded. {_NEEDS}")
    def change_prompt(self, input: Annotated[ChangePromptInput, What]) -> PromptResult:
        changes = said(input)
        id, expected = _prompt(changes.pop("prompt_id")), changes.pop("expected_version", None)
        return making(PROMPTS, lambda session: change_prompt(session, id, changes, expected))

    @strawberry.mutation(description=f"Puts a prompt away; where it was live, it writes no more. {_NEEDS}")
    def archive_prompt(self, input: Annotated[PromptInput, What]) -> PromptResult:
        return making(PROMPTS, lambda session: archive_prompt(session, _prompt(input.prompt_id)))

    @strawberry.mutation(description=f"Writes another version by hand; nothing is live by it. {_NEEDS}")
    def write_prompt_version(self, input: Annotated[WritePromptVersionInput, What]) -> PromptVersionResult:
        id, words = _prompt(input.prompt_id), sections_of(input.sections)
        previous = _id("prompt_version", given(input.previous_version_id), "previousVersionId")
        return making(
            PROMPT_VERSIONS,
            lambda session: write_prompt_version(session, id, words, input.reason, previous_id=previous),
        )

    @strawberry.mutation(description=f"Writes another version with lessons in it, as they read now. {_NEEDS}")
    def apply_lessons(self, input: Annotated[PromptLessonsInput, What]) -> PromptVersionResult:
        id, lessons = _prompt(input.prompt_id), _lessons(input)
        return making(PROMPT_VERSIONS, lambda session: apply_lessons(session, id, lessons, given(input.reason)))

    @strawberry.mutation(description=f"Writes another version without lessons that are in it. {_NEEDS}")
    def remove_lessons(self, input: Annotated[PromptLessonsInput, What]) -> PromptVersionResult:
        id, lessons = _prompt(input.prompt_id), _lessons(input)
        return making(PROMPT_VERSIONS, lambda session: remove_lessons(session, id, lessons, given(input.reason)))


def _origin(input: PromptOriginInput) -> Origin:
    wizard = given(input.wizard)
    if wizard:
        answers = {one.key: one.answer for one in wizard.answers}
        return Origin(answers=answers, template_id=_template(given(wizard.prompt_template_id)))
    sections = given(input.sections)
    return Origin(
        sections=sections_of(sections) if sections is not None else None,
        template_id=_template(given(input.prompt_template_id)),
        copied_from_id=_id("prompt", given(input.prompt_id), "promptId"),
    )


def sections_of(given: list[PromptSectionInput]) -> dict[SectionName, str]:
    said = {one.section: one.content for one in given}
    if len(said) < len(given):
        raise bad_input("Name each section once.", "sections")
    return said


def _lessons(input: PromptLessonsInput) -> list[Any]:
    return [read_id("lesson", id, "lessonIds") for id in input.lesson_ids]


def _prompt(id: strawberry.ID) -> Any:
    return read_id("prompt", id, "promptId")


def _template(id: strawberry.ID | None) -> Any:
    return _id("prompt_template", id, "promptTemplateId")


def _id(kind: str, id: strawberry.ID | None, field: str) -> Any:
    return read_id(kind, id, field) if id else None
