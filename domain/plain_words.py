"""What somebody wrote as plain words: without case, accents, width, emoji, and what cannot be seen."""

import re
import unicodedata

_APOSTROPHES = re.compile("['’‘‛`´ʼʹ′＇ʻ]")
_ENDS = re.compile(r"[^\w\s&/'’+@#*=<>-]+|[\n\r]+|\s-+\s")
_SPELLINGS = {
    "u": "you", "ya": "you", "ur": "your", "plz": "please", "pls": "please", "plse": "please", "pleas": "please",
    "plesae": "please", "dnt": "dont", "donot": "dont", "dotn": "dont", "wanna": "want to", "tex": "text",
    "tetx": "text", "texing": "texting", "lsit": "list", "offf": "off", "agian": "again", "agen": "again",
    "recieve": "receive", "recieving": "receiving", "recive": "receive", "numba": "number", "nuber": "number",
    "ive": "i have", "im": "i",
}  # fmt: skip
_SHORT = {
    "do": "dont", "did": "didnt", "can": "cant", "will": "wont", "would": "wouldnt", "does": "doesnt",
    "have": "havent",
}  # fmt: skip


def plain(text: str) -> str:
    """Letters without case, accents and width; nothing that cannot be seen is left to hide in a word."""
    unfolded = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    return "".join(letter for letter in unfolded if unicodedata.category(letter) not in ("Mn", "Me", "Cf")).casefold()


def letters_of(text: str) -> str:
    """Its letters and digits alone, in a row."""
    return re.sub(r"[\W_]+", "", plain(text))


def clauses_of(text: str) -> list[str]:
    """Its clauses, each as words with one space between them, in usual spellings."""
    return [clause for part in _ENDS.split(plain(text)) if (clause := _words(part))]


def _words(part: str) -> str:
    words = " ".join(_SPELLINGS.get(word, word) for word in re.findall(r"[^\W_]+", part))
    return re.sub(rf"\b({'|'.join(_SHORT)}) not\b", lambda found: _SHORT[found[1]], words)
