"""The whole bench in its order: a backlog read in turns by both jobs, the steps, then live."""

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks import announcing, backlog, full_job, ledger, stages, topics
from benchmarks.processes import child
from tests.kafka.broker import real_kafka

AIM_RATIO, AIM_P99_MS = 0.12, 100.0
BARE_WITHIN = 120.0
Say = Callable[[str], None]


class Plan(NamedTuple):
    """How much is measured: events and rounds of the backlog; rate (events/s) and seconds of the live part."""

    events: int
    rounds: int
    partitions: int
    rate: float
    warm_up: float
    seconds: float


class Bare(NamedTuple):
    """One run of the bare loop."""

    events: int
    seconds: float
    cpu: float
    verdicts: dict[str, int]

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


def run(plan: Plan, logs: Path, say: Say) -> None:
    """Measures everything on brokers of its own and tells it line by line."""
    with real_kafka() as bootstrap:
        _backlogged(plan, bootstrap, logs, say)
    with real_kafka() as bootstrap:  # the worker of this part must not find that backlog
        topics.prepare(bootstrap, plan.partitions)
        _live(plan, bootstrap, logs, say)


def _backlogged(plan: Plan, bootstrap: str, logs: Path, say: Say) -> None:
    events = backlog.simulated(plan.events)
    wanted = ledger.expected(events.lines)
    topics.prepare(bootstrap, plan.partitions)
    filled = backlog.fill(bootstrap, events)
    say(f"backlog: {events}; put into {plan.partitions} partitions a topic in {filled:.1f} s")
    bare_loop(bootstrap, plan.partitions, events.size, logs)  # not counted: the broker's first reading
    fulls, bares, steps = [], [], []
    for number in range(1, plan.rounds + 1):
        topics.empty_written(bootstrap, plan.partitions)
        fulls.append(full_job.run(bootstrap, plan.partitions, events.size, wanted, logs))
        bares.append(bare_loop(bootstrap, plan.partitions, events.size, logs))
        steps.append(stages.measure(bootstrap, plan.partitions, events.lines))
        _tell_round(number, fulls[-1], bares[-1], steps[-1], say)
    _tell_backlogged(plan, fulls, bares, steps, say)


def bare_loop(bootstrap: str, partitions: int, events: int, logs: Path) -> Bare:
    """Runs the bare loop over the backlog, in a process of its own."""
    arguments = ["-m", "benchmarks.bare_loop", bootstrap, str(partitions), str(events)]
    with child(arguments, logs / "bare.log") as process:
        return Bare(**json.loads(process.wait(BARE_WITHIN)))


def _tell_round(number: int, full: full_job.FullJob, bare: Bare, step: stages.Stages, say: Say) -> None:
    say(
        f"round {number}: full job {full.rate:,.0f} events/s ({_micros(full)} us CPU an event),"
        f" bare loop {bare.rate:,.0f} events/s ({_micros(bare)} us),"
        f" ratio {full.rate / bare.rate:.2f}; steps {step.all:.1f} us"
    )


def _tell_backlogged(
    plan: Plan,
    fulls: list[full_job.FullJob],
    bares: list[Bare],
    steps: list[stages.Stages],
    say: Say,
) -> None:
    full, bare = median(each.rate for each in fulls), median(each.rate for each in bares)
    last = fulls[-1]
    say(f"medians of {plan.rounds} interleaved rounds:")
    say(
        f"full job  {full:>9,.0f} events/s: a worker process, until the last event is committed in the ledger;"
        f" {last.records:,} ledger records, {last.breached:,} breaches, {last.peak_mb:.0f} MB at most"
    )
    say(f"bare loop {bare:>9,.0f} events/s: aiokafka, msgspec, dicts and heaps, nothing stored")
    for stage in fields(stages.Stages):
        figure = median(getattr(step, stage.name) for step in steps)
        say(f"us an event, {stage.name.replace('_', ' ') + ':':<11} {figure:6.2f}")
    ratios = [one.rate / other.rate for one, other in zip(fulls, bares, strict=True)]
    spread = f"by round {min(ratios):.2f} to {max(ratios):.2f}"
    say(f"ratio full-job/bare-loop {full / bare:.2f} (of the medians; {spread}; aim: at least {AIM_RATIO})")
    by_cpu = median(each.cpu for each in bares) / (median(each.cpu for each in fulls) or 1)
    say(f"the same by processor time {by_cpu:.2f}")


def _live(plan: Plan, bootstrap: str, logs: Path, say: Say) -> None:
    found = announcing.run(bootstrap, plan.partitions, plan.rate, plan.warm_up, plan.seconds, logs)
    say(
        f"announce delay from due + settle at {found.rate:,.0f} events/s: p50 {found.p50:.0f} ms,"
        f" p99 {found.p99:.0f} ms (aim: under {AIM_P99_MS:.0f}), longest {max(found.ms):.0f} ms;"
        f" {len(found.ms):,} breaches in {plan.seconds:.0f} s after {plan.warm_up:.0f} s of warm-up,"
        f" worker at {found.worker_cores:.0%} of a core, feed at most {found.feed_latest_ms:.0f} ms late"
    )


def _micros(run: full_job.FullJob | Bare) -> str:
    return f"{1e6 * run.cpu / run.events:.1f}"
