"""`gonogo new`: a first document for a change, with bindings for what is found."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from gonogo.bootstrap.beginning import begun, refuse_to_overwrite, root_from, write_both
from gonogo.bootstrap.drafts import open_draft
from gonogo.bootstrap.sources import find_sources
from gonogo.document.templates.fill import Change, Request
from gonogo.document.templates.sources import Sources
from gonogo.entrypoints.cli.bind_dialogue import by_kind
from gonogo.entrypoints.cli.page import Page
from gonogo.entrypoints.cli.pages import page_for

_SHARES = (5.0, 25.0, 100.0)


def _shares(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> tuple[float, ...] | None:
    """Return percentages that rise from above 0 to 100 at most."""
    del ctx, param
    if value is None:
        return None
    try:
        shares = tuple(float(part.strip().rstrip("%")) for part in value.split(","))
    except ValueError:
        shares = ()
    rising = all(low < high for low, high in zip((0.0, *shares), shares, strict=False))
    if not shares or not rising or not shares[-1] <= 100:  # noqa: PLR2004  # percent
        text = f"'{value}' is no list of rising percentages, such as 5,25,100."
        raise click.BadParameter(text)
    return shares


@click.command("new")
@click.argument("change", type=click.Choice(Change, case_sensitive=False))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("rollout.md"),
    metavar="FILE",
    help="The document to write. [default: rollout.md]",
)
@click.option("--title", metavar="TEXT", help="Its title.")
@click.option("--service", metavar="NAME", help="[default: the repository's name]")
@click.option("--flag", metavar="NAME", help="The flag. [default: the only one found]")
@click.option(
    "--stage-percentages",
    "shares",
    metavar="LIST",
    callback=_shares,
    help="Of a flag or canary. [default: 5,25,100]",
)
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--force", is_flag=True, help="Overwrite what is there.")
def command(
    change: Change,
    *,
    output: Path,
    title: str | None,
    service: str | None,
    flag: str | None,
    shares: tuple[float, ...] | None,
    yes: bool,
    force: bool,
) -> None:
    """
    Write a first document for a change, with its bindings.

    CHANGE is a migration, a flag that is turned on for more and more users, or a
    canary that gets more and more traffic. Looks in this folder and its repository
    for migrations, flag files and health paths, and at the names of environment
    variables (never their values). What is not found stays open, for `gonogo bind`.

    Examples:
      gonogo new flag
      gonogo new migration -o docs/rollouts/orders.md --title 'Orders: new column'
      gonogo new canary --stage-percentages 1,10,50,100 --yes
    """
    if change is Change.MIGRATION and (shares or flag):
        text = "a migration has neither --stage-percentages nor --flag."
        raise click.UsageError(text)
    refuse_to_overwrite(output, force=force)
    page, project = page_for(), Path()
    sources = find_sources(project, os.environ)
    _tell(page, sources)
    request = Request(
        change=change,
        document=output.name,
        root=root_from(output, project),
        title=title,
        service=service,
        flag=flag,
        shares=shares or _SHARES,
    )
    if not yes and _somebody_sits_here():
        request = _asked(request, sources)
    written = begun(request, sources)
    output.parent.mkdir(parents=True, exist_ok=True)
    for path in write_both(output, written, force=force):
        page.row("Written: ", str(path), lead_style="bold")
    _tell_open(page, output)


def _somebody_sits_here() -> bool:
    return sys.stdin.isatty()


def _tell(page: Page, sources: Sources) -> None:
    page.row("", "Found here:", style="bold")
    for what, found in sources.told():
        style = "" if found else "dim"
        page.row(f"  {what:<10} ", found or "not found", style=style)


def _asked(request: Request, sources: Sources) -> Request:
    """Return a request with the words that a person gives it."""
    if request.service is None:
        service = click.prompt("Service", default=sources.service)
        request = replace(request, service=service)
    found = sources.flags.flags if sources.flags else ()
    if request.change is Change.FLAG and request.flag is None and len(found) != 1:
        named = f" ({', '.join(found)})" if found else ""
        request = replace(request, flag=click.prompt(f"Flag{named}"))
    if request.title is None:
        title = click.prompt(
            "Title (Enter: one that fits)", default="", show_default=False
        )
        request = replace(request, title=title or None)
    return request


def _tell_open(page: Page, document: Path) -> None:
    draft = open_draft(document, os.environ)
    page.row("", f"{document}: {by_kind(draft.points)}", style="bold")
    for point in draft.points:
        page.row(f"  {point.line:>4}  ", point.question)
    if draft.points:
        page.row("", f"Next: gonogo bind {document}")
    page.row("", f"Then: gonogo explain {document}")
