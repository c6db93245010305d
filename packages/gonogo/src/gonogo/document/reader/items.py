"""
Items: the numbered items of a stage that are steps of the procedure.

Many documents have no boxes: what is done stands there as '1. Deploy to staging',
'2. Run the suite', or, dated, as '**Hour 1-4**: Deploy to 10 %'. What stands under a
way back, triggers, criteria, approvals, contacts or what is told only is no step.
"""

import re
from collections.abc import Iterator

from gonogo.document.kinds import HOLDING, BoxKind
from gonogo.document.reader.box_words import is_wait, kind_by_words, speaks
from gonogo.document.reader.held import is_completed
from gonogo.document.reader.layout.markup import split_label
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.limits.settings import is_notes
from gonogo.document.reader.page import Page
from gonogo.document.reader.words.titles import part_name
from gonogo.document.reader.words.vocabulary import Topic
from gonogo.document.reading import NumberedItem, Reading

_NO_STEPS = frozenset({
    Topic.ROLLBACK, Topic.TRIGGER, Topic.SUCCESS, Topic.METRICS, Topic.EXPECTED,
    Topic.APPROVAL, Topic.DECISION, Topic.CONTACT, Topic.INCIDENT, Topic.SCENARIO,
    Topic.TROUBLE, Topic.REFERENCE, Topic.BACKGROUND, Topic.RISK, Topic.RECORD,
    Topic.SAMPLE,
})  # fmt: skip
# '✅ Verify the client': it was done before the document was written.
_DONE = re.compile(r"^\W{0,3}[\u2705\u2713\u2714\u2611]")


def read_items(page: Page, reading: Reading) -> tuple[NumberedItem, ...]:
    """
    Return the numbered and dated items that are steps, in order.

    Args:
        page: The document.
        reading: All other elements: what one of them takes is no item.
    """
    taken = _taken(reading)
    dated = {stage.line for stage in reading.substages}
    return tuple(
        _item(page, statement)
        for statement in page.statements.all
        if statement.shape is Shape.ITEM
        and (statement.number is not None or statement.line in dated)
        and statement.line not in taken
        and _is_step(page, statement)
    )


def _taken(reading: Reading) -> set[int]:
    """Return the lines that another element of the reading stands for."""
    lines = {box.line for box in reading.boxes}
    lines |= {approval.line for approval in reading.approvals}
    lines |= {contact.line for contact in reading.contacts}
    lines |= {trigger.line for trigger in reading.triggers}
    lines |= {stated.line for stated in reading.expectations}
    lines |= {w.line for w in reading.waits if w.kind in HOLDING and is_wait(w.text)}
    for way in reading.rollbacks:
        lines |= set(range(way.line, way.end_line + 1))
    for deadline in reading.deadlines:
        lines |= set(range(deadline.line, deadline.end_line + 1))
    return lines


def _is_step(page: Page, item: Statement) -> bool:
    if item.depth or item.mark or not item.text or _DONE.match(item.raw):
        return False
    if page.place(item.line)["stage_line"] is None or _is_mere_label(page, item):
        return False
    if any(under.mark for under in page.statements.under(item)):
        return False
    if any(is_completed(lead.text) for lead in page.statements.leads(item)):
        return False
    return not any(_tells(lead) for lead in _leads(page, item))


def _is_mere_label(page: Page, item: Statement) -> bool:
    """Tell whether an item only leads what stands below: 'Immediately:'."""
    named = item.text.rstrip(" :\uff1a")
    opens = named != item.text and not speaks(named)
    return opens and page.first_fence(item) is None


def _leads(page: Page, item: Statement) -> Iterator[Statement]:
    """Yield what governs an item inside its stage; the stage's title is a step's."""
    stage = page.place(item.line)["stage_line"] or 0
    for lead in page.statements.leads(item):
        if lead.line <= stage:
            return
        yield lead


def _tells(lead: Statement) -> bool:
    return bool(lead.topics & _NO_STEPS) or is_notes(lead)


def _item(page: Page, statement: Statement) -> NumberedItem:
    return NumberedItem(
        line=statement.line,
        text=statement.text,
        kind=_kind(page, statement),
        command_line=page.first_fence(statement),
        **page.place(statement.line),
    )


def _kind(page: Page, statement: Statement) -> BoxKind:
    """Return what the words of an item say; 'Hour 1-4: Deploy' is to deploy."""
    label = split_label(statement.raw)
    dated = label and label[1] and part_name(label[0], page.known)
    words = label[1] if label and dated else statement.text
    return BoxKind.DO if kind_by_words(words) is BoxKind.DO else BoxKind.VERIFY
