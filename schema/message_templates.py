"""Templates of messages: texts that are written once and used often."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.campaigns.message_templates import TemplateChannel
from domain.conversations import Encoding
from schema.node import Kept
from schema.people import Member

if TYPE_CHECKING:
    from schema.campaigns import Campaign


@strawberry.type(description="A text that is written once, to be sent by hand, or to whoever is given its tag.")
class MessageTemplate(Kept):
    name: str = strawberry.field(description="What it is called.")
    channel: TemplateChannel = strawberry.field(description="On which channel it is sent.")
    subject: str | None = strawberry.field(description="The subject of an e-mail, with merge fields; else null.")
    body: str = strawberry.field(description="What is said, with merge fields like {{first_name|there}}.")
    category: str | None = strawberry.field(description="What it is for, in a word of yours.")
    tag: str | None = strawberry.field(
        description="Whoever is given this tag is sent it once, unless a campaign that runs has the tag; no other "
        "template at hand has it. Null: it is sent by hand alone."
    )
    fields: list[str] = strawberry.field(description="The merge fields in it, each once.")
    sample: str = strawberry.field(description="How it reads for somebody made up, of whom everything is known.")
    encoding: Encoding = strawberry.field(description="How that sample travels.")
    segments: int = strawberry.field(description="How many parts the sample is billed as; an e-mail is one.")
    usage_count: int = strawberry.field(description="How often it was sent, by hand and by its tag.")
    last_used_at: datetime | None = strawberry.field(description="When it was last sent; null before that.")
    archived_at: datetime | None = strawberry.field(description="When it was put away.")
    creator: Member | None = strawberry.field(description="Who wrote it; null for programs.")
    campaign: Annotated["Campaign", strawberry.lazy("schema.campaigns")] | None = strawberry.field(
        description="What sends it to whoever is given its tag: who was given it, what became of each, and why it was "
        "not sent. It can be paused and resumed, and kept to a policy; null until there is a tag."
    )


@strawberry.type(description="A template as it reads for a lead.")
class RenderedMessageTemplate:
    subject: str | None = strawberry.field(description="The subject of an e-mail; else null.")
    body: str = strawberry.field(description="What it says.")
    encoding: Encoding = strawberry.field(description="How it travels.")
    segments: int = strawberry.field(description="How many parts it is billed as; an e-mail is one.")
    missing_fields: list[str] = strawberry.field(
        description="Merge fields of which nothing is known and for which no default is given: they are left out."
    )
