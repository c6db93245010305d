"""
A flag file: flags of many services in one JSON file that is replaced as a whole.

Services read it through `snapshot()`, which never raises: a file that goes missing or
bad leaves the last good flags in force and says so. Whoever turns a flag works on the
truth in the file, under a lock, and hears of everything that is wrong with it.
"""

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from gonogo_flags.bucketing import weights_of
from gonogo_flags.document import Json, flag_text, parse_json, with_flag, without_flag
from gonogo_flags.errors import (
    FlagDocumentInvalid,
    FlagError,
    FlagFileUnreadable,
    FlagNotFound,
    PercentageUnknown,
    Problem,
)
from gonogo_flags.replacing import locked, replace_file
from gonogo_flags.snapshot import ENABLED, Flag, Snapshot

_LOG: Final = logging.getLogger("gonogo_flags")
_VARIANTS: Final[Mapping[str, Json]] = {"on": True, "off": False}
_WHOLE: Final = 100

# Changes with every replacement of the file, and with every edit in place that moves
# its size or its time.
_Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the last look at the file gave; replaced as one value, so no lock."""

    version: _Version | None
    snapshot: Snapshot
    problem: FlagError | None


class FlagFile:
    """
    The flags in one file. One instance serves any number of threads.

    0 % and the kill switch are the very same document: the flag stays ENABLED, its
    default variant is 'off', and there is no targeting. It is never DISABLED, which
    would hand back whatever default each caller happens to name.

    100 % is the mirror image: default variant 'on', no targeting. Weights of 100 to 0
    would say the same for every key, but not for a caller without one, whom flagd
    gives the default variant; so 'on' for all would leave some off.

    Args:
        path: The file. A symbolic link is followed; what it points to is replaced.
        on_problem: Called once for each new problem that `snapshot` meets, with the
            error; by default it is logged as a warning.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        on_problem: Callable[[FlagError], None] | None = None,
    ) -> None:
        self.path: Final = Path(path)
        self._on_problem = on_problem or _warn
        self._seen = _Seen(None, Snapshot(), None)

    @property
    def problem(self) -> FlagError | None:
        """Why the last `snapshot` is not what the file says; None when it is."""
        return self._seen.problem

    def snapshot(self) -> Snapshot:
        """
        Return the flags now; cheap enough to be called for each request.

        Never raises. While the file is missing or bad, the last good flags stay in
        force and `problem` says why; before the first good one there are no flags, so
        that every look-up gets the caller's default.
        """
        seen = self._seen
        try:
            version = _version(os.stat(self.path))  # noqa: PTH116 - half the time
        except OSError as error:
            return self._keep(None, _unreadable(self.path, error))
        if version == seen.version:
            return seen.snapshot
        return self._read_again()

    def percentage(self, flag: str) -> float:
        """
        Return the share of keys for which the flag is on, from 0 to 100.

        Raises:
            FlagNotFound: The file defines no such flag.
            PercentageUnknown: It is disabled, or its variants are not booleans.
            FlagFileUnreadable: The file cannot be opened.
            FlagDocumentInvalid: The file is no flag document.
        """
        flags = self._parse(self._text(self._read()[1])).flags
        if flag not in flags:
            raise FlagNotFound(str(self.path), flag, tuple(flags))
        return _percentage(flags[flag], str(self.path))

    def set_percentage(self, flag: str, pct: float | Decimal) -> None:
        """
        Turn the flag on for a share of the keys; create the flag if need be.

        Setting what is already so changes nothing. Keys that were on stay on when the
        percentage grows, and the other way round.

        Args:
            flag: Its name.
            pct: From 0 to 100, in steps of 0.001.

        Raises:
            PercentageInvalid: Any other number.
            PercentageUnknown: The flag's variants are not on (true) and off (false).
            FlagFileLocked: Another writer holds the file.
            FlagFileUnreadable: The file cannot be opened or replaced.
            FlagDocumentInvalid: The file is no flag document.
        """
        weights = weights_of(pct)

        def turned(text: str) -> str:
            old = _definition(parse_json(text, str(self.path)), flag)
            new = _turned(old, weights, flag, str(self.path))
            return text if new == old else with_flag(text, flag, json.dumps(new))

        self._change(turned)

    def kill(self, flag: str) -> None:
        """Turn the flag off for everybody: the very document of 0 %."""
        self.set_percentage(flag, 0)

    def definition(self, flag: str) -> str | None:
        """
        Return the flag's JSON text exactly as the file has it, for `restore`.

        Returns:
            The text; None means that the file does not define the flag.

        Raises:
            FlagFileUnreadable: The file cannot be opened.
            FlagDocumentInvalid: The file is no flag document.
        """
        text = self._text(self._read()[1])
        self._parse(text)
        return flag_text(text, flag)

    def restore(self, flag: str, definition: str | None) -> None:
        """
        Put back what `definition` returned; the file's bytes are as they were then.

        Other flags keep whatever was done to them meanwhile.

        Args:
            flag: Its name.
            definition: The text; None removes the flag.

        Raises:
            FlagError: As `set_percentage`, also when the text is no flag.
        """

        def restored(text: str) -> str:
            if definition is None:
                return without_flag(text, flag)
            parse_json(definition, f"definition of {flag}")
            return with_flag(text, flag, definition)

        self._change(restored)

    def _read_again(self) -> Snapshot:
        """Read the file and remember what it gave."""
        version: _Version | None = None
        try:
            version, content = self._read()
            snapshot = self._parse(self._text(content))
        except FlagError as error:
            return self._keep(version, error)
        self._seen = _Seen(version, snapshot, None)
        return snapshot

    def _keep(self, version: _Version | None, problem: FlagError) -> Snapshot:
        """Keep the last good flags, and tell of a problem that is new."""
        seen = self._seen
        if str(problem) == str(seen.problem):
            self._seen = replace(seen, version=version)
        else:
            self._seen = _Seen(version, seen.snapshot, problem)
            self._on_problem(problem)
        return seen.snapshot

    def _read(self) -> tuple[_Version, bytes]:
        """Return the file's content, with the version that this very content has."""
        try:
            with self.path.open("rb") as file:
                return _version(os.fstat(file.fileno())), file.read()
        except OSError as error:
            raise _unreadable(self.path, error) from error

    def _text(self, content: bytes) -> str:
        """Return the content as text."""
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            where = f"byte {error.start}"
            problem = Problem(where, "not UTF-8", "Save the file as UTF-8.")
            raise FlagDocumentInvalid(str(self.path), [problem]) from None

    def _parse(self, text: str) -> Snapshot:
        return Snapshot.parse(text, source=str(self.path))

    def _change(self, changed: Callable[[str], str]) -> None:
        """Replace the file's text by a function of it, alone among all writers."""
        target = self.path.resolve()
        try:
            with locked(target):
                text = self._text(self._read()[1])
                self._parse(text)
                new_text = changed(text)
                # What is about to be written has to be readable by every service.
                self._parse(new_text)
                if new_text != text:
                    replace_file(target, new_text.encode())
        except OSError as error:
            raise _unreadable(self.path, error) from error


def _turned(
    old: Mapping[str, Json] | None, weights: tuple[int, int], flag: str, source: str
) -> Mapping[str, Json]:
    """Return a flag's definition at these weights of 'on' and 'off'."""
    kept = dict(old or {})
    variants = kept.get("variants", {})
    assert isinstance(variants, Mapping)  # noqa: S101 - the document has been checked
    for name, value in _VARIANTS.items():
        if variants.get(name, value) is not value:
            raise PercentageUnknown(source, flag, f"variant '{name}' is not {value}")
    on, off = weights
    new: dict[str, Json] = kept | {
        "state": ENABLED,
        "variants": {**variants, **_VARIANTS},
        "defaultVariant": "on" if not off else "off",
    }
    new.pop("targeting", None)
    if on and off:
        # 'on' stands first, so that it grows over a prefix of the hashes: monotone.
        new["targeting"] = {"fractional": [["on", on], ["off", off]]}
    return new


def _definition(document: Mapping[str, Json], flag: str) -> Mapping[str, Json] | None:
    """Return a flag of a checked document; None without it."""
    flags = document["flags"]
    definition = flags.get(flag) if isinstance(flags, Mapping) else None
    return definition if isinstance(definition, Mapping) else None


def _percentage(flag: Flag, source: str) -> float:
    """Return the share of keys for which a flag is on."""
    if not flag.enabled:
        reason = "it is DISABLED, which hands back each caller's own default"
        raise PercentageUnknown(source, flag.name, reason)
    fractions = flag.fractions or ((flag.default_variant, 1),)
    for variant, _ in fractions:
        if variant is None or not isinstance(flag.variants[variant], bool):
            raise PercentageUnknown(
                source, flag.name, f"variant {variant!r} is not a boolean"
            )
    on = sum(weight for name, weight in fractions if name and flag.variants[name])
    return _WHOLE * on / sum(weight for _, weight in fractions)


def _version(status: os.stat_result) -> _Version:
    """Return what tells one content of the file from the next."""
    return status.st_mtime_ns, status.st_ino, status.st_size


def _unreadable(path: Path, error: OSError) -> FlagFileUnreadable:
    """Return the error for a file that the system refuses."""
    return FlagFileUnreadable(str(path), error.strerror or str(error))


def _warn(problem: FlagError) -> None:
    """Log that the last good flags stay in force."""
    _LOG.warning("keeping the last good flags: %s", problem)
