"""
Placeholder forms: the ways in which people write 'fill this in', as patterns.

Some forms mean a gap wherever they stand (`YOUR_TOKEN`, `____`). Brackets and braces
are syntax in many languages, so there it is decided by where they stand.
"""

import re
from collections.abc import Iterator

# Languages in which `<Name>` and `[name]` are syntax.
_TYPED = frozenset({
    "html", "xml", "jsx", "tsx", "ts", "typescript", "js", "javascript", "rust", "rs",
    "java", "kotlin", "go", "cpp", "c", "csharp", "cs", "swift", "vue", "svelte", "php",
    "scala", "mermaid", "dot", "graphql", "diff",
})  # fmt: skip
# Fences that hold words for people: messages, reports, forms.
_WORDS = frozenset({"", "markdown", "md", "text", "txt", "plaintext", "email"})
# Languages in which `{name}` is no syntax.
_BRACELESS = frozenset({
    "", "bash", "sh", "shell", "zsh", "console", "sql", "psql", "postgresql", "mysql",
    "http", "text", "txt", "markdown", "md",
})  # fmt: skip
# No rule reads further than this into a line.
_LONGEST = 4000
_HTML = re.compile(
    r"^/?(?:br|b|i|em|strong|code|details|summary|sub|sup|kbd|p|div|span|u|a|img|input"
    r"|table|tr|td|th|ul|ol|li|hr|h[1-6]|pre|body|html|head|script|style|tbody|thead"
    r"|center|font|picture|source|video|blockquote|s|del|ins|small|nobr)(?=[\s/]|$)",
    re.IGNORECASE,
)
_ANGLE = re.compile(
    r"<(?P<name>[A-Za-z][\w .,:/|#'\"+()-]{0,100}[\w.)'\"])>|<(?P<one>[A-Za-z])>"
    # '<>', where a name has been forgotten
    r"|(?<=\s)<(?P<empty>)>(?=\s|$)",
)
_SQUARE = re.compile(r"@?(?<![\w\]!\\])\[(?P<name>[^\[\]\n]{2,60})\](?![(\[:])")
_SQUARE_IN_CODE = re.compile(
    r"(?<![\w$\"'\]])\[(?P<name>[A-Z][A-Z0-9_ -]{2,40}|(?:[Yy]our|[Ii]nsert|[Nn]ame)"
    r"[\w -]{0,40}|(?<=\s\[)[a-z][a-z0-9]{1,20}(?:[-_][a-z0-9]{1,20}){1,4})\](?![(\[])",
)
# Beside a gap, an argument that may be left out: 'load <file> [report.json]'.
_OPTIONAL = re.compile(r"(?<=\s)\[[a-z][\w.-]{1,40}\](?=\s|$)", re.IGNORECASE)
# A field of a message or an option, in code: 'Stage: [Current Stage]', '--why="[Reason]"'.
_FIELD = re.compile(
    r"(?:(?<=: )|(?<==)|(?<==\")|(?<=='))\[(?P<name>[A-Z][a-z]{2,}[\w/ -]{0,40})\](?![(\[])"
    # the only argument of a script
    r"|(?:(?<=\.sh )|(?<=\.py ))\[(?P<argument>[a-z]\w{2,20})\]$"
)
# The user, the password and the base of an address.
_IN_ADDRESS = re.compile(r"(?<=[/:])\[(?P<name>[a-z]\w{2,20})\](?=[:@?/\s\"'`]|$)")
# '[TERP] Rollout started': what a subject is tagged with; '[Unit]': a section's head.
_TAG = re.compile(
    r"^\s*(?:subject\s*:\s*)?(?P<tag>\[[A-Z][A-Z0-9-]{1,12}\])\s+\w",
    re.IGNORECASE,
)
_SECTION = re.compile(r"^\s*\[[\w.:-]+\]\s*$")
_RULE = re.compile(r"[\s_\\]+")
_LONG_RULE = 10
_DRAWN = re.compile(r"[\u2500-\u257f]")
_COMMENT = re.compile(r"^\s*(?:#|--|//)")
_WORDY = re.compile(
    r"[A-Z][\w'/-]*(?: [\w'/-]+)+|[A-Z][a-z]{2,}\]|[a-z]+(?: [a-z]+)+\]"
)

_PLAIN = re.compile(
    # '____', also as formatters escape it: '**\_\_\_**', '**\*\***\_\_\_**\*\***'
    r"(?P<blank>(?:\\?_){3,}|(?<![\\*_])(?=[\\*_]{0,60}\\_)[\\*_]{3,120})"
    r"|(?P<braces>\{\{\s*(?!\.)[\w. -]{1,40}\s*\}\})"
    # 'YYYY-MM-DD', 'YYYYMMDD_HHMMSS', 'TT.MM.JJJJ', 'DD/MM/AAAA'
    r"|(?P<date>(?<![A-Za-z])(?:(?:YYYY|yyyy|AAAA|JJJJ)[-/._]?(?:MM|mm)[-/._]?(?:DD|dd)"
    r"|(?:DD|TT|JJ|dd)[-/.](?:MM|mm)[-/.](?:YYYY|yyyy|AAAA|JJJJ)|MM/DD/YYYY)"
    r"(?:[ T_-]?HH:?MM(?::?SS)?)?(?![A-Za-z]))"
    r"|(?P<time>(?<![\w:])HH:MM(?::SS)?(?![\w:]))"
    # What is yours: 'YOUR_TOKEN', 'your-app', 'yourdomain.com'.
    r"|(?P<your>(?<![\w.-])(?:(?:[a-z]{2,4}_)?YOUR_[A-Z0-9_]+|[a-z]{2,4}_your_\w+|(?:your|my)-[a-z][a-z0-9-]*(?:\.[a-z]{2,})?"
    r"|your_[a-z0-9_]+)(?!\w)|(?<!\w)your(?:domain|site|app|company|org|server|host"
    r"|pass(?:word)?|user(?:name)?|token|key|secret|email|name|project|repo|database"
    r"|bucket|cluster|namespace|account|team|registry|ip)(?:\.[a-z]{2,})?(?!\w))"
    r"|(?P<path>(?<![\w.])/?path/to/[\w./-]*)"
    # A mark for later, an order to put something, a version in letters.
    r"|(?P<open>(?<![\w/#-])(?:TBD|TBC|FIXME|FILL_IN|CHANGE_?ME\w*|change-?me|REPLACE_ME\w*|PASTE_\w+|\w+_HERE"
    r"|(?:GENERATE|REPLACE|INSERT|ENTER|PUT|FILL|SET)_(?:WITH|THIS|YOUR|IN|A|HERE|NEW"
    r"|SECURE|STRONG|BY)(?:_\w+)?|v?X\.(?:Y|X)(?:\.(?:Z|X))?|v?x\.(?:y\.z|x\.x)|USERNAME)(?![\w=-]))"
    # 'XX', '1.XX', 'XXX-XXXX'; '5XX' is a class of statuses
    r"|(?P<letters>(?<![A-Za-z])(?<![\W_][1-5])(?<!^[1-5])X{2,}(?:[-.]X{2,})*(?![A-Za-z])"
    r"|(?<![A-Za-z0-9])x{3,}(?![A-Za-z0-9])|(?<=[a-z]_)(?:y{3,}|z{3,})(?![A-Za-z0-9]))"
    # A number left open: 'X%', 'X minutes', 'Count: X'.
    r"|(?P<number>(?<![\w.$-])(?:X|\[X\])(?=%|\s?(?:%|ms|min\w*|h(?:ou)?rs?|days?|sec\w*|users?|of"
    r"|errors?|requests?|GB|MB)(?!\w)|/[XYN](?!\w))|(?<=:\s)X(?=\s*$)|(?<=HEAD~)N(?!\w)"
    r"|(?<=HEAD\^)N(?!\w))"
    r"|(?P<todo>(?<![\w/\[])TODO(?=\s*:|\s*$|\s*\||\]))"
    # An argument that is left out: 'token=...'.
    r"|(?P<omitted>(?<=[=/])(?:0x)?\.\.\.(?![\w.])|^\s*\.\.\.\s*$|(?<=[\"'])[\w-]{0,12}\.\.\.(?=[\"'])"
    r"|(?<=# )\.\.\.(?=\s?\w))",
)
# 'PREVIOUS_TAG' as an argument: a name in capitals that no `$` reads.
_ARGUMENT = re.compile(
    r"(?<=[\s=/:@\"'])(?:\w{2,8}:)?(?:PREVIOUS|PREV|LAST|OLD|NEW|TARGET|BACKUP|COMMIT|DEPLOYMENT"
    r"|REVISION|RELEASE|PROJECT|INSTANCE|STABLE|GOOD|BAD|KNOWN|MERGE)(?:_[A-Z]+){0,2}"
    r"_(?:HASH|SHA|ID|TAG|VERSION|NAME|NUMBER|FILE|FILENAME|DATE|TIMESTAMP|COMMIT"
    r"|REVISION)(?![\w=])",
)
_READS_NAMES = re.compile(
    r"config:|printenv|\benv\b|unset|^\s*export\b|echo|secrets?\b|getenv|grep|[=]\$",
)
_DATE_FORMAT = re.compile(r"to_char|date_format|strftime|\.format\(", re.IGNORECASE)
_DOMAIN = re.compile(r"(?<![\w-])(?:[\w-]+\.)*example\.(?:com|org|net)(?!\w)")
_PATH_BRACE = re.compile(r"/\{(?P<name>[a-z][\w-]{0,30})\}", re.IGNORECASE)
_BRACE = re.compile(
    r"(?<![\w$%@{#}])\{(?P<name>[A-Z][A-Z0-9_]{1,40}|[a-z][a-z0-9]*(?:[_-][a-z0-9]+){0,4})\}"
    r"|(?<=[\w]_)\{(?P<joined>[a-z][a-z0-9_-]{1,30})\}",
)
_CODE_SPAN = re.compile(r"`[^`]+`")
_NO_NAME = re.compile(
    r"^(?:[xX✓✔ ]|[\"'].*|(?:\w-\w){1,4}|\d+|[A-Z]|!\w+|\^\w+|ADR-\d+|https?:.*|.*@.*\..*|-.*|.*[=;{}()].*"
    r"|\d[\d.,\s-]*|[☐☑].*|WIP|NEW|INFO|WARN(?:ING)?|ERROR|OK|DEBUG|PASS|FAIL|P\d"
    r"|[\w-]+(?:\.[\w-]+)+|CRITICAL|NOTE|TRACE|FATAL|SUCCESS|skip ci|ci skip|[Oo]ptional|[Rr]equired"
    r"|[Rr]ecommended|[Dd]raft|[Dd]eprecated|[Mm]anual|[Aa]utomated|[Uu]nreleased|[Oo]pcional)$",
)
_NO_GAP = re.compile(
    r"^(?:https?:.*|.*@.*\..*|.*[=;{}].*|[\w-]+\.(?:md|html|h|hpp|txt))$", re.IGNORECASE
)
# How far a path is looked at.
_FURTHEST = 200
_TOKEN = re.compile(r"\S{0,200}")
_PAGE = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte|astro|mdx|py)\b")
# What a program fills in itself: 'print(f"{count} rows")'.
_FORMATTED = re.compile(r"\bf[\"']|\.format\(")
_OWN_SITE = re.compile(r"(?<=//)(?:my|your)-[\w-]+\.(?:io|org|net|dev)(?=/)")

# A line without any of these holds none of the plain forms; most lines are such.
_SIGNS = (
    "___", "\\_", "{{", "YY", "yy", "AAAA", "JJJJ", "HH:MM", "your", "YOUR", "my-", "path/",
    "TBD", "TBC", "TODO", "FIXME", "FILL", "CHANGE", "change", "REPLACE", "GENERATE",
    "INSERT", "ENTER", "PUT_", "SET_", "X", "x.y", "xxx", "_yyy", "_zzz", "USERNAME", "~N", "PASTE", "_HERE", "^N", "...",
    "example.",
)  # fmt: skip

Hits = tuple[tuple[int, str], ...]
"""Offset and text of each placeholder in a line, in order."""


def in_code(text: str, lang: str = "sh") -> Hits:
    """Return the placeholders in a line of code, by what is syntax in `lang`."""
    text = text[:_LONGEST]
    if lang in _WORDS:
        return _in_words(text, lang)
    found = list(_plain(text))
    if lang not in _TYPED:
        gaps = list(_named(_ANGLE, text))
        found += gaps
        found += [(m.start(), m.group()) for m in _FIELD.finditer(text)]
        if gaps:
            found += [(m.start(), m.group()) for m in _OPTIONAL.finditer(text)]
        if not _SECTION.match(text):
            found += _named(_SQUARE_IN_CODE, text)
        found += [(m.start() + 1, m.group()[1:]) for m in _PATH_BRACE.finditer(text)]
    if lang not in _TYPED and _COMMENT.match(text):
        found += [hit for hit in _named(_SQUARE, text) if _WORDY.match(hit[1][1:])]
    if lang in _BRACELESS:
        found += _braces(text)
        found += _arguments(text)
    return _apart([*found, *_of_address(text)])


def in_prose(text: str) -> Hits:
    """Return the placeholders in a line of prose."""
    text = text[:_LONGEST]
    found = [*_plain(text), *_named(_ANGLE, text), *_named(_SQUARE, text)]
    found += _of_address(text)
    for span in _CODE_SPAN.finditer(text) if "{" in text else ():
        code = span.group()
        paths = [(m.start() + 1, m.group()[1:]) for m in _PATH_BRACE.finditer(code)]
        found += [(span.start() + a, name) for a, name in (*_braces(code), *paths)]
    return _apart(found)


def _in_words(text: str, lang: str) -> Hits:
    """Return the placeholders of a message or a form; a tag or section head is none."""
    found = [*_plain(text), *_named(_ANGLE, text), *_braces(text)]
    found += _of_address(text)
    found += [(m.start() + 1, m.group()[1:]) for m in _PATH_BRACE.finditer(text)]
    tag = _TAG.match(text)
    headed = lang in {"", "text", "txt"} and _SECTION.match(text)
    if not headed and not _DRAWN.search(text):
        squares = _named(_SQUARE, text)
        found += [s for s in squares if tag is None or s[0] != tag.start("tag")]
    return _apart(found)


def _plain(text: str) -> Iterator[tuple[int, str]]:
    if not any(sign in text for sign in _SIGNS) or _is_rule(text):
        return
    own = [m.start() for m in _OWN_SITE.finditer(text)]
    formats = _DATE_FORMAT.search(text) is not None
    for match in (*_PLAIN.finditer(text), *_DOMAIN.finditer(text)):
        formatted = formats and match.lastgroup in {"date", "time"}
        if match.start() not in own and not formatted:
            gap = match.group().strip()
            yield text.index(gap, match.start()), gap.replace("\\", "")


def _is_rule(text: str) -> bool:
    """Tell whether a line is a rule between parts; a long one is there to write on."""
    return _RULE.fullmatch(text) is not None and text.count("_") < _LONG_RULE


def _named(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    if ("<" if pattern is _ANGLE else "[") not in text:
        return
    for match in pattern.finditer(text):
        name = match["name"] or match.group().strip("<>")
        angle = match.group()[0] == "<"
        if (_HTML if angle else _NO_NAME).match(name) or (
            angle and _NO_GAP.match(name)
        ):
            continue
        if _is_route(text, match.start(), match.end()):
            continue
        if name and not any(c.isalpha() or c in "_." for c in name):
            continue
        yield match.start(), match.group()


def _of_address(text: str) -> Iterator[tuple[int, str]]:
    """Yield the gaps of an address, which no list and no link text can be."""
    if "://" in text:
        yield from ((m.start(), m.group()) for m in _IN_ADDRESS.finditer(text))


def _is_route(text: str, start: int, end: int) -> bool:
    """Tell whether '[id]' is a part of a file's name: 'pages/users/[id]/edit.tsx'."""
    if text[start - 1 : start + 1] != "/[":
        return False
    behind = _TOKEN.match(text, end)
    ahead = text[max(0, start - _FURTHEST) : start].split()[-1:]
    url = bool(ahead) and "://" in ahead[0]
    return not url and behind is not None and _PAGE.search(behind.group()) is not None


def _braces(text: str) -> Iterator[tuple[int, str]]:
    formatted = "{" not in text or _FORMATTED.search(text)
    for match in () if formatted else _BRACE.finditer(text):
        if (match["name"] or match["joined"]) not in {"print", "print-"}:
            yield match.start(), match.group()


def _arguments(text: str) -> Iterator[tuple[int, str]]:
    if not _READS_NAMES.search(text):
        yield from ((m.start(), m.group()) for m in _ARGUMENT.finditer(text))


def _apart(found: list[tuple[int, str]]) -> Hits:
    kept: list[tuple[int, str]] = []
    for start, text in sorted(found, key=lambda f: (f[0], -len(f[1]))):
        if not kept or start >= kept[-1][0] + len(kept[-1][1]):
            kept.append((start, text))
    return tuple(kept)
