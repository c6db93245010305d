"""A plan file in the form that a document comes in: a reading, and what it compiled to."""

from dataclasses import replace

from gonogo.document.advice.power import NOT_ASKED, Usual, power
from gonogo.document.compiler.account import Compiled
from gonogo.document.kinds import Use
from gonogo.document.lines import Account
from gonogo.document.planfile.read import read_plan
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.plan import Plan
from gonogo.model.sealing import digest_of


def compile_plan_file(
    data: bytes, *, name: str, usual: Usual = NOT_ASKED
) -> tuple[Reading, Compiled]:
    """
    Read a plan file; every line of it belongs to the plan.

    Args:
        data: YAML or JSON, as stored.
        name: What the file is called.
        usual: What its sources say is usual, where they were asked.
    """
    plan, diagnostics = read_plan(data, name=name)
    text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    last = max(len(text.splitlines()), 1)
    every = Account(first_line=1, last_line=last, use=Use.STRUCTURE, element="plan")
    reading = Reading(name=name, digest=digest_of(data), text=text, accounts=(every,))
    advice = () if plan is None else _advice(plan, name, usual)
    return reading, Compiled(plan=plan, diagnostics=(*diagnostics, *advice))


def _advice(plan: Plan, name: str, usual: Usual) -> tuple[Diagnostic, ...]:
    """Return what its soaks cannot show; lines are those of the plan's document."""
    file = None if plan.document == name else plan.document
    return tuple(replace(each, file=file) for each in power(plan, usual))
