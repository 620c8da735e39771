"""A feed falls silent on a real broker: one alert, said once through a kill, and judged again when it speaks (S6)."""

import asyncio
import json
from pathlib import Path

import pytest
from scene import PACK, PARTITIONS, Scene, event, now, until

from pledgewatch.cli import run
from schemas.times import format_time
from streams.partitioning import partition_of
from streams.topics import ALERTS

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
SOURCE = "cad/test"
KEY = f"feed/dispatch/{SOURCE}"
NAMED = f"feeds:\n  - {{source: {SOURCE}, topic: dispatch, silence: 3s}}\n"


async def beat(scene: Scene, through: int | None = None) -> None:
    """A heartbeat, to every partition of its topic."""
    data = {} if through is None else {"through": format_time(through)}
    async with scene.producer() as producer:
        for partition in range(PARTITIONS):
            value = event("source.heartbeat", SOURCE, now(), **data)
            await producer.send_and_wait("dispatch", value, partition=partition)


async def types_of(scene: Scene, subject: str) -> list[str]:
    return [each["type"] for each in await scene.announced() if each["subject"] == subject]


async def until_told(scene: Scene, subject: str, *types: str, seconds: float = 20) -> None:
    async def told() -> bool:
        return await types_of(scene, subject) == list(types)

    try:
        await until(told, seconds)
    except TimeoutError:
        raise AssertionError(f"{subject}: {await types_of(scene, subject)}, not {list(types)}") from None


def verified(scene: Scene, named: Path) -> int:
    """What `pledgewatch verify` says of all that stands in Kafka."""
    return run(
        ["verify", "--bootstrap", scene.connection.bootstrap, "--standards", str(PACK), "--feeds", str(named)]
    )


async def test_one_alert_a_silence_nothing_twice_through_a_kill_and_judged_again(
    scene: Scene, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    named = tmp_path / "feeds.yaml"
    named.write_text(NAMED)
    started = now()
    incidents = [f"CAD-{number}" for number in range(6)]
    await beat(scene)
    with scene.process(tmp_path / "first", "--feeds", str(named)) as first:
        await scene.send(
            *[("dispatch", name, event("incident.created", name, started, grade="I")) for name in incidents]
        )
        await until_told(scene, KEY, "feed.silent")
        for name in incidents:
            await until_told(scene, f"{name}/attend-immediate", "clock.breached", "clock.unverifiable")
        first.kill()
    with scene.process(tmp_path / "second", "--feeds", str(named)) as second:
        await asyncio.sleep(8)  # it has taken over, and the feed is still silent
        assert second.poll() is None, (tmp_path / "second").read_text()[-2000:]
        assert await types_of(scene, KEY) == ["feed.silent"]
        assert len(await scene.announced()) == 1 + 2 * len(incidents)

        arrived = event("unit.arrived", "CAD-1", started + 1_500, unit="GD21", recorded=now())
        await scene.send(("arrival", "CAD-1", arrived))
        await until_told(scene, "CAD-1/attend-immediate", "clock.breached", "clock.unverifiable", "clock.met")
        await beat(scene, through=now())
        for name in set(incidents) - {"CAD-1"}:
            await until_told(
                scene, f"{name}/attend-immediate", "clock.breached", "clock.unverifiable", "clock.breached"
            )
        await until_told(scene, KEY, "feed.silent", "feed.back")
    records = [record for record in await scene.read(ALERTS) if record.key == KEY.encode()]
    assert {record.partition for record in records} == {partition_of(SOURCE, PARTITIONS)}
    assert len({json.loads(record.value)["id"] for record in records}) == 2
    assert await asyncio.to_thread(verified, scene, named) == 0, capfd.readouterr().out


async def test_a_planned_outage_is_declared_and_raises_no_alert(
    scene: Scene, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    named = tmp_path / "feeds.yaml"
    named.write_text(NAMED)
    kafka = ["--bootstrap", scene.connection.bootstrap]
    outage = ["feeds", "outage", SOURCE, "--topic", "dispatch", "--from", "now", *kafka]
    outage += ["--until", format_time(now() + 60_000), "--reason", "works", "--by", "Sgt Smith"]
    await beat(scene)
    assert await asyncio.to_thread(run, outage) == 0
    with scene.process(tmp_path / "worker", "--feeds", str(named)):
        await scene.send(("dispatch", "CAD-1", event("incident.created", "CAD-1", now(), grade="I")))
        await until_told(scene, "CAD-1/attend-immediate", "clock.unverifiable")
        await asyncio.sleep(4)
        assert await types_of(scene, KEY) == []
        listed = ["feeds", "list", *kafka, "--standards", str(PACK), "--feeds", str(named)]
        capfd.readouterr()
        assert await asyncio.to_thread(run, listed) == 0
        assert f"{SOURCE} on dispatch: in a planned outage, last heard" in capfd.readouterr().out
    assert await asyncio.to_thread(verified, scene, named) == 0, capfd.readouterr().out
