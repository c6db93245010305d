"""
Phones: numbers as people write them, to E.164, at the speed of an import.

phonenumbers knows the rules and takes about 30 µs a number. Two quicker ways stand
before it: patterns made of its own rules, a whole column in one pass, for numbers that
need no thinking; and rphonenumbers, where it is installed. Neither is trusted: both are
compared with phonenumbers when they are made, and at every thousandth number after. The
first difference ends their use and is told.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import Any

from hardening.core import InvalidSetting

Told = Callable[[str, str, str], None]
"""Hears of a column, a way ('patterns', 'rphonenumbers') and a number, digits hidden."""

# One in a thousand costs a hundredth of what the others take.
CHECK_EVERY = 1_000

_REMEMBERED = 4_096
# A country's rules take some 50 ms to compile, which is worth it for so many numbers: a
# number costs 3 us by rphonenumbers, and 30 us without.
_WORTH = 20_000
_WORTH_ALONE = 2_000
_COUNTRIES_MAX = 12
# What people put between digits. Deleting these from a number that has nothing else but
# digits and one leading plus is what phonenumbers does first.
_PUNCTUATION = str.maketrans("", "", " ().-")
# What phonenumbers reads at most. A longer cell is not remembered either: thousands of
# long ones would fill the memory.
_LONGEST = 250
_KINDS = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)
# Regions whose rules rewrite numbers, keep zeros, or share a country code.
_SAMPLED = ("US", "GB", "DE", "FR", "IT", "BR", "AR", "MX", "IN", "KZ")
_ODD = (
    "",
    "abc",
    "12",
    "+1",
    "555-CALL-NOW",
    "+999123456",
    "tel:+14155552671;ext=5",
    "00 44 20 7946 0958",
    "011 44 20 7946 0958",
    "1 415 555 2671",
    "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff10",
    "+1 (415) 555-2671 x123",
    "\uff0b81 3-1234-5678",
    "++14155552671",
    "415.555.2671",
    "(0)20 7946 0958",
    "+44 (0)20 7946 0958",
    "+52 1 55 1234 5678",
    "+54 9 11 2345 6789",
    "0" * 300,
)


def phones(
    region: str | None, column: str = "phone", told: Told = lambda *_: None
) -> "Phones":
    """
    Return what reads the phone numbers of a column.

    Args:
        region: Of numbers without a country code; None takes none of those.
        column: Told with a disagreement.
        told: Hears of one.

    Raises:
        InvalidSetting: phonenumbers does not know the region.
    """
    exact = Library("phonenumbers", region)
    if region is not None and region not in exact.regions:
        rule = "a region that phonenumbers knows, or None"
        raise InvalidSetting(setting="Phone.region", value=region, rule=rule)
    quick = installed(region)
    patterns = Patterns(region, worth=_WORTH if quick else _WORTH_ALONE)
    return Phones(exact, patterns, quick, column, told)


def installed(region: str | None) -> "Library | None":
    """Return the quick library, where it is installed."""
    with suppress(ImportError):
        return Library("rphonenumbers", region)
    return None


class Library:
    """
    A library with the interface of phonenumbers.

    Attributes:
        name: Of its module.
    """

    def __init__(self, name: str, region: str | None) -> None:
        module: Any = import_module(name)
        self.name = name
        self._region = region
        self._parse = module.parse
        self._valid = module.is_valid_number
        self._format = module.format_number
        self._e164 = module.PhoneNumberFormat.E164
        self._unparsable = module.NumberParseException
        self.regions: frozenset[str] = frozenset(module.SUPPORTED_REGIONS)

    def read(self, text: str) -> str | None:
        """Return a number in E.164, or None where it is not a valid one."""
        try:
            number = self._parse(text, self._region)
        except self._unparsable:
            return None
        if not self._valid(number):
            return None
        return str(self._format(number, self._e164))


class Patterns:
    """
    The rules of a few countries, as one pattern that a column is matched with.

    It knows numbers with a plus in the countries that it learned, and numbers as they
    are dialled within the default region where that takes no thinking. What it does not
    know is not thereby wrong.

    Args:
        region: The default one; None has none.
        worth: Learns a country after so many of its numbers.
    """

    def __init__(self, region: str | None, *, worth: int = _WORTH_ALONE) -> None:
        self._worth = worth
        self._countries: list[str] = []
        self._seen: Counter[str] = Counter()
        self._home = ""
        self._dialled = ""
        if region is not None:
            self._learn_home(region)
        self._compile()

    def match(self, column: Sequence[str]) -> list[str]:
        """Return each number in E.164, or '' where the patterns do not know."""
        text = "\0".join(column).translate(_PUNCTUATION) + "\0"
        found: list[str] = self._pattern.findall(text)
        home = self._home
        return [n if n[:1] == "+" else n and home + n for n in found]

    def learn(self, number: str) -> None:
        """Take note of a number, in E.164, that a library had to read."""
        code = _country_code(number[1:4])
        self._seen[code] += 1
        if self._seen[code] == self._worth and len(self._countries) < _COUNTRIES_MAX:
            self._add(int(code))
            self._compile()

    def _learn_home(self, region: str) -> None:
        """Learn the default region, and how numbers are dialled there."""
        rules: Any = import_module("phonenumbers")
        metadata = rules.PhoneMetadata.metadata_for_region(region)
        code = rules.country_code_for_region(region)
        self._seen[str(code)] = self._worth
        self._add(code)
        prefix = {"1": "1?", "0": "0"}.get(metadata.national_prefix_for_parsing)
        if prefix is not None and metadata.international_prefix in {"00", "011"}:
            self._home = f"+{code}"
            self._dialled = prefix

    def _add(self, code: int) -> None:
        """Learn a country code's numbers, those whose prefix needs no thinking."""
        rules: Any = import_module("phonenumbers")
        region = rules.region_code_for_country_code(code)
        data = rules.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        prefix = data.national_prefix_for_parsing
        dialled = f"(?!{_groupless(prefix)})" if prefix else ""
        self._countries.append(f"{code}{dialled}(?:{_types(code)})")

    def _compile(self) -> None:
        """Make one pattern of all that was learned: a number with a plus, or from home."""
        before = r"(?=\+)"
        numbers = [rf"\+(?:{'|'.join(self._countries) or '(?!)'})"]
        if self._home:
            before += rf"|{self._dialled}(?!\+)"
            numbers.append(_types(int(self._home)))
        self._pattern = re.compile(
            rf"(?:(?:{before})({'|'.join(numbers)})(?=\0)|[^\0]*)\0", re.ASCII
        )


def _types(code: int) -> str:
    """Return the numbers of a country code, without it, as one alternative pattern."""
    rules: Any = import_module("phonenumbers")
    return "|".join(dict.fromkeys(_each_type(rules, code)))


def _each_type(rules: Any, code: int) -> Iterator[str]:  # noqa: ANN401 - untyped module
    """
    Yield the pattern of each region and kind of number.

    A number is valid where one of its country code's regions has it, and regions that
    claim their numbers by leading digits have no others.
    """
    for region in rules.COUNTRY_CODE_TO_REGION_CODE[code]:
        data = rules.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        leading = (
            f"(?={_groupless(data.leading_digits)})" if data.leading_digits else ""
        )
        for kind in _KINDS:
            described = getattr(data, kind)
            if described is not None and described.national_number_pattern:
                yield f"{leading}(?:{_groupless(described.national_number_pattern)})"


def _groupless(pattern: str) -> str:
    """Return a pattern whose groups do not count."""
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern)


@lru_cache(1_000)
def _country_code(digits: str) -> str:
    """Return the country code that three digits begin with; none begins another."""
    codes = import_module("phonenumbers").COUNTRY_CODE_TO_REGION_CODE
    return next((digits[:n] for n in (1, 2) if int(digits[:n]) in codes), digits)


class Phones:
    """
    Reads the phone numbers of one column.

    Args:
        exact: phonenumbers, which is right.
        patterns: Made of its rules.
        quick: rphonenumbers, or None.
        column: Told with a disagreement.
        told: Hears of one.
    """

    def __init__(
        self,
        exact: Library,
        patterns: Patterns | None,
        quick: Library | None,
        column: str,
        told: Told,
    ) -> None:
        self._exact = exact
        self._patterns = patterns
        self._quick = quick
        self._column = column
        self._told = told
        self._until_check = CHECK_EVERY
        self._remember()
        self._check(_samples())

    @property
    def ways(self) -> tuple[str, ...]:
        """What is in use: 'patterns', 'rphonenumbers', and always 'phonenumbers'."""
        used = (
            "patterns" if self._patterns else "",
            self._quick.name if self._quick else "",
            self._exact.name,
        )
        return tuple(filter(None, used))

    def __call__(self, column: Sequence[str]) -> tuple[list[str], list[int]]:
        """
        Read a column.

        Returns:
            Each number in E.164, '' for an empty cell; and the places of cells that are
            no number, which are '' too.
        """
        self._check(self._due(column))
        patterns, wrong = self._patterns, []
        found = patterns.match(column) if patterns else [""] * len(column)
        for place in [i for i, number in enumerate(found) if not number]:
            if cell := column[place]:
                number = self._read(cell) if len(cell) <= _LONGEST else None
                if number is None:
                    wrong.append(place)
                    continue
                found[place] = number
                if patterns:
                    patterns.learn(number)
        return found, wrong

    def _remember(self) -> None:
        """Let what repeats be read once, by the library now in use."""
        self._read = lru_cache(_REMEMBERED)((self._quick or self._exact).read)

    def _due(self, column: Sequence[str]) -> Iterator[str]:
        """Return the cells whose turn it is to be checked."""
        first = self._until_check - 1
        count = len(column)
        self._until_check = CHECK_EVERY - (count - self._until_check) % CHECK_EVERY
        return islice(column, first, None, CHECK_EVERY)

    def _check(self, cells: Iterator[str]) -> None:
        """Compare the quick ways with phonenumbers; drop one that differs."""
        for cell in cells if self._quick or self._patterns else ():
            right = self._exact.read(cell)
            if self._quick and self._quick.read(cell) != right:
                self._drop(self._quick.name, cell)
                self._quick = None
                self._remember()
            if self._patterns and self._patterns.match([cell])[0] not in {"", right}:
                self._drop("patterns", cell)
                self._patterns = None

    def _drop(self, way: str, cell: str) -> None:
        """Tell that a way was wrong, without telling the number."""
        kept = 4
        hidden = re.sub(r"\d", "*", cell[kept:60])
        self._told(self._column, way, cell[:kept] + hidden)


def _samples() -> Iterator[str]:
    """Yield numbers of regions with peculiar rules, as people write them."""
    rules: Any = import_module("phonenumbers")
    yield from _ODD
    for region in _SAMPLED:
        for kind in (rules.PhoneNumberType.FIXED_LINE, rules.PhoneNumberType.MOBILE):
            example = rules.example_number_for_type(region, kind)
            for form in () if example is None else range(3):
                yield str(rules.format_number(example, form))
