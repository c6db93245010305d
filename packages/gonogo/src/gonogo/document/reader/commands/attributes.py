"""
Attributes: what the opening line of a fence says about its block.

Read are the language, also in Pandoc's form (`{.sh}`), and the cell options that Runme
documents, in both of its forms: `sh { name=deploy interactive=false }` and
`sh {"name":"deploy","interactive":"false"}`. Its options for a whole document, `shell`
and `cwd`, stand in the front matter.
"""

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

_LANGUAGE = re.compile(r"\{?\s*\.?([\w+#-]+)(?![\w+#-]*=)")
_PAIR = re.compile(
    r"(?P<key>[\w.-]+)=(?:\"(?P<quoted>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s,}]+))",
)
_SHELL = re.compile(r"^shell:\s*[\"']?(?P<path>[^\s\"'#]+)", re.MULTILINE)
_FOLDER = re.compile(
    r"^cwd:\s*[\"']?(?P<path>[^\"'#\n]+?)[\"']?\s*(?:#.*)?$",
    re.MULTILINE,
)
_YES = frozenset({"true", "yes", "1", "always"})
_OURS = frozenset({"bash", "sh"})
# Nobody writes a longer one; what is behind is left alone.
_LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """
    What is said about a block beside its text.

    Attributes:
        lang: Lower case; '' without one.
        name: What bindings may call the block.
        cwd: The folder to run it in, relative to the document's; None for that one.
        excluded: Whether it is shown only.
        why_not: Why it does not run unasked, as a sentence; None where nothing forbids.
    """

    lang: str
    name: str | None = None
    cwd: str | None = None
    excluded: bool = False
    why_not: str | None = None


def attributes(info: str, front_matter: str = "") -> Attributes:
    """
    Return what an info string and the document's front matter say about a block.

    Two folders are one after the other, as Runme has it: `cwd: /srv` and a block's
    `cwd=..` are `/`.
    """
    info = info[:_LONGEST]
    options = _options(info)
    return Attributes(
        lang=language(info),
        name=options.get("name") or None,
        cwd=_folder(options, front_matter),
        excluded=_is_on(options, "excludeFromRunAll"),
        why_not=_why_not(options, front_matter),
    )


def language(info: str) -> str:
    """Return the language of an info string, lower case; '' without one."""
    word = _LANGUAGE.match(info)
    return word[1].lower() if word else ""


def _options(info: str) -> Mapping[str, str]:
    start, end = info.find("{"), info.rfind("}")
    if start < 0 or end < start:
        return {}
    try:
        found = json.loads(info[start : end + 1])
    except ValueError:
        pairs = _PAIR.finditer(info, start, end)
        return {m["key"]: m["quoted"] or m["single"] or m["bare"] or "" for m in pairs}
    return {str(key): _text(value) for key, value in found.items()}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_on(options: Mapping[str, str], key: str) -> bool:
    return options.get(key, "").lower() in _YES


def _folder(options: Mapping[str, str], front_matter: str) -> str | None:
    whole = _FOLDER.search(front_matter)
    parts = [part for part in (whole and whole["path"], options.get("cwd")) if part]
    return posixpath.normpath(posixpath.join(*parts)) if parts else None


def _why_not(options: Mapping[str, str], front_matter: str) -> str | None:
    if _is_on(options, "excludeFromRunAll"):
        return "Its fence keeps it out of runs (excludeFromRunAll)."
    if _is_on(options, "interactive"):
        return "Its fence calls it interactive."
    if _is_on(options, "background"):
        return "Its fence runs it in the background, until someone stops it."
    if _is_on(options, "promptEnv"):
        return "Its fence asks someone for the values that it exports (promptEnv)."
    shell = _SHELL.search(front_matter)
    name = posixpath.basename(shell["path"]) if shell else "bash"
    return (
        None if name in _OURS else f"The front matter has it run by {name}, not bash."
    )
