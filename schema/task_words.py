"""The vocabularies of tasks."""

from domain import tasks
from schema.words import word

word(tasks.TaskKind, "What is to be done.", {tasks.TaskKind.CALL: "Call the lead."})
word(
    tasks.TaskStatus,
    "How a task stands.",
    {
        tasks.TaskStatus.OPEN: "It is to be done.",
        tasks.TaskStatus.DONE: "It was done.",
        tasks.TaskStatus.CANCELLED: "It was called off, for the reason it has.",
    },
)
word(
    tasks.TaskOutcome,
    "What came of a call.",
    {
        tasks.TaskOutcome.REACHED: "They answered.",
        tasks.TaskOutcome.NO_ANSWER: "Nobody answered.",
        tasks.TaskOutcome.VOICEMAIL: "A message was left for them.",
        tasks.TaskOutcome.WRONG_NUMBER: "Somebody else has the number: nothing is sent to it any more.",
        tasks.TaskOutcome.NOT_INTERESTED: "They answered, and are not interested.",
    },
)
