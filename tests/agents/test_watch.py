"""Steps 2 to 6 of one partition, in the order that a crash at any moment forgives."""

import asyncio
import json
from typing import Any

import pytest
from aiokafka.errors import ProducerFenced

from clocks.announcing import announcement_id
from schemas.times import MINUTE
from streams.topics import ALERTS, DEAD_LETTERS, LEDGER
from tests.agents.parts import T0, RecordingWriter, SetClock, at_end, deliver, raw, record, watch

CALL = "call-answer"


def call(number: int, at: int = 0) -> Any:
    return record(CALL, "call.presented", f"CALL-{number}", at, line="999")


def alerts(entries: list[Any]) -> list[dict[str, Any]]:
    return [json.loads(entry.value) for entry in entries if entry.topic == ALERTS]


async def test_nothing_is_acknowledged_before_its_commit() -> None:
    log: list[str] = []
    partition = watch(log)
    partition.fold(deliver(partition, CALL, call(1), log=log, name="batch"))
    await partition.write()
    assert log == ["begin", "commit", "ack batch"]


async def test_a_batch_that_changed_nothing_is_acknowledged_too() -> None:
    log: list[str] = []
    partition = watch(log)
    first = call(1)
    partition.fold(deliver(partition, CALL, first, log=log, name="first"))
    await partition.write()
    partition.fold(deliver(partition, CALL, raw(CALL, first.value), log=log, name="again"))
    await partition.write()
    assert log[-1] == "ack again"
    assert partition.writer.committed[-1] == []  # nothing to write


async def test_a_failed_commit_acknowledges_nothing() -> None:
    log: list[str] = []
    partition = watch(log)
    partition.writer = RecordingWriter(log, fails=ProducerFenced())
    partition.fold(deliver(partition, CALL, call(1), log=log, name="batch"))
    with pytest.raises(ProducerFenced):
        await partition.write()
    assert log == ["begin"]


async def test_batches_are_acknowledged_in_the_order_of_their_offsets() -> None:
    # Faust takes the offsets inside a batch as done: acknowledging the second first would commit past the first.
    log: list[str] = []
    partition = watch(log)
    for number in range(4):
        partition.fold(deliver(partition, CALL, call(number), log=log, name=str(number)))
    await partition.write()
    assert [each for each in log if each.startswith("ack")] == ["ack 0", "ack 1", "ack 2", "ack 3"]


async def test_a_fold_during_the_write_waits_for_the_next_group() -> None:
    """Word and deed in one transaction: what a ledger record says was said is announced with it, or was before."""
    clock = SetClock(T0)
    partition = watch(clock=clock)
    partition.fold(deliver(partition, CALL, *[call(number) for number in range(3)]))
    at_end(partition, CALL)

    def breach_all() -> None:
        clock.set = T0 + MINUTE
        at_end(partition, CALL)
        partition.advance()

    # Runs as soon as anything awaits while the group is cut and encoded.
    asyncio.get_running_loop().call_soon(breach_all)
    partition.writer.on_group = lambda: asyncio.get_running_loop().call_soon(breach_all)
    await partition.write()
    partition.writer.on_group = lambda: None
    await partition.write()
    told: set[str] = set()
    for entries in partition.writer.committed:
        told |= {announcement["id"] for announcement in alerts(entries)}
        for entry in [entry for entry in entries if entry.topic == LEDGER]:
            clock_state = json.loads(entry.value)["clocks"]["call-999"]
            said = len(clock_state.get("said", ()))
            name = f"{entry.key.decode()}/call-999"
            assert {announcement_id(name, revision + 1) for revision in range(said)} <= told
    assert len(told) == 3


async def test_the_ledger_and_the_alert_are_one_transaction() -> None:
    clock = SetClock(T0)
    partition = watch(clock=clock)
    partition.fold(deliver(partition, CALL, call(1)))
    clock.set = T0 + MINUTE
    at_end(partition, CALL)
    partition.advance()
    await partition.write()
    (entries,) = partition.writer.committed
    assert [entry.topic for entry in entries] == [LEDGER, ALERTS]
    assert entries[1].key == b"CALL-1/call-999"


def test_a_backlog_on_arrival_announces_no_breach() -> None:
    """T5: the arrival that stops the clock may be waiting to be read."""
    clock = SetClock(T0 + 60 * MINUTE)
    partition = watch(clock=clock)
    partition.fold(
        deliver(partition, "dispatch", record("dispatch", "incident.created", "CAD-1", 0, grade="I"))
    )
    at_end(partition, "dispatch")
    partition.time.topics["arrival"].asked(1, 0)  # one record is there, unread
    partition.advance()
    assert partition.held_topics() is not None
    assert partition.outbox.said == []
    arrival = record("arrival", "unit.arrived", "CAD-1", MINUTE, unit="GD21")
    partition.fold(deliver(partition, "arrival", arrival))
    at_end(partition, "dispatch", "arrival")
    partition.advance()
    assert [said.verdict for said, _ in partition.outbox.said] == []
    assert [view.verdict for view in partition.shard.clocks()] == ["met"]


def test_a_topic_not_yet_asked_announces_no_breach() -> None:
    clock = SetClock(T0 + 60 * MINUTE)
    partition = watch(clock=clock)
    partition.fold(
        deliver(partition, "dispatch", record("dispatch", "incident.created", "CAD-1", 0, grade="I"))
    )
    at_end(partition, "dispatch")
    partition.advance()
    assert partition.outbox.said == []
    assert "arrival" in (partition.held_topics() or ())
    at_end(partition, "arrival")
    partition.advance()
    assert [said.verdict for said, _ in partition.outbox.said][-1] == "breached"


def test_what_fell_due_before_a_record_was_made_is_said_before_it_is_folded() -> None:
    partition = watch(clock=SetClock(T0 + 60 * MINUTE))
    partition.fold(deliver(partition, CALL, call(1)))
    later = record(CALL, "call.answered", "CALL-1", 5_000, recorded=30_000)
    partition.fold(deliver(partition, CALL, later))
    assert [said.verdict for said, _ in partition.outbox.said] == ["breached", "met"]


def test_catching_up_and_late_are_told() -> None:
    partition = watch(clock=SetClock(T0 + 60 * MINUTE))
    partition.time.topics[CALL].asked(1_000, 0)
    partition.fold(deliver(partition, CALL, call(1)))
    partition.fold(deliver(partition, CALL, call(2, 30_000)))
    ((said, catching_up),) = partition.outbox.said
    assert (said.clock, catching_up) == ("CALL-1/call-999", True)
    group, _ = partition._cut(partition.writer)
    told = alerts(group.entries)[0]["data"]
    assert (told["late"], told["catching_up"]) == (True, True)
    assert told["delay_ms"] == 60 * MINUTE - 10_001 - 1_000


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "not-json"),
        (b"\xff\x00", "not-json"),
        (b"[]", "not-cloudevent"),
        (b'{"type": "call.flown"}', "unknown-type"),
        (record("arrival", "unit.arrived", "CAD-1", 0, unit="A").value, "wrong-topic"),
        (record(CALL, "call.presented", "CALL-9", 120_000, line="999").value, "time-in-future"),
        (record(CALL, "call.presented", "CALL-9", 61_000, recorded=0, line="999").value, "time-in-future"),
    ],
)
async def test_a_record_that_cannot_be_read_is_parked_and_the_rest_goes_on(value: Any, reason: str) -> None:
    partition = watch(clock=SetClock(T0 + 30_000))
    partition.fold(deliver(partition, CALL, raw(CALL, value, "K"), call(1)))
    await partition.write()
    (entries,) = partition.writer.committed
    (dead,) = [entry for entry in entries if entry.topic == DEAD_LETTERS]
    assert (dead.key, dead.value) == (b"K", value)
    told = dict(dead.headers)
    assert (told["topic"], told["partition"], told["offset"]) == (b"call-answer", b"0", b"0")
    assert told["reason"] == reason.encode()
    assert "CALL-1" in partition.shard
    assert partition.setup.observed.dead_letters == {(CALL, reason): 1}


def test_a_new_subject_on_a_partition_that_is_not_its_own_is_parked() -> None:
    partition = watch(partitions=1_000)
    partition.fold(deliver(partition, CALL, call(1)))
    assert partition.setup.observed.dead_letters == {(CALL, "wrong-partition"): 1}
    assert len(partition.shard) == 0


def test_a_heartbeat_belongs_to_every_partition() -> None:
    partition = watch(partitions=1_000)
    partition.fold(deliver(partition, CALL, record(CALL, "source.heartbeat", "cad/test", 0)))
    assert partition.setup.observed.dead_letters == {}


async def test_a_subject_that_cannot_be_judged_is_parked_and_called_unverifiable(monkeypatch) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("a rule divides by nothing")

    monkeypatch.setattr("clocks.shard.judge", broken)
    partition = watch()
    partition.fold(deliver(partition, CALL, call(1)))
    await partition.write()
    (entries,) = partition.writer.committed
    (dead,) = [entry for entry in entries if entry.topic == DEAD_LETTERS]
    assert dict(dead.headers)["reason"] == b"judge-failed"


class Ledger:
    """A ledger whose end a test knows, read by nobody."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, end: int = 7) -> None:
        self.end, self.read = end, 0
        self.stuck = asyncio.Event()
        self.stuck.set()
        monkeypatch.setattr("agents.watch.LedgerWriter", lambda *_: self.Writer(self))
        monkeypatch.setattr("agents.watch.LedgerReader", lambda *_: self.Reader(self))

    class Writer(RecordingWriter):
        def __init__(self, ledger: "Ledger") -> None:
            super().__init__([])

        async def start(self) -> None: ...

        async def stop(self) -> None: ...

    class Reader:
        def __init__(self, ledger: "Ledger") -> None:
            self._ledger = ledger

        async def __aenter__(self) -> Any:
            return self

        async def __aexit__(self, *_: object) -> None: ...

        async def end(self) -> int:
            return self._ledger.end

        async def read(self, end: int, restore: Any) -> int:
            await self._ledger.stuck.wait()
            self._ledger.read += 1
            return 0


async def test_a_shard_that_comes_back_unwritten_past_is_kept(monkeypatch) -> None:
    ledger, partition = Ledger(monkeypatch), watch()
    await partition.take_over()
    partition.shard.fold([])
    held = partition.shard
    await partition.release()
    await partition.take_over()
    assert partition.shard is held
    assert ledger.read == 1
    assert partition.setup.observed.hand_overs == 1, "only what was read from the ledger was handed over"


async def test_a_dropped_shard_is_never_kept(monkeypatch) -> None:
    """Kept empty, its next records would overwrite whole histories in the ledger with a fact or two."""
    ledger, partition = Ledger(monkeypatch), watch()
    await partition.take_over()
    partition.drop()
    await partition.release()
    await partition.take_over()
    assert ledger.read == 2


async def test_a_shard_half_restored_is_never_kept(monkeypatch) -> None:
    ledger, partition = Ledger(monkeypatch), watch()
    ledger.stuck.clear()
    taking = asyncio.create_task(partition.take_over())
    await asyncio.sleep(0.01)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    await partition.release()
    ledger.stuck.set()
    await partition.take_over()
    assert ledger.read == 1
