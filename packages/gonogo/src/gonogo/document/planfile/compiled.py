"""A plan file in the form that a document comes in: a reading, and what it compiled to."""

from gonogo.document.compiler.account import Compiled
from gonogo.document.kinds import Use
from gonogo.document.lines import Account
from gonogo.document.planfile.read import read_plan
from gonogo.document.reading import Reading
from gonogo.model.sealing import digest_of


def compile_plan_file(data: bytes, *, name: str) -> tuple[Reading, Compiled]:
    """
    Read a plan file; every line of it belongs to the plan.

    Args:
        data: YAML or JSON, as stored.
        name: What the file is called.
    """
    plan, diagnostics = read_plan(data, name=name)
    text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    last = max(len(text.splitlines()), 1)
    every = Account(first_line=1, last_line=last, use=Use.STRUCTURE, element="plan")
    reading = Reading(name=name, digest=digest_of(data), text=text, accounts=(every,))
    return reading, Compiled(plan=plan, diagnostics=diagnostics)
