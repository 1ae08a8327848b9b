"""The board, arranging its stages, and saying what leads score for."""

from typing import Annotated, Any

import strawberry

from actions.pipeline import add_stage, change_stage, delete_stage, make_stage_default, reorder_stages
from actions.scoring import set_score_reasons
from db.people import ORGANIZATIONS
from db.pipeline import PIPELINE_STAGES, PIPELINES
from db.selection import Own
from db.session import Session
from domain.ids import read_id
from domain.scoring import LeadField, Reason, ScoreCondition
from resolvers.answers import What, Work, making, many, said
from resolvers.organizations import OrganizationResult
from schema.paging import Connection
from schema.pipeline import DeletedPipelineStage, Pipeline, PipelineStage
from schema.refusals import Refused


@strawberry.type
class PipelineQuery:
    pipeline_stages: Connection[PipelineStage] = many(
        PIPELINE_STAGES,
        "The board: every stage, in the order of the pipeline, with the leads in it. Needs INBOX_READ.",
    )


@strawberry.input(description="A stage to add at the end of the pipeline.")
class AddStageInput:
    name: str = strawberry.field(description="What it is called: no two have one name.")
    color: str | None = strawberry.field(default=None, description="Its colour, like #8cc63f.")


@strawberry.input(description="What is to be different about a stage; what is left out stays, null clears.")
class ChangeStageInput:
    pipeline_stage_id: strawberry.ID = strawberry.field(description="Which.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="What it is called.")
    color: str | None = strawberry.field(default=strawberry.UNSET, description="Its colour, like #8cc63f.")
    expected_version: int | None = strawberry.field(
        default=None, description="The version you read: if it has changed since, nothing is done."
    )


@strawberry.input(description="The order of the pipeline.")
class ReorderStagesInput:
    pipeline_stage_ids: list[strawberry.ID] = strawberry.field(description="Every stage, once.")


@strawberry.input(description="Which stage is meant.")
class StageInput:
    pipeline_stage_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="A stage to delete.")
class DeleteStageInput:
    pipeline_stage_id: strawberry.ID = strawberry.field(description="Which.")
    successor_id: strawberry.ID = strawberry.field(description="The stage that its leads move to.")


@strawberry.input(description="Something that leads score points for.")
class ScoreReasonInput:
    label: str = strawberry.field(description="In words.")
    points: int = strawberry.field(description="How many, up to 1,000; less than none takes them away.")
    condition: ScoreCondition = strawberry.field(description="What a lead must meet.")
    field: LeadField | None = strawberry.field(default=None, description="Which field; for conditions about one.")
    value: str | None = strawberry.field(default=None, description="What the field or the tag must be.")


@strawberry.input(description="What leads score points for.")
class SetScoreReasonsInput:
    reasons: list[ScoreReasonInput] = strawberry.field(description="All of it, at most 30, in order.")


StageResult = Annotated[
    PipelineStage | Refused, strawberry.union("StageResult", description="The stage, or why nothing was changed.")
]
ReorderStagesResult = Annotated[
    Pipeline | Refused,
    strawberry.union("ReorderStagesResult", description="The stages in their new order, or why it is the old one."),
]
DeleteStageResult = Annotated[
    DeletedPipelineStage | Refused,
    strawberry.union("DeleteStageResult", description="The stage that goes, or why it stays."),
]


@strawberry.type
class PipelineMutation:
    @strawberry.mutation(description="Adds a stage. Needs INBOX_READ and PIPELINE_WRITE.")
    def add_stage(self, input: Annotated[AddStageInput, What]) -> StageResult:
        return making(PIPELINE_STAGES, lambda session: add_stage(session, input.name, input.color))

    @strawberry.mutation(description="Changes name or colour of a stage. Needs INBOX_READ and PIPELINE_WRITE.")
    def change_stage(self, input: Annotated[ChangeStageInput, What]) -> StageResult:
        changes, stage = said(input), _stage(input.pipeline_stage_id)
        return making(PIPELINE_STAGES, lambda session: change_stage(session, stage, changes, input.expected_version))

    @strawberry.mutation(description="Puts all stages in order. Needs INBOX_READ and PIPELINE_WRITE.")
    def reorder_stages(self, input: Annotated[ReorderStagesInput, What]) -> ReorderStagesResult:
        async def run(session: Session) -> Own:
            stages = [_stage(id, "pipelineStageIds") for id in input.pipeline_stage_ids]
            await reorder_stages(session, stages)
            return Own(PIPELINES)

        return Work(run, PIPELINES)  # type: ignore[return-value]

    @strawberry.mutation(
        description="Makes a stage the one where new leads stand. Needs INBOX_READ and PIPELINE_WRITE."
    )
    def make_stage_default(self, input: Annotated[StageInput, What]) -> StageResult:
        return making(PIPELINE_STAGES, lambda session: make_stage_default(session, _stage(input.pipeline_stage_id)))

    @strawberry.mutation(
        description="Deletes a stage; its leads move to another, which takes a while where they are many. "
        "Needs PIPELINE_WRITE."
    )
    def delete_stage(self, input: Annotated[DeleteStageInput, What]) -> DeleteStageResult:
        async def run(session: Session) -> Any:
            stage, successor = _stage(input.pipeline_stage_id), _stage(input.successor_id, "successorId")
            is_gone = await delete_stage(session, stage, successor)
            return DeletedPipelineStage(id=input.pipeline_stage_id, is_gone=is_gone)

        return Work(run)  # type: ignore[return-value]

    @strawberry.mutation(
        description="Says what leads score points for, in the place of what was said before. All leads are scored anew "
        "in the background, which no event tells of. Needs INBOX_READ and PIPELINE_WRITE."
    )
    def set_score_reasons(self, input: Annotated[SetScoreReasonsInput, What]) -> OrganizationResult:
        reasons = [Reason(**vars(reason)) for reason in input.reasons]
        return making(ORGANIZATIONS, lambda session: set_score_reasons(session, reasons))


def _stage(id: strawberry.ID, field: str = "pipelineStageId") -> Any:
    return read_id("pipeline_stage", id, field)
