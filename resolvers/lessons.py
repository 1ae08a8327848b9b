"""Lessons: reading, searching, teaching, changing and putting them away."""

from typing import Annotated, Any

import strawberry

from actions.lessons import add_lesson, change_lesson, import_lessons, turn_lesson
from db.lessons import ADDED_LESSONS, LESSONS
from db.selection import Own
from db.session import Session
from domain.conversations import MessageDirection
from domain.ids import read_id
from domain.lessons import LessonStatus, LessonType
from resolvers.answers import What, Work, fact, making, many, one, said
from schema.lessons import AddedLessons, Lesson
from schema.paging import Connection
from schema.refusals import Refused


@strawberry.type
class LessonsQuery:
    lessons: Connection[Lesson] = many(LESSONS, "Every lesson, the newest first. Needs INBOX_READ.")
    lesson: Lesson | None = one(LESSONS, "One lesson; null when there is none with this id. Needs INBOX_READ.")


@strawberry.input(description="A line of an example.")
class ExampleLineInput:
    direction: MessageDirection = strawberry.field(description="Who says it.")
    text: str = strawberry.field(description="What is said.")


@strawberry.input(description="A lesson to teach.")
class AddLessonInput:
    type: LessonType = strawberry.field(description="What kind of lesson it is.")
    title: str = strawberry.field(description="In a few words.")
    description: str | None = fact("In full.")
    trigger: str | None = fact("When it applies.")
    correct_response: str | None = fact("What is to be said.")
    incorrect_response: str | None = fact("What is not to be said.")
    reasoning: str | None = fact("Why.")
    example_conversation: list[ExampleLineInput] | None = fact("A conversation that shows it.")
    tags: list[str] | None = fact("Words of yours to find it by.")
    priority: int | None = fact("From 0, as it is without one, to 100.")


@strawberry.input(description="Lessons to bring along.")
class ImportLessonsInput:
    lessons: list[AddLessonInput] = strawberry.field(description="At most 100 at once.")


@strawberry.input(description="What changes of a lesson: what is left out stays, null clears.")
class ChangeLessonInput:
    lesson_id: strawberry.ID = strawberry.field(description="Which.")
    type: LessonType | None = fact("What kind of lesson it is.")
    title: str | None = fact("In a few words.")
    description: str | None = fact("In full.")
    trigger: str | None = fact("When it applies.")
    correct_response: str | None = fact("What is to be said.")
    incorrect_response: str | None = fact("What is not to be said.")
    reasoning: str | None = fact("Why.")
    example_conversation: list[ExampleLineInput] | None = fact("A conversation that shows it.")
    tags: list[str] | None = fact("Words of yours to find it by.")
    priority: int | None = fact("From 0 to 100.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="Which lesson is meant.")
class LessonInput:
    lesson_id: strawberry.ID = strawberry.field(description="Which.")


LessonResult = Annotated[
    Lesson | Refused, strawberry.union("LessonResult", description="The lesson, or why nothing was changed.")
]
AddedLessonsResult = Annotated[
    AddedLessons | Refused,
    strawberry.union("AddedLessonsResult", description="The lessons, or why none of them was brought along."),
]
_NEEDS = "Needs INBOX_READ and LESSONS_WRITE."


@strawberry.type
class LessonsMutation:
    @strawberry.mutation(description=f"Teaches a lesson; lessons it cannot be kept beside are shown with it. {_NEEDS}")
    def add_lesson(self, input: Annotated[AddLessonInput, What]) -> LessonResult:
        facts = _facts(input)
        return making(LESSONS, lambda session: add_lesson(session, facts))

    @strawberry.mutation(description=f"Brings lessons along: all of them, or none where one is refused. {_NEEDS}")
    def import_lessons(self, input: Annotated[ImportLessonsInput, What]) -> AddedLessonsResult:
        facts = [_facts(lesson) for lesson in input.lessons]

        async def run(session: Session) -> Own:
            return Own(ADDED_LESSONS, (await import_lessons(session, facts),))

        return Work(run, ADDED_LESSONS)  # type: ignore[return-value]

    @strawberry.mutation(description=f"Changes a lesson; versions that have it keep what it said. {_NEEDS}")
    def change_lesson(self, input: Annotated[ChangeLessonInput, What]) -> LessonResult:
        changes = _facts(input)
        id, expected = _lesson(changes.pop("lesson_id")), changes.pop("expected_version", None)
        return making(LESSONS, lambda session: change_lesson(session, id, changes, expected))

    @strawberry.mutation(description=f"Makes a lesson apply. {_NEEDS}")
    def activate_lesson(self, input: Annotated[LessonInput, What]) -> LessonResult:
        return _turning(input, LessonStatus.ACTIVE)

    @strawberry.mutation(description=f"Tries a lesson: it goes into versions deployed to a share alone. {_NEEDS}")
    def try_lesson(self, input: Annotated[LessonInput, What]) -> LessonResult:
        return _turning(input, LessonStatus.TESTING)

    @strawberry.mutation(description=f"Puts a lesson away: the next version of a prompt is without it. {_NEEDS}")
    def archive_lesson(self, input: Annotated[LessonInput, What]) -> LessonResult:
        return _turning(input, LessonStatus.ARCHIVED)


def _turning(input: LessonInput, to: LessonStatus) -> Any:
    return making(LESSONS, lambda session: turn_lesson(session, _lesson(input.lesson_id), to))


def _lesson(id: strawberry.ID) -> Any:
    return read_id("lesson", id, "lessonId")


def _facts(input: Any) -> dict[str, Any]:
    facts = said(input)
    lines = facts.get("example_conversation")
    if lines is not None:
        facts["example_conversation"] = [{"direction": line.direction.value, "text": line.text} for line in lines]
    return facts
