"""`gonogo journal`: prove that the journal is as it was written, and show it."""

import json

import click

from gonogo.bootstrap.workspace import NoSuchRollout, Workspace
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.options import (
    json_option,
    rollout_argument,
    state_option,
)
from gonogo.entrypoints.cli.output import safe
from gonogo.entrypoints.cli.pages import page_for
from gonogo.entrypoints.cli.session import Session
from gonogo.entrypoints.cli.views import record_as_json
from gonogo.model.identifiers import THE_LINE, RolloutId
from gonogo.report.sentences import sentence_of
from gonogo.report.wording import instant_text


@click.group("journal")
def command() -> None:
    """
    Verify and show the journal, record by record.

    Each record's hash covers the one before it: no record can be changed, dropped or
    moved without being seen. Keep the head's hash elsewhere to prove the end, too.
    What stopped and released the line has a journal of its own: 'the line'.

    Examples:
      gonogo journal verify --all
      gonogo journal show --json | jq .event
    """


@command.command("verify")
@rollout_argument
@click.option("--all", "every", is_flag=True, help="Verify every rollout.")
@click.option("--head", metavar="HASH", help="What the last record's hash has to be.")
@state_option
@click.pass_obj
def verify(
    session: Session, rollout: str | None, head: str | None, *, every: bool
) -> int:
    """
    Prove that a rollout's records are, byte for byte, what was written.

    Examples:
      gonogo journal verify
      gonogo journal verify --all
      gonogo journal verify qc-flow-production-1 --head "$(cat head.txt)"

    Exit status: 0 as written, 1 damaged, 2 no journal.
    """
    workspace = session.existing()
    known = workspace.journal.rollouts()
    if every and (rollout or head):
        text = "--all goes with neither ROLLOUT nor --head"
        raise click.UsageError(text)
    line = (THE_LINE,) if workspace.records(THE_LINE) else ()
    names = (*known, *line) if every else (_find(known, rollout),)
    sound = [_verified(workspace, name, head) for name in names]
    return Exit.OK if all(sound) else Exit.DAMAGED


@command.command("show")
@rollout_argument
@json_option("each record as a JSON object on a line of its own")
@state_option
@click.pass_obj
def show(session: Session, rollout: str | None, *, as_json: bool) -> None:
    """
    Show a rollout's records, oldest first.

    Examples:
      gonogo journal show
      gonogo journal show qc-flow-production-1 --json > evidence.jsonl
    """
    workspace = session.existing()
    page = page_for()
    known = workspace.journal.rollouts()
    for record in workspace.records(_find(known, rollout)):
        if as_json:
            click.echo(json.dumps(record_as_json(record), ensure_ascii=False))
            continue
        lead = f"{record.seq:>5}  {instant_text(record.at)}  "
        page.row(lead, f"{type(record.event).__name__}: {sentence_of(record.event)}")


def _find(known: tuple[RolloutId, ...], rollout: str | None) -> RolloutId:
    """Return which rollout is meant; without reading it, for it may be damaged."""
    if rollout == THE_LINE:
        return THE_LINE
    if rollout is None and known:
        return known[-1]
    if rollout not in known:
        raise NoSuchRollout(rollout, known)
    return RolloutId(str(rollout))


def _verified(workspace: Workspace, rollout: RolloutId, head: str | None) -> bool:
    """Print whether a rollout's chain holds, or each damage; return which."""
    damages = workspace.journal.verify(rollout)
    for each in damages:
        where = f"record {each.seq}" if each.seq else "file"
        click.echo(safe(f"DAMAGED {rollout} {where}: {each.what}"))
    if damages:
        return False
    records = workspace.records(rollout)
    link = records[-1].link
    if head is not None and link != head.strip().lower():
        click.echo(f"DAMAGED {rollout} head: it is {link}, not {head}")
        return False
    click.echo(f"OK {rollout}: {len(records)} records, head {link}")
    return True
