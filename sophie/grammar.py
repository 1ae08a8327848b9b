"""The grammar of a text: what a careful colleague would mark with a pencil."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from domain.learning import Finding, InsightCategory, InsightSeverity
from sophie.confusions import CONFUSIONS
from sophie.reading import Reading, quoted
from sophie.spellings import SPELLINGS

_WORD = re.compile(r"(?<![\w'@./-])[a-z]+(?:'[a-z]+)*(?![\w'@/]|\.[a-z])", re.IGNORECASE)
_LINK = re.compile(
    r"\S+(?:://|@)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|co|net|org|io|uk|de|eu|app|me|ly)\b\S*", re.IGNORECASE
)
_DOUBLED = re.compile(r"(?<![\w'-])([a-z]+(?:'[a-z]+)?)\s+\1(?![\w'-])", re.IGNORECASE)
_RIGHTLY_DOUBLED_IN_A_ROW = "had that is very so no yes now well bye ha hey knock night there what her long really far"
_RIGHTLY_DOUBLED = frozenset(_RIGHTLY_DOUBLED_IN_A_ROW.split())
_FIELD = re.compile(
    r"\{+[^{}\n]{0,40}\}+|\[(?:your |the |their |customer |client |lead |insert |first |last |company |agent )*"
    r"[a-z_ ]*(?:name|company|date|time|address|link|price|amount|product|town|city|number|phone|email|car|model|"
    r"insert)[a-z_ ]*\]"
    r"|<[a-z]+_?(?:name|company|date|link)>|%[a-z]+(?:_[a-z]+)*%|\$\{?[a-z]+_[a-z_]+\}?|\bundefined\b|\bN/?aN\b",
    re.IGNORECASE,
)
_EMPTY_FIELD = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\s+[,.!]|\bnull\b|\bNone\b(?=[,.!]| (?:a month|per))",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|approx|vs|no|nr|st|mr|mrs|ms|dr|a\.m|p\.m|incl|excl|min|max|ca|inc|ltd|co|ext|tel|"
    r"[a-z])|\.\.)$",
    re.IGNORECASE,
)
_NEXT = re.compile(r"(?<=[.!?])\s+(?=[a-z])")
_SMALL_I = re.compile(r"(?<![\w.'/-])i(?='(?:m|ve|ll|d)\b| |[,?!]|$)(?!\.e)")
_NAMED = re.compile(
    r"(?<![\w@.])(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|april|june|july|"
    r"september|october|november|december|christmas|english|london)(?:'s)?(?![\w.])"
)
_MIDWAY = re.compile(
    r"(?<=[a-z0-9]), (?:Would|Do|Does|Can|Could|Is|Are|Shall|Will|We|It|You|The|This|And|But|So|What|When|How)\b(?! "
    r"[A-Z])"
)
_SPACED = re.compile(r"(?<=\w) +(?=[,;?!](?:\s|$)|\.(?:\s|$))")
_UNSPACED = re.compile(r"(?<=[a-z])[,;!?](?=[A-Za-z]{2})|(?<=[a-z]{2})\.(?=[A-Z][a-z])")
_CUT_OFF = re.compile(r"\b(?:and|or|but|the|a|an|your|our|my|because|if|than)$|,$")
_WHO = r"(?:you|we|i|it|he|she|they|this|that|there|the|your|\w+day|now)"
_ASKS = re.compile(
    rf"(?:(?:so|and|but|great|thanks|ok|okay)[, ]+)?(?:(?:are|do|did|does|have|has|would|could|can|shall|should|"
    rf"will|is|was|were) {_WHO}\b"
    rf"|(?:what|when|where|who|which|how|why)(?:'s)? (?:\w+ ){{0,4}}?(?:is|are|do|does|did|would|could|can|shall|"
    rf"should|will|was|were|have|about|suits?|works?)\b"
    r"|(?:how|what) about\b)",
    re.IGNORECASE,
)
_STRETCH = re.compile(r"[^.!?,;:()\n–—-]+")
_SUBJECT = re.compile(
    r"(?<!\w)(?:i|we|you|he|she|it|they)(?='| (?!(?:to|and|or|for|in|at|on|with|a|the)\b)\w)", re.IGNORECASE
)
_JOINED = re.compile(
    r"(?:that|if|when|and|but|or|so|because|as|what|which|who|where|how|why|while|before|after|until|once|than|"
    r"whether|since|"
    r"do|does|did|can|could|would|will|shall|should|are|is|was|were|have|has|had|may|might|must|let|to|for|of|with|"
    r"by|from|"
    r"at|about|on|in|give|gives|send|show|tell|help|need|want|the|like|think|hope|know|see|sure|say|said|everything|"
    r"anything|"
    r"something|all|time|thing|price|way|day|one|ones|number|case|ask|get|call|save|saves|cost|costs|get|make|makes|"
    r"than)$",
    re.IGNORECASE,
)  # fmt: skip
_MOST_SUBJECTS = 3
_LONGEST_JOINT = 12  # letters of a word that joins two clauses
_UNENDED = re.compile(
    r"(?<=[a-z]{2}) (?=(?:Please|Would you|Do you|Can you|Could you|Let me|Have you|Are you|Thanks|Thank you|We|"
    r"They|This|It) [a-z])"
)


def _mark(rule: str, severity: InsightSeverity, title: str, what: str, instead: str, better: str | None) -> Finding:
    return Finding(rule, severity, InsightCategory.GRAMMAR, title, what, instead, better)


def find_unfilled(reading: Reading) -> Iterator[Finding]:
    found = [match[0] for pattern in (_FIELD, _EMPTY_FIELD) for match in pattern.finditer(reading.plain)]
    if found:
        yield _mark(
            "unfilled_field",
            InsightSeverity.CRITICAL,
            "A field was not filled",
            f"The lead sees the template: {quoted(found)}.",
            "Give the field a default, and complete the lead's facts.",
            None,
        )


def find_misspellings(reading: Reading) -> Iterator[Finding]:
    found = [word for word in _WORD.findall(_LINK.sub(" ", reading.plain)) if _is_misspelt(word)]
    if found:
        better = _WORD.sub(lambda word: _respelt(word[0]) if _is_misspelt(word[0]) else word[0], reading.plain)
        yield _mark(
            "misspelling",
            InsightSeverity.SUGGESTION,
            "Misspelt",
            f"A word is misspelt: {quoted(found)}.",
            f"Write {quoted([_respelt(word) for word in found])}.",
            better,
        )


def _is_misspelt(word: str) -> bool:
    return word.lower() in SPELLINGS and not (word.isupper() and len(word) > 1)


def _respelt(word: str) -> str:
    right = SPELLINGS[word.lower()]
    return right[0].upper() + right[1:] if word[0].isupper() else right


def find_doubled(reading: Reading) -> Iterator[Finding]:
    def is_slip(match: re.Match[str]) -> bool:
        both = match[0].split()
        return match[1].lower() not in _RIGHTLY_DOUBLED and not (both[1][0].isupper() and both[0][0].isupper())

    found = [match for match in _DOUBLED.finditer(reading.plain) if is_slip(match)]
    if found:
        yield _mark(
            "doubled_word",
            InsightSeverity.SUGGESTION,
            "A word stands there twice",
            f"Twice in a row: {quoted([match[1] for match in found])}.",
            "Leave one of them out.",
            _DOUBLED.sub(lambda match: match[1] if is_slip(match) else match[0], reading.plain),
        )


def find_confusions(reading: Reading) -> Iterator[Finding]:
    found, better = [], reading.plain
    for pattern, right in CONFUSIONS:
        found += [match[0] for match in pattern.finditer(reading.plain)]
        better = pattern.sub(partial(_replaced, right), better) if right else better
    if found:
        yield _mark(
            "confusion",
            InsightSeverity.SUGGESTION,
            "One word for another",
            f"This is not what is meant: {quoted(found)}.",
            "Read it aloud, with every short form in full.",
            better if better != reading.plain else None,
        )


def _replaced(right: str, match: re.Match[str]) -> str:
    """What it should be, with a capital where there was one."""
    better = match.expand(right)
    return better[0].upper() + better[1:] if match[0][0].isupper() else better


def find_capitals(reading: Reading) -> Iterator[Finding]:
    text = reading.plain
    better = re.sub(
        r"^(\W*)([a-z])(?=[a-z']*(?:\s|[,.!?]|$))", lambda first: first[1] + first[2].upper(), text, count=1
    )
    better = _SMALL_I.sub("I", _NAMED.sub(lambda word: word[0].capitalize(), better))
    if reading.first_name and reading.first_name[0].isupper() and len(reading.first_name) > 2:
        better = re.sub(
            rf"(?<=(?:hi|ks|ou|lo|ey|ar|at|nt|od) ){re.escape(reading.first_name.lower())}(?=[,.!?])",
            reading.first_name,
            better,
        )
    better = _MIDWAY.sub(lambda found: ", " + found[0][2].lower() + found[0][3:], _risen(better))
    if better != text:
        yield _mark(
            "capitals",
            InsightSeverity.SUGGESTION,
            "Capitals missing or misplaced",
            "Sentences, names and “I” begin with a capital, and nothing else does.",
            "Write them as in a letter.",
            better,
        )


def _risen(text: str) -> str:
    """With a capital after each end of a sentence."""
    parts, at = [], 0
    for found in _NEXT.finditer(text):
        word = re.match(r"\S+", text[found.end() :])
        if _ABBREVIATED.search(text[: found.start() - 1]) or (word and re.search(r"\w\.\w|[A-Z]|@|://", word[0])):
            continue
        parts += [text[at : found.end()], text[found.end()].upper()]
        at = found.end() + 1
    return "".join([*parts, text[at:]])


def find_endings(reading: Reading) -> Iterator[Finding]:
    """Only where something is clearly missing: a question without its mark, a sentence that breaks off."""
    text = reading.plain.rstrip()
    last = re.split(r"(?<=[.!?])\s+|\n+", text)[-1]
    if _CUT_OFF.search(text) and not re.search(
        r"(?:regards|wishes|best|thanks|cheers|yours|sincerely|you),$", text, re.IGNORECASE
    ):
        yield _mark(
            "broken_off",
            InsightSeverity.WARNING,
            "The text breaks off",
            "The last sentence has no end.",
            "Finish it.",
            None,
        )
    elif len(last.split()) >= 4 and last[-1].isalnum() and not _LINK.search(last) and _ASKS.match(last):
        yield _mark(
            "question_mark",
            InsightSeverity.INFO,
            "No question mark",
            f"A question ends without its mark: {quoted([last])}.",
            "End it with a question mark.",
            text + "?",
        )


def find_spacing(reading: Reading) -> Iterator[Finding]:
    bare = _LINK.sub(lambda link: "x" * len(link[0]), reading.plain)
    found = [
        bare[max(0, match.start() - 6) : match.end() + 6]
        for match in (*_SPACED.finditer(bare), *_UNSPACED.finditer(bare))
    ]
    if found:
        better = (
            _UNSPACED.sub(lambda mark: mark[0] + " ", _SPACED.sub("", reading.plain)) if bare == reading.plain else None
        )
        yield _mark(
            "spacing",
            InsightSeverity.INFO,
            "A space too many or too few",
            f"Marks stand at the end of a word, with a space after them: {quoted(found)}.",
            "Move the space.",
            better,
        )


def find_run_on(reading: Reading) -> Iterator[Finding]:
    """Clause after clause with nothing between them, neither a mark nor a word that joins."""

    def begins(stretch: str) -> int:
        return sum(
            not _JOINED.search(stretch[max(0, found.start() - _LONGEST_JOINT) : found.start()].rstrip())
            for found in _SUBJECT.finditer(stretch)
            if found.start()
        )

    better = _UNENDED.sub(". ", reading.plain)
    if better != reading.plain or any(
        begins(stretch.strip()) >= _MOST_SUBJECTS for stretch in _STRETCH.findall(reading.plain)
    ):
        yield _mark(
            "run_on",
            InsightSeverity.SUGGESTION,
            "Sentences run into each other",
            "Several sentences stand there as one.",
            "End each with a full stop.",
            better if better != reading.plain else None,
        )


GRAMMAR: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    find_unfilled,
    find_confusions,
    find_misspellings,
    find_doubled,
    find_capitals,
    find_run_on,
    find_endings,
    find_spacing,
)
