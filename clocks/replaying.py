"""Playing recorded events by instants: the same in `judge`, in scenarios and in `verify` (T3)."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from clocks.saying import Said
from clocks.shard import Shard
from schemas.events import KIND_TOPICS
from schemas.facts import Event


def play(shard: Shard, events: Iterable[Event], settle: int = 0) -> Iterator[Said]:
    """Play events that come in order of recording; what is said comes in order of (when said, clock).

    Time runs `settle` ms behind the recordings. Events recorded at an instant are folded before anything
    fires at it.
    """
    for instant, together in groupby(events, key=lambda event: event.fact.recorded):
        yield from play_until(shard, instant - 1, settle)
        said = shard.fold(together)
        yield from in_order([*said, *_advanced(shard, instant, settle)])


def play_until(shard: Shard, now: int, settle: int = 0) -> list[Said]:
    """Let time pass to `now` (ms) with nothing recorded."""
    return in_order(_advanced(shard, now, settle))


def play_out(shard: Shard, settle: int = 0) -> Iterator[Said]:
    """Let every deadline and stage that is ahead come, one after the other."""
    while (moment := next_moment(shard)) is not None:
        yield from play_until(shard, moment + settle, settle)


def next_moment(shard: Shard) -> int | None:
    """The earliest moment (ms) at which anything fires."""
    moments = (shard.next_moment(kind) for kind in KIND_TOPICS)
    return min((moment for moment in moments if moment is not None), default=None)


def in_order(said: list[Said]) -> list[Said]:
    """Announcements by (when said, clock)."""
    return (
        said
        if len(said) < 2
        else sorted(said, key=itemgetter(Said._fields.index("said_at"), Said._fields.index("clock")))
    )


def _advanced(shard: Shard, now: int, settle: int) -> list[Said]:
    said = shard.advance_all(now - settle)
    return [each._replace(said_at=each.said_at + settle) for each in said] if settle else said
