"""Approvals: every consent that a person has to give, before the work or behind it."""

import re
from collections.abc import Iterator
from dataclasses import replace

from gonogo.document.kinds import ApprovalTime, BoxKind
from gonogo.document.reader.layout.markup import split_label
from gonogo.document.reader.layout.outline import Block, Form
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.page import Page
from gonogo.document.reader.people.approval_tables import table_approvals
from gonogo.document.reader.people.consents import (
    asks_for_consent,
    is_approved_state,
    is_go_no_go,
)
from gonogo.document.reader.people.people import (
    handle_in,
    has_blank,
    is_role,
    role_in,
    without_blanks,
)
from gonogo.document.reader.people.signature_lines import NOT_SIGNED, signed_roles
from gonogo.document.reader.people.signed_forms import is_in_form
from gonogo.document.reader.words.vocabulary import Topic, folded
from gonogo.document.reading import Approval, Box

_BEHIND = re.compile(
    r"\b(?:sign-?\s?offs?|signed|post|completion|final|after|firmas?|abnahme)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:pre|before|approvals?|authori[sz]ation|required)\b", re.IGNORECASE
)
_LABEL = re.compile(
    r"^(?:(?:final |required |pre-?\w+ )?approv(?:ed by|ers?|als?|al gate)"
    r"(?: \(.{1,30}\))?(?: (?:required|needed))?(?: (?:from|by))?"
    r"|(?:final )?sign(?:ed)?[ -]?off(?: by| gate| required)?|authori[sz]ed by"
    r"|signature|reviewed by|(?:final )?go ?/ ?(?:no-?go|roll ?back|stop|abort|hold)(?: decision)?(?: point| maker| by)?"
    r"|decision maker|decision by|release manager approval"
    r"|aprobado por|autorizado por|aprovado por|genehmigt von|freigegeben von"
    r"|freigabe durch|approuvé par|approvato da|goedgekeurd door|承認者|批准人)$",
    re.IGNORECASE,
)
# Whoever did the work or looked at it signs for it.
_DONE_BY = re.compile(
    r"\b(?:by|durch|von|por|par)$|^(?:signed|signature|firma|unterschrift)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\b(?:date|signature|signed|fecha|datum|data|firma)\b", re.IGNORECASE
)
# 'Record the date and your initials'.
_INITIALLED = re.compile(
    r"(?:please )?(?:record|enter|write|fill in|note|add|sign|log|put)\b[^.;]{0,80}"
    r"\b(?:initials|signatures?|your names?)\b",
    re.IGNORECASE,
)
_ART = re.compile(r"^[A-Z][\w /&-]{1,40}\s*(?:\([^()]*\))?\s*$")
_SIGNS_OFF = re.compile(r"\b(?:sign-?\s?off|approv(?:al|ed))(?: by)?$", re.IGNORECASE)
_ROLE_LABEL = 40
# Where consents are spoken of and not asked for.
_TOLD = (Topic.TROUBLE, Topic.RISK)


def read_approvals(page: Page, boxes: tuple[Box, ...]) -> tuple[Approval, ...]:
    """Return every approval, in order."""
    found = [
        a
        for s, t in page.table_statements
        for a in table_approvals(page, s, t, _when(page, s))
    ]
    taken = {a.line for a in found}
    marked = {s.line: s for s in page.sentences() if s.mark}
    for box in boxes:
        if box.line not in taken:
            found += _of_box(page, box, marked.get(box.line))
    for statement in page.sentences():
        if not statement.mark and statement.shape is not Shape.HEADING:
            found += _of_sentence(page, statement)
    for statement in page.statements.all:
        if statement.shape is Shape.FENCE:
            found += _of_art(page, statement)
    return tuple(sorted(found, key=lambda a: a.line))


def _when(page: Page, statement: Statement) -> ApprovalTime | None:
    """
    Return whether a consent is due before the work or signs it off.

    The innermost title that speaks of either decides; None where none does.
    """
    for lead in page.statements.leads(statement):
        words = folded(lead.text)
        if _BEHIND.search(words) and not re.search(r"\bpre\b", words):
            return ApprovalTime.SIGN_OFF
        if _AHEAD.search(words):
            return ApprovalTime.BEFORE
    return None


def _signed_roles(page: Page, statement: Statement) -> tuple[str, ...]:
    in_form = has_blank(statement.raw) and is_in_form(page, statement)
    return signed_roles(statement.raw, in_form=in_form)


def _is_consent(page: Page, box: Box, statement: Statement | None) -> bool:
    """Tell whether a box is ticked by whoever consents."""
    if box.kind is BoxKind.CHOICE:
        return False
    if statement is None:
        return box.kind is BoxKind.APPROVE
    text = statement.text
    asked = asks_for_consent(text) or is_go_no_go(text) or is_approved_state(text)
    return asked or _is_signed(page, statement)


def _is_signed(page: Page, statement: Statement) -> bool:
    """Tell whether a line of a sign-off form is to be signed ('**QA:** ____')."""
    label = split_label(statement.raw) or _bare_role(statement)
    if label is None or not is_in_form(page, statement):
        return False
    name = label[0].strip()
    if NOT_SIGNED.match(name):
        return False
    by_hand = role_in(name) or _DATED.search(label[1]) or _DONE_BY.search(name)
    if has_blank(statement.raw) and by_hand:
        return True
    return statement.mark is not None and _is_role(name)


def _bare_role(statement: Statement) -> tuple[str, str] | None:
    """Return 'Security' of a box that holds a role and nothing else."""
    name = statement.text.split("(")[0].strip()
    return (name, "") if statement.mark and is_role(name) else None


def _is_role(name: str) -> bool:
    return len(name) <= _ROLE_LABEL and role_in(name) is not None


def _of_box(page: Page, box: Box, statement: Statement | None) -> Iterator[Approval]:
    """Yield what a box has people consent to: one of each who signs on its line."""
    several = _signed_roles(page, statement) if statement else ()
    if not several and not _is_consent(page, box, statement):
        return
    first = _of_ticked(page, box, statement)
    yield from [replace(first, role=name) for name in several] or [first]


def _of_ticked(page: Page, box: Box, statement: Statement | None) -> Approval:
    label = split_label(statement.raw) if statement else None
    signed = statement is not None and _is_signed(page, statement)
    role = label[0] if signed and label and role_in(label[0]) else box.role
    when = _when(page, statement) if signed and statement else None
    return Approval(
        line=box.line,
        role=role,
        person=handle_in(box.text),
        when=when or ApprovalTime.BEFORE,
        text=box.text,
        box_line=box.line,
        **page.place(box.line),
    )


def _of_sentence(page: Page, statement: Statement) -> Iterator[Approval]:
    """Yield '**Approved by:** ____', '**Role:** ____' to sign, 'Get sign-off from X'."""
    label = split_label(statement.raw)
    name, rest = label or ("", statement.text)
    for role in _roles_of(page, statement, name, rest):
        yield Approval(
            line=statement.line,
            role=role,
            person=handle_in(rest),
            when=_when(page, statement) or ApprovalTime.BEFORE,
            text=statement.text,
            **page.place(statement.line),
        )


def _roles_of(
    page: Page, statement: Statement, name: str, rest: str
) -> tuple[str | None, ...]:
    """Return who consents in a sentence, None for who is not named."""
    several = _signed_roles(page, statement)
    if several:
        return several
    if _LABEL.match(name.strip()) and (rest or has_blank(statement.raw)):
        return (_named_role(rest),)
    if _is_signed(page, statement):
        return (name if role_in(name) else None,)
    if _is_step(page, statement):
        return (role_in(statement.text),)
    initialled = _INITIALLED.match(statement.text) and is_in_form(page, statement)
    return (None,) if initialled else ()


def _is_step(page: Page, statement: Statement) -> bool:
    """Tell whether a sentence has somebody asked, here and not as a hint elsewhere."""
    if not asks_for_consent(statement.text):
        return False
    told = page.nearest(statement, Topic.APPROVAL, *_TOLD)
    return not statement.label and told in {None, Topic.APPROVAL}


def _named_role(rest: str) -> str | None:
    """Return the role in '____ (Tech Lead) **Date:** ____'."""
    bare = without_blanks(rest.split("Date", maxsplit=1)[0])
    if " / " in bare and role_in(bare):
        return bare
    return role_in(bare)


def _of_art(page: Page, statement: Statement) -> Iterator[Approval]:
    """Yield the roles of an approval flow that is drawn in an untagged fence."""
    block = page.block(statement)
    if block.form is Form.FENCE and block.info in {"", "text", "txt"}:
        yield from _of_form(page, statement, block)
    near = page.nearest(statement, Topic.APPROVAL, Topic.ROLLBACK, Topic.VERIFY)
    if block.form is not Form.FENCE or block.info or near is not Topic.APPROVAL:
        return
    for number, line in enumerate(block.text.split("\n"), block.first + 1):
        role = role_in(line) if _ART.match(line) else None
        if role:
            yield Approval(
                line=number,
                role=role,
                when=_when(page, statement) or ApprovalTime.BEFORE,
                text=line.strip(),
                **page.place(number),
            )


def _of_form(page: Page, statement: Statement, block: Block) -> Iterator[Approval]:
    """Yield the lines of a fenced form on which people sign ('QA sign-off: ____')."""
    for number, line in enumerate(block.text.split("\n"), block.first + 1):
        label = split_label(line.strip()) if has_blank(line) else None
        name = label[0] if label else ""
        if _LABEL.match(name) or _SIGNS_OFF.search(name):
            yield Approval(
                line=number,
                role=role_in(name),
                when=_when(page, statement) or ApprovalTime.SIGN_OFF,
                text=without_blanks(line),
                **page.place(number),
            )
