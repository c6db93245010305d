"""The loop of a world: what comes next, until the rollout has its end."""

from datetime import datetime

from gonogo.decision import RolloutState
from gonogo.model import command as commands
from gonogo.model.event import Event
from gonogo.model.plan import Plan
from gonogo.testing import laws
from gonogo.testing.laws import LawBroken
from gonogo.testing.laws.law import hold
from gonogo.testing.plans import Dice, draw_plan
from gonogo.testing.world.agenda import Agenda
from gonogo.testing.world.engines import SimulatedEngines
from gonogo.testing.world.judging import check_truth
from gonogo.testing.world.people import consents_missing
from gonogo.testing.world.runner import SimulatedRunner
from gonogo.testing.world.script import Script, Weather
from gonogo.testing.world.truth import Truth

# So many commands are lived through as they come; then the world turns kind, or
# somebody aborts, and the rollout has to come to an end within the second bound.
PATIENCE = 250
BOUND = 3000


class World:
    """
    One rollout of one plan, lived through to its end.

    Attributes:
        truth: The world as it really is.
        weather: How much goes wrong in it.
        drawn_from_seed: The plan too stands for the seed.
        commands: How many things happened.
    """

    def __init__(
        self,
        plan: Plan,
        seed: object,
        *,
        weather: Weather | None = None,
        runner: type[SimulatedRunner | SimulatedEngines] = SimulatedRunner,
    ) -> None:
        """Take the plan, the seed of everything else, and what is to drive."""
        self.plan, self.seed = plan, seed
        self.drawn_from_seed = False
        self.truth = Truth()
        self.commands = 0
        self._script = Script(seed, weather=weather)
        self.weather = self._script.weather
        self._agenda = Agenda()
        self._runner = runner(plan, self._script, self._agenda, self.truth)
        self._people = self._runner.people

    @property
    def history(self) -> list[Event]:
        """Return the journal: what survives a crash."""
        return self._runner.history

    @property
    def state(self) -> RolloutState | None:
        """Return where the rollout stands; None before it has begun."""
        return self._runner.state

    @property
    def crashes(self) -> int:
        """Return how often the runner died."""
        return self._runner.crashes

    def run(self) -> RolloutState:
        """
        Live through the rollout to its end; check every law on the way.

        Raises:
            LawBroken: A law does not hold; the message tells how to see it again.
        """
        try:
            self._runner.begin()
            self._people.meddle()
            while self._runner.down or not self._runner.known().ended:
                self._next()
            self._settle()
        except AssertionError as broken:
            message = f"{broken}\n  again: {self.replay_with()}"
            raise LawBroken(message) from broken
        return self._runner.known()

    def replay_with(self) -> str:
        """Return the command that shows this run again."""
        if not self.drawn_from_seed:
            return f"World(plan, {self.seed!r}, weather={self.weather}).run()"
        engines = " --engines" if isinstance(self._runner, SimulatedEngines) else ""
        return f"python -m gonogo.testing.world{engines} --seed {self.seed}"

    def _next(self) -> None:
        """Let the next thing happen: on the agenda, or because its time has come."""
        self.commands += 1
        if self.commands % PATIENCE == 0:
            self._people.intervene()
        hold(self.commands < PATIENCE + BOUND, "it comes to no end")
        runner, agenda = self._runner, self._agenda
        wake = runner.wake()
        due = agenda.due()
        if (
            wake is not None
            and wake > runner.decided_at
            and (due is None or wake < due)
        ):
            agenda.now = max(wake, agenda.now) + self._script.lateness()
            runner.take(commands.Tick(at=agenda.now))
        elif due is not None:
            agenda.happen_next()
        else:
            self._stand_still(wake)

    def _stand_still(self, wake: datetime | None) -> None:
        """Nothing comes by itself: then it has to be people who are waited for."""
        state = self._runner.known()
        hold(wake is None, f"due since {wake}, but nothing is done {self._standing()}")
        waited_for = set(state.questions) | consents_missing(state)
        if state.going_back or not (waited_for or state.paused or state.freezes):
            message = f"it waits for nothing that can come {self._standing()}"
            raise LawBroken(message)
        silent = waited_for - self._people.asked
        hold(not silent, f"{silent} are open, but nobody was asked")
        self._people.intervene()

    def _standing(self) -> str:
        state = self._runner.known()
        step = state.current_step
        return (
            f"({state.phase} at {step and (step.id, state.step(step.id))}, questions "
            f"{list(state.questions)}, undos {[u.phase for u in state.undos]}, under "
            f"way {[key[0] for key in self._runner.under_way]})"
        )

    def _settle(self) -> None:
        """Let come what is still to come, then judge the whole."""
        while self._agenda.due() is not None:
            self._agenda.happen_next()
        self._runner.replayed.check(self.state)
        laws.check_journal(self.history)
        check_truth(self._runner.known(), self.truth, self.history)


def world_of(seed: object, *, engines: bool = False) -> World:
    """
    Return the world, with its plan, that a seed stands for.

    Args:
        seed: Any value with a stable text.
        engines: Whether the real engine drives in it, in two workers.
    """
    runner = SimulatedEngines if engines else SimulatedRunner
    world = World(draw_plan(Dice("plan", seed)), seed, runner=runner)
    world.drawn_from_seed = True
    return world
