"""A lane: one partition's queue, its writing, and how it is taken away."""

import asyncio
import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import ProducerFenced

from streams import lanes
from streams.lanes import Lane
from streams.partition_time import PartitionTime


class Work:
    """Work that writes down what happens to it."""

    def __init__(self) -> None:
        self.time = PartitionTime(0)
        self.log: list[str] = []
        self.waiting: list[str] = []
        self.taken = asyncio.Event()
        self.may_commit = asyncio.Event()
        self.may_commit.set()
        self.fails: Exception | None = None
        self.hurry = True
        self.to_forget = 0

    async def take_over(self) -> None:
        await self.taken.wait()
        self.log.append("taken over")

    def fold(self, event: Any) -> None:
        self.log.append(f"fold {event.name}")
        self.waiting.append(event.name)

    def advance(self) -> None: ...

    def unfinished(self) -> bool:
        return False

    def go_on(self) -> None: ...

    def forgetting(self) -> bool:
        return self.to_forget > 0

    def forget(self) -> None:
        self.to_forget -= 1
        self.log.append("forget")

    def unfolded(self) -> dict[str, int]:
        return {}

    def put_back(self) -> None: ...

    def next_wake(self) -> int | None:
        return None

    def held_topics(self) -> list[str] | None:
        return None

    def backlog(self) -> int:
        return 0

    def pending(self) -> bool:
        return bool(self.waiting)

    def urgent(self) -> bool:
        return self.hurry and self.pending()

    async def write(self) -> None:
        group, self.waiting = self.waiting, []
        await self.may_commit.wait()
        if self.fails:
            raise self.fails
        self.log.append(f"commit {'+'.join(group)}")

    async def release(self) -> None:
        self.log.append("release")

    def drop(self) -> None:
        self.waiting = []
        self.log.append("drop")


_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def numbered_anew() -> None:
    global _numbers
    _numbers = itertools.count(1)


def batch(name: str, generation: int = 0, number: int | None = None) -> Any:
    number = number or (next(_numbers) if generation == 0 else 0)
    value, message = (
        SimpleNamespace(records=[None] * 10, number=number),
        SimpleNamespace(topic="call-answer", generation_id=generation),
    )
    return SimpleNamespace(name=name, value=value, message=message)


@pytest.fixture
def failures() -> list[BaseException]:
    return []


@pytest.fixture
async def lane(failures: list[BaseException]):
    lane = Lane(0, Work(), failures.append)
    lane.start()
    yield lane
    await lane._cancel()


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_batches_wait_until_the_partition_is_taken_over(lane: Lane) -> None:
    # Faust announces an assignment after its batches may already flow.
    lane.deliver(batch("a"))
    await settled()
    assert lane.work.log == []
    assert lane.unfolded() == {"call-answer": 10}
    lane.work.taken.set()
    await settled()
    assert lane.work.log == ["taken over", "fold a", "commit a"]
    assert not lane.unfolded()


async def test_what_changes_during_a_commit_goes_into_the_next_group(lane: Lane) -> None:
    lane.work.taken.set()
    lane.work.may_commit.clear()
    for name in "abc":
        lane.deliver(batch(name))
        await settled()
    lane.work.may_commit.set()
    await settled()
    assert [each for each in lane.work.log if each.startswith("commit")] == ["commit a", "commit b+c"]


async def test_a_batch_of_an_earlier_generation_is_not_folded(lane: Lane) -> None:
    # It was on its way when the partition was taken away; those before it were dropped, to be read again.
    lane.work.taken.set()
    lane.deliver(batch("stale", generation=-1))
    lane.deliver(batch("fresh"))
    await settled()
    assert [each for each in lane.work.log if each.startswith("fold")] == ["fold fresh"]
    assert not lane.unfolded()


async def test_a_batch_that_does_not_follow_its_predecessor_ends_the_process(lane: Lane, failures) -> None:
    # Acknowledged, it would take the commit past the one that never came.
    lane.work.taken.set()
    lane.deliver(batch("a"))
    lane.deliver(batch("c", number=3))
    await settled()
    assert [type(each) for each in failures] == [lanes.LostBatchError]
    assert "fold c" not in lane.work.log


async def test_a_fenced_lane_folds_no_more(lane: Lane) -> None:
    lane.work.taken.set()
    lane.work.fails = ProducerFenced()
    lane.deliver(batch("a"))
    await settled()
    lane.deliver(batch("b"))
    await settled()
    assert "fold b" not in lane.work.log


async def test_what_nobody_waits_for_gathers_a_while(lane: Lane, monkeypatch) -> None:
    monkeypatch.setattr(lanes, "LINGER", 0.05)
    lane.work.taken.set()
    lane.work.hurry = False
    for name in "abc":
        lane.deliver(batch(name))
        await settled()
    assert "commit" not in "".join(lane.work.log)
    await asyncio.sleep(0.1)
    assert lane.work.log[-1] == "commit a+b+c"


async def test_an_announcement_does_not_wait_for_the_others(lane: Lane) -> None:
    lane.work.taken.set()
    lane.work.hurry = False
    lane.deliver(batch("a"))
    await settled()
    lane.work.hurry = True
    lane.wake_writer()
    await settled()
    assert lane.work.log[-1] == "commit a"


async def test_a_revoked_lane_finishes_its_writing_and_leaves_the_unfolded_to_be_read_again(
    lane: Lane,
) -> None:
    lane.work.taken.set()
    await settled()
    lane.work.may_commit.clear()
    lane.deliver(batch("a"))
    await settled()
    lane.deliver(batch("b"))
    await settled()
    asyncio.get_running_loop().call_later(0.01, lane.work.may_commit.set)
    lane._inbox.append(batch("unfolded"))
    await lane.stop()
    assert lane.work.log[-3:] == ["commit a", "commit b", "release"]
    assert not lane.open
    assert "fold unfolded" not in lane.work.log


async def test_a_revoked_lane_that_cannot_write_is_dropped(lane: Lane, monkeypatch, failures) -> None:
    monkeypatch.setattr(lanes, "RELEASE_WITHIN", 0.05)
    lane.work.taken.set()
    lane.work.may_commit.clear()
    lane.deliver(batch("a"))
    await settled()
    await lane.stop()
    assert lane.work.log[-2:] == ["drop", "release"]
    assert failures == []


async def test_a_lane_revoked_during_its_take_over_lets_go_at_once(lane: Lane, failures) -> None:
    await settled()
    await lane.stop()
    assert lane.work.log == ["release"]
    assert failures == []


async def test_a_fenced_partition_that_the_group_takes_away_is_dropped_quietly(lane: Lane, failures) -> None:
    lane.work.taken.set()
    lane.work.fails = ProducerFenced()
    lane.deliver(batch("a"))
    await settled()
    assert not lane.open
    await lane.stop()
    await settled()
    assert "drop" in lane.work.log
    assert failures == []


async def test_a_fenced_partition_that_stays_ours_ends_the_process(lane: Lane, monkeypatch, failures) -> None:
    monkeypatch.setattr(lanes, "FENCED_GRACE", 0.01)
    lane.work.taken.set()
    lane.work.fails = ProducerFenced()
    lane.deliver(batch("a"))
    await asyncio.sleep(0.05)
    assert [type(each) for each in failures] == [ProducerFenced]


async def test_an_exception_in_the_take_over_ends_the_process(failures) -> None:
    work = Work()
    work.taken = None  # type: ignore[assignment]
    lane = Lane(0, work, failures.append)
    lane.start()
    await settled()
    assert [type(each) for each in failures] == [AttributeError]


@pytest.mark.parametrize("step", ["fold", "write"])
async def test_an_exception_in_any_step_ends_the_process(
    lane: Lane, failures, monkeypatch, step: str
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    async def broken_later(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(lane.work, step, broken if step == "fold" else broken_later)
    lane.work.taken.set()
    lane.deliver(batch("a"))
    await settled()
    assert [type(each) for each in failures] == [ZeroDivisionError]


async def test_a_backlog_before_the_writer_holds_up_folding(lane: Lane, monkeypatch) -> None:
    monkeypatch.setattr(lane.work, "backlog", lambda: lanes.BACKLOG if lane.work.waiting else 0)
    lane.work.taken.set()
    lane.work.may_commit.clear()
    lane.deliver(batch("a"))
    await settled()  # in flight
    lane.deliver(batch("b"))
    lane.deliver(batch("c"))
    await settled()
    assert lane.work.log[-1] == "fold b"
    lane.work.may_commit.set()
    await settled()
    assert lane.work.log[-1] == "commit c"


async def test_forgetting_waits_for_folding(lane: Lane) -> None:
    lane.work.to_forget = 3
    lane.deliver(batch("a"))
    lane.deliver(batch("b"))
    lane.work.taken.set()
    await settled()
    done = [each for each in lane.work.log if each.startswith(("fold", "forget"))]
    assert done == ["fold a", "fold b", "forget", "forget", "forget"]


async def test_a_lane_is_woken_to_forget(lane: Lane) -> None:
    lane.work.taken.set()
    await settled()
    lane.work.to_forget = 1
    lane.wake()
    await settled()
    assert lane.work.log == ["taken over", "forget"]
