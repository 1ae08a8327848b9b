"""Filters: what a client wrote becomes a structure (which decides the SQL) and values (which are bound to it)."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeAlias

from db.entity import ANY_KIND, Column, Entity, Linked, camel
from domain.ids import read_id, split_id
from domain.refusals import bad_input
from domain.texts import check_characters

Structure: TypeAlias = tuple[Any, ...]
Bind: TypeAlias = Callable[[str], str]

OPERATORS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
OPERATORS_BY_TYPE = {
    "text": ("eq", "in", "isNull"),
    "uuid": ("eq", "in", "isNull"),
    "boolean": ("eq",),
    "integer": ("eq", "gt", "gte", "lt", "lte"),
    "timestamptz": ("gt", "gte", "lt", "lte", "isNull"),
}
_LONGEST_LIST = 100
_MOST_TERMS = 100


def read_filter(entity: Entity, given: Mapping[str, Any], values: list[Any]) -> Structure:
    """Appends the values in the order `render` will bind them; refuses what cannot be compared, and too many terms."""
    if sum(1 for _ in islice(_terms(given), _MOST_TERMS + 1)) > _MOST_TERMS:
        raise bad_input(f"A filter may have {_MOST_TERMS} terms: use `in` for alternatives of one field.", "filter")
    return _normalize(entity, given, values)


def _terms(given: Any) -> Iterator[Any]:
    """Every level and every comparison of a filter, without recursion: it may be nested as deep as JSON can be."""
    waiting = [given]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, Mapping):
            waiting.extend(value for value in found.values() if isinstance(value, (Mapping, list)))
        elif found and isinstance(found[0], Mapping):
            waiting.extend(found)


def _normalize(entity: Entity, given: Mapping[str, Any], values: list[Any]) -> Structure:
    return ("and", *(_term(entity, name, value, values) for name, value in given.items() if value is not None))


def _term(entity: Entity, name: str, value: Any, values: list[Any]) -> Structure:
    if name in ("and", "or"):
        return (name, *(_normalize(entity, part, values) for part in value))
    if name == "not":
        return ("not", _normalize(entity, value, values))
    column = next(column for column in entity.filters if camel(column.name) == name)
    return ("and", *(_comparison(column, op, operand, values) for op, operand in value.items() if operand is not None))


def _comparison(column: Column | Linked, operator: str, operand: Any, values: list[Any]) -> Structure:
    if operator == "isNull":
        return ("null", column.name, bool(operand))
    if operator == "in" and len(operand) == 1:  # said as one, so that an index answers it in order
        operator, operand = "eq", operand[0]
    if operator != "in":
        values.append(_readable(column, operand))
        return ("is", column.name, operator)
    if len(operand) > _LONGEST_LIST:
        raise bad_input(f"A list in a filter may name at most {_LONGEST_LIST} values.", camel(column.name))
    values.append([_readable(column, item) for item in operand])
    return ("in", column.name)


def _readable(column: Column | Linked, operand: Any) -> Any:
    if column.refers == ANY_KIND:
        return split_id(operand)[1]
    if column.refers:
        return read_id(column.refers, operand, camel(column.name))
    return check_characters(operand, camel(column.name)) if column.sql_type == "text" else operand


def render(entity: Entity, structure: Structure, alias: str, bind: Bind) -> str:
    """The SQL of a structure, binding one parameter per value."""
    match structure:
        case ("and", *parts):
            return " and ".join(f"({render(entity, part, alias, bind)})" for part in parts) or "true"
        case ("or", *parts):
            return " or ".join(f"({render(entity, part, alias, bind)})" for part in parts) or "false"
        case ("not", part):
            return f"({render(entity, part, alias, bind)}) is not true"
        case ("null", name, is_null):
            return _missing(entity.by_column[name], alias, is_null)
        case ("on", link, name):
            found = next(item for item in entity.filters if item.name == name)
            return f"{link}.{name} = {bind(found.sql_type)}"
        case ("in" | "is", name, *operator):
            found = next(item for item in entity.filters if item.name == name)
            return _matched(found, alias, operator[0] if operator else "any", bind)
    raise AssertionError(structure)


def _matched(found: Column | Linked, alias: str, operator: str, bind: Bind) -> str:
    value = f"any ({bind(found.sql_type + '[]')})" if operator == "any" else ""
    if isinstance(found, Linked):
        on = f"{found.on} and {found.besides}".format(link="link", this=alias)
        return found.link.asked("link", f"{on} and link.{found.name} = {value or bind(found.sql_type)}")
    return f"{found.sort_key(alias)} = {value}" if value else _compared(found, alias, operator, bind)


# A column whose missing values sort as the lowest is compared by its sort key, because that is what the index holds.
def _missing(column: Column, alias: str, is_null: bool) -> str:
    if column.lowest:
        return f"{column.sort_key(alias)} {'=' if is_null else '>'} '{column.lowest}'"
    return f"{column.expression(alias)} is {'' if is_null else 'not '}null"


def _compared(column: Column, alias: str, operator: str, bind: Bind) -> str:
    compared = f"{column.sort_key(alias)} {OPERATORS[operator]} {bind(column.sql_type)}"
    return f"{compared} and {_missing(column, alias, False)}" if column.lowest else compared
