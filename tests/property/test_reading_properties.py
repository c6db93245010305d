"""Laws of the reader, over documents that no person would write."""

from hypothesis import given
from hypothesis import strategies as st

from gonogo.document.explain import reading_as_json
from gonogo.document.reader.read import read

FRAGMENTS = st.sampled_from([
    "# Plan", "## Stage 1: Enable (5%)", "### Rollback", "## Post-deployment", "---",
    "- [ ] Verify error rate < 1% for 24h", "  - [x] nested", "1. [ ] Wait 24 hours",
    "* ☐ Approve", "| Metric | Threshold | Actual |", "|---|---|---|", "| p99 | <5ms | |",
    "| broken |", "| Role | Name | Date |", "```bash", "```", "~~~", "    code", "> quote",
    "# Expected: 1 row", "-- Expected output:", "**Rollback triggers:**", "If x, revert.",
    "<!-- gonogo: {a: 1} -->", "<!--", "-->", "<details>", "[a]: b", "___", "",
    "1. **Immediately:** disable", "2. **Within 5 minutes:**", "- Error rate > 2x baseline",
    "setext", "===", "\t- tab", "☐ Go ☐ No-go", "- DB: @ops", "**Approved by:** ____",
])  # fmt: skip
DOCUMENTS = st.lists(st.one_of(FRAGMENTS, st.text(max_size=40)), max_size=40)


def covered(reading):
    """Return the lines that the accounts name, one after the other."""
    return [
        number
        for account in reading.accounts
        for number in range(account.first_line, account.last_line + 1)
    ]


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reader(data):
    """Whatever the bytes are, reading them ends in a reading."""
    assert "x" == reading_as_json(read(data, "x"))["document"]


@given(DOCUMENTS)
def test_every_line_is_accounted_for_exactly_once(parts):
    """Law 9: every line of the document is accounted for."""
    reading = read("\n".join(parts).encode("utf-8", "replace"), "x")
    text = reading.text.removesuffix("\n")
    lines = text.split("\n") if reading.text.strip() else []
    got = covered(reading)
    assert list(range(1, len(got) + 1)) == got
    assert len(lines) <= len(got)


@given(DOCUMENTS)
def test_every_element_stands_on_a_line_of_the_document(parts):
    """No element is made up beyond the text."""
    found = read("\n".join(parts).encode("utf-8", "replace"), "x")
    last = found.text.removesuffix("\n").count("\n") + 1
    elements = (
        *found.stages, *found.boxes, *found.commands, *found.gates, *found.waits,
        *found.triggers, *found.approvals, *found.contacts, *found.placeholders,
        *found.rollbacks, *found.expectations, *found.deadlines,
    )  # fmt: skip
    assert all(1 <= e.line <= last for e in elements)


@given(DOCUMENTS)
def test_carriage_returns_change_nothing(parts):
    """CRLF and LF read the same."""
    text = "\n".join(parts).replace("\r", "").encode("utf-8", "replace")
    unix, dos = read(text, "x"), read(text.replace(b"\n", b"\r\n"), "x")
    assert (unix.boxes, unix.gates, unix.accounts) == (
        dos.boxes,
        dos.gates,
        dos.accounts,
    )


@given(DOCUMENTS)
def test_a_box_names_the_column_of_its_mark(parts):
    """A report ticks the very character that the box was read from."""
    found = read("\n".join(parts).encode("utf-8", "replace"), "x")
    lines = found.text.split("\n")
    marks = {lines[b.line - 1][b.mark_column - 1] for b in found.boxes}
    assert marks <= set(" xX✓✔☐☑☒🔲⬜❏□]")
