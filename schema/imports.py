"""Imports: files of people on their way into a dataset."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from db.imports import IMPORT_COLUMNS, IMPORT_ROWS
from domain.datasets import DuplicatePolicy
from domain.importing import ImportStatus, RowOutcome
from domain.imports.fields import Field
from domain.imports.mapping import Reason
from domain.tables import TableKind
from schema.datasets import Dataset
from schema.node import Kept, Node
from schema.paging import Connection, connection
from schema.people import Member
from schema.scalars import JSON

if TYPE_CHECKING:
    from schema.leads import Lead


@strawberry.type(description="A column of a file: what stands in it, and what it is about.")
class ImportColumn(Node):
    position: int = strawberry.field(description="Its place in the file, from 0.")
    header: str = strawberry.field(description="What its header says.")
    samples: list[str] = strawberry.field(description="Some of its values; none once the file is deleted.")
    proposed: str = strawberry.field(
        description="What it was taken for: a field like FIRST_NAME, custom:eye_colour, or IGNORE."
    )
    confidence: float = strawberry.field(description="How sure that is, from 0 to 1; below 0.5 look at it.")
    reason: Reason = strawberry.field(description="What it rests on.")
    target: str = strawberry.field(description="Where its cells go: as proposed, or as somebody has said.")


@strawberry.type(description="What became of a row.")
class ImportRow(Node):
    row_number: int = strawberry.field(description="Its number in the file, as a spreadsheet counts.")
    outcome: RowOutcome = strawberry.field(description="What became of it.")
    problems: JSON | None = strawberry.field(
        description="What was wrong: a list of objects with code, field and the beginning of the value; else null."
    )
    lead: Annotated["Lead", strawberry.lazy("schema.leads")] | None = strawberry.field(
        description="Who it is about; null where it made nobody."
    )


@strawberry.type(
    description="A file of people on its way into a dataset. Its version counts steps, not rows: follow doneRows."
)
class Import(Kept):
    file_name: str = strawberry.field(description="What the file is called.")
    file_kind: TableKind | None = strawberry.field(description="What it is; null until it was read.")
    size_bytes: int | None = strawberry.field(description="How large it is; null until it was uploaded.")
    encoding: str | None = strawberry.field(description="How its text is encoded; null for workbooks.")
    delimiter: str | None = strawberry.field(description="What stands between its cells; null for workbooks.")
    sheet: str | None = strawberry.field(description="Which sheet of a workbook is read.")
    header_row: int | None = strawberry.field(description="The number of its header row; 0 where there is none.")
    status: ImportStatus = strawberry.field(description="How far it has come.")
    duplicate_policy: DuplicatePolicy = strawberry.field(description="What happens to who is there already.")
    required_fields: list[Field] = strawberry.field(description="Without which a row makes nobody.")
    total_rows: int | None = strawberry.field(description="How many rows it has; null until it was read.")
    done_rows: int = strawberry.field(description="How many are done, in the import or the rehearsal.")
    created_count: int = strawberry.field(description="Rows that made a new lead.")
    merged_count: int = strawberry.field(description="Rows that told more about a lead who was there.")
    linked_count: int = strawberry.field(description="Rows whose lead was there, and was put into the dataset.")
    repeated_count: int = strawberry.field(description="Rows that made a second lead of somebody.")
    skipped_count: int = strawberry.field(description="Rows that were left out, because their lead was there.")
    failed_count: int = strawberry.field(description="Rows of which nobody could be made.")
    problem: str | None = strawberry.field(description="Why it failed, and what to do; or what it waits for.")
    rehearsed_at: datetime | None = strawberry.field(description="When it was last rehearsed to the end.")
    started_at: datetime | None = strawberry.field(description="When it began.")
    completed_at: datetime | None = strawberry.field(description="When it ended, in whichever way.")
    file_deleted_at: datetime | None = strawberry.field(description="When the file was deleted, thirty days after.")
    dataset: Dataset = strawberry.field(description="Where its people go.")
    creator: Member | None = strawberry.field(description="Who announced it; null for programs.")
    columns: Connection[ImportColumn] = connection(IMPORT_COLUMNS, "The columns of the file, from left to right.")
    rows: Connection[ImportRow] = connection(IMPORT_ROWS, "What became of its rows, or would become of them.")


@strawberry.type(description="An import that waits for its file.")
class NewImport:
    import_: Import = strawberry.field(name="import", description="The import.")
    upload_url: str = strawberry.field(
        description="Where the file goes, within a day: PUT its bytes, or POST it as multipart/form-data."
    )


@strawberry.type(description="Where something can be downloaded, for a while.")
class DownloadLink:
    url: str = strawberry.field(description="The address. Whoever has it can download it.")
    expires_at: datetime = strawberry.field(description="Until when.")
