"""Queries that a model wrote: what is not allowed is refused, with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.prompts import (
    Column,
    Condition,
    ForbiddenQuery,
    Operator,
    Order,
    Query,
    QueryShape,
    ValueType,
)

SHAPE = QueryShape(
    columns={
        "status": Column(
            operators=frozenset({Operator.EQ, Operator.IN}),
            values=frozenset({"pending", "completed"}),
        ),
        "name": Column(operators=frozenset({Operator.CONTAINS, Operator.IS_NULL})),
        "score": Column(
            ValueType.INTEGER, frozenset({Operator.LT, Operator.GE}), sortable=True
        ),
        "ratio": Column(ValueType.NUMBER, frozenset({Operator.GT})),
        "active": Column(ValueType.BOOLEAN),
    },
    conditions_max=3,
    limit_max=50,
)


def where(column, operator, value):
    """Return a query of one comparison."""
    return {"where": [{"column": column, "operator": operator, "value": value}]}


SETTINGS = {
    "Column.type": lambda: Column("text"),
    "Column.operators": lambda: Column(operators="eq"),
    "Column.operators (a list)": lambda: Column(operators=[Operator.EQ]),
    "Column.values": lambda: Column(values="pending"),
    "Column.values (of another type)": lambda: Column(
        ValueType.INTEGER, values=frozenset({"1"})
    ),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_wrong_column_fails_where_it_is_made(setting):
    """A text in place of a set would let each of its letters through."""
    field = setting.split(" (", maxsplit=1)[0]
    with pytest.raises(InvalidSetting, match=field):
        SETTINGS[setting]()


def test_an_allowed_query_is_returned_as_values():
    """Nothing of the model's text is left but values of known types."""
    document = where("status", "in", ["pending", "completed"]) | {
        "order_by": [{"column": "score", "descending": True}],
        "limit": 50,
    }
    condition = Condition("status", Operator.IN, ("pending", "completed"))
    expected = Query((condition,), (Order("score", descending=True),), 50)
    assert expected == SHAPE.check(document)


def test_a_query_without_parts_is_everything_up_to_the_limit():
    """The limit holds where none is named."""
    assert Query((), (), 50) == SHAPE.check({})


@pytest.mark.parametrize(
    ("column", "operator", "value"),
    [
        ("status", "eq", "pending"),
        ("name", "contains", "x" * 500),
        ("name", "is_null", True),
        ("score", "lt", 2**63 - 1),
        ("score", "ge", -(2**63)),
        ("ratio", "gt", 0.5),
        ("ratio", "gt", 1),
        ("active", "eq", False),
    ],
)
def test_allowed_comparisons_pass(column, operator, value):
    """The limits belong to what is allowed."""
    [condition] = SHAPE.check(where(column, operator, value)).where
    assert Condition(column, Operator(operator), value) == condition


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ([], "query"),
        ("select 1", "query"),
        (None, "query"),
        ({"sql": "drop table contacts"}, "query"),
        ({"where": {}}, "where"),
        ({"where": [{}] * 4}, "where"),
        ({"where": ["1=1"]}, "where[0]"),
        ({"where": [{"column": "status", "or": []}]}, "where[0]"),
        (where("password", "eq", "x"), "where[0].column"),
        (where("status; --", "eq", "x"), "where[0].column"),
        (where(["status"], "eq", "x"), "where[0].column"),
        (where("status", "ne", "pending"), "where[0].operator"),
        (where("status", "= 1 or", "x"), "where[0].operator"),
        (where("status", ["eq"], "x"), "where[0].operator"),
        (where("status", "eq", "deleted"), "where[0].value"),
        (where("status", "eq", ["pending"]), "where[0].value"),
        (where("status", "in", "pending"), "where[0].value"),
        (where("status", "in", []), "where[0].value"),
        (where("status", "in", ["pending"] * 101), "where[0].value"),
        (where("status", "in", ["pending", 1]), "where[0].value[1]"),
        (where("name", "contains", "x" * 501), "where[0].value"),
        (where("name", "contains", "a\0b"), "where[0].value"),
        (where("name", "contains", "\ud800"), "where[0].value"),
        (where("name", "contains", None), "where[0].value"),
        (where("name", "is_null", "yes"), "where[0].value"),
        (where("score", "lt", 2**63), "where[0].value"),
        (where("score", "lt", value=True), "where[0].value"),
        (where("score", "lt", 1.5), "where[0].value"),
        (where("score", "lt", "1"), "where[0].value"),
        (where("ratio", "gt", float("nan")), "where[0].value"),
        (where("ratio", "gt", float("inf")), "where[0].value"),
        (where("active", "eq", 1), "where[0].value"),
        ({"order_by": [{"column": "status"}]}, "order_by[0].column"),
        ({"order_by": [{"column": "nope"}]}, "order_by[0].column"),
        (
            {"order_by": [{"column": "score", "descending": 1}]},
            "order_by[0].descending",
        ),
        ({"order_by": [{"column": "score"}] * 6}, "order_by"),
        ({"limit": 0}, "limit"),
        ({"limit": 51}, "limit"),
        ({"limit": True}, "limit"),
        ({"limit": "10"}, "limit"),
        ({"limit": 10.0}, "limit"),
    ],
)
def test_everything_else_is_refused_by_its_place(document, path):
    """Also what is only unknown; the model can be told and asked again."""
    with pytest.raises(ForbiddenQuery) as caught:
        SHAPE.check(document)
    assert path == caught.value.path


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["status", "score", "eq", "lt", "pending"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["where", "order_by", "limit", "column", "operator", "value"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_document_is_a_failure(document):
    """Whatever a model writes is an allowed query or a refusal."""
    try:
        query = SHAPE.check(document)
    except ForbiddenQuery:
        return
    assert 1 <= query.limit <= 50
    assert {condition.column for condition in query.where} <= set(SHAPE.columns)


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("columns", {"columns": {}}),
        ("conditions_max", {"conditions_max": 0}),
        ("limit_max", {"limit_max": 0}),
    ],
)
def test_a_wrong_setting_is_said_with_its_name(field, settings):
    """Wrong configuration fails where it is made."""
    with pytest.raises(InvalidSetting, match=rf"QueryShape\.{field}"):
        QueryShape(**({"columns": SHAPE.columns} | settings))
