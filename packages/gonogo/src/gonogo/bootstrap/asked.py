"""What the environment asks gonogo to tell others: read once, and checked."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

LEVELS: Mapping[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
FORMS: Mapping[str, Literal["json", "text"]] = {"json": "json", "text": "text"}

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_EXPORTER = "OTEL_TRACES_EXPORTER"


class TelemetryUnclear(Exception):
    """A variable of the environment asks for something that there is not."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        """Compose the message from the variable."""
        self.name, self.value = name, value
        super().__init__(f"{name} is '{value}': it has to be {wanted}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLog:
    """
    A log.

    Attributes:
        level: As `logging` counts.
        file: Appended to; None for standard error.
    """

    form: Literal["json", "text"]
    level: int
    file: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCdevents:
    """CDEvents, to an address, from somebody who names themselves as the source."""

    url: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    All that is asked for; nothing at all in an empty environment.

    Attributes:
        traces: Whether to send traces; the SDK reads the rest of `OTEL_…`.
    """

    traces: bool = False
    log: AskedLog | None = None
    cdevents: AskedCdevents | None = None

    @classmethod
    def by(cls, environ: Mapping[str, str]) -> Self:
        """
        Return what an environment asks for.

        Raises:
            TelemetryUnclear: A variable makes no sense.
        """
        return cls(
            traces=_traces(environ), log=_log(environ), cdevents=_cdevents(environ)
        )


def _traces(environ: Mapping[str, str]) -> bool:
    exporter = _one_of(environ, _EXPORTER, ("otlp", "none"))
    off = environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    named = any(map(environ.get, _ENDPOINTS)) or exporter == "otlp"
    if off or exporter == "none" or not named:
        return False
    for name in _PROTOCOLS:
        _one_of(environ, name, ("http/protobuf",))
    return True


def _log(environ: Mapping[str, str]) -> AskedLog | None:
    form = _one_of(environ, "GONOGO_LOG", FORMS)
    if not form:
        return None
    level = _one_of(environ, "GONOGO_LOG_LEVEL", LEVELS) or "info"
    file = environ.get("GONOGO_LOG_FILE")
    return AskedLog(
        form=FORMS[form], level=LEVELS[level], file=Path(file) if file else None
    )


def _cdevents(environ: Mapping[str, str]) -> AskedCdevents | None:
    name = "GONOGO_CDEVENTS_URL"
    url = environ.get(name, "").strip()
    if not url:
        return None
    if not url.startswith(("http://", "https://")):
        raise TelemetryUnclear(name, url, "an address of http:// or https://")
    source = environ.get("GONOGO_CDEVENTS_SOURCE") or "/gonogo"
    return AskedCdevents(url=url, source=source)


def _one_of(
    environ: Mapping[str, str], name: str, words: Mapping[str, object] | tuple[str, ...]
) -> str:
    """Return the word that a variable says, in small letters; empty when it is not."""
    value = environ.get(name, "").strip().lower()
    if value and value not in words:
        raise TelemetryUnclear(name, value, " or ".join(words))
    return value
