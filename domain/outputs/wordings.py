"""Wordings that no answer of ours has: what binds, what claims to have been done, coarse words, and what is no text."""

import re
from collections.abc import Iterator

from domain.outputs.folding import find_phrases, folded, seen

_BINDING = re.compile(
    r"\b(?:legally|contractually) (?:binding|obliged|obligated|entitled)\b"
    r"|\bbinding (?:offer|agreement|contract|quote|price)\b"
    r"|\b(?:you have my word|i swear|(?:i|we) (?:promise|guarantee))\b"
    r"|\bguaranteed (?:approval|acceptance|finance|savings)\b"
    r"|\b(?:deal is (?:done|sealed|final)|that(?: i)?s a (?:deal|promise)|takesies|consider it (?:done|sold))\b"
    r"|\bwe admit (?:liability|fault)\b|\b(?:i|we) (?:hereby |can |do )?(?:approve|authori[sz]e)\b"
    r"|\b(?:you|your|youre)\b(?: \w+){0,4} (?:pre)?approved\b"
)
_THINGS = (
    "order|purchase|payment|refund|contract|loan|finance|application|credit|account|details|number|data|card|deposit"
)
_DONE = (
    "approved|confirmed|placed|processed|issued|accepted|cancell?ed|deleted|changed|updated|transferred|refunded|sent|"
    "paid"
)
_DID = (
    "sent|texted|e-?mailed|messaged|forwarded|transferred|refunded|deleted|changed|updated|cancell?ed|approved|"
    "placed|paid|executed|run|added|removed|unsubscribed|subscribed|reset"
)
_CLAIMS = re.compile(
    rf"\b(?:{_THINGS})s? (?:(?:has|have) (?:now |just |already )?been|is now|was|are now) (?:{_DONE})\b"
    rf"|\bi(?: ha)?ve (?:now |just |already |also )?(?:{_DID})\b"
    r"|\bi(?: wi)?ll (?:now )?(?:send|text|e-?mail|message|forward) (?:this|it|that|them|him|her|every\w+|all)\b"
)
_PRETENCES = re.compile(
    r"\bi(?: a)?m (?:a (?:real )?(?:human|person)|human|not (?:a |an )?(?:bot|robot|ai|machine))\b|\bi am dan\b"
    r"|\bi(?: a)?m the (?:manager|owner|director|boss|ceo|supervisor)\b"
)
_COARSE = (
    "fuck", "fucking", "fucked", "motherfucker", "shit", "bullshit", "cunt", "wanker", "bastard", "bitch", "asshole",
    "arsehole", "dickhead", "twat", "nigger", "faggot",
)  # fmt: skip
_MARKUP = re.compile(
    r"```|~~~|!\[|\]\(|</?[a-z!][^>\n]{0,200}>|<\||\|>|\[/?(?:inst|system|user|assistant|tool)[^\]]{0,20}\]|<</?sys>>"
    r"|\{\s*[\"'“]|[\"'”]\s*:\s*[\"'\[{]|\\u[0-9a-f]{4}|&#\w{2,6};|^\s*(?:system|assistant|developer|tool|function)\s*:"
    r"|\b(?:tool_calls?|function_call|\w+\(\s*(?:to|recipient|phone|body|text)\s*=)",
    re.IGNORECASE | re.MULTILINE,
)
_PLACEHOLDER = re.compile(
    r"\{\{.*?\}\}|\{[a-z_ ]{2,30}\}"
    r"|\[(?:(?:your|their|lead|customer|agent|company|insert|first|last|the)\b[^\]]{0,30}|name|date|link|time|phone|price)\]"
    r"|<(?:name|link|first_name|your [a-z ]+)>|\bTODO\b|\bXX+\b|\blorem ipsum\b",
    re.IGNORECASE,
)


def find_commitments(text: str) -> Iterator[str]:
    """What binds the organization, claims to have been done although nobody did it, or claims to be a person."""
    plain = " ".join(folded(text).split())
    for pattern in (_BINDING, _CLAIMS, _PRETENCES):
        yield from (match[0] for match in pattern.finditer(plain))


def find_coarse(text: str) -> tuple[str, ...]:
    return find_phrases(text, _COARSE)


def find_markup(text: str) -> Iterator[str]:
    """Marks of programs and web pages, which people are shown as they stand."""
    yield from (match[0].strip() for match in _MARKUP.finditer(seen(text)))


def find_placeholders(text: str) -> Iterator[str]:
    """What somebody was to fill in."""
    yield from (match[0] for match in _PLACEHOLDER.finditer(seen(text)))
