"""The flag file: turned atomically, undone to the byte, and never a bad snapshot."""

import json
import multiprocessing
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo_flags import (
    FlagDocumentInvalid,
    FlagFile,
    FlagFileLocked,
    FlagFileUnreadable,
    FlagNotFound,
    PercentageInvalid,
    PercentageUnknown,
    bucket,
)
from gonogo_flags.document import flag_text, with_flag, without_flag
from gonogo_flags.replacing import locked

OFF = {
    "state": "ENABLED",
    "variants": {"on": True, "off": False},
    "defaultVariant": "off",
}
# Laid out by hand, to show that a write leaves all else alone.
TEXT = """{ "flags" : {
    "DLQ" : {"state":"ENABLED", "variants":{"on":true,"off":false},
             "defaultVariant":"off", "metadata": {"owner": "ops, {who} \\"else\\""}},
    "other": {"state": "DISABLED", "variants": {"a": "é"}, "defaultVariant": "a"}
  },
  "$schema": "x" }
"""


@pytest.fixture
def path(tmp_path):
    """Return the path of a flag file that people have laid out by hand."""
    file = tmp_path / "flags.json"
    file.write_text(TEXT, encoding="utf-8")
    return file


@pytest.fixture
def flags(path):
    """Return the flag file."""
    return FlagFile(path)


def definition_of(path, flag="DLQ"):
    """Return a flag as any other JSON reader sees it."""
    return json.loads(path.read_text("utf-8"))["flags"].get(flag)


@pytest.mark.parametrize("pct", [0, 0.001, 5, 33.333, 50, 99.999, 100])
def test_percentage_reads_back_as_it_was_set(flags, pct):
    """What was set is what is read, to a thousandth of a percent."""
    flags.set_percentage("DLQ", pct)
    assert pct == flags.percentage("DLQ")


def test_five_percent_is_a_flagd_fraction_with_on_first(flags, path):
    """Any flagd client understands the document, and 'on' grows over a prefix."""
    flags.set_percentage("DLQ", 5)
    assert {"fractional": [["on", 5], ["off", 95]]} == definition_of(path)["targeting"]


def test_kill_and_zero_percent_write_the_same_bytes(flags, path):
    """The kill switch is 0 %: enabled, default variant off, no targeting."""
    flags.set_percentage("DLQ", 5)
    flags.kill("DLQ")
    killed = path.read_bytes()
    flags.set_percentage("DLQ", 5)
    flags.set_percentage("DLQ", 0)
    assert killed == path.read_bytes()
    assert {**OFF, "metadata": {"owner": 'ops, {who} "else"'}} == definition_of(path)


def test_full_exposure_reaches_callers_without_a_key_too(flags, path):
    """100 % is the default variant 'on', so that nobody at all is left off."""
    flags.set_percentage("DLQ", 100)
    assert flags.snapshot().is_on("DLQ", "")
    assert "targeting" not in definition_of(path)


def test_ramp_never_takes_a_key_off(flags):
    """Over a whole ramp, and over both kinds of weights, who is on stays on."""
    reached = set()
    for pct in (0, 0.1, 1, 5, 12.5, 50, 99.999, 100):
        flags.set_percentage("DLQ", pct)
        snapshot = flags.snapshot()
        now = {key for key in map(str, range(3_000)) if snapshot.is_on("DLQ", key)}
        assert reached <= now
        reached = now
    assert 3_000 == len(reached)


def test_a_flag_that_is_not_there_is_created(flags, path):
    """A rollout may bring its own flag."""
    flags.set_percentage("NEW", 0)
    assert OFF == definition_of(path, "NEW")


@pytest.mark.parametrize("text", [TEXT, '{"flags": {}}', '{"flags":{ }}\n'])
@pytest.mark.parametrize("flag", ["DLQ", "NEW"])
def test_restore_leaves_the_very_bytes_that_were_there(path, text, flag):
    """Undo is exact: set, kill, raise, restore, and the file is as it was."""
    path.write_text(text, encoding="utf-8")
    flags, before = FlagFile(path), path.read_bytes()
    definition = flags.definition(flag)
    for pct in (5, 0, 100):
        flags.set_percentage(flag, pct)
    flags.restore(flag, definition)
    assert before == path.read_bytes()


def test_restore_keeps_what_others_did_meanwhile(flags):
    """Going back with one flag does not take another one back."""
    before = flags.definition("DLQ")
    flags.set_percentage("DLQ", 5)
    flags.set_percentage("NEW", 7)
    flags.restore("DLQ", before)
    assert (0, 7) == (flags.percentage("DLQ"), flags.percentage("NEW"))


names = st.text(max_size=5)
layouts = st.sampled_from([None, 0, 1, 4])


@given(st.dictionaries(names, st.just(OFF), max_size=4), names, layouts)
def test_adding_and_removing_a_flag_are_reverses(others, name, indent):
    """Whatever the layout, taking out what was added gives the same text."""
    text = json.dumps({"a": 1, "flags": others, "z": []}, indent=indent)
    added = with_flag(text, name, json.dumps(OFF))
    assert OFF == json.loads(added)["flags"][name]
    if name in others:
        assert text == with_flag(added, name, flag_text(text, name))
    else:
        assert text == without_flag(added, name)


@given(st.dictionaries(names, st.just(OFF), min_size=1, max_size=4), layouts)
def test_removing_a_flag_leaves_the_others(others, indent):
    """Removing the first, a middle or the last flag leaves a document with the rest."""
    text = json.dumps({"flags": others}, indent=indent)
    for name in others:
        rest = {k: v for k, v in others.items() if k != name}
        assert rest == json.loads(without_flag(text, name))["flags"]


def test_setting_what_is_so_already_does_not_touch_the_file(flags, path):
    """Repeating a step is harmless: same file, same inode."""
    flags.set_percentage("DLQ", 5)
    before = path.stat()
    flags.set_percentage("DLQ", 5)
    assert before == path.stat()


def test_mode_of_the_file_stays_and_no_temporary_file_is_left(flags, path):
    """Services that could read the flags before can read them afterwards."""
    path.chmod(0o640)
    flags.set_percentage("DLQ", 5)
    assert 0o640 == path.stat().st_mode & 0o777
    assert {"flags.json", "flags.json.lock"} == {
        file.name for file in path.parent.iterdir()
    }


def test_symbolic_link_stays_a_link(flags, path, tmp_path):
    """The file that the link points to is replaced, not the link."""
    link = tmp_path / "link.json"
    link.symlink_to(path)
    FlagFile(link).set_percentage("DLQ", 5)
    assert link.is_symlink()
    assert 5 == flags.percentage("DLQ")


def test_services_see_a_turned_flag_at_the_next_snapshot(flags, path):
    """A second reader follows, and unchanged files cost no second reading."""
    reader = FlagFile(path)
    first = reader.snapshot()
    assert first is reader.snapshot()
    flags.set_percentage("DLQ", 100)
    assert not first.is_on("DLQ", "key")
    assert reader.snapshot().is_on("DLQ", "key")


BAD_CONTENT = {
    "broken": b'{"flags": {',
    "not UTF-8": b'{"flags": {}}\xff',
    "not flags": b"[]",
}


@pytest.mark.parametrize("content", BAD_CONTENT.values(), ids=BAD_CONTENT)
def test_bad_file_keeps_the_last_good_flags_and_says_so_once(path, content):
    """A bad edit changes nothing for anyone, and is not silent."""
    heard = []
    flags = FlagFile(path, on_problem=heard.append)
    flags.set_percentage("DLQ", 100)
    flags.snapshot()
    path.write_bytes(content)
    for _ in range(3):
        assert flags.snapshot().is_on("DLQ", "key")
    assert [flags.problem] == heard
    assert isinstance(flags.problem, FlagDocumentInvalid)
    with pytest.raises(FlagDocumentInvalid):
        flags.kill("DLQ")
    assert content == path.read_bytes()


def test_missing_file_keeps_the_last_good_flags_until_it_is_back(path):
    """A file that is moved away and back is followed without a restart."""
    heard = []
    flags = FlagFile(path, on_problem=heard.append)
    flags.set_percentage("DLQ", 100)
    flags.snapshot()
    path.rename(path.with_suffix(".away"))
    assert flags.snapshot().is_on("DLQ", "key")
    assert isinstance(flags.problem, FlagFileUnreadable)
    path.with_suffix(".away").rename(path)
    assert flags.snapshot().is_on("DLQ", "key")
    assert (None, 1) == (flags.problem, len(heard))


def test_before_the_first_good_file_every_caller_gets_its_default(tmp_path, caplog):
    """A service starts without its flags, with its defaults and a warning."""
    flags = FlagFile(tmp_path / "none.json")
    assert flags.snapshot().is_on("DLQ", "key", default=True)
    assert "keeping the last good flags" in caplog.text


def test_reading_the_truth_raises_what_is_wrong(flags, tmp_path):
    """Whoever decides by a percentage hears that there is none."""
    with pytest.raises(FlagNotFound, match=r"no flag 'NO' \(it defines DLQ, other"):
        flags.percentage("NO")
    with pytest.raises(PercentageUnknown, match="DISABLED"):
        flags.percentage("other")
    with pytest.raises(PercentageInvalid):
        flags.set_percentage("DLQ", 101)
    for call in ("percentage", "definition", "kill"):
        with pytest.raises(FlagFileUnreadable, match="No such file"):
            getattr(FlagFile(tmp_path / "none.json"), call)("DLQ")


def test_flag_of_another_kind_is_not_overwritten(flags, path):
    """'on' and 'off' have to mean true and false before anything is turned."""
    flags.restore("odd", json.dumps({**OFF, "variants": {"on": "blue", "off": "red"}}))
    before = path.read_bytes()
    for turn in (lambda: flags.kill("odd"), lambda: flags.percentage("odd")):
        with pytest.raises(PercentageUnknown):
            turn()
    assert before == path.read_bytes()


def test_restoring_what_is_no_flag_changes_nothing(flags, path):
    """A broken definition is refused before the file is touched."""
    before = path.read_bytes()
    for definition in ("{}", "", "1, 2", '{}, "more": {}'):
        with pytest.raises(FlagDocumentInvalid):
            flags.restore("DLQ", definition)
    assert before == path.read_bytes()


def _turn_own_flag(path, name):
    """Turn one flag through many percentages, in a process of its own."""
    for pct in range(1, 26):
        FlagFile(path).set_percentage(name, pct)


def test_two_writers_lose_nothing(path):
    """Processes that turn different flags at once all get their last word."""
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_turn_own_flag, args=(path, f"w{n}")) for n in range(3)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    last_words = [FlagFile(path).percentage(f"w{n}") for n in range(3)]
    assert [25.0, 25.0, 25.0] == last_words
    assert OFF["variants"] == definition_of(path)["variants"]


def test_readers_never_see_half_a_file(flags, path):
    """While a writer turns the flag, each reading is one of the written documents."""
    stop, seen = threading.Event(), []

    def read():
        reader = FlagFile(path, on_problem=seen.append)
        while not stop.is_set():
            reader.snapshot()

    thread = threading.Thread(target=read)
    thread.start()
    for pct in range(60):
        flags.set_percentage("DLQ", pct)
    stop.set()
    thread.join()
    assert [] == seen


def test_a_writer_that_never_lets_go_is_named(path):
    """A stuck lock is an error with the name of the lock, not a hang."""
    with (
        locked(path),
        pytest.raises(FlagFileLocked, match=r"flags\.json\.lock"),
        locked(path, attempts=2),
    ):
        pass


def test_the_file_on_disk_and_the_arithmetic_agree(flags):
    """From file to answer, a key is on exactly when its bucket says so."""
    flags.set_percentage("DLQ", 0.5)
    snapshot = flags.snapshot()
    for key in map(str, range(2_000)):
        assert (bucket("DLQ", key, 100_000) < 500) is snapshot.is_on("DLQ", key)
