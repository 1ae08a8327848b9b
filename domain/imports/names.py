"""A name in one cell, split into first and last."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Said before a name, and no part of it; the second kind only with a dot, because people are called so as well.
_SALUTATIONS = _words("mr mrs ms miss mx dr prof sir madam herr frau hr mme mlle sra srta dhr mevr dipl.-ing")
_DOTTED = _words("m. fr. sr. sig. ing. dipl. med. rer. nat. phil. jur. rev. hon.")
# Begin a last name of several words.
_PARTICLES = _words(
    "van von vom zu zum zur de del della der den di da das do dos du la le el al bin ibn ter ten te af av mac mc st st."
)
_JOINED = _words("& + and und et y")
_SUFFIXES = _words("jr sr ii iii iv phd md esq mba")


def split_name(text: str) -> tuple[str | None, str | None]:
    """First and last name; a single word is a first name.

    "Smith, Ann" is turned round, "Dr." and "Herr" are left out, "van der Berg" stays together.
    """
    if "," in text.strip(" ,"):
        return _turned_round(text)
    words = text.strip(" ,").split()
    kept = _without_salutations(words)
    while len(kept) > 2 and _is_suffix(kept[-1]):
        kept.pop()
    if not kept:
        return (" ".join(words) or None), None
    if len(kept) == 1:
        # "Dr. Smith" is a Smith; "Ann" is an Ann.
        return (None, kept[0]) if len(words) > 1 else (kept[0], None)
    start = next((place for place, word in enumerate(kept) if place and word.lower() in _PARTICLES), len(kept) - 1)
    return " ".join(kept[:start]), " ".join(kept[start:])


def _turned_round(text: str) -> tuple[str | None, str | None]:
    parts = [part for part in map(str.strip, text.split(",")) if part and not _is_suffix(part)]
    if not parts:
        return text, None
    last, *rest = parts
    first = " ".join(_without_salutations(" ".join(rest).split()))
    return (first, last) if first else split_name(last)


def _without_salutations(words: list[str]) -> list[str]:
    start = 0
    while start < len(words) and (_is_salutation(words[start].lower()) or (start and words[start] in _JOINED)):
        start += 1
    return words[start:]


def _is_salutation(word: str) -> bool:
    return word.rstrip(".") in _SALUTATIONS or word in _DOTTED


def _is_suffix(word: str) -> bool:
    return word.lower().replace(".", "") in _SUFFIXES
