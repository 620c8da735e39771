"""Durations and local times as an inspector would say them."""

from zoneinfo import ZoneInfo

from clocks.finding import Finding
from clocks.standard import Standard
from schemas.reasons import reason_in_words
from schemas.times import HOUR, MINUTE, SECOND, as_datetime, duration_in_words

_WHOLE = ((HOUR, "hours"), (MINUTE, "minutes"), (SECOND, "seconds"))


def why(reason: str | None) -> str:
    """A reason's words; a class may be left by a regrade, a flag or a child (I5)."""
    return "it left this promise's class in time" if reason == "regraded" else reason_in_words(reason)


def was_up(finding: Finding, standard: Standard) -> str:
    """`the 12 minutes were up`."""
    words = allowance(finding, standard)
    return f"{words} {'were' if words.endswith('s') else 'was'} up"


def allowance(finding: Finding, standard: Standard) -> str:
    """What the clock had: `the 12 minutes`; where its due is not its own limit, `its time`."""
    if standard.working_days:
        return f"the {standard.working_days} working days"
    if standard.months or not standard.limit:
        return "the month"
    limit = finding.due - finding.start
    if limit not in {standard.limit, *standard.limits.values()}:
        return "its time"
    for size, name in _WHOLE:
        if limit % size == 0 and limit > size:
            return f"the {limit // size} {name}"
    return f"the {duration_in_words(limit)}"


class LocalTimes:
    """Instants (ms) as the clock of a zone shows them, told apart from the story's first day where need be."""

    def __init__(self, zone: ZoneInfo, first: int) -> None:
        self.zone = zone
        self._first = self.day(first)

    def day(self, moment: int) -> str:
        """`Saturday 24 October 2009, BST`."""
        return f"{as_datetime(moment).astimezone(self.zone):%A %-d %B %Y, %Z}"

    def clock(self, moment: int) -> str:
        """`22:26:40`, with its milliseconds only where there are any."""
        local = as_datetime(moment).astimezone(self.zone)
        return f"{local:%H:%M:%S}" + (f".{moment % SECOND:03d}" if moment % SECOND else "")

    def second(self, moment: int) -> str:
        """The clock time to the second, for what was said: nobody speaks to the millisecond."""
        return self(moment // SECOND * SECOND)

    def __call__(self, moment: int) -> str:
        """The clock time, with its day and zone where that is not the story's first day."""
        if self.day(moment) == self._first:
            return self.clock(moment)
        return f"{self.clock(moment)} on {as_datetime(moment).astimezone(self.zone):%-d %b %Y, %Z}"
