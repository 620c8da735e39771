"""Workers that are restarted, killed, joined, left and stopped in their tracks: nothing lost, nothing said twice."""

import asyncio
import signal
from pathlib import Path

import pytest
from scene import Scene, check_everything, event, feed_live, now, until

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


async def busy(scene: Scene) -> bool:
    """Whether a worker announces."""
    return bool(await scene.announced())


async def drained(scene: Scene) -> None:
    """A last worker reads what is left and says what has fallen due."""
    async with scene.worker() as worker:
        await asyncio.sleep(1)
        await until(
            lambda: (
                not any(lane.unfolded() or lane.work.pending() for lane in worker.assignment.lanes.values())
            )
        )
        await asyncio.sleep(3)


async def test_a_restart_says_nothing_twice_and_what_fell_due_meanwhile_once(scene: Scene) -> None:
    began = now()
    async with scene.worker():
        await scene.send(
            ("call-answer", "CALL-1", event("call.presented", "CALL-1", began, line="999")),
            ("dispatch", "CAD-1", event("incident.created", "CAD-1", began + 1_000, grade="I")),
        )
        await scene.until_said("CALL-1/call-999", "breached")
    async with scene.worker():
        await scene.until_said("CAD-1/attend-immediate", "breached")
        # Evidence that changes nothing, after the restart, says nothing again.
        await scene.send(("dispatch", "CAD-1", event("unit.dispatched", "CAD-1", began + 1_100, unit="A")))
        await asyncio.sleep(1)
    assert await scene.said_of("CALL-1/call-999") == ["breached"]
    assert await scene.said_of("CAD-1/attend-immediate") == ["breached"]


async def test_a_busy_day_through_a_kill_a_join_and_a_leave(scene: Scene, tmp_path: Path) -> None:
    """Three workers come and go, one by kill -9, one by SIGTERM; at the end everything adds up."""
    with scene.process(tmp_path / "first") as first:
        feeding = asyncio.create_task(feed_live(scene, seconds=14, rate=80))
        await until(lambda: busy(scene))
        with scene.process(tmp_path / "second") as second:  # a join
            await asyncio.sleep(4)
            first.kill()  # without a word to anybody
            await asyncio.sleep(4)
            with scene.process(tmp_path / "third") as third:  # another join
                await asyncio.sleep(3)
                second.send_signal(signal.SIGTERM)  # a leave
                assert await asyncio.to_thread(second.wait, 20) == 0
                await feeding
                await asyncio.sleep(4)
                assert third.poll() is None, (tmp_path / "third").read_text()[-2000:]
    await drained(scene)
    counts = await check_everything(scene)
    assert counts["breached"] > 20
    assert counts["poison"] > 5


async def test_a_worker_that_was_stopped_in_its_tracks_is_fenced_when_it_wakes(
    scene: Scene, tmp_path: Path
) -> None:
    with scene.process(tmp_path / "zombie") as zombie:
        feeding = asyncio.create_task(feed_live(scene, seconds=12, rate=60, seed=2))
        await until(lambda: busy(scene))
        zombie.send_signal(signal.SIGSTOP)
        with scene.process(tmp_path / "heir") as heir:
            await asyncio.sleep(7)  # over three sessions: the group has given its partitions away
            zombie.send_signal(signal.SIGCONT)
            await feeding
            await asyncio.sleep(4)
            assert heir.poll() is None, (tmp_path / "heir").read_text()[-2000:]
            # It either dropped its partitions quietly or ended itself; it never went on beside its heir.
            assert zombie.poll() in (None, 70), (tmp_path / "zombie").read_text()[-2000:]
    await drained(scene)
    assert (await check_everything(scene))["breached"] > 10


async def test_a_partition_being_restored_holds_up_no_other(scene: Scene, monkeypatch) -> None:
    from streams import takeover

    read = takeover.LedgerReader.read
    gate = asyncio.Event()

    async def slow(self, end, restore):
        if self._partition.partition == 0:
            await gate.wait()
        return await read(self, end, restore)

    monkeypatch.setattr(takeover.LedgerReader, "read", slow)
    names = [f"CALL-{number}" for number in range(12)]
    starting = scene.worker()
    task = asyncio.create_task(starting.__aenter__())
    await scene.send(
        *[("call-answer", name, event("call.presented", name, now(), line="999")) for name in names]
    )

    async def others_said() -> bool:
        return len({each["subject"] for each in await scene.announced()}) >= 5

    await until(others_said)
    gate.set()
    await task

    async def all_said() -> bool:
        return len({each["subject"] for each in await scene.announced()}) == len(names)

    await until(all_said)
    await starting.__aexit__(None, None, None)
