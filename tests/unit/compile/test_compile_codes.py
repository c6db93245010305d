"""Every diagnostic, by an example that gives it."""

from textwrap import dedent

import pytest

from gonogo.document.codes import RULES, Code

TABLE = """
    ## Stage 1: Enable
    - [ ] Enable it

    | Metric | Threshold | Actual |
    |--------|-----------|--------|
    | Error rate | {limit} | |
"""
PLAIN = """
    ## Stage 1: Enable
    - [ ] Enable it
    - [ ] Enable it
    - [ ] Verify it
"""

EXAMPLES: dict[Code, tuple[str, str | None]] = {
    Code.BROKEN_YAML: (PLAIN, "service: ["),
    Code.TOO_MUCH_YAML: (PLAIN, "service: " + "[" * 50 + "]" * 50),
    Code.UNKNOWN_KEY: (PLAIN, "service_name: x"),
    Code.WRONG_TYPE: (PLAIN, "people: x"),
    Code.MISSING_KEY: (PLAIN, "steps: {Verify it: {http: {json: $.a}}}"),
    Code.REPEATED_KEY: (PLAIN, "service: a\nservice: b"),
    Code.BAD_VALUE: (PLAIN, "metrics: {E: {http: u, errors: 0}}"),
    Code.NOT_ONE_WORD: (PLAIN, "steps: {Verify it: {}}"),
    Code.BINDS_NOTHING: (PLAIN, "steps: {Verify that: {shell: x}}"),
    Code.AMBIGUOUS: (PLAIN, "steps: {Enable it: {shell: x}}"),
    Code.CONTRADICTION: (
        PLAIN + "    - [ ] Look <!-- gonogo: {shell: a} -->\n",
        "steps: {line 5: {shell: b}}",
    ),
    Code.BOUND_TWICE: (
        PLAIN,
        "steps: {Verify it: {shell: a}, line 4: {shell: a}}",
    ),
    Code.UNKNOWN_VALUE: (PLAIN, "steps: {Verify it: {http: $APP_URL/health}}"),
    Code.UNKNOWN_CONNECTION: (
        PLAIN,
        "steps: {Verify it: {sql: {connection: qc, query: select 1}}}",
    ),
    Code.UNKNOWN_METRIC: (
        TABLE.format(limit="< 1%"),
        "metrics: {Error rate: {same_as: Errors}}",
    ),
    Code.NOBODY: (PLAIN, "steps: {Verify it: {approve: Lead}}"),
    Code.SECRET_WRITTEN: (PLAIN, "values: {PASSWORD: hunter2}"),
    Code.NO_BLOCK: (PLAIN, "steps: {Verify it: {shell: {idempotent: true}}}"),
    Code.NOT_HERE: (PLAIN, "steps: {Verify it: {ask: true, attempts: 3}}"),
    Code.UNBOUND_METRIC: (TABLE.format(limit="< 1%"), None),
    Code.NO_CONNECTION: ("## Stage 1: A\n```sql\nSELECT 1;\n```\n", None),
    Code.NO_WAY_BACK: (PLAIN, "steps: {line 2: {shell: ./on.sh}}"),
    Code.SOAK_WITHOUT_GATES: ("## Stage 1: A\n- [ ] Monitor for 24h\n", None),
    Code.OUTSIDE_STAGES: (
        (
            "## Stage 1: A\n- [ ] Do it\n\n## Appendix\n\n```bash\nls\n```\n"
            "\n## Glossary\n- [ ] Learn the words\n"
        ),
        None,
    ),
    Code.UNITS_DIFFER: (
        TABLE.format(limit="< 5%"),
        "metrics: {Error rate: {http: u, unit: ms}}",
    ),
    Code.IMPLICIT_BASELINE: (
        TABLE.format(limit="< +5%").replace("Error rate", "Error rate change"),
        "metrics: {Error rate change: {http: u}}",
    ),
    Code.RANGE_OF_TIME: ("## Stage 1: A\n- [ ] Wait 30-60 minutes\n", None),
    Code.BLOCK_NOT_RUN: (
        "## Stage 1: A\n- [ ] Do it\n\n```yaml\na: 1\n```\n",
        None,
    ),
    Code.TRIGGER_OF_PEOPLE: (
        "## Stage 1: A\n- [ ] Do it\n\n## Rollback triggers\n- Customers complain\n",
        None,
    ),
    Code.PART_OF_WAY_BACK: (
        (
            "## Stage 1: A\n- [ ] Do it\n\n### Rollback\n```bash\n./off.sh\n```\n"
            "- [ ] Verify that it is off\n"
        ),
        None,
    ),
    Code.VARIANT_NOT_CHOSEN: ("", None),
    Code.VARIANT_OPEN: ("", None),
    Code.FOR_INFORMATION: ("", None),
    Code.NOTHING_TO_COMPARE: ("", None),
    Code.WAY_BACK_OF_PEOPLE: (
        "## Stage 1: A\n- [ ] Do it\n\n### Rollback\nCall the database team.\n",
        None,
    ),
    Code.NOTHING_TO_RUN: ("# A title\n\nSome words.\n", None),
    Code.WAIT_WITHOUT_TIME: (
        "## Stage 1: A\n- [ ] Wait for the replica to catch up\n",
        None,
    ),
    Code.IGNORED: (PLAIN, "steps: {Verify it: {ignore: no need}}"),
    Code.UNSAFE_PLACEHOLDER: (
        "## Stage 1: Deploy\n```bash\nrun 'x <app>'\n```\n",
        "values: {<app>: y}",
    ),
    Code.ELEMENT_SHOWN: ("", None),
    Code.EMPTY_STAGE: ("", None),
}
# Given by readings made by hand (`test_compile_by_hand`); `ELEMENT_SHOWN` by none.
BY_HAND = {code for code, (document, _) in EXAMPLES.items() if not document}


@pytest.mark.parametrize("code", [c for c in Code if c not in BY_HAND])
def test_each_code_has_an_example_that_gives_it(compiled, code: Code):
    """Every diagnostic is reached, has a message, a remedy and its severity."""
    document, beside = EXAMPLES[code]
    result = compiled(document, beside and dedent(beside))
    found = [one for one in result.diagnostics if one.code == code]
    assert found, [(d.code, d.line, d.message) for d in result.diagnostics]
    assert RULES[code].severity is found[0].severity
    assert "{" not in found[0].message.replace("{…}", "")


def test_every_code_is_in_the_table():
    """A code without a rule could not be said."""
    assert set(Code) == set(RULES) == set(EXAMPLES)
