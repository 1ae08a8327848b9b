"""Prompts: what a model is told before it answers, version by version, and how each version does."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from db.prompts import PROMPT_DEPLOYMENTS, PROMPT_VERSIONS
from db.replays import REPLAYS
from domain.people import Industry
from domain.prompts.measuring import ComparisonVerdict
from domain.prompts.sections import PartSource, SectionName
from domain.prompts.versions import AuthorType, DiffSign, VersionChange, VersionStatus
from domain.prompts.words import CreatedFrom, DeploymentVerb
from schema.datasets import Dataset
from schema.lessons import Lesson
from schema.node import Kept, Node
from schema.paging import Connection, connection
from schema.people import Member
from schema.scalars import JSON

if TYPE_CHECKING:
    from schema.replays import Replay


@strawberry.type(description="What prompts begin with.")
class PromptTemplate(Kept):
    name: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(description="What it is for.")
    category: str = strawberry.field(description="A word to sort by, like solar_dbr_old.")
    industry: Industry | None = strawberry.field(description="For which industry; null for any.")
    use_case: str | None = strawberry.field(description="A word for when it is used, like old_database.")
    best_for: str | None = strawberry.field(description="For which leads it is best.")
    sections: JSON = strawberry.field(description="The words of each of the six sections, by its name.")
    wizard_answers: JSON = strawberry.field(description="What the wizard begins with, by the key of the question.")
    is_system: bool = strawberry.field(description="Whether it came with the product; nobody changes those.")
    times_used: int = strawberry.field(description="How many prompts were made from it.")
    success_rate: float | None = strawberry.field(
        description="How many conversations of prompts made from it led to a booked call, between 0 and 1."
    )
    archived_at: datetime | None = strawberry.field(description="When it was put away.")
    creator: Member | None = strawberry.field(description="Who wrote it; null for the product and programs.")


@strawberry.type(description="Some words of a prompt's section.")
class PromptSection:
    section: SectionName = strawberry.field(description="Of which section.")
    content: str = strawberry.field(description="The words.")
    source: PartSource = strawberry.field(description="Where they come from.")
    why: str | None = strawberry.field(description="Why they are there.")
    lesson: Lesson | None = strawberry.field(description="The lesson they say, as it read when the version was made.")


@strawberry.type(description="What a prompt says, for good: whoever changes a prompt writes another version.")
class PromptVersion(Node):
    number: int = strawberry.field(description="Counted from 1.")
    semantic_version: str = strawberry.field(
        description="Like 1.2.0: the last number grows where it was edited, the middle one with its lessons, and the "
        "first where context or goal were rewritten."
    )
    status: VersionStatus = strawberry.field(description="Whether it writes.")
    compiled: str = strawberry.field(description="The text a model is given, made of the sections.")
    change: VersionChange = strawberry.field(description="What made it.")
    sections_changed: list[SectionName] = strawberry.field(description="Which sections read otherwise than before.")
    summary: str = strawberry.field(description="What changed, in a sentence.")
    reason: str | None = strawberry.field(description="Why, in the words of whoever made it.")
    lessons_count: int = strawberry.field(description="How many lessons are in it.")
    manual_edits_count: int = strawberry.field(description="How often it and those before it were edited by hand.")
    created_by_type: AuthorType = strawberry.field(description="Who made it.")
    conversations_count: int = strawberry.field(description="In how many conversations it has written.")
    texts_count: int = strawberry.field(description="How many texts it has written.")
    replies_count: int = strawberry.field(description="In how many of those conversations the lead replied to it.")
    positive_count: int = strawberry.field(description="In how many of them the reply was positive.")
    bookings_count: int = strawberry.field(description="In how many of them a call was booked after it wrote.")
    opt_outs_count: int = strawberry.field(description="In how many of them the lead opted out after it wrote.")
    breaches_count: int = strawberry.field(description="How many of its texts were withheld: they broke a rule.")
    booking_rate: float | None = strawberry.field(
        description="How many of its conversations led to a booked call, between 0 and 1; null before the first."
    )
    average_sentiment: float | None = strawberry.field(
        description="Of the replies, between 0 (negative) and 1 (positive); null before the first."
    )
    performance_vs_previous: float | None = strawberry.field(
        description="Its booking rate less that of the version before; promptComparison says whether that means much."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    prompt: "Prompt" = strawberry.field(description="Of which prompt.")
    previous: Annotated["PromptVersion", strawberry.lazy("schema.prompts")] | None = strawberry.field(
        description="The version it was made from; null of a first one."
    )
    creator: Member | None = strawberry.field(description="Who made it; null for programs and Sophie.")
    sections: list[PromptSection] = strawberry.field(description="Its words: six sections, in their order.")
    replays: Connection[Annotated["Replay", strawberry.lazy("schema.replays")]] = connection(
        REPLAYS, "What it would have said in threads that were answered already, the newest first."
    )


@strawberry.type(description="That something was made live, tried, or taken back.")
class PromptDeployment(Node):
    verb: DeploymentVerb = strawberry.field(description="What was done.")
    share: int = strawberry.field(description="On how many of a hundred conversations.")
    reason: str | None = strawberry.field(description="Why; of the guard, what tripped it.")
    performance_before: JSON | None = strawberry.field(
        description="How the version before it had done by then: conversations, texts, replies, positive, bookings, "
        "opt_outs, breaches."
    )
    created_at: datetime = strawberry.field(description="When.")
    version: PromptVersion = strawberry.field(
        description="What writes from then on; where a prompt was withdrawn, what wrote until then."
    )
    previous_version: PromptVersion | None = strawberry.field(description="What wrote before, or was taken back.")
    member: Member | None = strawberry.field(description="Who did it; null for programs and the guard.")


@strawberry.type(
    description="A place for a prompt: the organization's, or a dataset's. A lead is answered by the live prompt of "
    "the newest of its datasets that has one, else by the organization's."
)
class Prompt(Kept):
    name: str = strawberry.field(description="What it is called.")
    description: str | None = strawberry.field(description="What it is for.")
    created_from: CreatedFrom = strawberry.field(description="How it came to be.")
    wizard_answers: JSON | None = strawberry.field(description="What the wizard was told, by the key of the question.")
    is_live: bool = strawberry.field(description="Whether a version of it writes; one prompt of a place does.")
    trial_share: int | None = strawberry.field(description="On how many of a hundred conversations the trial writes.")
    is_guarded: bool = strawberry.field(
        description="Whether a version is taken back by itself, once its texts break rules or more leads opt out."
    )
    deployed_at: datetime | None = strawberry.field(description="When what is live last changed.")
    archived_at: datetime | None = strawberry.field(description="When it was put away.")
    dataset: Dataset | None = strawberry.field(description="For the leads of which dataset; null for all.")
    template: PromptTemplate | None = strawberry.field(description="The template it was made from.")
    copied_from: Annotated["Prompt", strawberry.lazy("schema.prompts")] | None = strawberry.field(
        description="The prompt it was copied from."
    )
    live_version: PromptVersion | None = strawberry.field(description="What writes.")
    trial_version: PromptVersion | None = strawberry.field(description="What is tried beside it, on a share.")
    newest_version: PromptVersion | None = strawberry.field(description="What was written last, live or not.")
    deployer: Member | None = strawberry.field(description="Who last changed what is live.")
    creator: Member | None = strawberry.field(description="Who made it; null for programs.")
    versions: Connection[PromptVersion] = connection(PROMPT_VERSIONS, "Every version, the newest first.")
    deployments: Connection[PromptDeployment] = connection(
        PROMPT_DEPLOYMENTS, "What was made live, tried and taken back, the newest first."
    )


@strawberry.type(description="A question of the wizard.")
class WizardQuestion:
    key: str = strawberry.field(description="What its answer is handed in under.")
    section: SectionName = strawberry.field(description="Which section the answer goes into.")
    text: str = strawberry.field(description="The question.")
    example: str = strawberry.field(description="An answer that somebody could give.")
    is_required: bool = strawberry.field(description="Whether it has to be answered.")


@strawberry.type(description="Words a prompt would have.")
class PreviewSection:
    section: SectionName = strawberry.field(description="Of which section.")
    content: str = strawberry.field(description="The words.")
    source: PartSource = strawberry.field(description="Where they come from.")
    why: str | None = strawberry.field(description="Why they are there.")


@strawberry.type(description="How a prompt would read.")
class PromptPreview:
    sections: list[PreviewSection] = strawberry.field(description="Its words: six sections, in their order.")
    compiled: str = strawberry.field(description="The text a model would be given.")


@strawberry.type(description="A line of two versions.")
class DiffLine:
    sign: DiffSign = strawberry.field(description="Whether it is in both.")
    text: str = strawberry.field(description="The line.")


@strawberry.type(description="So many of so many, and where the true rate is, 95 times of 100 (Wilson's interval).")
class Rate:
    count: int = strawberry.field(description="How many.")
    of: int = strawberry.field(description="Of how many conversations.")
    value: float | None = strawberry.field(description="Between 0 and 1; null of none.")
    low: float = strawberry.field(description="The lower end of the interval.")
    high: float = strawberry.field(description="The upper end of the interval.")


@strawberry.type(description="How two versions did in one respect.")
class RateComparison:
    name: str = strawberry.field(description="What is counted: replies, positive, bookings or opt_outs.")
    newer: Rate = strawberry.field(description="Of what is asked about.")
    older: Rate = strawberry.field(description="Of what it is compared with.")
    verdict: ComparisonVerdict = strawberry.field(
        description="Whether the difference means anything; fewer opt-outs are better."
    )


@strawberry.type(description="Two versions side by side: what they say, and how they did.")
class PromptComparison:
    diff: list[DiffLine] = strawberry.field(description="Their compiled texts, line by line, whole.")
    rates: list[RateComparison] = strawberry.field(description="What came of their conversations.")


@strawberry.type(description="Templates that were added together.")
class AddedPromptTemplates:
    templates: list[PromptTemplate] = strawberry.field(description="Those that were not there yet.")
