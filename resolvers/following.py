"""Subscriptions: the events a subscription field asks for, compiled once and then read as they come."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, GraphQLField, GraphQLSchema, located_error
from graphql.execution.collect_fields import collect_fields
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from db.selection import Following, Statement, write_following
from db.shapes import Variants
from domain.people import Permission
from resolvers.context import Context
from resolvers.executor import SelectionExecutor
from resolvers.plans import Details, Planner


async def follow(
    schema: GraphQLSchema, context: Context, variables: dict[str, Any] | None, operation_name: str | None
) -> AsyncIterator[ExecutionResult]:
    """One result per event. What is wrong with the request is the first and only result."""
    assert context.document
    executor: Any = SelectionExecutor.build(schema, context.document.node, None, context, variables, operation_name)
    if isinstance(executor, list):
        yield ExecutionResult(None, executor)
        return
    key, definition, details = _root_field(executor)
    try:
        async with aclosing(_events(executor, key, definition, details)) as events:
            async for event in events:
                yield ExecutionResult({key: orjson.Fragment(event)}, None)
    except Exception as error:
        located = located_error(error, [item.node for item in details], [key])
        yield ExecutionResult(None, [located])


def _root_field(executor: SelectionExecutor) -> tuple[str, GraphQLField, Details]:
    """A subscription has exactly one; validation has seen to it."""
    type_ = executor.schema.subscription_type
    assert type_
    collected = collect_fields(
        executor.schema, executor.fragments, executor.variable_values, type_, executor.operation
    ).grouped_field_set
    key, details = next(iter(collected.items()))
    return key, type_.fields[details[0].node.name.value], details


async def _events(
    executor: SelectionExecutor, key: str, definition: GraphQLField, details: Details
) -> AsyncGenerator[bytes, None]:
    context: Context = executor.context_value
    context.caller.require(Permission.INBOX_READ)
    following, statement = _compile(executor, key, definition, details)

    async def read(after: int, horizon: int) -> list[tuple[int, bytes]]:
        values: list[Any] = [after, horizon, list(following.kinds)]
        if following.conversation:
            values.append(following.conversation)
        return [(row["seq"], row["j"]) for row in await context.database.read_rows(context.caller, statement, values)]

    async for _position, event in context.feed.follow(context.caller, following.after, read):
        yield event


def _compile(
    executor: SelectionExecutor, key: str, definition: GraphQLField, details: Details
) -> tuple[Following, Statement]:
    type_ = executor.schema.subscription_type
    assert type_ and definition.subscribe
    info = executor.build_resolve_info(definition, [item.node for item in details], type_, Path(None, key, type_.name))
    arguments = get_argument_values(definition, details[0].node, executor.variable_values)
    following: Following = definition.subscribe(None, info, **arguments)
    planner = Planner(executor.schema, executor.collect_subfields)
    fields = tuple((kind, planner.fields(entity, details)) for kind, entity in following.entities.items())
    if planner.sites:
        raise GraphQLError("A list cannot be asked for in an event: ask for it in a query.")
    return following, write_following(Variants("events", fields), following.conversation is not None)
