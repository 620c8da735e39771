"""What was announced of the feeds, held against what judging again says of them (S6)."""

from collections import Counter
from collections.abc import Iterator

from clocks.silence import SILENT, FeedNews
from pledgewatch.verifying.recorded import Recorded
from pledgewatch.verifying.told import FeedTold
from schemas.times import format_time


def feed_problems(recorded: Recorded, wanted: list[FeedNews]) -> Iterator[tuple[str, str]]:
    """The feeds, by their keys, whose two accounts part, and how: the first thing of each."""
    for key in sorted(recorded.told_of_feeds.keys() | recorded.announces):
        told = sorted(recorded.told_of_feeds.get(key, []), key=lambda each: each.revision)
        due = [each for each in wanted if each.feed.key == key and each.said_at <= recorded.surely]
        problem = next(_problems(told, due, key in recorded.announces), None)
        if problem is not None:
            yield key, problem


def _problems(told: list[FeedTold], due: list[FeedNews], ours: bool) -> Iterator[str]:
    if told and not ours:
        yield "it is announced by a partition that its source does not belong to, or is no longer named"
        return
    for revision, times in Counter(each.revision for each in told).items():
        if times > 1:
            yield f"revision {revision} was said {times} times"
    for before, after in zip([None, *told], told, strict=False):
        if (after.news == SILENT) == (before is not None and before.news == SILENT):
            yield f"revision {after.revision} says {after.news} of a feed of which that was said already"
    said = {each.about for each in told if each.news == SILENT}
    for each in due:
        if each.news == SILENT and each.about not in said:
            yield f"its silence from {format_time(each.last)} on was never announced"
