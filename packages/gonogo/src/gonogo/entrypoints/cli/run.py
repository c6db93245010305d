"""`gonogo run`: run a document, or go on with its unfinished rollout."""

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from gonogo.bootstrap.documents import Document, open_document
from gonogo.bootstrap.handing_over import hand_over
from gonogo.bootstrap.running import answers_of, person_at, runner_for
from gonogo.bootstrap.workspace import Workspace
from gonogo.decision import RolloutState
from gonogo.decision.transitions import Phase
from gonogo.entrypoints.cli.audience import Audience
from gonogo.entrypoints.cli.console import console_for
from gonogo.entrypoints.cli.driving import SECOND, drive
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.live import LiveView
from gonogo.entrypoints.cli.options import (
    as_option,
    file_argument,
    json_option,
    state_option,
)
from gonogo.entrypoints.cli.output import say
from gonogo.entrypoints.cli.pages import page_for
from gonogo.entrypoints.cli.reports import write_report
from gonogo.entrypoints.cli.session import Session
from gonogo.entrypoints.cli.speaking import Refused
from gonogo.entrypoints.cli.starting import announce, check_values, runnable, to_run
from gonogo.entrypoints.cli.views import Fanout, JsonView, PlainView, View
from gonogo.entrypoints.cli.waiting import waiting_lines
from gonogo.entrypoints.cli.watch import follow
from gonogo.model.command import Person
from gonogo.model.identifiers import RolloutId
from gonogo.model.plan import Plan
from gonogo.report.status import status_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run was asked for."""

    file: Path
    answers: Path | None
    pace: float
    name: str
    report: Path | None
    yes: bool
    again: bool
    detach: bool
    as_json: bool

    @property
    def on_terminal(self) -> bool:
        """Return whether a person looks at what is printed."""
        return sys.stdout.isatty() and not self.as_json

    @property
    def interactive(self) -> bool:
        """Return whether a person is there to be asked."""
        return self.on_terminal and sys.stdin.isatty()


@click.command("run")
@file_argument
@click.option(
    "--answers",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Answers and consents by role, for a run without people.",
)
@click.option(
    "--pace",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    metavar="N",
    help="Let the plan's time run N times as fast: 3600 makes an hour a second.",
)
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where to write the report. [default: STATE/reports/ROLLOUT]",
)
@click.option("--yes", "-y", is_flag=True, help="Start without asking.")
@click.option("--detach", "-d", is_flag=True, help="Leave it to a worker, and return.")
@click.option("--again", is_flag=True, help="Run a plan anew that has ended before.")
@json_option("every journal record as a JSON object on a line of its own")
@as_option
@state_option
@click.pass_obj
def command(session: Session, /, **given: Any) -> int:  # noqa: ANN401  # see Options
    """
    Run a document, or go on with its unfinished rollout.

    It says what it is about to run, and under which digest, before anything is done.
    On a terminal it shows the whole rollout and asks its questions; elsewhere it
    prints a line for each event, and leaves with status 3 when only people can bring
    it on, with the very commands that do. The same command goes on from there, and
    after a Ctrl-C or a crash. Where a `gonogo worker` is at work, that runs it, and
    this command only follows.

    Examples:
      gonogo run rollout.md
      gonogo run rollout.md --answers answers.yaml --pace 3600
      gonogo run rollout.md --json > journal.jsonl

    Exit status: 0 completed, 1 rolled back, 2 not run, 3 waits for a person or left.
    """
    options = Options(**given)
    document = open_document(options.file)
    workspace = session.workspace()
    plan, before = to_run(workspace, runnable(document))
    ended = None if before or options.again else workspace.ended(plan)
    if ended is not None:
        return _tell_of_end(workspace, ended, options)
    check_values(workspace, document, plan, before)
    view = _view(options)
    audience = _audience(plan, view, options)
    page = page_for(stderr=options.as_json)
    announce(page, document, plan, before, pace=options.pace)
    _ask_to_start(before, options)
    if options.detach or workspace.run_by_workers:
        return _leave_to_worker(document, plan, workspace, view, options)
    rollout, state = _run(
        document,
        plan,
        workspace=workspace,
        audience=audience,
        view=view,
        options=options,
    )
    return _finish(workspace, rollout, state, options)


def _tell_of_end(workspace: Workspace, ended: RolloutState, options: Options) -> int:
    """Say that the plan has run to its end: the same command never runs it twice."""
    how = "completed" if ended.phase is Phase.COMPLETED else "rolled back"
    text = (
        f"Rollout {ended.rollout} of this very plan was {how}. Nothing was run; to run "
        "it anew, say --again."
    )
    say(text, err=options.as_json)
    return _finish(workspace, ended.rollout, ended, options)


def _leave_to_worker(
    document: Document, plan: Plan, workspace: Workspace, view: View, options: Options
) -> int:
    """
    Begin the rollout, and let a worker run it; follow it unless told not to.

    Raises:
        Refused: It was asked for what only a run of its own can do.
    """
    if options.pace != 1 or options.answers is not None:
        text = (
            "a worker runs it, at the pace of the clock: --pace and --answers are for "
            "a run of its own. Give consents with `gonogo approve`, answers with "
            "`gonogo answer`."
        )
        raise Refused(text)
    by = Person(name=options.name)
    rollout = hand_over(document, plan, workspace=workspace, by=by, environ=os.environ)
    if workspace.worker_at_work() is None:
        say("No worker is at work now: it goes on when there is one.", err=True)
    if options.detach:
        text = f"{rollout} is left to a worker; `gonogo watch {rollout}` follows it."
        say(text, err=options.as_json)
        return Exit.OK
    text = f"A worker runs {rollout}; Ctrl-C ends following it, not the rollout."
    say(text, err=True)
    ended = follow(workspace, rollout, view)
    if ended is None:
        say(f"To follow it again: gonogo watch {rollout}", err=options.as_json)
        return Exit.WAITING
    return _finish(workspace, rollout, ended, options)


def _view(options: Options) -> View:
    if options.as_json:
        return JsonView()
    if options.on_terminal:
        return LiveView(console_for(), pace=options.pace)
    return PlainView()


def _audience(plan: Plan, view: View, options: Options) -> Audience:
    file = answers_of(options.answers, plan) if options.answers else None
    console = console_for(markup=True)
    return Audience(
        file=file,
        prompter=(lambda: person_at(console, options.name))
        if options.interactive
        else None,
        screen=view,
    )


def _ask_to_start(before: RolloutState | None, options: Options) -> None:
    """
    Ask before something begins, where somebody sits and nothing was said of it.

    Raises:
        Refused: The person said no.
    """
    settled = options.yes or options.answers is not None or before is not None
    if options.interactive and not settled and not click.confirm("Start this rollout?"):
        text = "nothing was started."
        raise Refused(text)


def _run(
    document: Document,
    plan: Plan,
    *,
    workspace: Workspace,
    audience: Audience,
    view: View,
    options: Options,
) -> tuple[RolloutId, RolloutState | None]:
    """Drive the rollout; return which it was, and how it stood when it was left."""
    watcher = Fanout(view, audience)
    view.open()
    try:
        with runner_for(
            document,
            plan,
            workspace=workspace,
            by=Person(name=options.name),
            people=audience,
            watcher=watcher,
            environ=os.environ,
            pace=options.pace,
        ) as runner:
            journal, rollout = workspace.journal, watcher.rollout
            state = drive(
                runner,
                view,
                interactive=audience.interactive,
                inbox_empty=lambda: not journal.received(rollout),
            )
    finally:
        audience.close()
        view.close()
    return rollout, state


def _finish(
    workspace: Workspace,
    rollout: RolloutId,
    state: RolloutState | None,
    options: Options,
) -> int:
    """Write the report, say where it lies or how to go on, and return the status."""
    to_stderr = options.as_json
    if state is None:
        say(f"gonogo: {SECOND}", err=True)
    now = state or workspace.state(rollout)
    lines = list(waiting_lines(status_of(now, now=now.at)))
    if lines:
        say("\n".join(["", f"{rollout} waits for:", *lines, ""]), err=to_stderr)
    if now.ended:
        markdown, html = write_report(workspace, rollout, options.report)
        say(f"The report: {markdown} and {html}", err=to_stderr)
        done = now.phase is Phase.COMPLETED
        return Exit.OK if done else Exit.ROLLED_BACK
    say(f"To go on: {_again(options)}", err=to_stderr)
    return Exit.WAITING


def _again(options: Options) -> str:
    """Return the command that goes on, as it was typed where that matters."""
    words = ["gonogo", "run", str(options.file)]
    if options.answers is not None:
        words += ["--answers", str(options.answers)]
    if options.pace != 1:
        words += ["--pace", f"{options.pace:g}"]
    return shlex.join(words)
