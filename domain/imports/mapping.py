"""Proposes what each column is about, from its header and from what stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.imports.fields import IGNORED, MOST_CUSTOM, Field, Target
from domain.imports.headers import UNNAMED
from domain.imports.shapes import Shape, shares
from domain.imports.words import field_for, field_like, fold, slug_of

MOST_SAMPLES = 5
_LONGEST_SAMPLE = 80

# What values of a field must look like. Words fit all the others.
_LOOKS = {
    Field.PHONE: {Shape.PHONE},
    Field.EMAIL: {Shape.EMAIL},
    Field.LINKEDIN_URL: {Shape.LINKEDIN, Shape.URL},
    Field.INQUIRY_DATE: {Shape.DATE, Shape.NUMBER},
}
# What looks alone tell, and how surely: a date can be of anything.
_TELLING = (
    (Shape.EMAIL, Field.EMAIL, 0.8),
    (Shape.LINKEDIN, Field.LINKEDIN_URL, 0.8),
    (Shape.PHONE, Field.PHONE, 0.7),
    (Shape.POSTCODE, Field.POSTCODE, 0.6),
)
_OUTRIGHT, _AMONG_OTHERS, _CONFIRMED, _DOUBTED, _UNTOLD = 0.9, 0.7, 0.08, 0.3, 0.5
_MOSTLY, _HARDLY = 0.6, 0.2
_KEPT = Target(custom="?")  # until all are known, and each gets a name of its own
# The number that can be texted is the better one of two.
_MOBILE = ("mobil", "handy", "cell", "whatsapp", "sms", "movil", "portable", "cellulare")


class Reason(StrEnum):
    """What a proposal rests on."""

    HEADER = "HEADER"
    VALUES = "VALUES"
    HEADER_AND_VALUES = "HEADER_AND_VALUES"
    NOTHING = "NOTHING"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where a column should go. Below a confidence of 0.5 a person should look before it is believed."""

    header: str
    target: Target
    confidence: float
    reason: Reason
    samples: tuple[str, ...]


def propose(headers: Sequence[str], columns: Sequence[Sequence[str]]) -> list[Proposal]:
    """One proposal for each column, with some of its values. No field that takes one column is proposed for two."""
    proposals = [_propose(header, values) for header, values in zip(headers, columns, strict=True)]
    return _with_distinct_slugs(_without_rivals(_with_names_settled(proposals), columns))


def _propose(header: str, values: Sequence[str]) -> Proposal:
    seen = shares(values)
    field, confidence, reason = _by_header(header, seen) or _by_values(seen) or (None, _UNTOLD, Reason.NOTHING)
    if field and not seen:
        confidence = min(confidence, _AMONG_OTHERS)
    target = Target(field=field) if field else _untold(header, bool(seen))
    return Proposal(header, target, round(confidence, 2), reason, _samples(values))


def _by_header(header: str, seen: dict[Shape, float]) -> tuple[Field, float, Reason] | None:
    outright = field_for(header)
    field = outright or field_like(header)
    if not field:
        return None
    confidence = _OUTRIGHT if outright else _AMONG_OTHERS
    told = _by_values(seen)
    fitting = sum(seen.get(shape, 0) for shape in _LOOKS.get(field, ()))
    if field in _LOOKS and fitting >= _MOSTLY:
        return field, confidence + _CONFIRMED, Reason.HEADER_AND_VALUES
    if told and told[0] is not field and told[0] in _LOOKS:
        return told  # a column of e-mail addresses is one, whatever it is called
    if field in _LOOKS and seen and fitting < _HARDLY:
        return field, _DOUBTED, Reason.HEADER
    return field, confidence, Reason.HEADER


def _by_values(seen: dict[Shape, float]) -> tuple[Field, float, Reason] | None:
    for shape, field, confidence in _TELLING:
        if seen.get(shape, 0) >= _MOSTLY:
            return field, confidence, Reason.VALUES
    return None


def _untold(header: str, has_values: bool) -> Target:
    """What nobody knows is kept under its own name; what lacks a name or any value is not."""
    return _KEPT if has_values and not header.startswith(UNNAMED) else IGNORED


def _samples(values: Sequence[str]) -> tuple[str, ...]:
    distinct = dict.fromkeys(value.strip() for value in values if value.strip())
    return tuple(value[:_LONGEST_SAMPLE] for value in list(distinct)[:MOST_SAMPLES])


def _with_names_settled(proposals: list[Proposal]) -> list[Proposal]:
    """ "Name" beside "Vorname" is the last name, and beside "Surname" the first."""
    given = {proposal.target.field for proposal in proposals}
    if Field.FIRST_NAME in given and Field.LAST_NAME not in given:
        other = Field.LAST_NAME
    elif Field.LAST_NAME in given and Field.FIRST_NAME not in given:
        other = Field.FIRST_NAME
    else:
        return proposals
    return [
        replace(proposal, target=Target(field=other))
        if proposal.target.field is Field.FULL_NAME and fold(proposal.header) in ("name", "naam")
        else proposal
        for proposal in proposals
    ]


def _without_rivals(proposals: list[Proposal], columns: Sequence[Sequence[str]]) -> list[Proposal]:
    """Of several columns for one field the likeliest keeps it; the others become custom fields."""
    ranks = [_rank(proposal, values) for proposal, values in zip(proposals, columns, strict=True)]
    best: dict[Field, int] = {}
    for place, proposal in enumerate(proposals):
        field = proposal.target.field
        if field and (field not in best or ranks[place] > ranks[best[field]]):
            best[field] = place
    return [
        proposal if not proposal.target.field or best[proposal.target.field] == place else _set_aside(proposal)
        for place, proposal in enumerate(proposals)
    ]


def _rank(proposal: Proposal, values: Sequence[str]) -> tuple[float, bool, float]:
    filled = sum(1 for value in values if value.strip()) / max(len(values), 1)
    is_sure = proposal.confidence >= _UNTOLD
    is_mobile = filled >= 0.2 and any(word in fold(proposal.header) for word in _MOBILE)
    return is_sure and filled > 0, is_mobile, proposal.confidence + filled


def _set_aside(proposal: Proposal) -> Proposal:
    if proposal.target.field in (Field.TAGS, Field.NOTES):
        return proposal
    target = _untold(proposal.header, bool(proposal.samples))
    return replace(proposal, target=target, confidence=_UNTOLD, reason=Reason.NOTHING)


def _with_distinct_slugs(proposals: list[Proposal]) -> list[Proposal]:
    """Names the custom fields after their headers; those beyond what a lead can have are ignored."""
    taken: set[str] = set()
    named = []
    for number, proposal in enumerate(proposals, start=1):
        if proposal.target is _KEPT:
            slug = _distinct(slug_of(proposal.header, number), taken)
            target = Target(custom=slug) if len(taken) < MOST_CUSTOM else IGNORED
            taken.add(slug)
            proposal = replace(proposal, target=target)
        named.append(proposal)
    return named


def _distinct(slug: str, taken: set[str]) -> str:
    count = 2
    tried = slug
    while tried in taken:
        tried = f"{slug[:46]}_{count}"
        count += 1
    return tried
