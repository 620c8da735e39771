"""The day itself: subjects begin, their stories are recorded, and lines come out in order of recording."""

import heapq
from collections.abc import Iterator
from random import Random

from feeds.simulation import calls, incidents, messages
from feeds.simulation.arrivals import beginnings
from feeds.simulation.city import City, Happening, day_label
from feeds.simulation.poison import poisonous
from feeds.simulation.rates import Rates
from feeds.simulation.recording import SOURCES, Recorder
from feeds.simulation.writing import Line, written
from schemas.events import HEARTBEAT
from schemas.times import HOUR, MINUTE, format_time

ETA_MINUTES = {"I": 12, "S": 60}
"""What a caller is told, where there is anything to tell."""


def day(
    random: Random,
    start: int,
    *,
    hours: float = 24.0,
    rate: float = 1.0,
    rates: Rates | None = None,
    seed: int = 0,
    poison: int = 0,
    heartbeat: int = 0,
) -> Iterator[Line]:
    """The lines of a day, in order of recording; subjects begin within `hours` of `start` (ms) and are
    followed to their end, so that the last lines come a day or two later.

    `rate` multiplies the volumes; `seed` only labels the subjects; `heartbeat` is in ms, 0 for none.
    """
    label, rates = day_label(start, seed), rates or Rates()
    bad = poisonous(Random(random.getrandbits(64)), poison, start, hours, label)
    good = _recorded(random, rates, start, hours, rate, label)
    beats = heartbeats(start, hours, heartbeat, label) if heartbeat else iter(())
    return heapq.merge(good, bad, beats)


def until(lines: Iterator[Line], end: int) -> Iterator[Line]:
    """The lines recorded up to `end` (ms): a day of which the rest has not happened yet."""
    for line in lines:
        if line.recorded > end:
            return
        yield line


def _recorded(
    random: Random, rates: Rates, start: int, hours: float, rate: float, label: str
) -> Iterator[Line]:
    """Hold back what is recorded after the next subject begins: memory grows with what is pending only."""
    tale, pending = _Tale(City(random, rates, label)), list[Line]()
    recorder = Recorder(random, rates.recording, label)
    for at, name in beginnings(random, rates.volumes, start, hours, rate):
        while pending and pending[0].recorded < at:
            yield heapq.heappop(pending)
        for line in recorder.lines(tale.of(name, at), at):
            heapq.heappush(pending, line)
    while pending:
        yield heapq.heappop(pending)


class _Tale:
    """What happens to a subject that begins, and to those it brings about."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._lines = calls.lines(city.rates.calls)
        self._reply_spread = messages.reply_spread(city.rates.messages)

    def of(self, name: str, at: int) -> list[Happening]:
        story: list[Happening] = []
        if name == "messages":
            messages.message(self._city, at, self._reply_spread, story)
        elif name in {"on_view", "other_incidents"}:
            self._uncalled(at, name == "on_view", story)
        else:
            self._called(name.removeprefix("calls_"), at, story)
        return story

    def _called(self, line: str, at: int, story: list[Happening]) -> None:
        city, rates = self._city, self._city.rates.incidents
        place = city.somewhere()
        call = calls.call(city, at, self._lines[line], place.borough, story)
        opened = calls.opens_incident(city, call)
        if opened is None:
            calls.conclude(city, call, story)
            return
        grades = rates.grades_of_999 if line == "999" else rates.grades_of_101
        origin = incidents.Origin(grades, place, call.subject, exercise=call.exercise)
        incident = incidents.incident(city, opened, origin, story)
        calls.conclude(city, call, story, ETA_MINUTES.get(incident.grade))

    def _uncalled(self, at: int, on_view: bool, story: list[Happening]) -> None:
        origin = incidents.Origin(
            self._city.rates.incidents.grades_of_others, self._city.somewhere(), on_view=on_view
        )
        incidents.incident(self._city, at, origin, story)


def heartbeats(start: int, hours: float, every: int, label: str) -> Iterator[Line]:
    """Every source's sign of life each `every` ms: all it recorded before has been sent (S6)."""
    for number, at in enumerate(range(start, start + int(hours * HOUR) + 10 * MINUTE, every)):
        for topic, source in SOURCES.items():
            data = {"through": format_time(at - 1)}
            id_ = f"{source[:3]}-{label}-beat-{number:05}"
            value = written(id_, source, HEARTBEAT, source, at, at, data)
            yield Line(at, -1, topic, source, value, everywhere=True)
