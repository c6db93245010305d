"""Ways back, the incident response, contacts: what happens when things go wrong."""

from datetime import timedelta

from gonogo.model.operation import KillFlags, Shell
from gonogo.model.plan import Contact

STAGE = """
    ## Stage 1: Enable
    - [ ] Enable it {enable}

    {rollback}
"""
SECTION = """### Rollback
    ```bash
    ./off.sh
    ```
"""


def test_the_rollback_section_of_a_stage_is_its_way_back(compiled):
    """The commands that the document gives are run, whoever did the step."""
    stage = compiled(STAGE.format(enable="", rollback=SECTION)).plan.stages[0].rollback
    assert Shell(run="./off.sh") == stage.operation
    assert "./off.sh" in stage.text


def test_actions_that_undo_themselves_need_no_section(compiled):
    """The recorded undos are more exact than a script written beforehand."""
    enable = "<!-- gonogo: {shell: {run: ./on.sh, undo: ./undo.sh}} -->"
    result = compiled(STAGE.format(enable=enable, rollback=SECTION))
    assert result.plan.stages[0].rollback.operation is None
    assert "GNG303" not in result.codes


def test_a_binding_overrides_the_section(compiled):
    """A binding says better what the way back is."""
    result = compiled(
        STAGE.format(enable="", rollback=SECTION),
        """
        values: {FLAGS: {env: FLAGS}}
        rollbacks:
          "Stage 1: Enable": {kill_flags: {file: $FLAGS, flags: [a]}}
        """,
    )
    assert KillFlags(file="$FLAGS", flags=("a",)) == (
        result.plan.stages[0].rollback.operation
    )


def test_a_way_back_may_be_covered_or_asked(compiled):
    """`covered` and `ask` leave the section unrun, and are no missing way back."""
    enable = "<!-- gonogo: {shell: ./on.sh} -->"
    for way in ("covered: true", "ask: true"):
        result = compiled(
            STAGE.format(enable=enable, rollback=SECTION),
            f"rollbacks: {{line 1: {{{way}}}}}",
        )
        assert result.plan.stages[0].rollback.operation is None
        assert [] == result.codes


def test_a_comment_beside_the_heading_binds_the_way_back(compiled):
    """The binding stands where the section stands."""
    section = SECTION.replace(
        "### Rollback", "### Rollback <!-- gonogo: {covered: true} -->"
    )
    result = compiled(STAGE.format(enable="", rollback=section))
    assert result.plan.stages[0].rollback.operation is None


def test_a_stage_with_an_action_and_no_way_back_is_a_warning(compiled):
    """Nothing is done whose way back is not known."""
    enable = "<!-- gonogo: {shell: ./on.sh} -->"
    told = compiled(STAGE.format(enable=enable, rollback="")).only("GNG303")
    assert (1, "warning") == (told.line, told.severity)


def test_a_box_in_a_way_back_is_no_step(compiled):
    """What is ticked after rolling back is not ticked on the way forward."""
    section = SECTION + "    - [ ] Verify that it is off\n"
    result = compiled(STAGE.format(enable="", rollback=section))
    assert ["question"] == result.kinds
    assert "Rollback" in result.only("GNG311").message


INCIDENT = """
    ## Stage 1: Enable
    - [ ] Enable it

    ## Emergency Contacts
    | Issue | Contact | Method |
    |-------|---------|--------|
    | App down | @alok | Slack |

    ## Incident Response
    1. **Immediately:** Disable feature flag(s)
       ```bash
       ./kill.sh
       ```
    2. **Within 5 minutes:**
       - Page on-call
       - Create incident ticket
"""


def test_the_incident_response_becomes_tasks_with_deadlines(compiled):
    """'Immediately' is run, what people do is asked with its time."""
    tasks = compiled(INCIDENT).plan.incident
    assert [timedelta(), timedelta(minutes=5)] == [task.within for task in tasks]
    assert "./kill.sh" == tasks[0].operation.run
    assert ("Page on-call", "Create incident ticket") == tasks[1].items
    assert tasks[1].operation is None


def test_a_binding_says_what_immediately_does(compiled):
    """A flag killed by gonogo is off sooner than any script."""
    result = compiled(
        INCIDENT,
        """
        values: {FLAGS: {env: FLAGS}}
        incident:
          Disable feature flag(s): {kill_flags: {file: $FLAGS, flags: [A, B]}}
          Create incident ticket: {http: {url: "https://tickets", method: POST}}
        """,
    )
    tasks = {task.title: task for task in result.plan.incident}
    assert ("A", "B") == tasks["Disable feature flag(s)"].operation.flags
    assert "POST" == tasks["Create incident ticket"].operation.method
    assert ("Page on-call",) == tasks["Within 5m"].items


def test_contacts_are_kept_for_the_people_who_are_called(compiled):
    """Whom to call about what stands in the plan."""
    assert (Contact(line=7, issue="App down", contact="@alok", method="Slack"),) == (
        compiled(INCIDENT).plan.contacts
    )


def test_the_service_is_what_the_document_says(compiled):
    """'**Service:**' near the top, else the title; a binding overrides both."""
    document = "# Rollout of X\n\n**Service:** qc-flow\n\n## Stage 1: A\n- [ ] Do it\n"
    assert "qc-flow" == compiled(document).plan.service
    assert "b" == compiled(document, "service: b").plan.service
    bare = document.replace("**Service:** qc-flow", "Some words.")
    plan = compiled(bare).plan
    assert ("Rollout of X", "Rollout of X", "production") == (
        plan.service,
        plan.title,
        plan.environment,
    )
