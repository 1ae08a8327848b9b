"""Anything by its id."""

from typing import Annotated, Any, cast

import strawberry

from db.entity import ENTITIES, Entity
from db.pages import LARGEST_PAGE
from db.selection import ById, Nodes
from domain.ids import split_id
from domain.refusals import bad_input
from resolvers.answers import Id
from schema.node import Node


def _entity(kind: str) -> Entity:
    for entity in ENTITIES.values():
        if entity.kind == kind and "id" in entity.by_column and entity.permission and kind != "event":
            return entity
    raise bad_input(f"No kind of thing has ids that begin with {kind}_.", "id")


@strawberry.type
class NodesQuery:
    @strawberry.field(description="Anything by its id; null when there is nothing with it. Needs INBOX_READ.")
    def node(self, id: Id) -> Node | None:
        kind, uuid = split_id(id)
        return cast(Any, ById(_entity(kind), uuid))

    @strawberry.field(description="Things by their ids, at most 100, in the same order. Needs INBOX_READ.")
    def nodes(
        self, ids: Annotated[list[strawberry.ID], strawberry.argument(description="Their ids.")]
    ) -> list[Node | None]:
        if len(ids) > LARGEST_PAGE:
            raise bad_input(f"At most {LARGEST_PAGE} things can be fetched at once.", "ids")
        pairs = [split_id(id) for id in ids]
        return cast(Any, Nodes(tuple(_entity(kind) for kind, _ in pairs), tuple(uuid for _, uuid in pairs)))
