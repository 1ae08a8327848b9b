"""A second, tiny read engine: plain rows read by the owner, and plain Python. What the real one is compared with."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from graphql import GraphQLObjectType, get_named_type, is_leaf_type
from hypothesis import strategies as st

from tests.play.served import TABLES, object_type

Wanted = dict[str, Any]  # field → None for a value, or what is wanted of the related rows

ONE = {
    "Conversation": {"lead": ("Lead", "lead_id"), "assignee": ("Member", "assignee_id")},
    "Message": {
        "conversation": ("Conversation", "conversation_id"),
        "lead": ("Lead", "lead_id"),
        "author": ("Member", "author_id"),
    },
    "Lead": {"owner": ("Member", "owner_id"), "assignee": ("Member", "assignee_id")},
    "Insight": {
        "message": ("Message", "message_id"),
        "conversation": ("Conversation", "conversation_id"),
        "reviewer": ("Member", "reviewer_id"),
    },
    "Dataset": {},
    "Member": {},
}
MANY = {
    "Conversation": {"messages": ("Message", "conversation_id"), "insights": ("Insight", "conversation_id")},
    "Message": {"insights": ("Insight", "message_id")},
    "Lead": {"conversations": ("Conversation", "lead_id"), "datasets": ("Dataset", "lead_id")},
    "Dataset": {"leads": ("Lead", "dataset_id")},
    "Insight": {},
    "Member": {"allowedDatasets": ("Dataset", "member_id")},
}
LINKED = {
    ("Dataset", "lead_id"): ("dataset_leads", "dataset_id"),
    ("Lead", "dataset_id"): ("dataset_leads", "lead_id"),
    ("Dataset", "member_id"): ("membership_datasets", "dataset_id"),
}
COMPUTED = {"isUnread": lambda row: row["unread_count"] > 0}


def selections(type_name: str, depth: int) -> st.SearchStrategy[Wanted]:
    """Some fields of a type, and of the rows related to it, so many levels deep."""
    leaves, related = [], {}
    for name, field in object_type(type_name).fields.items():
        named = get_named_type(field.type)
        if is_leaf_type(named):
            leaves.append(name)
        elif depth:
            assert isinstance(named, GraphQLObjectType)
            related[name] = selections(named.name.removesuffix("Connection"), depth - 1)
    values = st.lists(st.sampled_from(leaves), min_size=1, unique=True).map(dict.fromkeys)
    deeper = st.fixed_dictionaries({}, optional=related)
    return st.tuples(values, deeper).map(lambda pair: pair[0] | pair[1])


def text_of(type_name: str, wanted: Wanted) -> str:
    parts = []
    for name, inner in wanted.items():
        if inner is None:
            parts.append(name)
        elif name in MANY[type_name]:
            parts.append(f"{name}(first: 3) {{ totalCount nodes {text_of(MANY[type_name][name][0], inner)} }}")
        else:
            parts.append(f"{name} {text_of(_target(type_name, name), inner)}")
    return f"{{ {' '.join(parts)} }}"


def _target(type_name: str, name: str) -> str:
    return "Message" if name == "lastMessage" else ONE[type_name][name][0]


class Reference:
    """Everything of one organization, read once."""

    def __init__(self, tables: dict[str, list[dict[str, Any]]], links: dict[str, list[dict[str, Any]]]) -> None:
        self._tables = tables
        self._links = links

    @classmethod
    async def read(cls, sql: asyncpg.Connection, organization_id: UUID) -> "Reference":
        tables = {}
        for type_name in ONE:
            table = TABLES[type_name]
            rows = await sql.fetch(f"select * from {table} where organization_id = $1", organization_id)
            tables[type_name] = [dict(row) for row in rows]
        links = {}
        for table, _ in LINKED.values():
            rows = await sql.fetch(f"select * from {table} where organization_id = $1", organization_id)
            links[table] = [dict(row) for row in rows]
        return cls(tables, links)

    def ids(self, type_name: str) -> list[str]:
        return [f"{type_name.lower()}_{row['id']}" for row in self._tables[type_name]]

    def answer(self, type_name: str, id: UUID, wanted: Wanted) -> dict[str, Any]:
        return self._object(type_name, self._find(type_name, "id", id)[0], wanted)

    def _object(self, type_name: str, row: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
        return {name: self._value(type_name, row, name, inner) for name, inner in wanted.items()}

    def _value(self, type_name: str, row: dict[str, Any], name: str, inner: Wanted | None) -> Any:
        if inner is None:
            return COMPUTED[name](row) if name in COMPUTED else _shown(type_name, name, row[_snake(name)])
        if name in MANY[type_name]:
            target, column = MANY[type_name][name]
            found = self._find(target, column, row["id"])
            return {"totalCount": len(found), "nodes": [self._object(target, item, inner) for item in found[:3]]}
        target = _target(type_name, name)
        found = (
            self._find(target, "conversation_id", row["id"]) if name == "lastMessage" else self._one(row, target, name)
        )
        return self._object(target, found[0], inner) if found else None

    def _one(self, row: dict[str, Any], target: str, name: str) -> list[dict[str, Any]]:
        column = {"lead": "lead_id", "conversation": "conversation_id", "message": "message_id"}.get(name, f"{name}_id")
        return self._find(target, "id", row[column])

    def _find(self, type_name: str, column: str, value: object) -> list[dict[str, Any]]:
        """In the order of the list: newest first."""
        key = "last_message_at" if type_name == "Conversation" else "created_at"
        if (type_name, column) in LINKED:
            table, far = LINKED[type_name, column]
            ids = {link[far] for link in self._links[table] if link[column] == value}
            found = [row for row in self._tables[type_name] if row["id"] in ids]
        else:
            found = [row for row in self._tables[type_name] if row[column] == value]
        return sorted(found, key=lambda row: (row[key] is not None, row[key], row["id"]), reverse=True)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _shown(type_name: str, name: str, value: object) -> object:
    if name == "id":
        return f"{type_name.lower()}_{value}"
    return value.isoformat() if isinstance(value, datetime) else value


def same_instants(value: Any) -> Any:
    """The answer with its instants in one spelling; a text that is none stays as it is."""
    if isinstance(value, dict):
        return {key: _instant(item) if key.endswith("At") else same_instants(item) for key, item in value.items()}
    return [same_instants(item) for item in value] if isinstance(value, list) else value


def _instant(text: str | None) -> str | None:
    return datetime.fromisoformat(text).isoformat() if text else None
