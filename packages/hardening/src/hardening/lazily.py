"""Names of a package that are loaded when they are used, so that it is there at once."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module


def lazily(
    package: str, homes: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """
    Return a package's `__getattr__` and `__dir__`.

    Args:
        package: Its `__name__`; its `__all__` names what it offers, loaded or not.
        homes: The names by the module that they are loaded from.

    Source:
        PEP 562, module `__getattr__`.
    """
    home = {name: module for module, names in homes.items() for name in names}

    def load(name: str) -> object:
        """Load a name from its module, once."""
        if name not in home:
            message = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(message)
        loaded: object = getattr(import_module(f"{package}.{home[name]}"), name)
        setattr(sys.modules[package], name, loaded)
        return loaded

    def offered() -> list[str]:
        """Return what the package offers, loaded or not."""
        return list(sys.modules[package].__all__)

    return load, offered
