"""An import: how far it has come, and what becomes of each of its rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from domain.datasets import DuplicatePolicy


class ImportStatus(StrEnum):
    PENDING = "PENDING"
    READING = "READING"
    MAPPING = "MAPPING"
    REHEARSING = "REHEARSING"
    IMPORTING = "IMPORTING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


UNDER_WAY = (ImportStatus.READING, ImportStatus.REHEARSING, ImportStatus.IMPORTING)
ENDED = (ImportStatus.COMPLETED, ImportStatus.FAILED, ImportStatus.CANCELLED)


class RowOutcome(StrEnum):
    CREATED = "CREATED"
    MERGED = "MERGED"
    LINKED = "LINKED"
    REPEATED = "REPEATED"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"


BY_POLICY = {
    DuplicatePolicy.FLAG: RowOutcome.LINKED,
    DuplicatePolicy.SKIP: RowOutcome.SKIPPED,
    DuplicatePolicy.MERGE: RowOutcome.MERGED,
    DuplicatePolicy.KEEP_BOTH: RowOutcome.REPEATED,
}


class Addressed(Protocol):
    """Somebody who has addresses that at most one lead has."""

    @property
    def phone(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...


_SOMEBODY = UUID(int=1)
Person = TypeVar("Person", bound=Addressed)


@dataclass(frozen=True, slots=True)
class Matched(Generic[Person]):
    """Somebody of the file, and the lead who has one of their addresses already.

    `is_split` where their phone number is one lead's and their e-mail address another's: the number decides, and the
    address stays whose it is.
    """

    person: Person
    lead_id: UUID
    is_split: bool = False


@dataclass(slots=True)
class Known:
    """Whose addresses are whose."""

    by_phone: dict[str, UUID] = field(default_factory=dict)
    by_email: dict[str, UUID] = field(default_factory=dict)

    def match(self, person: Person) -> Matched[Person] | None:
        by_phone, by_email = self.by_phone.get(person.phone or ""), self.by_email.get(person.email or "")
        found = by_phone or by_email
        return Matched(person, found, by_email not in (None, found)) if found else None

    def learn(self, person: Addressed) -> None:
        """Somebody who would be there, whoever they would be."""
        if person.phone:
            self.by_phone.setdefault(person.phone, _SOMEBODY)
        if person.email:
            self.by_email.setdefault(person.email, _SOMEBODY)


def in_rounds(people: Iterable[Person]) -> list[list[Person]]:
    """People in as few rounds as it takes that no two of one round share an address; in their order within each.

    So a round can be matched and added at once, and whoever repeats somebody of the same file meets them as a lead.
    """
    rounds: list[list[Person]] = []
    last_of: dict[str, int] = {}
    for person in people:
        addresses = {address for address in (person.phone, person.email) if address}
        place = 1 + max((last_of.get(address, -1) for address in addresses), default=-1)
        if place == len(rounds):
            rounds.append([])
        rounds[place].append(person)
        last_of |= dict.fromkeys(addresses, place)
    return rounds


def count(outcomes: Sequence[RowOutcome]) -> dict[RowOutcome, int]:
    return {outcome: outcomes.count(outcome) for outcome in RowOutcome}
