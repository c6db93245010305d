"""
The codes of advice (`GNG4xx`): one table.

The ranges follow the modules: 40x exposure, 41x limits and soaks, 42x spans, 43x the
way back, 44x people, 45x commands, 46x boxes. None is an error: the document runs.
"""

from collections.abc import Mapping
from enum import StrEnum

from gonogo.document.rule import Rule
from gonogo.model.diagnostic import Diagnostic, Severity


class Code(StrEnum):
    """What a look at the rollout as a whole can have to say."""

    EXPOSURE_FALLS = "GNG401"
    EXPOSURE_JUMPS = "GNG402"
    EXPOSED_UNPROVEN = "GNG403"
    NO_WINDOW = "GNG410"
    LIMITS_CONTRADICT = "GNG411"
    TRIGGER_INSIDE_LIMIT = "GNG412"
    SELDOM_LOOKED_AT = "GNG413"
    SOAK_TOO_WEAK = "GNG414"
    LIMIT_IN_NOISE = "GNG415"
    LIMIT_WIDENED = "GNG416"
    LIMIT_BROKEN = "GNG417"
    DAYS_DIFFER = "GNG418"
    POWER_UNKNOWN = "GNG419"
    DEADLINE_TOO_SHORT = "GNG420"
    ESTIMATE_ONLY = "GNG421"
    ROLLBACK_OF_LATER = "GNG430"
    NO_BACKUP = "GNG431"
    APPROVAL_TOO_LATE = "GNG440"
    NOBODY_TO_CALL = "GNG441"
    ONE_PERSON_TWICE = "GNG442"
    RUN_TWICE = "GNG450"
    VARIABLE_UNSET = "GNG451"
    SECRET_IN_COMMAND = "GNG452"  # noqa: S105  # a code, not a secret
    OTHER_ENVIRONMENT = "GNG453"
    TICKED = "GNG460"


_WARNING, _INFO = Severity.WARNING, Severity.INFO

RULES: Mapping[Code, Rule] = {
    Code.EXPOSURE_FALLS: Rule(
        _WARNING,
        "Exposure that falls",
        "'{stage}' exposes {after}, after '{earlier}' exposed {before}.",
        "Put the stages in the order of their exposure.",
    ),
    Code.EXPOSURE_JUMPS: Rule(
        _INFO,
        "Large step of exposure",
        "'{stage}' takes the exposure from {before} to {after} at once.",
        "Add a stage in between, such as {example}.",
    ),
    Code.EXPOSED_UNPROVEN: Rule(
        _WARNING,
        "Exposure raised without a proof",
        "Nothing is judged between '{stage}' ({before}) and '{later}' ({after}).",
        "Add a limit with a soak, a check or an approval to '{stage}'.",
    ),
    Code.NO_WINDOW: Rule(
        _WARNING,
        "Threshold without a window",
        "The limit of '{metric}' is judged by one look: "
        "neither it nor '{stage}' says for how long.",
        "Add '- [ ] Monitor for 1 hour' to the stage, or say 'over 15 minutes'.",
    ),
    Code.LIMITS_CONTRADICT: Rule(
        _WARNING,
        "Limits that contradict each other",
        "No value of '{metric}' holds here and in line {first}, of the same stage.",
        "Correct one of the two limits.",
    ),
    Code.TRIGGER_INSIDE_LIMIT: Rule(
        _WARNING,
        "Trigger inside the limit",
        "It turns back at values of '{metric}' that the limit of line {limit} allows.",
        "Set the trigger at the limit, or beyond it.",
    ),
    Code.SELDOM_LOOKED_AT: Rule(
        _WARNING,
        "Cadence longer than the soak",
        "'{title}' lasts {time}, and {what} is looked at every {every} only.",
        "Look more often than that, or hold for longer.",
    ),
    Code.SOAK_TOO_WEAK: Rule(
        _WARNING,
        "Limit that its soak cannot check",
        "In {time} '{metric}' shows a rise from {smallest} on, and proves {provable}: "
        "its limit is {limit}.",
        "{needs}",
    ),
    Code.LIMIT_IN_NOISE: Rule(
        _WARNING,
        "Limit below its noise",
        "The limit of '{metric}' cannot be kept apart from noise: {why}.",
        "Measure the noise with `gonogo calibrate`, allow more, or run more instances.",
    ),
    Code.LIMIT_WIDENED: Rule(
        _INFO,
        "Limit that noise widens",
        "Equal arms differ so much that the limit {limit} of '{metric}' acts from "
        "{acts} on.",
        "Measure the noise with `gonogo calibrate`, or run more instances.",
    ),
    Code.LIMIT_BROKEN: Rule(
        _WARNING,
        "Limit that is broken before the change",
        "'{metric}' is usually beyond its limit {limit}: nothing could pass it.",
        "Correct the limit, or the traffic that is stated.",
    ),
    Code.DAYS_DIFFER: Rule(
        _WARNING,
        "Compared with a time before",
        "'{metric}' is compared with a time before, and days differ: rises below "
        "{smallest} are not found at any traffic.",
        "Give its query a `control`: those without the change, at the same time.",
    ),
    Code.POWER_UNKNOWN: Rule(
        _INFO,
        "Soak of unknown power",
        "What the soak can show of '{metric}' is not known: {why}.",
        "State its `traffic`, or run gonogo explain --measure.",
    ),
    Code.DEADLINE_TOO_SHORT: Rule(
        _WARNING,
        "Deadline shorter than its steps",
        "It is due within {within}, and what stands in it takes {needed}.",
        "Allow more time, or take out what need not be done by then.",
    ),
    Code.ESTIMATE_ONLY: Rule(
        _INFO,
        "Wait that is only an estimate",
        "'{text}' is an estimate: nothing is held for it.",
        "Write 'Wait {time}', if the rollout has to hold for so long.",
    ),
    Code.ROLLBACK_OF_LATER: Rule(
        _WARNING,
        "Rollback that names a later stage",
        "The way back of '{stage}' speaks of '{later}', which was not reached then.",
        "Move it to the way back of that stage, or correct the name.",
    ),
    Code.NO_BACKUP: Rule(
        _WARNING,
        "Data removed without a backup",
        "The block holds {what}, and no backup is spoken of before it.",
        "Put a step such as '- [ ] Take a backup' before it.",
    ),
    Code.APPROVAL_TOO_LATE: Rule(
        _WARNING,
        "Approval behind what it guards",
        "The consent to '{stage}' is asked for when that has begun, in line {begun}.",
        "Move it before the stage.",
    ),
    Code.NOBODY_TO_CALL: Rule(
        _INFO,
        "Nobody to call",
        "People have to act when things go wrong, and no contact is named.",
        "Add a table of contacts: '| Issue | Contact | Method |'.",
    ),
    Code.ONE_PERSON_TWICE: Rule(
        _INFO,
        "One person, two roles",
        "'{person}' alone stands behind '{role}' and behind '{other}'.",
        "Name somebody else for one of the two, if two are meant to look.",
    ),
    Code.RUN_TWICE: Rule(
        _INFO,
        "Command that runs twice",
        "The same is run in line {first} already.",
        "Take one of the two out, or bind it with 'ignore', if once is meant.",
    ),
    Code.VARIABLE_UNSET: Rule(
        _WARNING,
        "Variable that nothing sets",
        "${name} is used, and neither the document nor a binding sets it.",
        "Bind it: values: {{{name}: {{env: {name}}}}}.",
    ),
    Code.SECRET_IN_COMMAND: Rule(
        _WARNING,
        "Secret in a command",
        "The block holds {what} in clear.",
        "Bind a value, values: {{{name}: {{env: {name}, secret: true}}}}, and write "
        "${name}.",
    ),
    Code.OTHER_ENVIRONMENT: Rule(
        _WARNING,
        "Another environment's host",
        "'{stage}' is about {own}, and the block names '{name}'.",
        "Name the host of {own}, or move the block to its stage.",
    ),
    Code.TICKED: Rule(
        _INFO,
        "Ticked already",
        "'{text}' is ticked in the document; each rollout asks for it again.",
        "Clear the boxes before the document is used again.",
    ),
}


def diagnostic(code: Code, line: int, **facts: object) -> Diagnostic:
    """Return the diagnostic of `code` at a line, its templates filled with `facts`."""
    return RULES[code].said(code.value, line=line, facts=facts)
