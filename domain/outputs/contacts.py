"""How somebody could be reached, and what is nobody's to ask for or to tell, in a text."""

import re
from collections.abc import Iterator, Sequence

from domain.outputs.folding import folded, seen

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}\s?@\s?[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"(?<![\w.@/])@[A-Za-z]\w{2,}")
_MAIL_IN_PIECES = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:(?:\(at\)|\[at\]|\{at\})\s?[\w-]+\s?(?:\.|\(dot\)|\[dot\]|\sdot\s)"
    r"|\sat\s[\w-]+\s?(?:\(dot\)|\[dot\]|dot\s))\s?[a-z]{2,10}\b"
)
_DATES = re.compile(
    r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}-\d{1,2}-\d{1,2}\b"
    r"|\b\d{1,2}[:.]\d{2}\s*[-–]\s*\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d\d\s*[-–/]\s*(?:19|20)?\d\d\b"
)
_MONEY = re.compile(r"[$£€]\s?\d[\d.,]*")
_DIGITS = re.compile(r"(?<!\w)\+?\(?\d(?:[\s().\-–/_·*,]{0,3}\d){6,18}(?!\w)")
_DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SPOKEN = {word: str(digit) for digit, word in enumerate(_DIGIT_WORDS)}
_SPOKEN |= dict.fromkeys(("oh", "o", "nought", "null"), "0")
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_FEWEST = 7  # digits that anybody can be called by
_ASKED_FOR = (
    "card number", "card details", "cvv2?", "cvc", "pin", "pin number", "pin code", "password", "passcode", "sort code",
    "account number", "bank details", "bank account", "security code", "social security", "ssn", "national insurance",
    "ni number", "passport number", "driving licence number", "one.time (?:code|password)", "otp", "verification code",
)  # fmt: skip
_SECRETS = re.compile(rf"\b(?:your|ur)\s+(?:\w+\s+){{0,3}}?(?:{'|'.join(_ASKED_FOR)})\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{2,4}){3,8}\b")
_NATIONAL = re.compile(r"\b(?:[A-CEGHJ-PR-TW-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]|\d{3}-\d{2}-\d{4})\b")


def foreign_contacts(text: str, known: str, own: Sequence[str]) -> Iterator[str]:
    """Numbers, e-mail addresses and handles that are neither among `own` nor stand in what is known."""
    plain, also = seen(text), seen(known)
    theirs = {_key(one) for one in [*own, *_numbers(also), *_addresses(also)]}
    for found in [*_addresses(plain), *_numbers(plain)]:
        if _key(found) not in theirs:
            yield found
    for spoken in _spoken(plain):
        if _key(spoken) not in theirs:
            yield spoken


def find_personal(text: str) -> Iterator[str]:
    """Numbers of cards, accounts and people, which nobody needs to be told; and requests for them, or for passwords."""
    plain = seen(text)
    yield from (match[0] for match in _DIGITS.finditer(plain) if _is_card(match[0]))
    yield from (match[0] for match in _IBAN.finditer(plain) if _is_account(match[0]))
    yield from (match[0] for match in _NATIONAL.finditer(plain))
    yield from (match[0] for match in _SECRETS.finditer(" ".join(folded(text).split())))


def _addresses(plain: str) -> list[str]:
    return [match[0] for pattern in (_MAIL, _MAIL_IN_PIECES, _HANDLE) for match in pattern.finditer(plain)]


def _numbers(plain: str) -> list[str]:
    bare = _MONEY.sub(" ", _DATES.sub(" ", plain))
    return [match[0].strip() for match in _DIGITS.finditer(bare)]


def _spoken(plain: str) -> Iterator[str]:
    """Rows of digits that are written as words, or partly so."""
    row, times = "", 1
    for word in [*re.findall(r"[^\W_]+", folded(plain)), ""]:
        if word in _TIMES:
            times = _TIMES[word]
        elif word in _SPOKEN or (word.isdecimal() and len(word) <= 2 and row):
            row, times = row + _SPOKEN.get(word, word) * times, 1
        else:
            if len(row) >= _FEWEST:
                yield row
            row, times = "", 1


def _key(contact: str) -> str:
    """The same for every spelling of it: of numbers the last nine digits, which no prefix changes."""
    if "@" in contact or not any(letter.isdecimal() for letter in contact):
        return re.sub(r"\s", "", contact).casefold()
    return "".join(letter for letter in contact if letter.isdecimal())[-9:].lstrip("0")


def _is_card(written: str) -> bool:
    digits = [int(letter) for letter in written if letter.isdecimal()]
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _is_account(written: str) -> bool:
    code = re.sub(r"\s", "", written)
    return 15 <= len(code) <= 34 and int("".join(str(int(letter, 36)) for letter in code[4:] + code[:4])) % 97 == 1
