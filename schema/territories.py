"""Territories: where leads are, and who works there."""

from datetime import datetime

import strawberry

from db.people import MEMBERS
from schema.node import Kept
from schema.paging import Connection, connection
from schema.people import Member


@strawberry.type(
    description="A part of the world that some members work. Under a policy with `hotLeadAssignment: TERRITORY` a lead "
    "who turns hot there is given to whose turn it is of them."
)
class Territory(Kept):
    name: str = strawberry.field(description="What it is called; no other one at hand is, however it is written.")
    postcode_prefixes: list[str] = strawberry.field(
        description="What postcodes in it begin with: British outward codes and areas, like SO14 and SO, and elsewhere "
        "the first digits, like 902. Of several that fit, the longest decides."
    )
    countries: list[str] = strawberry.field(
        description="ISO 3166 codes of whole countries, for leads whose postcode is in no territory: by the country "
        "given, or else by the prefix of their phone number."
    )
    archived_at: datetime | None = strawberry.field(
        description="When it was put away: since then nothing is in it, and nobody works it."
    )
    members: Connection[Member] = connection(
        MEMBERS,
        "Who works it. Who is suspended, may not answer, or does not see a lead's datasets is passed over.",
    )
