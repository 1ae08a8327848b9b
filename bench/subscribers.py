"""The usual way to follow: plain Strawberry, one execution per subscriber, over a broadcaster within the process."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, NewType

import strawberry
from broadcaster import Broadcast
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.schema.config import StrawberryConfig
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from bench.telling import Tell

_CHANNEL = "inbox"
Cursor = NewType("Cursor", str)


@strawberry.enum
class EventKind(Enum):
    MESSAGE_RECEIVED = "MESSAGE_RECEIVED"
    MESSAGE_SENT = "MESSAGE_SENT"


@strawberry.input
class InboxEventFilter:
    kinds: list[EventKind] | None = None
    conversation_id: strawberry.ID | None = None


@strawberry.type
class Lead:
    id: strawberry.ID
    name: str


@strawberry.type
class Conversation:
    id: strawberry.ID
    unread_count: int
    lead: Lead


@strawberry.type
class Message:
    id: strawberry.ID
    body: str
    created_at: datetime


@strawberry.type
class MessageReceived:
    id: strawberry.ID
    cursor: Cursor
    message: Message
    conversation: Conversation


@strawberry.type
class MessageSent:
    id: strawberry.ID
    cursor: Cursor
    message: Message
    conversation: Conversation


InboxEvent = Annotated[MessageReceived | MessageSent, strawberry.union("InboxEvent")]


def _read(text: str) -> MessageReceived:
    event = json.loads(text)
    message, conversation = event["message"], event["conversation"]
    return MessageReceived(
        id=event["id"],
        cursor=event["cursor"],
        message=Message(
            id=message["id"], body=message["body"], created_at=datetime.fromisoformat(message["createdAt"])
        ),
        conversation=Conversation(
            id=conversation["id"], unread_count=conversation["unreadCount"], lead=Lead(**conversation["lead"])
        ),
    )


def _is_wanted(event: MessageReceived, filter: InboxEventFilter | None) -> bool:
    if filter is None:
        return True
    kinds, conversation = filter.kinds, filter.conversation_id
    if kinds is not None and EventKind.MESSAGE_RECEIVED not in kinds:
        return False
    return conversation is None or conversation == event.conversation.id


@strawberry.type
class Query:
    alive: bool = True


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def inbox_events(
        self, info: strawberry.Info, filter: InboxEventFilter | None = None
    ) -> AsyncGenerator[InboxEvent, None]:
        async with info.context["broadcast"].subscribe(_CHANNEL) as events:
            async for event in events:
                if _is_wanted(event.message, filter):
                    yield event.message


class _View(GraphQL[dict[str, Any], None]):
    def __init__(self, broadcast: Broadcast) -> None:
        config = StrawberryConfig(scalar_map={Cursor: strawberry.scalar(name="Cursor")})
        schema = strawberry.Schema(Query, subscription=Subscription, config=config)
        super().__init__(schema, subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,))
        self._broadcast = broadcast

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        return {"broadcast": self._broadcast}


@asynccontextmanager
async def subscribers() -> AsyncIterator[tuple[Any, Tell]]:
    async with Broadcast("memory://") as broadcast:

        async def tell(text: str) -> None:
            await broadcast.publish(_CHANNEL, _read(text))

        yield Starlette(routes=[WebSocketRoute("/graphql", _View(broadcast))]), tell
