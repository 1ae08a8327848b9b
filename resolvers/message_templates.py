"""Templates of messages: written, changed, put away, and read as they stand for a lead."""

from typing import Annotated, Any

import strawberry

from actions.message_templates import (
    add_message_template,
    archive_message_template,
    change_message_template,
    render_message_template,
)
from db.message_templates import MESSAGE_TEMPLATES
from db.session import Session
from domain.campaigns.message_templates import TemplateChannel
from domain.ids import read_id
from resolvers.answers import What, Work, fact, making, many, one, said
from schema.message_templates import MessageTemplate, RenderedMessageTemplate
from schema.paging import Connection
from schema.refusals import Refused


@strawberry.type
class MessageTemplatesQuery:
    message_templates: Connection[MessageTemplate] = many(
        MESSAGE_TEMPLATES, "Every template at hand, the newest first. Needs INBOX_READ."
    )
    message_template: MessageTemplate | None = one(
        MESSAGE_TEMPLATES, "One template; null when there is none with this id. Needs INBOX_READ."
    )


@strawberry.input(description="A template to write down.")
class AddMessageTemplateInput:
    name: str = strawberry.field(description="What it is called.")
    channel: TemplateChannel = strawberry.field(description="On which channel it is sent.")
    body: str = strawberry.field(description="What is said, with merge fields like {{first_name|there}}.")
    subject: str | None = fact("The subject of an e-mail.")
    category: str | None = fact("What it is for, in a word of yours.")
    tag: str | None = fact("Whoever is given this tag from now on is sent it once.")


@strawberry.input(description="What changes of a template: what is left out stays, null clears.")
class ChangeMessageTemplateInput:
    message_template_id: strawberry.ID = strawberry.field(description="Which.")
    name: str | None = fact("What it is called.")
    channel: TemplateChannel | None = fact("On which channel it is sent.")
    body: str | None = fact("What is said.")
    subject: str | None = fact("The subject of an e-mail.")
    category: str | None = fact("What it is for.")
    tag: str | None = fact("Whoever is given this tag from now on is sent it once.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="Which template is meant.")
class MessageTemplateInput:
    message_template_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="A template, and for whom.")
class RenderMessageTemplateInput:
    message_template_id: strawberry.ID = strawberry.field(description="Which.")
    lead_id: strawberry.ID = strawberry.field(description="For whom.")


MessageTemplateResult = Annotated[
    MessageTemplate | Refused,
    strawberry.union("MessageTemplateResult", description="The template, or why nothing was changed."),
]
RenderMessageTemplateResult = Annotated[
    RenderedMessageTemplate | Refused,
    strawberry.union("RenderMessageTemplateResult", description="How it reads, or why that cannot be said."),
]
_NEEDS = "Needs INBOX_READ and CAMPAIGNS_WRITE."


@strawberry.type
class MessageTemplatesMutation:
    @strawberry.mutation(description=f"Writes a template down. {_NEEDS}")
    def add_message_template(self, input: Annotated[AddMessageTemplateInput, What]) -> MessageTemplateResult:
        facts = said(input)
        return making(MESSAGE_TEMPLATES, lambda session: add_message_template(session, facts))

    @strawberry.mutation(description=f"Changes a template, and what waits to be sent by its tag. {_NEEDS}")
    def change_message_template(self, input: Annotated[ChangeMessageTemplateInput, What]) -> MessageTemplateResult:
        changes = said(input)
        id, expected = _template(changes.pop("message_template_id")), changes.pop("expected_version", None)
        return making(MESSAGE_TEMPLATES, lambda session: change_message_template(session, id, changes, expected))

    @strawberry.mutation(description=f"Puts a template away, and what waits to be sent by its tag is not. {_NEEDS}")
    def archive_message_template(self, input: Annotated[MessageTemplateInput, What]) -> MessageTemplateResult:
        id = _template(input.message_template_id)
        return making(MESSAGE_TEMPLATES, lambda session: archive_message_template(session, id))

    @strawberry.mutation(
        description="Says how a template reads for a lead, to be put into what one writes. Nothing is stored: hand its "
        "id to sendMessage, so that it counts as used. Needs INBOX_READ."
    )
    def render_message_template(
        self, input: Annotated[RenderMessageTemplateInput, What]
    ) -> RenderMessageTemplateResult:
        id, lead = _template(input.message_template_id), read_id("lead", input.lead_id, "leadId")

        async def run(session: Session) -> Any:
            found = await render_message_template(session, id, lead)
            text = found.text
            return RenderedMessageTemplate(
                subject=found.subject,
                body=text.body,
                encoding=text.encoding,
                segments=text.segments,
                missing_fields=list(found.missing),
            )

        return Work(run)  # type: ignore[return-value]


def _template(id: strawberry.ID) -> Any:
    return read_id("message_template", id, "messageTemplateId")
