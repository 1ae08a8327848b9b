"""Territories, as the API reads them."""

from db.entity import Column, Entity, Link, Many, identity, kept
from domain.territories import AreaKind


def _codes(kind: AreaKind) -> str:
    of = f"a.organization_id = $1 and a.territory_id = {{t}}.id and a.kind = '{kind}'"
    return f"array(select a.code from territory_areas a where {of} order by a.code)"


TERRITORIES = Entity(
    "Territory",
    table="territories",
    kind="territory",
    hidden="{t}.archived_at is null",
    columns=(
        identity("territory"),
        Column("name"),
        Column("postcode_prefixes", "text[]", sql=_codes(AreaKind.POSTCODE)),
        Column("countries", "text[]", sql=_codes(AreaKind.COUNTRY)),
        Column("archived_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(
        Many(
            "members",
            "Member",
            on="{link}.territory_id = {this}.id and {link}.member_id = {that}.id",
            link=Link("territory_members"),
        ),
    ),
)
