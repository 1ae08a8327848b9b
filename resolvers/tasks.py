"""Tasks: reading them, and saying what came of them."""

from typing import Annotated

import strawberry

from actions.tasks import complete_task, reopen_task
from db.tasks import TASKS
from domain.ids import read_id
from domain.tasks import TaskOutcome
from resolvers.answers import What, making, many, one
from schema.paging import Connection
from schema.refusals import Refused
from schema.tasks import Task


@strawberry.type
class TasksQuery:
    tasks: Connection[Task] = many(
        TASKS, "Every task, the latest due first unless ordered otherwise. Needs INBOX_READ."
    )
    task: Task | None = one(TASKS, "One task; null when there is none with this id. Needs INBOX_READ.")


@strawberry.input(description="What came of a task.")
class CompleteTaskInput:
    task_id: strawberry.ID = strawberry.field(description="Which; it must be OPEN.")
    outcome: TaskOutcome = strawberry.field(description="What came of it.")
    note: str | None = strawberry.field(default=None, description="What there is to know, in at most 2,000 characters.")


@strawberry.input(description="Which task is meant.")
class TaskInput:
    task_id: strawberry.ID = strawberry.field(description="Which.")


TaskResult = Annotated[
    Task | Refused, strawberry.union("TaskResult", description="The task, or why nothing was changed.")
]


@strawberry.type
class TasksMutation:
    @strawberry.mutation(
        description="Says what came of a task, which is done by that. To a WRONG_NUMBER nothing is sent any more. "
        "Needs INBOX_READ and MESSAGES_SEND."
    )
    def complete_task(self, input: Annotated[CompleteTaskInput, What]) -> TaskResult:
        id = read_id("task", input.task_id, "taskId")
        return making(TASKS, lambda session: complete_task(session, id, input.outcome, input.note))

    @strawberry.mutation(
        description="Opens a task again that was done; it keeps its note. Needs INBOX_READ and MESSAGES_SEND."
    )
    def reopen_task(self, input: Annotated[TaskInput, What]) -> TaskResult:
        id = read_id("task", input.task_id, "taskId")
        return making(TASKS, lambda session: reopen_task(session, id))
