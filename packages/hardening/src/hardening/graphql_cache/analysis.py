"""Analysis: what a document asks for, and what its operations' policies are."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    print_ast,
)

from hardening.graphql_cache.directive import stated
from hardening.graphql_cache.kinship import Kinship
from hardening.graphql_cache.policy import Policy, strictest
from hardening.graphql_cache.rules import Rules

_DEFINITION = "strawberry-definition"
_TYPENAME = "__typename"
_UNKNOWN = "__unknown"


@dataclass(frozen=True, slots=True)
class Operation:
    """
    One operation of a document.

    Attributes:
        name: Empty for one without.
        policy: Before the request is asked.
        text: Itself and its fragments, in one layout, without comments.
        variables: The names that it declares.
        types: The names of the types whose fields it selects, and of their interfaces.
    """

    name: str
    policy: Policy
    text: str
    variables: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Selected:
    """A field that is selected: where, which, and whether on top."""

    parent: GraphQLNamedType
    name: str
    top: bool


def analyse(
    schema: GraphQLSchema, document: DocumentNode, rules: Rules
) -> Mapping[str, Operation]:
    """
    Return the queries of a document that is valid for the schema, by name.

    Mutations and subscriptions are left out: there is no policy for them.
    """
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    kinship = Kinship(schema)
    return {
        _name(node): _operation(schema, kinship, node, fragments, rules)
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
        and node.operation is OperationType.QUERY
    }


def _operation(
    schema: GraphQLSchema,
    kinship: Kinship,
    node: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    rules: Rules,
) -> Operation:
    """Return one query, analysed."""
    walk = _Walk(schema, kinship, fragments)
    root = schema.query_type
    found = walk.under(root, node.selection_set) if root else ()
    selected = tuple(dict.fromkeys(found))
    used = [print_ast(fragments[name]) for name in sorted(walk.used)]
    return Operation(
        name=_name(node),
        policy=_policy(kinship, _name(node), selected, rules),
        text="\n".join([print_ast(node), *used]),
        variables=tuple(
            sorted(each.variable.name.value for each in node.variable_definitions or ())
        ),
        types=_types(selected),
    )


def _types(selected: Iterable[_Selected]) -> tuple[str, ...]:
    """Return the names of the types that fields are selected of: an Article is an Item."""
    parents = {each.parent.name: each.parent for each in selected}
    wider = (
        each.name
        for parent in parents.values()
        if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        for each in parent.interfaces
    )
    return tuple(sorted({*parents, *wider}))


def _name(node: OperationDefinitionNode) -> str:
    """Return an operation's name; empty for one without."""
    return node.name.value if node.name else ""


class _Walk:
    """Finds every field that an operation can select, through fragments and unions."""

    def __init__(
        self,
        schema: GraphQLSchema,
        kinship: Kinship,
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> None:
        self._schema = schema
        self._kinship = kinship
        self._fragments = fragments
        self.used: set[str] = set()
        self._walked: set[tuple[str, bool]] = set()

    def under(
        self, parent: GraphQLNamedType, chosen: SelectionSetNode, *, top: bool = True
    ) -> Iterator[_Selected]:
        """Yield the fields below a type; those that @skip may leave out, too."""
        for node in chosen.selections:
            match node:
                case FieldNode():
                    yield from self._field(parent, node, top=top)
                case InlineFragmentNode():
                    yield from self.under(
                        self._narrowed(parent, node), node.selection_set, top=top
                    )
                case FragmentSpreadNode():
                    yield from self._spread(parent, node.name.value, top=top)
                case _:
                    # A kind that has no rule here is nothing that may be cached.
                    yield _Selected(parent, _UNKNOWN, top)

    def _field(
        self, parent: GraphQLNamedType, node: FieldNode, *, top: bool
    ) -> Iterator[_Selected]:
        """Yield a field, for each type that may stand for the parent, and those below."""
        name = node.name.value
        for possible in (parent, *self._kinship.members(parent)):
            yield _Selected(possible, name, top)
        found = _field_of(parent, name)
        if found is not None and node.selection_set is not None:
            below = get_named_type(found.type)
            yield from self.under(below, node.selection_set, top=False)

    def _spread(
        self, parent: GraphQLNamedType, name: str, *, top: bool
    ) -> Iterator[_Selected]:
        """Yield the fields of a fragment, once on top and once below."""
        # Ten fragments that spread one another twice are a thousand otherwise.
        if (name, top) in self._walked:
            return
        self._walked.add((name, top))
        self.used.add(name)
        fragment = self._fragments[name]
        narrowed = self._narrowed(parent, fragment)
        yield from self.under(narrowed, fragment.selection_set, top=top)

    def _narrowed(
        self,
        parent: GraphQLNamedType,
        node: InlineFragmentNode | FragmentDefinitionNode,
    ) -> GraphQLNamedType:
        """Return the type on which a fragment stands."""
        condition = node.type_condition
        if condition is None:
            return parent
        return self._schema.type_map[condition.name.value]


def _field_of(parent: GraphQLNamedType, name: str) -> GraphQLField | None:
    """Return a type's field; None for `__typename` and the like."""
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        found: GraphQLField | None = parent.fields.get(name)
        return found
    return None


def _policy(
    kinship: Kinship, operation: str, selected: Iterable[_Selected], rules: Rules
) -> Policy:
    """Return the strictest of all policies that apply."""
    told = [each for each in selected if each.name != _TYPENAME]
    found = [policy for each in told for policy in _policies(kinship, each, rules)]
    if operation in rules.operations:
        found.append(rules.operations[operation])
    granted = any(each.top for each in told)
    return strictest(found) if granted else Policy.NO_CACHE


def _policies(kinship: Kinship, selected: _Selected, rules: Rules) -> Iterator[Policy]:
    """Yield what a selected field says; one on top that says nothing forbids."""
    found = _field_of(selected.parent, selected.name)
    if found is None:
        # Introspection; fields of a union's members are yielded beside it.
        yield Policy.NO_CACHE
        return
    returned = get_named_type(found.type)
    on_field = _of_field(selected.parent, selected.name, rules)
    on_type = _of_type(returned, rules)
    members = [_of_type(member, rules) for member in kinship.members(returned)]
    yield from (each for each in (on_field, on_type, *members) if each is not None)
    yield from _tightened(kinship, selected, returned, rules)
    granted = on_field is not None or on_type is not None
    if selected.top and not granted and (not members or None in members):
        yield Policy.NO_CACHE


def _tightened(
    kinship: Kinship, selected: _Selected, returned: GraphQLNamedType, rules: Rules
) -> Iterator[Policy]:
    """
    Yield what cannot grant: permissions, and the rules of interfaces and unions.

    A client may name the type in place of its interface: that must not loosen anything.
    """
    for each in (selected.parent, *kinship.wider(selected.parent)):
        on_field = _of_field(each, selected.name, rules)
        if on_field is not None:
            yield on_field
        if _checks_permission(_definition(_field_of(each, selected.name))):
            yield Policy.USER_DATA
    for each in (returned, *kinship.members(returned)):
        on_types = (_of_type(wide, rules) for wide in kinship.wider(each))
        yield from (policy for policy in on_types if policy is not None)


def _of_field(parent: GraphQLNamedType, name: str, rules: Rules) -> Policy | None:
    """Return the policy of a type's field, if it has one."""
    on_field = rules.fields.get(f"{parent.name}.{name}")
    if on_field is not None:
        return on_field
    return stated(_definition(_field_of(parent, name)))


def _of_type(returned: GraphQLNamedType, rules: Rules) -> Policy | None:
    """Return the policy of a type, if it has one."""
    on_type = rules.types.get(returned.name)
    return stated(_definition(returned)) if on_type is None else on_type


def _definition(of: GraphQLField | GraphQLNamedType | None) -> Any:  # noqa: ANN401 - strawberry's own
    """Return strawberry's definition of a field or a type; None for what has none."""
    return None if of is None else of.extensions.get(_DEFINITION)


def _checks_permission(definition: Any) -> bool:  # noqa: ANN401 - strawberry's own
    """Tell whether a field asks who is calling."""
    from strawberry.permission import PermissionExtension  # noqa: PLC0415

    if getattr(definition, "permission_classes", None):
        return True
    extensions = getattr(definition, "extensions", None) or ()
    return any(isinstance(each, PermissionExtension) for each in extensions)
