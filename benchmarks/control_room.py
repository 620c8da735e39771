"""A control room's ledger as a worker writes it: many open clocks, changes at an even pace, and probes among them."""

import time
from random import Random
from typing import Any

from confluent_kafka import Producer

from benchmarks.live import BOROUGHS
from clocks.shard import Shard
from feeds.replay.producing import OPTIONS
from schemas.facts import Event, Fact
from schemas.times import MINUTE
from standards.loader import DEFAULT_PACK, load_pack
from streams.partitioning import partition_of
from streams.topics import LEDGER

OVERDUE = 10
"""One in so many open clocks is breached already."""
STAYS = 4.0
"""How long a probe stays before a unit arrives, in seconds."""


def now() -> int:
    """The wall's time in ms."""
    return time.time_ns() // 1_000_000


class ControlRoom:
    """Incidents that wait, and the ledger that tells of them."""

    def __init__(self, bootstrap: str, partitions: int, seed: int = 1) -> None:
        self._producer = Producer({**OPTIONS, "bootstrap.servers": bootstrap, "linger.ms": 0})
        self._partitions = partitions
        self._random = Random(seed)
        self._shard = Shard(load_pack(DEFAULT_PACK))
        self._facts = 0
        self._names: list[str] = []
        self._units: dict[str, str] = {}
        self._probes: dict[str, float] = {}
        self.changes = 0

    def fill(self, number: int) -> None:
        """So many incidents of grade S begin to wait; what should be breached by now is."""
        for each in range(number):
            ago = self._random.randint(65, 300) if each % OVERDUE == 0 else self._random.randint(1, 55)
            name = f"CAD-{each}"
            self._names.append(name)
            self._tell(name, "incident.created", now() - ago * MINUTE, grade="S", **self._place())
        self._shard.advance("CAD", now())
        self._save()

    def change(self) -> None:
        """A unit is sent to somebody who waits, or called away again."""
        name = self._random.choice(self._names)
        unit = self._units.pop(name, None)
        if unit is None:
            self._units[name] = unit = f"GD{self._random.randint(1, 99)}"
            self._tell(name, "unit.dispatched", now(), unit=unit)
        else:
            self._tell(name, "unit.stood_down", now(), unit=unit)
        self._save()
        self.changes += 1

    def probe(self, number: int) -> tuple[float, str]:
        """An incident of grade I, a minute before it is due; when (s) it was handed to Kafka, and its borough."""
        name, place = f"CAD-probe-{number}", self._place()
        self._tell(name, "incident.created", now() - 11 * MINUTE, grade="I", **place)
        at = time.time()
        self._probes[name] = at
        self._save()
        self._producer.flush(10)
        return at, place["borough"]

    def attend(self) -> None:
        """Probes that stayed long enough are attended."""
        for name in [name for name, at in self._probes.items() if time.time() - at > STAYS]:
            del self._probes[name]
            self._tell(name, "unit.arrived", now(), unit="GD1")
        self._save()

    def _place(self) -> dict[str, Any]:
        borough = self._random.choice(BOROUGHS)
        return {"borough": borough, "ward": f"{borough} ward {self._random.randint(1, 20)}"}

    def _tell(self, name: str, kind: str, at: int, **data: Any) -> None:
        self._facts += 1
        fact = Fact("bench", f"e{self._facts}", kind, at, now(), data)
        self._shard.fold([Event(name, "dispatch", fact)], now())

    def _save(self) -> None:
        for name in self._shard.take_changed():
            partition = partition_of(name, self._partitions)
            self._producer.produce(LEDGER, self._shard.save(name), name, partition)
            self._producer.poll(0)
