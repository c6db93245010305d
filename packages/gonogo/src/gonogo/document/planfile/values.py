"""
Values of a plan file, read by their forms.

None stands for what is wrong, and has been said by then: the reader goes on, so that
one look at a file shows all that is wrong with it.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import MISSING
from typing import Any, assert_never

from gonogo.analysis.window import NoWindow, check
from gonogo.document.bindings.bound import Place
from gonogo.document.bindings.fields import Fields, Problems
from gonogo.document.codes import Code
from gonogo.document.nodes import Items, Leaf, Node, Table
from gonogo.document.planfile.derived import DERIVED
from gonogo.document.planfile.forms import (
    KIND,
    ByName,
    Form,
    Key,
    OneOf,
    Record,
    Several,
)
from gonogo.document.planfile.limits import unfit_limit
from gonogo.document.planfile.mistakes import Mistakes, example
from gonogo.document.planfile.names import Names
from gonogo.document.planfile.scalars import Scalar
from gonogo.model.condition import Condition
from gonogo.model.window import ChangeWindow

Stated = Mapping[str, Any]


class Values:
    """
    Reads the values of one file.

    Args:
        problems: Where mistakes go.
        names: Where names are noted.
        own: What is meant by keys of the plan that concern the file itself.
    """

    def __init__(
        self, problems: Problems, names: Names, own: Mapping[str, str]
    ) -> None:
        self._problems, self._names, self._own = problems, names, own
        self._mistakes = Mistakes(problems)

    def read(self, form: Form, node: Node, at: Place) -> Any:  # noqa: ANN401
        """Return the value of a node; None where it is wrong."""
        if isinstance(node, Leaf) and node.null:
            self._mistakes.wrong(form, node, at)
            return None
        match form:
            case Scalar():
                return self._scalar(form, node, at)
            case Several():
                return self._several(form, node, at)
            case ByName():
                return self._by_name(form, node, at)
            case OneOf():
                return self._one_of(form, node, at)
            case Record():
                return self._record(form, node, at)
            case _:
                assert_never(form)

    def _scalar(self, form: Scalar, node: Node, at: Place) -> Any:  # noqa: ANN401
        value = form.read(node)
        if value is None:
            self._mistakes.wrong(form, node, at)
        return value

    def _several(self, form: Several, node: Node, at: Place) -> tuple[Any, ...] | None:
        if not isinstance(node, Items) or len(node.items) < form.least:
            self._mistakes.wrong(form, node, at)
            return None
        read = (
            self.read(form.of, item, _numbered(at, number, item))
            for number, item in enumerate(node.items)
        )
        return tuple(each for each in read if each is not None)

    def _by_name(self, form: ByName, node: Node, at: Place) -> Stated | None:
        if not isinstance(node, Table):
            self._mistakes.wrong(form, node, at)
            return None
        found: dict[str, Any] = {}
        for name, (place, inner) in Fields(node, at, self._problems).entries.items():
            if not re.fullmatch(form.names, name):
                self._mistakes.bad_name(name, place)
            value = self.read(form.of, inner, place)
            if value is not None:
                found[name] = value
        return found

    def _one_of(self, form: OneOf, node: Node, at: Place) -> Any:  # noqa: ANN401
        if not isinstance(node, Table):
            self._mistakes.wrong(form, node, at)
            return None
        stated = next((v for key, v in node.entries if key.text == KIND), None)
        if isinstance(stated, Leaf) and stated.text in form.kinds:
            return self._record(form.kinds[stated.text], node, at)
        self._mistakes.no_kind(form, stated, at)
        return None

    def _record(self, form: Record, node: Node, at: Place) -> Any:  # noqa: ANN401
        if not isinstance(node, Table):
            self._mistakes.wrong(form, node, at)
            return None
        tag = (KIND,) if form.kind else ()
        fields = Fields(node, at, self._problems, (*tag, *form.keys))
        stated = {
            key.name: self._stated(key, inner, fields.place(key.name))
            for key in form.keys.values()
            if (inner := fields.node(key.name)) is not None
        }
        good = {name: value for name, value in stated.items() if value is not None}
        values = self._completed(form, stated.keys(), good, at)
        if values.keys() < form.keys.keys():
            return None
        made = form.type(**values)
        if isinstance(made, Condition):
            self._problems.found += unfit_limit(made, at)
        if isinstance(made, ChangeWindow):
            self._check_window(made, at)
        return made

    def _check_window(self, window: ChangeWindow, at: Place) -> None:
        try:
            check(window)
        except NoWindow as error:
            self._problems.add(
                Code.BAD_VALUE,
                at,
                value=window.rule,
                wanted=f"change window that opens ({error})",
                example="rule: FREQ=DAILY;BYHOUR=9",
            )

    def _stated(self, key: Key, node: Node, at: Place) -> Any:  # noqa: ANN401
        value = self.read(key.form, node, at)
        if value is not None:
            self._names.note(key, value, at)
        return value

    def _completed(
        self, form: Record, stated: Collection[str], good: Stated, at: Place
    ) -> Stated:
        """Return the values, with what is meant by the keys that are left out."""
        values = dict(good)
        # An id is made of the title, which may itself follow from the rest.
        for key in sorted(form.keys.values(), key=lambda each: each.name == "id"):
            if key.name not in stated:
                meant = self._meant(form, key, values, at)
                if meant is not MISSING:
                    values[key.name] = meant
        return values

    def _meant(self, form: Record, key: Key, values: Stated, at: Place) -> Any:  # noqa: ANN401
        """Return what is meant by a key that is left out; MISSING: that was said."""
        if key.name in self._own:
            return self._own[key.name]
        if key.name == "line":
            return at.line
        if key.name == "id":
            title = values.get("title")
            return self._names.give(key, title, at) if title else MISSING
        derived = DERIVED.get((form.type, key.name))
        if derived is not None:
            return derived.of(values)
        if key.default is MISSING:
            self._mistakes.missing(key.name, at, f"{key.name}: {example(key.form)}")
        return key.default


def _numbered(at: Place, number: int, node: Node) -> Place:
    return Place(line=node.line, column=node.column, path=f"{at.path}[{number}]")
