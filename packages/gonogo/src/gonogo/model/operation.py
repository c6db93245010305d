"""
An operation: one thing to do, or to look at, in the world, as a value.

Operations name values (`$APP_URL`) and connections (`qc`); they never hold what these
stand for, so that no secret reaches a plan or a journal. The rim resolves the names.
`idempotent` says whether a repeat does no harm; after a crash only such an operation
is repeated without asking.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Literal

from gonogo.model.sample import MetricKind
from gonogo.model.tagged import Tagged

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """
    Run a script with bash.

    Attributes:
        run: The script. Values reach it as environment variables, never as text.
        session: Blocks of one session share folder and environment, in order.
        deadline: After it the whole process group is ended.
    """

    run: str
    session: str | None = None
    deadline: timedelta = 10 * MINUTE
    idempotent: bool = False
    kind: Literal["shell"] = "shell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """Run statements over a named connection, in one transaction; report the rows."""

    query: str
    connection: str
    deadline: timedelta = MINUTE
    idempotent: bool = False
    kind: Literal["sql"] = "sql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrate:
    """
    Run a migration script over a named connection; its undo is the down script.

    Attributes:
        up: Path of the script, beside the document.
        down: Path of the script that reverses it; None when there is no way back.
    """

    up: str
    connection: str
    down: str | None = None
    deadline: timedelta = 10 * MINUTE
    idempotent: bool = False
    kind: Literal["migrate"] = "migrate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """
    Send one request.

    Attributes:
        json: JSON path (RFC 9535) of the one value wanted from the answer.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    json: str | None = None
    deadline: timedelta = timedelta(seconds=10)
    idempotent: bool = False
    kind: Literal["http"] = "http"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFlag:
    """Set the exposure of a flag, in percent, in a flag file of flagd's form."""

    file: str
    flag: str
    percentage: float
    deadline: timedelta = MINUTE
    idempotent: bool = True
    kind: Literal["set_flag"] = "set_flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreFlag:
    """Put a flag's definition back as it was recorded (JSON; None: it was absent)."""

    file: str
    flag: str
    definition: str | None
    deadline: timedelta = MINUTE
    idempotent: bool = True
    kind: Literal["restore_flag"] = "restore_flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class KillFlags:
    """Turn flags off at once, for every key."""

    file: str
    flags: tuple[str, ...]
    deadline: timedelta = MINUTE
    idempotent: bool = True
    kind: Literal["kill_flags"] = "kill_flags"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFlag:
    """Look up the exposure of a flag, in percent."""

    file: str
    flag: str
    deadline: timedelta = MINUTE
    idempotent: bool = True
    kind: Literal["read_flag"] = "read_flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What one arm is asked for, in the language of its source.

    Attributes:
        events: The events counted, the buckets of a quantile, or the level of a gauge.
        exposure: What the events happened among; None where time alone is counted.
    """

    events: str
    exposure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """
    Ask a source what its arms gave since the last look; the answer is a `Sample`.

    Attributes:
        source: A name of `Plan.sources`.
        metric_kind: What the answer is made into.
        control: None where nothing without the change can be asked.
        instances: So many give a count per time, where `exposure` does not say.
        quantile: Which one to show, of a quantile.
    """

    source: str
    metric_kind: MetricKind
    canary: Asked
    control: Asked | None = None
    instances: int = 1
    quantile: float = 0.99
    deadline: timedelta = timedelta(seconds=10)
    idempotent: bool = True
    kind: Literal["query"] = "query"


Operation = Annotated[
    Shell | Sql | Migrate | Http | SetFlag | RestoreFlag | KillFlags | ReadFlag | Query,
    Tagged("kind"),
]
