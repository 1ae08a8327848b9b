"""Prices, discounts and promises of something for nothing in a text, in figures and in words."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from domain.outputs.folding import folded


class Amount(NamedTuple):
    """`kind` is % or money; which money does not matter, as a sum that nobody has named is one in any."""

    kind: str
    value: Decimal


_UNITS = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen"
)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_SCALES = {"hundred": 100, "thousand": 1_000, "grand": 1_000, "million": 1_000_000}
_VALUES = {word: value for value, word in enumerate(_UNITS.split("|"))} | {"a": 1}
_VALUES |= {word: 10 * value for value, word in enumerate(_TENS.split("|"), 2)}
_NAMED = f"{_TENS}|{'|'.join(reversed(_UNITS.split('|')))}|{'|'.join(_SCALES)}"
_WORDS = rf"(?:(?:a|{_NAMED})(?:[\s-]+(?:and[\s-]+)?(?:{_NAMED})){{0,8}})"
_FIGURES = (
    r"(?:\d{1,3}(?: \d{3})+(?:[.,]\d{1,2})?|\d(?:[\d.,]*\d)?)"
    r"\s?(?:k|m|mil|thousand|hundred|million|grand)?\b"
)
_NUMBER = rf"(?:{_FIGURES}|{_WORDS})"
_SYMBOLS = r"[$£€¥₹₽₺₩₿₦₱¢]"
_CURRENCIES = (
    "dollars?|bucks?|usd|pounds?|quid|gbp|euros?|eur|sterling|cents?|pence|francs?|chf|rupees?|inr|yen|rand|zar|aud|"
    "cad|nzd|kr|sek|nok|dkk|zloty|pln|pesos?|dolares|libras|grand|fiver|tenner|bitcoins?|btc"
)
_CURRENCY = f"(?:{_CURRENCIES})"
_PERCENT = r"(?:%|per\s?cent|pct|percentage points?|prozent|por ciento|pour ?cent|procent)"
_MONEY = re.compile(
    rf"{_SYMBOLS}\s?(?P<after>{_NUMBER})|\b(?P<before>{_NUMBER})\s*(?:{_SYMBOLS}(?!\s?\d)|{_CURRENCY}\b)"
    rf"|\b(?:usd|gbp|eur|chf|aud|cad)\s?(?P<coded>{_FIGURES})"
    r"|\b(?P<short>\d{1,4}(?:\.\d+)?)k\b"
)
_SURE = "sure|certain|right|true|agree|correct|understand|fine"
_SHARE = re.compile(rf"(?P<share>\b{_NUMBER})\s?{_PERCENT}(?P<sure>\s*(?:{_SURE}))?")
# A sum without a currency: right after what a sum is of.
_PRICED = "price[sd]?|costs?|costing|pay|fee|deposit|quoted?|worth|charge|save|saving|discount|total|rate|reduced|down"
_JOINED = "is|are|of|would|will|be|you|it|at|to|by|only|just|about|around|from|a|the|for|off|comes?|down"
_MEASURED = (
    "minutes?|mins?|hours?|days?|weeks?|months?|years?|miles?|km|kw|am|pm|st|nd|rd|th|panels?|people|seats?|doors?|"
    "times?|steps?|%|:|/"
)
_BARE = re.compile(
    rf"\b(?:{_PRICED})(?:\s+(?:{_JOINED})){{0,4}}\W{{1,3}}"
    rf"(?P<bare>\d[\d.,]*\d|\d)(?![\d.,]*\s?(?:{_MEASURED}))\b"
    rf"|\b(?:do|for|at|accept|take|give|knock|save)(?: (?:you|it|this|that))? "
    rf"(?P<named>\d{{1,3}}(?:,\d{{3}})+)(?![\d.,]*\s?(?:{_MEASURED}))\b"
    rf"|(?P<taken>\b(?!one ){_NUMBER}) (?:off|back|cheaper|cash)\b(?! (?:the list|to back|in touch|to you))"
    rf"|(?P<large>\b(?=(?:(?:{_NAMED}|and)[\s-]+){{0,8}}?(?:{'|'.join(_SCALES)})\b)(?>{_WORDS}))(?!\s?(?:{_MEASURED}))\b"
)
_FOR_NOTHING = (
    "for free", "free of charge", "at no (?:extra )?(?:cost|charge)", "no charge", "without charge", r"half[\s-]price",
    "half the price", "half off", "on the house", r"price match\w*", "buy one get one", "bogof", r"money[\s-]back",
    "full refund", r"interest[\s-]free", "cash ?back", "gift ?cards?", "vouchers?", "complimentary", "gratis",
    "kostenlos", r"gratuit\w*", r"match\w* (?:any|their|that|the|his|her) price", "buy now", "pay nothing",
    "(?:no|zero|nil) (?:deposit|fees?|interest|apr|upfront|down ?payment)",
)  # fmt: skip
_AT_LEISURE = (
    "to|of|on|at|this|next|moment|minute|hour|slot|day|spot|half|afternoon|morning|evening|time|weekend|line|hand"
)
_FREE = re.compile(
    rf"\b(?:{'|'.join(_FOR_NOTHING)})\b"
    rf"|\b(?:a|your|get|one|have|with|and) free (?!(?:{_AT_LEISURE})\b)\w+"
)
_DISCOUNTED = re.compile(r"\b(?:discount\w*|rabatt?|descuentos?|remise)\b")


def unnamed_prices(text: str, known: str) -> tuple[str, ...]:
    """Words of the text that name a sum, a share, or something for nothing, which what is known does not name."""
    plain, also = _plain(text), _plain(known)
    allowed = {amount for amount, _ in _amounts(also)} | _listed(also)
    found = [words for amount, words in _amounts(plain) if amount not in allowed]
    found += [match[0] for pattern in (_FREE, _DISCOUNTED) for match in pattern.finditer(plain) if match[0] not in also]
    return tuple(dict.fromkeys(found))


def _amounts(plain: str) -> Iterator[tuple[Amount, str]]:
    for pattern, kind in ((_MONEY, "money"), (_BARE, "money"), (_SHARE, "%")):
        for match in pattern.finditer(plain):
            parts = match.groupdict()
            if parts.pop("sure", None):
                continue  # "100 % sure" is no share of anything
            value = _number(next(part for part in parts.values() if part))
            yield Amount(kind, value * 1000 if parts.get("short") else value), match[0].strip()


def _listed(plain: str) -> set[Amount]:
    """Sums in lists, where no currency stands beside each."""
    numbers = (_number(match[0]) for match in re.finditer(r"\b\d{1,3}(?:,\d{3})+\b|\b\d{3,9}\b", plain))
    return {Amount("money", number) for number in numbers}


def _number(written: str) -> Decimal:
    figures = re.match(r"[\d., ]+", written)
    if not figures or not figures[0].strip():
        return _in_words(re.findall(r"[a-z]+", written))
    digits = figures[0].replace(" ", "").rstrip(".,")
    # A separator before three digits parts thousands; before one or two it is the decimal one.
    digits = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
    scale = written[figures.end() :].strip()
    factor = {"k": 1000, "m": 1_000_000, "mil": 1000}.get(scale) or _SCALES.get(scale, 1)
    try:
        return (Decimal(digits) * factor).normalize()
    except InvalidOperation:
        return Decimal(-1)  # no number that anything known could be


def _in_words(words: list[str]) -> Decimal:
    whole = part = 0
    for word in words:
        if word == "hundred":
            part = max(part, 1) * 100
        elif word in _SCALES:
            whole, part = whole + max(part, 1) * _SCALES[word], 0
        else:
            part += _VALUES.get(word, 0)
    return Decimal(whole + part).normalize()


def _plain(text: str) -> str:
    return " ".join(folded(text).split())
