"""Whether something can be sent to a lead, channel by channel."""

from datetime import datetime

import strawberry

from domain.campaigns.reasons import GateReason
from domain.conversations import Channel


@strawberry.type(
    description="Whether a person may write to a lead on a channel as things stand. What campaigns ask besides, like "
    "hours, rates and consent, is told by `campaignPreview` and by `StepRun.skipReason`."
)
class Messageability:
    channel: Channel = strawberry.field(description="On which channel.")
    can_send: bool = strawberry.field(description="Whether `sendMessage` takes something for them now.")
    reason: GateReason | None = strawberry.field(description="Why it would refuse; null where it would not.")
    message: str | None = strawberry.field(description="The same in a sentence.")
    retry_at: datetime | None = strawberry.field(
        description="When that will have passed by itself; null where somebody has to change something."
    )
