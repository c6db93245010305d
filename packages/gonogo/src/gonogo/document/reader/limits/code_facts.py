"""
Code facts: sentences that tell how code or configuration is made, and judge nothing.

'`server.js` uses `PORT`' or 'Script copies the assets' stand in lists of criteria too;
they are done or not done, and no number or word of state says how well.
"""

import re

from gonogo.document.reader.limits.states import state_of
from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.model.condition import Comparator

_CODE = r"`[^`\n]{1,120}`"
# What a file, a class or a workflow is made with; the subject is short.
_MADE = re.compile(
    r"^\W*(?:[^\s`]{1,40}\s+|`[^`\n]{1,120}`\s+){0,5}?(?:(?:will\s+|now\s+)?use|extend|implement"
    r"|inherit|wrap|declare|define|copie|prevent)s?\s(?!\s*(?:less|fewer|no|at most)\b)"
    r"|^\W*(?:[^\s`]{1,40}\s+|`[^`\n]{1,120}`\s+){1,5}?(?:used|listed)\s*(?:$|:)"
    # '`next.config` has `output: x`': code holds code.
    rf"|\b(?:has|have|contains?|includes?)\s+(?:(?:an?|the)\s+)?{_CODE}"
    rf"|^\W*{_CODE}\s+(?:covers|has|in)\b"
    rf"|\bpinned in\s+{_CODE}|^\W*(?:verified|documented|defined|implemented) in\b"
    # A style rule in its braces: `.card { padding: 1rem }`.
    r"|`[^`{}\n]{0,60}\{[^{}`\n]{1,80}\}`\W*$",
    re.IGNORECASE,
)
# 'Staging bucket created', 'Smoke test integrated in the pipeline': a deed that is done.
_DONE = re.compile(
    r"^(?!.*\b(?:no|all|every|each|tests?\s+pass)\b).{3,80}\s(?:created|provisioned|installed|integrated|configured"
    r"|stored|bumped|registered|linked)"
    r"(?:\W*$|\s*\([^()]{0,60}\)\W*$|\s+(?:in|into|to|on|with)\s)",
    re.IGNORECASE,
)
# 'Month 2: batching' plans work; a date in front makes no criterion.
_PLANNED = re.compile(
    r"^\W*(?:weeks?|months?|quarters?|sprints?|q)\s?\d[\d\s\u2013-]*\W{0,3}:",
    re.IGNORECASE,
)


def is_code_fact(raw: str, text: str) -> bool:
    """
    Tell whether a sentence merely tells how code or configuration is made.

    Args:
        raw: With mark-up: what is code shows by its back-quotes.
        text: Plain words.
    """
    threshold = find_threshold(text)
    limited = threshold and threshold.condition.comparator is not Comparator.EQUAL
    if limited or state_of(text):
        return False
    return any(form.search(raw) for form in (_MADE, _DONE, _PLANNED))
