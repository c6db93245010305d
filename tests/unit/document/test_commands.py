"""Commands: nothing runs that needs a person, never ends, or is not tagged."""

import pytest

from gonogo.document.kinds import CommandRole
from gonogo.document.reader.commands.command_effects import is_acting, is_looking
from gonogo.document.reader.read import read


def one(lang, body, heading="## Step 1: Deploy"):
    """Return the only command of a small document."""
    text = f"# Plan\n\n{heading}\n\n```{lang}\n{body}\n```\n"
    (command,) = read(text.encode(), "plan.md").commands
    return command


@pytest.mark.parametrize(
    ("lang", "body"),
    [
        ("", "make deploy"),
        ("text", "make deploy"),
        ("bash", "# only a remark"),
        ("bash", "deploy --app <your-app>"),
        ("bash", "deploy --token YOUR_TOKEN"),
        ("bash", "tail -f app.log"),
        ("bash", "watch kubectl get pods"),
        ("bash", "kubectl logs --follow web"),
        ("bash", "kubectl port-forward svc/web 80:80"),
        ("bash", "docker exec -it web sh"),
        ("bash", "psql"),
        ("bash", "nano .env"),
        ("bash", "ssh deploy@host.internal"),
        ("bash", "make a\n# Or\nmake b"),
        ("bash", "make a\n# Option 2: by hand\nmake b"),
        ("bash", "FEATURE_NEW=false"),
        ("bash", "rails console"),
        ("bash", "deploy ..."),
        ("bash", "# DO NOT RUN\nmake clean"),
        ("sql", "-- see the other file"),
        ("sql", "DELETE FROM t WHERE id = '<id>';"),
        ("yaml", "a: 1"),
        ("python", "print(1)"),
    ],
)
def test_a_block_that_needs_a_person_does_not_run(lang, body):
    """What waits, never ends, is a choice or has a gap is kept from running."""
    command = one(lang, body)
    assert (False, True) == (command.runnable, bool(command.why_not))


@pytest.mark.parametrize(
    ("lang", "body"),
    [
        ("bash", "make deploy"),
        ("sh", "export A=1\nmake deploy"),
        ("bash", "psql -c 'select 1'"),
        ("bash", "ssh deploy@host.internal 'uptime'"),
        ("bash", 'curl -s "$APP_URL/health"'),
        ("bash", "tail -n 20 app.log"),
        ("sql", "SELECT 1;"),
    ],
)
def test_a_complete_tagged_block_runs(lang, body):
    """Tagged shell and SQL without gaps runs, and says no reason against it."""
    command = one(lang, body)
    assert (True, None) == (command.runnable, command.why_not)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("rm -rf /srv/old", "rm -rf"),
        ("git reset --hard HEAD~1", "reset --hard"),
        ("git push --force origin main", "--force"),
        ("redis-cli -h cache FLUSHALL", "FLUSHALL"),
        ("psql -c 'drop table t'", "drop table"),
    ],
)
def test_destructive_phrases_are_named(body, found):
    """A command that destroys is marked with the phrase that says so."""
    assert found in one("bash", body).destructive


@pytest.mark.parametrize(
    ("heading", "body", "role"),
    [
        ("## Step 1: Deploy", "make deploy", CommandRole.DO),
        ("## Verification", "make deploy", CommandRole.VERIFY),
        ("## Rollback", "make deploy", CommandRole.ROLLBACK),
        ("## Backout Command", "make deploy", CommandRole.ROLLBACK),
        ("## Quick Reference", "make deploy", CommandRole.REFERENCE),
        ("## Step 1: Deploy", "curl -s http://x/health", CommandRole.VERIFY),
    ],
)
def test_the_place_of_a_block_gives_it_its_role(heading, body, role):
    """The heading above decides the role, and without one the command does."""
    assert role == one("bash", body, heading).role


def test_an_expectation_binds_to_the_command_just_above():
    """A comment in the middle of a block judges the statement above it only."""
    command = one("bash", "a\n# Expected: OK\n\nb\nc\n# Expected: 3")
    assert [((6, 6), "OK"), ((9, 10), "3")] == [
        (e.judges, e.value) for e in command.expectations
    ]


def test_a_comment_on_top_of_a_command_judges_that_one():
    """What stands right on top of a command, with a gap above, speaks of it."""
    command = one("bash", "a\n\n# Count the failures (should be low)\nb")
    assert [(9, 9)] == [e.judges for e in command.expectations]


def test_a_box_does_not_judge_a_block_that_is_not_its_own():
    """A check in a list below a block may be about anything; it binds to its own."""
    text = "# R\n\n## Step 1\n\n```sh\nmake\n```\n\n- [ ] The API returns 200\n"
    (stated,) = read(text.encode(), "plan.md").expectations
    assert stated.command_line is None


@pytest.mark.parametrize(
    "body",
    [
        "scp a.php server:/path/to/project/",
        "curl https://api.yourdomain.com/health",
        "psql -c \"ALTER ROLE app PASSWORD 'CHANGE_ME_NOW'\"",
        "./restore.sh [migration-version]",
        "- Python 3.11\n- Redis 7",
    ],
)
def test_a_gap_without_angle_brackets_is_a_gap_too(body):
    """Example paths, domains and passwords keep a block from running."""
    assert not one("bash", body).runnable


@pytest.mark.parametrize(
    "body", ["[ -f app.pid ] && echo up", "echo ${A[0]}", "ls a[0-9]*", "test -d /srv"]
)
def test_shell_brackets_are_no_gaps(body):
    """Tests, subscripts and globs are shell, not gaps."""
    assert one("bash", body).runnable


@pytest.mark.parametrize(
    ("heading", "body", "role"),
    [
        ("## Smoke test", "git checkout main && git push", CommandRole.DO),
        ("## Smoke test", "cd app\nnpm run prod:deploy", CommandRole.DO),
        ("## Smoke test", "echo x | gcloud secrets versions add k", CommandRole.DO),
        ("## Smoke test", "npm run release:verify", CommandRole.VERIFY),
        ("## Smoke test", "echo | openssl s_client 2>/dev/null", CommandRole.VERIFY),
        ("## Smoke test", "make smoke", CommandRole.VERIFY),
        ("## Rollback examples", "make undo", CommandRole.REFERENCE),
        ("## Rollback from the example host", "make undo", CommandRole.ROLLBACK),
        ("## Step 1: Set", "# Required\nHOSTS=2\nNAME='x'", CommandRole.CONFIG),
        ("## Step 1: Set", "export HOSTS=2", CommandRole.DO),
        ("## Rollback", "FLAG=false", CommandRole.ROLLBACK),
    ],
)
def test_a_role_is_told_by_place_and_effect(heading, body, role):
    """What changes something is no check, an example is to be read, a setting to be put."""
    assert role is one("bash", body, heading).role


@pytest.mark.parametrize(
    ("lead", "lang", "body", "role"),
    [
        ("Expected body:", "json", '{"ok": true}', "sample_output"),
        ("Put this there:", "json", '{"ok": true}', "config"),
        ("Then:", "", "curl http://localhost/up", "verify"),
        ("Then:", "", "ready to serve", "reference"),
        ("In the console:", "js", "document.cookie", "verify"),
        ("In the source:", "js", "const a = 1", "reference"),
    ],
)
def test_an_untagged_call_and_an_answer_are_told_by_place(lead, lang, body, role):
    """Among tests what one types is a check; below 'Expected' a body is the answer."""
    text = f"# R\n\n## Smoke tests\n\n{lead}\n\n```{lang}\n{body}\n```\n"
    assert [role] == [c.role.value for c in read(text.encode(), "x").commands]


def test_a_sign_inside_quotes_writes_no_file():
    """What `echo` prints may hold a '>'; only one outside the quotes acts."""
    assert not is_acting(['test -f a && echo "<b>x</b>"'], "bash")
    assert is_acting(['echo "x" > a.txt'], "bash")


@pytest.mark.parametrize(
    "line", ["ruby -c app.rb", "php -l a.php", "terraform plan", "helm lint chart"]
)
def test_a_check_of_the_syntax_only_looks(line):
    """It is a check below 'All Ruby syntax valid', and has nothing to undo."""
    assert is_looking([line], "bash")


@pytest.mark.parametrize("line", ["ruby app.rb", "terraform apply", "helm upgrade a b"])
def test_what_runs_or_changes_something_does_not_only_look(line):
    """The same tools, at work."""
    assert not is_looking([line], "bash")
