"""`verify` knows of feeds: unverifiable clocks agree, and each silence is announced once (S6)."""

import json

import pytest

from clocks.feeds import Feed
from clocks.silence import BACK, SILENT
from pledgewatch.verifying.comparing import Comparison, compare
from pledgewatch.verifying.recorded import Recorded
from pledgewatch.verifying.told import FeedTold
from schemas.decoding import decode
from schemas.times import SECOND, format_time, parse_time
from standards.loader import load_pack

ZERO = parse_time("2009-10-24T21:00:00Z")
FEED = Feed(source="acd", topic="call-answer", silence=30 * SECOND)
SILENT_AT, BACK_AT = ZERO + 30_001, ZERO + 90_000
WELL = [FeedTold(SILENT, SILENT_AT, 1), FeedTold(BACK, BACK_AT, 2)]


def beat(at: int) -> bytes:
    told = {"specversion": "1.0", "id": f"b{at}", "source": "acd", "subject": "acd"}
    return json.dumps(
        told | {"type": "source.heartbeat", "time": format_time(ZERO + at), "data": {}}
    ).encode()


def compared(told: list[FeedTold], announces: bool = True) -> Comparison:
    recorded = Recorded(load_pack("met-pledge-2009"), 0, ZERO + 100_000, ZERO + 100_000, whole=True)
    recorded.events = [decode(beat(at), "call-answer") for at in (0, 90_000)]
    recorded.feeds = (FEED,)
    recorded.announces = frozenset({FEED.key} if announces else ())
    recorded.told_of_feeds = {FEED.key: told} if told else {}
    return compare(recorded)


def test_a_silence_announced_once_and_its_end_agree() -> None:
    found = compared(WELL)
    assert (found.differences, found.events) == ([], 0)


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ([], "its silence from 2009-10-24T21:00:00.000Z on was never announced"),
        ([WELL[0], *WELL], "revision 1 was said 2 times"),
        ([WELL[0], FeedTold(SILENT, SILENT_AT, 2)], "revision 2 says feed.silent"),
        ([FeedTold(BACK, BACK_AT, 1)], "revision 1 says feed.back"),
    ],
)
def test_what_parts_is_told(told: list[FeedTold], problem: str) -> None:
    (difference,) = compared(told).differences
    assert difference.clock == FEED.key
    assert difference.problem.startswith(problem)


def test_another_partition_announces_it_alone() -> None:
    assert compared([], announces=False).differences == []
    (difference,) = compared(WELL, announces=False).differences
    assert "does not belong to" in difference.problem
