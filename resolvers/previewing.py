"""Previews of campaigns: a query that Python answers, because the rules that send are asked."""

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, cast

import strawberry

from actions.previewing import Preview, Wanted, count_campaign, preview_campaign, want
from db.leads import LEADS
from db.pages import check_size
from db.selection import Several
from domain.campaigns.previewing import MOST_COUNTED, Played, PlayedStep
from domain.campaigns.reasons import NEVER_OPENS, SENTENCES, GateReason, Verdict
from domain.ids import read_id
from domain.people import Permission
from resolvers.answers import Together, given
from resolvers.context import Context
from schema.paging import PageInfo
from schema.previewing import CampaignPreview, LeadPreview, PreviewCounts, PreviewReason, StepPreview
from schema.scalars import Cursor

Info = strawberry.Info[Context, None]


@dataclass(frozen=True, slots=True)
class _Later:
    """Found out once, and only where it is asked for."""

    find: Callable[[], Awaitable[Any]]

    def __await__(self) -> Generator[Any, None, Any]:
        return self.find().__await__()


@strawberry.type
class PreviewingQuery:
    @strawberry.field(
        description="What a campaign would send to whom and when, and why not, before anything is sent; null when "
        "there is none with this id. Candidates are the leads whom you see of its dataset, and those with its tag, who "
        "were never in it; or those you name, who are not in it now. Who is in it is read in `enrollments`, with what "
        "is planned for them. A dataset's leads are enrolled when the campaign begins; a tag's whenever they are given "
        "it, and those who have it already by hand. Needs INBOX_READ."
    )
    async def campaign_preview(
        self,
        info: Info,
        campaign_id: Annotated[strawberry.ID, strawberry.argument(description="Of which campaign.")],
        at: Annotated[
            datetime | None,
            strawberry.argument(
                description="As if they were enrolled then: now, unless told otherwise; at most a year ahead."
            ),
        ] = strawberry.UNSET,
        lead_ids: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(
                description="Of these leads, at most 100, all in one page, without those whom you do not see."
            ),
        ] = strawberry.UNSET,
        first: Annotated[
            int | None,
            strawberry.argument(description="How many candidates, the newest first, at most 100; 25 otherwise."),
        ] = strawberry.UNSET,
        after: Annotated[
            Cursor | None, strawberry.argument(description="Start behind this candidate.")
        ] = strawberry.UNSET,
    ) -> CampaignPreview | None:
        context, now = info.context, datetime.now(UTC)
        context.caller.require(Permission.INBOX_READ)
        id, named = read_id("campaign", campaign_id, "campaignId"), given(lead_ids)
        ids = None if named is None else [read_id("lead", one, "leadIds") for one in named]
        wanted = want(id, given(at), ids, check_size(given(first), "first"), given(after), now)
        async with context.look() as session:
            found = await preview_campaign(session, wanted)
        return _preview(context, wanted, found) if found else None


def _preview(context: Context, wanted: Wanted, found: Preview) -> CampaignPreview:
    context.spend(len(found.leads) + sum(len(one.steps) for one in found.leads))
    rows = Together(Several(LEADS, tuple(one.lead_id for one in found.leads)))
    cursors = [Cursor(one.cursor(wanted.campaign_id)) for one in found.candidates if not wanted.lead_ids]
    return CampaignPreview(
        at=wanted.at,
        leads=[_lead(rows, one) for one in found.leads],
        page_info=PageInfo(
            has_next_page=found.has_next,
            has_previous_page=wanted.has_before,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        counts=cast(Any, _Later(lambda: _count(context, wanted))),
    )


def _lead(rows: Together, one: Played) -> LeadPreview:
    return LeadPreview(
        lead=cast(Any, rows.one(one.lead_id)),
        status=one.standing.status,
        status_reason=one.standing.reason,
        steps=[_step(step) for step in one.steps],
    )


def _step(one: PlayedStep) -> StepPreview:
    return StepPreview(
        position=one.step.position,
        subject=one.subject,
        body=one.text.body,
        encoding=one.text.encoding,
        segments=one.text.segments,
        missing_fields=list(one.text.missing),
        scheduled_at=one.due.scheduled_at if one.due else None,
        expires_at=one.due.expires_at if one.due else None,
        verdict=one.decision.verdict,
        reason=one.decision.reason,
        message=one.decision.message,
        retry_at=one.decision.retry_at,
    )


async def _count(context: Context, wanted: Wanted) -> PreviewCounts | None:
    context.spend(MOST_COUNTED)
    async with context.look() as session:
        found = await count_campaign(session, wanted)
    if found is None:
        return None
    verdicts, reasons = found.tally.verdicts, found.tally.reasons.most_common()
    return PreviewCounts(
        lead_count=found.leads,
        is_whole=found.is_whole,
        send_count=verdicts[Verdict.SEND],
        wait_count=verdicts[Verdict.WAIT],
        hold_count=verdicts[Verdict.HOLD],
        end_count=verdicts[Verdict.END],
        reasons=[_reason(*key, count) for key, count in reasons],
    )


def _reason(verdict: Verdict, reason: GateReason, count: int) -> PreviewReason:
    return PreviewReason(verdict=verdict, reason=reason, message=_sentence(verdict, reason), count=count)


def _sentence(verdict: Verdict, reason: GateReason) -> str:
    is_never = verdict is Verdict.HOLD and reason in (GateReason.OUTSIDE_WINDOW, GateReason.QUIET_HOURS)
    return NEVER_OPENS if is_never else SENTENCES[reason]
