"""Candidates: leads who would be enrolled in a campaign, and where somebody stands in the list of them."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from domain.refusals import bad_input

MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """`at` and `id` are their place, which may be that of somebody who repeats them."""

    at: datetime
    id: UUID
    lead_id: UUID

    def cursor(self, campaign_id: UUID) -> str:
        keys = [str(campaign_id), self.at.astimezone(UTC).isoformat(), str(self.id)]
        return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


# Before whom everybody comes.
FIRST = Candidate(datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1), UUID(int=0))


def read_place(cursor: str, campaign_id: UUID) -> Candidate:
    """Where a cursor stands; refuses what the previews of this campaign did not hand out."""
    try:
        campaign, at, id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = Candidate(datetime.fromisoformat(at), UUID(id), UUID(id))
        valid = campaign == str(campaign_id) and place.at.tzinfo is not None and str(place.id) == id
    except (ValueError, TypeError, AttributeError):
        valid = False
    if not valid:
        raise bad_input("This cursor is not from a preview of this campaign: take it from its pageInfo.", "after")
    return place
