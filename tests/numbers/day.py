"""What happened in the run: nine weeks of a simulated city, a busier last day, and the stories.

All is in the past of `now`, and no clock falls due while the tests run, nor does one leave a window: two answers
taken a minute apart are of the same clocks.
"""

from random import Random

from feeds.simulation.day import day, until
from pledgewatch.judging import verdicts
from schemas.decoding import decode
from schemas.times import DAY, HOUR, MINUTE
from standards.loader import DEFAULT_PACK, load_pack
from tests.numbers.stories import told

WEEKS = 63 * DAY
LAST = 27 * HOUR
BEFORE, LASTING = MINUTE, 5 * MINUTE
"""How long before and after `now` nothing changes by the mere passing of time."""


def lines(now):
    """(recorded in ms, JSON) of the events up to `now` (ms), in order of recording, but for the restless subjects."""
    found = [(recorded, value, decode(value, topic)) for topic, recorded, value in _all(now)]
    restless = _restless([event for _, _, event in found], now)
    kept = [(recorded, value) for recorded, value, event in found if event.subject not in restless]
    return sorted(kept, key=lambda each: each[0])


def _all(now):
    weeks = day(Random(11), now - WEEKS, hours=WEEKS / HOUR, rate=0.003, seed=11)
    last = day(Random(12), now - LAST, hours=LAST / HOUR, rate=0.05, seed=12)
    for line in (*until(weeks, now - BEFORE), *until(last, now - BEFORE)):
        yield line.topic, line.recorded, line.value
    yield from told(now)


def _restless(events, now):
    """The subjects with a clock that falls due, leaves a window or is forgotten while the tests run."""
    begins = [now - BEFORE - length for length in (0, HOUR, DAY)]
    spans = [(begin, begin + BEFORE + LASTING) for begin in begins]
    # The far end of 7 days is of whole hours; nothing is forgotten before 8 (S8), which is done by the hour.
    spans += [(now - length - 2 * HOUR, now - length + 2 * HOUR) for length in (7 * DAY, 8 * DAY)]
    return {
        subject for subject, moment in _moments(events) if any(begin <= moment <= end for begin, end in spans)
    }


def _moments(events):
    """(subject, when something changes by itself, in ms)."""
    for event in events:
        yield event.subject, event.fact.recorded
    for clock in verdicts(events, load_pack(DEFAULT_PACK)):
        found = clock.finding
        changes = (found.due, found.breach_at, found.at_risk, found.unresourced)
        yield from ((clock.subject, moment) for moment in changes if moment is not None)
