"""The HTML report: one file that asks for nothing and runs nothing."""

from collections import Counter
from html.parser import HTMLParser

import pytest

from gonogo.report.report import report_of

LOADS = {"script", "img", "iframe", "link", "object", "embed", "video", "base", "form"}
VOID = {"meta", "br", "hr"}


class Page(HTMLParser):
    """Collects what a browser would build of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.ids, self.ways, self.attributes = [], [], [], []
        self.open, self.text = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Note an element that begins."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.ways += [found["href"]] if "href" in found else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Note an element that ends where it begins."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        """Hold the end of an element against the last that began."""
        assert tag == self.open.pop(), f"{tag} closes another element"

    def handle_data(self, data):
        """Note the words."""
        self.text.append(data)


@pytest.fixture
def page(drive, breach):
    """Give the page of a rollout that was rolled back, with hostile words in it."""
    hostile = "<script>alert('o')</script> | `x` </pre></details>"
    driven = drive(measure=breach, undo_fails=1, output=hostile)
    return Page(report_of(driven.records).html)


def test_page_loads_and_runs_nothing(page):
    """No script, no image, no style sheet, no handler; only words and drawings."""
    assert set() == LOADS & set(page.tags)
    assert [] == [each for each in page.attributes if each[1].startswith("on")]
    assert [] == [each for each in page.attributes if each[1] in {"src", "style"}]


def test_policy_forbids_what_the_page_does_not_do(page):
    """The file itself forbids requests and scripts."""
    assert any("default-src 'none'" in str(value) for _, _, value in page.attributes)


def test_hostile_words_are_shown_as_words(page):
    """A script in the document or in an output is text on the page."""
    text = "".join(page.text)
    assert "<script>alert(1)</script>" in text
    assert "<script>alert('o')</script> | `x` </pre></details>" in text
    assert "[image: picture]" in text


def test_elements_are_nested_well(page):
    """Everything opened is closed, in order."""
    assert [] == page.open


def test_every_link_leads_somewhere_and_no_place_is_named_twice(page):
    """Pointers to records and lines are never dead."""
    inner = {way.removeprefix("#") for way in page.ways if way.startswith("#")}
    assert set() == inner - set(page.ids)
    assert [] == [name for name, count in Counter(page.ids).items() if count > 1]


def test_drawings_have_words_for_those_who_cannot_see_them(page):
    """Each drawing that says something says it in words too."""
    said = [value for tag, name, value in page.attributes if name == "aria-label"]
    assert any(value.startswith("Timeline of the stages.") for value in said)
    assert any("Limit < 1 %." in words for words in page.text)


def test_every_drawing_of_a_gate_is_named_by_words_of_its_own(page):
    """The words that a drawing is said by are on the page, once for each drawing."""
    named = [value for _, name, value in page.attributes if name == "aria-labelledby"]
    drawings = [each.split() for each in named if "-words" in each]
    assert 2 == len(drawings)
    assert set() == {name for each in drawings for name in each} - set(page.ids)


def test_page_has_one_title_and_landmarks(page):
    """There is one way in for a screen reader: one title, headings, navigation."""
    levels = [int(tag[1]) for tag in page.tags if tag[0] == "h" and tag[1:].isdigit()]
    assert (1, 1) == (levels[0], levels.count(1))
    assert {"header", "nav", "main", "footer"} <= set(page.tags)


def test_bindings_are_not_shown_among_the_words(drive):
    """A reader of the page sees no comments."""
    assert "<!--" not in report_of(drive().records).html
    assert "&lt;!--" not in report_of(drive().records).html


def test_verdict_cell_is_a_badge_with_a_word(drive):
    """A verdict is told by sign, word and colour."""
    html = report_of(drive().records).html
    assert '<span class="mark pass">✓ pass</span>' in html


FRONT = '---\ngonogo:\n  service: "<qc>"\n---\n'


def test_front_matter_is_folded_and_escaped(drive, document):
    """The bindings at the top are there for who wants them, as text."""
    html = report_of(drive(document=FRONT + document).records).html
    assert "Bindings at the top of the document" in html
    assert "service: &quot;&lt;qc&gt;&quot;" in html


def test_report_of_a_single_record_is_drawn(drive):
    """A rollout that has only just begun has a report, too."""
    driven = drive(consents={"a-dev": None, "a-ops": None})
    html = report_of(driven.records[:1]).html
    assert "Still running" in html
