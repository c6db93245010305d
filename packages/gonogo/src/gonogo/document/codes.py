"""
The codes of bindings (`GNG2xx`) and of the compiler (`GNG3xx`): one table.

A code keeps its meaning for ever; a rule that goes leaves its number unused. The
templates are filled with the facts of the place, so that the message says what is
there and the remedy what to write instead.
"""

from collections.abc import Mapping
from enum import StrEnum

from gonogo.document.rule import Rule
from gonogo.model.diagnostic import Diagnostic, Severity


class Code(StrEnum):
    """What bindings and compiler can have to say about a document."""

    BROKEN_YAML = "GNG201"
    TOO_MUCH_YAML = "GNG202"
    UNKNOWN_KEY = "GNG203"
    WRONG_TYPE = "GNG204"
    MISSING_KEY = "GNG205"
    REPEATED_KEY = "GNG206"
    BAD_VALUE = "GNG207"
    NOT_ONE_WORD = "GNG208"
    BINDS_NOTHING = "GNG209"
    AMBIGUOUS = "GNG210"
    CONTRADICTION = "GNG211"
    BOUND_TWICE = "GNG212"
    UNKNOWN_VALUE = "GNG213"
    UNKNOWN_CONNECTION = "GNG214"
    UNKNOWN_METRIC = "GNG215"
    NOBODY = "GNG216"
    SECRET_WRITTEN = "GNG217"  # noqa: S105  # a code, not a secret
    NO_BLOCK = "GNG218"
    NOT_HERE = "GNG219"
    NOT_SILENCED = "GNG220"
    UNKNOWN_SOURCE = "GNG221"
    NOT_READY = "GNG222"
    NOT_ASKED_SO = "GNG223"

    UNBOUND_METRIC = "GNG301"
    NO_CONNECTION = "GNG302"
    NO_WAY_BACK = "GNG303"
    SOAK_WITHOUT_GATES = "GNG304"
    OUTSIDE_STAGES = "GNG305"
    UNITS_DIFFER = "GNG306"
    IMPLICIT_BASELINE = "GNG307"
    RANGE_OF_TIME = "GNG308"
    BLOCK_NOT_RUN = "GNG309"
    TRIGGER_OF_PEOPLE = "GNG310"
    PART_OF_WAY_BACK = "GNG311"
    FOR_INFORMATION = "GNG312"
    VARIANT_OPEN = "GNG313"
    VARIANT_NOT_CHOSEN = "GNG314"
    WAY_BACK_OF_PEOPLE = "GNG315"
    NOTHING_TO_RUN = "GNG316"
    WAIT_WITHOUT_TIME = "GNG317"
    IGNORED = "GNG318"
    NOTHING_TO_COMPARE = "GNG319"
    UNSAFE_PLACEHOLDER = "GNG320"
    ELEMENT_SHOWN = "GNG321"
    EMPTY_STAGE = "GNG322"
    SPAN_SHOWN = "GNG323"
    JUDGED_PLAINLY = "GNG324"
    BOUND_BY_WORDS = "GNG325"


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_NOTHING = "Nothing, if that is what you mean."

RULES: Mapping[Code, Rule] = {
    Code.BROKEN_YAML: Rule(
        _ERROR,
        "Broken YAML",
        "This is no YAML: {problem}.",
        "Correct it there; indent with spaces, and quote text that holds ': ' or '#'.",
    ),
    Code.TOO_MUCH_YAML: Rule(
        _ERROR,
        "Too much YAML",
        "This YAML is {what}.",
        "Write it out plainly, without anchors, and shorter.",
    ),
    Code.UNKNOWN_KEY: Rule(
        _ERROR,
        "Unknown key",
        "There is no key '{key}' here.{hint}",
        "Write one of: {known}.",
    ),
    Code.WRONG_TYPE: Rule(
        _ERROR,
        "Value of the wrong kind",
        "'{key}' has to be {wanted}; here it is {found}.",
        "Write it as {example}.",
    ),
    Code.MISSING_KEY: Rule(
        _ERROR,
        "Missing key",
        "'{key}' is missing here.",
        "Add it, as in {example}.",
    ),
    Code.REPEATED_KEY: Rule(
        _ERROR,
        "Key given twice",
        "'{key}' is given twice here, first in line {first}.",
        "Keep one of the two.",
    ),
    Code.BAD_VALUE: Rule(
        _ERROR,
        "Value out of range",
        "'{value}' is no {wanted}.",
        "Write it as {example}.",
    ),
    Code.NOT_ONE_WORD: Rule(
        _ERROR,
        "Not exactly one thing to do",
        "A binding says exactly one thing to do; here {found}.",
        "Write one of: {known}.",
    ),
    Code.BINDS_NOTHING: Rule(
        _ERROR,
        "Binding that binds nothing",
        "No {what} '{name}' is in the document.{hint}",
        "Use the document's own words, or 'line N', or take the binding out.",
    ),
    Code.AMBIGUOUS: Rule(
        _ERROR,
        "Ambiguous binding",
        "'{name}' is the title of lines {lines}.",
        "Name one: '{example}', or write the binding in a comment beside the line.",
    ),
    Code.CONTRADICTION: Rule(
        _WARNING,
        "Contradicting bindings",
        "'{name}' is bound differently in {there}; what stands here counts.",
        "Keep one of the two.",
    ),
    Code.BOUND_TWICE: Rule(
        _ERROR,
        "Line bound twice",
        "Line {bound} is bound by '{first}' and by '{second}'.",
        "Keep one of the two.",
    ),
    Code.UNKNOWN_VALUE: Rule(
        _ERROR,
        "Unknown value",
        "${name} is used here, but no value of that name is bound.{hint}",
        "Bind it: values: {{{name}: {{env: {name}}}}}.",
    ),
    Code.UNKNOWN_CONNECTION: Rule(
        _ERROR,
        "Unknown connection",
        "No connection '{name}' is bound.{hint}",
        "Bind it: connections: {{{name}: {{env: DATABASE_URL}}}}.",
    ),
    Code.UNKNOWN_METRIC: Rule(
        _ERROR,
        "Unknown metric",
        "No probe is bound to a metric '{name}'.{hint}",
        "Bind one under metrics, or name one that is.",
    ),
    Code.NOBODY: Rule(
        _WARNING,
        "Approval with nobody behind it",
        "Nobody is named for the role '{role}'; whoever acts in it may approve.",
        "Name them: people: {{{role}: [name]}}.",
    ),
    Code.SECRET_WRITTEN: Rule(
        _WARNING,
        "Secret written down",
        "'{name}' looks like a secret and stands in the bindings in clear.",
        "Take it from the environment: {{env: {name}, secret: true}}.",
    ),
    Code.NO_BLOCK: Rule(
        _ERROR,
        "No block to run",
        "The binding runs the block under its line, but there is none for '{word}'.",
        "Write what to run: {word}: {{{key}: …}}.",
    ),
    Code.NOT_HERE: Rule(
        _ERROR,
        "Word that does not fit here",
        "'{key}' means nothing here: {why}.",
        "Take it out, or {instead}.",
    ),
    Code.NOT_SILENCED: Rule(
        _ERROR,
        "Code that is not silenced",
        "'{name}' is not left out: {why}.{hint}",
        "Name warnings and notes only, as in lint: {{ignore: [GNG131]}}.",
    ),
    Code.UNKNOWN_SOURCE: Rule(
        _ERROR,
        "Unknown source",
        "No source '{name}' is bound.{hint}",
        "Bind it: sources: {{{name}: {{kind: prometheus, url: $PROMETHEUS_URL}}}}.",
    ),
    Code.NOT_READY: Rule(
        _ERROR,
        "No ready metric",
        "No ready metric '{name}' is known for sources of the kind {kind}.{hint}",
        "Say how it is asked: source, kind, canary, control; `gonogo sources list` "
        "shows what is ready.",
    ),
    Code.NOT_ASKED_SO: Rule(
        _ERROR,
        "Ready metric that cannot be asked so",
        "{why}",
        "Say its parameters, as in parameters: {{metric: shop_requests_total}}.",
    ),
    Code.UNBOUND_METRIC: Rule(
        _WARNING,
        "Metric without a probe",
        "No probe is bound to '{metric}'; a person judges it.{hint}",
        "Bind one: metrics: {{{metric}: {{http: {{url: …, json: …}}}}}}.",
    ),
    Code.NO_CONNECTION: Rule(
        _WARNING,
        "SQL without a connection",
        "It is not said on which database this SQL runs; a person runs it.",
        "Bind one: connections: {{main: {{env: DATABASE_URL}}}}{or_name}.",
    ),
    Code.NO_WAY_BACK: Rule(
        _WARNING,
        "Stage without a rollback",
        "'{stage}' changes something and says nothing about the way back.",
        "Add a rollback section to it, or give its actions an undo in a binding.",
    ),
    Code.SOAK_WITHOUT_GATES: Rule(
        _WARNING,
        "Soak without gates",
        "'{title}' holds for {time}, and no bound metric is judged meanwhile.",
        "Bind a probe to a metric of this stage.",
    ),
    Code.OUTSIDE_STAGES: Rule(
        _WARNING,
        "Outside every stage",
        "No stage holds the {what}: shown, never run, asked or judged.",
        "Move it into the stage that it belongs to.",
    ),
    Code.UNITS_DIFFER: Rule(
        _ERROR,
        "Units that do not fit",
        "The limit of '{metric}' is in {limit}, its probe gives {probe}.",
        "Write the limit in the unit of the probe, or correct the binding's unit.",
    ),
    Code.IMPLICIT_BASELINE: Rule(
        _INFO,
        "Baseline taken at the start",
        "The baseline of {metrics} is taken at the start of '{stage}'.",
        "Add '- [ ] Capture baseline metrics' where you want it taken.",
    ),
    Code.RANGE_OF_TIME: Rule(
        _INFO,
        "Range of time",
        "The document says {low} to {high}; it holds for {high}.",
        "Write one span, if another is meant.",
    ),
    Code.BLOCK_NOT_RUN: Rule(
        _INFO,
        "Block that is shown",
        "The block is {role}: it is shown, not run.",
        _NOTHING,
    ),
    Code.TRIGGER_OF_PEOPLE: Rule(
        _INFO,
        "Trigger that people watch",
        "'{text}' is watched by people: {why}.",
        "Bind a probe to its metric, if a machine can see it.",
    ),
    Code.PART_OF_WAY_BACK: Rule(
        _INFO,
        "Part of the way back",
        "What stands from here to line {last} belongs to '{title}': "
        "no step of going forward.",
        _NOTHING,
    ),
    Code.FOR_INFORMATION: Rule(
        _INFO,
        "Told for information",
        "'{text}' is told for information; nothing is judged by it.",
        "Write it as a limit in a stage's table of thresholds, if it is one.",
    ),
    Code.VARIANT_OPEN: Rule(
        _WARNING,
        "Variants open",
        "It is not said which of the variants {labels} runs here; a person does it.",
        "Say which: variants: {{platform: {example}}}.",
    ),
    Code.VARIANT_NOT_CHOSEN: Rule(
        _INFO,
        "Variant not chosen",
        "The block is a variant that is not chosen ({chosen} is).",
        _NOTHING,
    ),
    Code.WAY_BACK_OF_PEOPLE: Rule(
        _INFO,
        "Way back that people go",
        "'{title}' is left to people: {why}.",
        "Bind it under rollbacks, if gonogo is to do it.",
    ),
    Code.NOTHING_TO_RUN: Rule(
        _ERROR,
        "Nothing to run",
        "Nothing in this document is a step: no box, block, approval, limit or wait.",
        "Write its steps as '- [ ] …' under headings such as '## Stage 1: …'.",
    ),
    Code.WAIT_WITHOUT_TIME: Rule(
        _INFO,
        "Wait without a time",
        "'{title}' does not say how long; a person is asked when it is over.",
        "Say how long: 'Wait 24 hours', or bind wait: {{for: 24h}}.",
    ),
    Code.IGNORED: Rule(
        _INFO,
        "Left out by a binding",
        "The bindings leave this out: {reason}.",
        _NOTHING,
    ),
    Code.NOTHING_TO_COMPARE: Rule(
        _WARNING,
        "Nothing to compare with",
        "'{metric}' is compared with a {relative} group, which nothing measures; "
        "a person judges it.",
        "Ask a source for a control: too (canary: …, control: …), or bind a probe that "
        "gives the change itself, with 'measures: change'.",
    ),
    Code.UNSAFE_PLACEHOLDER: Rule(
        _WARNING,
        "Placeholder in an unsafe place",
        "{text} is bound, but stands where no value can be put safely ({where}); "
        "a person runs the block.",
        "Move it out of the quotes, or write the block with ${name} yourself.",
    ),
    Code.ELEMENT_SHOWN: Rule(
        _WARNING,
        "Shown",
        "'{text}' is shown to people: {why}.",
        _NOTHING,
    ),
    Code.EMPTY_STAGE: Rule(
        _INFO,
        "Stage without a step",
        "Nothing in '{stage}' is a step: the rollout passes it by.",
        "Write what is done there as '- [ ] …', if anything is.",
    ),
    Code.SPAN_SHOWN: Rule(
        _INFO,
        "Time that holds nothing",
        "'{text}' says {time}, and nothing is held for it: {why}.",
        "Write '- [ ] Wait …' or '- [ ] Monitor for …' in a stage, if it has to hold.",
    ),
    Code.JUDGED_PLAINLY: Rule(
        _WARNING,
        "Judged by the plain limit",
        "'{metric}' is not judged by evidence, though its binding says so: {why}.",
        "Mend that, or leave 'judge: evidence' out.",
    ),
    Code.BOUND_BY_WORDS: Rule(
        _INFO,
        "Bound by its words",
        "'{metric}' is the ready metric '{ready}' of the source '{source}'.",
        "Bind it under metrics, if another is meant.",
    ),
}


def diagnostic(
    code: Code, line: int, column: int = 1, path: str | None = None, **facts: object
) -> Diagnostic:
    """Return the diagnostic of `code` at a place, its templates filled with `facts`."""
    rule = RULES[code]
    return rule.said(code.value, line=line, column=column, path=path, facts=facts)
