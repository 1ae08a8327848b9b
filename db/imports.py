"""Imports, their columns and what became of their rows, as the API reads them."""

from db.entity import Column, Entity, Many, One, identity, kept, shown_once
from domain.datasets import DuplicatePolicy
from domain.importing import ImportStatus, RowOutcome
from domain.imports.mapping import Reason
from domain.people import Permission
from domain.tables import TableKind

IMPORTS = Entity(
    "Import",
    table="imports",
    kind="import",
    permission=Permission.LEADS_IMPORT,
    columns=(
        identity("import"),
        Column("file_name"),
        Column("file_kind", nullable=True, enum=TableKind),
        Column("size_bytes", "bigint", nullable=True),
        Column("encoding", nullable=True),
        Column("delimiter", nullable=True),
        Column("sheet", nullable=True),
        Column("header_row", "integer", nullable=True),
        Column("status", enum=ImportStatus, filter=True),
        Column("duplicate_policy", enum=DuplicatePolicy),
        Column("required_fields", "text[]"),
        Column("total_rows", "integer", nullable=True),
        Column("done_rows", "integer"),
        Column("created_count", "integer"),
        Column("merged_count", "integer"),
        Column("linked_count", "integer"),
        Column("repeated_count", "integer"),
        Column("skipped_count", "integer"),
        Column("failed_count", "integer"),
        Column("problem", nullable=True),
        Column("rehearsed_at", "timestamptz", nullable=True),
        Column("started_at", "timestamptz", nullable=True),
        Column("completed_at", "timestamptz", nullable=True),
        Column("file_deleted_at", "timestamptz", nullable=True),
        Column("dataset_id", "uuid", refers="dataset", filter=True),
        *kept(),
    ),
    relations=(
        One("dataset", "Dataset", on="{that}.id = {this}.dataset_id"),
        One("creator", "Member", on="{that}.id = {this}.creator_id", nullable=True),
        Many("columns", "ImportColumn", on="{that}.import_id = {this}.id"),
        Many("rows", "ImportRow", on="{that}.import_id = {this}.id"),
    ),
)

IMPORT_COLUMNS = Entity(
    "ImportColumn",
    table="import_columns",
    kind="import_column",
    permission=Permission.LEADS_IMPORT,
    columns=(
        Column("id", "uuid", refers="import_column"),
        Column("position", "integer", order=True),
        Column("header"),
        Column("samples", "text[]"),
        Column("proposed"),
        Column("confidence", "double precision", sql="{t}.confidence::float8"),
        Column("reason", enum=Reason),
        Column("target"),
    ),
    default_order=(("position", "ASC"),),
)

IMPORT_ROWS = Entity(
    "ImportRow",
    table="import_rows",
    kind="import_row",
    permission=Permission.LEADS_IMPORT,
    columns=(
        Column("id", "uuid", refers="import_row"),
        Column("row_number", "integer", order=True),
        Column("outcome", enum=RowOutcome, filter=True),
        Column("problems", "jsonb", nullable=True),
    ),
    relations=(One("lead", "Lead", on="{that}.id = {this}.lead_id", nullable=True),),
    default_order=(("row_number", "ASC"),),
)

NEW_IMPORT = shown_once("NewImport", "upload_url", "import", IMPORTS)
