"""Phones: quick, and never another answer than phonenumbers."""

from random import Random

import phonenumbers
import pytest

from hardening.core import InvalidSetting
from hardening.csv import Column, Importer, Mapping, Phone, PhoneLibraryDisagreed
from hardening.csv.phone import CHECK_EVERY, Library, Patterns, Phones, phones

REGIONS = ("US", "GB", "DE", "FR", "IT", "AR", "MX", "BR", "KZ", "BS", "GG", "SG")
# Its rules move digits about, so that every number is left to a library.
REWRITTEN = {"AR"}

NUMBERS = {
    "+1 (415) 555-2671": "+14155552671",
    "(415) 555-2671": "+14155552671",
    "415.555.2671": "+14155552671",
    "1 415 555 2671": "+14155552671",
    "+44 20 7946 0958": "+442079460958",
    "+44 (0)20 7946 0958": "+442079460958",
    "011 44 20 7946 0958": "+442079460958",
    "+49 30 901820": "+4930901820",
    "\uff0b81 3-1234-5678": "+81312345678",
    "": "",
    "n/a": None,
    "12": None,
    "+1 999": None,
    "+14155552671 and more": None,
}


def answers(read, cells):
    """Return what becomes of cells, None for one that is no number."""
    numbers, wrong = read(cells)
    return [None if i in wrong else number for i, number in enumerate(numbers)]


def test_numbers_become_e164():
    """However a number is written, it is stored in one form, and what is none is told."""
    read = phones("US")
    given = {
        cell: answers(read, [cell])[0]
        for cell in NUMBERS
        if cell != "+14155552671 and more"
    }
    assert given == {cell: NUMBERS[cell] for cell in given}
    assert [*given.values()] == answers(read, [*given])


@pytest.mark.parametrize("region", REGIONS)
def test_patterns_never_disagree_with_phonenumbers(region):
    """'Neither is trusted': the patterns know a number rightly, or do not know it."""
    exact, patterns = Library("phonenumbers", region), Patterns(region)
    cells = [*_spoilt(region, Random(region))]  # noqa: S311 - repeatable
    known = [(c, p) for c, p in zip(cells, patterns.match(cells), strict=True) if p]
    assert known or region in REWRITTEN
    assert [(cell, exact.read(cell)) for cell, _ in known] == known


def test_patterns_are_learned_for_countries_that_occur():
    """A file of British numbers is quick also where the default region is another."""
    patterns = Patterns("US", worth=3)
    number = "+447400123456"
    assert [""] == patterns.match([number])
    for known in ("", "", number):
        patterns.learn(number)
        assert [known] == patterns.match(["+44 7400 123456"])


class Liar(Library):
    """A quick library that is right in the samples, and then wrong."""

    def read(self, text):
        """Return a wrong number for one that is in no sample."""
        return "+10000000000" if text == "+49 30 901820" else super().read(text)


@pytest.mark.parametrize(("before", "told"), [(CHECK_EVERY - 1, 1), (CHECK_EVERY, 0)])
def test_every_thousandth_number_is_checked(before, told):
    """A library that is wrong is found out while it works, told, and used no more."""
    heard = []
    liar = Liar("rphonenumbers", "US")
    read = Phones(Library("phonenumbers", "US"), None, liar, "mobile", _into(heard))
    read([""] * before)
    answer = answers(read, ["+49 30 901820", ""])
    assert (told, "rphonenumbers" not in read.ways) == (len(heard), bool(told))
    assert ["+4930901820" if told else "+10000000000", ""] == answer


def test_a_library_that_errs_at_once_is_never_used():
    """What is wrong about known numbers does not see a row."""
    heard = []

    class Wrong(Library):
        def read(self, text):  # noqa: ARG002 - wrong about everything
            return "+10000000000"

    wrong = Wrong("rphonenumbers", "US")
    read = Phones(Library("phonenumbers", "US"), None, wrong, "mobile", _into(heard))
    assert ("phonenumbers",) == read.ways
    assert [("mobile", "rphonenumbers")] == [each[:2] for each in heard]


def test_a_disagreement_is_told_without_the_number():
    """The event reaches logs, where nobody's number belongs."""
    heard = []
    mapping = Mapping("t", (Column("mobile", Phone("US")),))
    importer = Importer(mapping, listener=heard.append)
    importer._disagreed("mobile", "patterns", "+141*******")
    event = PhoneLibraryDisagreed(column="mobile", way="patterns", number="+141*******")
    assert [event] == heard
    counted = {m.name: m.samples[0].value for m in importer.measures()}
    assert 1 == counted["hardening_csv_phone_disagreements"]


def test_digits_are_hidden():
    """Four characters are enough to see what kind of number it was."""
    heard = []
    read = Phones(Library("phonenumbers", "US"), None, None, "c", _into(heard))
    read._drop("patterns", "+14155552671")
    assert [("c", "patterns", "+141********")] == heard


@pytest.mark.parametrize(("length", "asked"), [(250, 1), (251, 0)])
def test_a_cell_too_long_for_a_number_is_rejected_unread(length, asked):
    """Long cells are not remembered: thousands of them would fill the memory."""
    read = Phones(Library("phonenumbers", "US"), None, None, "c", _into([]))
    assert ([""], [0]) == read(["x" * length])
    assert asked == read._read.cache_info().currsize


@pytest.mark.parametrize("region", ["us", "USA", "", "1"])
def test_a_region_has_two_capital_letters(region):
    """A wrong region fails where it is made, not at the first number."""
    with pytest.raises(InvalidSetting, match=r"Phone\.region"):
        Phone(region)


def test_an_unknown_region_fails_before_any_row():
    """A region that phonenumbers does not know would reject every national number."""
    with pytest.raises(InvalidSetting, match=r"Phone\.region"):
        Importer(Mapping("t", (Column("c", Phone("XX")),)))


def _into(heard):
    """Return what keeps a disagreement."""
    return lambda column, way, number: heard.append((column, way, number))


def _spoilt(region, dice):
    """Yield a region's numbers, some with other digits, as people might write them."""
    code = phonenumbers.country_code_for_region(region)
    for kind in range(11):
        example = phonenumbers.example_number_for_type(region, kind)
        for _ in range(25 if example else 0):
            digits = [*phonenumbers.national_significant_number(example)]
            for _ in range(dice.choice((0, 1, 1, 2))):
                digits[dice.randrange(len(digits))] = dice.choice("0123456789")
            local = "".join(digits)[: dice.choice((99, 99, 99, -1))]
            prefix = dice.choice(
                (f"+{code}", f"+{code}", "", "0", "1", "00", f"+{code}0")
            )
            place = dice.randrange(len(local) + 1)
            yield (
                prefix
                + local[:place]
                + dice.choice(("", "-", " (", "."))
                + local[place:]
            )
