"""The schema as clients see it, for tests that walk it instead of listing it."""

from graphql import GraphQLField, GraphQLInputObjectType, GraphQLObjectType, build_schema

from db.entity import ENTITIES
from resolvers.schema import Schema

SDL = Schema().as_str()
SERVED = build_schema(SDL)


def object_type(name: str) -> GraphQLObjectType:
    found = SERVED.type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def input_type(name: str) -> GraphQLInputObjectType:
    found = SERVED.type_map[name]
    assert isinstance(found, GraphQLInputObjectType)
    return found


def root_fields() -> dict[str, GraphQLField]:
    """Every root field as `Query.leads`, `Mutation.sendMessage` and so on."""
    return {
        f"{root}.{name}": field
        for root in ("Query", "Mutation", "Subscription")
        for name, field in object_type(root).fields.items()
    }


def snake(name: str) -> str:
    """`lastMessageAt` → `last_message_at`, the spelling of the database."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


# Every list of the API: root field → type of its rows.
LISTS = {
    name.removeprefix("Query."): str(field.type).removesuffix("Connection!")
    for name, field in root_fields().items()
    if str(field.type).endswith("Connection!")
}
# Every order of every list: (root field, key).
ORDERS = [(field, key) for field, row in LISTS.items() for key in input_type(f"{row}Order").fields]
# The table behind a type, and the word in its ids.
TABLES = {entity.type_name: entity.table for entity in ENTITIES.values() if "id" in entity.by_column}
KINDS = {entity.type_name: entity.kind for entity in ENTITIES.values() if "id" in entity.by_column}
