"""Change windows and failing steps: from bindings and calendars into the plan."""

from datetime import date, timedelta

import pytest

from gonogo.document import Beside, compile_document
from gonogo.document.calendar import NoCalendar, days_of
from gonogo.model.plan import OnFailure
from gonogo.testing.plans import Dice, draw_plan

DOCUMENT = b"""# Rollout

## Stage 1: First

- [ ] Warm the cache

## Stage 2: Second

- [ ] Deploy the code
"""
EVENTS = """BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20261227
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART:20261231T220000Z
DTEND:20261231T230000Z
END:VEVENT
"""


def ics(events=EVENTS):
    """A calendar file."""
    body = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{events}END:VCALENDAR\n"
    return body.replace("\n", "\r\n").encode()


def compiled(text, files=None):
    """What the document compiles to with these bindings."""
    files = files or {}
    return compile_document(
        DOCUMENT,
        name="r.md",
        beside=Beside(name="r.bindings.yaml", text=text),
        calendars=lambda name: files.get(name, "no such file or directory"),
    )[1]


def told(text, files=None):
    """The errors of these bindings, with where they stand."""
    errors = [d for d in compiled(text, files).diagnostics if d.severity == "error"]
    return [f"{d.path}: {d.message}" for d in errors]


DAILY = "rule: FREQ=DAILY;BYHOUR=9, for: 8h, zone: Europe/Berlin"


def test_windows_of_plan_and_stage_stand_where_they_are_bound():
    """One alone counts as a list of one."""
    plan = compiled(
        f"""
windows: {{{DAILY}, from: 2026-01-05, except: [2026-12-31, 2026-12-24]}}
stages: {{"Stage 2: Second": {{windows: [{{{DAILY}}}]}}}}
"""
    ).plan
    (window,) = plan.windows
    assert ("FREQ=DAILY;BYHOUR=9", timedelta(hours=8), "Europe/Berlin") == (
        window.rule,
        window.duration,
        window.zone,
    )
    assert (date(2026, 1, 5), (date(2026, 12, 24), date(2026, 12, 31))) == (
        window.start,
        window.closed,
    )
    assert [0, 1] == [len(stage.windows) for stage in plan.stages]


def test_holidays_of_a_calendar_are_days_of_the_plan_and_of_its_digest():
    """Another calendar is another plan."""
    text = f"windows: [{{{DAILY}, holidays: de.ics, except: [2026-12-24]}}]"
    plan = compiled(text, {"de.ics": ics()}).plan
    days = [day.isoformat() for day in plan.windows[0].closed]
    assert ["2026-12-24", "2026-12-25", "2026-12-26", "2026-12-31"] == days
    other = compiled(text, {"de.ics": ics("")}).plan
    assert plan.digest != other.digest


WRONG = {
    "no such file": (
        f"windows: [{{{DAILY}, holidays: de.ics}}]",
        "no such file or directory",
    ),
    "no calendar": (f"windows: [{{{DAILY}, holidays: bad.ics}}]", "no calendar"),
    "no rule": ("windows: [{rule: daily, for: 8h, zone: UTC}]", "FREQ="),
    "no zone": ("windows: [{rule: FREQ=DAILY, for: 8h, zone: Berlin}]", "no time zone"),
    "no day": (f"windows: [{{{DAILY}, except: [2026-02-30]}}]", "day of the calendar"),
    "never": (
        "windows: [{rule: FREQ=DAILY;COUNT=1, for: 1h, zone: UTC, except: 2024-01-01}]",
        "never opens",
    ),
    "never with the plan's": (
        """
windows: [{rule: FREQ=DAILY;BYHOUR=9, for: 1h, zone: UTC}]
stages: {line 7: {windows: {rule: FREQ=DAILY;BYHOUR=10, for: 1h, zone: UTC}}}
""",
        "together with those of the plan never",
    ),
    "no such stage": (
        f"stages: {{Third: {{windows: [{{{DAILY}}}]}}}}",
        "No stage 'Third'",
    ),
    "no such way on": ("on_failure: wait", "'back' or 'ask'"),
}


@pytest.mark.parametrize(("text", "why"), WRONG.values(), ids=WRONG)
def test_window_that_can_never_be_is_said_with_its_place(text, why):
    """Before the rollout begins, and not at night."""
    (one,) = told(text, {"bad.ics": b"\xff\x00 no calendar at all"})
    assert why in one


def test_window_that_is_left_open_wants_its_rule_span_and_zone():
    """All three are missing: all three are said."""
    assert ["rule", "for", "zone"] == [
        key
        for key in ("rule", "for", "zone")
        if any(f"'{key}' is missing" in one for one in told("windows: [{}]"))
    ]


def test_failing_steps_ask_where_the_bindings_say_so():
    """Of the plan, and of one step otherwise."""
    plan = compiled(
        """
on_failure: ask
steps:
  Warm the cache: {shell: ./warm.sh, on_failure: back}
  Deploy the code: {shell: {run: ./deploy.sh, undo: none}}
"""
    ).plan
    steps = [step for stage in plan.stages for step in stage.steps]
    assert (OnFailure.ASK, [OnFailure.BACK, None]) == (
        plan.on_failure,
        [step.on_failure for step in steps],
    )


def test_calendar_of_more_days_than_holidays_is_refused():
    """Every day of sixteen years is no holiday."""
    daily = "BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY\n"
    with pytest.raises(NoCalendar, match="more than 2000 days"):
        days_of(ics(f"{daily}END:VEVENT\n"))


def test_event_that_recurs_is_written_out_to_the_end_of_2035():
    """A plan holds days, and no rules of a calendar."""
    yearly = "BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:19700501\nRRULE:FREQ=YEARLY\n"
    days = days_of(ics(f"{yearly}END:VEVENT\n"))
    assert (date(2020, 5, 1), date(2035, 5, 1), 16) == (days[0], days[-1], len(days))


def test_plan_without_windows_has_the_digest_that_it_had_before_there_were_any():
    """A rollout in flight goes on under the digest that was approved."""
    deploy = "Deploy the code: {shell: {run: ./deploy.sh, undo: none}}"
    plan = compiled(f"service: x\nsteps: {{{deploy}}}").plan
    # As the version before change windows sealed this very document.
    before = "sha256:2dfb0b98df200f24c8a5177394d6d6038b5255d3ca242c881f5f181208bcface"
    assert before == plan.digest


def test_digest_covers_windows_and_what_a_failure_leads_to():
    """What an approver consents to includes when, and what on failure."""
    plain = compiled("service: x").plan
    timed = compiled(f"service: x\nwindows: [{{{DAILY}}}]").plan
    asking = compiled("service: x\non_failure: ask").plan
    assert 3 == len({plain.digest, timed.digest, asking.digest})


def test_drawn_plans_have_windows_so_that_the_simulation_waits():
    """Else the laws about them would hold of nothing."""
    drawn = [draw_plan(Dice("windows", seed)) for seed in range(40)]
    assert any(plan.windows for plan in drawn)
    assert any(stage.windows for plan in drawn for stage in plan.stages)
