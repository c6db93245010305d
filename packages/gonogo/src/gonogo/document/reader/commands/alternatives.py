"""
Alternatives: blocks of which exactly one runs.

Variants stand side by side, each under a label or heading of its own that names a
platform ('**Heroku:**'), an environment ('**Staging**') or an option ('Option B: …'),
or the second is led in with 'Or'. What labels of a set share is the place they stand
in; what tells them from steps is that all of them name a variant of one family.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from gonogo.document.kinds import CommandRole
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.page import Page
from gonogo.document.reading import Command

_DEED = frozenset({
    CommandRole.DO, CommandRole.VERIFY, CommandRole.ROLLBACK, CommandRole.MONITOR,
})  # fmt: skip
_LEADING = r"^\W{0,4}(?:(?:if\s+(?:you\s+(?:use|are\s+on)|using)|for|on|using|via|with|in)\s+)?(?:the\s+)?"
_TRAILING = (
    r"(?:\s*(?:\([^()]*\)|users?|deployments?|environment|servers?|hosts?|only|cli"
    r"|dashboard|console|app|apps|based|backend|cluster))*\W*$"
)
_FAMILIES = {
    "option": re.compile(
        r"^\W{0,4}(?:option|opci[oó]n|op[cç][aã]o|variante?|alternativ[ae]?|method|m[eé]todo"
        r"|approach|path|choice|weg)\s+(?:#?\d{1,2}|[A-H])(?!\w)",
        re.IGNORECASE,
    ),
    "platform": re.compile(
        _LEADING
        + r"(?:heroku|render|railway|vercel|netlify|fly(?:\.io)?|docker(?:[ -]compose|\s+swarm)?"
        r"|kubernetes|k8s|helm|self[- ]hosted|bare[ -]metal|vps|aws|ecs|eks|gcp|gke|cloud\s+run"
        r"|google\s+cloud|azure|aks|digital\s?ocean|mac\s?os|mac|os\s?x|linux|ubuntu|debian"
        r"|centos|rhel|red\s+hat|fedora|alpine|windows|wsl|power\s?shell|bash|systemd|launchd"
        r"|pm2|supervisord?|npm|yarn|pnpm|bun|pip|poetry|uv|homebrew|brew|apt|yum|dnf"
        r"|postgres(?:ql)?|mysql|sqlite|nginx|apache|caddy|github|gitlab|bitbucket)"
        r"(?:\s*(?:/|,|or|&|and)\s*\w+)?" + _TRAILING,
        re.IGNORECASE,
    ),
    "environment": re.compile(
        _LEADING
        + r"(?:staging|stage|production|prod|dev(?:elopment)?|test(?:ing)?|local(?:ly)?"
        r"|qa|uat|sandbox|preprod(?:uction)?|pre-production)" + _TRAILING,
        re.IGNORECASE,
    ),
}
_OR = re.compile(
    r"^\W{0,4}(?:or|alternatively|oder|alternativ|o\s+bien|ou\s+bien|alternativamente"
    r"|ou\s+alors|sinon|または)\b",
    re.IGNORECASE,
)
# A label that says more than a few words is a step.
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A command with its family, the label that names it, and where that stands."""

    command: Command
    family: str | None
    label: Statement | None
    around: int | None


def with_alternatives(page: Page, commands: Sequence[Command]) -> tuple[Command, ...]:
    """Return the commands, each variant with the line of the first of its set."""
    fences = (s for s in page.statements.all if s.shape is Shape.FENCE)
    placed = [_placed(page, *pair) for pair in zip(commands, fences, strict=True)]
    found: dict[int, Command] = {}
    for members in (*_families(placed), *_led_in(placed)):
        first = members[0].command.line
        for one in members:
            known = found.get(one.command.line, one.command)
            found.setdefault(one.command.line, _as_variant(known, one, first))
    return tuple(found.get(c.line, c) for c in commands)


def _as_variant(command: Command, one: _Placed, first: int) -> Command:
    named = one.label.text.strip(" :") if one.label else None
    return replace(command, alternatives=first, label=named)


def _placed(page: Page, command: Command, statement: Statement) -> _Placed:
    """
    Return a command with the innermost of its two nearest leads that names a variant.

    Within a variant, what is led in with 'Or' is a variant more.
    """
    own = None if statement.lead is None else page.statements.all[statement.lead]
    for lead, _ in zip(page.statements.leads(statement), range(2), strict=False):
        family = _family(lead) if command.role in _DEED else None
        if family:
            label = own if own and _OR.match(own.text) else lead
            return _Placed(
                command=command,
                family=family,
                label=label,
                around=lead.lead,
            )
    around = own.lead if own and own.label else statement.lead
    return _Placed(command=command, family=None, label=own, around=around)


def _family(lead: Statement) -> str | None:
    # A box of its own is ticked of its own.
    if lead.mark or len(lead.text) > _LONGEST:
        return None
    found = next((n for n, rule in _FAMILIES.items() if rule.match(lead.text)), None)
    # '## Staging' and '## Production' are two steps of one way, as headings go.
    return None if found == "environment" and lead.shape is Shape.HEADING else found


def _families(placed: Sequence[_Placed]) -> Iterator[Sequence[_Placed]]:
    """Yield the runs of commands whose labels name variants of one family."""
    for (family, _), run in groupby(placed, key=lambda one: (one.family, one.around)):
        members = tuple(run)
        if family and len({one.label.index for one in members if one.label}) > 1:
            yield members


def _led_in(placed: Sequence[_Placed]) -> Iterator[Sequence[_Placed]]:
    """Yield each pair of commands of which the second is led in with 'Or'."""
    for first, second in pairwise(placed):
        label = second.label
        if label is None or not _OR.match(label.text) or len(label.text) > _LONGEST:
            continue
        deeds = {first.command.role, second.command.role} <= _DEED
        if deeds and label.shape is not Shape.HEADING and first.around == second.around:
            yield first, second
