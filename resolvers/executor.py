"""graphql-core's executor, except that a selection is answered by one SQL statement instead of field by field."""

import asyncio
from typing import Any, NamedTuple, cast

import orjson
from graphql import GraphQLNonNull, GraphQLOutputType, GraphQLResolveInfo
from graphql.execution.collect_fields import GroupedFieldSet
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental
from graphql.pyutils import Path

from db.selection import ById, Listing, Nodes, Own, Selection, Statement
from domain.refusals import Refusal, RefusalCode
from resolvers.answers import OneOf, Work
from resolvers.context import Context
from resolvers.documents import Document
from resolvers.plans import Details, Plan, Planner
from schema.refusals import Refused

_SELECTIONS = (ById, Own, Listing, Nodes)


class Asked(NamedTuple):
    """A field as it stands in an operation: its type, its nodes, and where it is."""

    type: GraphQLOutputType
    details: Details
    info: GraphQLResolveInfo[Any]
    path: Path


class SelectionExecutor(ExecutorThrowingOnIncremental):
    """Meets selections and units of work among the values resolvers return; everything else is graphql-core's."""

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: Details,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        if isinstance(result, _SELECTIONS):
            return self._answer(Asked(return_type, field_details_list, info, path), result)
        if isinstance(result, OneOf):
            return self._one_of(Asked(return_type, field_details_list, info, path), result)
        if isinstance(result, Work):
            return self._work(Asked(return_type, field_details_list, info, path), result)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    async def _answer(self, asked: Asked, selection: Selection) -> orjson.Fragment | None:
        context = cast(Context, self.context_value)
        statement, values = self._prepare(asked, selection, in_session=False)
        json = await context.database.read(context.caller, statement, values)
        if json is None and isinstance(asked.type, GraphQLNonNull):
            raise Refusal(RefusalCode.NOT_FOUND, f"{asked.info.field_name} does not exist any more.")
        return None if json is None else orjson.Fragment(json)

    async def _one_of(self, asked: Asked, one: OneOf) -> Any:
        """The first that is met reads for all that stand at the same place of their lists."""
        place, readings = tuple(key for key in asked.path.as_list() if isinstance(key, str)), one.rows.readings
        if place not in readings:
            readings[place] = asyncio.create_task(self._read_together(asked, one.rows.selection))
        found = (await readings[place]).get(str(one.id))
        if found is None:
            raise Refusal(RefusalCode.NOT_FOUND, f"{asked.info.field_name} does not exist any more.")
        return found

    async def _read_together(self, asked: Asked, selection: Selection) -> dict[str, Any]:
        context = cast(Context, self.context_value)
        statement, values = self._prepare(asked, selection, in_session=False)
        json = await context.database.read(context.caller, statement, values)
        assert json is not None, "an object of no rows is empty"
        found: dict[str, Any] = orjson.loads(json)
        return found

    async def _work(self, asked: Asked, work: Work) -> Any:
        context = cast(Context, self.context_value)
        try:
            if work.entity:
                self._plan(asked, Own(work.entity))
            async with context.work() as session:
                outcome = await work.run(session)
                if not isinstance(outcome, _SELECTIONS):
                    return await self._complete(asked, outcome)
                statement, values = self._prepare(asked, outcome, in_session=True)
                json = await session.select(statement, values)
        except Refusal as refusal:
            return await self._complete(asked, Refused.of(refusal))
        assert json is not None, "an action selected a row it did not make"
        return orjson.Fragment(json)

    async def _complete(self, asked: Asked, answer: Any) -> Any:
        """An answer that is nobody's row."""
        completed = self.complete_value(*asked, answer, None)
        return await completed if self.is_awaitable(completed) else completed

    def _prepare(self, asked: Asked, selection: Selection, in_session: bool) -> tuple[Statement, list[Any]]:
        context = cast(Context, self.context_value)
        plan = self._plan(asked, selection)
        values = list(selection.values)
        pages = plan.read_pages(self.variable_values, values)
        statement = plan.statement(selection, pages, in_session, context.caller.sight)
        context.spend(statement.rows)
        return statement, values

    def _plan(self, asked: Asked, selection: Selection) -> Plan:
        """The plan of this field of this document, made once per way its directives can turn out."""
        document = cast(Document, self.context_value.document)
        entities = selection.entities if isinstance(selection, Nodes) else (selection.entity,)
        shaping = tuple(self.variable_values.coerced.get(name) for name in document.shaping)
        operation = self.operation.name.value if self.operation.name else None
        key = (operation, tuple(asked.path.as_list()), entities, *shaping)
        plan = document.plans.get(key) or document.keep(key, self._make_plan(asked, selection))
        # An answer shows what was made and all that hangs on it, so whoever acts must be one who may read that.
        for permission in plan.needs:
            self.context_value.caller.require(permission)
        return plan

    def _make_plan(self, asked: Asked, selection: Selection) -> Plan:
        planner = Planner(self.schema, self.collect_subfields)
        if isinstance(selection, Listing):
            definition = asked.info.parent_type.fields[asked.info.field_name]
            return planner.plan(planner.connection(selection.entity, None, definition, asked.details))
        if isinstance(selection, Nodes):
            return planner.plan(tuple(planner.fields(entity, asked.details) for entity in selection.entities))
        return planner.plan(planner.fields(selection.entity, asked.details))

    def execute_root_grouped_field_set(
        self, root_type: Any, root_value: Any, grouped_field_set: GroupedFieldSet, serially: bool, position_context: Any
    ) -> Any:
        """`eventCursor` is read before the rows beside it, so that snapshot and stream overlap and leave no gap."""
        names = {key: details[0].node.name.value for key, details in grouped_field_set.items()}
        if "eventCursor" not in names.values():
            return super().execute_root_grouped_field_set(
                root_type, root_value, grouped_field_set, serially, position_context
            )
        first = dict(sorted(grouped_field_set.items(), key=lambda item: names[item[0]] != "eventCursor"))
        executed = super().execute_root_grouped_field_set(root_type, root_value, first, True, position_context)
        return self._in_order(executed, grouped_field_set)

    async def _in_order(self, executed: Any, grouped_field_set: GroupedFieldSet) -> dict[str, Any]:
        results = await executed if self.is_awaitable(executed) else executed
        return {key: results[key] for key in grouped_field_set if key in results}
