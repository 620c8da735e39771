"""How the feeds stand, as the ledger has it: each partition hears for itself, the worst is told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import msgspec

from clocks.feeds import FEED, Feed, Heard
from schemas.times import SECOND, as_datetime, format_duration
from streams.topic_reading import Record

_decode = msgspec.json.Decoder(Heard).decode


@dataclass
class State:
    """One feed: what each partition heard of it; `partitions` is how many there are."""

    feed: Feed
    partitions: int
    heard: list[Heard] = field(default_factory=list)

    @property
    def last(self) -> list[int]:
        """When (ms) each partition that heard it heard it last."""
        return [heard.last for heard in self.heard if heard.last is not None]

    def silent(self, now: int) -> int:
        """On how many partitions it is silent at `now` (ms)."""
        return sum(now - each > self.feed.silence for each in self.last)

    def outage(self, now: int) -> bool:
        """Whether it is in a planned outage at `now` (ms)."""
        return any(heard.outage(now) is not None for heard in self.heard)

    def words(self, now: int, zone: ZoneInfo) -> str:
        """How it stands at `now` (ms), in one line; times in `zone`."""
        last, silent = self.last, self.silent(now)
        if not last:
            return "never heard"
        missing = self.partitions - len(last)
        told = [self._mark(now, silent), f"last heard {_when(max(last), zone)}"]
        if 0 < silent < len(last):
            told.append(f"silent on {silent} of {self.partitions} partitions")
        if missing:
            told.append(f"never heard on {missing} of {self.partitions} partitions")
        through = min(heard.through for heard in self.heard)
        told += [f"complete through {_when(through, zone)}"] if through and not missing else []
        return ", ".join(told + list(self._outages(now, zone)))

    def _mark(self, now: int, silent: int) -> str:
        if self.outage(now):
            return "in a planned outage"
        return "silent" if silent else "heard"

    def _outages(self, now: int, zone: ZoneInfo) -> Iterator[str]:
        """What is declared and not over."""
        declared = {versions[-1] for heard in self.heard for versions in heard.outages.values()}
        for _, begin, until in sorted(declared):
            if begin < until and until > now:
                yield f"outage declared from {_when(begin, zone)} until {_when(until, zone)}"


def states(feeds: Iterable[Feed], records: Iterable[Record], partitions: int) -> list[State]:
    """The feeds with the latest that the ledger's records say of them."""
    latest = {
        (record.partition, record.key.decode()): record.value
        for record in records
        if record.key is not None and record.key.startswith(FEED.encode())
    }
    heard = {place: value for place, value in latest.items() if value is not None}
    return states_of(feeds, heard, partitions)


def states_of(feeds: Iterable[Feed], heard: Mapping[tuple[int, str], bytes], partitions: int) -> list[State]:
    """The same of the latest records by partition and key."""
    found = {feed.key: State(feed, partitions) for feed in feeds}
    for (_, key), value in heard.items():
        if key in found:
            found[key].heard.append(_decode(value))
    return list(found.values())


def named_words(feed: Feed) -> str:
    """A feed as it is named."""
    places = f", for {', '.join(feed.boroughs)}" if feed.boroughs else ""
    skew = f", skew {format_duration(feed.skew)}" if feed.skew is not None else ""
    return f"{feed.source} on {feed.topic}: silent after {format_duration(feed.silence)}{places}{skew}"


def _when(ms: int, zone: ZoneInfo) -> str:
    return f"{as_datetime(ms // SECOND * SECOND).astimezone(zone):%d %b %H:%M:%S}"
