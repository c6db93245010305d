"""
The filled document as HTML: each line an anchor, with the records that prove it.

Nothing of the document acts: raw HTML is shown as text, images are named and not
loaded, links of dangerous schemes stay words.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from gonogo.document.reading import Reading
from gonogo.report.edits import page_of
from gonogo.report.html_blocks import mark_html, ref_html
from gonogo.report.wording import MARKS

Proof = Mapping[int, Sequence[int]]

# The document stands under a heading of the page's own.
_DEEPER = 2
# More pointers than these hide the line that they stand behind.
_MOST = 6
_BOXES = {
    "[ ] ": ("open", "☐", "not ticked"),
    "[x] ": ("done", "☑", "ticked"),
    "[X] ": ("done", "☑", "ticked"),
}
NEWLINE = "\n"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_REFS, _NOTE, _BOX, _MARK = "gonogo_refs", "gonogo_note", "gonogo_box", "gonogo_mark"
_ANCHOR = "gonogo_anchor"
_OUTCOMES = {words: outcome for outcome, words in MARKS.items()}


def document_html(filled: str, reading: Reading, proof: Proof) -> str:
    """
    Return a filled document as HTML.

    Args:
        filled: The document, its lines where they were in the source.
        reading: Of the source; it knows the front matter.
        proof: The records behind each line.
    """
    lines, matter = _without_matter(page_of(filled).lines, reading)
    parser = _parser()
    tokens = parser.parse(_without_comments(parser, lines))
    body: str = parser.renderer.render(_told(tokens, proof), parser.options, {})
    return f"{_matter(matter)}{body}"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image)
    parser.add_render_rule(_REFS, _refs)
    parser.add_render_rule(_NOTE, _note)
    parser.add_render_rule(_BOX, _box)
    parser.add_render_rule(_MARK, _mark)
    parser.add_render_rule(_ANCHOR, _anchor)
    parser.add_render_rule("fence", _block_of_code)
    parser.add_render_rule("code_block", _block_of_code)
    return parser


def _without_matter(
    lines: tuple[str, ...], reading: Reading
) -> tuple[list[str], list[str]]:
    """Part the front matter from the lines; blanks keep the count of lines."""
    matter = reading.front_matter
    if matter is None:
        return list(lines), []
    last = matter.last_line
    return [""] * last + list(lines[last:]), list(lines[matter.line : last - 1])


def _without_comments(parser: MarkdownIt, lines: list[str]) -> str:
    """Blank comments outside of code: bindings are for gonogo, not for readers."""
    text = "\n".join(lines)
    coded = (
        token.map
        for token in parser.parse(text)
        if token.type in {"fence", "code_block"} and token.map
    )
    shielded = {number for first, end in coded for number in range(first, end)}

    def blank(found: re.Match[str]) -> str:
        before = text[: found.start()]
        start = before.rpartition("\n")[2]
        if before.count("\n") in shielded or start.count("`") % 2:
            return found[0]
        return "\n" * found[0].count("\n")

    return _COMMENT.sub(blank, text)


def _matter(lines: Sequence[str]) -> str:
    if not lines:
        return ""
    text = escape("\n".join(lines))
    return (
        '<details class="matter"><summary>Bindings at the top of the document</summary>'
        f"<pre><code>{text}</code></pre></details>\n"
    )


def _told(tokens: Sequence[Token], proof: Proof) -> list[Token]:
    """Give the tokens their anchors, ticks and pointers."""
    named: set[int] = set()
    left = dict(proof)
    row: tuple[int, int] | None = None
    told: list[Token] = []
    for index, token in enumerate(tokens):
        if token.map and token.type != "inline":
            _name(token, named)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + _DEEPER, 6)}"
        if token.type == "tr_open":
            row = _lines(token)
        told.append(token)
        if token.type == "inline":
            _tick(token, told)
            _judge(token)
            _name_inner(token, named)
            in_row = _ends_row(tokens, index)
            lines = row if row and in_row else None if row else _lines(token)
            _point(token, _taken(left, lines))
        elif token.type in {"fence", "code_block"}:
            told.extend(_notes(_taken(left, _lines(token))))
        elif token.type == "tr_close":
            row = None
    return told


def _lines(token: Token) -> tuple[int, int] | None:
    return (token.map[0] + 1, token.map[1] + 1) if token.map else None


def _name(token: Token, named: set[int]) -> None:
    """Make the first block on a line the anchor of that line."""
    if not token.map or token.nesting < 0 or token.hidden:
        return
    number = token.map[0] + 1
    if number not in named and token.type not in {"table_open", "thead_open"}:
        named.add(number)
        token.attrSet("id", f"L{number}")


def _name_inner(inline: Token, named: set[int]) -> None:
    """Make anchors of the lines that a paragraph goes on over."""
    if not inline.map or not inline.children:
        return
    number, children = inline.map[0] + 1, []
    for child in inline.children:
        children.append(child)
        if child.type in {"softbreak", "hardbreak"}:
            number += 1
            if number not in named:
                named.add(number)
                children.append(Token(_ANCHOR, "", 0, meta={"line": number}))
    inline.children = children


def _ends_row(tokens: Sequence[Token], index: int) -> bool:
    return [t.type for t in tokens[index + 1 : index + 3]][-1:] == ["tr_close"]


def _taken(left: dict[int, Sequence[int]], lines: tuple[int, int] | None) -> list[int]:
    """Take the pointers of some lines; each is shown once."""
    if lines is None:
        return []
    found = (left.pop(number, ()) for number in range(*lines))
    return list(dict.fromkeys(seq for seqs in found for seq in seqs))


def _point(inline: Token, seqs: Sequence[int]) -> None:
    if seqs and inline.children is not None:
        inline.children.append(Token(_REFS, "", 0, meta={"seqs": seqs}))


def _notes(seqs: Sequence[int]) -> Iterable[Token]:
    return (Token(_NOTE, "", 0, meta={"seqs": seqs}),) if seqs else ()


def _tick(inline: Token, told: Sequence[Token]) -> None:
    """Turn the mark of a checklist item into a box."""
    behind = [token.type for token in told[-3:-1]]
    first = inline.children[0] if inline.children else None
    if behind != ["list_item_open", "paragraph_open"] or first is None:
        return
    found = _BOXES.get(first.content[:4])
    if found is None or first.type != "text":
        return
    told[-3].attrJoin("class", f"task {found[0]}")
    first.content = first.content[4:]
    box = Token(_BOX, "", 0, meta={"box": found})
    inline.children = [box, *(inline.children or ())]


def _judge(inline: Token) -> None:
    """Turn a cell that is a verdict and nothing else into a badge."""
    outcome = _OUTCOMES.get(inline.content.strip())
    if outcome is not None:
        inline.children = [Token(_MARK, "", 0, meta={"outcome": outcome})]


def _refs(_self: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:  # noqa: ANN401
    return f' <span class="refs">{_links(tokens[index].meta["seqs"])}</span>'


def _note(_self: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:  # noqa: ANN401
    return f'<p class="refs">Evidence: {_links(tokens[index].meta["seqs"])}</p>\n'


def _links(seqs: Sequence[int]) -> str:
    more = f" and {len(seqs) - _MOST} more" if len(seqs) > _MOST else ""
    return " ".join(map(ref_html, seqs[:_MOST])) + more


def _box(_self: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:  # noqa: ANN401
    kind, sign, words = tokens[index].meta["box"]
    return f'<span class="box {kind}" role="img" aria-label="{words}">{sign}</span> '


def _mark(_self: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:  # noqa: ANN401
    return mark_html(tokens[index].meta["outcome"])


def _anchor(_self: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:  # noqa: ANN401
    return f'<span id="L{tokens[index].meta["line"]}"></span>'


def _block_of_code(_self: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:  # noqa: ANN401
    """Show a block with an anchor at each line: steps are told by theirs."""
    token = tokens[index]
    first = token.map[0] + 1 if token.map else 0
    inner = first + 1 if token.type == "fence" else first
    shown = token.content.removesuffix("\n").split("\n")
    start = 0 if token.type == "fence" else 1
    lines = [
        f'<span id="L{inner + n}">{escape(text)}</span>' if n >= start else escape(text)
        for n, text in enumerate(shown)
    ]
    name = f' id="L{first}"' if token.attrGet("id") else ""
    return f"<pre{name}><code>{NEWLINE.join(lines)}</code></pre>\n"


def _image(_self: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:  # noqa: ANN401
    """Name an image; loading it would be a request to somewhere."""
    token = tokens[index]
    words = token.content or str(token.attrGet("src") or "")
    return f'<span class="image">[image: {escape(words)}]</span>'
