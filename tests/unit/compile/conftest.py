"""What the tests of the compiler share: documents read, bound and compiled."""

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import dedent

import pytest

from gonogo.document.bindings.bound import Bindings
from gonogo.document.bindings.sources import Beside, read_bindings
from gonogo.document.compiler.compile import Compiled, compile_plan, unaccounted
from gonogo.document.reader.read import read
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.plan import Plan, Stage, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A document with all that came of it."""

    reading: Reading
    bindings: Bindings
    compiled: Compiled
    diagnostics: tuple[Diagnostic, ...]

    @property
    def plan(self) -> Plan:
        """Return the plan; there has to be one."""
        assert self.compiled.plan is not None
        return self.compiled.plan

    @property
    def codes(self) -> list[str]:
        """Return the codes of all diagnostics, in order."""
        return [one.code for one in self.diagnostics]

    def only(self, code: str) -> Diagnostic:
        """Return the one diagnostic with this code."""
        found = [one for one in self.diagnostics if one.code == code]
        assert len(found) == 1, [(d.code, d.line, d.message) for d in self.diagnostics]
        return found[0]

    def stage(self, title: str) -> Stage:
        """Return the stage whose title begins so."""
        return next(s for s in self.plan.stages if s.title.startswith(title))

    def step(self, title: str) -> Step:
        """Return the one step whose title begins so."""
        found = [
            step
            for stage in self.plan.stages
            for step in stage.steps
            if step.title.startswith(title)
        ]
        assert len(found) == 1, [(s.id, s.title) for s in found]
        return found[0]

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of all steps, in order."""
        return [step.kind for stage in self.plan.stages for step in stage.steps]


Compile = Callable[..., Result]


@pytest.fixture
def compiled() -> Compile:
    """Return a function that compiles a document, and a file beside it."""

    def run(document: str, beside: str | None = None, *, whole: bool = True) -> Result:
        text = dedent(document).strip("\n") + "\n"
        reading = read(text.encode(), "rollout.md")
        file = None
        if beside is not None:
            file = Beside(name="rollout.bindings.yaml", text=dedent(beside).strip("\n"))
        bindings, told = read_bindings(reading, file)
        result = compile_plan(reading, bindings, name="rollout.md")
        if whole:
            assert unaccounted(reading, result) == ()
        return Result(
            reading=reading,
            bindings=bindings,
            compiled=result,
            diagnostics=(*told, *result.diagnostics),
        )

    return run
