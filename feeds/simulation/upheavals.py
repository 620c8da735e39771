"""What upsets an incident's course: regrades, flags, cancellations, mergers and their undoing, chasing callers."""

from typing import cast

from feeds.simulation.calls import Exchange
from feeds.simulation.chance import one_of, waiting
from feeds.simulation.incidents import Attending, Incident
from feeds.simulation.parameters import Grade
from schemas.times import HOUR, MINUTE, SECOND, format_time

PRIORITIES = ("drug-dealing", "burglary", "antisocial-behaviour", "street-robbery", "night-time-economy")
MORE_URGENT = {"R": "E", "E": "S", "S": "I", "I": "I"}
LESS_URGENT = {"I": "S", "S": "E", "E": "R", "R": "R"}
REGRADE_REASONS = ("further information", "second caller", "supervisor review", "suspect left")
CANCELLED_BECAUSE = ("caller no longer requires police", "false alarm", "alarm reset by keyholder", "hoax")
PROMISED = {"I": 12 * MINUTE, "S": 60 * MINUTE}
"""What the control room believes the child's deadline to be when it merges: the Met's promises of 2009."""
CHASED_AFTER = 20 * MINUTE


class Upheavals:
    """Draws, when an incident is opened, what may befall it; whether it does depends on how it stands then."""

    def __init__(self, attending: Attending, exchange: Exchange) -> None:
        self._attending = attending
        self._exchange = exchange
        self._city = attending.city
        self._rates = attending.city.profile.incidents

    def befall(self, incident: Incident) -> None:
        """Each with its own chance, at its own time."""
        rates = self._rates
        self._perhaps(rates.regraded, rates.regraded_mean, self._regrade, incident)
        self._perhaps(rates.flagged, rates.flagged_mean, self._flag, incident)
        self._perhaps(rates.cancelled, rates.cancelled_mean, self._cancel, incident)
        if self._city.chance(rates.merged):
            self._merge_later(incident, self._parent_for(incident))
        if incident.grade in PROMISED:
            self._chase_later(incident, CHASED_AFTER)

    def merge_into(self, parent: Incident, child: Incident) -> None:
        """The child is the parent once more; it goes into it after a while."""
        self._merge_later(child, parent)

    def _perhaps(self, share: float, mean: float, action: object, incident: Incident) -> None:
        if self._city.chance(share):
            self._city.at(self._later(mean), action, incident)  # type: ignore[arg-type]

    def _later(self, mean: float) -> float:
        """A memoryless time from now, in ms; `mean` in seconds."""
        return self._city.now + SECOND * waiting(self._city.random, mean)

    def _regrade(self, of: Incident) -> None:
        upwards = self._city.chance(self._rates.regraded_up)
        grade = (MORE_URGENT if upwards else LESS_URGENT)[of.grade]
        if of.over or grade == of.grade:
            return
        of.grade = cast(Grade, grade)
        data = {"grade": grade, "by": f"ctl-{int(self._city.random.random() * 60):02}"}
        reason = one_of(self._city.random, REGRADE_REASONS)
        self._city.tell(of.subject, self._city.now, "incident.regraded", **data, reason=reason)
        if upwards and grade in PROMISED:
            of.attended, of.waits = True, False
            self._attending.ask(of)

    def _flag(self, of: Incident) -> None:
        if not self._city.chance(self._rates.flagged_vulnerable):
            priority = one_of(self._city.random, PRIORITIES)
            self._city.tell(of.subject, self._city.now, "incident.flagged", ward_priority=priority)
            return
        self._city.tell(of.subject, self._city.now, "incident.flagged", vulnerable=True)
        if self._city.chance(self._rates.flag_removed):
            at = self._later(self._rates.flag_removed_mean)
            self._city.tell(of.subject, at, "incident.flagged", vulnerable=False)

    def _cancel(self, of: Incident) -> None:
        if of.over or of.first_arrival is not None:
            return
        of.over = True
        self._attending.stand_down(of)
        reason = one_of(self._city.random, CANCELLED_BECAUSE)
        self._city.tell(of.subject, self._city.now, "incident.cancelled", reason=reason)
        self._attending.reopen_perhaps(of)

    def _parent_for(self, child: Incident) -> Incident | None:
        """The borough's latest other incident of the last hour that is not over."""
        others = reversed(self._attending.recent[child.place.borough])
        found = (each for each in others if each is not child and not each.over)
        parent = next(found, None)
        return parent if parent and parent.created > child.created - HOUR else None

    def _merge_later(self, child: Incident, parent: Incident | None) -> None:
        if parent and parent.subject.told == child.subject.told:
            self._city.at(self._later(self._rates.merged_mean), self._merge, child, parent)

    def _merge(self, child: Incident, parent: Incident) -> None:
        """The parent takes the child's promise over; some such merges are undone (I9)."""
        if child.over:
            return
        child.over = True
        self._attending.stand_down(child)
        city, rates = self._city, self._rates
        data = {"child": child.subject.name, "since": format_time(child.created), "grade": child.grade}
        if child.grade in PROMISED and city.chance(rates.due_told):
            data["child_due"] = format_time(child.created + PROMISED[child.grade])
        city.tell(child.subject, city.now, "incident.merged", into=parent.subject.name)
        city.tell(parent.subject, city.now, "incident.absorbed", **data)
        self._perhaps_unmerge(child, parent)

    def _perhaps_unmerge(self, child: Incident, parent: Incident) -> None:
        if self._city.chance(self._rates.unmerged):
            self._city.at(self._later(self._rates.unmerged_mean), self._unmerge, child, parent)

    def _unmerge(self, child: Incident, parent: Incident) -> None:
        child.over, child.attended = False, True
        self._city.tell(child.subject, self._city.now, "incident.unmerged")
        self._city.tell(parent.subject, self._city.now, "incident.released", child=child.subject.name)
        self._attending.ask(child)

    def _chase_later(self, of: Incident, after: int) -> None:
        if self._city.chance(self._rates.chased):
            self._city.at(after + self._later(self._rates.chased_mean), self._chase, of)

    def _chase(self, of: Incident) -> None:
        """Somebody rings about an incident nobody has come to; promised ones only (I11)."""
        if of.over or of.first_arrival is not None:
            return
        call = self._exchange.ring("999" if of.grade == "I" else "101", of.place.borough)
        self._exchange.conclude(call)
        if call.answered is not None:
            at = call.answered + 15 * SECOND
            self._city.tell(of.subject, at, "incident.chased", call=call.subject.name)
        self._chase_later(of, 0)
