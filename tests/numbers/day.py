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
from tests.numbers.stories import FEED, told

WEEKS = 63 * DAY
LAST = 27 * HOUR
BEFORE, LASTING = MINUTE, 10 * MINUTE
"""How long before and after `now` nothing changes by the mere passing of time."""


def lines(now):
    """The events up to `now` (ms) as JSON, in order of recording, but for the restless subjects."""
    weeks = day(Random(11), now - WEEKS, hours=WEEKS / HOUR, rate=0.003, seed=11)
    last = day(Random(12), now - LAST, hours=LAST / HOUR, rate=0.03, seed=12)
    found = [*until(weeks, now - BEFORE), *until(last, now - BEFORE), *told(now)]
    events = [decode(each.value, each.topic) for each in found]
    restless = _restless(events, now)
    kept = [each for each, event in zip(found, events, strict=True) if event.subject not in restless]
    return [each.value for each in sorted(kept, key=lambda each: each.recorded)]


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
    yield from ((event.subject, event.fact.recorded) for event in events if event.subject != FEED)
    for clock in verdicts(events, load_pack(DEFAULT_PACK)):
        found = clock.finding
        changes = (found.due, found.breach_at, found.at_risk, found.unresourced)
        yield from ((clock.subject, moment) for moment in changes if moment is not None)
