"""Templates of prompts."""

from typing import Annotated, Any

import strawberry

from actions.prompt_templates import (
    add_prompt_template,
    add_system_prompt_templates,
    archive_prompt_template,
    change_prompt_template,
)
from db.prompts import ADDED_PROMPT_TEMPLATES, PROMPT_TEMPLATES
from db.selection import Own
from db.session import Session
from domain.ids import read_id
from domain.people import Industry
from resolvers.answers import What, Work, fact, making, many, one, said
from resolvers.prompts import PromptSectionInput, WizardAnswerInput, sections_of
from schema.paging import Connection
from schema.prompts import AddedPromptTemplates, PromptTemplate
from schema.refusals import Refused


@strawberry.type
class PromptTemplatesQuery:
    prompt_templates: Connection[PromptTemplate] = many(
        PROMPT_TEMPLATES, "Every template of a prompt at hand, the newest first. Needs INBOX_READ."
    )
    prompt_template: PromptTemplate | None = one(
        PROMPT_TEMPLATES, "One template; null when there is none with this id. Needs INBOX_READ."
    )


@strawberry.input(description="A template of a prompt to write down.")
class AddPromptTemplateInput:
    name: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(description="What it is for.")
    category: str = strawberry.field(description="A word to sort by.")
    sections: list[PromptSectionInput] = strawberry.field(description="Words for each of the six sections.")
    industry: Industry | None = fact("For which industry; without it for any.")
    use_case: str | None = fact("A word for when it is used.")
    best_for: str | None = fact("For which leads it is best.")
    wizard_answers: list[WizardAnswerInput] | None = fact("What the wizard begins with.")


@strawberry.input(description="What changes of a template: what is left out stays, null clears.")
class ChangePromptTemplateInput:
    prompt_template_id: strawberry.ID = strawberry.field(description="Which.")
    name: str | None = fact("What it is called.")
    description: str | None = fact("What it is for.")
    category: str | None = fact("A word to sort by.")
    sections: list[PromptSectionInput] | None = fact("Words for each of the six sections.")
    industry: Industry | None = fact("For which industry.")
    use_case: str | None = fact("A word for when it is used.")
    best_for: str | None = fact("For which leads it is best.")
    wizard_answers: list[WizardAnswerInput] | None = fact("What the wizard begins with.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="Which template is meant.")
class PromptTemplateInput:
    prompt_template_id: strawberry.ID = strawberry.field(description="Which.")


PromptTemplateResult = Annotated[
    PromptTemplate | Refused,
    strawberry.union("PromptTemplateResult", description="The template, or why nothing was changed."),
]
AddedPromptTemplatesResult = Annotated[
    AddedPromptTemplates | Refused,
    strawberry.union("AddedPromptTemplatesResult", description="The templates, or why there are none."),
]
_NEEDS = "Needs INBOX_READ and PROMPTS_WRITE."


@strawberry.type
class PromptTemplatesMutation:
    @strawberry.mutation(description=f"Adds the templates that come with the product and are not there yet. {_NEEDS}")
    def add_system_prompt_templates(self) -> AddedPromptTemplatesResult:
        async def run(session: Session) -> Own:
            return Own(ADDED_PROMPT_TEMPLATES, (await add_system_prompt_templates(session),))

        return Work(run, ADDED_PROMPT_TEMPLATES)  # type: ignore[return-value]

    @strawberry.mutation(description=f"Writes a template down. {_NEEDS}")
    def add_prompt_template(self, input: Annotated[AddPromptTemplateInput, What]) -> PromptTemplateResult:
        facts = _facts(input)
        return making(PROMPT_TEMPLATES, lambda session: add_prompt_template(session, facts))

    @strawberry.mutation(description=f"Changes a template; prompts made from it stay as they are. {_NEEDS}")
    def change_prompt_template(self, input: Annotated[ChangePromptTemplateInput, What]) -> PromptTemplateResult:
        changes = _facts(input)
        id, expected = _template(changes.pop("prompt_template_id")), changes.pop("expected_version", None)
        return making(PROMPT_TEMPLATES, lambda session: change_prompt_template(session, id, changes, expected))

    @strawberry.mutation(description=f"Puts a template away; its name is free again. {_NEEDS}")
    def archive_prompt_template(self, input: Annotated[PromptTemplateInput, What]) -> PromptTemplateResult:
        id = _template(input.prompt_template_id)
        return making(PROMPT_TEMPLATES, lambda session: archive_prompt_template(session, id))


def _template(id: strawberry.ID) -> Any:
    return read_id("prompt_template", id, "promptTemplateId")


def _facts(input: Any) -> dict[str, Any]:
    facts = said(input)
    if "sections" in facts:
        facts["sections"] = {name.value: words for name, words in sections_of(facts["sections"] or []).items()}
    if "wizard_answers" in facts:
        facts["wizard_answers"] = {one.key: one.answer for one in facts["wizard_answers"] or []}
    return facts
