"""Reading what Sophie noticed."""

import strawberry

from db.learning import INSIGHTS
from db.selection import Listing
from schema.learning import Insight
from schema.paging import Connection, connection


@strawberry.type
class LearningQuery:
    insights: Connection[Insight] = connection(
        INSIGHTS,
        "What Sophie noticed, newest first unless ordered otherwise. Needs INBOX_READ.",
        lambda: Listing(INSIGHTS),
    )
