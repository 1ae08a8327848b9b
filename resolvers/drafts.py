"""Answers of Sophie's: read, asked for, accepted, edited and rejected; and what models were asked."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import strawberry

from actions.suggesting import accept_draft, edit_draft, reject_draft, suggest_reply
from db.drafts import DRAFTS, MODEL_USES
from domain.ids import read_id
from domain.people import Permission
from resolvers.answers import What, fact, given, making, many, one
from resolvers.context import Context
from schema.drafts import Draft, ModelUsage, ModelUse
from schema.paging import Connection
from schema.refusals import Refused

Info = strawberry.Info[Context, None]
_MONTH = timedelta(days=30)


@strawberry.type
class DraftsQuery:
    drafts: Connection[Draft] = many(DRAFTS, "Every answer of Sophie's, the newest first. Needs INBOX_READ.")
    draft: Draft | None = one(DRAFTS, "One answer of Sophie's; null when there is none with this id. Needs INBOX_READ.")
    model_uses: Connection[ModelUse] = many(
        MODEL_USES, "What models were asked, the newest first. Needs PROMPTS_WRITE."
    )

    @strawberry.field(
        description="What models took, by purpose and model: of the last thirty days, unless told otherwise. "
        "Needs PROMPTS_WRITE."
    )
    async def model_usage(
        self,
        info: Info,
        since: Annotated[datetime | None, strawberry.argument(description="From then on.")] = strawberry.UNSET,
        until: Annotated[datetime | None, strawberry.argument(description="Before then.")] = strawberry.UNSET,
    ) -> list[ModelUsage]:
        info.context.caller.require(Permission.PROMPTS_WRITE)
        end = given(until) or datetime.now(UTC)
        async with info.context.look() as session:
            rows = await session.rows("answering", "sum_uses", given(since) or end - _MONTH, end)
        return [ModelUsage(**dict(row)) for row in rows]


@strawberry.input(description="Where Sophie is to propose an answer.")
class SuggestReplyInput:
    conversation_id: strawberry.ID = strawberry.field(description="The conversation.")


@strawberry.input(description="An answer that is good.")
class AcceptDraftInput:
    draft_id: strawberry.ID = strawberry.field(description="Which.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is sent.")


@strawberry.input(description="Other words for an answer.")
class EditDraftInput:
    draft_id: strawberry.ID = strawberry.field(description="Which.")
    body: str = strawberry.field(description="What is to be said.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="An answer that is not to be sent.")
class RejectDraftInput:
    draft_id: strawberry.ID = strawberry.field(description="Which.")
    reason: str | None = fact("Why, in at most 500 characters.")


DraftResult = Annotated[
    Draft | Refused, strawberry.union("DraftResult", description="The draft, or why nothing was changed.")
]
_NEEDS = "Needs INBOX_READ and MESSAGES_SEND."


@strawberry.type
class DraftsMutation:
    @strawberry.mutation(
        description="Asks Sophie for an answer to propose, whether she answers here or not. It comes within seconds: "
        f"DraftChanged tells. {_NEEDS}"
    )
    def suggest_reply(self, input: Annotated[SuggestReplyInput, What]) -> DraftResult:
        id = read_id("conversation", input.conversation_id, "conversationId")
        return making(DRAFTS, lambda session: suggest_reply(session, id))

    @strawberry.mutation(description=f"Sends a proposed answer, or one that was withheld, as it reads now. {_NEEDS}")
    def accept_draft(self, input: Annotated[AcceptDraftInput, What]) -> DraftResult:
        id = read_id("draft", input.draft_id, "draftId")
        return making(DRAFTS, lambda session: accept_draft(session, id, given(input.expected_version)))

    @strawberry.mutation(description=f"Gives an answer other words; nothing is sent by it. {_NEEDS}")
    def edit_draft(self, input: Annotated[EditDraftInput, What]) -> DraftResult:
        id, body = read_id("draft", input.draft_id, "draftId"), input.body
        return making(DRAFTS, lambda session: edit_draft(session, id, body, given(input.expected_version)))

    @strawberry.mutation(description=f"Decides against an answer. {_NEEDS}")
    def reject_draft(self, input: Annotated[RejectDraftInput, What]) -> DraftResult:
        id = read_id("draft", input.draft_id, "draftId")
        return making(DRAFTS, lambda session: reject_draft(session, id, given(input.reason)))
