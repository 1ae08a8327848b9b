"""Lessons: what people taught Sophie."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from db.learning import INSIGHTS
from domain.lessons import ConflictKind, LessonSource, LessonStatus, LessonType
from schema.conversations import Message
from schema.node import Kept
from schema.paging import Connection, connection
from schema.people import Member
from schema.scalars import JSON

if TYPE_CHECKING:
    from schema.learning import Insight


@strawberry.type(description="A lesson that cannot be kept together with this one.")
class LessonConflict:
    kind: ConflictKind = strawberry.field(description="Why not.")
    other: "Lesson" = strawberry.field(description="The other lesson.")


@strawberry.type(description="Something that people taught Sophie. Prompts have it from a version on.")
class Lesson(Kept):
    type: LessonType = strawberry.field(description="What kind of lesson it is.")
    title: str = strawberry.field(description="In a few words.")
    description: str | None = strawberry.field(description="In full.")
    trigger: str | None = strawberry.field(description="When it applies, like: the lead asks for the price.")
    correct_response: str | None = strawberry.field(description="What is to be said.")
    incorrect_response: str | None = strawberry.field(
        description="What is not to be said; of BLACKLIST_WORD the words themselves. No answer of Sophie's leaves with "
        "the words of a BLACKLIST_WORD or a NEVER_RULE, whatever a model writes."
    )
    reasoning: str | None = strawberry.field(description="Why.")
    example_conversation: JSON | None = strawberry.field(
        description="A conversation that shows it: lines with `direction` (INBOUND or OUTBOUND) and `text`."
    )
    tags: list[str] = strawberry.field(description="Words of yours to find it by.")
    priority: int = strawberry.field(description="From 0 to 100: what matters more stands further up in prompts.")
    source: LessonSource = strawberry.field(description="Where it comes from.")
    status: LessonStatus = strawberry.field(description="Whether it applies.")
    times_applied: int = strawberry.field(description="How many texts were written by versions that have it.")
    exposure_count: int = strawberry.field(description="In how many conversations those were.")
    success_rate: float | None = strawberry.field(
        description="How many of those led to a booked call, between 0 and 1; null before the first."
    )
    source_message: Message | None = strawberry.field(description="The message it was learned from, if you see that.")
    creator: Member | None = strawberry.field(description="Who taught it; null for programs.")
    conflicts: list[LessonConflict] = strawberry.field(description="Lessons at hand that cannot be kept beside it.")
    insights: Connection[Annotated["Insight", strawberry.lazy("schema.learning")]] = connection(
        INSIGHTS, "What Sophie noticed that it was learned from."
    )


@strawberry.type(description="Lessons that were brought along together.")
class AddedLessons:
    lessons: list[Lesson] = strawberry.field(description="In the order they were given in.")
