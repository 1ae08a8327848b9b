"""Everything in the API says what it is, and root fields say who may ask."""

import re
from collections.abc import Iterator

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from domain.people import Permission
from resolvers.schema import Schema


def _describable(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    for name, type_ in schema.type_map.items():
        if name.startswith("__"):
            continue
        yield name, type_.description
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field, definition in type_.fields.items():
                yield f"{name}.{field}", definition.description
                for argument, given in definition.args.items():
                    yield f"{name}.{field}({argument}:)", given.description
        if isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{name}.{field}", given.description) for field, given in type_.fields.items())
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{name}.{value}", given.description) for value, given in type_.values.items())


def test_everything_has_a_description(schema: Schema) -> None:
    places = dict(_describable(schema._schema))
    assert len(places) > 300, "the walk through the schema finds too little"
    assert [place for place, description in places.items() if not description] == []


def test_descriptions_are_sentences(schema: Schema) -> None:
    ours = {
        place: description
        for place, description in _describable(schema._schema)
        if description and place not in ("Boolean", "Float", "ID", "Int", "String")
    }
    assert [place for place, text in ours.items() if not text.endswith((".", "…")) or not text[0].isupper()] == []


@pytest.mark.parametrize("root", ["Query", "Mutation", "Subscription"])
def test_root_fields_name_the_permission_they_need(schema: Schema, root: str) -> None:
    type_ = schema._schema.type_map[root]
    assert isinstance(type_, GraphQLObjectType)
    words = "|".join(Permission)
    named = re.compile(rf"Needs (no permission|({words})( and ({words}))?)\.$")
    silent = [field for field, found in type_.fields.items() if not named.search(found.description or "")]
    assert silent == []
