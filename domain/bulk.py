"""What is done to many leads in the background: verbs, what each needs to know, and what becomes of each lead."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from domain.people import Permission
from domain.refusals import bad_input

MOST_LEADS = 100_000
MOST_NAMED = 10_000


class BulkVerb(StrEnum):
    TAG = "TAG"
    UNTAG = "UNTAG"
    ASSIGN = "ASSIGN"
    MOVE = "MOVE"
    ARCHIVE = "ARCHIVE"
    RESTORE = "RESTORE"
    TAKE_OVER = "TAKE_OVER"
    HAND_BACK = "HAND_BACK"
    ADD_TO_DATASET = "ADD_TO_DATASET"
    REMOVE_FROM_DATASET = "REMOVE_FROM_DATASET"
    ENROLL = "ENROLL"


class BulkStatus(StrEnum):
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class BulkOutcome(StrEnum):
    WAITING = "WAITING"
    DONE = "DONE"
    REFUSED = "REFUSED"


# By the names of the API: of each group one must be said.
_ARGUMENTS: Mapping[BulkVerb, tuple[str, ...]] = {
    BulkVerb.TAG: ("tags",),
    BulkVerb.UNTAG: ("tags",),
    BulkVerb.ASSIGN: ("ownerId", "assigneeId"),
    BulkVerb.MOVE: ("pipelineStageId",),
    BulkVerb.ADD_TO_DATASET: ("datasetId",),
    BulkVerb.REMOVE_FROM_DATASET: ("datasetId",),
    BulkVerb.ENROLL: ("campaignId",),
}
_PERMISSIONS = {
    BulkVerb.ASSIGN: Permission.CONVERSATIONS_ASSIGN,
    BulkVerb.ADD_TO_DATASET: Permission.DATASETS_WRITE,
    BulkVerb.REMOVE_FROM_DATASET: Permission.DATASETS_WRITE,
    BulkVerb.ENROLL: Permission.CAMPAIGNS_WRITE,
}


def permission_for(verb: BulkVerb) -> Permission:
    """What one needs to do this to leads one by one."""
    return _PERMISSIONS.get(verb, Permission.LEADS_WRITE)


def check_arguments(verb: BulkVerb, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuses a verb that lacks what it is about, and what would be said in vain."""
    wanted = _ARGUMENTS.get(verb, ())
    for name in given:
        if name not in wanted:
            raise bad_input(f"{verb} has no use for {name}: leave it out.", name)
    if wanted and not given:
        raise bad_input(f"{verb} needs {' or '.join(wanted)}.", wanted[0])
    return given
