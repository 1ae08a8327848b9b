"""The vocabularies of imports: how far one has come, what became of rows, what a column can be about."""

from domain import importing, tables
from domain.imports import fields, mapping
from schema.words import word

word(
    importing.ImportStatus,
    "How far an import has come.",
    {
        importing.ImportStatus.PENDING: "Waits for its file.",
        importing.ImportStatus.READING: "The file is being looked at.",
        importing.ImportStatus.MAPPING: "Waits for somebody to say what the columns are about, and to begin.",
        importing.ImportStatus.REHEARSING: "What would become of each row is being counted.",
        importing.ImportStatus.IMPORTING: "Rows are being worked off.",
        importing.ImportStatus.COMPLETED: "All rows are done.",
        importing.ImportStatus.FAILED: "The file could not be read to its end; `problem` says why.",
        importing.ImportStatus.CANCELLED: "Somebody gave it up.",
    },
)
word(
    importing.RowOutcome,
    "What became of a row of a file.",
    {
        importing.RowOutcome.CREATED: "Made a new lead.",
        importing.RowOutcome.MERGED: "Told more about a lead who was there (MERGE).",
        importing.RowOutcome.LINKED: "Its lead was there, and was put into the dataset (FLAG).",
        importing.RowOutcome.REPEATED: "Made a second lead of somebody (KEEP_BOTH).",
        importing.RowOutcome.SKIPPED: "Was left out, because its lead was there (SKIP).",
        importing.RowOutcome.FAILED: "Nobody could be made of it.",
    },
)
word(
    tables.TableKind,
    "What a file is.",
    {
        tables.TableKind.TEXT: "Text: CSV, TSV and their kin.",
        tables.TableKind.XLSX: "An Excel workbook.",
        tables.TableKind.XLS: "A workbook of an Excel before 2007.",
    },
)
word(
    mapping.Reason,
    "What a proposal for a column rests on.",
    {
        mapping.Reason.HEADER: "What its header says.",
        mapping.Reason.VALUES: "What stands in it.",
        mapping.Reason.HEADER_AND_VALUES: "Both.",
        mapping.Reason.NOTHING: "Nothing: it is kept under its own name.",
    },
)
word(
    fields.Field,
    "What a column of a file can be about.",
    {field: f"{field.replace('_', ' ').capitalize()}." for field in fields.Field},
)
