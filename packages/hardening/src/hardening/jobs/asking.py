"""What is asked of the table `job_dlq`: SQL as values, the same sync and async."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from math import isfinite
from typing import Any, LiteralString

from hardening.core import require
from hardening.jobs.letter import (
    PAGE_MOST,
    Filter,
    Letter,
    LetterStatistics,
    LetterStatus,
    NewLetter,
    Page,
    Reason,
)
from hardening.jobs.question import Question, Row
from hardening.jobs.redact import storable

PUT: LiteralString = """
    SELECT job_dlq_put(
        %(source)s, %(job_id)s, %(failure)s, %(queue)s, %(task)s, %(args)s::jsonb,
        %(options)s::jsonb, %(payload)s, %(reason)s, %(error_class)s, %(error_text)s,
        %(attempts)s::integer, %(first_failed_at)s::timestamptz
    ) AS id
"""

# Every field of a `Filter`; one that is not given holds for all letters.
_MEANT: LiteralString = """
    (%(status)s::text IS NULL OR status = %(status)s)
    AND (%(source)s::text IS NULL OR source = %(source)s)
    AND (%(queue)s::text IS NULL OR queue = %(queue)s)
    AND (%(task)s::text IS NULL OR task = %(task)s)
    AND (%(reason)s::text IS NULL OR reason = %(reason)s)
    AND (%(error_class)s::text IS NULL OR error_class = %(error_class)s)
    AND (%(job_id)s::text IS NULL OR job_id = %(job_id)s)
    AND (%(failed_from)s::timestamptz IS NULL OR last_failed_at >= %(failed_from)s)
    AND (%(failed_before)s::timestamptz IS NULL OR last_failed_at < %(failed_before)s)
    AND (%(late)s::boolean IS NULL OR (late_success_at IS NOT NULL) = %(late)s)
    AND (
        %(text)s::text IS NULL OR task ILIKE %(text)s
        OR error_text ILIKE %(text)s OR args::text ILIKE %(text)s
    )
"""

_SEARCH: LiteralString = (
    "SELECT * FROM job_dlq WHERE "
    + _MEANT
    + """
    AND (%(before)s::bigint IS NULL OR id < %(before)s)
    ORDER BY id DESC LIMIT %(most)s
    """
)

_COUNT: LiteralString = "SELECT count(*) AS letters FROM job_dlq WHERE " + _MEANT

# A redrive of many walks upwards to where the letters ended when it began: what fails
# again comes back with a higher number, and is not sent round for ever.
_LAST: LiteralString = "SELECT coalesce(max(id), 0) AS id FROM job_dlq"
_NEXT: LiteralString = (
    "SELECT id FROM job_dlq WHERE "
    + _MEANT
    + " AND id > %(after)s AND id <= %(last)s ORDER BY id LIMIT 1"
)

_DISCARD: LiteralString = """
    UPDATE job_dlq SET status = 'discarded', settled_at = now()
    WHERE id = %(id)s AND status = 'waiting' RETURNING id
"""

# Deferring and settling are one statement: the letter and the job cannot disagree.
# Several redrivers skip what another one holds.
_REDRIVE_HERE: LiteralString = """
    WITH mine AS (
        SELECT * FROM job_dlq
        WHERE id = %(id)s AND status = 'waiting' AND source = 'procrastinate'
        FOR UPDATE SKIP LOCKED
    ), sent AS (
        SELECT mine.id, (procrastinate_defer_jobs_v1(ARRAY[ROW(
            mine.queue, mine.task, coalesce((mine.options->>'priority')::integer, 0),
            mine.options->>'lock', mine.options->>'queueing_lock', mine.args, NULL
        )::procrastinate_job_to_defer_v1]))[1] AS job_id
        FROM mine
    )
    UPDATE job_dlq AS letter
    SET status = 'redriven', settled_at = now(), redriven_job_id = sent.job_id::text
    FROM sent WHERE letter.id = sent.id
    RETURNING letter.redriven_job_id AS job_id
"""

_CLAIM: LiteralString = """
    UPDATE job_dlq SET status = 'redriving', settled_at = now()
    WHERE id = (
        SELECT id FROM job_dlq WHERE id = %(id)s AND status = 'waiting'
        FOR UPDATE SKIP LOCKED
    )
    RETURNING *
"""

# A letter that was released while its sender was slow waits, although its job is sent.
# One that somebody else settled meanwhile stays as they left it.
_SENT: LiteralString = """
    UPDATE job_dlq
    SET status = 'redriven', settled_at = now(), redriven_job_id = %(job_id)s
    WHERE id = %(id)s AND status IN ('redriving', 'waiting') RETURNING id
"""

_RELEASE: LiteralString = """
    UPDATE job_dlq SET status = 'waiting', settled_at = NULL
    WHERE status = 'redriving' AND (%(id)s::bigint IS NULL OR id = %(id)s)
        AND settled_at <= now() - make_interval(secs => %(older_than_s)s)
    RETURNING id
"""

_PURGE: LiteralString = """
    DELETE FROM job_dlq WHERE id IN (
        SELECT id FROM job_dlq
        WHERE (
            status IN ('redriven', 'discarded')
            AND settled_at < now() - make_interval(secs => %(older_than_s)s)
        ) OR (
            %(waiting)s AND status = 'waiting'
            AND last_failed_at < now() - make_interval(secs => %(older_than_s)s)
        )
        LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""

_TOP: LiteralString = """
    (SELECT coalesce(jsonb_object_agg(name, letters), '{}') FROM (
        SELECT {column} AS name, count(*) AS letters FROM waiting
        GROUP BY {column} ORDER BY letters DESC, name LIMIT 20
    ) AS most)
"""
_BY_REASON = _TOP.replace("{column}", "reason")
_BY_QUEUE = _TOP.replace("{column}", "queue")
_BY_TASK = _TOP.replace("{column}", "task")
_BY_ERROR = _TOP.replace("{column}", "error_class")

_STATISTICS: LiteralString = (
    """
    WITH waiting AS (SELECT * FROM job_dlq WHERE status = 'waiting'),
    all_of_them AS (
        SELECT status, count(*) AS letters,
            count(*) FILTER (WHERE last_failed_at > now() - interval '1 hour') AS young,
            count(*) FILTER (
                WHERE reason = 'stuck' AND last_failed_at > now() - interval '1 hour'
            ) AS young_stuck,
            count(*) FILTER (WHERE reason = 'stuck') AS stuck,
            count(late_success_at) AS late
        FROM job_dlq GROUP BY status
    )
    SELECT
        (SELECT coalesce(jsonb_object_agg(status, letters), '{}') FROM all_of_them)
            AS by_status,
    """
    + (_BY_REASON + " AS by_reason, " + _BY_QUEUE + " AS by_queue, ")
    + (_BY_TASK + " AS by_task, " + _BY_ERROR + " AS by_error,")
    + """
        (SELECT extract(epoch FROM now() - min(last_failed_at))::float8 FROM waiting)
            AS oldest_age_s,
        (SELECT extract(epoch FROM now() - max(last_failed_at))::float8 FROM waiting)
            AS newest_age_s,
        (SELECT coalesce(sum(young), 0)::bigint FROM all_of_them) AS put_last_hour,
        (SELECT coalesce(sum(young_stuck), 0)::bigint FROM all_of_them)
            AS stuck_last_hour,
        (SELECT coalesce(sum(late), 0)::bigint FROM all_of_them) AS late_successes,
        (SELECT coalesce(sum(stuck), 0)::bigint FROM all_of_them) AS stuck
    """
)

_NUL = r"\u0000"  # as JSON writes it
_COLUMNS = tuple(field.name for field in fields(Letter))


def put(letter: NewLetter) -> Question[int | None]:
    """Put a letter; the answer is its number, None when it was there already."""
    values = {field.name: getattr(letter, field.name) for field in fields(NewLetter)}
    values |= {"args": as_json(letter.args), "options": as_json(letter.options)}
    return Question(PUT, values, _first_id)


def get(letter_id: int) -> Question[Letter | None]:
    """Return one letter."""
    query: LiteralString = "SELECT * FROM job_dlq WHERE id = %(id)s"
    return Question(query, {"id": letter_id}, _first_letter)


def search(where: Filter, *, before: int | None, most: int) -> Question[Page]:
    """Return letters below a number, newest first."""
    require("most", most, f"from 1 to {PAGE_MOST}", holds=1 <= most <= PAGE_MOST)

    def read(rows: Sequence[Row]) -> Page:
        letters = tuple(map(_letter, rows))
        return Page(letters, letters[-1].id if len(letters) == most else None)

    return Question(_SEARCH, _meant(where) | {"before": before, "most": most}, read)


def count(where: Filter) -> Question[int]:
    """Return how many letters are meant."""
    return Question(_COUNT, _meant(where), lambda rows: int(rows[0]["letters"]))


def statistics() -> Question[LetterStatistics]:
    """Return all numbers at once, as they were at one instant."""
    return Question(_STATISTICS, {}, lambda rows: LetterStatistics(**rows[0]))


def last() -> Question[int]:
    """Return the highest number so far, 0 without letters."""
    return Question(_LAST, {}, lambda rows: int(rows[0]["id"]))


def following(where: Filter, *, after: int, until: int) -> Question[int | None]:
    """Return the number of the next letter that is meant."""
    values = _meant(where) | {"after": after, "last": until}
    return Question(_NEXT, values, _first_id)


def discard(letter_id: int) -> Question[bool]:
    """Give a waiting letter up."""
    return Question(_DISCARD, {"id": letter_id}, bool)


def redrive_here(letter_id: int) -> Question[str | None]:
    """Defer the job again and settle its letter, as one; None: it does not wait."""
    return Question(_REDRIVE_HERE, {"id": letter_id}, _job_id)


def claim(letter_id: int) -> Question[Letter | None]:
    """Take a waiting letter, to send its job to a broker."""
    return Question(_CLAIM, {"id": letter_id}, _first_letter)


def sent(letter_id: int, job_id: str) -> Question[bool]:
    """Settle a letter whose job was sent."""
    return Question(_SENT, {"id": letter_id, "job_id": job_id}, bool)


def release(letter_id: int | None, *, older_than_s: float) -> Question[int]:
    """Let letters wait again that were taken and never settled."""
    values = {"id": letter_id, "older_than_s": older_than_s}
    return Question(_RELEASE, values, len)


def purge(*, older_than_s: float, waiting: bool, batch: int) -> Question[int]:
    """Delete one batch of letters past their retention."""
    values = {"older_than_s": older_than_s, "waiting": waiting, "batch": batch}
    return Question(_PURGE, values, len)


def as_json(content: object) -> str:
    """
    Return JSON that `jsonb` takes, whatever the content is.

    `jsonb` knows no NUL, no half characters and no infinities; keys of JSON are text.
    What does not fit is replaced or described: the arguments of a letter are for
    people, and a sender that needs them exactly has the payload.
    """
    try:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, default=_shown)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        text = _NUL
    if _NUL not in text:
        return text
    try:
        return json.dumps(_storable(content), ensure_ascii=False)
    except RecursionError:
        return json.dumps({"unreadable": "nested too deeply"})


def _storable(content: object) -> object:
    """Return the content, with what `jsonb` does not know replaced."""
    match content:
        case str():
            return storable(content)
        case Mapping():
            pairs = content.items()
            return {storable(_shown(key)): _storable(part) for key, part in pairs}
        case list() | tuple():
            return [_storable(part) for part in content]
        case float() if not isfinite(content):
            return str(content)
        case int() | float() | None:
            return content
        case _:
            return storable(_shown(content))


def _shown(content: object) -> str:
    """Return anything as text, also what cannot be shown."""
    try:
        return content if isinstance(content, str) else repr(content)
    except Exception as failed:  # noqa: BLE001 - a __repr__ is anybody's code
        return f"({type(content).__name__}: {type(failed).__name__} when shown)"


def _meant(where: Filter) -> dict[str, Any]:
    """Return a filter's values for `_MEANT`."""
    values = {field.name: getattr(where, field.name) for field in fields(Filter)}
    if where.text is not None:
        values["text"] = f"%{_literal(where.text)}%"
    return values


def _literal(text: str) -> str:
    """Return text for LIKE in which nothing is a wildcard."""
    text = text.replace("\0", "").replace("\\", "\\\\")
    return text.replace("%", r"\%").replace("_", r"\_")


def _first_id(rows: Sequence[Row]) -> int | None:
    """Return the first row's number; None without one."""
    return rows[0]["id"] if rows else None


def _job_id(rows: Sequence[Row]) -> str | None:
    """Return the job that was made; None without one."""
    return str(rows[0]["job_id"]) if rows else None


def _first_letter(rows: Sequence[Row]) -> Letter | None:
    """Return the first row as a letter; None without one."""
    return _letter(rows[0]) if rows else None


def _letter(row: Row) -> Letter:
    """Return a row as a letter."""
    values = {name: row[name] for name in _COLUMNS}
    values["reason"] = Reason(row["reason"])
    values["status"] = LetterStatus(row["status"])
    return Letter(**values)
