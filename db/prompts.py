"""Prompts, their versions, what is live of them, and what they begin with, as the API reads them."""

from db.entity import Column, Entity, Few, Many, One, identity, kept
from domain.people import Industry
from domain.prompts.sections import MOST_PARTS, PartSource, SectionName
from domain.prompts.versions import AuthorType, VersionChange, VersionStatus
from domain.prompts.words import CreatedFrom, DeploymentVerb

PROMPT_TEMPLATES = Entity(
    "PromptTemplate",
    table="prompt_templates",
    kind="prompt_template",
    hidden="{t}.archived_at is null",
    columns=(
        identity("prompt_template"),
        Column("name"),
        Column("description"),
        Column("category", filter=True),
        Column("industry", nullable=True, enum=Industry),
        Column("use_case", nullable=True),
        Column("best_for", nullable=True),
        Column("sections", "jsonb"),
        Column("wizard_answers", "jsonb"),
        Column("is_system", "boolean"),
        Column("times_used", "integer"),
        Column(
            "success_rate",
            "numeric",
            nullable=True,
            sql="(select round(sum(o.bookings_count)::numeric / nullif(sum(o.conversations_count), 0), 2)"
            " from prompts p join prompt_versions v on v.organization_id = $1 and v.prompt_id = p.id"
            " join prompt_outcomes o on o.organization_id = $1 and o.id = v.id"
            " where p.organization_id = $1 and p.prompt_template_id = {t}.id)",
        ),
        Column("archived_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(One("creator", "Member", on="{that}.id = {this}.creator_id", nullable=True),),
)

PROMPTS = Entity(
    "Prompt",
    table="prompts",
    kind="prompt",
    hidden="{t}.archived_at is null",
    columns=(
        identity("prompt"),
        Column("name"),
        Column("description", nullable=True),
        Column("created_from", enum=CreatedFrom),
        Column("wizard_answers", "jsonb", nullable=True),
        Column("dataset_id", "uuid", nullable=True, refers="dataset", filter=True),
        Column("is_live", "boolean", sql="({t}.live_version_id is not null)"),
        Column("trial_share", "integer", nullable=True),
        Column("is_guarded", "boolean"),
        Column("deployed_at", "timestamptz", nullable=True),
        Column("archived_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(
        One("dataset", "Dataset", on="{that}.id = {this}.dataset_id", nullable=True),
        One("template", "PromptTemplate", on="{that}.id = {this}.prompt_template_id", nullable=True),
        One("copied_from", "Prompt", on="{that}.id = {this}.copied_from_id", nullable=True),
        One("live_version", "PromptVersion", on="{that}.id = {this}.live_version_id", nullable=True),
        One("trial_version", "PromptVersion", on="{that}.id = {this}.trial_version_id", nullable=True),
        One(
            "newest_version",
            "PromptVersion",
            on="{that}.prompt_id = {this}.id",
            nullable=True,
            latest="number desc",
        ),
        One("deployer", "Member", on="{that}.id = {this}.deployer_id", nullable=True),
        One("creator", "Member", on="{that}.id = {this}.creator_id", nullable=True),
        Many("versions", "PromptVersion", on="{that}.prompt_id = {this}.id"),
        Many("deployments", "PromptDeployment", on="{that}.prompt_id = {this}.id"),
    ),
)

_POINTED = "exists (select from prompts p where p.organization_id = $1 and p.id = {t}.prompt_id and p.%s = {t}.id)"
_DEPLOYED = "exists (select from prompt_deployments d where d.organization_id = $1 and d.prompt_version_id = {t}.id)"
_STATUS = (
    f"(case when {_POINTED % 'live_version_id'} then 'LIVE' when {_POINTED % 'trial_version_id'} then 'TRIAL'"
    f" when {_DEPLOYED} then 'RETIRED' else 'DRAFT' end)"
)
_OUTCOME = "from prompt_outcomes o where o.organization_id = $1 and o.id = {t}.%s"
_BOOKED = "select round(o.bookings_count::numeric / nullif(o.conversations_count, 0), 4)"


def _count(name: str) -> Column:
    return Column(name, "integer", sql=f"coalesce((select o.{name} {_OUTCOME % 'id'}), 0)")


PROMPT_VERSIONS = Entity(
    "PromptVersion",
    table="prompt_versions",
    kind="prompt_version",
    columns=(
        identity("prompt_version"),
        Column("number", "integer"),
        Column("semantic_version"),
        Column("status", sql=_STATUS, enum=VersionStatus),
        Column("compiled"),
        Column("change", enum=VersionChange),
        Column("sections_changed", "text[]"),
        Column("summary"),
        Column("reason", nullable=True),
        Column(
            "lessons_count",
            "integer",
            sql="(select count(*)::integer from prompt_sections s where s.organization_id = $1"
            " and s.prompt_version_id = {t}.id and s.lesson_id is not null)",
        ),
        Column("manual_edits_count", "integer"),
        Column("created_by_type", enum=AuthorType),
        *map(_count, ("conversations_count", "texts_count", "replies_count", "positive_count", "bookings_count")),
        *map(_count, ("opt_outs_count", "breaches_count")),
        Column("booking_rate", "numeric", nullable=True, sql=f"({_BOOKED} {_OUTCOME % 'id'})"),
        Column(
            "average_sentiment",
            "numeric",
            nullable=True,
            sql=f"(select round(o.sentiment_sum / nullif(o.sentiment_count, 0), 2) {_OUTCOME % 'id'})",
        ),
        Column(
            "performance_vs_previous",
            "numeric",
            nullable=True,
            sql=f"(({_BOOKED} {_OUTCOME % 'id'}) - ({_BOOKED} {_OUTCOME % 'previous_id'}))",
        ),
        Column("created_at", "timestamptz", filter=True, order=True),
    ),
    relations=(
        One("prompt", "Prompt", on="{that}.id = {this}.prompt_id"),
        One("previous", "PromptVersion", on="{that}.id = {this}.previous_id", nullable=True),
        One("creator", "Member", on="{that}.id = {this}.creator_id", nullable=True),
        Few(
            "sections",
            "PromptSection",
            on="{that}.prompt_version_id = {this}.id",
            order="{that}.position",
            most=MOST_PARTS,
        ),
        Many("replays", "Replay", on="{that}.prompt_version_id = {this}.id"),
    ),
)

PROMPT_SECTIONS = Entity(
    "PromptSection",
    table="prompt_sections",
    kind="prompt_section",
    columns=(
        Column("section", enum=SectionName),
        Column("content"),
        Column("source", enum=PartSource),
        Column("why", nullable=True),
    ),
    relations=(One("lesson", "Lesson", on="{that}.id = {this}.lesson_id", nullable=True),),
    default_order=(("position", "ASC"),),
)

PROMPT_DEPLOYMENTS = Entity(
    "PromptDeployment",
    table="prompt_deployments",
    kind="prompt_deployment",
    columns=(
        identity("prompt_deployment"),
        Column("verb", enum=DeploymentVerb),
        Column("share", "integer"),
        Column("reason", nullable=True),
        Column("performance_before", "jsonb", nullable=True),
        Column("created_at", "timestamptz", filter=True, order=True),
    ),
    relations=(
        One("version", "PromptVersion", on="{that}.id = {this}.prompt_version_id"),
        One("previous_version", "PromptVersion", on="{that}.id = {this}.previous_version_id", nullable=True),
        One("member", "Member", on="{that}.id = {this}.member_id", nullable=True),
    ),
)

# Templates that were added together, in their order.
ADDED_PROMPT_TEMPLATES = Entity(
    "AddedPromptTemplates",
    table="organizations",
    kind="added_prompt_templates",
    tenant="id",
    columns=(),
    relations=(
        Few(
            "templates",
            "PromptTemplate",
            on="{that}.id = any ($2::uuid[])",
            order="array_position($2::uuid[], {that}.id)",
            most=100,
        ),
    ),
)
