"""
Foreign: lines in a block tagged as shell that are no shell.

People tag a transcript, a console session or plain steps as `bash`. What a line cannot
be is known by its form; strings and here-documents are looked over, not into.
"""

import re
from collections.abc import Iterator, Sequence

_HEREDOC = re.compile(r"(?<!<)<<-?\s*['\"]?(?P<end>\w+)['\"]?")
_QUOTED = re.compile(
    r"(?P<comment>(?:(?<=\s)|^)#[^\n]*)|'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.",
    re.MULTILINE | re.DOTALL,
)
_FOREIGN = tuple(
    (re.compile(pattern, re.IGNORECASE if folded else 0), sentence)
    for pattern, folded, sentence in (
        (r"^\s*/[a-z][\w-]*(?:\s+[^\s/]|\s*$)", False, "a message to a bot"),
        (
            (
                r"^\s*(?:from\s+[\w.]+\s+import\s|import\s+(?:\{|\w+\s+from\b|[\w.]+\s*;?$)"
                r"|def\s+\w+\s*\(|class\s+\w+\s*[:({]|(?:const|let|var)\s+\w+\s*=|await\s"
                r"|print\s*\(|console\.\w+\(|async\s|puts\s|require\s+\"\"|@\w+\s*$|else:\s*$)"
            ),
            False,
            "code of another language",
        ),
        (r"^\s*[A-Za-z_][\w.]*\s+=\s+\S", False, "code of another language"),
        (r"^\s*[a-z_][\w.]*\([^()]*\)\s*;?\s*$", True, "code of another language"),
        (
            r"^\s*(?:[\d*][\d*,/-]*\s+){4}[\d*][\d*,/-]*\s+\S",
            False,
            "a line of a crontab",
        ),
        (
            (
                r"^(?!.*(?:\[\[|\(\(|\bif\b|\bwhile\b|\bawk\b|\blet\b)).*\s[<>]=?\s+\d[\d.]*"
                r"\s*(?:%|/\w+|ms|s)?\s*$"
            ),
            False,
            "a comparison",
        ),
        (
            (
                r"^\s*(?:SELECT\b.*|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|ALTER\s+\w+"
                r"|CREATE\s+(?:TABLE|INDEX|DATABASE|USER|ROLE|EXTENSION)|DROP\s+\w+\s+\w+"
                r"|GRANT\s+.*\bTO\b|BEGIN\s*;|COMMIT\s*;|ROLLBACK\s*;)"
            ),
            False,
            "SQL, typed at a prompt",
        ),
        (
            r"^\s*(?:GET|POST|PUT|PATCH|DELETE|HEAD)\s+(?:/|https?:)|^\s*https?://\S+\s*$",
            False,
            "an address",
        ),
        (r"^\s*[A-Za-z][\w-]*:(?:\s+\S.*)?$", False, "a setting"),
        (r"^\s*(?:[✅❌→⚠☐•]|-\s+\w|\d{1,2}[.)]\s+\w)", False, "a list"),
        (
            r"^\s*(?!Rscript\b|Xvfb\b)[A-Z][a-z]+\s+(?:[a-z]+\s+){2,}[\w'./-]+.*$",
            False,
            "a sentence",
        ),
    )
)


def why_foreign(lines: Sequence[str]) -> str | None:
    """Return why lines tagged as shell are none, as a sentence; None where they are."""
    continued = False
    for line in bare(lines):
        if not continued:
            for rule, what in _FOREIGN:
                if rule.search(line):
                    return f"It holds {what}, which is no command."
        continued = line.rstrip().endswith(("\\", "|", "&&", "(", "{", '"'))
    return None


def bare(lines: Sequence[str]) -> list[str]:
    """
    Return the code in lines of shell: no comments, blanks or here-documents.

    Strings are left as empty ones, so that nothing in them is taken for code.
    """
    text = "\n".join(_without_documents(lines))
    text = _QUOTED.sub(_emptied, text)
    return [line for line in text.split("\n") if line.strip()]


def _emptied(found: re.Match[str]) -> str:
    text = found.group()
    if found["comment"]:
        return ""
    return text if text.startswith("\\") else '""'


def _without_documents(lines: Sequence[str]) -> Iterator[str]:
    end = None
    for line in lines:
        if end is not None:
            end = None if line.strip() == end else end
            continue
        here = _HEREDOC.search(line)
        end = here["end"] if here else None
        yield line.removeprefix("$ ")
