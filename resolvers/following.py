"""Subscriptions: the events a subscription field asks for, compiled once and then read as they come."""

from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLField, GraphQLSchema, located_error
from graphql.execution.collect_fields import collect_fields
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from db.selection import Following, Statement, write_following
from db.shapes import Variants
from domain.people import LeadScope, Permission
from realtime.feed import Stream
from resolvers.context import Context
from resolvers.errors import present
from resolvers.executor import SelectionExecutor
from resolvers.plans import Details, Planner

_STRETCH = 1000  # events looked at with one statement


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription ready to be followed: the key its events stand under, and what it asks of the feed."""

    key: str
    stream: Stream
    request_id: str
    nodes: tuple[FieldNode, ...]

    def located(self, error: Exception) -> GraphQLError:
        """An error of the stream as the client may see it."""
        return present(located_error(error, list(self.nodes), [self.key]), self.request_id)


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
        context.caller.require(Permission.INBOX_READ)
        following, statement = _compile(executor, key, definition, details)
    except Exception as error:
        return [present(located_error(error, list(nodes), [key]), context.request_id)]
    return Subscribed(key, _stream(context, following, statement), context.request_id, nodes)


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

    # A cohort reads as its first member, so only those who see all leads, or the same member's, may share one.
    sight = None if caller.lead_scope is LeadScope.ALL else caller.member_id
    return Stream(following.after, read, (statement.sql, following.kinds, narrowed, sight))


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
    scope = executor.context_value.caller.lead_scope
    return following, write_following(Variants("events", fields), tuple(following.narrowing), scope)
