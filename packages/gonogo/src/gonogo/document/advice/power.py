"""Power: can the soaks show what their limits promise? Said before the start."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from gonogo.analysis.expecting import Expected
from gonogo.analysis.shares import is_counted
from gonogo.analysis.threshold import limit_text
from gonogo.document.advice.codes import Code, diagnostic
from gonogo.document.bindings.duration import said
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.identifiers import MetricName
from gonogo.model.plan import Plan

if TYPE_CHECKING:
    from gonogo.analysis.forecast import Forecast
    from gonogo.analysis.power import Promise


Usual = Mapping[MetricName, Expected]
"""What sources say is usual of their metrics, where they were asked."""

NOT_ASKED: Usual = MappingProxyType({})


def power(plan: Plan, usual: Usual = NOT_ASKED) -> Iterator[Diagnostic]:
    """
    Yield limits that their soaks cannot check, each once.

    Args:
        plan: Of a document, or of a plan file.
        usual: Counts before the traffic that the plan states.
    """
    if not is_counted(plan):
        return
    # Not at the top: most documents count nothing, and need not wait for it.
    from gonogo.analysis.forecast import forecasts  # noqa: PLC0415

    told: set[tuple[int, str]] = set()
    for forecast in forecasts(plan, usual):
        for found in _of_gate(forecast):
            if (found.line, found.code) not in told:
                told.add((found.line, found.code))
                yield found


def _of_gate(forecast: "Forecast") -> Iterator[Diagnostic]:
    from gonogo.analysis.power import Unknown  # noqa: PLC0415  # as above

    gate, promise = forecast.gate, forecast.promise
    if forecast.trial is None:
        return
    if isinstance(promise, Unknown):
        yield diagnostic(
            Code.POWER_UNKNOWN, gate.line, metric=gate.metric, why=promise.reason
        )
    elif promise.broken:
        yield _about(Code.LIMIT_BROKEN, forecast)
    elif promise.unchecked is not None:
        yield _about(Code.LIMIT_IN_NOISE, forecast, why=promise.unchecked)
    elif forecast.trial.before is not None:
        smallest = _rise(promise.smallest)
        yield _about(Code.DAYS_DIFFER, forecast, smallest=smallest)
    else:
        yield from _of_soak(forecast, promise)


def _of_soak(forecast: "Forecast", promise: "Promise") -> Iterator[Diagnostic]:
    if not promise.keeps:
        relative = forecast.trial is not None and forecast.trial.relative
        yield _about(
            Code.SOAK_TOO_WEAK,
            forecast,
            time=said(promise.duration),
            smallest=_rise(promise.smallest),
            provable=_proven(promise, relative=relative),
            needs=_needs(forecast, promise),
        )
    if abs(promise.acts_from - 1) > HALF_AS_MUCH_AGAIN * abs(promise.limit - 1):
        acts = _rise(promise.acts_from)
        yield _about(Code.LIMIT_WIDENED, forecast, acts=acts)


HALF_AS_MUCH_AGAIN = 1.5
"""A limit that acts from so much more than it allows is another than was written."""


def _about(code: Code, forecast: "Forecast", **facts: object) -> Diagnostic:
    gate = forecast.gate
    limit = f"'{limit_text(gate.condition)}'"
    return diagnostic(code, gate.line, metric=gate.metric, limit=limit, **facts)


def _needs(forecast: "Forecast", promise: "Promise") -> str:
    needs = promise.needs
    if needs is None or needs.soak is None or needs.soak > YEARS:
        trial = forecast.trial
        if trial is not None and trial.concurrent and not trial.calibrated:
            return (
                "Calibrate its noise (gonogo calibrate), or allow more: with what is "
                "assumed of it no soak proves this."
            )
        return "Allow more, or hold for longer: no soak proves that nothing changes."
    ways = [f"Hold for {_span(needs.soak)}"]
    if needs.traffic is not None:
        ways.append(f"send {needs.traffic:.3g} times the traffic")
    if needs.soak_with_others is not None:
        ways.append(
            f"compare with all other traffic for {_span(needs.soak_with_others)}"
        )
    return f"{', or '.join(ways)}; or allow more."


def _rise(rise: float | None) -> str:
    return "no size" if rise is None else f"x{rise:.3g}"


def _proven(promise: "Promise", *, relative: bool) -> str:
    if promise.provable is None:
        return "nothing"
    if relative:
        return f"'{100 * (promise.provable - 1):+.3g} %' at best"
    return f"{_rise(promise.provable)} of what is usual at best"


def _span(span: timedelta) -> str:
    """Return a span that is long enough, in whole days or hours where it is long."""
    for unit, letter in ((DAY, "d"), (HOUR, "h")):
        if span > 2 * unit:
            return f"{-(-span // unit)}{letter}"
    return said(-(-span // MINUTE) * MINUTE)


YEARS = timedelta(days=3 * 365)
"""A soak that would be longer is no advice."""
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
