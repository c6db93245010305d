"""Control as a person has it: freeze, thaw, retry, skip, and change windows."""

import json

ASKS = {"bindings": "on_failure: ask", "prepare": "test -e never"}


def step_of(shop, title):
    """The id of a step by its title."""
    shown = json.loads(shop.gonogo("explain", "rollout.md", "--json", status=0).stdout)
    steps = [s for stage in shown["plan"]["stages"] for s in stage["steps"]]
    return next(s["id"] for s in steps if title in s["title"])


def test_line_that_is_stopped_holds_a_rollout_from_its_start_until_it_is_released(shop):
    """Freeze before the first rollout; it begins frozen, and goes on after a thaw."""
    shop.write()
    shop.gonogo("freeze", "--service", "shop", "--reason", "incident", status=0)
    shop.gonogo("run", "rollout.md")
    assert not (shop.folder / "copy.txt").exists()
    status = shop.gonogo("status", status=0).stdout
    assert "the line is stopped for shop, by carol" in status
    assert "FROZEN" in status
    assert "not paused" in shop.gonogo("resume", status=2).stderr
    assert "never stopped for everything" in shop.gonogo("thaw", status=2).stderr
    told = shop.gonogo("thaw", "--service", "shop", "--as", "ada", status=0).stdout
    assert "told: shop-test-1" in told
    shop.gonogo("run", "rollout.md", "--pace", "3600", status=0)
    assert "stopped" not in shop.gonogo("status", status=0).stdout


def test_journal_of_the_line_is_verified_and_shown_but_is_no_rollout(shop):
    """It is evidence, and no row of the table."""
    shop.gonogo("freeze", "--reason", "quarter end", status=0)
    shop.gonogo("thaw", status=0)
    verified = shop.gonogo("journal", "verify", "--all", status=0).stdout
    assert "OK the line: 2 records" in verified
    shown = shop.gonogo("journal", "show", "the line", status=0).stdout
    assert "stopped the line for everything: quarter end" in shown
    assert [] == json.loads(shop.gonogo("status", "--json", status=0).stdout)


def test_failed_step_is_retried_or_left_out_by_two(shop):
    """The plan asks instead of turning back."""
    shop.write(**ASKS)
    step = step_of(shop, "Copy the flag")
    run = ("run", "rollout.md", "--pace", "3600")
    shop.gonogo(*run)
    assert "retry" in shop.gonogo("status", status=0).stdout
    told = shop.gonogo("retry", step, "--reason", "again", status=0).stdout
    assert f"has {step} of shop-test-1 tried again" in told
    shop.gonogo(*run)
    (shop.folder / "copy.txt").write_bytes(shop.flag())
    shop.gonogo("skip", step, "--reason", "done before", "--as", "ada", status=0)
    shop.gonogo(*run)
    answer = ("answer", f"{step}/skip", "yes", "--as")
    assert "of their own" in shop.gonogo(*answer, "ada", status=2).stderr
    assert "of their own" in shop.gonogo(*answer, "carol", status=2).stderr
    shop.gonogo(*answer, "bob", status=0)
    shop.gonogo(*run, status=0)
    shop.gonogo("report", "-o", "out", status=0)
    report = (shop.folder / "out" / "report.md").read_text()
    assert "skipped by ada and bob: done before" in report


def test_skip_and_retry_say_why_they_may_not_be(shop):
    """There is no fast-forward, and a step has to be named."""
    shop.write(after="## Stage 3: Look\n\n- [ ] Verify that the shop looks right\n")
    shop.gonogo("run", "rollout.md", "--pace", "3600")
    soak = step_of(shop, "Monitor")
    question = step_of(shop, "looks right")
    refused = shop.gonogo("skip", soak, "--reason", "hurry", status=2).stderr
    assert "fast-forward is forbidden" in refused
    assert "name one step" in shop.gonogo("retry", status=2).stderr
    assert "under way" in shop.gonogo("retry", question, status=2).stderr


def test_rollout_outside_its_window_waits_and_says_until_when(shop):
    """Nothing is done; status, explain and the plan file name the window."""
    past = "{rule: 'FREQ=DAILY;COUNT=1', for: 1h, zone: Europe/Berlin}"
    shop.write(bindings=f"windows: [{past}]")
    explained = shop.gonogo("explain", "rollout.md", status=0).stdout
    assert "FREQ=DAILY;COUNT=1 for 1 h, Europe/Berlin" in explained
    running = shop.start("run", "rollout.md")
    lines = iter(running.stdout.readline, "")
    assert any("no change window ever opens again" in line for line in lines)
    status = shop.gonogo("status", status=0).stdout
    running.terminate()
    running.communicate(timeout=30)
    assert "waits for the change window of 'Stage 1: Prepare': it never opens" in status
    assert not (shop.folder / "copy.txt").exists()


def test_holidays_are_read_beside_the_document(shop):
    """A calendar that is missing is said, with its place."""
    daily = "{rule: FREQ=DAILY, for: 1d, zone: UTC, holidays: days.ics}"
    shop.write(bindings=f"windows: [{daily}]")
    refused = shop.gonogo("lint", "rollout.md")
    assert "'days.ics' is no calendar of holidays" in refused.stdout + refused.stderr
    event = "BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20261224\nEND:VEVENT\n"
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{event}END:VCALENDAR\n"
    (shop.folder / "days.ics").write_text(text)
    plan = shop.gonogo("compile", "rollout.md", status=0).stdout
    assert "2026-12-24" in plan
