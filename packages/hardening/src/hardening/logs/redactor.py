"""The redactor: takes the secrets out of texts and events, and leaves the rest."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from threading import Lock

from hardening.core import Kind, Measure, Sample, Switch, always_on, require
from hardening.logs.assignments import look_for, spellings_of
from hardening.logs.names import is_secret_name
from hardening.logs.outline import outline
from hardening.logs.patterns import look
from hardening.logs.plain import Limits, Plain
from hardening.logs.sightings import KINDS, Found, Sighting

_NAMES_MAX = 10_000  # keys made from data must not fill the memory
_NAME_MAX = 256
_MARGIN = 1_024  # a secret that begins before a cut is still seen whole
_FINGERPRINT_BYTES = 4
_KEY_MAX = 64  # of BLAKE2
_LIMITS = Limits()
_FIELD, _LEARNED = KINDS.index("field"), KINDS.index("learned")
_MARKERS = tuple(f"[redacted:{kind}]" for kind in KINDS)


class Redactor:
    """
    Replaces secrets by '[redacted:kind]'; thread-safe, and never raises.

    Secrets are known by the name of their field, by their shape, or because they were
    learned. Of the secret nothing is kept, unless a key for fingerprints is given: then
    the same secret has the same eight digits everywhere, which only who holds the key
    can compute.

    Args:
        names: Further names of fields that hold secrets, in texts too; spelling does
            not matter.
        harmless: Names of fields that hold none although they look so; they win.
        limits: How deep, wide and long an event may be.
        fingerprint_key: 16 to 64 bytes; None shows no fingerprints.
        switch: Off leaves everything as it is.

    Attributes:
        is_on: The switch.
        taught: How many secrets were learned.

    Raises:
        InvalidSetting: A name or the key is none; it names the field.
    """

    def __init__(
        self,
        *,
        names: Iterable[str] = (),
        harmless: Iterable[str] = (),
        limits: Limits = _LIMITS,
        fingerprint_key: bytes | None = None,
        switch: Switch = always_on,
    ) -> None:
        _check_key(fingerprint_key)
        self.limits = limits
        self._extra = _names("names", names)
        self._harmless = _names("harmless", harmless)
        self._further = spellings_of(self._extra)
        self._is_secret_in_text = lru_cache(_NAMES_MAX)(self._owned)
        self._key = fingerprint_key
        self.is_on = switch
        self.known: dict[object, tuple[str, bool]] = {}
        self._learned: tuple[str, ...] = ()
        self.taught = 0
        self._lock = Lock()
        self._replaced = [0] * len(KINDS)

    def learn(self, *secrets: str) -> None:
        """
        Look for these values from now on, in any encoding.

        Raises:
            InvalidSetting: One is shorter than six characters, or they are too many.
        """
        from hardening.logs.learned import MOST, spellings  # noqa: PLC0415 - loads urllib

        fresh = [spelling for secret in secrets for spelling in spellings(secret)]
        with self._lock:
            known = self.taught + len(secrets)
            require("Redactor.learn", known, f"at most {MOST}", holds=known <= MOST)
            merged = {*self._learned, *fresh}
            self._learned = tuple(sorted(merged, key=len, reverse=True))
            self.known = {}
            self.taught = known  # the last: whoever sees it finds them looked for

    def value(self, value: object) -> object:
        """
        Return a value as JSON can have it, without secrets.

        Dataclasses, mappings, sequences, bytes, errors and objects become dictionaries,
        lists and texts; what is too deep, too wide or contains itself is cut, and says
        so.
        """
        return Plain(self.limits, self).value(value) if self.is_on() else value

    def event(self, event: Mapping[str, object]) -> Mapping[str, object]:
        """Return an event's fields as `value` does."""
        return self.fields(event) if self.is_on() else event

    def fields(self, event: Mapping[str, object]) -> Mapping[str, object]:
        """Return an event's fields as `value` does, whatever the switch says."""
        return Plain(self.limits, self).fields(event)

    def text(self, text: str) -> str:
        """Return a text without secrets, cut where it is longer than the limit."""
        return self.clean(text) if self.is_on() else text

    def finds(self, text: str) -> tuple[Found, ...]:
        """Return the secrets in a text, in order, by shape and by what was learned."""
        found, place = [], 0
        for start, minus_end, kind in self._sightings(text, outline(text)):
            if -minus_end > place:
                found.append(Found(KINDS[kind], max(start, place), -minus_end))
                place = -minus_end
        return tuple(found)

    def measures(self) -> tuple[Measure, ...]:
        """Return how many secrets were replaced, by kind."""
        counted = zip(KINDS, self._replaced, strict=True)
        return (
            Measure(
                "hardening_logs_redactions",
                "Secrets replaced in log events, by kind.",
                Kind.COUNTER,
                tuple(Sample(count, (("kind", kind),)) for kind, count in counted),
            ),
        )

    # What `Plain` asks of the redactor; the two are one machine in two modules.

    def key(self, name: object) -> tuple[str, bool]:
        """Return a field's name as it may be shown, and whether it holds a secret."""
        found = self.known.get(name)
        if found is None:
            found = self._key_anew(name)
            if len(self.known) < _NAMES_MAX:
                self.known[name] = found
        return found

    def hidden(self, value: object) -> str:
        """Return the marker for the value of a secret field."""
        return self._marker(_FIELD, value if isinstance(value, str) else "")

    def clean(self, text: str) -> str:
        """Return a text without secrets, whatever the switch says."""
        limit = self.limits.text
        if len(text) > limit:
            text, cut = text[: limit + _MARGIN], len(text) - limit
            cleaned = self._cleaned(text, outline(text))
            return f"{cleaned[:limit]}[cut: {cut} characters]"
        low = outline(text)
        if low is None and self._further is None and not self._learned:
            return text
        return self._cleaned(text, low)

    def _cleaned(self, text: str, low: str | None) -> str:
        """Return a text with its secrets replaced."""
        place, pieces = 0, []
        for start, minus_end, kind in self._sightings(text, low):
            end = -minus_end
            if end > place:  # of what overlaps, the rest of the later
                pieces.append(text[place:start])
                pieces.append(self._marker(kind, text[max(start, place) : end]))
                place = end
        pieces.append(text[place:])
        return "".join(pieces)

    def _sightings(self, text: str, low: str | None) -> list[Sighting]:
        """Return what was found, by place; of two at one place the longer is first."""
        is_secret = self._is_secret_in_text
        seen = look(text, low, is_secret) if low is not None else []
        if self._further is not None:
            seen += look_for(self._further, text, is_secret)
        for spelling in self._learned:
            place = text.find(spelling)
            while place >= 0:
                end = place + len(spelling)
                seen.append((place, -end, _LEARNED))
                place = text.find(spelling, end)
        seen.sort()
        return seen

    def _marker(self, kind: int, secret: str) -> str:
        self._replaced[kind] += 1
        if self._key is None or not secret:
            return _MARKERS[kind]
        from hashlib import blake2b  # noqa: PLC0415 - loaded when used

        raw = secret.encode("utf-8", "surrogatepass")
        digest = blake2b(raw, key=self._key, digest_size=_FINGERPRINT_BYTES)
        return f"[redacted:{KINDS[kind]}#{digest.hexdigest()}]"

    def _key_anew(self, name: object) -> tuple[str, bool]:
        text = name.decode("latin-1") if isinstance(name, bytes) else _text_of(name)
        text = text[:_NAME_MAX]
        return self.clean(text), self._is_secret(text)

    def _owned(self, name: str) -> bool:
        """Tell whether a name as it stands in a text, with what owns it, is a secret's."""
        return self._is_secret(name.rsplit(".", 1)[-1])

    def _is_secret(self, name: str) -> bool:
        squashed = _squashed(name)
        if squashed in self._harmless:
            return False
        return squashed in self._extra or is_secret_name(name)


def _check_key(key: object) -> None:
    """Refuse a key that is none; the message does not hold it."""
    if key is not None:
        rule = "16 to 64 bytes, or None"
        shown = f"{len(key)} bytes" if isinstance(key, bytes) else type(key).__name__
        holds = isinstance(key, bytes) and 16 <= len(key) <= _KEY_MAX  # noqa: PLR2004 - 128 bits
        require("Redactor.fingerprint_key", shown, rule, holds=holds)


def _names(setting: str, names: Iterable[object]) -> frozenset[str]:
    """Return names without what spelling adds; a text alone is none of many names."""
    listed = () if isinstance(names, str) else tuple(names)
    found = [_squashed(name) if isinstance(name, str) else "" for name in listed]
    rule = "a list of names, each with a letter or a digit"
    holds = not isinstance(names, str) and all(found)
    require(f"Redactor.{setting}", names, rule, holds=holds)
    return frozenset(found)


def _text_of(name: object) -> str:
    """Return a key as text, whatever it is."""
    try:
        return str(name)
    except Exception as error:  # noqa: BLE001 - a log call never fails
        return f"[unprintable {type(name).__name__}: {type(error).__name__}]"


def _squashed(name: str) -> str:
    """Return a name without what spelling adds."""
    return "".join(char for char in name.lower() if char.isalnum())
