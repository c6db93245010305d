"""
Simulation: what a rollout would do in a world that a script describes.

The machine that runs real rollouts decides here too, in virtual time; measurements,
actions, checks and people are answered as the script says, and nothing is touched.
"""

from gonogo.simulation.result import Ending, Simulation
from gonogo.simulation.simulate import simulate
from gonogo.simulation.terms import Terms

__all__ = ["Ending", "Simulation", "Terms", "simulate"]
