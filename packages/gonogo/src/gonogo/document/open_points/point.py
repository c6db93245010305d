"""An open point: something that the document leaves open and a binding can settle."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is open; in the order in which it is asked."""

    CONNECTIONS = "connections"
    VALUES = "values"
    VARIANTS = "variants"
    PEOPLE = "people"
    METRICS = "metrics"
    WAITS = "waits"
    TRAFFIC = "traffic"
    STEPS = "steps"
    ROLLBACKS = "rollbacks"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoint:
    """
    One thing that is open.

    Attributes:
        line: Where it shows first.
        text: That line, as the document writes it.
        also: Other lines that the same answer settles.
        section: The section of the bindings that settles it.
        names: What is bound there, the best name first: a title may be ambiguous.
        subject: What it is about, in the document's words.
        question: What to ask, as one sentence.
        suggestion: An answer that the document or its surroundings suggest.
        choices: The only answers there are; none: whatever the forms allow.
    """

    kind: Kind
    line: int
    text: str
    section: str
    names: tuple[str, ...]
    subject: str
    question: str
    suggestion: str | None = None
    choices: tuple[str, ...] = ()
    also: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Return what tells it from every other point."""
        return self.section, self.names[-1]


FORMS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CONNECTIONS: (
        "DATABASE_URL                      the environment variable with its URL",
        "sqlite:///shop.db                 the URL itself, if it holds no password",
    ),
    Kind.VALUES: (
        "$APP_URL                          from this environment variable",
        "eu-1                              this text",
    ),
    Kind.VARIANTS: (
        "Heroku                            the label of the one that runs",
    ),
    Kind.PEOPLE: ("alok, priya                       who may answer for the role",),
    Kind.METRICS: (
        "$APP_URL/metrics $.errors         a URL, and the JSON path of the value",
        "select count(*) from job_dlq      a query",
        "shell: ./errors.sh                a script; its last line is the value",
        "same_as: Error rate               the series of another metric",
        "{shell: {run: ./e.sh}, unit: '%'} anything that a metric's binding can say",
    ),
    Kind.WAITS: ("24h                               90s, 5m, 24h, 2d, 1w, 1h30m",),
    Kind.TRAFFIC: (
        "flag: checkout 5 flags.json       flag, percentage, flag file",
        "shell: ./traffic.sh 5             a script",
        "{shell: {run: …, undo: …}}        with its undo: anything a step can say",
        "ask                               it stays a person's, and is asked no more",
    ),
    Kind.STEPS: (
        "shell: ./deploy.sh                a script",
        "select 1 from t                   a query",
        "migrate: 1.up.sql 1.down.sql      a migration, and what reverses it",
        "flag: checkout 5 flags.json       flag, percentage, flag file",
        "$APP_URL/health                   a URL that is asked",
        "{shell: {run: …, undo: …}}        with its undo: anything a step can say",
        "ask                               it stays a person's, and is asked no more",
    ),
    Kind.ROLLBACKS: (
        "shell: ./back.sh                  a script",
        "line 120                          the commands of the way back at that line",
        "covered                           the undos of its actions are all there is",
        "ask                               a person goes it",
        "{kill_flags: {…}}                 anything that a way back can say",
    ),
}
"""How an answer is written, for people: the form, and what it means."""
