"""Box words: the words of an item tell a deed from a check."""

import pytest

from gonogo.document.kinds import BoxKind
from gonogo.document.reader.box_words import kind_by_words
from gonogo.document.reader.read import read


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Deploy the build", BoxKind.DO),
        ("Tune the policy", BoxKind.DO),
        ("Week 4: Implement the next batch", BoxKind.DO),
        ("docs/architecture.md - update the flow", BoxKind.DO),
        ("Verify the health page", BoxKind.VERIFY),
        ("Build succeeds", BoxKind.VERIFY),
        ("Contact import resumes normally", BoxKind.VERIFY),
        ("Login works: open a session", BoxKind.VERIFY),
        ("Release notes prepared", BoxKind.VERIFY),
        ("Approval queue loads", BoxKind.VERIFY),
        ("Order updates correctly", BoxKind.VERIFY),
        ("Tests pass: `make test`", BoxKind.VERIFY),
        ("Open /orders, verify that the list loads", BoxKind.VERIFY),
        ("Order page (17): Go to /orders, verify it loads", BoxKind.VERIFY),
        ("Schedule a window if needed", BoxKind.DO),
        ("Document lessons learned", BoxKind.DO),
        ("If there are two hosts, set `HOSTS`", BoxKind.DO),
        ("Atualizar a documentação", BoxKind.DO),
        ("Onboard the partners", BoxKind.DO),
        ("Consent fields are stored", BoxKind.VERIFY),
        ("Consent from the owner", BoxKind.APPROVE),
        ("Approval by the owner", BoxKind.APPROVE),
        ("Monitor for 2 hours", BoxKind.WAIT),
    ],
)
def test_words_tell_what_ticking_an_item_means(text, kind):
    """An order is a deed, a state a check, a span a wait, a consent an approval."""
    assert kind is kind_by_words(text)


def kinds(text):
    """Return the kinds of a document's boxes."""
    return [box.kind.value for box in read(text.encode(), "d.md").boxes]


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ("Current revision: `git log -1`", "verify"),
        ("Stage: `git add .`", "do"),
        ("`rm -r build`", "do"),
        ("Kill switch works: `touch kill.flag` → runner halts", "verify"),
    ],
)
def test_a_box_that_is_a_command_means_what_the_command_does(item, kind):
    """A command that looks is a check, any other a deed."""
    assert [kind] == kinds(f"# R\n\n- [ ] {item}\n")


def test_a_mere_name_means_what_its_group_says():
    """The files of 'Remove the flag from:' are deeds, those of 'Check:' are not."""
    names = "  - [ ] `src/a.py`\n  - [ ] createOrder\n"
    assert ["group", "do", "do"] == kinds(f"- [ ] Remove the flag from:\n{names}")
    assert ["group", "verify", "verify"] == kinds(f"- [ ] Check:\n{names}")


def test_an_order_in_bold_is_no_group_of_its_remarks():
    """Only boxes below, or a colon, make a group of what is an order."""
    assert ["do"] == kinds("- [ ] **Create a backup**\n  - in the evening\n")
    assert ["group"] == kinds("- [ ] **Traffic shape**\n  - new patterns\n")
    assert ["group", "verify"] == kinds("- [ ] **Run it**\n  - [ ] Page loads\n")


def test_what_is_watched_may_be_named_alone():
    """'Push notifications' under a test are looked at."""
    assert ["verify"] == kinds("## Smoke tests\n\n- [ ] Push notifications\n")
    assert ["do"] == kinds("## Smoke tests\n\n- [ ] Push the tag\n")


def test_the_steps_of_a_way_back_are_no_triggers():
    """A title that says when is a trigger's; the procedure below it is not."""
    text = "## Rollback if production breaks\n\n### Immediate rollback\n\n- [ ] Revert it\n"
    assert ["do"] == kinds(text)
    assert ["trigger"] == kinds("## Rollback triggers\n\n- [ ] Errors on login\n")


def test_a_role_under_a_sign_off_approves():
    """A box that holds a role alone is ticked by that role."""
    assert ["approve"] == kinds("## Sign-offs\n\n- [ ] QA Team\n")
    assert ["verify"] == kinds("## Step 1\n\n- [ ] QA Team\n")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Transfer creates an entry", BoxKind.VERIFY),
        ("Sync protocol functional", BoxKind.VERIFY),
        ("GET /up on the API returns 200", BoxKind.VERIFY),
        ("Post-apply verification:", BoxKind.VERIFY),
        ("Mail/push flow is verified if enabled", BoxKind.VERIFY),
        ("On the platform → trigger a build", BoxKind.DO),
        ("Restart count: 0 (no crashes)", BoxKind.VERIFY),
        ("Restart the host: 2 at a time", BoxKind.DO),
        ("Kick off the follow-ups", BoxKind.DO),
        ("Transfer the files", BoxKind.DO),
        ("Run the script", BoxKind.DO),
        ("Get the token", BoxKind.DO),
    ],
)
def test_a_subject_is_told_from_an_order(text, kind):
    """The same word is a deed before an object, and a subject before a verb."""
    assert kind is kind_by_words(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("**G1 = ROLLBACK** → go back", BoxKind.CHOICE),
        ("Gate A: GO", BoxKind.CHOICE),
        ("Any test fails → do not continue", BoxKind.TRIGGER),
        ("Any box fails: stop", BoxKind.TRIGGER),
        ("Any failed job is listed", BoxKind.VERIFY),
        ("Go to the page", BoxKind.DO),
    ],
)
def test_a_decision_is_told_from_a_check(text, kind):
    """What a gate may come to is chosen; what makes one stop is a trigger."""
    assert [kind] == kinds(f"## Step 1: Deploy\n\n- [ ] {text}\n")
