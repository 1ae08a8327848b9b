"""Reading what Sophie noticed."""

import strawberry

from db.learning import INSIGHTS
from resolvers.answers import many
from schema.learning import Insight
from schema.paging import Connection


@strawberry.type
class LearningQuery:
    insights: Connection[Insight] = many(
        INSIGHTS, "What Sophie noticed, newest first unless ordered otherwise. Needs INBOX_READ."
    )
