"""Addresses of pages in a text, written out or in pieces, and whether they lead where they may."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.outputs.folding import seen

# Where anybody may have a page: there only what begins like the organization's own is the organization's.
_SHARED = frozenset(
    (
        "cal.com", "calendly.com", "facebook.com", "fb.com", "instagram.com", "linkedin.com", "twitter.com",
        "x.com", "youtube.com", "google.com", "docs.google.com", "sites.google.com", "drive.google.com", "wa.me",
        "t.me", "bit.ly", "linktr.ee", "github.com", "medium.com", "tiktok.com", "app.acuityscheduling.com",
        "zoom.us", "hubspot.com", "meetings.hubspot.com", "outlook.office365.com",
    )
)  # fmt: skip
_USUAL = (
    "com|net|org|info|biz|co|uk|de|fr|es|nl|eu|ru|cn|dev|xyz|club|tv|cc|ly|gl|gg|ai|sh|tech|icu|buzz|bid|loan|online|"
    "website|edu|gov|mil|mobi|name|int|ca|au|nz|ie|ch|se|dk|fi|pl|cz|br|jp|kr|za|mx|zip|mov|cloud|finance|money"
)
# Words that people end sentences before, too: an address only in small letters, or with a path.
_WORDS = (
    "me|io|it|to|in|is|so|be|at|do|no|us|my|am|as|by|app|pro|work|live|link|top|fun|click|page|space|win|shop|store|"
    "site|web|vip|news|run|one|now|pm|id|la|st"
)
_ABROAD = "рф|укр|бел|рус|онлайн|сайт|ком|中国|中國|公司|网络|在线|网址|香港|台湾|भारत|한국|みんな"
_SCHEME = r"(?:(?:h[tx]{2}ps?|ftp|wss?)\s*:\s*/\s*/|(?:javascript|data|mailto|tel|sms|intent|file)\s*:(?=\S))"
_HOST = r"(?:[\w-]+\.)+"
_LINKS = re.compile(
    rf"(?P<scheme>{_SCHEME}\S*)"
    r"|(?P<www>\bwww\s?\.\s?\S+)"
    rf"|(?<![\w@.])(?P<usual>{_HOST}(?:{_USUAL}|xn--[\w-]+))(?![\w-]|\.\w)(?P<rest>[:/?#]\S*)?"
    r"|(?P<number>\b\d{1,3}(?:\.\d{1,3}){3}\b(?:[:/]\S*)?)"
    rf"|(?P<path>(?<![\w@.])(?:[\w-]+\.)+[a-z]{{2,24}}/\S*)"
    r"|(?P<pieces>\b[\w-]+\s*(?:\[\.\]|\(\.\)|\{\.\}|[\[({]\s*(?:dot|punkt|point)\s*[\])}]|\s(?:dot|d0t)\s)\s*[a-z]{2,24}\b)"
    rf"|(?P<abroad>[\w-]+\.(?:{_ABROAD})(?!\w))|(?P<spoken>\b[\w-]+ dot ?(?:com|net|org|io)\b)"
    r"|(?P<gap>\b[\w-]+\s\.\s?(?:com|net|org|io|co|info|biz|xyz)\b)"
    r"|(?P<comma>\b[\w-]+,(?:com|org|biz|xyz)\b)"
    r"|(?P<markup>!?\[[^\]\n]{0,200}\]\s?\([^)\n]{0,400}\))",
    re.IGNORECASE,
)
_ALSO = re.compile(rf"(?<![\w@.])(?:[a-z0-9-]+\.)+(?:{_WORDS})(?![\w.-])(?:[:/?#]\S*)?")
_TAIL = ".,;:!?)\"'”’>]}"


@dataclass(frozen=True, slots=True)
class _Place:
    host: str
    path: tuple[str, ...]

    def holds(self, other: "_Place") -> bool:
        if other.host != self.host:
            return False
        return self.host not in _SHARED or other.path[:1] == self.path[:1]


def find_links(text: str) -> tuple[str, ...]:
    """Every address as it stands in the text, as far as it can be seen."""
    plain = seen(text).replace("。", ".").replace("｡", ".")
    found = [match[0].rstrip(_TAIL) if not match["markup"] else match[0] for match in _LINKS.finditer(plain)]
    more = [match[0].rstrip(_TAIL) for match in _ALSO.finditer(plain)]
    return tuple(dict.fromkeys([*found, *(link for link in more if not any(link in other for other in found))]))


def foreign_links(text: str, allowed: Sequence[str]) -> Iterator[str]:
    """Those that lead to other hosts than the allowed addresses do, or on shared hosts to other people's pages."""
    places = [place for address in allowed if (place := _read(address))]
    for link in find_links(text):
        there = _read(link)
        if not there or not any(place.holds(there) for place in places):
            yield link


def _read(link: str) -> _Place | None:
    """None for what names no host that a browser would go to as it stands."""
    lowered = link if "://" in link else f"https://{link}"
    if re.search(r"[\s\\@\[\](){}<>|]", lowered) or not lowered.lower().startswith(("https://", "http://")):
        return None
    try:
        parts = urlsplit(lowered)
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
        port = parts.port
    except ValueError:
        return None
    if not host or not host.isascii() or "xn--" in host or port not in (None, 80, 443):
        return None
    return _Place(host, tuple(part for part in parts.path.lower().split("/") if part))
