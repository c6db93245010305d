"""Mistakes in the values of a plan file, said with what should stand there instead."""

from dataclasses import MISSING, replace
from typing import assert_never

from gonogo.document.bindings.bound import Place
from gonogo.document.bindings.fields import Fields, Problems, hint
from gonogo.document.codes import Code
from gonogo.document.nodes import Leaf, Node
from gonogo.document.planfile.derived import DERIVED
from gonogo.document.planfile.forms import KIND, ByName, Form, OneOf, Record, Several
from gonogo.document.planfile.scalars import Scalar

# These follow from the title and from where a mapping stands.
_FOLLOWING = frozenset({"id", "line"})


class Mistakes:
    """Says what is wrong."""

    def __init__(self, problems: Problems) -> None:
        """Take where mistakes go."""
        self._problems = problems

    def wrong(self, form: Form, node: Node, at: Place) -> None:
        """Report a value that is not of its form."""
        self._wrong(node, at, _wanted(form), example(form))

    def no_kind(self, form: OneOf, stated: Node | None, at: Place) -> None:
        """Report a mapping that does not say of which kind it is."""
        known = tuple(form.kinds)
        one_of = f"one of: {', '.join(known)}"
        if stated is None:
            self.missing(KIND, at, f"{KIND}: {known[0]} ({one_of})")
            return
        near = hint(stated.text, known) if isinstance(stated, Leaf) else ""
        meant = near.partition("'")[2].rpartition("'")[0] or known[0]
        place = replace(_below(at, KIND), line=stated.line, column=stated.column)
        self._wrong(stated, place, one_of, meant)

    def missing(self, key: str, at: Place, as_in: str) -> None:
        """Report a key that has to be there."""
        self._problems.add(Code.MISSING_KEY, _below(at, key), key=key, example=as_in)

    def bad_name(self, name: str, at: Place) -> None:
        """Report a name that no variable can have."""
        wanted = "name of a value (letters, digits and _)"
        facts = {"value": name, "wanted": wanted, "example": "APP_URL"}
        self._problems.add(Code.BAD_VALUE, at, **facts)

    def _wrong(self, node: Node, at: Place, wanted: str, as_in: str) -> None:
        key = at.path.rpartition(".")[2]
        fields = Fields(None, at, self._problems)
        fields.wrong(at, node, wanted, f"{key}: {as_in}")


def example(form: Form) -> str:
    """Return how a value of a form may look, in few words."""
    match form:
        case Scalar():
            return form.example
        case Several():
            return f"[{example(form.of)}]"
        case ByName():
            return f"{{NAME: {example(form.of)}}}"
        case OneOf():
            return example(next(iter(form.kinds.values())))
        case Record():
            return f"{{{', '.join(_needed(form))}}}"
        case _:
            assert_never(form)


def _needed(form: Record) -> list[str]:
    """Return the keys that a record has to have, as they are written."""
    tag = [f"{KIND}: {form.kind}"] if form.kind else []
    return tag + [
        f"{key.name}: …"
        for key in form.keys.values()
        if key.default is MISSING
        and key.name not in _FOLLOWING
        and (form.type, key.name) not in DERIVED
    ]


def _wanted(form: Form) -> str:
    match form:
        case Scalar():
            return form.wanted
        case Several():
            return "a list of at least one" if form.least else "a list"
        case ByName() | OneOf() | Record():
            return "a mapping"
        case _:
            assert_never(form)


def _below(at: Place, key: str) -> Place:
    return replace(at, path=f"{at.path}.{key}" if at.path else key)
