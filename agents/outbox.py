"""Steps 5 and 6: what waits to be written of one partition, cut into one transaction, then acknowledged."""

from typing import Any

from clocks.announcing import encoded
from clocks.announcing_feeds import encoded_feed
from clocks.saying import Said
from clocks.shard import Shard
from clocks.silence import FeedNews
from clocks.standard import Pack
from clocks.subject import Subject, encode_record
from streams.ledger import Entry, Group
from streams.topics import ALERTS, LEDGER

MANY = 500
"""Changed subjects that are worth a transaction by themselves."""


class Outbox:
    """The ledger's keys that changed, the news to announce, and the batches they came from."""

    def __init__(self) -> None:
        self.changed: dict[str, None] = {}
        self.parted: list[tuple[str, Subject]] = []
        """Subjects that were forgotten before they were written: they are, before their tombstones."""
        self.said: list[tuple[Said, bool]] = []
        """Announcements, each with whether its topics were behind when it was made."""
        self.of_feeds: list[tuple[FeedNews, bool]] = []
        self.folded: list[Any] = []

    def __bool__(self) -> bool:
        return bool(self.folded or self.changed or self.urgent())

    def urgent(self) -> bool:
        """Whether there is something to announce, or a good deal to write."""
        return bool(self.said or self.of_feeds) or len(self.changed) >= MANY

    def fill(self, group: Group, shard: Shard, pack: Pack) -> None:
        """Encode all of it, with no await in between: a fold in the middle would part word and deed."""
        group.add_all(
            Entry(LEDGER, name.encode(), encode_record(subject.record(name))) for name, subject in self.parted
        )
        group.add_all(Entry(LEDGER, name.encode(), shard.save(name)) for name in self.changed)
        for said, behind in self.said:
            value = encoded(said, pack, settle=pack.settle, catching_up=behind)
            group.add(Entry(ALERTS, said.clock.encode(), value))
        for news, behind in self.of_feeds:
            value = encoded_feed(news, pack, settle=pack.settle, catching_up=behind)
            group.add(Entry(ALERTS, news.feed.key.encode(), value))

    def acknowledge(self) -> None:
        """In the order of folding; Faust takes the offsets inside a batch as a gap already done."""
        for event in self.folded:
            event.ack()
