"""The read engine's GraphQL half: a field's selection set becomes a shape, and the shape a cached statement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLField, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema
from graphql import get_named_type as named
from graphql.execution.collect_fields import CollectedFields, FieldDetails
from graphql.execution.values import get_argument_values

from db.entity import ENTITIES, Column, Entity, Many
from db.pages import Page, read_page
from db.selection import Selection, Shape, Statement, write_statement
from db.shapes import Child, Connection, Edge, Fields, PageInfo
from domain.people import Permission, Sight
from domain.refusals import bad_input

Details = list[FieldDetails]
Collect = Callable[[GraphQLObjectType, Details], CollectedFields]
_LONGEST_KEY = 63  # what PostgreSQL keeps of a name
_MOST_STATEMENTS = 100  # per plan; a client that varies its filters more than that compiles again


class Site(NamedTuple):
    """A connection somewhere in the selection: its arguments are read at every request."""

    entity: Entity
    definition: GraphQLField
    details: FieldDetails
    relation: Many | None


@dataclass(slots=True)
class Plan:
    """What one field of one document asks for. Everything but values is settled once."""

    shape: Shape
    sites: list[Site]
    needs: frozenset[Permission]
    statements: dict[tuple[bool, tuple[Page, ...], Sight], Statement] = field(default_factory=dict)

    def read_pages(self, variables: Any, values: list[Any]) -> tuple[Page, ...]:
        """The pages asked for; appends the values to bind in the order the compiler will number them."""
        return tuple(
            read_page(site.entity, _arguments(site, variables), values, site.relation.order if site.relation else ())
            for site in self.sites
        )

    def statement(self, selection: Selection, pages: tuple[Page, ...], in_session: bool, sight: Sight) -> Statement:
        key = (in_session, pages, sight)
        found = self.statements.get(key)
        if found is None:
            if len(self.statements) >= _MOST_STATEMENTS:
                self.statements.pop(next(iter(self.statements)))
            found = self.statements[key] = write_statement(selection, self.shape, pages, in_session, sight)
        return found


def _arguments(site: Site, variables: Any) -> Mapping[str, Any]:
    return get_argument_values(site.definition, site.details.node, variables, site.details.fragment_variable_values)


@dataclass(slots=True)
class Planner:
    """Walks a selection set with graphql-core's own field collection, so that fragments and directives behave."""

    schema: GraphQLSchema
    collect: Collect
    sites: list[Site] = field(default_factory=list)
    needs: set[Permission] = field(default_factory=set)

    def plan(self, shape: Shape) -> Plan:
        return Plan(shape, self.sites, frozenset(self.needs))

    def fields(self, entity: Entity, details: Details) -> Fields:
        """The shape of an object of the entity's type."""
        self._need(entity)
        type_ = self._object_type(entity.type_name)
        return Fields(entity, tuple(self._field(entity, type_, *item) for item in self._collected(type_, details)))

    def connection(
        self, entity: Entity, relation: Many | None, definition: GraphQLField, details: Details
    ) -> Connection:
        type_ = named(definition.type)
        assert isinstance(type_, GraphQLObjectType)
        self._need(entity)
        page = len(self.sites)
        self.sites.append(Site(entity, definition, details[0], relation))
        items = tuple((key, self._part(entity, type_, found)) for key, found in self._collected(type_, details))
        return Connection(entity, relation, page, items)

    def _need(self, entity: Entity) -> None:
        if entity.permission:
            self.needs.add(entity.permission)

    def _collected(self, type_: GraphQLObjectType, details: Details) -> list[tuple[str, Details]]:
        items = list(self.collect(type_, details).grouped_field_set.items())
        for key, _ in items:
            if len(key) > _LONGEST_KEY:
                raise bad_input(f"The alias {key[:20]}… is too long: an alias may have {_LONGEST_KEY} characters.")
        return items

    def _object_type(self, name: str) -> GraphQLObjectType:
        type_ = self.schema.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        return type_

    def _field(
        self, entity: Entity, type_: GraphQLObjectType, key: str, details: Details
    ) -> tuple[str, Column | str | Child | Connection]:
        name = _name(details)
        if name == "__typename":
            return key, type_.name
        found = entity.fields[name]
        if isinstance(found, Column):
            return key, found
        target = ENTITIES[found.target]
        if isinstance(found, Many):
            return key, self.connection(target, found, type_.fields[name], details)
        return key, Child(found, self.fields(target, details))

    def _part(self, entity: Entity, type_: GraphQLObjectType, details: Details) -> str | Fields | Edge | PageInfo:
        name = _name(details)
        if name == "nodes":
            return self.fields(entity, details)
        if name == "edges":
            edge = _element_type(type_.fields[name])
            return Edge(tuple((key, self._edge(entity, edge, found)) for key, found in self._collected(edge, details)))
        if name == "pageInfo":
            info = self._object_type("PageInfo")
            return PageInfo(tuple((key, _constant(info, found)) for key, found in self._collected(info, details)))
        return _constant(type_, details)

    def _edge(self, entity: Entity, type_: GraphQLObjectType, details: Details) -> str | Fields:
        return self.fields(entity, details) if _name(details) == "node" else _constant(type_, details)


def _constant(type_: GraphQLObjectType, details: Details) -> str:
    """A field that stands for itself, or the name of its type."""
    name = _name(details)
    return type_.name if name == "__typename" else name


def _name(details: Details) -> str:
    node: FieldNode = details[0].node
    return node.name.value


def _element_type(definition: GraphQLField) -> GraphQLObjectType:
    type_ = definition.type
    while isinstance(type_, (GraphQLNonNull, GraphQLList)):
        type_ = type_.of_type
    assert isinstance(type_, GraphQLObjectType)
    return type_
