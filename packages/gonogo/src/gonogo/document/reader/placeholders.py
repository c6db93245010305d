"""Placeholders: what a person must fill in before a line means anything."""

import re
from collections.abc import Iterator

from gonogo.document.reader.outline import Form
from gonogo.document.reader.page import Page
from gonogo.document.reading import Placeholder

# Languages in which `<Name>` and `[name]` are syntax.
_TYPED = frozenset({
    "html", "xml", "jsx", "tsx", "ts", "typescript", "js", "javascript", "rust", "rs",
    "java", "kotlin", "go", "cpp", "c", "csharp", "cs", "swift", "vue", "svelte", "php",
    "scala", "mermaid", "dot", "graphql", "diff",
})  # fmt: skip
# No rule reads further than this into a line.
_LONGEST = 4000
_HTML = re.compile(
    r"^/?(?:br|b|i|em|strong|code|details|summary|sub|sup|kbd|p|div|span|u|a|img|input"
    r"|table|tr|td|th|ul|ol|li|hr|h[1-6]|pre|body|html|head|script|style|tbody|thead"
    r"|center|font|picture|source|video|blockquote|s|del|ins|small|nobr)\b",
    re.IGNORECASE,
)
_ANGLE = re.compile(
    r"<(?P<name>[A-Za-z][\w .:/|#'-]{0,48}[\w.)'])>|<(?P<one>[A-Za-z])>"
)
_SQUARE = re.compile(r"@?(?<![\w\]!\\])\[(?P<name>[^\[\]\n]{2,60})\](?![(\[:])")
_SQUARE_IN_CODE = re.compile(
    r"(?<![\w$\"'\]])\[(?P<name>[A-Z][A-Z0-9_ -]{2,40}|(?:[Yy]our|[Ii]nsert|[Nn]ame)"
    r"[\w -]{0,40}|(?<=\s\[)[a-z][a-z0-9]{1,20}(?:[-_][a-z0-9]{1,20}){1,4})\](?![(\[])"
)
_PLAIN = re.compile(
    r"(?P<blank>(?:\\?_){3,})"
    r"|(?P<braces>\{\{\s*[\w. -]{1,40}\s*\}\})"
    r"|(?P<date>(?<!\w)(?:YYYY|yyyy)[-/.]?(?:MM|mm)[-/.]?(?:DD|dd)(?:[ T_-]?HH:?MM)?(?!\w))"
    r"|(?P<your>(?<![\w.])(?:YOUR_[A-Z0-9_]+|(?:your|my)-[a-z][a-z0-9-]*(?:\.[a-z]{2,})?"
    r"|your_[a-z0-9_]+)(?!\w)|(?<!\w)your(?:domain|site|app|company|org|server|host)"
    r"(?:\.[a-z]{2,})?(?!\w))"
    r"|(?P<path>(?<![\w.])/?path/to/[\w./-]*)"
    r"|(?P<open>(?<![\w/#-])(?:TBD|TBC|FIXME|FILL_IN|CHANGE_?ME\w*|REPLACE_ME\w*"
    r"|XXX+|X\.Y\.Z|vX\.Y\.Z|xxx+)(?![\w-]))"
    r"|(?P<todo>(?<![\w/])TODO(?=\s*:|\s*$|\s*\||\]))"
)
_DOMAIN = re.compile(r"(?<![\w-])(?:[\w-]+\.)*example\.(?:com|org|net)(?!\w)")
_PATH_BRACE = re.compile(r"/\{(?P<name>[a-z][\w-]{0,30})\}", re.IGNORECASE)
_NO_NAME = re.compile(
    r"^(?:[xX✓✔ ]|\d+|[A-Z]|!\w+|\^\w+|ADR-\d+|https?:.*|.*@.*\..*|-.*|.*[=;{}()].*"
    r"|\d[\d.,\s-]*|[☐☑].*|WIP|NEW|INFO|WARN(?:ING)?|ERROR|OK|DEBUG|PASS|FAIL|P\d)$"
)


def read_placeholders(page: Page) -> tuple[Placeholder, ...]:
    """Return every placeholder of the page, in order, one for each time it stands."""
    found: list[Placeholder] = []
    covered: set[int] = set()
    for block in page.outline.blocks:
        if block.form is Form.FRONT_MATTER and "gonogo:" in block.text:
            # A list in the bindings, `Dev Lead: [alok]`, is not there to be filled in.
            covered.update(range(block.first, block.last + 1))
        if block.form in {Form.FENCE, Form.CODE}:
            lang = block.info.split()[0].lower() if block.info else ""
            for line in range(block.first + (block.form is Form.FENCE), block.last + 1):
                text = page.lines[line - 1]
                hits = in_code(text, typed=lang in _TYPED)
                found += _placed(page, line, hits, block.first)
            covered.update(range(block.first, block.last + 1))
    for line, text in enumerate(page.lines, 1):
        if line not in covered:
            found += _placed(page, line, in_prose(text), None)
    return tuple(sorted(found, key=lambda p: (p.line, p.column)))


def in_code(text: str, *, typed: bool = False) -> tuple[tuple[int, str], ...]:
    """Return offset and text of the placeholders in a line of code."""
    text = text[:_LONGEST]
    found = list(_plain(text))
    if not typed:
        found += _named(_ANGLE, text)
        found += _named(_SQUARE_IN_CODE, text)
        found += [(m.start() + 1, m.group()[1:]) for m in _PATH_BRACE.finditer(text)]
    return _apart(found)


def in_prose(text: str) -> tuple[tuple[int, str], ...]:
    """Return offset and text of the placeholders in a line of prose."""
    text = text[:_LONGEST]
    found = [*_plain(text), *_named(_ANGLE, text), *_named(_SQUARE, text)]
    return _apart(found)


def _plain(text: str) -> Iterator[tuple[int, str]]:
    if re.fullmatch(r"\s*(?:\\?_\s*){3,}", text):
        return
    for match in (*_PLAIN.finditer(text), *_DOMAIN.finditer(text)):
        yield match.start(), match.group().replace("\\", "")


def _named(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    for match in pattern.finditer(text):
        name = match["name"] or match.group().strip("<>")
        if _NO_NAME.match(name) or (match.group()[0] == "<" and _HTML.match(name)):
            continue
        if not any(c.isalpha() or c in "_." for c in name):
            continue
        yield match.start(), match.group()


def _apart(found: list[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    kept: list[tuple[int, str]] = []
    for start, text in sorted(found, key=lambda f: (f[0], -len(f[1]))):
        if not kept or start >= kept[-1][0] + len(kept[-1][1]):
            kept.append((start, text))
    return tuple(kept)


def _placed(
    page: Page, line: int, hits: tuple[tuple[int, str], ...], command: int | None
) -> Iterator[Placeholder]:
    for start, text in hits:
        yield Placeholder(
            line=line,
            text=text,
            column=start + 1,
            command_line=command,
            **page.place(line),
        )
