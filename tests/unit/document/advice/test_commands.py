"""Advice about commands, and the variables and boxes around them."""

import pytest


def block(text, title="Stage 1: Deploy", lang="bash"):
    """Return a stage with one block, from line 5 of the document on."""
    return f"## {title}\n\n```{lang}\n{text}\n```\n\n"


def test_the_same_command_in_two_stages_is_named(advised):
    """The second place is named, with the first."""
    document = block("./deploy.sh v2") + block("./deploy.sh v2", "Stage 2: Enable")
    assert [("GNG450", 11)] == advised(document)


def test_two_commands_that_differ_in_spaces_are_one(advised):
    """Indentation makes no other command."""
    document = block("./deploy.sh v2") + block("./deploy.sh   v2", "Stage 2: Enable")
    assert [("GNG450", 11)] == advised(document)


def test_a_command_that_may_be_repeated_is_not_named(advised):
    """'idempotent: true' says that a repeat is meant."""
    document = block("./deploy.sh v2") + block("./deploy.sh v2", "Stage 2: Enable")
    bindings = (
        "steps: {line 5: {shell: {idempotent: true}}, "
        "line 11: {shell: {idempotent: true}}}"
    )
    assert [] == advised(document, bindings)


SECRETS = {
    "an assignment": ("PGPASSWORD=hunter22 ./migrate.sh", True),
    "an option": ("deploy --token abcdef123456", True),
    "a URL": ("psql postgres://cart:hunter22@db/cart -c 'select 1'", True),
    "a header": ("curl -H 'Authorization: Bearer abcdef0123456789' http://cart", True),
    "a variable": ('PGPASSWORD="$PASSWORD" ./migrate.sh', False),
    "the name of a secret": ("vault read --secret=CART_TOKEN", False),
    "to be filled in": ("deploy --token your-token-here", False),
    "an example": ("psql postgres://user:password@db/cart -c 'select 1'", False),
}


@pytest.mark.parametrize(("text", "found"), SECRETS.values(), ids=SECRETS)
def test_a_secret_in_a_command_is_named_and_a_reference_is_not(advised, text, found):
    """What stands for a secret is none."""
    bindings = "values: {PASSWORD: {env: PASSWORD}}"
    codes = [code for code, _ in advised(block(text), bindings)]
    assert found == ("GNG452" in codes)


PLACES = {
    "production from staging": ("Deploy to staging", "https://prod.cart.net/x", True),
    "staging from production": ("Deploy to production", "https://stg.cart.net/", True),
    "its own": ("Deploy to staging", "https://staging.cart.net/x", False),
    "both": ("Copy production to staging", "https://prod.cart.net/x", False),
    "neither": ("Deploy", "https://prod.cart.net/x", False),
    "part of a word": ("Deploy to staging", "https://products.cart.net/x", False),
}


@pytest.mark.parametrize(("title", "url", "found"), PLACES.values(), ids=PLACES)
def test_a_stage_reaches_its_own_environment(advised, title, url, found):
    """A host of production in a staging stage was copied there."""
    codes = [code for code, _ in advised(block(f"curl {url}", f"Stage 1: {title}"))]
    assert found == ("GNG453" in codes)


VARIABLES = {
    "nowhere": ('./deploy.sh "$RELEASE"', True),
    "in braces": ('./deploy.sh "${RELEASE}"', True),
    "here": ("RELEASE=v2\n./deploy.sh $RELEASE", False),
    "exported": ("export RELEASE=v2\n./deploy.sh $RELEASE", False),
    "by a loop": ("for RELEASE in a b; do ./deploy.sh $RELEASE; done", False),
    "with a default": ("./deploy.sh ${RELEASE:-v2}", False),
    "in single quotes": ("./deploy.sh '$RELEASE'", False),
    "escaped": ("./deploy.sh \\$RELEASE", False),
    "in a comment": ("./deploy.sh  # with $RELEASE", False),
    "by the shell": ("./deploy.sh $HOME", False),
    "by another file": ("source ./env.sh\n./deploy.sh $RELEASE", False),
}


@pytest.mark.parametrize(("text", "found"), VARIABLES.values(), ids=VARIABLES)
def test_a_variable_that_nothing_sets_is_named(advised, text, found):
    """Only what bash would fill in counts, and only if it has no value from here."""
    assert found == (("GNG451", 5) in advised(block(text)))


def test_a_bound_variable_is_set(advised):
    """A binding checks it before the rollout begins."""
    bindings = "values: {RELEASE: {env: RELEASE}}"
    assert [] == advised(block('./deploy.sh "$RELEASE"'), bindings)


def test_a_variable_is_named_once(advised):
    """The first use is enough to set it right."""
    document = block("./a $RELEASE") + block("./b $RELEASE", "Stage 2: Enable")
    assert [("GNG451", 5)] == advised(document)


def test_the_first_ticked_box_of_each_stage_is_named(advised):
    """A stage full of ticks is one remark."""
    document = (
        "## Stage 1: A\n\n- [x] Do this\n- [x] Do that\n\n"
        "## Stage 2: B\n\n- [ ] Do this\n- [x] Do that\n"
    )
    assert [("GNG460", 5), ("GNG460", 11)] == advised(document)
