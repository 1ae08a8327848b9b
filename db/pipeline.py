"""The pipeline: its stages with the leads in them, and what leads score for, as the API reads them."""

from db.entity import Column, Entity, Few, Many, One, identity, kept
from domain.pipeline import MOST_STAGES
from domain.scoring import LeadField, ScoreCondition

# The board: of each stage the leads at hand, who came there last before the others.
PIPELINE_STAGES = Entity(
    "PipelineStage",
    table="pipeline_stages",
    kind="pipeline_stage",
    columns=(
        identity("pipeline_stage"),
        Column("name"),
        Column("position", "integer"),
        Column("color", nullable=True),
        Column("is_default", "boolean"),
        *kept(),
    ),
    relations=(
        One("successor", "PipelineStage", on="{that}.id = {this}.successor_id", nullable=True),
        Many(
            "leads",
            "Lead",
            on="{that}.pipeline_stage_id = {this}.id"
            " and (case when {that}.archived_at is null then false else true end) = false",
            order=(("moved_at", "DESC"),),
            is_vast=True,
        ),
    ),
    default_order=(("position", "ASC"),),
)

SCORE_REASONS = Entity(
    "ScoreReason",
    table="score_reasons",
    kind="score_reason",
    columns=(
        Column("label"),
        Column("points", "integer"),
        Column("condition", enum=ScoreCondition),
        Column("field", nullable=True, enum=LeadField),
        Column("value", nullable=True),
    ),
)

# All stages, after the order of all was changed.
PIPELINES = Entity(
    "Pipeline",
    table="organizations",
    kind="pipeline",
    tenant="id",
    columns=(),
    relations=(Few("stages", "PipelineStage", on="true", order="{that}.position", most=MOST_STAGES),),
)
