"""
Commands: fenced blocks, what each is there for, and whether it can run unasked.

Nothing runs that is not tagged as shell or SQL. Of what is tagged, a block that needs
a person (a placeholder, a prompt, a choice) or never ends does not run either; the
reason is kept as a sentence.
"""

from collections.abc import Sequence

from gonogo.document.kinds import CommandRole
from gonogo.document.reader.commands.alternatives import with_alternatives
from gonogo.document.reader.commands.attributes import attributes
from gonogo.document.reader.commands.command_effects import SHELL, SQL
from gonogo.document.reader.commands.command_roles import CONFIG, role_of
from gonogo.document.reader.commands.destructive import destructive
from gonogo.document.reader.commands.expectations import Fenced, in_fence
from gonogo.document.reader.commands.placeholder_forms import in_code
from gonogo.document.reader.commands.runnable import why_not_shell, why_not_sql
from gonogo.document.reader.layout.outline import Form
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.page import Page
from gonogo.document.reading import Command

# Nothing in these states what a command gives.
_SILENT = CONFIG | {"markdown", "md", "mermaid", "diff", "text", "txt", "log", "output"}
_WORK = {CommandRole.DO, CommandRole.VERIFY, CommandRole.ROLLBACK}
# No rule reads further than this into a line.
_LONGEST = 2000


def read_commands(page: Page) -> tuple[Command, ...]:
    """Return every fenced block of the page, in order."""
    front = _front_matter(page)
    fences = [s for s in page.statements.all if s.shape is Shape.FENCE]
    return with_alternatives(page, tuple(_command(page, s, front) for s in fences))


def _front_matter(page: Page) -> str:
    first = page.outline.blocks[:1]
    return first[0].text if first and first[0].form is Form.FRONT_MATTER else ""


def _command(page: Page, statement: Statement, front_matter: str) -> Command:
    block = page.block(statement)
    said = attributes(block.info, front_matter)
    lang = said.lang
    lines = tuple(block.text.removesuffix("\n").split("\n")) if block.text else ()
    short = tuple(line[:_LONGEST] for line in lines)
    role = role_of(page, statement, lang, short)
    if said.excluded and role in _WORK:
        role = CommandRole.REFERENCE
    why_not = _why_not(lang, lines, role) or said.why_not
    fence = Fenced(first=block.first + 1, lines=short)
    return Command(
        line=block.first,
        end_line=block.last,
        lang=lang,
        info=block.info,
        text=block.text,
        role=role,
        runnable=why_not is None,
        why_not=why_not,
        destructive=destructive(short),
        label=_label(page, statement),
        name=said.name,
        cwd=said.cwd,
        box_line=_box_line(page, statement),
        expectations=() if lang in _SILENT else in_fence(page, fence, block.first),
        **page.place(block.first),
    )


def _label(page: Page, statement: Statement) -> str | None:
    lead = page.statements.all[statement.lead] if statement.lead is not None else None
    return lead.text.rstrip(" :") if lead and lead.label else None


def _box_line(page: Page, statement: Statement) -> int | None:
    item = statement.item
    while item is not None:
        around = page.statements.all[item]
        if around.mark:
            return around.line
        item = around.item
    return None


def _why_not(lang: str, lines: Sequence[str], role: CommandRole) -> str | None:
    if role is CommandRole.SAMPLE_OUTPUT:
        return "It is output."
    if lang not in SHELL | SQL:
        return "It is not tagged as shell or SQL."
    if any(len(line) > _LONGEST for line in lines):
        return "A line of it is too long to be judged."
    comment = "--" if lang in SQL else "#"
    code = [line for line in lines if not line.lstrip().startswith(comment)]
    if not any(line.strip() for line in code):
        return "It holds nothing but comments."
    # A gap can be filled by a binding, so it counts only where nothing else does.
    blocked = why_not_sql(lines) if lang in SQL else why_not_shell(lines)
    open_places = [
        text for line in code for _, text in in_code(_bare(line, comment), lang)
    ]
    if open_places and blocked is None:
        return f"{open_places[0]} has to be filled in first."
    return blocked


def _bare(line: str, comment: str) -> str:
    """Return a line of code without its trailing comment."""
    return line.split(f" {comment}", 1)[0]
