"""Parsed and validated documents, kept by their text, with the plans made for them."""

from collections.abc import Set
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    get_operation_ast,
    parse,
    validate,
    visit,
)

from resolvers.limits import find_excess
from resolvers.plans import Plan

_MOST_DOCUMENTS = 1000
_MOST_TOKENS = 4000
_MOST_PLANS = 100


@dataclass(slots=True)
class Document:
    """`shaping` are the variables that decide which fields are asked for, and so belong to a plan's key."""

    node: DocumentNode
    shaping: tuple[str, ...]
    plans: dict[tuple[object, ...], Plan] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        return get_operation_ast(self.node, name)

    def keep(self, key: tuple[object, ...], plan: Plan) -> Plan:
        if len(self.plans) >= _MOST_PLANS:
            self.plans.pop(next(iter(self.plans)))
        self.plans[key] = plan
        return plan


class Documents:
    """Bounded, keyed by text. A text that fails is not kept: an attacker could fill the cache with them."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._kept: dict[str, Document] = {}

    def get(self, text: str) -> Document | list[GraphQLError]:
        found = self._kept.get(text)
        if found is not None:
            return found
        read = self._read(text)
        if isinstance(read, Document):
            if len(self._kept) >= _MOST_DOCUMENTS:
                self._kept.pop(next(iter(self._kept)))
            self._kept[text] = read
        return read

    def _read(self, text: str) -> Document | list[GraphQLError]:
        try:
            node = parse(text, max_lexical_tokens=_MOST_TOKENS)
        except GraphQLError as error:
            return [error]
        errors = validate(self._schema, node) or find_excess(node)
        return errors or Document(node, _shaping_variables(node))


def _shaping_variables(node: DocumentNode) -> tuple[str, ...]:
    found: set[str] = set()

    class Conditions(Visitor):
        def enter_directive(self, directive: object, *_: object) -> None:
            for argument in getattr(directive, "arguments", None) or ():
                if isinstance(argument.value, VariableNode):
                    found.add(argument.value.name.value)

    visit(node, Conditions())
    return tuple(sorted(found))


def is_public(operation: OperationDefinitionNode) -> bool:
    """True where only the schema itself is asked for, which anyone may read."""
    return operation.operation is OperationType.QUERY and all(name.startswith("__") for name in _root_names(operation))


def asks_only(operation: OperationDefinitionNode, names: Set[str]) -> bool:
    """True where nothing but these root fields is asked for, and no fragment could hide another."""
    return names >= set(_root_names(operation))


def _root_names(operation: OperationDefinitionNode) -> list[str]:
    """As they stand there; a fragment stands for what no field is called."""
    selections = operation.selection_set.selections
    return [item.name.value if isinstance(item, FieldNode) else "…" for item in selections]
