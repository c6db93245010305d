"""
Kill workers at random moments, under load, and judge what they have left.

Not a test by itself: `test_worker.py` starts it with a few kills, `make kill-workers`
with many. Some tens of rollouts are always under way, driven by two workers over
PostgreSQL (or by one over a folder). Again and again one is killed with signal 9, or
stopped for some seconds, or the server is killed. In the end every rollout has to have
ended, every journal has to be whole and lawful, and what may not be repeated has to
have been done once: each action and undo appends one line to a file. People tell the
truth: they look into that file.

Workers are forked from a process that has imported what they need, so that one begins
in a tenth of a second. Prints one JSON object; a failure names the command that
repeats the campaign with the same choices (the moments are never quite the same).
"""

import argparse
import ctypes
import json
import os
import random
import shlex
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from statistics import median

import psycopg

from gonogo.bootstrap.documents import open_document
from gonogo.bootstrap.handing_over import hand_over
from gonogo.bootstrap.workspace import Workspace
from gonogo.decision import RolloutState, evolve
from gonogo.entrypoints.cli import main as run_gonogo
from gonogo.entrypoints.cli.exits import Exit
from gonogo.model import event as events
from gonogo.model.command import Abort, Answer, Person
from gonogo.model.event import Asked, Event, QuestionAsked
from gonogo.model.identifiers import RolloutId
from gonogo.model.operation import Shell
from gonogo.model.plan import Action
from gonogo.model.shard import shard_of
from gonogo.ports.journal import JournalUnavailable
from gonogo.testing.laws import LawBroken, check_journal, plan_of
from gonogo.testing.postgres import PostgresFailed, PrivatePostgres, private_postgres

# What is promised of the takeover, and how long a kill is left alone to measure it.
TAKEN_OVER_S, CALM_S = 6.0, 8.0
# A person looks before answering; a script that was left running has ended by then.
LOOKS_S = 4.0
ENDS_S = 120.0
LEAVES_S = 15.0
SETTLES_S = 10.0
POLL_S = 0.1
ME = Person(name="ada")

_NURSERY = get_context("forkserver")

PLAN = """\
title: Trial of {service}
service: {service}
environment: test
document: plan.yaml
document_digest: sha256:0
stages:
{stages}metrics:
  - {{name: Errors, probe: {{kind: shell, run: 'echo 1'}}, cadence: 1s}}
"""
STAGE = """\
  - id: {id}
    line: 1
    title: Stage {id}
    steps:
{steps}      - {{kind: soak, id: {id}-soak, line: 1, title: hold, duration: {soak}s, limit: 1h, gates: [{id}-gate]}}
    gates:
      - {{id: {id}-gate, line: 1, title: well, metric: Errors, condition: {{comparator: <, value: 5, unit: count}}}}
"""
WRITE = "{{kind: shell, run: 'sleep {slow}; echo \"$GONOGO_ROLLOUT {name}\" >> {log}', idempotent: {idempotent}}}"
FAILS = (
    "      - {kind: check, id: bad, line: 1, title: never well, "
    "probe: {kind: shell, run: 'false'}}\n"
)


# -- a plan, at random ---------------------------------------------------------


def plan_at_random(chance: random.Random, service: str, log: Path) -> str:
    """Return a plan file of two stages with actions of every kind."""
    stages = [stage_at_random(chance, name, log) for name in ("one", "two")]
    if chance.random() < 0.3:
        stages[1] = stages[1].replace(
            "      - {kind: soak", f"{FAILS}      - {{kind: soak"
        )
    return PLAN.format(service=service, stages="".join(stages))


def stage_at_random(chance: random.Random, name: str, log: Path) -> str:
    """Return a stage whose actions may be repeated, have a check, or neither."""
    kinds = ["repeat", "check", "neither"]
    chance.shuffle(kinds)
    steps = [action_at_random(chance, f"{name}-{kind}", kind, log) for kind in kinds]
    return STAGE.format(id=name, steps="".join(steps), soak=chance.randint(1, 4))


def action_at_random(chance: random.Random, name: str, kind: str, log: Path) -> str:
    """Return an action that writes one line, and its undo, which writes another."""
    slow = chance.choice((0, 0.05, 0.5))
    way = {"slow": slow, "log": log, "idempotent": str(kind == "repeat").lower()}
    apply, undo = (WRITE.format(name=n, **way) for n in (name, f"undo-{name}"))
    written, undone = (
        f'grep -qx "$GONOGO_ROLLOUT {n}" {log}' for n in (name, f"undo-{name}")
    )
    looks = f"{written} && ! {undone}"
    check = f", check: {{kind: shell, run: '{looks}'}}" if kind == "check" else ""
    return (
        f"      - {{kind: action, id: {name}, line: 1, title: {name}, "
        f"apply: {apply}, undo: {undo}{check}}}\n"
    )


# -- workers -------------------------------------------------------------------


def live(folder: str, arguments: Sequence[str]) -> None:
    """Be `gonogo` in a folder, until the end; dies with whoever started it."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    os.chdir(folder)
    log = os.open("worker.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.argv = ["gonogo", *arguments]
    run_gonogo()


@dataclass(slots=True)
class Slot:
    """A place for a worker: one lives there, then the next."""

    folder: Path
    arguments: Sequence[str]
    process: BaseProcess | None = None

    @property
    def pid(self) -> int:
        """Return the process of the worker that lives here."""
        assert self.process is not None
        assert self.process.pid is not None
        return self.process.pid

    def begin(self) -> None:
        """Let a worker begin."""
        self.process = _NURSERY.Process(
            target=live, args=(str(self.folder), self.arguments), daemon=True
        )
        self.process.start()

    def kill(self) -> None:
        """End the worker on the spot."""
        assert self.process is not None
        process, self.process = self.process, None
        process.kill()
        process.join()

    def signal(self, number: signal.Signals) -> None:
        """Send the worker a signal."""
        os.kill(self.pid, number)

    def fell(self) -> bool:
        """Return whether the worker ended though nobody ended it."""
        return self.process is not None and not self.process.is_alive()


# -- people --------------------------------------------------------------------


@dataclass(slots=True)
class People:
    """Follow every rollout, answer what is asked with the truth, and abort some."""

    workspace: Workspace
    log: Path
    chance: random.Random
    states: dict[RolloutId, RolloutState] = field(default_factory=dict)
    seen: dict[RolloutId, int] = field(default_factory=dict)
    asked: dict[tuple[str, str], float] = field(default_factory=dict)
    said: int = 0

    def under_way(self) -> tuple[RolloutId, ...]:
        """Return the rollouts that have not ended, as last seen."""
        return tuple(r for r, state in self.states.items() if not state.ended)

    def follow(self, rollout: RolloutId) -> None:
        """Follow a rollout from now on."""
        self.seen[rollout] = 0
        self.look(rollout)

    def attend(self) -> None:
        """Look at every rollout, and answer what was asked some seconds ago."""
        for rollout in self.under_way():
            self.look(rollout)
            for question in self.states[rollout].questions.values():
                self.consider(rollout, question)

    def look(self, rollout: RolloutId) -> None:
        """Take up what was journaled since the last look."""
        state = self.states.get(rollout)
        records = self.workspace.journal.read(rollout, after=self.seen[rollout])
        for record in records:
            state, self.seen[rollout] = evolve(state, record.event), record.seq
        if state is not None:
            self.states[rollout] = state

    def consider(self, rollout: RolloutId, asked: QuestionAsked) -> None:
        """Answer a question, once, when what it is about has come to rest."""
        key = (rollout, asked.question)
        since = self.asked.setdefault(key, time.monotonic())
        if time.monotonic() - since < LOOKS_S:
            return
        self.asked[key] = float("inf")
        answer = self.truth(rollout, asked)
        word = Answer(
            at=datetime.now(UTC), question=asked.question, answer=answer, by=ME
        )
        self.workspace.journal.send(rollout, word)
        self.said += 1

    def truth(self, rollout: RolloutId, asked: QuestionAsked) -> str:
        """Return the answer that the file gives."""
        if asked.about is not Asked.IN_DOUBT:
            return (asked.choices or ("looked",))[0]
        written = lines_of(self.log)[f"{rollout} {asked.subject}"]
        return "applied" if written else "not applied"

    def abort_one(self) -> None:
        """Abort a rollout that is under way."""
        going = [r for r in self.under_way() if not self.states[r].going_back]
        if going:
            word = Abort(at=datetime.now(UTC), reason="a trial", by=ME)
            self.workspace.journal.send(self.chance.choice(going), word)
            self.said += 1


def lines_of(log: Path) -> Counter[str]:
    """Return how often each line was written."""
    return Counter(log.read_text().splitlines())


# -- the campaign --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kill:
    """A worker that was killed while nothing else happened, and what it had."""

    at: datetime
    rollouts: tuple[RolloutId, ...]


@dataclass
class Campaign:
    """
    Two workers, or one, and what happens to them.

    Attributes:
        server: Where the journal is; None: in the folder.
        calm: The kills of which the time to the takeover counts.
    """

    given: argparse.Namespace
    folder: Path
    server: PrivatePostgres | None
    done: Counter[str] = field(default_factory=Counter)
    calm: list[Kill] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Lay out the folders."""
        self.chance = random.Random(self.given.seed)  # noqa: S311
        self.log = self.folder / "lines"
        self.log.touch()
        self.slots = tuple(self.laid_out())
        state = None if self.url else self.slots[0].folder / ".gonogo"
        self.workspace = Workspace(state or self.folder / "people", self.url)
        self.people = People(self.workspace, self.log, self.chance)
        self.begun = 0
        # Until then a worker that just begins may find no server.
        self.settled_at = 0.0

    @cached_property
    def url(self) -> str | None:
        """Return the address of the database, which is made for this campaign."""
        return self.server.create_database("campaign") if self.server else None

    def laid_out(self) -> Iterator[Slot]:
        """Yield the places for workers: over one folder, or each in its own."""
        arguments = ["worker", *(("--state", self.url) if self.url else ())]
        for number in range(2 if self.url else 1):
            folder = self.folder / f"worker-{number * self.given.apart}"
            folder.mkdir(exist_ok=True)
            yield Slot(folder, arguments)

    def run(self) -> None:
        """Disturb the workers so many times, then let them bring everything to its end."""
        for slot in self.slots:
            slot.begin()
        self.fill()
        self.wait(3.0)
        ends = time.monotonic() + 60 * self.given.minutes
        while self.disturbed() < self.given.times and not self.failures:
            if time.monotonic() > ends:
                break
            self.disturb()
            self.fill()
        self.finish()

    def disturbed(self) -> int:
        """Return how often something bad was done."""
        return sum(self.done[what] for what in ("killed", "stopped", "server killed"))

    def fill(self) -> None:
        """Begin rollouts until enough of them are under way."""
        while len(self.people.under_way()) < self.given.rollouts:
            folder = self.folder / "plans" / f"r{self.begun}"
            folder.mkdir(parents=True)
            plan = plan_at_random(self.chance, folder.name, self.log)
            (folder / "plan.yaml").write_text(plan)
            self.people.follow(begin(self.workspace, folder / "plan.yaml"))
            self.begun += 1

    def wait(self, seconds: float) -> None:
        """Let some time pass; people go on with what they do."""
        ends = time.monotonic() + seconds
        while True:
            self.people.attend()
            self.note_fallen()
            left = ends - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(POLL_S, left))

    def note_fallen(self) -> None:
        """Note a worker that ended by itself, and let the next one begin."""
        for slot in self.slots:
            if slot.fell():
                assert slot.process is not None
                status = slot.process.exitcode
                if status == Exit.USAGE and time.monotonic() < self.settled_at:
                    self.done["refused, without a server"] += 1
                else:
                    self.failures.append(f"a worker ended with status {status}")
                slot.begin()

    # -- what happens to them --------------------------------------------------

    def disturb(self) -> None:
        """Do something bad, at a moment that nobody foresees."""
        slot, what = self.chance.choice(self.slots), self.chance.random()
        if self.chance.random() < 0.1:
            self.people.abort_one()
        if self.given.stop and what < 0.15:
            self.stop(slot)
        elif self.given.database and self.server is not None and what > 0.9:
            self.kill_server(self.server)
        elif self.server is not None and self.chance.random() < self.given.calm:
            self.kill_in_calm(slot)
        else:
            self.wait(self.chance.uniform(0, self.given.longest_gap))
            slot.kill()
            slot.begin()
            self.done["killed"] += 1

    def stop(self, slot: Slot) -> None:
        """Let a worker stand still, for less or more than it takes to be passed over."""
        slot.signal(signal.SIGSTOP)
        self.wait(self.chance.uniform(0.5, self.given.longest_stop))
        slot.signal(signal.SIGCONT)
        self.wait(1.0)
        self.done["stopped"] += 1

    def kill_server(self, server: PrivatePostgres) -> None:
        """Kill the database as the kernel would, and start it again."""
        pid = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        server.stop()
        started_again(server)
        self.settled_at = time.monotonic() + SETTLES_S
        self.wait(self.chance.uniform(0.5, 3))
        self.done["server killed"] += 1

    def kill_in_calm(self, slot: Slot) -> None:
        """Kill one of two workers that share everything, and leave it at that."""
        self.wait(CALM_S)
        held = tuple(
            r for r in self.people.under_way() if shard_of(r) in self.held(slot)
        )
        at = datetime.now(UTC)
        slot.kill()
        self.done["killed"] += 1
        self.wait(CALM_S)
        slot.begin()
        self.calm.append(Kill(at, held))

    def held(self, slot: Slot) -> frozenset[int]:
        """Return the shards at which a worker has a turn, as the database knows it."""
        with psycopg.connect(str(self.url)) as connection:
            rows = connection.execute(
                "SELECT workflow_uuid FROM dbos.workflow_status, gonogo.worker "
                "WHERE executor_id = worker.name AND status = 'PENDING' AND pid = %s",
                (slot.pid,),
            ).fetchall()
        return frozenset(int(name.split("-")[2]) for (name,) in rows)

    # -- the end ---------------------------------------------------------------

    def finish(self) -> None:
        """Wait until every rollout has ended, and let the workers go."""
        ends = time.monotonic() + ENDS_S
        while self.people.under_way() and time.monotonic() < ends:
            self.wait(0.5)
        for rollout in self.people.under_way():
            state = self.people.states[rollout]
            self.failures.append(f"{rollout} has not ended: {standing(state)}")
        for slot in self.slots:
            slot.signal(signal.SIGTERM)
        for slot in self.slots:
            assert slot.process is not None
            slot.process.join(LEAVES_S)
            if slot.process.exitcode != 0:
                status = slot.process.exitcode
                self.failures.append(f"told to leave, a worker had status {status}")
                slot.kill()

    def judge(self) -> None:
        """Note all that is not as it has to be."""
        lines = lines_of(self.log)
        for rollout in self.people.states:
            records = self.workspace.journal.read(rollout)
            history = [record.event for record in records]
            for each in self.workspace.journal.verify(rollout):
                self.failures.append(f"{rollout} is damaged: {each}")
            self.failures += [f"{rollout}: {each}" for each in unlawful(history)]
            self.failures += miscounted(rollout, history, lines)
        late = [s for s in self.takeovers() if s > self.given.within]
        if late:
            self.failures.append(f"taken over after {max(late):.1f} s")
        for slot in self.slots:
            told = (slot.folder / "worker.log").read_text().splitlines()
            for words in ("gonogo itself failed", "set aside", "Traceback"):
                self.failures += [line for line in told if words in line][:3]

    def takeovers(self) -> list[float]:
        """Return the seconds from each calm kill to the next event of each rollout."""
        return [
            after_s
            for kill in self.calm
            for rollout in kill.rollouts
            for after_s in self.next_event(rollout, kill.at)
        ]

    def next_event(self, rollout: RolloutId, at: datetime) -> Sequence[float]:
        """Return the seconds to the first record after an instant, as a list of one."""
        records = self.workspace.journal.read(rollout)
        later = (r.recorded_at for r in records if r.recorded_at > at)
        first = next(later, None)
        return [] if first is None else [(first - at).total_seconds()]

    def told(self) -> Mapping[str, object]:
        """Return what is printed in the end."""
        takeovers = sorted(self.takeovers())
        kinds = Counter(
            type(record.event).__name__
            for rollout in self.people.states
            for record in self.workspace.journal.read(rollout)
        )
        wanted = ("RunnerRecovered", "ActionInDoubt", "ActionNotFound", "UndoNotFound")
        return {
            **self.done,
            "rollouts": len(self.people.states),
            "events": kinds.total(),
            **{name: kinds[name] for name in wanted},
            "words": self.people.said,
            "takeovers": len(takeovers),
            "takeover_p50_s": round(median(takeovers), 2) if takeovers else None,
            "takeover_max_s": round(takeovers[-1], 2) if takeovers else None,
            "failures": self.failures,
        }


def begin(workspace: Workspace, plan: Path) -> RolloutId:
    """Hand a plan over to the workers, as `gonogo run --detach` does."""
    document = open_document(plan)
    assert document.compiled.plan is not None, document.compiled.diagnostics
    while True:
        with suppress(JournalUnavailable):
            return hand_over(
                document, document.compiled.plan, workspace=workspace, by=ME, environ={}
            )


def started_again(server: PrivatePostgres) -> None:
    """Start a server whose children may still be about to end."""
    for _ in range(200):
        with suppress(PostgresFailed):
            return server.start()
    message = "the server could not be started again"
    raise RuntimeError(message)


def standing(state: RolloutState) -> str:
    """Return where a rollout stands, for who looks for the reason."""
    step = state.current_step
    open_now = ", ".join(state.questions) or "nothing"
    return f"{state.phase.value} at {step.id if step else None}, asks {open_now}"


def unlawful(history: Sequence[Event]) -> Iterator[str]:
    """Yield the law that a journal breaks."""
    try:
        check_journal(history)
    except LawBroken as broken:
        yield str(broken)


def miscounted(
    rollout: RolloutId, history: Sequence[Event], lines: Counter[str]
) -> Iterator[str]:
    """Yield what was done more often, or less often, than the journal says."""
    steps = [step for stage in plan_of(history).stages for step in stage.steps]
    done = done_names(history)
    for step in steps:
        if isinstance(step, Action):
            for name, operation in (
                (step.id, step.apply),
                (f"undo-{step.id}", step.undo),
            ):
                assert isinstance(operation, Shell)
                found = lines[f"{rollout} {name}"]
                most = found if operation.idempotent else 1
                if found > most or (name in done and not found):
                    yield f"{rollout}: {name} was done {found} times"


def done_names(history: Sequence[Event]) -> frozenset[str]:
    """Return the actions and undos of which the journal says that they were done."""
    undos = {
        each.undo: each.operation.run.split()[-3].rstrip('"')
        for each in history
        if isinstance(each, events.UndoIntended) and isinstance(each.operation, Shell)
    }
    applied = (e.step for e in history if isinstance(e, events.ActionApplied))
    undone = (undos[e.undo] for e in history if isinstance(e, events.UndoApplied))
    return frozenset((*applied, *undone))


def options() -> argparse.Namespace:
    """Return how the campaign was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--times", type=int, default=100, help="kills, stops and the like in all")
    add("--minutes", type=float, default=float("inf"), help="at most so long")
    add("--seed", type=int, default=None, help="of all choices; random by default")
    add("--rollouts", type=int, default=40, help="under way at any time")
    add("--stop", action="store_true", help="also stop workers, and let them go on")
    add("--longest-stop", type=float, default=10.0, help="in seconds")
    add("--database", action="store_true", help="also kill the server")
    add("--folder", action="store_true", help="one worker over a folder, no server")
    add(
        "--apart", action="store_true", help="workers know nothing of each other's disk"
    )
    add("--longest-gap", type=float, default=1.5, help="between two kills, in seconds")
    add("--calm", type=float, default=0.25, help="part of the kills that is timed")
    add(
        "--within", type=float, default=TAKEN_OVER_S, help="seconds to be taken over in"
    )
    add("--keep", action="store_true", help="leave the folder where it is")
    given = parser.parse_args()
    if given.seed is None:
        given.seed = random.randrange(10**6)  # noqa: S311
        sys.argv += ["--seed", str(given.seed)]
    return given


def main() -> int:
    """Run one campaign; return 1 when something was found."""
    given = options()
    _NURSERY.set_forkserver_preload(
        ["gonogo.entrypoints.cli.worker", *_HEAVY, __name__]
    )
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="gonogo-kill-"))
        server = None if given.folder else stack.enter_context(private_postgres())
        campaign = Campaign(given, folder, server)
        campaign.run()
        campaign.judge()
        told = campaign.told()
    if not (campaign.failures or given.keep):
        shutil.rmtree(folder, ignore_errors=True)
    took_s = round(time.monotonic() - began)
    print(json.dumps({**told, "took_s": took_s}, indent=1))  # noqa: T201
    if campaign.failures:
        again = shlex.join(["python", *sys.argv])
        print(f"to repeat it: {again}\nleft in {folder}", file=sys.stderr)  # noqa: T201
    return 1 if campaign.failures else 0


_HEAVY = ("gonogo.bootstrap.working", "gonogo.adapters.shards.dbos")

if __name__ == "__main__":
    sys.exit(main())
