"""Rules: which policy an operation has. Fields grant; everything else only tightens."""

import graphql
import pytest
import strawberry
from strawberry.permission import BasePermission

from hardening.core import InvalidSetting
from hardening.graphql_cache import Policy, Rules
from hardening.graphql_cache.analysis import analyse
from hardening.graphql_cache.directive import Cached
from hardening.graphql_cache.documents import Documents

PUBLIC, SEARCH = Policy.PUBLIC, Policy.SEARCH
USER_DATA, NO_CACHE = Policy.USER_DATA, Policy.NO_CACHE


class Members(BasePermission):
    """Asks who is calling."""

    message = "members only"

    def has_permission(self, source, info, **kwargs):  # noqa: ARG002 - theirs
        """Let everybody in."""
        return True


@strawberry.interface
class Item:
    """Anything in a feed."""

    id: int


@strawberry.type
class Article(Item):
    """An article, in which one field depends on the reader."""

    title: str = "title"

    @strawberry.field
    def liked(self) -> bool:
        """Tell whether the reader likes it."""
        return True


@strawberry.type(directives=[Cached(policy=Policy.USER_DATA)])
class Account(Item):
    """What belongs to one user."""

    email: str = "email"


@strawberry.type
class Advert(Item):
    """What nobody has stated a policy for."""

    text: str = "buy"


@strawberry.type
class Query:
    """The fields on top."""

    @strawberry.field(directives=[Cached(policy=Policy.PUBLIC)])
    def stated(self) -> list[Article]:
        """Return what the schema says is public."""
        return []

    @strawberry.field
    def feed(self) -> list[Article]:
        """Return what the rules say is public."""
        return []

    @strawberry.field
    def account(self) -> Account | None:
        """Return what its type says is a user's."""
        return None

    @strawberry.field
    def mixed(self) -> list[Article | Account]:
        """Return what may be either."""
        return []

    @strawberry.field
    def mixed_unknown(self) -> list[Article | Advert]:
        """Return what may have no policy."""
        return []

    @strawberry.field
    def items(self) -> list[Item]:
        """Return anything."""
        return []

    @strawberry.field(
        permission_classes=[Members], directives=[Cached(policy=Policy.PUBLIC)]
    )
    def members(self) -> int:
        """Return what is public for members."""
        return 1

    @strawberry.field
    def unstated(self) -> int:
        """Return what nobody has thought about."""
        return 1

    @strawberry.field
    def search(self, text: str) -> list[Article]:
        """Search."""
        return [Article(id=1, title=text)]


@strawberry.type
class Mutation:
    """What changes something."""

    @strawberry.mutation
    def like(self) -> int:
        """Like it."""
        return 1


SCHEMA = strawberry.Schema(Query, Mutation, types=[Article, Account, Advert])
RULES = Rules(
    fields={
        "Query.feed": PUBLIC,
        "Query.search": SEARCH,
        "Article.liked": USER_DATA,
        "Mutation.like": PUBLIC,
    },
    types={"Article": PUBLIC},
    operations={"Strict": NO_CACHE, "GetAccount": PUBLIC},
)


def operations(text, rules=RULES):
    """Return the queries of a document."""
    document = graphql.parse(text)
    assert [] == graphql.validate(SCHEMA._schema, document)
    return analyse(SCHEMA._schema, document, rules)


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        (PUBLIC, "{ stated { title } }"),
        (PUBLIC, "{ feed { title } }"),
        (PUBLIC, "{ feed { title } __typename }"),
        (SEARCH, '{ feed { title } search(text: "a") { title } }'),
        (USER_DATA, "{ feed { title liked } }"),
        (USER_DATA, "{ account { email } }"),
        (USER_DATA, "{ mixed { ... on Article { title } } }"),
        (NO_CACHE, "{ mixedUnknown { ... on Article { title } } }"),
        (NO_CACHE, "{ items { id } }"),
        (USER_DATA, "{ members }"),
        (NO_CACHE, "{ unstated }"),
        (NO_CACHE, "{ feed { title } unstated }"),
        (NO_CACHE, "{ ...F } fragment F on Query { feed { title } unstated }"),
        (NO_CACHE, "{ feed { title } ... @include(if: false) { unstated } }"),
        (USER_DATA, "{ feed { ...F } } fragment F on Article { liked }"),
        (NO_CACHE, "{ __typename }"),
        (NO_CACHE, "{ feed { title } __schema { queryType { name } } }"),
        (NO_CACHE, "query Strict { feed { title } }"),
        (USER_DATA, "query GetAccount { account { email } }"),
    ],
)
def test_the_strictest_of_all_policies_wins(policy, text):
    """One field without a policy forbids it; a name that a client chose grants none."""
    (operation,) = operations(text).values()
    assert policy == operation.policy


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ({"fields": {"Item.id": NO_CACHE}}, "{ feed { id } }"),
        ({"fields": {"Item.id": NO_CACHE}}, "{ items { ... on Article { id } } }"),
        ({"fields": {"Item.id": NO_CACHE}}, "{ mixed { ... on Article { id } } }"),
        ({"fields": {"Article.id": NO_CACHE}}, "{ items { id } }"),
        ({"fields": {"Article.id": NO_CACHE}}, "{ mixed { ... on Item { id } } }"),
        ({"types": {"Item": NO_CACHE}}, "{ feed { title } }"),
        ({"types": {"Item": NO_CACHE}}, "{ mixed { ... on Article { title } } }"),
        ({"types": {"ArticleAdvert": NO_CACHE}}, "{ feed { title } }"),
        ({"types": {"ArticleAdvert": NO_CACHE}}, "{ items { id } }"),
    ],
)
def test_a_rule_of_an_interface_holds_for_its_types(rules, text):
    """Whichever a client names; a union's rule holds for its members, too."""
    tops = ("feed", "items", "mixed")
    granted = {f"Query.{top}": PUBLIC for top in tops}
    given = {**rules, "fields": granted | rules.get("fields", {})}
    (operation,) = operations(text, Rules(**given)).values()
    assert NO_CACHE == operation.policy


def test_a_rule_of_an_interface_grants_nothing():
    """What is public of some items is not stated of a new one."""
    (operation,) = operations(
        "{ unstated feed { id } }",
        Rules(fields={"Item.id": PUBLIC}, types={"Item": PUBLIC}),
    ).values()
    assert NO_CACHE == operation.policy


@pytest.mark.parametrize(
    "rules",
    [
        {"fields": {"Query.mixed_unknown": PUBLIC}},
        {"fields": {"Quarry.feed": PUBLIC}},
        {"fields": {"ArticleAdvert.id": PUBLIC}},
        {"types": {"article": USER_DATA}},
    ],
)
def test_a_rule_for_a_field_that_is_not_there_is_named(rules):
    """It would protect nothing; the schema's spelling counts, not Python's."""
    ((setting, policies),) = rules.items()
    (name,) = policies
    with pytest.raises(InvalidSetting, match=f"Rules.{setting} .*'{name}'"):
        Documents(SCHEMA, Rules(**rules), version="", texts_max=1)


def test_a_text_is_parsed_once_and_a_huge_one_each_time():
    """What is remembered is the same syntax tree."""
    documents = Documents(SCHEMA, RULES, version="", texts_max=2)
    short, huge = "{ feed { title } }", "{ feed { title } }" + " " * 16_384
    for text, same in ((short, True), (huge, False)):
        trees = [documents.parse(text, {}) for _ in range(2)]
        assert same is (trees[0] is trees[1])


def test_without_rules_nothing_is_cached_that_the_schema_does_not_state():
    """The default is to cache nothing."""
    (operation,) = operations("{ feed { title } }", Rules()).values()
    assert NO_CACHE == operation.policy


def test_mutations_have_no_policy():
    """Whatever the rules say of their fields."""
    assert {} == operations("mutation { like }")


def test_the_text_knows_no_layout():
    """Blanks and comments, and fragments that are not used, make no other query."""
    (one,) = operations("query Q { feed { title } }").values()
    found = operations("query Q {\n  # all\n  feed {title}\n} query R { unstated }")
    assert one.text == found["Q"].text


def test_the_text_holds_the_fragments_that_are_used():
    """Two queries that differ in a fragment alone are two queries."""
    texts = {
        operations(f"{{ feed {{ ...F }} }} fragment F on Article {{ {name} }}")[""].text
        for name in ("title", "id")
    }
    assert 2 == len(texts)


def test_the_types_are_those_whose_fields_are_selected():
    """An invalidation of one of them forgets the answer."""
    (operation,) = operations("{ mixed { ... on Article { title } } }").values()
    assert ("Article", "Item", "Query") == operation.types


def test_fragments_that_spread_one_another_take_no_time():
    """Twenty that spread the next one twice would be a million of visits."""
    spread = " ".join(
        f"fragment F{n} on Article {{ ...F{n + 1} ...F{n + 1} }}" for n in range(20)
    )
    text = f"{{ feed {{ ...F0 }} }} {spread} fragment F20 on Article {{ title }}"
    document = graphql.parse(text)
    (operation,) = analyse(SCHEMA._schema, document, RULES).values()
    assert PUBLIC == operation.policy


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fields", {"feed": PUBLIC}),
        ("types", {"Query.feed": PUBLIC}),
        ("operations", {"Get Feed": PUBLIC}),
        ("types", {"Article": "PUBLIC"}),
    ],
)
def test_a_wrong_rule_is_named(setting, value):
    """A rule that could never apply fails where it is made."""
    with pytest.raises(InvalidSetting, match=f"Rules.{setting}"):
        Rules(**{setting: value})
