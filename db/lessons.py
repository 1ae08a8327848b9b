"""Lessons, as the API reads them."""

from db.entity import Column, Entity, Few, Many, One, Search, identity, kept
from domain.lessons import MOST_CONFLICTS, ConflictKind, LessonSource, LessonStatus, LessonType

_WROTE = (
    "prompt_sections s join prompt_outcomes o on o.organization_id = $1 and o.id = s.prompt_version_id"
    " where s.organization_id = $1 and s.lesson_id = {t}.id"
)
_RATE = "round(sum(o.bookings_count)::numeric / nullif(sum(o.conversations_count), 0), 2)"

LESSONS = Entity(
    "Lesson",
    table="lessons",
    kind="lesson",
    columns=(
        identity("lesson"),
        Column("type", enum=LessonType, filter=True),
        Column("title"),
        Column("description", nullable=True),
        Column("trigger", nullable=True),
        Column("correct_response", nullable=True),
        Column("incorrect_response", nullable=True),
        Column("reasoning", nullable=True),
        Column("example_conversation", "jsonb", nullable=True),
        Column("tags", "text[]"),
        Column("priority", "integer", order=True),
        Column("source", enum=LessonSource),
        Column("status", enum=LessonStatus, filter=True),
        Column("times_applied", "integer", sql=f"(select coalesce(sum(o.texts_count), 0)::integer from {_WROTE})"),
        Column(
            "exposure_count", "integer", sql=f"(select coalesce(sum(o.conversations_count), 0)::integer from {_WROTE})"
        ),
        Column("success_rate", "numeric", nullable=True, sql=f"(select {_RATE} from {_WROTE})"),
        *kept(),
    ),
    relations=(
        One("source_message", "Message", on="{that}.id = {this}.source_message_id", nullable=True),
        One("creator", "Member", on="{that}.id = {this}.creator_id", nullable=True),
        Few(
            "conflicts",
            "LessonConflict",
            on="{that}.lesson_id = {this}.id",
            order="{that}.other_lesson_id",
            most=MOST_CONFLICTS,
        ),
        Many("insights", "Insight", on="{that}.lesson_id = {this}.id"),
    ),
    search=Search(
        find="find_lessons",
        match="match_lesson(asked.q, $1, {t}.id)",
        keys=(
            (Column("hit_tier", "smallint"), "ASC"),
            (Column("hit_at", "timestamptz"), "DESC"),
            (Column("hit_id", "uuid"), "DESC"),
        ),
    ),
)

LESSON_CONFLICTS = Entity(
    "LessonConflict",
    table="lesson_conflicts",
    kind="lesson_conflict",
    columns=(Column("kind", enum=ConflictKind),),
    relations=(One("other", "Lesson", on="{that}.id = {this}.other_lesson_id"),),
    default_order=(("other_lesson_id", "ASC"),),
)

# Lessons that were brought along together, in their order.
ADDED_LESSONS = Entity(
    "AddedLessons",
    table="organizations",
    kind="added_lessons",
    tenant="id",
    columns=(),
    relations=(
        Few(
            "lessons",
            "Lesson",
            on="{that}.id = any ($2::uuid[])",
            order="array_position($2::uuid[], {that}.id)",
            most=100,
        ),
    ),
)
