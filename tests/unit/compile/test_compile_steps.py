"""The compiler: what each element of a document becomes."""

from datetime import timedelta

import pytest

from gonogo.model.condition import Comparator, Relative
from gonogo.model.expectation import ExpectationKind
from gonogo.model.operation import Http, Migrate, ReadFlag, SetFlag, Shell, Sql
from gonogo.model.plan import (
    Action,
    Approval,
    Baseline,
    Check,
    Holds,
    Purpose,
    Question,
    Soak,
)

HOUR = timedelta(hours=1)

STAGE = """
    # Rollout

    ## Stage 1: Deploy

    - [ ] Deploy the code {deploy}
    - [ ] Verify the build {verify}
"""


# -- boxes -----------------------------------------------------------------------------


def test_a_box_without_a_binding_is_a_question(compiled):
    """A document runs from the first day: what nothing is bound to is asked."""
    result = compiled(STAGE.format(deploy="", verify=""))
    deploy, verify = result.step("Deploy"), result.step("Verify")
    assert (Purpose.DO, "no binding says how") == (deploy.purpose, deploy.why)
    assert Purpose.VERIFY is verify.purpose
    assert ("l5", "l6") == (deploy.id, verify.id)


def test_a_bound_box_to_be_done_is_an_action(compiled):
    """A comment beside the line says what it does, and how it is taken back."""
    deploy = (
        "<!-- gonogo: {shell: {run: ./d.sh, undo: ./u.sh, idempotent: true, "
        "deadline: 5m}} -->"
    )
    step = compiled(STAGE.format(deploy=deploy, verify="")).step("Deploy")
    assert isinstance(step, Action)
    wanted = Shell(
        run="./d.sh", session="s3", deadline=timedelta(minutes=5), idempotent=True
    )
    assert wanted == step.apply
    assert "./u.sh" == step.undo.run


def test_an_action_that_leaves_nothing_needs_no_way_back(compiled):
    """A backup is not undone, and nobody is told that its way back is missing."""
    backup = "<!-- gonogo: {shell: {run: ./backup.sh, undo: none}} -->"
    result = compiled(STAGE.format(deploy=backup, verify=""))
    step = result.step("Deploy")
    assert (True, None) == (step.harmless, step.undo)
    assert "GNG303" not in result.codes


def test_a_metric_is_looked_at_for_half_a_minute_at_most(compiled):
    """A probe that hangs must not outlast the next ticks, unless its binding says so."""
    document = """
        ---
        gonogo:
          metrics:
            Errors: {shell: {run: ./errors.sh}}
            Lag: {shell: {run: ./lag.sh, deadline: 2m}}
        ---
        # Rollout

        ## Stage 1: Deploy

        - [ ] Deploy the code

        | Metric | Threshold |
        |--------|-----------|
        | Errors | < 1 |
        | Lag | < 1 |
    """
    deadlines = [metric.probe.deadline for metric in compiled(document).plan.metrics]
    assert [timedelta(seconds=30), timedelta(minutes=2)] == deadlines


def test_a_bound_box_to_be_verified_is_a_check(compiled):
    """What is verified looks, and never changes anything."""
    verify = '<!-- gonogo: {http: {url: "https://x/health"}} -->'
    step = compiled(STAGE.format(deploy="", verify=verify)).step("Verify")
    assert isinstance(step, Check)
    assert isinstance(step.probe, Http)
    assert () == step.expectations


@pytest.mark.parametrize(
    ("expect", "kind", "value"),
    [
        ("healthy", ExpectationKind.CONTAINS, "healthy"),
        ('"3"', ExpectationKind.NUMBER, "3"),
        ('"< 100"', ExpectationKind.COMPARATOR, "< 100"),
        ("{exact: ok}", ExpectationKind.EXACT, "ok"),
        ("{number: 1}", ExpectationKind.NUMBER, "1"),
        ('{number: ">= 1"}', ExpectationKind.COMPARATOR, ">= 1"),
        ("{status: 200}", ExpectationKind.HTTP_STATUS, "200"),
        ("{rows: 2}", ExpectationKind.ROWS, "2 rows"),
        ("{absence: deadlock}", ExpectationKind.ABSENCE, "deadlock"),
        ("{json: {a: [1, true, x]}}", ExpectationKind.JSON, '{"a": [1, true, "x"]}'),
    ],
)
def test_expect_makes_a_check_of_any_box(compiled, expect, kind, value):
    """`expect` says what comes back, in one of the kinds of expectation."""
    deploy = f"<!-- gonogo: {{shell: ./d.sh, expect: {expect}}} -->"
    step = compiled(STAGE.format(deploy=deploy, verify="")).step("Deploy")
    assert isinstance(step, Check)
    assert [(kind, value, 5)] == [(e.kind, e.value, e.line) for e in step.expectations]


def test_attempts_and_delays_of_a_check(compiled):
    """A check of something that starts slowly may look more than once."""
    verify = "<!-- gonogo: {shell: ./h.sh, attempts: 5, retry_delay: 30s} -->"
    step = compiled(STAGE.format(deploy="", verify=verify)).step("Verify")
    assert (5, timedelta(seconds=30)) == (step.attempts, step.retry_delay)


def test_a_check_settles_an_action_in_doubt(compiled):
    """After a crash the action's own check is asked whether it was applied."""
    deploy = (
        "<!-- gonogo: {shell: ./d.sh, check: {http: 'https://x/v'}, confirm: true} -->"
    )
    step = compiled(STAGE.format(deploy=deploy, verify="")).step("Deploy")
    assert isinstance(step.check, Http)
    assert step.confirm


def test_migrations_flags_and_flag_readings(compiled):
    """Every word that runs something gives its operation."""
    result = compiled(
        """
        ---
        gonogo:
          connections: {qc: {env: QC}}
          values: {FLAGS: {env: FLAGS}}
          steps:
            Run the migration:
              migrate: {up: a.sql, down: b.sql, applied: select 1 from t}
            Enable the flag: {flag: {file: $FLAGS, name: dlq, percentage: 5%}}
            Look at the flag: {read_flag: {file: $FLAGS, name: dlq}}
            Call the hook: {http: {url: https://x, method: post, body: "{}"}}
        ---
        ## Stage 1: Change
        - [ ] Run the migration
        - [ ] Enable the `flag`
        - [ ] Look at the flag
        - [ ] Call the hook
        """
    )
    assert [] == [d.code for d in result.diagnostics if d.severity == "error"]
    migrate = result.step("Run")
    assert Migrate(up="a.sql", down="b.sql", connection="qc") == migrate.apply
    assert Sql(query="select 1 from t", connection="qc") == migrate.check
    assert ExpectationKind.ROWS is migrate.check_expects.kind
    assert SetFlag(file="$FLAGS", flag="dlq", percentage=5) == result.step("En").apply
    assert ReadFlag(file="$FLAGS", flag="dlq") == result.step("Look").probe
    assert ("POST", False) == (
        result.step("Call").apply.method,
        result.step("Call").apply.idempotent,
    )


def test_words_that_run_nothing(compiled):
    """A binding may ask, wait, measure, ask for consent, or leave a line out."""
    result = compiled(
        """
        ---
        gonogo:
          people: {Ops: [sam], Lead: [kim]}
          metrics: {Errors: {http: u}}
          steps:
            line 13: {ask: {role: Ops}}
            line 14: {wait: {for: 2h, counts_held: true}}
            line 15: {baseline: Errors}
            line 16: {approve: Lead}
            line 17: {ignore: the pipeline does it}
        ---
        ## Stage 1: Change
        - [ ] One
        - [ ] Two
        - [ ] Three
        - [ ] Four
        - [ ] Five
        """
    )
    assert "Ops" == result.step("One").role
    wait = result.step("Two")
    assert (2 * HOUR, True, 4 * HOUR) == (wait.duration, wait.counts_held, wait.limit)
    assert ("Errors",) == result.step("Three").metrics
    assert ("Lead", ("kim",)) == (result.step("Four").role, result.step("Four").people)
    assert "the pipeline does it" in result.only("GNG318").message


def test_a_ticked_box_is_confirmed_not_believed(compiled):
    """A tick left over from the last rollout is no proof for this one."""
    step = compiled("## Stage 1: A\n- [x] Backup created\n").step("Backup")
    assert Purpose.VERIFY is step.purpose
    assert "ticked" in step.why


def test_choices_that_stand_together_are_one_question(compiled):
    """Of '[ ] GO / [ ] NO-GO' a person picks one."""
    result = compiled(
        """
        ## Stage 1: Decide
        **Decision:**
        - [ ] GO
        - [ ] NO-GO
        """
    )
    questions = [s for s in result.plan.stages[0].steps if isinstance(s, Question)]
    assert [Purpose.CHOOSE] == [q.purpose for q in questions]
    assert "- GO\n- NO-GO" == questions[0].text


def test_the_same_document_gives_the_same_plan(compiled):
    """A digest that moved by itself would invalidate every approval."""
    text = STAGE.format(deploy="", verify="")
    assert compiled(text).plan.digest == compiled(text).plan.digest


# -- blocks ----------------------------------------------------------------------------


def test_a_block_under_a_box_is_what_the_box_does(compiled):
    """The commands stand under the line that they carry out."""
    result = compiled(
        """
        ## Stage 1: Deploy
        - [ ] Deploy the release
          ```bash
          ./deploy.sh v2
          ```
        """
    )
    step = result.step("Deploy the release")
    assert isinstance(step, Action)
    assert ("./deploy.sh v2", 3) == (step.apply.run, step.line)


def test_shell_without_run_is_the_block_under_the_line(compiled):
    """A binding can add an undo to the block that is there already."""
    result = compiled(
        """
        ## Stage 1: Deploy
        - [ ] Deploy the release <!-- gonogo: {shell: {undo: ./back.sh}} -->
          ```bash
          ./deploy.sh v2
          ```
        """
    )
    step = result.step("Deploy")
    assert ("./deploy.sh v2", "./back.sh") == (step.apply.run, step.undo.run)


def test_a_verification_is_cut_at_its_expectations(compiled):
    """Every expectation is judged on the output of the command just above it."""
    result = compiled(
        """
        ## Stage 1: Deploy
        ### Verification
        ```bash
        cd /srv/app
        # The health
        ./health.sh
        # Expected output: OVERALL: HEALTHY

        # The release
        cat RELEASE
        # Expected output: v2
        ```
        """
    )
    checks = [s for s in result.plan.stages[0].steps if isinstance(s, Check)]
    assert ["OVERALL: HEALTHY", "v2"] == [
        e.value for c in checks for e in c.expectations
    ]
    assert ["cd /srv/app"] == checks[0].probe.run.split("\n")[:1]
    assert 1 == len({c.probe.session for c in checks} - {None})
    assert checks[-1].probe.run.startswith("# The release\ncat RELEASE")
    assert "The release" == checks[-1].title
    assert len({c.id for c in checks}) == len(checks)


SQL_CHECK = """
    ## Stage 1: Migrate
    ### Verification
    {comment}
    ```sql
    -- The table
    SELECT count(*) FROM job_dlq;
    -- Expected: 0

    -- The column
    SELECT column_name FROM information_schema.columns;
    -- Expected: 1 row
    ```
"""


def test_sql_runs_over_the_one_connection_that_is_bound(compiled):
    """With one database there is nothing to choose; each statement is a check."""
    checks = (
        compiled(SQL_CHECK.format(comment=""), "connections: {qc: {env: QC}}")
        .plan.stages[0]
        .steps
    )
    assert ["The table", "The column"] == [c.title for c in checks]
    assert [("qc", "0"), ("qc", "1 row")] == [
        (c.probe.connection, c.expectations[0].value) for c in checks
    ]
    assert "column_name" not in checks[0].probe.query


def test_sql_without_a_connection_is_asked_and_said(compiled):
    """It is not guessed on which database a statement runs."""
    result = compiled(SQL_CHECK.format(comment=""))
    assert ["question"] == result.kinds
    assert "GNG302" in result.codes
    assert "SELECT count(*)" in result.plan.stages[0].steps[0].text


def test_a_comment_names_the_connection_of_a_block(compiled):
    """Of two databases, the comment above the block says which; it is cut as ever."""
    result = compiled(
        SQL_CHECK.format(comment="<!-- gonogo: {sql: {connection: b}} -->"),
        "connections: {a: {env: A}, b: {env: B}}",
    )
    assert ["b", "b"] == [s.probe.connection for s in result.plan.stages[0].steps]


def test_a_block_with_an_open_placeholder_is_asked_with_its_text(compiled):
    """Nobody knows what <your-app> is: a person runs it."""
    result = compiled("## Stage 1: A\n```bash\nheroku restart --app <your-app>\n```\n")
    step = result.plan.stages[0].steps[0]
    assert isinstance(step, Question)
    assert "heroku restart" in step.text
    assert "<your-app>" in step.why


def test_a_bound_placeholder_becomes_a_quoted_variable(compiled):
    """The value reaches the script as a variable, never as text."""
    result = compiled(
        "## Stage 1: Deploy\n```bash\nheroku restart --app <your-app>\n```\n",
        "values: {<your-app>: {env: HEROKU_APP}}",
    )
    step = result.plan.stages[0].steps[0]
    assert 'heroku restart --app "${YOUR_APP}"' == step.apply.run
    assert "HEROKU_APP" == result.plan.values["YOUR_APP"].env


def test_a_placeholder_in_single_quotes_stays_a_question(compiled):
    """Where no value can be put safely, none is put."""
    result = compiled(
        "## Stage 1: Deploy\n```bash\nrun --on 'app <your-app>'\n```\n",
        "values: {<your-app>: {env: HEROKU_APP}}",
    )
    assert ["question"] == result.kinds
    assert "GNG320" in result.codes


def test_a_destructive_block_asks_once_more(compiled):
    """`rm -rf` is confirmed by name."""
    result = compiled("## Stage 1: Clean\n```bash\nrm -rf /srv/old\n```\n")
    assert result.plan.stages[0].steps[0].confirm


def test_a_configuration_block_is_shown_and_named(compiled):
    """What is no command is not run, and that is said."""
    result = compiled("## Stage 1: A\n- [ ] Do it\n\n```yaml\na: 1\n```\n")
    assert ["question"] == result.kinds
    assert "configuration" in result.only("GNG309").message


# -- waits, limits, consents --------------------------------------------------------------


SOAKS = """
    ---
    gonogo:
      people: {Dev Lead: [alok]}
      metrics:
        Error rate: {http: "https://x", unit: "%", every: 30s, consecutive: 3}
    ---
    ## Approvals
    | Role | Name | Approved |
    |------|------|----------|
    | Dev Lead | | ☐ |
    | Ops | | ☐ |

    ## Stage 1: Enable at 5%
    - [ ] Enable in production (5%)

    | Metric | Threshold | Actual |
    |--------|-----------|--------|
    | Error rate | < 1% | |
    | Latency | < 500ms | |

    - [ ] Wait 24 hours before going on
    - [ ] Verify 5% canary healthy for 24h
    - [ ] Monitor for 48h
"""


def test_an_approval_names_the_people_behind_its_role(compiled):
    """A role with nobody behind it is a warning, and may be given by whoever acts."""
    result = compiled(SOAKS)
    found = [s for s in result.plan.stages[0].steps if isinstance(s, Approval)]
    assert [("Dev Lead", ("alok",)), ("Ops", ())] == [(a.role, a.people) for a in found]
    assert "'Ops'" in result.only("GNG216").message


def test_approvals_may_have_a_limit_in_time(compiled):
    """Consent expires, and asking for it ends."""
    result = compiled(SOAKS, "approvals: {timeout: 2d, valid_for: 7d}")
    found = result.plan.stages[0].steps[0]
    assert (timedelta(days=2), timedelta(days=7)) == (found.timeout, found.valid_for)


def test_a_table_of_thresholds_is_judged_where_it_stands(compiled):
    """Its bound rows are gates, judged once; the unbound ones are a person's."""
    stage = compiled(SOAKS).stage("Stage 1")
    gate = stage.gates[0]
    assert ("Error rate", Comparator.LESS, 1, 3) == (
        gate.metric,
        gate.condition.comparator,
        gate.condition.value,
        gate.consecutive,
    )
    soak, asked = stage.steps[1], stage.steps[2]
    assert isinstance(soak, Soak)
    assert (timedelta(), (gate.id,), timedelta(minutes=10)) == (
        soak.duration,
        soak.gates,
        soak.limit,
    )
    assert (Purpose.JUDGE, "Latency: < 500 ms") == (asked.purpose, asked.title)


def test_an_unbound_metric_is_named(compiled):
    """A limit that nothing measures is never a pass."""
    assert "'Latency'" in compiled(SOAKS).only("GNG301").message


def test_waits_hold_with_the_gates_of_the_stage(compiled):
    """A wait of 24 hours is completed by 24 hours of passing gates."""
    result = compiled(SOAKS)
    wait, healthy = result.step("Wait 24"), result.step("Verify 5%")
    assert (24 * HOUR, False, 48 * HOUR) == (
        wait.duration,
        wait.counts_held,
        wait.limit,
    )
    assert wait.gates == result.stage("Stage 1").steps[1].gates
    assert (24 * HOUR, True, wait.gates) == (
        healthy.duration,
        healthy.counts_held,
        healthy.gates,
    )
    assert 48 * HOUR == result.step("Monitor").duration


def test_a_metric_keeps_its_cadence_and_unit(compiled):
    """The plan measures what gates need, and nothing else."""
    metric = compiled(SOAKS).plan.metrics[0]
    assert ("Error rate", "%", timedelta(seconds=30), False, 3) == (
        metric.name,
        metric.unit,
        metric.cadence,
        metric.baseline,
        metric.errors,
    )


def test_healthy_for_a_time_is_asked_where_nothing_is_measured(compiled):
    """Time alone proves no health."""
    result = compiled("## Stage 1: A\n- [ ] Verify canary healthy for 24h\n")
    assert ["question"] == result.kinds


def test_monitoring_without_a_metric_is_a_warning(compiled):
    """A soak that judges nothing only lets time pass."""
    result = compiled("## Stage 1: A\n- [ ] Monitor for 24h\n")
    assert "24h" in result.only("GNG304").message
    assert ["soak"] == result.kinds


def test_of_a_range_the_longer_end_is_held(compiled):
    """'30-60 minutes' holds for an hour, and says so."""
    result = compiled("## Stage 1: A\n- [ ] Wait 30-60 minutes\n")
    assert HOUR == result.plan.stages[0].steps[0].duration
    assert "GNG308" in result.codes


def test_a_box_with_a_number_is_a_gate_of_its_own(compiled):
    """'Error rate < 1 % for 30 minutes' holds for that long."""
    result = compiled(
        "## Stage 1: A\n- [ ] Verify error rate < 1% for 30 minutes\n",
        "metrics: {error rate: {http: u, unit: '%'}}",
    )
    soak = result.plan.stages[0].steps[0]
    assert isinstance(soak, Soak)
    assert timedelta(minutes=30) == soak.duration
    assert result.plan.stages[0].gates[0].id in soak.gates


def test_words_in_a_table_are_compared_with_the_word_that_the_probe_gives(compiled):
    """'healthy' is a value, once a probe is bound that says it."""
    document = """
        ## Stage 1: A
        | Metric | Threshold | Actual |
        |--------|-----------|--------|
        | Health status | healthy | |
    """
    gate = (
        compiled(document, "metrics: {Health status: {shell: ./h.sh}}")
        .plan.stages[0]
        .gates[0]
    )
    assert (Comparator.WORDS, "healthy") == (
        gate.condition.comparator,
        gate.condition.words,
    )


RELATIVE = """
    ## Stage 1: Before
    - [ ] Look around
    {capture}

    ## Stage 2: Enable
    - [ ] Enable it <!-- gonogo: {{shell: ./on.sh}} -->

    | Metric | Threshold | Actual |
    |--------|-----------|--------|
    | Error rate | < 1% | |
    | Error rate change | < +5% | |
"""
SERIES = """
    metrics:
      Error rate: {http: u, unit: "%", floor: 0.1}
      Error rate change: {same_as: Error rate}
"""


def test_a_change_is_judged_on_the_series_of_its_metric(compiled):
    """`same_as` measures once and compares with the value before the change."""
    result = compiled(RELATIVE.format(capture="- [ ] Capture baseline metrics"), SERIES)
    change = result.stage("Stage 2").gates[1]
    assert ("Error rate", Relative.BASELINE, 0.1) == (
        change.metric,
        change.condition.relative,
        change.floor,
    )
    assert [("Error rate", True)] == [(m.name, m.baseline) for m in result.plan.metrics]
    assert ("Error rate",) == result.step("Capture").metrics


def test_a_baseline_that_no_box_takes_is_taken_before_the_first_change(compiled):
    """A comparison needs a value from before; the document is told where."""
    result = compiled(RELATIVE.format(capture=""), SERIES)
    first = result.stage("Stage 2").steps[0]
    assert isinstance(first, Baseline)
    assert ("Error rate",) == first.metrics
    assert "Stage 2" in result.only("GNG307").message


def test_a_probe_that_gives_the_change_itself_needs_no_baseline(compiled):
    """`measures: change` takes the comparison out of the condition."""
    result = compiled(
        RELATIVE.format(capture=""),
        "metrics: {Error rate change: {http: u, measures: change}}",
    )
    assert result.stage("Stage 2").gates[0].condition.relative is None
    assert "GNG307" not in result.codes


def test_a_limit_is_judged_in_the_unit_of_its_probe(compiled):
    """500 ms are 0.5 s; a limit in per cent for a probe in seconds is an error."""
    document = """
        ## Stage 1: A
        | Metric | Threshold | Actual |
        |--------|-----------|--------|
        | Latency | < {limit} | |
    """
    bound = "metrics: {Latency: {http: u, unit: s}}"
    right = compiled(document.format(limit="500ms"), bound)
    condition = right.plan.stages[0].gates[0].condition
    assert (0.5, "s") == (condition.value, condition.unit)
    wrong = compiled(document.format(limit="5%"), bound)
    assert ["GNG306"] == [d.code for d in wrong.diagnostics if d.severity == "error"]
    assert ["question"] == wrong.kinds


def test_a_step_may_look_at_a_metric(compiled):
    """`metric: NAME` is a check by the probe that the metric has already."""
    verify = '<!-- gonogo: {metric: Errors, expect: "< 1"} -->'
    step = compiled(
        STAGE.format(deploy="", verify=verify), "metrics: {Errors: {http: u}}"
    ).step("Verify")
    assert (Http(url="u", idempotent=True), "< 1") == (
        step.probe,
        step.expectations[0].value,
    )


def test_gates_of_triggers_must_not_hold(compiled):
    """A symptom with a number and a probe is watched over the whole rollout."""
    result = compiled(
        """
        ## Stage 1: A
        - [ ] Do it

        ## Rollback triggers
        - Error rate > 5%
        - Customers complain
        """,
        "metrics: {Error rate: {http: u}}",
    )
    trigger = result.plan.triggers[0]
    assert (Holds.MUST_NOT, "Error rate", 5) == (
        trigger.holds,
        trigger.metric,
        trigger.condition.value,
    )
    assert "Customers complain" in result.only("GNG310").message
