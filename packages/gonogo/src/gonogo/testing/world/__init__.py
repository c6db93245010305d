"""
A simulated world in virtual time that drives the real machine, and judges it.

The world keeps its own truth: which changes really stand, how often each was really
made. Everything that goes wrong in it is drawn from a seed: probes hang, err and lie;
actions fail, in part or altogether; undos fail; people are silent, early, late, wrong,
or refuse; somebody pauses or aborts; reports come twice, late and out of order; and
the runner dies between any two of 'decided', 'journaled', 'performed' and 'reported'.

    python -m gonogo.testing.world --seed 4711
    python -m gonogo.testing.world --runs 10000
"""

from gonogo.testing.world.campaign import main
from gonogo.testing.world.driver import World, world_of
from gonogo.testing.world.script import CALM, WEATHERS, Weather

__all__ = ["CALM", "WEATHERS", "Weather", "World", "main", "world_of"]
