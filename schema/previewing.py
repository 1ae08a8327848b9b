"""Previews of campaigns: what would be sent to whom, and why not."""

from datetime import datetime

import strawberry

from domain.campaigns.reasons import GateReason, Verdict
from domain.campaigns.states import EnrollmentReason, EnrollmentStatus
from domain.conversations import Encoding
from schema.leads import Lead
from schema.paging import PageInfo


@strawberry.type(description="A step as it would be sent to one lead.")
class StepPreview:
    position: int = strawberry.field(description="Its place in the campaign, from 1.")
    subject: str | None = strawberry.field(description="The subject of an e-mail, with facts in the place of fields.")
    body: str = strawberry.field(description="What they would read, with facts in the place of fields.")
    encoding: Encoding = strawberry.field(description="How a text travels.")
    segments: int = strawberry.field(description="How many parts a carrier would bill; an e-mail is one.")
    missing_fields: list[str] = strawberry.field(
        description="Fields of the body that this lead has no fact for, and that have no default."
    )
    scheduled_at: datetime | None = strawberry.field(
        description="When it would be due if all goes well, but for what `jitterSeconds` spreads. Null: never."
    )
    expires_at: datetime | None = strawberry.field(description="From when it would not be sent any more; null: never.")
    verdict: Verdict = strawberry.field(
        description="What the gate says at the time of the preview, as if the step were due then."
    )
    reason: GateReason | None = strawberry.field(description="Why it would not be sent; null where it would.")
    message: str = strawberry.field(description="The same in a sentence.")
    retry_at: datetime | None = strawberry.field(
        description="When it would be asked again; null where time alone changes nothing."
    )


@strawberry.type(description="What one lead would get of a campaign.")
class LeadPreview:
    lead: Lead = strawberry.field(description="The lead.")
    status: EnrollmentStatus = strawberry.field(description="How their enrolment would begin.")
    status_reason: EnrollmentReason | None = strawberry.field(
        description="Why it would rest from the beginning; null where it would not."
    )
    steps: list[StepPreview] = strawberry.field(description="All steps, in their order.")


@strawberry.type(description="How many leads the gate says the same of.")
class PreviewReason:
    verdict: Verdict = strawberry.field(description="What becomes of the first step.")
    reason: GateReason = strawberry.field(description="Why it is not sent at once.")
    message: str = strawberry.field(description="The same in a sentence.")
    count: int = strawberry.field(description="Of how many.")


@strawberry.type(
    description="What the gate says of the first step, counted over the candidates. Each is asked of alone: that rates "
    "let only so many of them pass in a day is not among it."
)
class PreviewCounts:
    lead_count: int = strawberry.field(description="How many candidates were counted.")
    is_whole: bool = strawberry.field(
        description="Whether these are all there are; false where there are more than 10,000, of whom the newest count."
    )
    send_count: int = strawberry.field(description="How many could be sent the first step at that time.")
    wait_count: int = strawberry.field(description="How many it would reach later, without anybody's doing.")
    hold_count: int = strawberry.field(description="How many it would not reach until somebody changes something.")
    end_count: int = strawberry.field(description="How many it would not reach at all.")
    reasons: list[PreviewReason] = strawberry.field(description="Why not, the most frequent first.")


@strawberry.type(
    description="What a campaign would do if it ran and its candidates were enrolled at one time. A draft, and a "
    "campaign that rests, are asked of as if they ran; one that is over begins nothing. Nothing is written, and nobody "
    "is enrolled."
)
class CampaignPreview:
    at: datetime = strawberry.field(description="The time that is asked of.")
    leads: list[LeadPreview] = strawberry.field(description="A page of candidates.")
    page_info: PageInfo = strawberry.field(description="Where the page stands among all candidates.")
    counts: PreviewCounts = strawberry.field(
        description="All candidates, counted. Counted only when asked for; costs as much as 10,000 rows."
    )
