"""The service that a document is about, in its own words."""

import re

from gonogo.document.compiler.placing import title_of
from gonogo.document.reader.layout.markup import split_label
from gonogo.document.reading import Reading

_SERVICE = re.compile(r"^(?:service|system|application|app|component)$", re.IGNORECASE)
# The line stands at the top, above the first part of the procedure.
_LINES_SEARCHED = 60


def service_of(reading: Reading) -> str:
    """Return what '**Service:** …' says near the top; without it, the title."""
    for line in reading.text.split("\n")[:_LINES_SEARCHED]:
        said = split_label(line.strip())
        if said and _SERVICE.match(said[0]) and said[1]:
            return said[1]
    return title_of(reading)
