"""The words of a binding: `shell`, `sql`, `flag`, `ask`, …, each read to its deed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from gonogo.document.bindings.bound import (
    Ask,
    Consent,
    Covered,
    Deed,
    Hold,
    Ignore,
    Look,
    Perform,
    Place,
    Record,
    StepBinding,
)
from gonogo.document.bindings.expect import expects
from gonogo.document.bindings.fields import Fields, Problems
from gonogo.document.bindings.grammar import (
    KEYS,
    PROBES,
    SHORT,
    STEP_EXTRAS,
    TRUE_ALONE,
)
from gonogo.document.bindings.perform import PERFORMED, perform
from gonogo.document.bindings.windows import on_failure_in
from gonogo.document.codes import Code
from gonogo.document.nodes import Leaf, Node, Table
from gonogo.model.operation import (
    Operation,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """
    Reads words; `deadline` is for scripts and migrations that name none.

    Attributes:
        deadline: None: the operation's own default.
    """

    problems: Problems
    deadline: timedelta | None = None

    def one(self, fields: Fields, words: Sequence[str]) -> str | None:
        """Return the one word of `words` that stands there; reports none and many."""
        found = [word for word in words if fields.has(word)]
        if len(found) == 1:
            return found[0]
        said = " and ".join(f"'{word}'" for word in found)
        self.problems.add(
            Code.NOT_ONE_WORD,
            fields.at,
            found=f"it says {said}" if found else "it says none",
            known=", ".join(words),
        )
        return None

    def step(self, fields: Fields, words: Sequence[str]) -> StepBinding | None:
        """Return what a line is bound to."""
        word = self.one(fields, words)
        deed = self.deed(word, fields) if word else None
        extras = self._extras(fields)
        if deed is None:
            return None
        if isinstance(deed, Perform):
            return self._with_check(fields, deed, extras)
        if isinstance(deed, Look):
            return replace(extras, deed=deed)
        for key in STEP_EXTRAS:
            if fields.has(key):
                self.problems.add(
                    Code.NOT_HERE,
                    fields.place(key),
                    key=key,
                    why=f"'{word}' runs nothing",
                    instead="bind something that runs",
                )
        return StepBinding(deed=deed)

    def deed(self, word: str, fields: Fields) -> Deed | None:
        """Return what one word says."""
        place = fields.place(word)
        node = lengthened(word, fields.node(word))
        inner = Fields(node, place, self.problems, KEYS[word])
        if word in PERFORMED:
            return perform(word, inner, self.deadline)
        return _SAID[word](self, inner)

    def probe(self, node: Node | None, at: Place) -> Operation | None:
        """Return the probe that a mapping with one probe word stands for."""
        fields = Fields(node, at, self.problems, KEYS["check"])
        return self.probe_in(fields, PROBES)

    def probe_in(self, fields: Fields, words: Sequence[str]) -> Operation | None:
        """Return the probe that stands under one of these words."""
        word = self.one(fields, words)
        deed = self.deed(word, fields) if word else None
        return deed.operation if isinstance(deed, Perform) else None

    def _extras(self, fields: Fields) -> StepBinding:
        attempts = fields.whole("attempts")
        return StepBinding(
            deed=Covered(),
            expects=expects(fields, self.problems),
            attempts=attempts,
            retry_delay=fields.duration("retry_delay"),
            confirm=fields.flag("confirm") if fields.has("confirm") else None,
            on_failure=on_failure_in(fields),
        )

    def _with_check(
        self, fields: Fields, deed: Perform, extras: StepBinding
    ) -> StepBinding:
        if fields.has("check"):
            node = fields.node("check")
            check = self.probe(node, fields.place("check"))
            deed = replace(deed, check=check, check_expects=None)
        if extras.expects is not None and (deed.undo or deed.check):
            self.problems.add(
                Code.NOT_HERE,
                fields.place("expect"),
                key="expect",
                why="what has an undo changes the world and is no check",
                instead="check in a line of its own",
            )
        return replace(extras, deed=deed)

    # -- words that run nothing --------------------------------------------------

    def metric(self, fields: Fields) -> Look:
        """Read `metric`."""
        return Look(metric=fields.text("name", required=True) or "")

    def ask(self, fields: Fields) -> Ask:
        """Read `ask`."""
        return Ask(role=fields.text("role"))

    def wait(self, fields: Fields) -> Hold | None:
        """Read `wait`."""
        fields.needs("for")
        held = fields.flag("counts_held")
        span = fields.duration("for")
        return None if span is None else Hold(duration=span, counts_held=held)

    def baseline(self, fields: Fields) -> Record:
        """Read `baseline`."""
        return Record(metrics=fields.texts("metrics") or ())

    def approve(self, fields: Fields) -> Consent:
        """Read `approve`."""
        return Consent(role=fields.text("role", required=True) or "")

    def ignore(self, fields: Fields) -> Ignore:
        """Read `ignore`."""
        return Ignore(reason=fields.text("reason", required=True) or "")

    def covered(self, fields: Fields) -> Covered:
        """Read `covered`."""
        del fields
        return Covered()


_SAID: Mapping[str, Callable[[Words, Fields], Deed | None]] = {
    "metric": Words.metric,
    "ask": Words.ask,
    "wait": Words.wait,
    "baseline": Words.baseline,
    "approve": Words.approve,
    "ignore": Words.ignore,
    "covered": Words.covered,
}


def lengthened(word: str, node: Node | None) -> Node | None:
    """Return the long form of a short one: `wait: 24h` is `wait: {for: 24h}`."""
    if node is None or isinstance(node, Table):
        return node
    if isinstance(node, Leaf) and node.text == "true" and word in TRUE_ALONE:
        return None
    if word not in SHORT:
        return node
    key = Leaf(line=node.line, column=node.column, text=SHORT[word])
    return Table(line=node.line, column=node.column, entries=((key, node),))
