"""
What the soaks can show, in plain words: found, proven, and what it would take.

Each gate of a soak has a headline and a few sentences; the same numbers stand in the
JSON. Nothing is said of a number that nobody knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gonogo.analysis.evidence.trial import Trial
from gonogo.analysis.forecast import Forecast
from gonogo.analysis.power import Needs, Promise, Unknown
from gonogo.analysis.threshold import limit_text
from gonogo.model.judging import Traffic
from gonogo.model.sample import MetricKind
from gonogo.report.explained.row import Detail, Row
from gonogo.report.wording import number_text, span_text

KEEPS = "keeps its promise"
KEEPS_NOT = "cannot keep its promise"
UNKNOWN = "nothing can be promised"
_DAY, _YEAR = timedelta(days=1), timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Told:
    """One forecast in words; `keeps` is None where nothing can be promised."""

    forecast: Forecast
    headline: str
    keeps: bool | None
    details: tuple[Detail, ...]


def told(forecast: Forecast) -> Told:
    """Return what is to be said of one gate in one soak."""
    promise = forecast.promise
    if isinstance(promise, Unknown):
        details = (Detail("because", promise.reason, warns=True),)
        return Told(forecast, UNKNOWN, None, details)
    words = _Words(forecast, promise)
    headline = KEEPS if promise.keeps else KEEPS_NOT
    return Told(forecast, headline, promise.keeps, tuple(words.details()))


def power_row(forecast: Forecast) -> Row:
    """Return a forecast as a row: the gate with its soak, and what that can show."""
    said = told(forecast)
    gate, soak = forecast.gate, forecast.soak
    title = (
        f"{gate.metric} {limit_text(gate.condition)}, for {span_text(soak.duration)} "
        f"(line {soak.line}): {said.headline}"
    )
    return Row(gate.line, "POWER", title, said.details)


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences about one promise."""

    forecast: Forecast
    promise: Promise

    def details(self) -> Iterator[Detail]:
        promise = self.promise
        yield Detail("assumes", self._assumed())
        if promise.broken:
            text = (
                f"it is beyond its limit already: usual is {self._value(1.0)}; even a "
                "change that changes nothing is turned back"
            )
            yield Detail("why", text, warns=True)
            return
        if promise.unchecked is not None:
            yield Detail("why", promise.unchecked, warns=True)
        elif not promise.keeps:
            yield Detail("why", self._cause(), warns=True)
        yield Detail("finds", self._found())
        yield Detail("", self._soon())
        yield Detail("proves", self._proven())
        if promise.sees and not promise.proves:
            found = f"{self._rise(promise.alternative)} would be found in "
            chance = _share(promise.power_at_alternative)
            yield Detail("passes", f"as 'no harm seen' else: {found}{chance}")
        if promise.needs is not None and not promise.keeps:
            yield Detail("needs", self._needed(promise.needs))

    def _assumed(self) -> str:
        forecast, trial = self.forecast, self._trial
        parts = []
        if forecast.traffic is not None:
            source = "just read" if forecast.read else "as stated"
            parts.append(f"{self._traffic(forecast.traffic)} ({source})")
        parts.append(_noise(trial))
        if self.promise.assumed:
            parts.append("latencies spread as they usually do")
        return "; ".join(parts)

    def _traffic(self, traffic: Traffic) -> str:
        if self._kind is MetricKind.GAUGE:
            return f"a level of {number_text(traffic.rate)}"
        hourly = self._kind is MetricKind.COUNT
        # An instance gives an hour of exposure an hour: the number of instances.
        times, unit = (3600, " instances") if hourly else (1, "/s")
        canary = f"canary {number_text(traffic.canary_per_s * times)}{unit}"
        beside = f"{number_text(traffic.control_per_s * times)}{unit}"
        control = f", control {beside}" if self._trial.concurrent else ""
        return f"{canary}{control}{self._usual(traffic)}"

    def _usual(self, traffic: Traffic) -> str:
        if self._kind is MetricKind.QUANTILE:
            return ""
        if self._kind is MetricKind.COUNT:
            return f", {number_text(traffic.rate)} an hour"
        return f", {number_text(100 * traffic.rate)} % while nothing is wrong"

    def _cause(self) -> str:
        """Say why the limit is out of reach: chance moves more than it allows."""
        promise, trial = self.promise, self._trial
        moved = f"chance alone moves it by up to {100 * (promise.wavers - 1):.2g} %"
        allowed = f"its limit allows {_percent(promise.limit)}"
        if promise.limit == 1:
            allowed = "its limit allows no rise at all"
        if trial.before is not None:
            days = f"{100 * trial.before.spread:.0f} %"
            return f"without a control beside it, days that differ by {days} hide more"
        if promise.events is None:
            return f"in {span_text(promise.duration)} {moved}, and {allowed}"
        events = f"{number_text(promise.events)} events are expected of the canary"
        return f"only {events}, so that {moved}; {allowed}"

    def _found(self) -> str:
        promise = self.promise
        chances = ", ".join(
            f"{self._rise(rise)} in {_share(chance)}"
            for rise, chance in promise.chances.items()
        )
        if promise.smallest is None:
            return f"no rise in four of five soaks; {chances}"
        smallest = f"{self._rise(promise.smallest)} in four of five soaks"
        acts = promise.acts_from
        widened = ""
        if abs(acts / promise.limit - 1) > WORTH_SAYING:
            widened = f"; with its noise the limit acts from {self._rise(acts)} on"
        return f"{smallest} and what is worse; {chances}{widened}"

    def _soon(self) -> str:
        said = []
        for rise, span in self.promise.detect.items():
            if (rise - self.promise.limit) * self.promise.direction <= 0:
                said.append(f"{_times(rise)} is allowed")
            elif span is None or span > self.promise.duration:
                said.append(f"{_times(rise)} not within the soak")
            else:
                said.append(f"{_times(rise)} within {span_text(span)}")
        return f"half of all such faults: {', '.join(said)}"

    def _proven(self) -> str:
        promise = self.promise
        share = _share(promise.power_at_limit)
        harmless = f"a change without fault in {share} of soaks"
        if promise.provable is None:
            return f"{harmless}; no limit at all"
        others = promise.provable_with_others
        beside = (
            ""
            if others is None
            else f" ({self._bound(others)} against all other traffic)"
        )
        tightest = f"the tightest limit is {self._bound(promise.provable)}{beside}"
        return f"{harmless}; {tightest}"

    def _needed(self, needs: Needs) -> str:
        ways = []
        if needs.soak is not None and needs.soak < YEARS:
            ways.append(f"a soak of {_about(needs.soak)}")
        if needs.traffic is not None and needs.traffic < MANY:
            ways.append(f"{needs.traffic:.3g} times the traffic")
        others = needs.soak_with_others
        if others is not None and others < YEARS:
            ways.append(f"{_about(others)} against all other traffic (19 times)")
        if ways:
            return f"to prove its limit: {', or '.join(ways)}"
        if self.promise.limit == 1:
            return "that nothing at all changes is never proven: allow something"
        return f"no soak and no traffic proves its limit: {self._way_out()}"

    def _way_out(self) -> str:
        """Say what helps where neither time nor traffic does."""
        trial = self._trial
        if not trial.concurrent:
            return "allow more, or add a control"
        if not trial.calibrated:
            return "calibrate its noise (`gonogo calibrate`), or allow more"
        return "allow more, or compare more instances: the noise of these hides it"

    # -- numbers ---------------------------------------------------------------------

    def _rise(self, rise: float) -> str:
        """Return a rise, and where the limit is a value, what it amounts to."""
        if self._trial.relative:
            return _times(rise)
        return f"{_times(rise)} ({self._value(rise)})"

    def _bound(self, limit: float) -> str:
        if self._trial.relative:
            return f"'{_percent(limit)}'"
        return f"'{self._value(limit)}'"

    def _value(self, rise: float) -> str:
        value = rise * self.promise.unit
        if self.promise.of_rest:
            value = 1 - value
        if self._kind in {MetricKind.PROPORTION, MetricKind.QUANTILE}:
            slow = " slow" if self._kind is MetricKind.QUANTILE else ""
            return f"{number_text(100 * value)} %{slow}"
        if self._kind is MetricKind.COUNT:
            return f"{number_text(value)} an hour"
        return number_text(value)

    @property
    def _kind(self) -> MetricKind:
        return self._trial.kind

    @property
    def _trial(self) -> Trial:
        assert self.forecast.trial is not None  # noqa: S101  # else no promise
        return self.forecast.trial


WORTH_SAYING = 0.01
YEARS = 3 * _YEAR
"""A soak that would be longer is no advice."""
MANY = 1e4


def power_as_object(forecast: Forecast) -> dict[str, Any]:
    """Return a forecast for scripts: the numbers behind the words, or the reason."""
    promise, soak, gate = forecast.promise, forecast.soak, forecast.gate
    known: dict[str, Any] = {
        "stage": forecast.stage.title,
        "soak": {"line": soak.line, "title": soak.title, "seconds": _s(soak.duration)},
        "gate": {"id": gate.id, "line": gate.line, "metric": gate.metric},
        "limit": limit_text(gate.condition),
    }
    if isinstance(promise, Unknown):
        return {**known, "keeps": None, "unknown": promise.reason}
    words = {"text": [each.text for each in told(forecast).details]}
    return {**known, "keeps": promise.keeps, **_numbers(promise), **words}


def _numbers(promise: Promise) -> dict[str, Any]:
    needs = promise.needs
    return {
        "limit_as_rise": promise.limit,
        "acts_from": promise.acts_from,
        "smallest_rise": promise.smallest,
        "power": {f"{rise:g}": chance for rise, chance in promise.chances.items()},
        "detect_s": {f"{rise:.4g}": _s(span) for rise, span in promise.detect.items()},
        "power_to_prove": promise.power_at_limit,
        "alternative": promise.alternative,
        "power_at_alternative": promise.power_at_alternative,
        "provable": promise.provable,
        "provable_with_all_other_traffic": promise.provable_with_others,
        "needs": None
        if needs is None
        else {
            "soak_s": _s(needs.soak),
            "traffic": needs.traffic,
            "soak_with_all_other_traffic_s": _s(needs.soak_with_others),
        },
        "unchecked": promise.unchecked,
    }


def _s(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _noise(trial: Trial) -> str:
    noise = trial.noise
    if noise.lrv is not None:
        return f"a level that wavers by {number_text(noise.lrv)} (lrv)"
    if noise.phi == 1 and not noise.tau:
        return "no noise but chance"
    arms = f"arms that differ by {number_text(100 * noise.tau)} %"
    said = f"bursts of {number_text(noise.phi)}, {arms}"
    return said if trial.calibrated else f"{said}, until `gonogo calibrate` says more"


def _share(chance: float) -> str:
    return f"{100 * chance:.0f} %"


def _times(rise: float) -> str:
    return f"x{rise:.3g}"


def _percent(ratio: float) -> str:
    return f"{100 * (ratio - 1):+.3g} %"


def _about(span: timedelta) -> str:
    """Return a long span in days: nobody plans a soak of 15 d 6 h 20 min."""
    days = -(-span // _DAY)
    return f"{days} days" if span >= 2 * _DAY else span_text(span)
