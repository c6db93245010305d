"""Each piece of the kit stands alone: importing one loads nothing else."""

import subprocess
import sys

import pytest

LOADED = """
import sys
import {piece}
print(*sorted(n for n in sys.modules if n.split(".")[0] in {packages}))
"""

PACKAGES = {"hardening", "gonogo", "gonogo_flags"}
OWN = {"hardening.retry": {"hardening.core", "hardening.retry"}}


@pytest.mark.parametrize("piece", OWN)
def test_importing_a_piece_loads_no_other(piece):
    """A service that needs one piece pays for one piece."""
    program = LOADED.format(piece=piece, packages=PACKAGES)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    names = {".".join(name.split(".")[:2]) for name in done.stdout.split()}
    assert OWN[piece] | {"hardening"} == names
