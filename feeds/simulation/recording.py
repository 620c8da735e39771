"""From what happened to what was recorded: late, in bulk, twice, out of order, in error, by clocks a little off."""

from random import Random
from typing import Any, NamedTuple

from feeds.simulation.chance import around, between, waiting
from feeds.simulation.parameters import Recording
from feeds.simulation.rhythm import Rota
from feeds.simulation.silences import Silences
from feeds.simulation.sources import SOURCES
from feeds.simulation.writing import Line, written
from schemas.events import TYPES, WITHDRAWN
from schemas.times import MINUTE, SECOND

AUTOMATIC = {"call-answer", "snt-message"}
STARTS = {
    "call.presented", "incident.created", "message.received", "appointment.requested",
    "comment.received", "collision.reported", "crime.recorded", "ward.month_opened",
}  # fmt: skip
_TOPIC = {name: event_type.topics[0] for name, event_type in TYPES.items()}
_WORST_CLOCK = 1_800


class Happening(NamedTuple):
    """Something that happened to a subject at an instant (ms), not yet recorded."""

    at: int
    type: str
    subject: str
    data: dict[str, Any]


class Recorder:
    """Records one city's happenings; `label` keeps its ids apart from another's."""

    def __init__(self, random: Random, rates: Recording, rota: Rota, silences: Silences, label: str) -> None:
        self._random = random
        self._rates = rates
        self._rota = rota
        self._silences = silences
        self._label = label
        self._ids = 0
        self._lines = 0

    def lines(self, happening: Happening, now: int) -> list[Line]:
        """The lines about a happening, none recorded before `now` (ms)."""
        random, rates = self._random, self._rates
        if happening.type in STARTS and random.random() < rates.start_lost:
            return []
        topic = _TOPIC[happening.type]
        recorded = max(int(happening.at + self._delay(topic, happening.at)), now)
        if topic == "arrival":
            happening = happening._replace(at=happening.at + self._clock_error())
        id_ = self._id(topic)
        first = self._line(happening, id_, recorded)
        draw = random.random()
        if draw >= rates.repeated + rates.rerecorded + rates.renumbered:
            return [first]
        return [first, self._again(draw, happening, id_, first.recorded)]

    def mistaken(self, happening: Happening, now: int) -> list[Line]:
        """For a few, an entry made too early by mistake and its withdrawal (S1)."""
        if self._random.random() >= self._rates.mistaken:
            return []
        too_early = max(now, happening.at - int(SECOND * between(self._random, 60.0, 400.0)))
        recorded = too_early + int(SECOND * between(self._random, 1.0, 4.0))
        noticed = recorded + int(SECOND * between(self._random, 15.0, 200.0))
        topic = _TOPIC[happening.type]
        wrong = self._id(topic)
        withdrawal = Happening(noticed, WITHDRAWN, happening.subject, {"event": wrong})
        return [
            self._line(happening._replace(at=too_early), wrong, recorded),
            self._line(withdrawal, self._id(topic), noticed, topic),
        ]

    def _line(self, happening: Happening, id_: str, recorded: int, topic: str | None = None) -> Line:
        """Numbered, so that lines of one instant keep their order."""
        at, type_, subject, data = happening
        topic = topic or _TOPIC[type_]
        recorded = self._silences.recorded(topic, recorded)
        self._lines += 1
        value = written(id_, SOURCES[topic], type_, subject, at, recorded, data)
        return Line(recorded, self._lines, topic, subject, value)

    def _again(self, draw: float, happening: Happening, id_: str, recorded: int) -> Line:
        """A record sent twice: the same, recorded anew, or under a new id."""
        if draw < self._rates.repeated:
            return self._line(happening, id_, recorded)
        if draw >= self._rates.repeated + self._rates.rerecorded:
            id_ = self._id(_TOPIC[happening.type])
        return self._line(happening, id_, recorded + int(SECOND * (1.0 + waiting(self._random, 20.0))))

    def _id(self, topic: str) -> str:
        self._ids += 1
        return f"{SOURCES[topic][:3]}-{self._label}-{self._ids:06}"

    def _clock_error(self) -> int:
        """How far the terminal's clock was off, in ms: never so far ahead that its record is refused (T8)."""
        if self._random.random() < self._rates.slow_clock:
            return -int(MINUTE * waiting(self._random, self._rates.slow_clock_minutes))
        error = SECOND * self._rates.clock_error * self._random.gauss(0.0, 1.0)
        return int(max(-_WORST_CLOCK, min(_WORST_CLOCK, error)))

    def _delay(self, topic: str, at: int) -> float:
        """In ms: how long after it happened it was recorded."""
        random, rates = self._random, self._rates
        extra = SECOND * waiting(random, rates.disordered_mean) if random.random() < rates.disordered else 0.0
        if topic in AUTOMATIC:
            return extra + SECOND * waiting(random, rates.automatic_delay)
        if topic == "arrival" and random.random() < rates.bulk:
            return self._rota.next_change(at) - at + MINUTE * rates.bulk_minutes * random.random()
        if random.random() < (rates.late if topic == "arrival" else rates.late_typed):
            return SECOND * around(random, rates.late_median, rates.late_spread)
        return extra + SECOND * waiting(random, rates.typed_delay)
