"""The numbers an organization sends from, as the API reads them."""

from db.entity import Column, Entity, identity, kept
from domain.conversations import PauseReason

PHONE_NUMBERS = Entity(
    "OwnPhoneNumber",
    table="phone_numbers",
    kind="phone_number",
    columns=(
        identity("phone_number"),
        Column("number"),
        Column("messaging_service", nullable=True),
        Column("paused_at", "timestamptz", nullable=True),
        Column("pause_reason", enum=PauseReason, nullable=True),
        *kept(),
    ),
)
