"""Spoken: what a title speaks of, without topics that its words only look like."""

import re

from gonogo.document.reader.words.condition_leads import (
    leads_to_criteria,
    leads_to_triggers,
)
from gonogo.document.reader.words.vocabulary import Topic, Vocabulary, folded

# Words that only look like a topic: 'Go/No-Go' asks whether to go on, 'Trigger a
# build' is a deed, and 'Low-risk changes' are no account of risks.
_NOT_MEANT = {
    Topic.TRIGGER: re.compile(
        r"(?<!\w)(?:go (?:(?:or|and|vs|y|o|oder|ou|et) )?no go"
        # A step that decides has its own sentences: 'Step 3: rollback decision'.
        r"|^(?:step|schritt|paso|passo|etape) \d+ .*\bdecision\b"
        # A mechanism that starts something: 'Deploy trigger', 'Webhook triggers'.
        r"|(?:deploy(?:ment)?|build|release|workflow|pipeline|webhook|ci|cd|cron|database|db"
        r"|event|http|job|push|timer|schedule[dr]?|insert|update|delete|audit|row|sql|lambda"
        r"|function|api) triggers?"
        r"|trigger(?:ing)? (?:an?|the|new|manual|manually|via|with|deploy\w*|builds?"
        r"|workflows?|pipelines?))(?!\w)"
    ),
    Topic.SUCCESS: re.compile(
        # What is nice to have, at the least grade, is demanded by nobody.
        r"^(?:low|minor|trivial|cosmetic|optional)\b.*|(?<!\w)gate (?!criteria|conditions?|checks?|reviews?|decision)[a-z]\w*(?!\w)"
        r"|(?<!\w)(?:you|we|they|it|users?|teams?|everyone|all) (?:must|should) have(?!\w)"
    ),
    Topic.RISK: re.compile(
        r"(?<!\w)(?:low|lower|minimal|medium|high|higher) risk(?!\w)"
    ),
}

# 'No go until:' and 'Do not proceed unless:' lead what has to be so.
_UNTIL = re.compile(
    r"\b(?:no go|not|never|don t|hold|stop|wait|only)\b.{0,120}\b(?:until|unless|only if|only when"
    r"|only after)(?: (?:all|each|every|the following|of|these|are|is|true|met))*$"
)


def spoken(text: str, known: Vocabulary) -> frozenset[Topic]:
    """Return what a text speaks of, without topics that its words only look like."""
    found = known.topics(text)
    for topic in found & _NOT_MEANT.keys():
        left = known.topics(_NOT_MEANT[topic].sub(" ", folded(text)))
        found -= {topic} - left
    return _leading(found, folded(text))


def _leading(found: frozenset[Topic], words: str) -> frozenset[Topic]:
    """Add what the grammar of a title says of that which stands under it."""
    if _UNTIL.search(words):
        return found - {Topic.TRIGGER} | {Topic.SUCCESS}
    words = _NOT_MEANT[Topic.TRIGGER].sub(" ", words)
    if leads_to_triggers(words):
        return found | {Topic.TRIGGER}
    return found | {Topic.SUCCESS} if leads_to_criteria(words) else found
