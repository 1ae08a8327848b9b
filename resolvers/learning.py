"""Reading what Sophie noticed, and deciding about it."""

from typing import Annotated, Any

import strawberry

from actions.learning import dismiss_insight, view_insight
from db.learning import INSIGHTS
from db.session import Session
from domain.ids import read_id
from resolvers.answers import What, making, many
from schema.learning import Insight
from schema.paging import Connection
from schema.refusals import Refused


@strawberry.type
class LearningQuery:
    insights: Connection[Insight] = many(
        INSIGHTS, "What Sophie noticed, newest first unless ordered otherwise. Needs INBOX_READ."
    )


@strawberry.input(description="An insight that somebody has looked at.")
class ViewInsightInput:
    insight_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="An insight that is wrong, or does not matter.")
class DismissInsightInput:
    insight_id: strawberry.ID = strawberry.field(description="Which.")
    reason: str = strawberry.field(description="Why, in at most 2,000 characters.")


ViewInsightResult = Annotated[
    Insight | Refused, strawberry.union("ViewInsightResult", description="The insight, or why nothing was changed.")
]
DismissInsightResult = Annotated[
    Insight | Refused, strawberry.union("DismissInsightResult", description="The insight, or why nothing was changed.")
]


@strawberry.type
class LearningMutation:
    @strawberry.mutation(description="Marks a new insight as seen. Needs INBOX_READ and INSIGHTS_REVIEW.")
    def view_insight(self, input: Annotated[ViewInsightInput, What]) -> ViewInsightResult:
        def run(session: Session) -> Any:
            return view_insight(session, read_id("insight", input.insight_id, "insightId"))

        return making(INSIGHTS, run)

    @strawberry.mutation(description="Decides against an insight. Needs INBOX_READ and INSIGHTS_REVIEW.")
    def dismiss_insight(self, input: Annotated[DismissInsightInput, What]) -> DismissInsightResult:
        def run(session: Session) -> Any:
            return dismiss_insight(session, read_id("insight", input.insight_id, "insightId"), input.reason)

        return making(INSIGHTS, run)
