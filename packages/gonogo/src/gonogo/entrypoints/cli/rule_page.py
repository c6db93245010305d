"""
The page of diagnostics: every code with its meaning, an example and the remedy.

What a code means and a document that yields it stand in `rules/CODE.rule`: a text,
and below it `=== NAME` and the lines of each file. Without a file, a document that
is not there is the example. What lint prints is not written down but run.
`python -m gonogo.entrypoints.cli.rule_page` prints `docs/reference/diagnostics.md`.
"""

import io
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import click

from gonogo.document.catalogue import RULES
from gonogo.entrypoints.cli import findings
from gonogo.entrypoints.cli.linted import lint
from gonogo.entrypoints.cli.pages import page_for
from gonogo.model.diagnostic import Diagnostic, Severity

DOCUMENT = "rollout.md"
_ESCAPED = " (escaped)"
_LANGUAGES = {".md": "markdown", ".yaml": "yaml"}

HEAD = """\
# Diagnostics

<!-- Written by `make docs` from the rules and their examples; do not edit. -->

What `gonogo lint` can say. A code keeps its meaning for ever. An **error** keeps the
document from running; a **warning** is worth a look before it does, and ends
`gonogo lint --strict` with 1; a **note** says how something is understood.

`gonogo lint --explain GNG303` shows one of these. [Lint in CI](../how-to/lint-in-ci.md)
tells how to stop a build with them, and how to silence one.

| Code | | What |
| --- | --- | --- |
"""


@dataclass(frozen=True, slots=True)
class Example:
    """
    What a code means, and files that yield it.

    Attributes:
        files: Their texts as written, by name; one whose name ends in `(escaped)` is
            written with Python's escapes, for bytes that no text holds.
    """

    meaning: str
    files: dict[str, str]

    @property
    def document(self) -> str:
        """Return the name of the file that is linted: the Markdown, or a plan file."""
        names = [name.removesuffix(_ESCAPED) for name in self.files]
        return DOCUMENT if DOCUMENT in names or not names else names[0]

    def write(self, folder: Path) -> Path:
        """Write the files into a folder, and return the document among them."""
        for name, text in self.files.items():
            data = text.encode()
            if name.endswith(_ESCAPED):
                data = text.encode("latin-1").decode("unicode_escape").encode("latin-1")
            (folder / name.removesuffix(_ESCAPED)).write_bytes(data)
        return folder / self.document


@cache
def example(code: str) -> Example:
    """Return what is written down about a code."""
    place = files("gonogo.entrypoints.cli") / "rules" / f"{code}.rule"
    text, *parts = place.read_text("utf-8").split("\n=== ")
    named = (part.partition("\n") for part in parts)
    return Example(text.strip(), {name: body for name, _, body in named})


def meaning(code: str) -> str:
    """Return what a code means and why it matters, in one paragraph."""
    return " ".join(example(code).meaning.split())


def yielded(code: str) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of a code's example that carry the code."""
    with tempfile.TemporaryDirectory() as folder:
        linted = lint(example(code).write(Path(folder)))
    return tuple(one for one in linted.diagnostics if one.code == code)


@cache
def explained(code: str) -> str:
    """Return all there is to say about a code, as Markdown without a heading."""
    rule = RULES[code]
    return "\n".join(
        [
            f"**{rule.title}** ({_word(rule.severity)})",
            "",
            example(code).meaning,
            "",
            *_shown(code),
            f"**Remedy.** {_remedy(code)}",
            "",
        ]
    )


def reference() -> str:
    """Return the whole page."""
    rows = (
        f"| [{code}](#{code.lower()}) | {_word(rule.severity)} | {rule.title} |\n"
        for code, rule in RULES.items()
    )
    parts = (f"\n## {code}\n\n{explained(code)}" for code in RULES)
    return HEAD + "".join(rows) + "".join(parts)


def _word(severity: Severity) -> str:
    return "note" if severity is Severity.INFO else severity.value


def _shown(code: str) -> list[str]:
    """Return the lines of an example's files, and of what lint prints for them."""
    found = yielded(code)
    lines: list[str] = []
    for name, text in example(code).files.items():
        suffix = Path(name.removesuffix(_ESCAPED)).suffix
        language = "text" if name.endswith(_ESCAPED) else _LANGUAGES[suffix]
        lines += [f"`{name}`:", "", *_fenced(language, text), ""]
    return [*lines, *_fenced("text", _printed(code, found)), ""] if found else lines


def _printed(code: str, found: tuple[Diagnostic, ...]) -> str:
    buffer = io.StringIO()
    findings.show(page_for(to=buffer), example(code).document, found[:1])
    return buffer.getvalue()


def _fenced(language: str, text: str) -> list[str]:
    """Return a block of code; one that holds fences itself gets longer ones."""
    fence = "`" * 4 if "```" in text else "```"
    return [f"{fence}{language}", *text.rstrip("\n").split("\n"), fence]


def _remedy(code: str) -> str:
    found = yielded(code)
    return found[0].remedy if found else RULES[code].remedy


if __name__ == "__main__":
    click.echo(reference(), nl=False)
