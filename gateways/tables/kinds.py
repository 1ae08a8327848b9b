"""What kind of file it is, by how it begins, because its name proves nothing."""

from domain.tables import TableKind
from gateways.tables.faults import Fault, Unreadable

LOOKED_AT = 4096


_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
# No table, whatever the file is called; and what it is, so that the sentence can say so.
_OTHERS = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture or a recording"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"{\\rtf", "a text document"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "a database"),
    (b"MZ\x90", "a program"),
    (b"\x7fELF", "a program"),
)
# The same, said in text, after blanks and a byte order mark.
_SAID = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<table", "a web page"),
    (b"<?xml", "an XML document"),
    (b"begin:vcard", "a list of vCards"),
    (b"{", "JSON"),
    (b"[{", "JSON"),
)


def kind_of(start: bytes) -> TableKind:
    """By the first bytes of a file; refuses what can be no table."""
    if not start.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        # Blanks alone go on as text: whether more follows shows when the rows are read.
        return TableKind.TEXT
    if start.startswith(_ZIP):
        return TableKind.XLSX
    if start.startswith(_COMPOUND) or start.startswith(_OLD_EXCEL):
        return TableKind.XLS
    said = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    for magic, name in _OTHERS:
        if start.startswith(magic):
            raise other_format(name)
    for magic, name in _SAID:
        if said.startswith(magic):
            raise other_format(name)
    return TableKind.TEXT


def other_format(name: str) -> Unreadable:
    return Unreadable(Fault.OTHER_FORMAT, f"This is {name}, and no table: save it as CSV or as a workbook (.xlsx).")
