"""The pieces that can be rolled out here: each has a document and a module."""

import importlib
import pkgutil

from .piece import Piece
from .place import DOCUMENTS, Place


def names() -> list[str]:
    """Return the pieces, by the names of their documents."""
    documents = {document.stem for document in DOCUMENTS.glob("[a-z]*.md")}
    package = importlib.import_module(__package__)
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    return sorted(documents & modules)


def make(place: Place) -> Piece:
    """Return the service of a piece, ready to serve."""
    module = importlib.import_module(f"{__package__}.{place.piece}")
    piece: Piece = module.Service(place)
    return piece
