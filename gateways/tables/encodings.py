"""Which encoding a text is in, found by reading all of it once: a byte late in the file can decide."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from domain.refusals import bad_input
from gateways.tables.faults import Fault, Unreadable

ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "iso8859-15", "cp850", "cp1250",
    "cp1251", "cp1253", "cp1254", "iso8859-2", "mac-roman",
)  # fmt: skip
_CHUNK = 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 4096
_OFTEN, _SELDOM = 0.3, 0.05  # how often every other byte is NUL in UTF-16 without a mark, and the bytes between


def find_encoding(path: Path) -> str:
    """The codec's name: of its byte order mark, else UTF-16 where it shows, else UTF-8, else Windows-1252.

    Windows-1252 can spell nearly anything, so it comes last; bytes that even it does not know are refused.
    """
    with path.open("rb") as opened:
        start = opened.read(_LOOKED_AT)
    if marked := next((codec for mark, codec in _MARKS if start.startswith(mark)), None):
        candidates = [marked]
    else:
        candidates = [_unmarked_utf16(start) or "utf-8", "cp1252"]
    for codec in candidates:
        if _is_in(path, codec):
            return codec
    said = "The file is in none of the usual encodings: save it as CSV UTF-8."
    raise Unreadable(Fault.UNKNOWN_ENCODING, said)


def check_encoding(path: Path, codec: str) -> str:
    """What somebody chose, if it is one of those there are and can spell the file."""
    if codec not in ENCODINGS:
        raise bad_input(f"{codec} is not among the encodings: {', '.join(ENCODINGS)}.", "encoding")
    if not _is_in(path, codec):
        raise Unreadable(Fault.UNKNOWN_ENCODING, f"The file is not in {codec}: choose another encoding.")
    return codec


def _unmarked_utf16(start: bytes) -> str | None:
    half = len(start) // 2
    if not half:
        return None
    even, odd = start[0::2].count(0) / half, start[1::2].count(0) / half
    if odd > _OFTEN and even < _SELDOM:
        return "utf-16-le"
    return "utf-16-be" if even > _OFTEN and odd < _SELDOM else None


def _is_in(path: Path, codec: str) -> bool:
    """Refuses NUL characters at once: in another encoding they would be there as well."""
    try:
        for text in _decoded(path, codec):
            if "\x00" in text:
                said = "The file has NUL characters, as damaged files do: export it again as CSV UTF-8."
                raise Unreadable(Fault.NUL_CHARACTERS, said)
    except UnicodeError:
        return False
    return True


def _decoded(path: Path, codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)()
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)
