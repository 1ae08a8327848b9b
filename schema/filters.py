"""Filter and order inputs, made from the entities, so that only what an index serves can be asked for."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import strawberry

from db.entity import Column, Entity, Linked, camel
from db.filters import OPERATORS_BY_TYPE
from db.pages import Direction
from schema.scalars import EmailAddress, PhoneNumber

_SENTENCES = {
    "eq": "Is this.",
    "in": "Is one of these, at most 100.",
    "isNull": "Is missing (true), or present (false).",
    "gt": "Is after this.",
    "gte": "Is this or after.",
    "lt": "Is before this.",
    "lte": "Is this or before.",
}

_OF_NUMBERS = {"gt": "Is more.", "gte": "Is this or more.", "lt": "Is less.", "lte": "Is this or less."}
_NAMED: dict[str, Any] = {"phone": PhoneNumber, "email": EmailAddress}
_SCALARS: dict[str, Any] = {"text": str, "boolean": bool, "integer": int, "timestamptz": datetime}


def _declare(cls: type, description: str, fields: Mapping[str, tuple[Any, str]], one_of: bool = False) -> type:
    """Makes an input type of an empty class. Python names end in _ where GraphQL's are reserved words."""
    cls.__annotations__ = {name: type_ | None for name, (type_, _) in fields.items()}
    for name, (_, sentence) in fields.items():
        setattr(
            cls, name, strawberry.field(name=camel(name.rstrip("_")), default=strawberry.UNSET, description=sentence)
        )
    if one_of:
        return strawberry.input(cls, description=description, one_of=True)
    return strawberry.input(cls, description=description)


def _scalar_of(column: Column | Linked) -> Any:
    if column.enum:
        return column.enum
    if column.refers:
        return strawberry.ID
    return _NAMED.get(column.name) or _SCALARS[column.sql_type]


@cache
def _comparison(scalar: Any, operators: tuple[str, ...]) -> type:
    word = {str: "String", bool: "Boolean", int: "Int", datetime: "DateTime"}.get(scalar, scalar.__name__)
    name = f"{'Nullable' if 'isNull' in operators else ''}{word}Filter"
    types, sentences = {"in": list[scalar], "isNull": bool}, _SENTENCES | (_OF_NUMBERS if scalar is int else {})
    fields = {(f"{op}_" if op == "in" else op): (types.get(op, scalar), sentences[op]) for op in operators}
    return _declare(type(name, (), {}), f"Compares with values of {word}; all that is given must hold.", fields)


def _comparison_of(column: Column | Linked) -> type:
    operators = OPERATORS_BY_TYPE[column.sql_type]
    return _comparison(
        _scalar_of(column), tuple(op for op in operators if op != "isNull" or (column.nullable and not column.unique))
    )


@cache
def filter_of(entity: Entity) -> type:
    """`ConversationFilter` and the like: a field per filterable column, and `and`, `or`, `not`."""
    cls = type(f"{entity.type_name}Filter", (), {})
    fields = {
        column.name: (_comparison_of(column), f"By {column.name.replace('_', ' ')}.") for column in entity.filters
    }
    nested = {
        "and_": (list[cls], "All of these."),  # type: ignore[valid-type]
        "or_": (list[cls], "At least one of these."),  # type: ignore[valid-type]
        "not_": (cls, "Not this."),
    }
    return _declare(cls, f"Which rows of {entity.type_name} are meant; all that is given must hold.", fields | nested)


@cache
def order_of(entity: Entity) -> type:
    """`ConversationOrder` and the like: one key of the order, and its direction."""
    fields = {column.name: (Direction, f"By {column.name.replace('_', ' ')}.") for column in entity.orders}
    cls = type(f"{entity.type_name}Order", (), {})
    return _declare(cls, f"One key of an order of {entity.type_name} rows.", fields, one_of=True)
