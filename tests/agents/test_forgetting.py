"""A partition that forgets (S8): one transaction, nothing counted twice, and the loop not held."""

import json
from typing import Any

import pytest

from agents.watch import PartitionWatch
from clocks.shard import FORGOTTEN_AT_ONCE, FORGOTTEN_BESIDE
from schemas.times import DAY, HOUR, MINUTE
from streams.clock import EventsClock
from streams.topics import ALERTS, DEAD_LETTERS, LEDGER
from tests.agents.parts import T0, SetClock, at_end, deliver, record, watch
from tests.agents.test_metrics import samples

CALL = "call-answer"
GONE = T0 + 8 * DAY + MINUTE + HOUR
OPEN = ("pledge_open_clocks", "borough=Hackney", "partition=0", "stage=breached", "standard=call-999")


def week(verdict: str) -> tuple[str, ...]:
    return (
        *("pledge_week_clocks", "cohort=live", "partition=0"),
        *("standard=call-999", f"verdict={verdict}", "week=2025-W41"),
    )


def call(number: int, *, at: int = 0, recorded: int | None = None) -> Any:
    return record(
        CALL, "call.presented", f"CALL-{number}", at, recorded=recorded, line="999", borough="Hackney"
    )


async def a_partition(size: int = 3) -> PartitionWatch:
    """So many calls, one of them answered, all written."""
    partition = watch(clock=SetClock(T0))
    answered = record(CALL, "call.answered", "CALL-0", 4_000)
    partition.fold(deliver(partition, CALL, *(call(number) for number in range(size)), answered))
    pass_to(partition, T0 + MINUTE)
    await partition.write()
    return partition


def pass_to(partition: PartitionWatch, now: int) -> None:
    partition.setup.clock.set = now  # type: ignore[attr-defined]
    at_end(partition, *partition.time.topics)
    partition.advance()


def forget_all(partition: PartitionWatch) -> None:
    while partition.forgetting():
        partition.forget()


def restored(entries: list[list[Any]], now: int) -> PartitionWatch:
    """What another worker makes of the ledger."""
    newest = {
        entry.key.decode(): entry.value for group in entries for entry in group if entry.topic == LEDGER
    }
    fresh = watch(clock=SetClock(now))
    for key, value in newest.items():
        if value is not None:
            fresh._restore(key, value)
    pass_to(fresh, now)
    return fresh


async def test_tombstones_and_counts_are_one_transaction_and_nothing_is_announced() -> None:
    partition = await a_partition()
    pass_to(partition, GONE)
    await partition.write()

    group = partition.writer.committed[-1]
    assert not [entry for entry in group if entry.topic == ALERTS]
    written = {entry.key.decode(): entry.value for entry in group if entry.topic == LEDGER}
    assert [written.pop(f"CALL-{number}") for number in range(3)] == [None] * 3
    assert set(written) == {"tally/2025-W41", "tally/times"}
    counts = json.loads(written["tally/2025-W41"])["counts"]
    assert sorted((key[2], number) for key, number in counts) == [("breached", 2), ("met", 1)]


async def test_a_partition_wakes_to_forget() -> None:
    partition = await a_partition()
    wake = partition.next_wake()
    assert wake is not None
    assert T0 + 8 * DAY < wake <= GONE

    pass_to(partition, wake)
    pass_to(partition, GONE)
    assert len(partition.shard) == 0
    assert partition.next_wake() is None


def test_without_a_clock_nobody_waits_for_forgetting() -> None:
    partition = watch(clock=EventsClock())
    partition.fold(deliver(partition, CALL, call(1)))
    at_end(partition, CALL)
    partition.fold(deliver(partition, CALL, call(2, at=MINUTE)))
    at_end(partition, CALL)
    partition.advance()

    assert partition.shard.next_moment("CALL") == T0 + MINUTE + 10_001
    partition.fold(deliver(partition, CALL, record(CALL, "call.answered", "CALL-2", MINUTE + 5_000)))
    at_end(partition, CALL)
    partition.advance()
    assert partition.held_topics() is None


async def test_what_is_too_late_is_a_dead_letter() -> None:
    partition = await a_partition()
    pass_to(partition, GONE)
    late = call(7, recorded=GONE - T0)
    again = call(1)
    good = call(8, at=GONE - T0)
    partition.fold(deliver(partition, CALL, late, again, good))
    await partition.write()

    letters = [entry for entry in partition.writer.committed[-1] if entry.topic == DEAD_LETTERS]
    assert [entry.value for entry in letters] == [late.value, again.value]
    assert {dict(entry.headers)["reason"] for entry in letters} == {b"too-late"}
    assert partition.setup.observed.dead_letters[CALL, "too-late"] == 2
    assert "CALL-8" in partition.shard
    assert len(partition.shard) == 1


async def test_metrics_before_forgetting_after_it_and_from_the_ledger() -> None:
    partition = await a_partition()
    before = await samples(partition)
    assert (before[week("met")], before[week("breached")], before[OPEN]) == (1, 2, 2)

    pass_to(partition, GONE)
    await partition.write()
    for each in (partition, restored(partition.writer.committed, GONE)):
        after = await samples(each)
        assert (after[week("met")], after[week("breached")]) == (1, 2)
        assert OPEN not in after
        assert not [key for key in after if key[0] == "pledge_oldest_open_seconds"]
        judged = [value for key, value in after.items() if key[0] in ("pledge_clocks", "pledge_calls")]
        assert set(judged) == {0}


async def test_metrics_while_a_crowd_is_being_forgotten() -> None:
    size = 2 * FORGOTTEN_AT_ONCE
    partition = await a_partition(size)
    pass_to(partition, GONE)
    assert len(partition.shard) == size - FORGOTTEN_BESIDE
    partition.forget()
    assert 0 < len(partition.shard) < size
    await partition.write()

    for each in (partition, restored(partition.writer.committed, GONE - HOUR)):
        found = await samples(each)
        assert found[week("met")] + found[week("breached")] == size
        assert found[OPEN] == len(each.shard) - ("CALL-0" in each.shard)
    forget_all(partition)
    assert (await samples(partition))[week("breached")] == size - 1


@pytest.mark.parametrize("begun", ["unwritten", "written"])
async def test_what_is_forgotten_before_it_was_written_is_written_before_its_tombstone(begun: str) -> None:
    """Catching up passes over weeks between two transactions; the register lives by what the ledger tells of them."""
    partition = watch(clock=SetClock(T0))
    partition.fold(deliver(partition, CALL, *(call(number) for number in range(3))))
    if begun == "written":
        await partition.write()
    pass_to(partition, GONE)
    forget_all(partition)
    await partition.write()

    ledger = [entry for entry in partition.writer.committed[-1] if entry.topic == LEDGER]
    of_call = [entry.value for entry in ledger if entry.key == b"CALL-1"]
    assert [value is None for value in of_call] == [False, True]
    assert json.loads(of_call[0])["clocks"]["call-999"]["verdict"] == "breached"
    assert len([entry for entry in partition.writer.committed[-1] if entry.topic == ALERTS]) == 3


async def test_what_was_written_is_not_written_again_when_it_is_forgotten() -> None:
    partition = await a_partition()
    pass_to(partition, GONE)
    await partition.write()
    assert all(
        entry.value is None for entry in partition.writer.committed[-1] if entry.key.startswith(b"CALL")
    )
