"""Territories: added, changed and put away."""

from typing import Annotated, Any

import strawberry

from actions.territories import add_territory, archive_territory, change_territory
from db.territories import TERRITORIES
from domain.ids import read_id
from resolvers.answers import What, fact, making, many, one, said
from schema.paging import Connection
from schema.refusals import Refused
from schema.territories import Territory


@strawberry.type
class TerritoriesQuery:
    territories: Connection[Territory] = many(
        TERRITORIES, "Every territory at hand, the newest first. Needs INBOX_READ."
    )
    territory: Territory | None = one(
        TERRITORIES, "One territory; null when there is none with this id. Needs INBOX_READ."
    )


_PREFIXES = "What postcodes in it begin with, like SO14, SO or 902; at most 1,000. No other territory has one of them."
_COUNTRIES = "ISO 3166 codes, like GB. No other territory has one of them."
_MEMBERS = "Who works it; at most 500."


@strawberry.input(description="A territory to add.")
class AddTerritoryInput:
    name: str = strawberry.field(description="What it is called.")
    postcode_prefixes: list[str] | None = fact(_PREFIXES)
    countries: list[str] | None = fact(_COUNTRIES)
    member_ids: list[strawberry.ID] | None = fact(_MEMBERS)


@strawberry.input(
    description="What changes of a territory: what is left out stays, null clears, and a list takes the place of the "
    "one before."
)
class ChangeTerritoryInput:
    territory_id: strawberry.ID = strawberry.field(description="Which.")
    name: str | None = fact("What it is called.")
    postcode_prefixes: list[str] | None = fact(_PREFIXES)
    countries: list[str] | None = fact(_COUNTRIES)
    member_ids: list[strawberry.ID] | None = fact(_MEMBERS)
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="Which territory is meant.")
class TerritoryInput:
    territory_id: strawberry.ID = strawberry.field(description="Which.")


TerritoryResult = Annotated[
    Territory | Refused,
    strawberry.union("TerritoryResult", description="The territory, or why nothing was changed."),
]
_NEEDS = "Needs INBOX_READ and PIPELINE_WRITE."


@strawberry.type
class TerritoriesMutation:
    @strawberry.mutation(description=f"Adds a territory. {_NEEDS}")
    def add_territory(self, input: Annotated[AddTerritoryInput, What]) -> TerritoryResult:
        facts = _facts(input)
        return making(TERRITORIES, lambda session: add_territory(session, facts))

    @strawberry.mutation(description=f"Changes a territory, for leads who turn hot from now on. {_NEEDS}")
    def change_territory(self, input: Annotated[ChangeTerritoryInput, What]) -> TerritoryResult:
        changes = _facts(input)
        id, expected = _territory(changes.pop("territory_id")), changes.pop("expected_version", None)
        return making(TERRITORIES, lambda session: change_territory(session, id, changes, expected))

    @strawberry.mutation(description=f"Puts a territory away, so that others can have what was in it. {_NEEDS}")
    def archive_territory(self, input: Annotated[TerritoryInput, What]) -> TerritoryResult:
        id = _territory(input.territory_id)
        return making(TERRITORIES, lambda session: archive_territory(session, id))


def _facts(input: AddTerritoryInput | ChangeTerritoryInput) -> dict[str, Any]:
    facts = said(input)
    if facts.get("member_ids"):
        facts["member_ids"] = [read_id("member", id, "memberIds") for id in facts["member_ids"]]
    return facts


def _territory(id: strawberry.ID) -> Any:
    return read_id("territory", id, "territoryId")
