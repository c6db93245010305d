"""`gonogo worker`, as people have it: many rollouts, many workers, and what ends them."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from gonogo.bootstrap.documents import open_document
from gonogo.bootstrap.handing_over import hand_over
from gonogo.bootstrap.running import WorkerBegan, runner_for
from gonogo.bootstrap.workspace import Workspace
from gonogo.model import event as events
from gonogo.model.command import Abort, Person
from gonogo.testing.laws import check_journal
from gonogo.testing.postgres import PostgresFailed, private_postgres

KILLER = Path(__file__).with_name("kill_workers.py")
# For what takes a second on an idle machine, and may take longer on a busy one.
PATIENCE_S = 40
# What is promised of a takeover is 6 s, on two cores that do nothing else.
TAKEN_OVER_S = 12
DOCUMENT = """\
---
gonogo:
  service: {service}
  environment: test
  self_approval: true
  metrics:
    Errors:
      shell: {{run: "cat errors.txt"}}
      every: 1s
---

# Work on {service}

{before}

## Stage 1: Work

- [ ] Write a line <!-- gonogo: {{shell: {{run: "{first}; echo first {service} >> lines", undo: "echo back {service} >> lines"}}}} -->
- [ ] Write another <!-- gonogo: {{shell: {{run: "echo second {service} >> lines", undo: "echo undo {service} >> lines"}}}} -->
- [ ] Monitor for {soak}

| Metric | Threshold |
|--------|-----------|
| Errors | < 5 |

{after}
"""
APPROVAL = """\
## Approvals Before the Start

| Role | Name | Approved |
|------|------|----------|
| Dev Lead | carol | ☐ |
"""
QUESTION = """\
## Stage 2: Look

- [ ] Verify that it looks right
"""
CAROL = Person(name="carol")
SLOW = "echo $$ > up; read word < go"


@dataclass
class Place:
    """A shop's folder, where its rollouts are kept, and the commands that run there."""

    shop: object
    url: str | None = None
    running: list = field(default_factory=list)

    @property
    def folder(self):
        """Return the folder in which every command is called."""
        return self.shop.folder

    @property
    def state(self):
        """Return the words that name the place, as behind `--state`."""
        return ("--state", self.url) if self.url else ()

    @cached_property
    def workspace(self):
        """Return the place as gonogo has it."""
        return Workspace(self.folder / ".gonogo", self.url)

    @property
    def journal(self):
        """Return the journal, to read what is there now."""
        return self.workspace.journal

    def write(self, service, **parts):
        """Write a document of a service; by default it runs to its end at once."""
        given = {"before": "", "first": "true", "soak": "1s", "after": ""} | parts
        path = self.folder / f"{service}.md"
        path.write_text(DOCUMENT.format(service=service, **given))
        return path.name

    def gonogo(self, *words, status=0, **environ):
        """Run a command to its end."""
        return self.shop.gonogo(*words, *self.state, status=status, **environ)

    def leave(self, service, **parts):
        """Leave a rollout to whatever worker there is, as `run --detach` does."""
        name = self.write(service, **parts)
        document = open_document(self.folder / name)
        plan = document.compiled.plan
        return hand_over(document, plan, workspace=self.workspace, by=CAROL, environ={})

    def start(self, *words):
        """Begin a command and leave it running; the end of the test ends it."""
        running = Running(self.shop.start(*words, *self.state))
        self.running.append(running)
        return running

    def worker(self):
        """Start a worker; return when it is at work."""
        worker = self.start("worker")
        worker.says("at work")
        return worker

    def history(self, rollout):
        """Return the events of a rollout."""
        return [record.event for record in self.journal.read(rollout)]

    def has(self, rollout, kind, times=1):
        """Wait until a rollout has events of a kind; return when the last was journaled."""
        journal, found = self.journal, []

        def there():
            nonlocal found
            records = journal.read(rollout)
            found = [r for r in records if isinstance(r.event, kind)]
            return len(found) >= times

        until(there, f"{times} {kind.__name__} of {rollout}")
        return found[times - 1].recorded_at

    def lines(self):
        """Return what the actions wrote, in order."""
        return (self.folder / "lines").read_text().splitlines()


class Running:
    """A command that runs; what it says is read beside the test."""

    def __init__(self, process):
        """Take the process, and begin to read."""
        self.process, self._said = process, []
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._said.append(line)

    @property
    def said(self):
        """Return all that it has said until now."""
        return "".join(self._said)

    def says(self, text):
        """Wait until it has said a text."""
        until(lambda: text in self.said or self.process.poll() is not None, text)
        assert text in self.said

    def signal(self, number):
        """Send it a signal."""
        self.process.send_signal(number)

    def ends(self, status=0, within=PATIENCE_S):
        """Wait until it has ended, with a status; return all that it said."""
        self.process.wait(within)
        self._reader.join()
        assert status == self.process.returncode, self.said
        return self.said

    def kill(self):
        """End it on the spot, stopped or not."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()


def until(true, what, seconds=PATIENCE_S):
    """Wait until something is true."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, f"never saw: {what}"
        time.sleep(0.02)


@pytest.fixture
def place(shop):
    """Give a place in a folder; its workers are ended with the test."""
    made = Place(shop)
    yield made
    clear(made)


@pytest.fixture
def shared(shop, request):
    """Give a place in a database; its workers are ended with the test."""
    made = Place(shop, request.getfixturevalue("database_url"))
    yield made
    clear(made)


@pytest.fixture(params=["folder", "database"])
def either(request):
    """Give a place of either kind."""
    return request.getfixturevalue(
        {"folder": "place", "database": "shared"}[request.param]
    )


def clear(place):
    """End what still runs."""
    for running in place.running:
        running.kill()
    if "journal" in vars(place.workspace):
        place.journal.close()


@pytest.fixture
def slow(place):
    """Give a place with the pipes of a slow action laid."""
    return lay_pipes(place)


def lay_pipes(place):
    """Make the pipes by which a slow action says that it is up, and is let go."""
    for name in ("up", "go"):
        os.mkfifo(place.folder / name)
    return place


def up(place):
    """Wait until the slow action is up; return its process."""
    return int((place.folder / "up").read_text())


def let_go(place):
    """Let the slow action end."""
    (place.folder / "go").write_text("go\n")


# -- one worker over a folder --------------------------------------------------


def test_a_worker_runs_many_rollouts_at_once_to_their_end(place):
    """Each waits for all the others to be at the same action: one by one none ends."""
    names = ["cart", "mail", "pay", "search"]
    met = f"mkdir -p met; touch met/$GONOGO_SERVICE; until [ $(ls met | wc -l) = {len(names)} ]; do sleep 0.05; done"
    rollouts = [place.leave(name, first=met) for name in names]
    worker = place.worker()
    for rollout in rollouts:
        place.has(rollout, events.RolloutCompleted)
        check_journal(place.history(rollout))
    worker.signal(signal.SIGTERM)
    said = worker.ends()
    assert all(f"{rollout}  " in said for rollout in rollouts)
    assert 2 * len(names) == len(place.lines())


def test_a_run_beside_a_worker_hands_over_and_follows(place):
    """It says so, shows the same lines, and ends with the rollout's status."""
    worker = place.worker()
    done = place.gonogo("run", place.write("cart"))
    assert "A worker runs cart-test-1" in done.stderr
    assert "COMPLETED" in done.stdout
    assert (place.folder / ".gonogo/reports/cart-test-1/report.md").exists()
    back = place.gonogo("run", place.write("mail", first="exit 1"), "--json", status=1)
    kinds = [json.loads(line)["event"] for line in back.stdout.splitlines()]
    assert ("RolloutStarted", "RolledBack") == (kinds[0], kinds[-1])
    assert "mail-test-1  " in worker.said


def test_ctrl_c_ends_following_and_not_the_rollout(slow):
    """The worker goes on; the status says that the end was not seen."""
    slow.worker()
    follower = slow.start("run", slow.write("cart", first=SLOW))
    up(slow)
    follower.signal(signal.SIGINT)
    follower.ends(3)
    let_go(slow)
    slow.has("cart-test-1", events.RolloutCompleted)


def test_a_run_that_was_first_keeps_its_rollout_until_its_process_is_gone(slow):
    """A worker that comes later leaves it alone; it takes it over from a dead one."""
    run = slow.start("run", slow.write("cart", first=SLOW))
    up(slow)
    worker = slow.worker()
    other = slow.leave("mail")
    slow.has(other, events.RolloutCompleted)
    assert f"process {run.process.pid}" in slow.gonogo("status", "cart-test-1").stdout
    assert "cart" not in worker.said
    run.kill()
    slow.has("cart-test-1", events.RunnerRecovered)
    let_go(slow)
    slow.has("cart-test-1", events.RolloutCompleted)
    assert 1 == slow.lines().count("first cart")


def test_a_second_worker_over_a_folder_is_refused(place):
    """It says which process has it; the first one does not notice."""
    worker = place.worker()
    refused = place.gonogo("worker", status=2)
    assert f"already run by process {worker.process.pid}" in refused.stderr
    assert worker.process.poll() is None


def test_a_run_that_meets_a_worker_at_its_start_takes_nothing_from_it(place):
    """It looked for one a moment before; now it says to look again."""
    worker = place.worker()
    document = open_document(place.folder / place.write("cart"))
    begun = runner_for(
        document,
        document.compiled.plan,
        workspace=place.workspace,
        by=CAROL,
        people=None,
        watcher=None,
        environ={},
    )
    with pytest.raises(WorkerBegan, match=f"process {worker.process.pid}"), begun:
        pass
    assert () == place.journal.rollouts()
    place.has(place.leave("mail"), events.RolloutCompleted)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_action_under_way_end_and_begins_no_other(slow, number):
    """What follows is left to the next worker, and nothing is in doubt."""
    rollout = slow.leave("cart", first=SLOW)
    worker = slow.worker()
    up(slow)
    worker.signal(number)
    worker.says("again to leave at once")
    assert worker.process.poll() is None
    let_go(slow)
    worker.ends()
    assert ["first cart"] == slow.lines()
    left = len(slow.history(rollout))
    slow.worker()
    slow.has(rollout, events.RolloutCompleted)
    assert ["first cart", "second cart"] == slow.lines()
    doubts = (events.RunnerRecovered, events.ActionInDoubt)
    after = slow.history(rollout)[left:]
    assert not [each for each in after if isinstance(each, doubts)]


def test_a_second_signal_leaves_at_once(either):
    """The script goes on by itself; the next worker finds it, and does not repeat it."""
    lay_pipes(either)
    rollout = either.leave("cart", first=SLOW)
    worker = either.worker()
    up(either)
    worker.signal(signal.SIGINT)
    worker.says("again to leave at once")
    worker.signal(signal.SIGINT)
    assert "in doubt" in worker.ends(130, within=5)
    either.worker()
    either.has(rollout, events.ActionInDoubt)
    let_go(either)
    either.has(rollout, events.RolloutCompleted)
    assert ["first cart", "second cart"] == either.lines()


def test_a_rollout_that_does_not_read_is_set_aside_alone(place):
    """Its name and the reason are said once; the others go on."""
    bad, good = place.leave("cart"), place.leave("mail")
    with sqlite3.connect(place.folder / ".gonogo" / "journal.db") as file:
        file.execute("DROP TRIGGER record_is_never_changed")
        file.execute("UPDATE record SET body = x'7b7d' WHERE rollout = ?", (bad,))
    worker = place.worker()
    place.has(good, events.RolloutCompleted)
    worker.says(f"{bad} is set aside, the others go on")
    worker.signal(signal.SIGTERM)
    assert 1 == worker.ends().count("is set aside")


# -- people --------------------------------------------------------------------


def test_peoples_words_reach_a_workers_rollouts_within_a_second(either):
    """Approve, answer, pause, resume and abort, each from a command of its own."""
    either.worker()
    rollout = either.leave("cart", before=APPROVAL, soak="1h", after=QUESTION)
    asking = either.leave("mail", first="sleep 0.1", after=QUESTION)
    either.has(rollout, events.ApprovalAsked)
    (approval,) = [
        each.step
        for each in either.history(rollout)
        if isinstance(each, events.ApprovalAsked)
    ]
    words = [
        ("approve", rollout, approval, events.ApprovalGiven),
        ("pause", rollout, None, events.RolloutPaused),
        ("resume", rollout, None, events.RolloutResumed),
        ("abort", rollout, None, events.RolloutAborted),
    ]
    either.has(asking, events.QuestionAsked)
    (question,) = [
        e.question
        for e in either.history(asking)
        if isinstance(e, events.QuestionAsked)
    ]
    words.append(("answer", asking, question, events.QuestionAnswered))
    for word, about, subject, kind in words:
        more = [subject] if subject else []
        more += ["yes"] if word == "answer" else []
        either.gonogo(word, about, *more)
        said = datetime.now(UTC)
        seen = either.has(about, kind)
        assert (seen - said).total_seconds() < 1, word
    either.has(rollout, events.RolledBack)
    either.has(asking, events.RolloutCompleted)


# -- many workers over a database ----------------------------------------------


def go_on(place, rollouts, *, after, within):
    """Make sure that each rollout has an event journaled soon after an instant."""
    journal = place.journal
    for rollout in rollouts:

        def later(rollout=rollout):
            records = journal.read(rollout)
            return next((r.recorded_at for r in records if r.recorded_at > after), None)

        until(later, f"{rollout} going on")
        assert (later() - after).total_seconds() < within, rollout


def test_of_two_workers_the_one_that_is_left_takes_over(shared):
    """Killed or stopped: the other goes on within seconds; nothing is done twice."""
    first = shared.worker()
    rollouts = [shared.leave(f"s{number}", soak="1h") for number in range(8)]
    for rollout in rollouts:
        shared.has(rollout, events.SoakStarted)
    second = shared.worker()
    first.signal(signal.SIGSTOP)
    stopped = datetime.now(UTC)
    go_on(shared, rollouts, after=stopped, within=TAKEN_OVER_S)
    until(lambda: datetime.now(UTC) - stopped > timedelta(seconds=10), "ten seconds")
    first.signal(signal.SIGCONT)
    first.says("stood still and was passed over")
    second.kill()
    go_on(shared, rollouts, after=datetime.now(UTC), within=TAKEN_OVER_S)
    for rollout in rollouts:
        shared.journal.send(rollout, Abort(at=datetime.now(UTC), by=CAROL))
    for rollout in rollouts:
        shared.has(rollout, events.RolledBack)
        check_journal(shared.history(rollout))
        assert () == shared.journal.verify(rollout)
    assert sorted(set(shared.lines())) == sorted(shared.lines())
    assert 4 * len(rollouts) == len(shared.lines())
    first.signal(signal.SIGTERM)
    first.ends()


@pytest.fixture(scope="module")
def own_server():
    """Give a server that these tests may kill; who needs it, starts it."""
    with private_postgres() as server:
        yield server


def kill_server(server):
    """Kill a server as the kernel would."""
    pid = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    server.stop()


def start_again(server):
    """Start a server whose children may still be about to end."""
    for _ in range(100):
        with suppress(PostgresFailed):
            return server.start()
    return server.start()


def test_workers_live_through_a_server_that_is_killed(slow, own_server):
    """The action that was under way is journaled when it is back; nothing is lost."""
    start_again(own_server)
    slow.url = own_server.create_database("one")
    rollout = slow.leave("cart", first=SLOW)
    worker = slow.worker()
    up(slow)
    kill_server(own_server)
    let_go(slow)
    until(lambda: ["first cart"] == lines_or_none(slow), "the action's end")
    start_again(own_server)
    slow.has(rollout, events.RolloutCompleted)
    assert () == slow.journal.verify(rollout)
    assert ["first cart", "second cart"] == slow.lines()
    assert "Traceback" not in worker.said


def test_without_its_server_a_worker_leaves_at_the_second_signal(place, own_server):
    """It cannot pass its turns on; the next worker takes them over."""
    start_again(own_server)
    place.url = own_server.create_database("two")
    worker = place.worker()
    kill_server(own_server)
    worker.signal(signal.SIGTERM)
    worker.says("again to leave at once")
    worker.signal(signal.SIGTERM)
    worker.ends(130, within=5)


def lines_or_none(place):
    """Return what was written, if anything was."""
    with suppress(FileNotFoundError):
        return place.lines()
    return None


# -- what keeps a worker from working ------------------------------------------


def test_a_server_that_is_not_there_is_said_without_the_password(place):
    """Status 2, one message that says where and what to do."""
    place.url = "postgresql://ann:s3cret@127.0.0.1:1/rollouts?connect_timeout=1"
    done = place.gonogo("worker", status=2)
    assert "127.0.0.1:1/rollouts" in done.stderr
    refuses(done)


@pytest.mark.parametrize("way", ["password", "database", "address"])
def test_a_wrong_address_is_said_without_the_password(place, postgres, way):
    """A wrong password, a database that is not there, an address that is none."""
    at = urlsplit(postgres.url())
    host = f"{at.hostname}:{at.port}"
    place.url = {
        "password": f"postgresql://{at.username}:s3cret@{host}/postgres",
        "database": postgres.url("nowhere"),
        "address": f"postgresql://ann:s3cret@{host}/x?sslmode=quite",
    }[way]
    refuses(place.gonogo("worker", status=2), at.password)


def refuses(done, secret="s3cret"):  # noqa: S107
    """Check that a command was refused for people, and kept the secrets."""
    said = done.stdout + done.stderr
    assert re.match(r"gonogo: .+\.$", done.stderr, re.DOTALL)
    assert not [
        word for word in ("s3cret", secret, "Traceback", "itself") if word in said
    ]


def test_without_the_extra_a_worker_says_what_to_install(shared):
    """Over a database only: over a folder nothing is missing."""
    gone = shared.folder / "gone"
    gone.mkdir()
    missing = "raise ModuleNotFoundError(\"No module named 'dbos'\", name='dbos')\n"
    (gone / "dbos.py").write_text(missing)
    done = shared.gonogo("worker", status=2, PYTHONPATH=str(gone))
    assert "gonogo[postgres]" in done.stderr
    refuses(done)


# -- killed at random ----------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [("--folder",), ("--stop", "--longest-stop", "5", "--calm", "0")],
    ids=["one", "two"],
)
def test_workers_killed_at_random_lose_nothing_and_repeat_nothing(words, request):
    """Five times, under load; `make kill-workers N=…` does it as often as you like."""
    if "--folder" not in words:
        request.getfixturevalue("postgres")  # skips where there is no server
    times = ("--times", "5", "--rollouts", "12", "--seed", "4")
    done = subprocess.run(
        [sys.executable, str(KILLER), *times, *words, "--within", str(TAKEN_OVER_S)],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert 5 == told.get("killed", 0) + told.get("stopped", 0)
