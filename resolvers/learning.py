"""Reading what Sophie noticed, and deciding about it."""

from typing import Annotated, Any

import strawberry

from actions.learning import dismiss_insight, view_insight
from actions.teaching import approve_insight, teach_sophie
from db.learning import INSIGHTS
from db.session import Session
from domain.ids import read_id
from domain.lessons import LessonType
from resolvers.answers import What, fact, given, making, many, said
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


@strawberry.input(description="How a lesson differs from what is proposed.")
class LearnedInput:
    type: LessonType | None = fact("What kind of lesson it is; by what was noticed, unless you say otherwise.")
    title: str | None = fact("In a few words.")
    trigger: str | None = fact("When it applies.")
    correct_response: str | None = fact("What is to be said.")
    incorrect_response: str | None = fact("What is not to be said.")
    reasoning: str | None = fact("Why.")
    tags: list[str] | None = fact("Words of yours to find it by.")
    priority: int | None = fact("From 0, as it is without one, to 100.")


@strawberry.input(description="An insight that is right.")
class ApproveInsightInput:
    insight_id: strawberry.ID = strawberry.field(description="Which.")
    lesson_id: strawberry.ID | None = fact("A lesson there is already that says it; without it a new one is made.")
    lesson: LearnedInput | None = fact("How the new lesson differs from what Sophie suggests.")


@strawberry.input(description="An insight of which you know better what to learn.")
class TeachSophieInput:
    insight_id: strawberry.ID = strawberry.field(description="Which.")
    feedback: str = strawberry.field(description="What to learn, in at most 2,000 characters.")
    lesson: LearnedInput | None = fact("What the lesson is to say besides.")


ViewInsightResult = Annotated[
    Insight | Refused, strawberry.union("ViewInsightResult", description="The insight, or why nothing was changed.")
]
DismissInsightResult = Annotated[
    Insight | Refused, strawberry.union("DismissInsightResult", description="The insight, or why nothing was changed.")
]


InsightResult = Annotated[
    Insight | Refused, strawberry.union("InsightResult", description="The insight, or why nothing was changed.")
]


@strawberry.type
class LearningMutation:
    @strawberry.mutation(
        description="Approves and learns: what Sophie suggests becomes a lesson, and where a prompt is live, a draft "
        "of its next version has it (with PROMPTS_WRITE). Needs INBOX_READ and LESSONS_WRITE."
    )
    def approve_insight(self, input: Annotated[ApproveInsightInput, What]) -> InsightResult:
        id, changes = read_id("insight", input.insight_id, "insightId"), _learned(input.lesson)
        lesson = given(input.lesson_id)
        lesson_id = read_id("lesson", lesson, "lessonId") if lesson else None
        return making(INSIGHTS, lambda session: approve_insight(session, id, lesson_id, changes))

    @strawberry.mutation(
        description="Teaches Sophie: your words become a lesson, and where a prompt is live, a draft of its next "
        "version has it (with PROMPTS_WRITE). Needs INBOX_READ and LESSONS_WRITE."
    )
    def teach_sophie(self, input: Annotated[TeachSophieInput, What]) -> InsightResult:
        id, changes = read_id("insight", input.insight_id, "insightId"), _learned(input.lesson)
        return making(INSIGHTS, lambda session: teach_sophie(session, id, input.feedback, changes))

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


def _learned(input: LearnedInput | None) -> dict[str, Any] | None:
    return said(input) if given(input) else None
