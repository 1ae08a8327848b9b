"""What is done to many leads, and lists written down as files, as the API reads them; and how the leads are chosen."""

from collections.abc import Mapping
from typing import Any

from db.compiler import Compiler
from db.entity import Column, Entity, Many, One, identity, kept
from db.filters import read_filter
from db.leads import LEADS
from db.pages import Page
from db.selection import Statement
from db.shapes import Connection
from domain.bulk import BulkOutcome, BulkStatus, BulkVerb
from domain.people import Sight

BULK_OPERATIONS = Entity(
    "BulkOperation",
    table="bulk_operations",
    kind="bulk_operation",
    columns=(
        identity("bulk_operation"),
        Column("verb", enum=BulkVerb),
        Column("arguments", "jsonb"),
        Column("filter", "jsonb", nullable=True),
        Column("status", enum=BulkStatus, filter=True),
        Column("total_count", "integer"),
        Column("done_count", "integer"),
        Column("refused_count", "integer"),
        Column("problem", nullable=True),
        Column("completed_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(
        One("creator", "Member", on="{that}.id = {this}.creator_id", nullable=True),
        Many("rows", "BulkOperationRow", on="{that}.bulk_operation_id = {this}.id"),
    ),
)

BULK_OPERATION_ROWS = Entity(
    "BulkOperationRow",
    table="bulk_operation_rows",
    kind="bulk_operation_row",
    columns=(
        Column("id", "uuid", refers="bulk_operation_row"),
        Column("position", "integer", order=True),
        Column("outcome", enum=BulkOutcome, filter=True),
        Column("refusal_code", nullable=True),
        Column("reason", nullable=True),
    ),
    relations=(One("lead", "Lead", on="{that}.id = {this}.lead_id", nullable=True),),
    default_order=(("position", "ASC"),),
)

_CHOICE = (
    "with added as (insert into bulk_operation_rows (organization_id, bulk_operation_id, position, lead_id, creator_id,"
    " lead_scope, limited_to) select $1, b.id, c.position, c.id, b.creator_id, b.lead_scope, b.limited_to"
    " from bulk_operations b cross join lateral ("
    "select t.id, row_number() over (order by t.id) as position from ({}) t limit {}) c"
    " where b.organization_id = $1 and b.id = $2 returning 1) select to_json(count(*)) from added"
)


def write_choice(given: Mapping[str, Any], values: list[Any], most: int, sight: Sight) -> Statement:
    """Writes the leads that a filter leaves into the rows of an operation ($2), at most so many; how many they were.

    Appends what the filter compares with. In a session, whose policies hold here as they do for a list.
    """
    structure = read_filter(LEADS, given, values)
    page = Page(1, False, False, (*LEADS.default_order, ("id", "DESC")), structure)
    member = "nullif(current_setting('rekindle.member_id', true), '')::uuid"
    compiler = Compiler((page,), bound=2, sight=sight, member=member)
    return Statement(_CHOICE.format(compiler.ids(Connection(LEADS, None, 0, ())), most), most)
