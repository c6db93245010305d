"""Attributes: what the opening line of a fence says about its block."""

import pytest

from gonogo.document.reader.commands.attributes import attributes


@pytest.mark.parametrize(
    ("info", "lang"),
    [
        ("", ""),
        ("bash", "bash"),
        ("Bash", "bash"),
        ("{.sh}", "sh"),
        ("{.sh .numbered}", "sh"),
        ("sh { name=a }", "sh"),
        ('sh {"name":"a"}', "sh"),
        ("{ name=a }", ""),
        ("c++", "c++"),
    ],
)
def test_the_first_word_is_the_language(info, lang):
    """The language stands first, with or without Pandoc's dot; an option is none."""
    assert lang == attributes(info).lang


@pytest.mark.parametrize(
    "info",
    [
        "sh { name=deploy-now }",
        'sh { name="deploy-now" }',
        "sh {name='deploy-now', interactive=false}",
        'sh {"name":"deploy-now","interactive":"false"}',
        'sh {"name":"deploy-now","interactive":false}',
    ],
)
def test_a_name_is_read_in_both_forms(info):
    """Options are pairs or JSON; what is off keeps nothing from running."""
    said = attributes(info)
    assert ("deploy-now", None) == (said.name, said.why_not)


@pytest.mark.parametrize(
    "option", ["interactive", "background", "excludeFromRunAll", "promptEnv"]
)
def test_an_option_that_needs_a_person_keeps_the_block_from_running(option):
    """Both forms of 'true' say it, and the reason names what is meant."""
    assert attributes(f"sh {{ {option}=true }}").why_not
    assert attributes(f'sh {{"{option}":true}}').why_not
    assert attributes(f"sh {{ {option}=false }}").why_not is None


@pytest.mark.parametrize(
    ("info", "front_matter", "cwd"),
    [
        ("sh", "title: x", None),
        ("sh { cwd=app }", "", "app"),
        ("sh", "cwd: ..", ".."),
        ("sh { cwd=.. }", "cwd: /srv/app", "/srv"),
        ("sh { cwd=/opt }", "cwd: /srv", "/opt"),
    ],
)
def test_folders_follow_one_another(info, front_matter, cwd):
    """The document's folder comes first, and the block's is taken from there."""
    assert cwd == attributes(info, front_matter).cwd


@pytest.mark.parametrize(
    ("shell", "runs"), [("bash", True), ("/bin/sh", True), ("zsh", False)]
)
def test_a_document_for_another_shell_is_not_run_with_bash(shell, runs):
    """Scripts written for another shell are not handed to this one."""
    assert runs is (attributes("sh", f"shell: {shell}").why_not is None)


@pytest.mark.parametrize("info", ["sh {", "sh }{", "sh {]}", 'sh {"a":}', "sh {=}"])
def test_broken_options_are_left_alone(info):
    """A slip of the pen in the braces is not an error of the document."""
    assert ("sh", None) == (attributes(info).lang, attributes(info).name)
