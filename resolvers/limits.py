"""Limits of a document's shape: its depth and its aliases. A fragment is measured once, however often it is spread."""

from collections.abc import Iterator
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

DEEPEST = 15
MOST_ALIASES = 100


class Measure(NamedTuple):
    depth: int
    aliases: int


def find_excess(document: DocumentNode) -> list[GraphQLError]:
    """What goes too far in a document that is valid otherwise: its fragments exist and form no circle."""
    ruler = _Ruler({node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)})
    operations = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return [error for node in operations for error in _errors(ruler.measure(node.selection_set))]


def _errors(found: Measure) -> Iterator[GraphQLError]:
    if found.depth > DEEPEST:
        yield GraphQLError(f"This goes {found.depth} levels deep; an operation may go {DEEPEST} deep.")
    if found.aliases > MOST_ALIASES:
        yield GraphQLError(f"This has {found.aliases} aliases; an operation may have {MOST_ALIASES}.")


class _Ruler:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._measured: dict[str, Measure] = {}

    def measure(self, selections: SelectionSetNode | None) -> Measure:
        depth = aliases = 0
        for node in selections.selections if selections else ():
            found = self._spread(node.name.value) if isinstance(node, FragmentSpreadNode) else self._inline(node)
            depth, aliases = max(depth, found.depth), aliases + found.aliases
        return Measure(depth, aliases)

    def _inline(self, node: object) -> Measure:
        below = self.measure(getattr(node, "selection_set", None))
        if not isinstance(node, FieldNode):
            return below
        if node.name.value.startswith("__"):  # introspection has a limit of its own among the validation rules
            return Measure(0, bool(node.alias))
        return Measure(below.depth + 1, below.aliases + bool(node.alias))

    def _spread(self, name: str) -> Measure:
        if name not in self._measured:
            self._measured[name] = self.measure(self._fragments[name].selection_set)
        return self._measured[name]
