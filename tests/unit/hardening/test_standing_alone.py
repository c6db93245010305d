"""Each piece of the kit stands alone: importing one loads nothing else."""

import subprocess
import sys
from importlib import import_module

import pytest

LOADED = """
import sys
import {piece}
print(*sorted(n for n in sys.modules if n.split(".")[0] in {packages}))
"""

PACKAGES = {"hardening", "gonogo", "gonogo_flags"}
OWN = {
    "hardening.breaker": {"hardening.core", "hardening.breaker"},
    "hardening.breaker.redis": {"hardening.core", "hardening.breaker"},
    "hardening.cache": {"hardening.core", "hardening.cache"},
    "hardening.counters": {"hardening.core", "hardening.counters"},
    "hardening.csv": {"hardening.core", "hardening.csv"},
    "hardening.dashboard": {"hardening.core", "hardening.dashboard"},
    "hardening.dedup": {"hardening.core", "hardening.dedup"},
    "hardening.graphql_cache": {"hardening.core", "hardening.graphql_cache"},
    "hardening.grpc": {"hardening.core", "hardening.grpc"},
    "hardening.http": {"hardening.core", "hardening.http"},
    # Its names are loaded one by one, when they are used.
    "hardening.jobs": {"hardening.jobs"},
    "hardening.locks": {"hardening.core", "hardening.locks"},
    "hardening.logs": {"hardening.core", "hardening.logs"},
    "hardening.metrics": {"hardening.core", "hardening.metrics"},
    "hardening.pool": {"hardening.core", "hardening.pool"},
    "hardening.prompts": {"hardening.core", "hardening.prompts"},
    "hardening.retry": {"hardening.core", "hardening.retry"},
    "hardening.webhooks": {"hardening.core", "hardening.webhooks"},
}


@pytest.mark.parametrize("piece", OWN)
def test_importing_a_piece_loads_no_other(piece):
    """A service that needs one piece pays for one piece."""
    program = LOADED.format(piece=piece, packages=PACKAGES)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    names = {".".join(name.split(".")[:2]) for name in done.stdout.split()}
    assert OWN[piece] | {"hardening"} == names - {"hardening.lazily"}


@pytest.mark.parametrize("piece", ["cache", "csv", "jobs", "logs"])
def test_a_name_that_is_loaded_when_it_is_used_is_there(piece):
    """All that a piece offers can be imported from it, and nothing else can."""
    package = import_module(f"hardening.{piece}")
    assert all(getattr(package, name) for name in package.__all__)
    assert sorted(package.__all__) == dir(package)
    with pytest.raises(AttributeError, match=f"hardening.{piece}.*'nothing'"):
        package.nothing  # noqa: B018 - the look is the point
