"""What the counters need in the database."""

from collections.abc import Sequence

from hardening.core import require
from hardening.core.migration import Migration, read_migrations

_FUNCTION = "hardening_count"
_GENERAL = ("001", "002")


def migrations() -> tuple[Migration, ...]:
    """Return the table of `Counters`, and its function."""
    return tuple(step for step in _all() if step.name.startswith(_GENERAL))


def user_behavior_migrations() -> tuple[Migration, ...]:
    """
    Return the table of `UserBehaviors` (023) and its function (024).

    A service that has the table leaves the first out. The second grants the function
    to the roles `authenticated` and `service_role`, which have to exist.
    """
    return tuple(step for step in _all() if not step.name.startswith(_GENERAL))


def grants(roles: Sequence[str], *, table: str = "hardening_counters") -> Migration:
    """
    Return the migration that lets some roles count, and nobody else.

    They need the table's rights, too, because the function runs with the caller's own.

    Args:
        roles: Existing ones, one or more.
        table: Where the counters are.
    """
    from psycopg import sql  # noqa: PLC0415 - the driver is loaded by its first use

    require("roles", list(roles), "one role or more", holds=bool(roles))
    names = {
        "roles": sql.SQL(", ").join(map(sql.Identifier, roles)),
        "table": sql.Identifier(*table.split(".")),
        "function": sql.Identifier(*table.split(".")[:-1], _FUNCTION),
    }
    given = sql.SQL(
        "grant select, insert, update on {table} to {roles};\n"
        "grant execute on function {function} to {roles};\n"
    )
    taken = sql.SQL(
        "revoke all on function {function} from {roles};\n"
        "revoke select, insert, update on {table} from {roles};\n"
    )
    return Migration(
        "003_count_grants",
        given.format(**names).as_string(None),
        taken.format(**names).as_string(None),
    )


def _all() -> tuple[Migration, ...]:
    return read_migrations("hardening.counters")
