"""The rollout itself, its stages, and what holds it."""

from gonogo.adapters.telemetry.spanning.dispatch import Seen, take
from gonogo.adapters.telemetry.spanning.parts import end_all
from gonogo.adapters.telemetry.trail import ROOT, Trail
from gonogo.model import event as events
from gonogo.model.tracing import root_span, span_of


@take.register
def _(event: events.RolloutStarted, seen: Seen, trail: Trail) -> None:
    plan = trail.plan = event.plan
    attributes = {
        "cicd.pipeline.name": plan.title,
        "cicd.pipeline.action.name": "RUN",
        "cicd.pipeline.run.id": event.rollout,
        "deployment.id": event.rollout,
        "deployment.name": plan.title,
        "deployment.environment.name": plan.environment,
        "gonogo.service": plan.service,
        "gonogo.plan.digest": plan.digest,
    }
    trail.begin(
        ROOT,
        seen.at,
        span=root_span(trail.trace),
        name=f"RUN {plan.title}",
        within=None,
        attributes=attributes,
    )


@take.register
def _(event: events.StageEntered, seen: Seen, trail: Trail) -> None:
    key = ("stage", event.stage)
    stages = trail.plan.stages if trail.plan else ()
    stage = next((stage for stage in stages if stage.id == event.stage), None)
    exposure = stage.exposure_pct if stage else None
    trail.begin(
        key,
        seen.at,
        span=span_of(trail.trace, *key, seen.seq),
        name=f"stage {stage.title if stage else event.stage}",
        within=ROOT,
        attributes={
            "gonogo.stage.id": event.stage,
            **({} if exposure is None else {"gonogo.stage.exposure_pct": exposure}),
        },
    )


@take.register
def _(event: events.StagePromoted, seen: Seen, trail: Trail) -> None:
    trail.end(("stage", event.stage), seen.at, "success")


@take.register
def _(event: events.RolloutCompleted, seen: Seen, trail: Trail) -> None:
    del event
    end_all(trail, seen, "success")


@take.register
def _(event: events.PlanAmended, seen: Seen, trail: Trail) -> None:
    trail.plan = event.plan
    digest = {"plan.digest": event.plan.digest}
    trail.note(ROOT, seen.at, "plan.amended", **digest)


@take.register(events.RolloutFrozen)
@take.register(events.RolloutPaused)
@take.register(events.RolloutResumed)
@take.register(events.RolloutThawed)
@take.register(events.RunnerRecovered)
@take.register(events.WatchInterrupted)
def _(event: object, seen: Seen, trail: Trail) -> None:
    names = {
        events.RolloutFrozen: "rollout.frozen",
        events.RolloutPaused: "rollout.paused",
        events.RolloutResumed: "rollout.resumed",
        events.RolloutThawed: "rollout.thawed",
        events.RunnerRecovered: "runner.recovered",
        events.WatchInterrupted: "watch.interrupted",
    }
    trail.note(ROOT, seen.at, names[type(event)])


@take.register
def _(event: events.WindowAwaited, seen: Seen, trail: Trail) -> None:
    key = ("window", event.stage)
    trail.begin(
        key,
        seen.at,
        span=span_of(trail.trace, *key, seen.seq),
        name="change window",
        within=("stage", event.stage),
        attributes={"gonogo.stage.id": event.stage},
    )


@take.register
def _(event: events.WindowOpened, seen: Seen, trail: Trail) -> None:
    trail.end(("window", event.stage), seen.at, "success")
