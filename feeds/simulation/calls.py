"""Calls: presented, then answered or given up, then concluded; some open an incident (C1, C2)."""

from math import ceil
from typing import NamedTuple

from feeds.simulation.chance import waiting
from feeds.simulation.city import City, Subject
from feeds.simulation.desk import Desk
from schemas.times import SECOND


class Call(NamedTuple):
    """A call and what became of it; `answered` and `concluded` in ms, `answered` None where nobody spoke."""

    subject: Subject
    line: str
    answered: float | None
    concluded: float
    exercise: bool


class Exchange:
    """Where the calls of both lines come in."""

    def __init__(self, city: City) -> None:
        self._city = city
        calls = city.profile.calls
        self.lines = {"999": calls.line_999, "101": calls.line_101}
        self._desks = {number: Desk(city, line) for number, line in self.lines.items()}

    def ring(self, line: str, borough: str) -> Call:
        """A call that is presented now, up to its answer or until it is given up."""
        city, subject, at = self._city, self._city.subject("CALL"), self._city.now
        data = {"line": line, "borough": borough, "caller": f"c{city.random.getrandbits(32):08x}"}
        exercise = city.is_exercise()
        city.tell(subject, at, "call.presented", **(data | {"exercise": True} if exercise else data))
        answered, over = self._desks[line].answer(at)
        if answered is None:
            self._given_up(subject, over)
        elif not city.chance(city.profile.calls.answer_never_recorded):
            self._answered(subject, answered)
        return Call(subject, line, answered, over, exercise)

    def conclude(self, call: Call, eta_minutes: int | None = None) -> None:
        """The end of an answered call's conversation, in which the caller may hear when somebody will come."""
        if call.answered is None:
            return
        told = self._city.chance(self._city.profile.calls.told_next_step)
        data: dict[str, object] = {"told_next_step": told}
        if told and eta_minutes is not None:
            data["eta_minutes"] = eta_minutes
        self._city.tell(call.subject, call.concluded, "call.concluded", **data)

    def opens_incident(self, call: Call) -> int | None:
        """When an answered call opens an incident (ms), None if it does not."""
        if call.answered is None or not self._city.chance(self.lines[call.line].opens_incident):
            return None
        opened_after = waiting(self._city.random, self._city.profile.calls.opened_after)
        return ceil(call.answered + SECOND * (8.0 + opened_after))

    def _given_up(self, subject: Subject, at: float) -> None:
        city = self._city
        city.tell(subject, at, "call.abandoned")
        if city.chance(city.profile.calls.answered_though_abandoned):
            self._answered(subject, at + SECOND * waiting(city.random, 6.0))

    def _answered(self, subject: Subject, at: float) -> None:
        handler = f"h{int(self._city.random.random() * 420):03}"
        self._city.tell(subject, at, "call.answered", handler=handler)
