"""Rows reached through a table between: joined where an index of that table has them in the order asked for."""

from dataclasses import dataclass

from db.entity import Column, Entity, Link, Many
from db.filters import Structure
from db.pages import Order, Page


@dataclass(frozen=True, slots=True)
class Joined:
    """A link that a page is read by: what joins it, and the filter that is left, in which `on` stands for its term."""

    link: Link
    on: str
    that: str
    filter: Structure | None

    @property
    def sql(self) -> str:
        return self.link.joined(_alias(self.that), self.on)

    def key(self, column: Column) -> str:
        """Where a column of the order stands: in the link, because its index has it in order."""
        carried = dict(self.link.carries).get(column.name)
        return f"{_alias(self.that)}.{carried}" if carried else column.sort_key(self.that)


def join(entity: Entity, relation: Many | None, page: Page, this: str, that: str) -> Joined | None:
    """The link that a page of `that` is read by, where there is one whose index gives its order."""
    if relation and relation.link:
        if not _gives(relation.link, page.order):
            return None
        on = relation.on.format(link=_alias(that), this=this, that=that)
        return Joined(relation.link, on, that, page.filter)
    terms = page.filter or ()
    for place, term in enumerate(terms):
        for linked in entity.linked:
            if term == ("and", ("is", linked.name, "eq")) and _gives(linked.link, page.order):
                left = (*terms[:place], ("on", _alias(that), linked.name), *terms[place + 1 :])
                return Joined(linked.link, linked.on.format(link=_alias(that), this=that), that, left)
    return None


def _alias(that: str) -> str:
    return f"{that}_link"


def _gives(link: Link, order: Order) -> bool:
    """Whether its copies are the order, in one direction throughout."""
    return [name for name, _ in order] == [name for name, _ in link.carries] and len({way for _, way in order}) == 1
