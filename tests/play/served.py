"""The schema as clients see it, for tests that walk it instead of listing it."""

from graphql import GraphQLField, GraphQLInputObjectType, GraphQLObjectType, build_schema

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


# Every list of the API: root field → type of its rows.
LISTS = {
    name.removeprefix("Query."): str(field.type).removesuffix("Connection!")
    for name, field in root_fields().items()
    if str(field.type).endswith("Connection!")
}
# Every order of every list: (root field, key).
ORDERS = [(field, key) for field, row in LISTS.items() for key in input_type(f"{row}Order").fields]
TABLES = {
    "Conversation": "conversations",
    "Message": "messages",
    "Lead": "leads",
    "Insight": "insights",
    "Member": "memberships",
}
