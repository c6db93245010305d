"""Kinship: which types of a schema may stand in the place of which others."""

from collections.abc import Sequence

from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLUnionType,
)


class Kinship:
    """Knows the interfaces and unions of one schema, and what belongs to them."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._wider: dict[str, tuple[GraphQLNamedType, ...]] = {}
        self._abstract = [
            each
            for each in schema.type_map.values()
            if isinstance(each, GraphQLInterfaceType | GraphQLUnionType)
        ]

    def members(self, wide: GraphQLNamedType) -> Sequence[GraphQLNamedType]:
        """Return what may stand in the place of an interface or a union."""
        if isinstance(wide, GraphQLInterfaceType | GraphQLUnionType):
            return self._schema.get_possible_types(wide)
        return ()

    def wider(self, narrow: GraphQLNamedType) -> Sequence[GraphQLNamedType]:
        """Return the interfaces and unions in whose place a type may stand."""
        known = self._wider.get(narrow.name)
        if known is None:
            known = tuple(
                each
                for each in self._abstract
                if self._schema.is_sub_type(each, narrow)
            )
            self._wider[narrow.name] = known
        return known
