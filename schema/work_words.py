"""The vocabularies of work in the background: what is done to many leads, and lists written down."""

from domain import bulk, exporting
from schema.words import word

word(
    bulk.BulkVerb,
    "What can be done to many leads at once.",
    {
        bulk.BulkVerb.TAG: "Give them tags.",
        bulk.BulkVerb.UNTAG: "Take tags from them.",
        bulk.BulkVerb.ASSIGN: "Hand them over, with all that belongs to them.",
        bulk.BulkVerb.MOVE: "Move them to another stage of the pipeline.",
        bulk.BulkVerb.ARCHIVE: "Put them away.",
        bulk.BulkVerb.RESTORE: "Fetch them back.",
        bulk.BulkVerb.TAKE_OVER: "Let people answer them, and no machine.",
        bulk.BulkVerb.HAND_BACK: "Hand them back to the machine.",
        bulk.BulkVerb.ADD_TO_DATASET: "Put them into a dataset.",
        bulk.BulkVerb.REMOVE_FROM_DATASET: "Take them out of a dataset.",
        bulk.BulkVerb.ENROLL: "Enroll them in a campaign.",
    },
)
word(
    bulk.BulkStatus,
    "How far a bulk operation has come.",
    {
        bulk.BulkStatus.RUNNING: "Leads have their turn, one chunk after the other.",
        bulk.BulkStatus.COMPLETED: "All have had their turn.",
        bulk.BulkStatus.FAILED: "It could not go on; `problem` says why. What was done stays.",
        bulk.BulkStatus.CANCELLED: "Somebody gave it up. What was done stays.",
    },
)
word(
    bulk.BulkOutcome,
    "What became of one lead.",
    {
        bulk.BulkOutcome.WAITING: "It has not had its turn.",
        bulk.BulkOutcome.DONE: "It is as it was to be, or was so already.",
        bulk.BulkOutcome.REFUSED: "It could not be changed.",
    },
)
word(
    exporting.ExportStatus,
    "How far an export has come.",
    {
        exporting.ExportStatus.WRITING: "The file is being written.",
        exporting.ExportStatus.COMPLETED: "The file is there, for a week.",
        exporting.ExportStatus.FAILED: "It could not be written; `problem` says why.",
        exporting.ExportStatus.CANCELLED: "Somebody gave it up.",
    },
)
