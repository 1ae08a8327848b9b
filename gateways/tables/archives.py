"""Whether a workbook's archive is what it says: everything in it is unpacked and counted once, and kept nowhere."""

import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from gateways.tables.faults import Fault, Limits, Unreadable
from gateways.tables.kinds import other_format

_CHUNK = 256 * 1024
_UNJUDGED = 4 * 1024 * 1024  # a few megabytes may be as dense as they like: styles and empty cells are
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # its mark; the lengths of name and extra field
_END_RECORD = struct.Struct("<4s6xHI")  # its mark; how many entries; how many bytes their list has
_LONGEST_LISTED = 1024  # bytes of the list for each entry
_ENCRYPTED, _STORED, _DEFLATED = 0x1, 0, 8


def check_archive(path: Path, limits: Limits) -> None:
    """Refuses what is no workbook, what is damaged or locked, and what would unpack to more than it may.

    Sizes that an archive declares are believed only when they are true: whoever unpacks may not look at them.
    """
    if path.stat().st_size > limits.workbook_bytes:
        raise too_large()
    try:
        with path.open("rb") as opened:
            _check_list(opened, limits)
            entries = zipfile.ZipFile(opened).infolist()
            _check_names({entry.filename for entry in entries})
            total = 0
            for entry in entries:
                total += _unpacked(opened, entry, limits, limits.unpacked_bytes - total)
    # NotImplementedError is what zipfile says of a compression, or of a version, that it does not know.
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OverflowError):
        raise damaged() from None


def _check_list(opened: BinaryIO, limits: Limits) -> None:
    """Before Python makes an object of every entry."""
    opened.seek(0, 2)
    size = opened.tell()
    opened.seek(max(0, size - 65_536 - 22))
    tail = opened.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0:
        raise damaged()
    _, count, length = _END_RECORD.unpack_from(tail, place)
    if count > limits.archive_entries or length > limits.archive_entries * _LONGEST_LISTED:
        raise too_large()


def _check_names(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if "EncryptedPackage" in names:
        raise locked()
    if "xl/workbook.bin" in names:
        raise other_format("a binary workbook (.xlsb)")
    if "mimetype" in names:
        raise other_format("a document of LibreOffice")
    if "word/document.xml" in names:
        raise other_format("a text document")
    raise other_format("an archive")


def _unpacked(opened: BinaryIO, entry: zipfile.ZipInfo, limits: Limits, most: int) -> int:
    """How many bytes the entry really has."""
    if entry.flag_bits & _ENCRYPTED:
        raise locked()
    if entry.compress_type not in (_STORED, _DEFLATED) or entry.header_offset < 0:
        raise damaged()
    opened.seek(entry.header_offset)
    mark, name_length, extra_length = _LOCAL_HEADER.unpack(opened.read(_LOCAL_HEADER.size))
    if mark != b"PK\x03\x04":
        raise damaged()
    opened.seek(name_length + extra_length, 1)
    count = entry.compress_size if entry.compress_type == _STORED else _inflated(opened, entry, limits, most)
    if count > most:
        raise too_large()
    if count != entry.file_size:
        raise damaged()
    return count


def _inflated(opened: BinaryIO, entry: zipfile.ZipInfo, limits: Limits, most: int) -> int:
    most = min(most, max(_UNJUDGED, entry.compress_size * limits.unpacked_ratio))
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    left, count = entry.compress_size, 0
    while not inflater.eof:
        packed = inflater.unconsumed_tail or opened.read(min(_CHUNK, left))
        if not packed:
            raise damaged()
        if not inflater.unconsumed_tail:
            left -= len(packed)
        count += len(inflater.decompress(packed, _CHUNK))
        if count > most:
            raise too_large()
    return count


def too_large() -> Unreadable:
    return Unreadable(Fault.TOO_LARGE, "The workbook is too large to be read: save the sheet as CSV, or split it.")


def damaged() -> Unreadable:
    return Unreadable(Fault.DAMAGED, "The workbook is damaged: open it in Excel, save it anew, and upload that.")


def locked() -> Unreadable:
    return Unreadable(Fault.PROTECTED, "The workbook is protected by a password: save it without one.")
