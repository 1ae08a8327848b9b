"""Subscriptions: the events a subscription field asks for, compiled once and then read as they come."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from graphql import FieldNode, GraphQLError, GraphQLField, GraphQLSchema, located_error
from graphql.execution.collect_fields import collect_fields
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from db.selection import Following, Signalling, Statement, write_following, write_signal
from db.shapes import Variants
from domain.analytics import Signal
from domain.people import Actor, LeadScope
from realtime.channel import Concerns, Fact
from realtime.feed import Listener, Stream
from realtime.signals import SignalStream
from resolvers.context import Context
from resolvers.errors import present
from resolvers.executor import SelectionExecutor
from resolvers.plans import Details, Planner

_STRETCH = 1000  # events looked at with one statement


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription ready to be followed: the key its events stand under, and what it asks of which lane."""

    key: str
    context: Context
    stream: Stream | SignalStream
    nodes: tuple[FieldNode, ...]

    async def attend(self, listener: Listener) -> None:
        """Pushes events to the listener until cancelled. Whoever listens is there for their colleagues to see."""
        with self.context.live.presence.shown(self.context.caller):
            if isinstance(self.stream, SignalStream):
                await self.context.live.signals.attend(self.stream, listener)
            else:
                await self.context.live.feed.attend(self.context.caller, self.stream, listener)

    async def follow(self) -> AsyncGenerator[bytes, None]:
        """Events one by one, for those who pull."""
        with self.context.live.presence.shown(self.context.caller):
            async with aclosing(self._events()) as events:
                async for event in events:
                    yield event

    def _events(self) -> AsyncGenerator[bytes, None]:
        if isinstance(self.stream, SignalStream):
            return self.context.live.signals.follow(self.stream)
        return self.context.live.feed.follow(self.context.caller, self.stream)

    def located(self, error: Exception) -> GraphQLError:
        """An error of the stream as the client may see it."""
        return present(located_error(error, list(self.nodes), [self.key]), self.context.request_id)


def subscribe(
    schema: GraphQLSchema, context: Context, variables: dict[str, Any] | None, operation_name: str | None
) -> Subscribed | list[GraphQLError]:
    """The subscription a document asks for, or what is wrong with the request."""
    assert context.document
    executor: Any = SelectionExecutor.build(schema, context.document.node, None, context, variables, operation_name)
    if isinstance(executor, list):
        return [present(error, context.request_id) for error in executor]
    key, definition, details = _root_field(executor)
    nodes = tuple(item.node for item in details)
    try:
        stream = _compile(executor, key, definition, details)
    except Exception as error:
        return [present(located_error(error, list(nodes), [key]), context.request_id)]
    return Subscribed(key, context, stream, nodes)


def _stream(context: Context, following: Following, statement: Statement) -> Stream:
    caller, narrowed = context.caller, tuple(following.narrowing.values())

    async def read(after: int, horizon: int) -> list[tuple[int, bytes]]:
        """Looks at a bounded stretch at a time: what plan the database picks then matters little."""
        while after < horizon:
            end = min(after + _STRETCH, horizon)
            values: list[Any] = [after, end, list(following.kinds), *narrowed]
            if rows := await context.database.read_rows(caller, statement, values):
                return [(row["seq"], row["j"]) for row in rows]
            after = end
        return []

    shape = (statement.sql, following.kinds, narrowed, _sight(caller))
    return Stream(following.after, read, _concerns(following), shape)


def _concerns(following: Following) -> Concerns:
    """What the statement asks of an event's own columns, and nothing else: who may see it, only the statement knows."""
    kinds, conversation, assignee = frozenset(map(str, following.kinds)), following.conversation, following.assignee

    def concerns(fact: Fact) -> bool:
        return (
            fact.kind in kinds and conversation in (None, fact.conversation_id) and assignee in (None, fact.assignee_id)
        )

    return concerns


def _signal_stream(context: Context, signalling: Signalling, statements: dict[str, Statement]) -> SignalStream:
    caller = context.caller

    async def read(signal: Signal) -> bytes | None:
        if signalling.subject not in (None, signal.subject_id):
            return None
        values = [signal.subject_id, signal.member_id, signal.is_on, signal.at]
        return await context.database.read(caller, statements[signal.kind], values)

    shape = (tuple(statement.sql for statement in statements.values()), signalling.subject, _sight(caller))
    roster = partial(context.live.presence.of, caller.organization_id)
    return SignalStream(caller.organization_id, read, shape, roster)


def _sight(caller: Actor) -> tuple[UUID | None, frozenset[UUID] | None]:
    """Those who ask the same read as one of them, so only those may share who see all leads, or the same member's, and
    who are limited to the same datasets, or to none."""
    return None if caller.lead_scope is LeadScope.ALL else caller.member_id, caller.rights.dataset_ids


def _root_field(executor: SelectionExecutor) -> tuple[str, GraphQLField, Details]:
    """A subscription has exactly one; validation has seen to it."""
    type_ = executor.schema.subscription_type
    assert type_
    collected = collect_fields(
        executor.schema, executor.fragments, executor.variable_values, type_, executor.operation
    ).grouped_field_set
    key, details = next(iter(collected.items()))
    return key, type_.fields[details[0].node.name.value], details


def _compile(
    executor: SelectionExecutor, key: str, definition: GraphQLField, details: Details
) -> Stream | SignalStream:
    context: Context = executor.context_value
    asked = _asked(executor, key, definition, details)
    planner = Planner(executor.schema, executor.collect_subfields)
    fields = {kind: planner.fields(entity, details) for kind, entity in asked.entities.items()}
    for permission in planner.needs:
        context.caller.require(permission)
    if planner.sites:
        raise GraphQLError("A list cannot be asked for in an event: ask for it in a query.")
    sight = context.caller.sight
    if isinstance(asked, Signalling):
        return _signal_stream(context, asked, {kind: write_signal(shape, sight) for kind, shape in fields.items()})
    variants = Variants("events", tuple(fields.items()))
    return _stream(context, asked, write_following(variants, tuple(asked.narrowing), sight))


def _asked(executor: SelectionExecutor, key: str, definition: GraphQLField, details: Details) -> Following | Signalling:
    type_ = executor.schema.subscription_type
    assert type_ and definition.subscribe
    info = executor.build_resolve_info(definition, [item.node for item in details], type_, Path(None, key, type_.name))
    arguments = get_argument_values(definition, details[0].node, executor.variable_values)
    asked: Following | Signalling = definition.subscribe(None, info, **arguments)
    return asked
