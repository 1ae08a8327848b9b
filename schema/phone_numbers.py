"""The numbers an organization sends from."""

from datetime import datetime

import strawberry

from domain.conversations import PauseReason
from schema.node import Kept
from schema.scalars import PhoneNumber


@strawberry.type(description="A number of the organization's own, which texts go out from and come in at.")
class OwnPhoneNumber(Kept):
    number: PhoneNumber = strawberry.field(description="The number.")
    messaging_service: str | None = strawberry.field(
        description="The messaging service of Twilio's that it is one of (MG…), by whose settings its texts go."
    )
    paused_at: datetime | None = strawberry.field(
        description="Since when campaigns send nothing from it; null: they do. What people write goes out all the same."
    )
    pause_reason: PauseReason | None = strawberry.field(description="Why it rests; null while it does not.")
