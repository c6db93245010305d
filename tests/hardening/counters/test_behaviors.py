"""`atomic_update_user_behavior`, checked as the founding plan's checklist checks it."""

import psycopg
import pytest

from hardening.counters import (
    CounterNotInstalled,
    InvalidCount,
    UserBehaviors,
    migrations,
    user_behavior_migrations,
)
from hardening.testing.updates import lose_updates

ORGANIZATION = "00000000-0000-0000-0000-000000000001"
ACTION = {
    "severity": "medium",
    "toxicity_score": 0.75,
    "comment_id": "test_comment",
    "action_tags": ["warning"],
}
USER = (ORGANIZATION, "twitter", "test_migration_024")


def test_the_function_has_the_shape_that_the_plan_asks_for(connect):
    """Five arguments, and a document back."""
    found = connect().execute(
        "select proname, pronargs, prorettype::regtype::text from pg_proc "
        "where proname = 'atomic_update_user_behavior'"
    )
    assert [("atomic_update_user_behavior", 5, "jsonb")] == found.fetchall()


def test_the_two_roles_of_the_plan_may_call_it_and_the_public_may_not(connect):
    """Besides the function's owner, who always may."""
    connection = connect()
    found = connection.execute(
        "select grantee, privilege_type from information_schema.routine_privileges "
        "where routine_name = 'atomic_update_user_behavior' "
        "and grantee <> current_user order by grantee"
    )
    expected = [("authenticated", "EXECUTE"), ("service_role", "EXECUTE")]
    assert expected == found.fetchall()


def test_a_manual_call_answers_with_the_four_facts(connect):
    """The plan's manual test, word for word."""
    found = connect().execute(
        """
        SELECT atomic_update_user_behavior(
          '00000000-0000-0000-0000-000000000001'::uuid,
          'twitter',
          'test_migration_024',
          'testuser_migration',
          '{"severity": "medium", "toxicity_score": 0.75,
            "comment_id": "test_comment", "action_tags": ["warning"]}'::jsonb
        );
        """
    )
    answer = found.fetchone()[0]
    assert "test_migration_024" == answer["user_id"]
    assert 1 == answer["total_violations"]
    assert {"medium": 1} == answer["severity_counts"]
    assert answer["last_violation_at"].startswith("20")


def test_five_actions_at_once_are_five(connect):
    """The plan's test of concurrent actions; also with the same comment."""
    behaviors, connections = UserBehaviors(), [connect() for _ in range(5)]

    def act(worker):
        behaviors.update(connections[worker], *USER, ACTION)

    def total():
        found = connections[0].execute(
            "select sum(total_violations) from user_behaviors"
        )
        return found.fetchone()[0] or 0

    losses = lose_updates(act, total, workers=5, rounds=1)
    assert (5, 0) == (losses.counted, losses.lost)


def test_severities_are_counted_apart(connect):
    """The total is the sum of the severities."""
    behaviors, connection = UserBehaviors(), connect()
    for severity in ("low", "medium", "medium", "high", "critical"):
        behavior = behaviors.update(connection, *USER, {"severity": severity})
    expected = {"low": 1, "medium": 2, "high": 1, "critical": 1}
    assert (5, expected) == (behavior.total_violations, behavior.severity_counts)


def test_a_repeat_with_an_action_id_is_counted_once(connect):
    """A service that may call twice names the action."""
    behaviors, connection = UserBehaviors(), connect()
    action = ACTION | {"action_id": "a1"}
    first, again = (behaviors.update(connection, *USER, action) for _ in range(2))
    assert (False, True) == (first.repeated, again.repeated)
    assert 1 == again.total_violations


def test_the_last_hundred_actions_are_kept(connect):
    """The row of a busy offender stays small."""
    behaviors, connection = UserBehaviors(), connect()
    for number in range(102):
        behaviors.update(connection, *USER, ACTION | {"number": number})
    found = connection.execute("select actions_taken from user_behaviors").fetchone()[0]
    assert list(range(2, 102)) == [action["number"] for action in found]


def test_a_name_that_is_not_given_leaves_the_known_one(connect):
    """The shown name follows the platform's, when it is known."""
    behaviors, connection = UserBehaviors(), connect()
    behaviors.update(connection, *USER, ACTION, username="old")
    behaviors.update(connection, *USER, ACTION, username="new")
    behaviors.update(connection, *USER, ACTION)
    found = connection.execute("select platform_username from user_behaviors")
    assert ("new",) == found.fetchone()


@pytest.mark.parametrize(
    ("user", "action"),
    [
        (USER, {}),
        (USER, {"severity": "extreme"}),
        (USER, {"severity": None}),
        (USER, ACTION | {"text": "x" * 10_001}),
        (("no-uuid", "twitter", "u1"), ACTION),
    ],
)
def test_an_action_that_cannot_be_counted_is_refused(connect, user, action):
    """Bad input is typed, and counts nothing."""
    connection = connect()
    with pytest.raises(InvalidCount):
        UserBehaviors().update(connection, *user, action)
    found = connection.execute("select count(*) from user_behaviors")
    assert (0,) == found.fetchone()


def test_the_function_gives_its_callers_no_rights_of_its_own(connect):
    """A role that may call it, and not write the table, writes nothing."""
    connection = connect()
    connection.execute("set role authenticated")
    with pytest.raises(CounterNotInstalled, match="permission denied for table"):
        UserBehaviors().update(connection, *USER, ACTION)


def test_the_switch_turned_off_leaves_the_old_way(connect):
    """Off counts nothing, and the caller can tell."""
    behaviors = UserBehaviors(switch=lambda: False)
    assert behaviors.update(connect(), *USER, ACTION) is None


def objects(connection):
    """Return the functions and tables that are there."""
    functions = connection.execute(
        "select proname from pg_proc where proname ~ '^(hardening_|atomic_)' order by 1"
    ).fetchall()
    tables = connection.execute(
        "select relname from pg_class where relkind = 'r' "
        "and relname in ('hardening_counters', 'user_behaviors') order by 1"
    ).fetchall()
    return functions + tables


def test_every_migration_can_be_undone_and_applied_again(database_url, connect):
    """Each step is idempotent, and the way back leaves nothing."""
    connect()  # makes the roles that the grants name
    steps = (*migrations(), *user_behavior_migrations())
    assert ["001", "002", "023", "024"] == [step.name[:3] for step in steps]
    with psycopg.connect(database_url, autocommit=True) as connection:

        def run(texts):
            for text in texts:
                with connection.transaction():
                    connection.execute(text)

        run(step.apply for step in steps)
        there = objects(connection)
        run(step.apply for step in steps)
        assert there == objects(connection)
        for _ in range(2):
            run(step.undo for step in reversed(steps))
            assert [] == objects(connection)
        run(step.apply for step in steps)
        assert there == objects(connection)
        assert 7 == len(there)


NOTHING_YET = """
insert into user_behaviors (organization_id, platform, platform_user_id,
  total_violations, severity_counts, actions_taken)
values (%s, %s, %s, {total}, {counts}, {actions})
"""


@pytest.fixture
def own_table(connect):
    """Give a connection to a table as a service may have it: with NULL in its columns."""
    connection = connect(autocommit=False)
    connection.execute(
        "alter table user_behaviors alter total_violations drop not null, "
        "alter severity_counts drop not null, alter actions_taken drop not null"
    )
    yield connection
    connection.rollback()


@pytest.mark.parametrize(
    "nothing",
    [
        {"total": "3", "counts": "'{}'", "actions": "null"},
        {"total": "3", "counts": "'null'", "actions": "'null'"},
        {"total": "3", "counts": "null", "actions": "'[]'"},
    ],
    ids=["no actions", "null of JSON", "no counts"],
)
def test_a_users_first_action_is_counted_where_the_table_holds_nothing(
    own_table, nothing
):
    """NULL is no action that is known: it is counted, and its repeat is not."""
    own_table.execute(NOTHING_YET.format(**nothing), USER)
    action = ACTION | {"action_id": "a1"}
    answers = [UserBehaviors().update(own_table, *USER, action) for _ in range(2)]
    assert [False, True] == [each.repeated for each in answers]
    assert [4, 4] == [each.total_violations for each in answers]
    assert {"medium": 1} == dict(answers[1].severity_counts)


def test_a_user_without_a_total_starts_at_one(own_table):
    """NULL is none."""
    nothing = {"total": "null", "counts": "null", "actions": "null"}
    own_table.execute(NOTHING_YET.format(**nothing), USER)
    assert 1 == UserBehaviors().update(own_table, *USER, ACTION).total_violations
