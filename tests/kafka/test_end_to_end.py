"""Events in, announcements out, on a real broker."""

import asyncio
import json

import pytest
from scene import PARTITIONS, Scene, event, now, until

from schemas.announcements import Announcement
from schemas.ledger import LedgerRecord
from schemas.times import format_time
from streams import topics

pytestmark = pytest.mark.kafka


async def test_an_unanswered_call_is_announced_with_no_further_event(scene: Scene) -> None:
    async with scene.worker():
        began = now()
        await scene.send(("call-answer", "CALL-1", event("call.presented", "CALL-1", began, line="999")))
        await scene.until_said("CALL-1/call-999", "breached")
    (said,) = [Announcement.model_validate(each) for each in await scene.announced()]
    assert said.type == "clock.breached"
    assert said.data.late is said.data.catching_up is False
    assert 0 <= (said.data.delay_ms or 0) < 1_000
    LedgerRecord.model_validate((await scene.ledger())["CALL-1"])


async def test_an_answer_in_time_says_nothing_and_a_late_one_is_told(scene: Scene) -> None:
    async with scene.worker():
        began = now()
        await scene.send(
            ("call-answer", "CALL-1", event("call.presented", "CALL-1", began, line="999")),
            ("call-answer", "CALL-1", event("call.answered", "CALL-1", began + 500)),
            ("call-answer", "CALL-2", event("call.presented", "CALL-2", began, line="999")),
        )
        await scene.until_said("CALL-2/call-999", "breached")
        await scene.send(("call-answer", "CALL-2", event("call.answered", "CALL-2", began + 1_500)))
        await scene.until_said("CALL-2/call-999", "breached", "breached")
    types = [each["type"] for each in await scene.announced()]
    assert types == ["clock.breached", "clock.stopped"]


async def test_late_evidence_takes_a_breach_back_and_names_it(scene: Scene) -> None:
    async with scene.worker():
        began = now()
        await scene.send(("dispatch", "CAD-1", event("incident.created", "CAD-1", began, grade="I")))
        await scene.until_said("CAD-1/attend-immediate", "breached")
        arrival = json.loads(event("unit.arrived", "CAD-1", began + 1_000, unit="GD21"))
        arrival["recordedtime"] = format_time(now())
        await scene.send(("arrival", "CAD-1", json.dumps(arrival).encode()))
        await scene.until_said("CAD-1/attend-immediate", "breached", "met")
    first, second = await scene.announced()
    assert second["data"]["corrects"] == first["id"]
    assert second["data"]["evidence_late_ms"] > 0


async def test_an_unread_backlog_on_arrival_announces_no_false_breach(scene: Scene) -> None:
    """T5: a worker that comes back reads the arrivals first, whatever the wall says."""
    hour_ago = now() - 3_600_000
    incidents = [f"CAD-{number}" for number in range(300)]
    created = [("dispatch", each, event("incident.created", each, hour_ago, grade="I")) for each in incidents]
    arrived = [
        ("arrival", each, event("unit.arrived", each, hour_ago + 1_000, unit="A")) for each in incidents
    ]
    # Filler: arrivals long before these incidents' deadlines are read first.
    filler = [("arrival", each, event("unit.staged", each, hour_ago, unit="B")) for each in incidents * 10]
    async with scene.producer(linger_ms=20) as producer:
        for topic, subject, value in [*created, *filler, *arrived]:
            await producer.send(topic, value, key=subject.encode())
        await producer.flush()
    async with scene.worker() as worker:
        await until(lambda: worker.setup.observed.events == len(created + filler + arrived))
        await asyncio.sleep(0.5)
    assert await scene.announced() == []
    assert {
        record["clocks"]["attend-immediate"]["verdict"] for record in (await scene.ledger()).values()
    } == {"met"}


async def test_poison_goes_to_the_dead_letters_and_the_rest_goes_on(scene: Scene) -> None:
    began = now()
    async with scene.worker():
        await scene.send(
            ("call-answer", "CALL-1", b"{not json"),
            ("call-answer", "CALL-1", event("call.presented", "CALL-1", began, line="999")),
            ("call-answer", "CALL-1", event("unit.arrived", "CALL-1", began, unit="A")),
            ("dispatch", "CAD-1", event("incident.created", "CAD-1", began + 120_000, grade="I")),
        )
        await scene.until_said("CALL-1/call-999", "breached")
    dead = await scene.read(topics.DEAD_LETTERS)
    assert sorted(dict(record.headers)["reason"] for record in dead) == [
        b"not-json",
        b"time-in-future",
        b"wrong-kind",
    ]
    assert {record.value for record in dead if record.key == b"CALL-1"} >= {b"{not json"}


async def test_a_subject_sent_to_another_partition_is_parked(scene: Scene) -> None:
    async with scene.worker(), scene.producer() as producer:
        value = event("call.presented", "CALL-2", now(), line="999")
        for partition in range(PARTITIONS):
            await producer.send_and_wait("call-answer", value, key=b"CALL-2", partition=partition)
        await scene.until_said("CALL-2/call-999", "breached")
    dead = await scene.read(topics.DEAD_LETTERS)
    assert [dict(record.headers)["reason"] for record in dead] == [b"wrong-partition"] * (PARTITIONS - 1)


async def test_what_a_killed_producer_left_uncommitted_is_not_read(scene: Scene) -> None:
    began = now()
    async with scene.worker() as worker:
        async with scene.producer(transactional_id="feed-1", transaction_timeout_ms=2_000) as producer:
            await producer.begin_transaction()
            lost = event("call.presented", "CALL-1", began, line="999")
            await producer.send_and_wait("call-answer", lost, key=b"CALL-1")
            await asyncio.sleep(2.0)  # past its deadline and settle
            assert worker.setup.observed.events == 0
            await producer.abort_transaction()
        kept = event("call.presented", "CALL-1", began + 100, line="999")
        await scene.send(("call-answer", "CALL-1", kept))
        await scene.until_said("CALL-1/call-999", "breached")
    (record,) = (await scene.ledger()).values()
    assert [fact[1] for fact in record["facts"]] == [json.loads(kept)["id"]]


async def test_a_batch_is_acknowledged_once_it_is_committed(scene: Scene, monkeypatch) -> None:
    async with scene.worker() as worker:
        stuck = asyncio.Event()
        for lane in worker.assignment.lanes.values():
            commit = lane.work.writer.commit

            async def later(group, commit=commit):
                await stuck.wait()
                await commit(group)

            monkeypatch.setattr(lane.work.writer, "commit", later)
        sent = [
            ("call-answer", f"CALL-{n}", event("call.presented", f"CALL-{n}", now(), line="999"))
            for n in range(20)
        ]
        await scene.send(*sent)
        await until(lambda: worker.setup.observed.events == 20)
        await asyncio.sleep(1.5)  # longer than Faust takes to commit what is acknowledged
        assert await scene.committed("call-answer") == 0
        stuck.set()

        async def all_acknowledged() -> bool:
            return await scene.committed("call-answer") == 20

        await until(all_acknowledged)
