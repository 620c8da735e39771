"""From what happened to what was recorded: late, twice, out of order, in error, by clocks a little off."""

from random import Random
from typing import Any, NamedTuple

from feeds.simulation.chance import around, between, waiting
from feeds.simulation.city import Happening
from feeds.simulation.rates import RecordingRates
from feeds.simulation.writing import Line, written
from schemas.events import TYPES, WITHDRAWN
from schemas.times import MINUTE, SECOND

SOURCES = {"call-answer": "acd/met", "dispatch": "cad/met", "arrival": "mdt/met", "snt-message": "snt/met"}
"""Who records what: telephony, the control room, the units' terminals, the teams' mail."""
AUTOMATIC = {"call-answer", "snt-message"}
STARTS = {"call.presented", "incident.created", "message.received"}
MISTAKABLE = {"unit.arrived", "incident.cancelled"}
_TOPIC = {name: event_type.topics[0] for name, event_type in TYPES.items()}
_WORST_CLOCK = 1_800


class Record(NamedTuple):
    """One record of a happening: by whom, under which id, when (ms), on which topic."""

    happening: Happening
    id: str
    recorded: int
    topic: str

    def line(self, number: int) -> Line:
        """The record as it is written."""
        at, type_, subject, data = self.happening
        value = written(self.id, SOURCES[self.topic], type_, subject, at, self.recorded, data)
        return Line(self.recorded, number, self.topic, subject, value)


class Recorder:
    """Records the stories of one day; `label` keeps its ids apart from another day's."""

    def __init__(self, random: Random, rates: RecordingRates, label: str) -> None:
        self._random = random
        self._rates = rates
        self._label = label
        self._ids = 0
        self._lines = 0

    def lines(self, story: list[Happening], begun: int) -> list[Line]:
        """All lines about a story that began at `begun` (ms); none is recorded before that."""
        story.sort(key=lambda each: each.at)
        records = [self._first(each, begun) for each in story if not self._is_lost(each)]
        self._overtake(records)
        again = self._again(records)
        return [self.numbered(record) for record in [*records, *again, *self._mistaken(records, begun)]]

    def numbered(self, record: Record) -> Line:
        """The record's line, numbered so that lines of one instant keep their order."""
        self._lines += 1
        return record.line(self._lines)

    def _first(self, happening: Happening, begun: int) -> Record:
        topic = _TOPIC[happening.type]
        recorded = max(int(happening.at + self._delay(topic)), begun)
        if topic == "arrival":
            happening = happening._replace(at=happening.at + self._clock_error())
        return Record(happening, self._id(topic), recorded, topic)

    def _is_lost(self, happening: Happening) -> bool:
        return happening.type in STARTS and self._random.random() < self._rates.start_lost

    def _clock_error(self) -> int:
        """How far the terminal's clock was off, in ms: never so far ahead that its record is refused (T8)."""
        if self._random.random() < self._rates.slow_clock:
            return -int(MINUTE * waiting(self._random, self._rates.slow_clock_minutes))
        error = SECOND * self._rates.clock_error * self._random.gauss(0.0, 1.0)
        return int(max(-_WORST_CLOCK, min(_WORST_CLOCK, error)))

    def _id(self, topic: str) -> str:
        self._ids += 1
        return f"{SOURCES[topic][:3]}-{self._label}-{self._ids:06}"

    def _delay(self, topic: str) -> float:
        random, rates = self._random, self._rates
        if topic in AUTOMATIC:
            return SECOND * waiting(random, rates.automatic_delay)
        if random.random() < (rates.late if topic == "arrival" else rates.late_typed):
            return SECOND * around(random, rates.late_median, rates.late_spread)
        return SECOND * waiting(random, rates.typed_delay)

    def _overtake(self, records: list[Record]) -> None:
        """Let a few records be entered only after the next of their subject."""
        for place in range(len(records) - 1):
            if self._random.random() < self._rates.disordered:
                record = records[place]
                following = records[place + 1 :]
                mine = (
                    each.recorded for each in following if each.happening.subject == record.happening.subject
                )
                recorded = max(record.recorded, next(mine, 0) + int(between(self._random, 100, 3_000)))
                records[place] = record._replace(recorded=recorded)

    def _again(self, records: list[Record]) -> list[Record]:
        """The few that are sent twice: the same, recorded anew, or under a new id."""
        rates, again = self._rates, []
        rerecorded = rates.repeated + rates.rerecorded
        for record in records:
            draw = self._random.random()
            if draw >= rerecorded + rates.renumbered:
                continue
            if draw >= rates.repeated:
                later = int(SECOND * (1.0 + waiting(self._random, 20.0)))
                record = record._replace(recorded=record.recorded + later)
            again.append(record if draw < rerecorded else record._replace(id=self._id(record.topic)))
        return again

    def _mistaken(self, records: list[Record], begun: int) -> list[Record]:
        """Entries made too early by mistake, each with its withdrawal (S1)."""
        mistaken = []
        for record in records:
            if record.happening.type in MISTAKABLE and self._random.random() < self._rates.mistaken:
                mistaken += self._error_and_withdrawal(record, begun)
        return mistaken

    def _error_and_withdrawal(self, record: Record, begun: int) -> list[Record]:
        too_early = max(begun, record.happening.at - int(SECOND * between(self._random, 60.0, 400.0)))
        recorded = too_early + int(SECOND * between(self._random, 1.0, 4.0))
        wrong = Record(
            record.happening._replace(at=too_early), self._id(record.topic), recorded, record.topic
        )
        noticed = recorded + int(SECOND * between(self._random, 15.0, 200.0))
        data: dict[str, Any] = {"event": wrong.id}
        withdrawal = Happening(noticed, WITHDRAWN, record.happening.subject, data)
        return [wrong, Record(withdrawal, self._id(record.topic), noticed, record.topic)]
