"""What /metrics shows of one partition, copied a little at a time so that the loop is never held for all of it."""

import asyncio
import math
from collections.abc import Iterator

from clocks.roll import OpenClock, Roll, open_clock
from clocks.silence import Feeds
from streams.clock import Clock
from streams.metrics import FeedCopy

COPIED_AT_ONCE = 500
"""Open clocks copied before others get their turn: some 2 ms."""


async def open_clocks(roll: Roll) -> tuple[OpenClock, ...]:
    """The clocks that wait for their stop; others get their turn in between, and afterwards."""
    opened = []
    for number, held in enumerate(roll.held(), 1):
        opened.append(open_clock(*held))
        if number % COPIED_AT_ONCE == 0:
            await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tuple(opened)


def feed_copies(feeds: Feeds, clock: Clock) -> Iterator[FeedCopy]:
    """How long ago each feed was heard, in seconds of the wall; infinity where it never was; and its outage."""
    for known in feeds:
        feed, last = known.feed, known.heard.last
        now = clock.now()
        age = math.inf if last is None else max(0, clock.to_wall(now - last)) / 1000
        outage = known.heard.outage(now) is not None
        yield FeedCopy(feed.source, feed.topic, age, clock.to_wall(feed.silence) / 1000, outage)
