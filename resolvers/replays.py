"""Replays: begun, followed and given up."""

from typing import Annotated

import strawberry

from actions.replaying import cancel_replay, replay_prompt_version
from db.replays import REPLAYS
from domain.ids import read_id
from resolvers.answers import What, given, making, many, one
from schema.paging import Connection
from schema.refusals import Refused
from schema.replays import Replay


@strawberry.type
class ReplaysQuery:
    replays: Connection[Replay] = many(
        REPLAYS, "What versions would have said in threads that were answered, the newest first. Needs INBOX_READ."
    )
    replay: Replay | None = one(
        REPLAYS, "One of them; null when there is none with this id in your sight. Needs INBOX_READ."
    )


@strawberry.input(description="Which version is replayed, and on what.")
class ReplayPromptVersionInput:
    prompt_version_id: strawberry.ID = strawberry.field(description="Which version, live or not.")
    threads: int = strawberry.field(
        default=20, description="On how many of the threads that a person or Sophie answered last: 1 to 100."
    )
    dataset_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="With leads in this dataset; without it, with those whom the prompt is for.",
    )


@strawberry.input(description="Which replay is meant.")
class ReplayInput:
    replay_id: strawberry.ID = strawberry.field(description="Which.")


ReplayResult = Annotated[
    Replay | Refused, strawberry.union("ReplayResult", description="The replay, or why nothing was changed.")
]
_NEEDS = "Needs INBOX_READ and PROMPTS_WRITE."


@strawberry.type
class ReplaysMutation:
    @strawberry.mutation(
        description="Has a version answer again, in the background, what was answered last and what taught the lessons "
        "in it, so that you see both side by side before it goes live. Nothing is sent. A version is replayed once at "
        f"a time. {_NEEDS}"
    )
    def replay_prompt_version(self, input: Annotated[ReplayPromptVersionInput, What]) -> ReplayResult:
        id, within = read_id("prompt_version", input.prompt_version_id, "promptVersionId"), given(input.dataset_id)
        dataset = read_id("dataset", within, "datasetId") if within else None
        return making(REPLAYS, lambda session: replay_prompt_version(session, id, input.threads, dataset))

    @strawberry.mutation(description=f"Goes no further; what was written stays. {_NEEDS}")
    def cancel_replay(self, input: Annotated[ReplayInput, What]) -> ReplayResult:
        id = read_id("replay", input.replay_id, "replayId")
        return making(REPLAYS, lambda session: cancel_replay(session, id))
