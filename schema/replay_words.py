"""The vocabularies of replays, and the rules that plain code holds answers to."""

from domain import output_rules, replays
from schema.words import word

word(
    replays.ReplayStatus,
    "How far a replay has come.",
    {
        replays.ReplayStatus.RUNNING: "Threads have their turn, one after the other.",
        replays.ReplayStatus.COMPLETED: "All have had their turn.",
        replays.ReplayStatus.FAILED: "It could not go on; `problem` says why. What was written stays.",
        replays.ReplayStatus.CANCELLED: "Somebody gave it up. What was written stays.",
    },
)
word(
    replays.ReplayOutcome,
    "What became of one thread.",
    {
        replays.ReplayOutcome.WAITING: "It has not had its turn.",
        replays.ReplayOutcome.WRITTEN: "The version has an answer that might be sent.",
        replays.ReplayOutcome.WITHHELD: "It would not be sent, for the reason it has.",
        replays.ReplayOutcome.FAILED: "No answer came of it.",
    },
)
word(output_rules.OutputRule, "A rule that every answer is held to.", output_rules.REASONS)
