"""The live feed: where it stands, and following it."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry

from db.analytics import EVENTS, MESSAGE_ADDED, SIGNALS
from db.selection import Following, Signalling
from domain.analytics import EventKind
from domain.ids import read_id
from domain.people import Actor, Permission
from domain.refusals import bad_input
from realtime.feed import read_position
from resolvers.answers import Id, given
from resolvers.context import Context
from schema.analytics import InboxEvent, InboxEventFilter, InboxSignal, InsightRaised, MessageAdded
from schema.scalars import Cursor

Info = strawberry.Info[Context, None]
After = Annotated[
    Cursor | None,
    strawberry.argument(
        description="Replay what came behind this cursor first; without it only what comes from now on."
    ),
]
_ADDED = (EventKind.MESSAGE_RECEIVED, EventKind.MESSAGE_SENT)


@strawberry.type
class AnalyticsQuery:
    @strawberry.field(
        description="Where the feed stands, read before everything else in the same request: subscribe with `after:` "
        "this, and nothing between the rows and the stream is missed. Needs INBOX_READ."
    )
    async def event_cursor(self, info: Info) -> Cursor:
        info.context.caller.require(Permission.INBOX_READ)
        return Cursor(str(await info.context.live.feed.position(info.context.caller)))


@strawberry.type
class AnalyticsSubscription:
    @strawberry.subscription(
        description="Everything an open inbox wants to hear of; what needs another permission, as `CredentialExpired` "
        "does, is left out for those who lack it. Needs INBOX_READ."
    )
    def inbox_events(
        self,
        info: Info,
        after: After = strawberry.UNSET,
        filter: Annotated[InboxEventFilter | None, strawberry.argument(description="Which events.")] = strawberry.UNSET,
    ) -> AsyncGenerator[InboxEvent, None]:
        wanted = given(filter) or InboxEventFilter()
        caller, assignee = info.context.caller, _read("member", wanted.assignee_id, "assigneeId")
        caller.require(Permission.INBOX_READ)
        if given(wanted.assigned_to_me):
            assignee = _me(caller, assignee)
        heard = {kind: entity for kind, entity in EVENTS.items() if caller.may(entity.permission)}
        kinds = given(wanted.kinds)
        for kind in kinds or ():
            caller.require(EVENTS[kind].permission)
        conversation = _read("conversation", wanted.conversation_id, "conversationId")
        kinds = tuple(heard if kinds is None else kinds)
        return _follow(after, kinds, heard, conversation=conversation, assignee=assignee)

    @strawberry.subscription(description="The messages of one conversation as they come and go. Needs INBOX_READ.")
    def message_added(self, conversation_id: Id, after: After = strawberry.UNSET) -> AsyncGenerator[MessageAdded, None]:
        conversation = read_id("conversation", conversation_id, "conversationId")
        return _follow(after, _ADDED, dict.fromkeys(_ADDED, MESSAGE_ADDED), conversation=conversation)

    @strawberry.subscription(description="What Sophie notices, as she does. Needs INBOX_READ.")
    def sophie_insight_added(self, after: After = strawberry.UNSET) -> AsyncGenerator[InsightRaised, None]:
        kind = EventKind.INSIGHT_RAISED
        return _follow(after, (kind,), {kind: EVENTS[kind]})

    @strawberry.subscription(
        description="Who is there and who types, while it happens: never stored, and without a cursor. "
        "Needs INBOX_READ."
    )
    def inbox_signals(
        self,
        conversation_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only who types in this conversation.")
        ] = strawberry.UNSET,
    ) -> AsyncGenerator[InboxSignal, None]:
        conversation = _read("conversation", conversation_id, "conversationId")
        return cast(Any, Signalling(SIGNALS, conversation))


def _follow(after: Any, kinds: tuple[EventKind, ...], entities: Any, **narrowing: UUID | None) -> Any:
    return Following(read_position(given(after)), kinds, entities, **narrowing)


def _me(caller: Actor, assignee: UUID | None) -> UUID:
    if caller.member_id is None:
        raise bad_input("A key works no leads: leave assignedToMe out, or name an assigneeId.", "assignedToMe")
    if assignee not in (None, caller.member_id):
        raise bad_input("Ask for what is assigned to you, or to somebody else, not both.", "assigneeId")
    return caller.member_id


def _read(kind: str, id: Any, field: str) -> UUID | None:
    return None if given(id) is None else read_id(kind, id, field)
