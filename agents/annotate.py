"""The annotate agent: `breach-alerts`, followed into annotations in Grafana.

Nothing is kept but in Kafka and in Grafana: at its start everything announced is read again, and what Grafana lacks
is written. Grafana may be away for as long as it likes; what is to be written waits.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from pydantic import ValidationError

from grafana.annotating import Annotations
from grafana.breaches import Breaches, Changes
from grafana.server import GrafanaError, GrafanaRefusedError
from schemas.announcements import Announcement, read_news
from schemas.times import DAY
from streams.connection import Connection, UnreachableError
from streams.following import Batch, Follower
from streams.probes import Readiness
from streams.topic_reading import Record
from streams.topics import ALERTS

KEPT = 9 * DAY
"""How long a breach is remembered after the last word of it: mostly nothing is said eight days later (S8)."""
AT_ONCE = 50
"""Annotations written in one go of the thread."""
AGAIN_AFTER = 5.0
"""Seconds until Grafana or Kafka is tried again."""
OUTCOMES = ("added", "changed", "removed", "unchanged", "refused")
_NEVER = (400, 413, 422)
"""What would be refused the next time, too."""
log = logging.getLogger(__name__)


class Annotate(Collector):
    """Marks breaches in Grafana. Several may run: all of them come to the same."""

    def __init__(
        self, connection: Connection, annotations: Annotations, breaches: Breaches, now: Callable[[], int]
    ) -> None:
        """`now`: the time in ms, as the installation counts it."""
        self._connection, self._now = connection, now
        self._annotations, self._breaches = annotations, breaches
        self.waiting: Changes = {}
        """What is not in Grafana yet."""
        self.done: Counter[str] = Counter()
        self.problem = "the announcements are being read"
        """What keeps it from its work, in words; empty where nothing does."""
        self._begun = self._ended = False
        self._not_before = 0.0
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """What /metrics shows of it."""
        return measured(self.done, len(self.waiting))

    async def metrics(self) -> CollectorRegistry:
        """What /metrics shows."""
        return self._registry

    async def readiness(self) -> Readiness:
        """Ready while everything announced is in Grafana, or on its way."""
        return Readiness(not self.problem, {"problem": self.problem, "waiting": len(self.waiting)})

    async def run(self) -> None:
        """Follows for ever. UnreachableError or MissingTopicError where Kafka is not there to begin with."""
        try:
            while True:
                await self._follow_while_it_lasts()
        finally:
            self._ended = True

    async def _follow_while_it_lasts(self) -> None:
        try:
            await self._follow()
        except UnreachableError as failed:
            if not self._begun:
                raise
            self._complain(str(failed))
            await asyncio.sleep(AGAIN_AFTER)

    async def _follow(self) -> None:
        async with Follower(self._connection, [ALERTS]) as follower:
            async for batch in follower.batches():
                self._begun = True
                self._fold(batch.records)
                if batch.caught_up:
                    self.waiting |= self._breaches.changes()
                    await self._write(batch)

    def _fold(self, records: Iterable[Record]) -> None:
        for record in records:
            try:
                news = read_news(record.value or b"")
            except ValidationError:
                # The duty desk sends it to the dead letters.
                log.warning("%s/%s at %s is no announcement", record.topic, record.partition, record.offset)
                continue
            if isinstance(news, Announcement):
                self._breaches.take(news)
        self._breaches.forget(self._now() - KEPT)

    async def _write(self, batch: Batch) -> None:
        time = asyncio.get_running_loop().time
        try:
            while self.waiting and time() >= self._not_before:
                await asyncio.to_thread(self._write_some)
            if not self.waiting:
                self._recover(batch.away)
        except GrafanaError as failed:
            self._not_before = time() + AGAIN_AFTER
            self._complain(str(failed))

    def _write_some(self) -> None:
        for name in list(self.waiting)[:AT_ONCE]:
            if self._ended:
                return
            try:
                outcome = self._annotations.write(name, self.waiting[name])
            except GrafanaRefusedError as refused:
                if refused.status not in _NEVER:
                    raise
                log.error("it is left out: %s", refused)
                outcome = "refused"
            del self.waiting[name]
            self.done[outcome] += 1

    def _complain(self, problem: str) -> None:
        if problem != self.problem:
            log.warning("breaches are not marked in Grafana just now: %s", problem)
        self.problem = problem

    def _recover(self, away: str) -> None:
        problem = f"Kafka: {away}" if away else ""
        if self.problem and not problem:
            log.info("every breach is marked in Grafana: %s", dict(self.done))
        self.problem = problem


def measured(done: Mapping[str, int], waiting: int) -> Iterator[Metric]:
    """The metrics of an annotator that has done so much, by outcome, and has so much to do."""
    written = CounterMetricFamily(
        "pledge_annotations", "Annotations written to Grafana, or refused by it.", labels=("outcome",)
    )
    for outcome in OUTCOMES:
        written.add_metric((outcome,), done.get(outcome, 0))
    yield written
    yield GaugeMetricFamily("pledge_annotations_waiting", "Annotations that are not in Grafana yet.", waiting)
