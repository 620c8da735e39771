"""`/metrics`, `/live` and `/ready` of a worker."""

import asyncio
import json
import urllib.error
import urllib.request

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from agents.watch import PartitionWatch
from schemas.errors import REFUSALS
from schemas.events import INPUT_TOPICS
from schemas.times import MINUTE
from streams.metrics import Boroughs, LaneSource, Snapshot, registry_of, take_snapshot
from streams.observed import Observed
from streams.probes import Probes, ProbesError, Readiness
from tests.agents.parts import T0, SetClock, at_end, deliver, raw, record, watch

CALL = "call-answer"


async def snapshot(*partitions: PartitionWatch) -> Snapshot:
    sources = [LaneSource(partition.partition, partition.copy) for partition in partitions]
    first = partitions[0].setup
    return await take_snapshot(sources, first.observed, first.clock, first.partitions)


async def samples(*partitions: PartitionWatch) -> dict[tuple[str, ...], float]:
    """Every sample as (name, label values in the order of their names) -> value."""
    text = generate_latest(
        registry_of(await snapshot(*partitions), partitions[0].setup.pack, Boroughs())
    ).decode()
    found = {}
    for family in text_string_to_metric_families(text.replace("# EOF\n", "")):
        for sample in family.samples:
            found[(sample.name, *[f"{key}={value}" for key, value in sorted(sample.labels.items())])] = (
                sample.value
            )
    return found


def some_calls() -> PartitionWatch:
    clock = SetClock(T0)
    partition = watch(clock=clock)
    calls = [
        record(CALL, "call.presented", f"CALL-{number}", 0, line="999", borough="Hackney")
        for number in range(3)
    ]
    calls.append(record(CALL, "call.answered", "CALL-0", 4_000))
    partition.fold(deliver(partition, CALL, *calls, raw(CALL, b"poison")))
    clock.set = T0 + MINUTE
    at_end(partition, CALL)
    partition.advance()
    return partition


async def test_judged_clocks_are_counted_by_what_people_ask_for() -> None:
    found = await samples(some_calls())
    labels = ("borough=Hackney", "cohort=live", "partition=0", "reason=", "standard=call-999")
    for window in ("1h", "24h", "7d"):
        assert found["pledge_clocks", *labels, "verdict=met", f"window={window}"] == 1
        assert found["pledge_clocks", *labels, "verdict=breached", f"window={window}"] == 2
        assert found["pledge_calls", "line=999", "outcome=in", "partition=0", f"window={window}"] == 1
        assert found["pledge_calls", "line=999", "outcome=late", "partition=0", f"window={window}"] == 2
    week = ("cohort=live", "partition=0", "standard=call-999", "verdict=breached", "week=2025-W41")
    assert found["pledge_week_clocks", *week] == 2
    opened = ("borough=Hackney", "partition=0", "stage=breached", "standard=call-999")
    assert found["pledge_open_clocks", *opened] == 2
    assert found["pledge_oldest_open_seconds", "borough=Hackney", "standard=call-999"] == 60
    assert found["pledge_dead_letters_total", "reason=not-json", "topic=call-answer"] == 1
    assert (
        found["pledge_partition_time_seconds", "partition=0", "topic=call-answer"] == (T0 + MINUTE) / 1000 - 1
    )
    assert found["pledge_targets", "standard=call-999"] == 0.9


async def test_a_worker_tells_what_is_asked_of_all_workers_together() -> None:
    """How many partitions there are, what time it is by its clock, and how often that was set."""
    found = await samples(watch(clock=SetClock(T0), partitions=16))
    assert found["pledge_partitions",] == 16
    assert found["pledge_time_seconds", "clock=wall"] == T0 / 1000
    assert (found["pledge_clock_speed",], found["pledge_clock_steps_total",]) == (1, 0)


async def test_counters_begin_with_zeros_before_anything_happened() -> None:
    found = await samples(watch())
    letters = {key: number for key, number in found.items() if key[0] == "pledge_dead_letters_total"}
    assert letters == {
        ("pledge_dead_letters_total", f"reason={reason}", f"topic={topic}"): 0
        for reason in REFUSALS
        for topic in INPUT_TOPICS
    }
    for kind in ("verdict", "at-risk", "un-resourced"):
        assert found["pledge_announce_delay_seconds_count", f"kind={kind}"] == 0
    for standard in watch().setup.pack.standards:
        assert found["pledge_corrections_total", f"standard={standard}"] == 0
    for topic in INPUT_TOPICS:
        assert found["pledge_dropped_fields_total", f"topic={topic}"] == 0


async def test_incidents_without_a_unit_are_counted_by_partition() -> None:
    clock = SetClock(T0)
    partition = watch(clock=clock)
    created = record("dispatch", "incident.created", "CAD-1", 0, grade="I", borough="Hackney")
    partition.fold(deliver(partition, "dispatch", created))
    clock.set = T0 + 3 * MINUTE
    for topic in ("dispatch", "arrival"):
        at_end(partition, topic)
    partition.advance()
    found = await samples(partition)
    assert found["pledge_unresourced", "borough=Hackney", "grade=I", "partition=0"] == 1


async def test_there_is_one_zero_a_standard_and_verdict_before_anything_happened() -> None:
    found = await samples(watch())
    zeros = [key for key in found if key[0] == "pledge_clocks" and "window=1h" in key]
    assert len(zeros) == len(watch().setup.pack.standards) * 4
    assert {found[key] for key in zeros} == {0}


async def test_a_delay_is_counted_live_and_a_duration_once() -> None:
    found = await samples(some_calls())
    assert found["pledge_announce_delay_seconds_count", "kind=verdict"] == 2
    assert found["pledge_duration_seconds_count", "standard=call-999"] == 1
    assert found["pledge_duration_seconds_bucket", "le=5.0", "standard=call-999"] == 1


async def test_what_was_restored_is_not_counted_again() -> None:
    before = some_calls()
    after = watch(clock=SetClock(T0 + MINUTE))
    for name in [f"CALL-{number}" for number in range(3)]:
        after._restore(name, before.shard.save(name))
    found = await samples(after)
    assert not [key for key in found if key[0].startswith("pledge_duration")]
    assert found["pledge_announce_delay_seconds_count", "kind=verdict"] == 0
    assert found["pledge_clocks", "borough=Hackney", "cohort=live", "partition=0", "reason=", "standard=call-999",
                 "verdict=breached", "window=1h"] == 2  # fmt: skip


def test_unknown_and_made_up_boroughs_are_other() -> None:
    boroughs = Boroughs(shown=2)
    assert [boroughs.label(name) for name in ("Hackney", "", "Barnet", "Elsewhere", "Hackney")] == [
        "Hackney",
        "other",
        "Barnet",
        "other",
        "Hackney",
    ]


class Served:
    def __init__(self) -> None:
        self.ready = True
        self.partition = watch()

    async def metrics(self) -> CollectorRegistry:
        return registry_of(await snapshot(self.partition), self.partition.setup.pack, Boroughs())

    async def readiness(self) -> Readiness:
        return Readiness(self.ready, {"partitions": [0]})


async def get(port: int, path: str, accept: str = "") -> tuple[int, str, str]:
    def ask() -> tuple[int, str, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers["Content-Type"], refused.read().decode()

    return await asyncio.to_thread(ask)


async def test_the_probes_answer() -> None:
    served = Served()
    probes = Probes(served.metrics, served.readiness)
    port = probes.start("127.0.0.1", 0)
    try:
        assert (await get(port, "/live"))[0] == 200
        status, _, body = await get(port, "/ready")
        assert (status, json.loads(body)) == (200, {"ready": True, "partitions": [0]})
        served.ready = False
        assert (await get(port, "/ready"))[0] == 503
        assert (await get(port, "/live"))[0] == 200
        assert (await get(port, "/nothing"))[0] == 404
        assert "pledge_targets" in (await get(port, "/metrics"))[2]
        assert (
            "openmetrics" in (await get(port, "/metrics", "application/openmetrics-text; version=1.0.0"))[1]
        )
    finally:
        probes.stop()


async def test_a_loop_that_is_stuck_is_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.probes.ANSWER_WITHIN", 0.1)
    served = Served()

    async def stuck() -> Readiness:
        await asyncio.sleep(5)
        return Readiness(True, {})

    probes = Probes(served.metrics, stuck)
    port = probes.start("127.0.0.1", 0)
    try:
        assert (await get(port, "/live"))[0] == 503
    finally:
        probes.stop()


async def test_a_taken_port_is_a_clear_error() -> None:
    served = Served()
    probes = Probes(served.metrics, served.readiness)
    port = probes.start("127.0.0.1", 0)
    with pytest.raises(ProbesError, match="cannot serve /metrics"):
        Probes(served.metrics, served.readiness).start("127.0.0.1", port)
    probes.stop()


def test_a_copy_is_not_changed_by_what_comes_later() -> None:
    observed = Observed()
    copy = observed.copy()
    observed.dead_letters["dispatch", "not-json"] += 1
    observed.events += 1
    observed.taken_over(1.5)
    assert (copy.events, copy.dead_letters) == (0, {})
    assert (copy.hand_overs, copy.hand_over_seconds) == (0, 0)


async def test_data_fields_nobody_knows_are_left_out_and_counted() -> None:
    partition = watch(clock=SetClock(T0))
    odd = record(CALL, "call.presented", "CALL-1", 0, line="999", shoe_size=44, hat="bowler")
    partition.fold(deliver(partition, CALL, odd))

    assert (await samples(partition))["pledge_dropped_fields_total", f"topic={CALL}"] == 2
