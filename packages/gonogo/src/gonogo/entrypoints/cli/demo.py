"""`gonogo demo`: the example of the source tree, to its end and then with a fault."""

import subprocess
from pathlib import Path

import click

import gonogo
from gonogo.entrypoints.cli.speaking import Refused

# packages/gonogo/src/gonogo/__init__.py, in a checkout.
CHECKOUT = Path(gonogo.__file__).resolve().parents[4]


@click.command("demo")
def command() -> int:
    """
    Run the example: to its end, then with a fault.

    A service, its database and its rollout document, small but real; with the fault
    it rolls itself back. It is part of the source tree, and needs what `make demo`
    installs there first.

    Examples:
      gonogo demo
      make demo
    """
    script = CHECKOUT / "scripts" / "demo"
    if not script.exists():
        text = (
            "the example is not here: it comes with the source tree of gonogo. Get "
            "that, and type `make demo` in it."
        )
        raise Refused(text)
    return subprocess.run([script], cwd=CHECKOUT, check=False).returncode  # noqa: S603
