"""What keeps a failed job on its way: redaction, pace, spool, keeper."""

import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.jobs import (
    DeadLetterNotPut,
    Keeper,
    NewLetter,
    Reason,
    Spool,
    WatchFailed,
    redact_secrets,
)
from hardening.jobs.asking import as_json
from hardening.jobs.redact import error_of
from hardening.jobs.redriving import Pace


def letter(number=1, **fields):
    """Return a failed job."""
    return NewLetter(
        **{
            "source": "celery",
            "job_id": str(number),
            "failure": "1",
            "queue": "q",
            "task": "t",
            "args": {"args": [number], "kwargs": {}},
            "error_class": "ValueError",
            "error_text": "no",
            "attempts": 1,
        }
        | fields
    )


# --- redaction -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("password=hunter2", "password=[redacted]"),
        ("PASSWORD: hunter2, user: me", "PASSWORD: [redacted], user: me"),
        ('{"api_key": "a b", "x": 1}', '{"api_key": [redacted], "x": 1}'),
        ("db_password='a b' failed", "db_password=[redacted] failed"),
        ("https://me:hunter2@host/p", "https://me:[redacted]@host/p"),
        ("Authorization: Bearer abc.def", "Authorization: [redacted]"),
        ("sent Bearer abcdefgh12345", "sent Bearer [redacted]"),
        ("no secrets: row 7", "no secrets: [redacted] 7"),
        ("row 7 has no phone number", "row 7 has no phone number"),
        ("https://host:80/path", "https://host:80/path"),
    ],
)
def test_values_beside_a_secrets_name_are_masked(text, redacted):
    """Too much is masked rather than too little; plain errors stay readable."""
    assert redacted == redact_secrets(text)


@pytest.mark.parametrize("part", ["a-", "token", "a:", "x://", "a.", "bearer "])
def test_a_hostile_text_takes_no_time(part):
    """A text of 40,000 characters that almost matches is read in linear time."""
    done = threading.Event()

    def run():
        redact_secrets(part * (40_000 // len(part)))
        done.set()

    threading.Thread(target=run, daemon=True).start()
    assert done.wait(20)


def test_an_error_is_kept_so_that_the_database_takes_it():
    """NULs, half characters, endless texts and broken errors are kept somehow."""

    class Broken(Exception):
        def __str__(self):
            raise RuntimeError

    assert ("ValueError", "a\ufffdb?") == error_of(ValueError("a\0b\ud800"), str)
    assert 10_000 == len(error_of(ValueError("x" * 99_999), str)[1])
    name, text = error_of(Broken(), str)
    assert name.endswith("Broken")
    assert "could not be read: RuntimeError" in text


def test_a_secret_is_masked_before_the_text_is_cut():
    """Half of a password at the cut would not be recognised as one."""
    text = "x" * 9_990 + " https://me:hunter2hunter2@host"
    assert "hunter" not in error_of(ValueError(text), redact_secrets)[1]


TEXTS = st.text(st.characters())  # half characters and NULs, too


@given(
    st.recursive(
        st.none() | st.integers() | st.floats() | TEXTS | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(TEXTS | st.tuples(), inner),
        max_leaves=8,
    )
)
def test_any_arguments_become_json_that_the_database_takes(content):
    """Law: the text is UTF-8 and strict JSON, without NUL and without infinities."""
    text = as_json(content)
    text.encode()
    assert "\0" not in str(json.loads(text, parse_constant=pytest.fail))


def test_arguments_that_cannot_be_shown_are_described():
    """A cycle, or an object whose repr fails, never costs the letter."""

    class Broken:
        def __repr__(self):
            raise RuntimeError

    circle = []
    circle.append(circle)
    assert {"unreadable": "nested too deeply"} == json.loads(as_json(circle))
    assert "(Broken: RuntimeError when shown)" == json.loads(as_json(Broken()))


# --- pace ----------------------------------------------------------------------------


@given(
    rate=st.floats(0.1, 1_000),
    works=st.lists(st.floats(0, 0.01), min_size=1, max_size=50),
)
def test_the_rate_is_never_passed(rate, works):
    """Law: by any instant no more than one, and the rate times the span, were sent."""
    now_s, pace = 0.0, Pace.of(rate, 0.0)
    for sent, work_s in enumerate(works):
        now_s += pace.wait_s(now_s)
        assert sent <= now_s * rate + 1e-6
        now_s += work_s
        pace = pace.sent(now_s)


def test_after_a_stall_no_more_than_a_seconds_worth_follows_at_once():
    """A redrive that stood for an hour does not throw the hour's jobs at the queue."""
    now_s, at_once = 3_600.0, 0
    pace = Pace.of(10, 0.0).sent(now_s)
    while pace.wait_s(now_s) == 0:
        at_once += 1
        pace = pace.sent(now_s)
    assert 10 == at_once


# --- spool and keeper ----------------------------------------------------------------


class Letters:
    """Takes letters, or fails as told."""

    def __init__(self):
        self.put_ones = []
        self.error = None

    def put(self, new):
        """Take one in."""
        if self.error:
            raise self.error
        self.put_ones.append(new)


def test_the_spool_gives_back_what_it_was_given(tmp_path):
    """Letters survive the process, in order, each once."""
    spool = Spool(tmp_path / "dlq")
    kept = [letter(n, reason=Reason.STUCK, payload="[[], {}]") for n in range(3)]
    for one in kept:
        spool.keep(one)
    back = []
    assert 3 == Spool(tmp_path / "dlq").drain(back.append)
    assert kept == back
    assert 0 == spool.drain(back.append)
    assert 0 == Spool(tmp_path / "never").drain(back.append)


def test_a_drain_that_fails_keeps_everything(tmp_path):
    """The database goes away again in the middle: every letter is still there."""
    spool, back = Spool(tmp_path / "dlq"), []
    for n in range(3):
        spool.keep(letter(n))

    def put(one):
        if one.job_id == "1":
            raise ConnectionError
        back.append(one)

    with pytest.raises(ConnectionError):
        spool.drain(put)
    assert 3 == spool.drain(back.append)


def test_half_a_line_costs_no_other_letter(tmp_path):
    """A machine that lost power while it wrote keeps what it had written before."""
    path = tmp_path / "dlq"
    spool, back = Spool(path), []
    spool.keep(letter(1))
    with path.open("ab") as file:
        file.write(b'{"source": "cel')
    spool.keep(letter(2))
    assert 2 == spool.drain(back.append)
    assert ["1", "2"] == [one.job_id for one in back]


def test_a_full_disk_keeps_the_letters_before(tmp_path, monkeypatch):
    """What does not fit is not kept in part; what was kept is still read."""
    spool, back, told = Spool(tmp_path / "dlq"), [], []
    spool.keep(letter(1))
    size = (tmp_path / "dlq").stat().st_size
    letters = Letters()
    letters.error = ConnectionError()

    def full(descriptor, line):
        if len(line) > 10:
            return real(descriptor, line[:10])
        raise OSError(28, "No space left on device")

    import os  # noqa: PLC0415 - patched for this test alone

    real = os.write
    monkeypatch.setattr("hardening.jobs.spool.os.write", full)
    assert not Keeper(letters, spool=spool, listener=told.append).keep(letter(2))
    monkeypatch.undo()
    assert size == (tmp_path / "dlq").stat().st_size
    assert [(False, 28)] == [(event.spooled, event.error.errno) for event in told]
    assert 1 == spool.drain(back.append)


def test_the_spool_is_its_owners_alone(tmp_path):
    """It holds customers' data, as the jobs' arguments do."""
    Spool(tmp_path / "dlq").keep(letter())
    assert 0o600 == (tmp_path / "dlq").stat().st_mode & 0o777


def test_threads_and_processes_share_a_spool(tmp_path):
    """Forty letters of four writers are forty letters."""

    def write(first):
        for n in range(first, first + 10):
            Spool(tmp_path / "dlq").keep(letter(n))

    threads = [threading.Thread(target=write, args=(n * 10,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    back = []
    Spool(tmp_path / "dlq").drain(back.append)
    assert set(range(40)) == {int(one.job_id) for one in back}


def test_the_keeper_spools_while_letters_cannot_be_put_and_drains_later(tmp_path):
    """The first letter that can be put again takes the waiting ones with it."""
    letters, told = Letters(), []
    keeper = Keeper(letters, spool=Spool(tmp_path / "dlq"), listener=told.append)
    letters.error = ConnectionError("gone")
    assert not keeper.keep(letter(1))
    letters.error = None
    assert keeper.keep(letter(2))
    assert ["2", "1"] == [one.job_id for one in letters.put_ones]
    assert [(DeadLetterNotPut, True)] == [(type(e), e.spooled) for e in told]
    numbers = {m.name: m.samples[0].value for m in keeper.measures()}
    assert {
        "hardening_jobs_kept": 1,
        "hardening_jobs_spooled": 1,
        "hardening_jobs_lost": 0,
    } == numbers


class Unshowable:
    """Fails when it is shown."""

    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        ({(1, 2): 3}, {"(1, 2)": 3}),
        ({1}, "{1}"),
        (threading.Lock(), "<unlocked _thread.lock"),
        (b"\0", r"b'\x00'"),
        (float("inf"), "inf"),
        ("a\0\ud800", "a\ufffd?"),
        (Unshowable(), "(Unshowable: RuntimeError when shown)"),
    ],
    ids=["keys", "set", "lock", "bytes", "infinity", "text", "unshowable"],
)
def test_a_job_with_arguments_that_are_no_json_waits_in_the_spool(
    tmp_path, argument, shown
):
    """A failed job is kept as it can be shown, and is not lost for its arguments."""
    letters, told, spool = Letters(), [], Spool(tmp_path / "dlq")
    letters.error = ConnectionError("gone")
    keeper = Keeper(letters, spool=spool, listener=told.append)
    new = letter(args={"args": [argument]}, options={"meta": argument})
    assert not keeper.keep(new)
    assert [True] == [event.spooled for event in told]
    letters.error = None
    assert 1 == keeper.drain()
    (kept,) = letters.put_ones
    for content in (kept.args["args"][0], kept.options["meta"]):
        assert content == shown or content.startswith(shown)


def test_an_open_file_among_the_arguments_costs_no_letter(tmp_path):
    """What can be neither copied nor written is described."""
    letters, spool = Letters(), Spool(tmp_path / "dlq")
    letters.error = ConnectionError("gone")
    with (tmp_path / "open").open("w") as file:
        Keeper(letters, spool=spool).keep(letter(args=[file]))
    back = []
    assert 1 == spool.drain(back.append)
    assert "TextIOWrapper" in back[0].args[0]


class Hostile(dict):
    """Arguments that cannot be read at all."""

    def items(self):
        """Fail."""
        raise RuntimeError


def test_a_letter_that_the_spool_cannot_hold_is_told_as_lost(tmp_path):
    """Whatever its arguments do, the failing job fails no worse, and the loss is told."""
    letters, told = Letters(), []
    letters.error = ConnectionError("gone")
    keeper = Keeper(letters, spool=Spool(tmp_path / "dlq"), listener=told.append)
    assert not keeper.keep(letter(args=Hostile({(1, 2): 3})))
    assert [(False, RuntimeError)] == [(e.spooled, type(e.error)) for e in told]
    assert isinstance(told[0].error.__context__, ConnectionError)
    numbers = {m.name: m.samples[0].value for m in keeper.measures()}
    assert 1 == numbers["hardening_jobs_lost"]


def test_a_listener_that_fails_costs_no_letter(tmp_path, caplog):
    """Keeping never raises, whoever is told of it."""

    def fail(event):
        raise RuntimeError(event)

    letters, spool = Letters(), Spool(tmp_path / "dlq")
    letters.error = ConnectionError("gone")
    assert not Keeper(letters, spool=spool, listener=fail).keep(letter())
    assert ["listener_failed"] == [record.getMessage() for record in caplog.records]
    back = []
    assert 1 == spool.drain(back.append)


def test_a_switch_that_fails_is_off_and_told():
    """The flag's service is away: a failing job must not fail worse for that."""
    told, error = [], ConnectionError("flags are away")

    def switch(_job_id):
        raise error

    keeper = Keeper(Letters(), switch=switch, listener=told.append)
    assert not keeper.wants("1")
    assert [WatchFailed(watcher="switch", error=error)] == told


def test_without_a_spool_a_loss_is_told():
    """What cannot be kept is never lost in silence."""
    letters, told = Letters(), []
    letters.error = ConnectionError("gone")
    keeper = Keeper(letters, listener=told.append)
    assert not keeper.keep(letter(1))
    assert 0 == keeper.drain()
    assert [False] == [event.spooled for event in told]
