"""Whether a condition has what its comparator compares with."""

from collections.abc import Iterator

from gonogo.document.bindings.bound import Place
from gonogo.document.planfile.codes import Code, diagnostic
from gonogo.model.condition import Comparator, Condition
from gonogo.model.diagnostic import Diagnostic


def unfit_limit(condition: Condition, at: Place) -> Iterator[Diagnostic]:
    """Yield what is wrong: such a condition could never be judged."""
    needs, example, fits = _fitting(condition)
    if not fits:
        comparator = condition.comparator.value
        yield diagnostic(
            Code.UNFIT_LIMIT, at, comparator=comparator, needs=needs, example=example
        )


def _fitting(condition: Condition) -> tuple[str, str, bool]:
    """Return what is needed, an example, and whether it is there."""
    value = condition.value
    match condition.comparator:
        case Comparator.WORDS:
            return "words", "words: healthy", bool(condition.words) and value is None
        case Comparator.BETWEEN:
            return "two numbers", "value: [1, 5]", isinstance(value, tuple)
        case _:
            return "one number", "value: 5", isinstance(value, float)
