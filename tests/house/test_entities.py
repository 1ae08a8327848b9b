"""Every entity agrees with its table and with its GraphQL type."""

import re
from collections.abc import Sequence

import asyncpg
import pytest
from graphql import GraphQLEnumType, GraphQLField, GraphQLNonNull, GraphQLObjectType, get_named_type

from db.entity import ENTITIES, Column, Entity, Few, Many, One, camel
from resolvers.portal import portal_schema
from resolvers.schema import Schema
from tests.play.served import LISTS

ALL = pytest.mark.parametrize("entity", [pytest.param(entity, id=name) for name, entity in sorted(ENTITIES.items())])
_SPELT = {
    "bool": "boolean",
    "int4": "integer",
    "int8": "bigint",
    "float8": "double precision",
    "time": "time without time zone",
}
# What a statement of a signal binds, and one about several rows in `$2`; an expression may speak of it.
_BOUND = """where $1::uuid is not null and $2::text is not null and $3::uuid is not null and $4::uuid is not null
  and $5::boolean and $6::timestamptz is not null"""
_CHECKS = """
select pg_get_constraintdef(c.oid) from pg_constraint c
where c.conrelid = $1::regclass and c.contype = 'c' and c.conkey = array[(
  select attnum from pg_attribute where attrelid = $1::regclass and attname = $2)]"""
_INDEXES = """
select array(select pg_get_indexdef(i.indexrelid, k, true) from generate_series(1, i.indnkeyatts) k) as keys,
       pg_get_expr(i.indpred, i.indrelid, true) as predicate, i.indisunique as is_unique
from pg_index i where i.indrelid = $1::regclass and i.indisvalid"""


PORTAL = portal_schema()


def object_type(schema: Schema, entity: Entity) -> GraphQLObjectType:
    type_ = (schema if entity.permission else PORTAL)._schema.type_map[entity.type_name]
    assert isinstance(type_, GraphQLObjectType)
    return type_


def is_only_a_filter(column: Column) -> bool:
    """An id that points at another thing: clients read the thing, and filter by the id."""
    return column.refers is not None and column.filter and not column.shown


def is_nullable(field: GraphQLField) -> bool:
    return not isinstance(field.type, GraphQLNonNull)


@ALL
def test_fields_of_type_and_entity_are_the_same(schema: Schema, entity: Entity) -> None:
    shown = {camel(column.name) for column in entity.columns if not is_only_a_filter(column)}
    shown |= {camel(relation.name) for relation in entity.relations}
    assert set(object_type(schema, entity).fields) == shown


@ALL
def test_nullability_of_type_and_entity_is_the_same(schema: Schema, entity: Entity) -> None:
    fields = object_type(schema, entity).fields
    declared = {name: getattr(item, "nullable", False) for name, item in entity.fields.items() if name in fields}
    assert {name: is_nullable(field) for name, field in fields.items()} == declared


@ALL
async def test_nullability_of_column_and_entity_is_the_same(owner: asyncpg.Connection, entity: Entity) -> None:
    rows = await owner.fetch(
        "select attname, not attnotnull as nullable, format_type(atttypid, null) as type"
        " from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped",
        entity.table,
    )
    table = {row["attname"]: (row["nullable"], row["type"]) for row in rows}
    assert entity.tenant in table
    stored = {column.name: (column.nullable, column.sql_type) for column in entity.columns if not column.sql}
    types = {"timestamptz": "timestamp with time zone"}
    wanted = {name: (nullable, types.get(type_, type_)) for name, (nullable, type_) in stored.items()}
    assert {name: table.get(name) for name in stored} == wanted


@ALL
async def test_every_expression_is_valid_and_of_its_type(owner: asyncpg.Connection, entity: Entity) -> None:
    for column in entity.columns:
        prepared = await owner.prepare(
            f"select {column.expression('t')}, {column.value('t')}, {column.sort_key('t')}"
            f" from {entity.table} t{entity.beside.format(t='t')} {_BOUND}"
        )
        name = prepared.get_attributes()[0].type.name
        assert _SPELT.get(name, name) in (column.sql_type, column.sql_type + "[]")


@ALL
async def test_words_are_the_same_in_python_sql_and_graphql(
    owner: asyncpg.Connection, schema: Schema, entity: Entity
) -> None:
    for column in (column for column in entity.columns if column.enum):
        assert column.enum
        python = [word.value for word in column.enum]
        assert [word.name for word in column.enum] == python
        if not column.sql:
            [check] = await owner.fetch(_CHECKS, entity.table, column.name)
            assert re.findall(r"'(\w+)'", check[0]) == python, column.name
        spoken = get_named_type(object_type(schema, entity).fields[camel(column.name)].type)
        assert isinstance(spoken, GraphQLEnumType)
        assert list(spoken.values) == python


@ALL
async def test_relations_lead_somewhere(owner: asyncpg.Connection, schema: Schema, entity: Entity) -> None:
    fields = object_type(schema, entity).fields
    for relation in entity.relations:
        target = ENTITIES[relation.target]
        last = "id" if "id" in target.by_column else target.default_order[-1][0]
        keys = (getattr(relation, "latest", None) or last).split(", ")
        link = getattr(relation, "link", None)
        between = f", {link.table} link" if link else ""
        await owner.prepare(
            f"select 1 from {entity.table} this, {target.table} that{between} {_BOUND} and"
            f" {relation.on.format(this='this', that='that', link='link')}"
            f" order by {', '.join(f'that.{key}' for key in keys)}"
        )
        found = get_named_type(fields[camel(relation.name)].type).name
        assert found == (f"{relation.target}Connection" if isinstance(relation, Many) else relation.target)
        is_list = "[" in str(fields[camel(relation.name)].type)
        assert is_list == isinstance(relation, Few)


@ALL
def test_an_event_needs_what_its_subjects_need(entity: Entity) -> None:
    """Who may not see them is told nothing of it."""
    needed = {ENTITIES[relation.target].permission for relation in entity.relations if entity.table == "events"}
    assert needed <= {entity.permission}


@ALL
async def test_a_relation_is_null_where_its_reference_may_be(owner: asyncpg.Connection, entity: Entity) -> None:
    """An event's subjects are the exception: which of them it has is settled by its kind; and who was named in vain."""
    for relation in entity.relations:
        found = re.fullmatch(r"\{that\}\.id = \{this\}\.(\w+_id)", relation.on)
        if isinstance(relation, One) and found and entity.table not in ("events", "bulk_operation_rows"):
            nullable = await owner.fetchval(
                "select not attnotnull from pg_attribute where attrelid = $1::regclass and attname = $2",
                entity.table,
                found[1],
            )
            assert relation.nullable == nullable, relation.name


def plain(sql: str) -> str:
    """An expression without what PostgreSQL adds to it when it shows it."""
    return re.sub(r'::[a-z ]+|[()\s"]', "", sql.lower())


@ALL
async def test_every_filter_and_order_is_served_by_an_index(
    owner: asyncpg.Connection, schema: Schema, entity: Entity
) -> None:
    if f"{entity.type_name}Connection" not in schema._schema.type_map:
        return  # no list of it can be asked for
    indexes = [tuple(keys) for keys in await keys_of(owner, entity.table)]
    of_some = [tuple(keys) for keys in await keys_of(owner, entity.table, of_some=True)]
    within = parent_of(entity) if entity.type_name not in LISTS.values() else ()

    def is_served(*wanted: str, by: Sequence[tuple[str, ...]] = indexes) -> bool:
        whole = (wanted[0], *within, *wanted[1:])
        return any(index[: len(whole)] == whole for index in by)

    def key(column: Column) -> str:
        return plain(column.sort_key("t").replace("t.", ""))

    plainly = [column for column in entity.filters if isinstance(column, Column)]
    served = {column.name: is_served(entity.tenant, key(column), by=indexes + of_some) for column in plainly}
    served |= {column.name: is_served(entity.tenant, key(column), "id") for column in entity.orders}
    assert [name for name, is_so in served.items() if not is_so] == []


def parent_of(entity: Entity) -> tuple[str, ...]:
    """What says whose rows they are, of an entity that is listed below another alone."""
    ways = [one.on for each in ENTITIES.values() for one in each.relations if one.target == entity.type_name]
    found = [re.match(r"\{that\}\.(\w+) = \{this\}\.id$", on) for on in ways]
    return tuple(match[1] for match in found if match)[:1]


async def keys_of(owner: asyncpg.Connection, table: str, *, of_some: bool = False) -> list[list[str]]:
    """Of each index of all rows; one that is unique has its rows in one order, as if the id came last.

    `of_some`: of those instead that keep the rows which have the column after the tenant, and so find who asks for one.
    """
    found = []
    for row in await owner.fetch(_INDEXES, table):
        keys = [plain(key) for key in row["keys"]]
        wanted = f"{keys[1]}isnotnull" if of_some and len(keys) > 1 else None
        if (row["predicate"] and plain(row["predicate"])) == wanted and (wanted or not of_some):
            found.append(keys + ["id"] * row["is_unique"])
    return found


@ALL
async def test_a_connection_is_served_by_an_index(owner: asyncpg.Connection, entity: Entity) -> None:
    """What joins a list to its parent, and what else it fixes, then its order, then the id.

    Who has no parent is in no list of one, so the index may leave them out.
    """
    for relation in (one for one in entity.relations if isinstance(one, Many) and not one.link):
        target = ENTITIES[relation.target]
        fixed = [plain(term.split(" = ")[0].replace("{that}.", "")) for term in relation.on.split(" and ")]
        usual = relation.order or target.default_order
        order = [plain(target.by_column[name].sort_key("t").replace("t.", "")) for name, _ in usual]
        of_all, of_some = await keys_of(owner, target.table), await keys_of(owner, target.table, of_some=True)
        assert [target.tenant, *fixed, *order, "id"] in of_all + of_some, relation.name


@ALL
async def test_what_is_linked_is_found_by_an_index(owner: asyncpg.Connection, entity: Entity) -> None:
    """Of the table between: from either side, and in the order that its copies promise."""
    relations = [one for one in entity.relations if isinstance(one, Many)]
    for link, column in [
        *((one.link, one.name) for one in entity.linked),
        *((one.link, f"{entity.kind}_id") for one in relations if one.link),
    ]:
        carried = [carried for _, carried in link.carries]
        keys = await keys_of(owner, link.table)
        assert any(key[: 2 + len(carried)] == ["organization_id", column, *carried] for key in keys), column
    for linked in entity.linked:
        joined = linked.on.format(link="link", this="this")
        between = f"{entity.table} this, {linked.link.table} link"
        await owner.prepare(f"select link.{linked.name} from {between} where {joined}")
