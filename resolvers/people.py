"""Who asks."""

from typing import Any

import strawberry

from db.people import VIEWERS
from db.selection import Own
from schema.people import Viewer


def _viewer() -> Any:
    return Own(VIEWERS)


@strawberry.type
class PeopleQuery:
    viewer: Viewer = strawberry.field(
        resolver=_viewer, description="Whoever asks, and where they act. Needs INBOX_READ."
    )
