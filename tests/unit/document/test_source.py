"""Source: bytes that are no document are refused in one diagnostic."""

import hashlib

import pytest

from gonogo.document.reader.read import read


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "GNG101"),
        (b" \n\n", "GNG101"),
        (b"# a\n\xff\xfe", "GNG102"),
        (bytes(range(32)) * 20, "GNG103"),
    ],
)
def test_what_cannot_be_read_is_one_error(data, code):
    """An empty, undecodable or binary file ends in one error, never an exception."""
    errors = [d for d in read(data, "x.md").diagnostics if d.severity == "error"]
    assert [code] == [d.code for d in errors]


def test_an_undecodable_byte_is_located():
    """The line of the first bad byte is told."""
    (found,) = read(b"# a\nb\n\xff", "x.md").diagnostics
    assert 3 == found.line


def test_newline_forms_and_a_byte_order_mark_read_the_same():
    """CRLF, CR and a byte-order mark change the digest and nothing else."""
    plain = b"# A\n\n## Step 1\n- [ ] Wait 5 minutes\n"
    forms = [plain.replace(b"\n", b"\r\n"), plain.replace(b"\n", b"\r")]
    for data in (*forms, b"\xef\xbb\xbf" + plain):
        got, want = read(data, "x"), read(plain, "x")
        assert (want.text, want.boxes, want.waits, want.accounts) == (
            got.text,
            got.boxes,
            got.waits,
            got.accounts,
        )


def test_the_digest_is_of_the_bytes():
    """Who shows the digest has shown these bytes."""
    data = b"# A\r\n"
    assert f"sha256:{hashlib.sha256(data).hexdigest()}" == read(data, "x").digest
