"""
The reader of plan files: YAML or JSON as a plan, every mistake with its place.

All mistakes are told at once. The digest is computed, never believed: one that stands
in the file is compared, so that a changed plan does not pass for the approved one.
"""

import re
from dataclasses import replace

from gonogo.document.bindings.bound import Place
from gonogo.document.bindings.fields import Problems
from gonogo.document.codes import Code
from gonogo.document.nodes import NoTree, Table
from gonogo.document.planfile.codes import Code as PlanCode
from gonogo.document.planfile.codes import diagnostic
from gonogo.document.planfile.names import Names, ids_in
from gonogo.document.planfile.plan_form import plan_form
from gonogo.document.planfile.values import Values
from gonogo.document.tree import tree
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.plan import Plan
from gonogo.model.sealing import digest_of, sealed

LONGEST = 4_000_000
"""Characters of a plan file: more than a hundred times the longest one we know."""

_STAGES = re.compile(r"^[ \t{]*[\"']?stages[\"']?\s*:|,\s*\"stages\"\s*:", re.MULTILINE)
_START = Place(line=1, column=1, path="")


def read_plan(data: bytes, *, name: str) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """
    Return the plan of a file, and everything that is wrong with it.

    Args:
        data: YAML or JSON, as stored.
        name: What the file is called; the plan's document, where it names none.

    Returns:
        The plan is None where a part of it could not be read. A plan may still have
        errors: names that nothing has, or a digest that is another plan's.
    """
    problems = Problems()
    root = _root(data, problems)
    if root is None:
        return None, tuple(problems.found)
    names = Names(problems, set(ids_in(root)))
    values = Values(problems, names, _own(root, data, name))
    plan = values.read(plan_form(), root, _START)
    whole = isinstance(plan, Plan) and not problems.found
    names.check()
    sealed_plan = _sealed(plan, root, problems) if whole else None
    return sealed_plan, tuple(sorted(problems.found))


def is_plan_file(text: str) -> bool:
    """Tell whether a text is a plan file, and no Markdown."""
    if not _STAGES.search(text):
        return False
    try:
        root = tree(text, longest=LONGEST)
    except NoTree:
        return False
    keys = {key.text for key, _ in root.entries} if isinstance(root, Table) else set()
    return {"title", "stages"} <= keys


def _root(data: bytes, problems: Problems) -> Table | None:
    """Return the tree of a file; None where it has none, and that was said."""
    try:
        root = tree(data.decode("utf-8-sig"), longest=LONGEST)
    except UnicodeDecodeError as error:
        at = replace(_START, line=data.count(b"\n", 0, error.start) + 1)
        problems.add(Code.BROKEN_YAML, at, problem="it is not stored as UTF-8")
        return None
    except NoTree as error:
        code = Code.TOO_MUCH_YAML if error.excess else Code.BROKEN_YAML
        at = replace(_START, line=error.line, column=error.column)
        problems.add(code, at, problem=error.problem, what=error.problem)
        return None
    if isinstance(root, Table):
        return root
    why = "the file is empty" if root is None else "the file is no mapping of keys"
    problems.found.append(diagnostic(PlanCode.NO_PLAN, _START, why=why))
    return None


def _own(root: Table, data: bytes, name: str) -> dict[str, str]:
    """
    Return what a plan's document is where the file names none: the file itself.

    Both or none: the name of one document never goes with the digest of another.
    """
    own = {"document": name, "document_digest": digest_of(data)}
    return {} if own.keys() & {key.text for key, _ in root.entries} else own


def _sealed(plan: Plan, root: Table, problems: Problems) -> Plan:
    """Return the plan with its digest; one that the file states has to be the same."""
    true = sealed(replace(plan, digest=""))
    if plan.digest and plan.digest != true.digest:
        key = next(key for key, _ in root.entries if key.text == "digest")
        at = Place(line=key.line, column=key.column, path="digest")
        told = diagnostic(PlanCode.DIGEST_DIFFERS, at, actual=true.digest)
        problems.found.append(told)
    return true
