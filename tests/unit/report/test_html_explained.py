"""The page of a document: one file, whole without its script, every line on it."""

import re
import sys
from base64 import b64encode
from collections import Counter
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.document import Beside, compile_document
from gonogo.document.kinds import Use
from gonogo.report.html_explained import html_explained
from gonogo.report.html_passage import ELEMENTS, USES

LOADS = {"img", "iframe", "link", "object", "embed", "video", "base", "form", "svg"}
VOID = {"meta", "br", "hr"}

DOCUMENT = """\
---
gonogo:
  service: shop
  environment: production
  metrics:
    Error rate: {shell: {run: "cat rate.txt"}, unit: "%"}
    Error rate change: {same_as: Error rate, floor: 0.5}
---

# The `cart` <script>alert(1)</script>

Written by "people" & 'others'.

## Approvals

| Approver | Role | Approved |
|----------|------|----------|
| @alok | Dev Lead | ☐ |

## Stage 1: 5 %

- [ ] Capture baseline metrics
- [ ] Turn on <!-- gonogo: {flag: {file: f.json, name: cart, percentage: 5}} -->
- [ ] Look into the shop " onmouseover="alert(2)
- [ ] Monitor for 1 hour

- [ ] Verify that it is there

  ```bash
  test -f cart.txt && echo "</pre><script>alert(3)</script>"
  # Expected: ok
  ```

| Metric | Threshold | Actual |
|--------|-----------|--------|
| Error rate | < 1% | |
| Error rate change | < +10% | |
| Latency | < 500ms | |

### Rollback

```bash
git revert HEAD \u202e
```

## Stage 2: Everybody

- [ ] Tell everybody

## Rollback Triggers

- Error rate > 5%

## Incident Response

1. **Immediately:** page the on-call
2. **Within 5 minutes:** write to support

## Contacts

- **Database:** @dba
"""


class Page(HTMLParser):
    """Collects what a browser would build of a page, and the text of each line."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.ids, self.ways, self.attributes = [], [], [], []
        self.open, self.lines, self.words = [], {}, []
        self.line, self.depth = None, 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Note an element that begins, and whether it holds the text of a line."""
        found = dict(attrs)
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.ids += [found["id"]] if "id" in found else []
        self.ways += [found["href"]] if "href" in found else []
        if re.fullmatch(r"L\d+", found.get("id", "")):
            self.line = int(found["id"][1:])
        if tag not in VOID:
            self.open.append(tag)
        if found.get("class") == "text":
            self.lines[self.line] = ""
            self.depth = len(self.open)

    def handle_endtag(self, tag):
        """Hold the end of an element against the last that began."""
        assert tag == self.open.pop(), f"{tag} closes another element"
        if len(self.open) < self.depth:
            self.depth = 0

    def handle_data(self, data):
        """Note the words."""
        self.words.append(data)
        if self.depth:
            self.lines[self.line] += data


def html_of(text, bindings=None):
    """Return the page of a document."""
    beside = bindings and Beside(name="x.bindings.yaml", text=bindings)
    data = text.encode("utf-8", "replace")
    return html_explained(*compile_document(data, name="x.md", beside=beside))


@pytest.fixture(scope="module")
def html():
    """Give the page of a document with everything in it, hostile words too."""
    return html_of(DOCUMENT)


@pytest.fixture(scope="module")
def page(html):
    """Give that page as a browser would build it."""
    return Page(html)


def test_page_loads_nothing_and_runs_only_its_own_script(page):
    """No picture, no style sheet, no handler; one script, at the very end."""
    assert set() == LOADS & set(page.tags)
    assert ["script"] == [tag for tag in page.tags if tag == "script"]
    assert [] == [each for each in page.attributes if each[1].startswith("on")]
    assert [] == [each for each in page.attributes if each[1] in {"src", "style"}]
    assert [] == [way for way in page.ways if not way.startswith("#")]


def test_policy_lets_only_that_very_script_run(html):
    """A script that a document smuggled in would not be run, were it not escaped."""
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:; " in html
    assert f"script-src 'sha256-{digest}'" in html


def test_every_line_is_shown_as_the_team_wrote_it(page):
    """The document can be read on the page, character by character."""
    wanted = DOCUMENT.replace("\u202e", "U+202E").removesuffix("\n").split("\n")
    assert dict(enumerate(wanted, start=1)) == page.lines


def test_elements_are_nested_well_and_every_link_leads_somewhere(page):
    """Everything opened is closed; no place is named twice, no pointer is dead."""
    assert [] == page.open
    assert set() == {way.removeprefix("#") for way in page.ways} - set(page.ids)
    assert [] == [name for name, count in Counter(page.ids).items() if count > 1]


def test_page_has_one_title_and_landmarks(page):
    """There is one way in for a screen reader: one title, headings, navigation."""
    levels = [tag for tag in page.tags if re.fullmatch(r"h\d", tag)]
    assert ("h1", 1) == (levels[0], levels.count("h1"))
    assert {"header", "nav", "main", "footer"} <= set(page.tags)


@pytest.mark.parametrize(
    "kind",
    ["STAGE", "APPROVE", "BASELINE", "RUN", "ASK", "SOAK", "CHECK", "GATE", "TRIGGER",
     "ROLLBACK", "CALL"],
)  # fmt: skip
def test_each_kind_of_part_is_named_beside_its_line(page, kind):
    """What a line becomes in the plan is a word, and not a colour alone."""
    assert kind in page.words


@pytest.mark.parametrize(
    "words",
    [
        "set the flag cart to 5 % in f.json",
        "the flag's definition as it is just before",
        "cat rate.txt",
        "every 1 min",
        "no binding says how",
        "no probe is bound to 'Latency'",
        "14 d, no time limit",
        "1 h, without interruption",
        "page the on-call (at once)",
        "Database: @dba, @dba",
    ],
)
def test_the_very_words_of_the_terminal_are_used(page, words):
    """What is run, judged and asked is told as `gonogo explain` tells it."""
    assert words in " ".join(page.words)


def test_numbers_on_top_are_those_of_the_plan(html):
    """A reviewer sees at one look how much runs, and how much people do."""
    counts = dict(
        reversed(each) for each in re.findall(r"<li><b>(\d+)</b> ([^<]+)</li>", html)
    )
    assert ("3", "1") == (counts["stages"], counts["gate judged by people"])


def test_stage_leads_to_its_line_with_its_share(html):
    """The map of the stages says the exposure, and links down."""
    line = DOCUMENT.split("\n").index("## Stage 1: 5 %") + 1
    assert f'<a href="#L{line}">Stage 1: 5 %</a>' in html
    assert '<b class="share">5 %</b>' in html


def test_errors_stand_before_warnings(html):
    """What keeps the document from running comes first."""
    html = html_of(DOCUMENT, bindings="nonsense: 1\n")
    top = html[: html.index('id="document"')]
    words = re.findall(r'<b class="weight">(\w+)</b>', top)
    assert ("error", sorted(words)) == (words[0], words)
    assert "x.bindings.yaml, line 1" in top


def test_finding_leads_to_its_line_with_its_code_and_remedy(html):
    """Each open point says where, what, and what to do."""
    line = DOCUMENT.split("\n").index("| Latency | < 500ms | |") + 1
    place = f'<a href="#L{line}">line {line}</a> <b class="weight">warning</b>'
    assert f"{place} <code>GNG301</code> No probe is bound to" in html
    assert "Bind one: metrics: {Latency:" in html


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"words only\n"])
def test_what_cannot_run_has_a_page_that_says_why(data):
    """A document with errors gives a page; the errors lead it."""
    page = Page(html_explained(*compile_document(data, name="x.md")))
    assert [] == page.open
    assert "error" in page.words
    assert set() == {way.removeprefix("#") for way in page.ways} - set(page.ids)


@given(st.lists(st.text(max_size=60), max_size=12))
def test_no_document_becomes_markup(parts):
    """Whatever a document holds, the page has the elements of its own only."""
    hostile = ['- [ ] <img src=x onerror=alert(1)>"', "## </span></h1><script>", *parts]
    page = Page(html_of("\n".join(hostile)))
    assert [] == page.open
    assert 1 == page.tags.count("script")
    assert set() == LOADS & set(page.tags)
    assert [] == [each for each in page.attributes if each[1].startswith("on")]


def test_every_use_and_element_of_the_reader_has_words(pytestconfig):
    """The page never shows a name of the code where it can say a word."""
    account = "packages/gonogo/src/gonogo/document/reader/account.py"
    source = (pytestconfig.rootpath / account).read_text("utf-8")
    claimed = set(re.findall(r'Use\.\w+, "(\w+)"', source))
    claimed |= set(re.findall(r'use, "(\w+)"', source))
    assert {"boxes", "gates", "commands"} <= claimed
    assert set() == claimed - set(ELEMENTS)
    assert set(Use) == set(USES)


def calls(text):
    """Return how many functions making the page of a compiled document calls."""
    made = compile_document(text.encode(), name="x")
    count = 0

    def counted(_frame, event, _argument):
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        html_explained(*made)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "shape",
    [
        "- [ ] Verify error rate < 1%\n",
        "## Phase 1\n\n- [ ] a\n\n### Rollback\n\n```bash\nmake back\n```\n\n",
        "| Metric | Threshold |\n|---|---|\n| a | < 1% |\n\n",
        "## Phase 1\n\n```bash\nmake it\n# Expected: ok\n```\n\n",
    ],
    ids=["boxes", "stages", "tables", "blocks"],
)
def test_work_grows_with_the_length(shape):
    """Four times the document calls less than six times the functions."""
    calls(shape)
    assert calls(shape * 200) < 6 * calls(shape * 50)
