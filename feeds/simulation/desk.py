"""A call desk: finitely many call-takers, first come, first served; whoever has no patience gives up."""

from heapq import heappop, heappush, heapreplace

from feeds.simulation.chance import around, waiting
from feeds.simulation.city import City
from feeds.simulation.parameters import CallLine
from feeds.simulation.rhythm import hour_of
from schemas.times import MINUTE, SECOND


class Desk:
    """The call-takers of one line, by when each is free (ms).

    Served in the order they come, callers can be dealt with one by one: who waits longer than the first
    call-taker needs to be free is answered, and who has less patience never takes a call-taker's time.
    """

    def __init__(self, city: City, line: CallLine) -> None:
        self._city = city
        self._line = line
        self._free_at: list[float] = []
        self._checked = -1

    def answer(self, at: int) -> tuple[float | None, float]:
        """When a call presented at `at` is answered, None if given up; and when it is over (ms)."""
        random, line = self._city.random, self._line
        self._come_and_go(at)
        if random.random() < line.slips:
            return None, at + SECOND * waiting(random, line.slip_mean)
        gives_up = at + SECOND * around(random, line.patience_median, line.patience_spread)
        picked_up = max(self._free_at[0], at) + SECOND * around(
            random, line.pick_up_median, line.pick_up_spread
        )
        if picked_up > gives_up:
            return None, gives_up
        concluded = picked_up + SECOND * around(random, line.talk_median, line.talk_spread)
        heapreplace(self._free_at, concluded + SECOND * waiting(random, line.wrap_up))
        return picked_up, concluded

    def _come_and_go(self, at: int) -> None:
        """Bring the number at work up to date; who leaves is who is free first, and finishes the call."""
        if at // MINUTE == self._checked:
            return
        self._checked = at // MINUTE
        wanted = self._at_work(at)
        while len(self._free_at) < wanted:
            heappush(self._free_at, at)
        while len(self._free_at) > wanted:
            heappop(self._free_at)

    def _at_work(self, at: int) -> int:
        city = self._city
        present = city.profile.shifts.desks_on_handover if city.rota.handing_over(at) else 1.0
        return max(1, round(self._line.call_takers[hour_of(at)] * city.rate * present))
