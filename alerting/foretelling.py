"""A desk in thought: what would be told of what was announced and done, if every channel worked.

It keeps the situations and climbs the ladders as desks do, by the same plans, and sends nothing.
"""

from collections import defaultdict
from collections.abc import Iterable

from alerting.alert import Alert, Entry, fold, in_order, moment_of
from alerting.case import FOR_GOOD
from alerting.deeds import escalated
from alerting.deeds import told as notified
from alerting.plan import Plan, due, next_moment, plan, rising
from alerting.policy import Policy
from alerting.situations import ends_at, gathered, wound_up
from schemas.actions import Action


class Foretelling:
    """What becomes of news, and of what people do about it; rates are told by figures, and are not foretold."""

    def __init__(self, policy: Policy, entries: Iterable[Entry]) -> None:
        self._policy = policy
        self._coming = in_order(entries)[::-1]
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        self._folded: dict[str, Alert] = {}
        self._next: dict[str, int] = {}

    def play(self, until: int = FOR_GOOD) -> None:
        """Goes through everything that happens up to `until` (ms)."""
        while (moment := self._moment()) <= until and moment < FOR_GOOD:
            changed = {alert_id for alert_id, at in self._next.items() if at <= moment}
            while self._coming and moment_of(self._coming[-1]) <= moment:
                entry = self._coming.pop()
                self._add(entry)
                changed |= {entry.subject, *self._gather(entry.subject)}
            for alert_id in sorted(changed):
                self._look(alert_id, moment)

    def alerts(self) -> list[Alert]:
        """Every alert and situation there is by now."""
        return list(self._folded.values())

    def alert(self, alert_id: str) -> Alert | None:
        """An alert as it stands by now."""
        return self._folded.get(alert_id)

    def plan(self, alert: Alert) -> Plan:
        """Its plan, told what has been told by now."""
        situation = self.alert(alert.situation) if alert.situation else None
        return plan(alert, self._policy, situation)

    def _moment(self) -> int:
        coming = moment_of(self._coming[-1]) if self._coming else FOR_GOOD
        return min(coming, *self._next.values(), FOR_GOOD) if self._next else coming

    def _add(self, entry: Entry) -> None:
        entries = self._entries[entry.subject]
        entries.append(entry)
        alert = fold(entries)
        if alert is not None:
            self._folded[alert.id] = alert

    def _gather(self, alert_id: str) -> set[str]:
        """Whatever is told otherwise from now on, for it is told as one."""
        alert = self.alert(alert_id)
        actions = gathered(self._policy, alert, self.alerts()) if alert is not None else []
        return {self._do(action) for action in actions}

    def _do(self, action: Action) -> str:
        self._add(action)
        situation = getattr(action.data, "situation", None)
        if situation is not None:
            self._next[situation] = moment_of(action)
        return action.subject

    def _look(self, alert_id: str, now: int) -> None:
        """Tells what is due by now, and notes when to look again."""
        alert = self.alert(alert_id)
        # What is done may make something due: the end of a storm, for one.
        while alert is not None and (deeds := self._deeds(alert, now)):
            for deed in deeds:
                self._do(deed)
            alert = self.alert(alert_id)
        if alert is None:
            return
        moments = [next_moment(self.plan(alert), alert, now), self._end(alert)]
        self._next[alert_id] = min((at for at in moments if at is not None and at > now), default=FOR_GOOD)

    def _deeds(self, alert: Alert, now: int) -> list[Action]:
        found = self.plan(alert)
        up: list[Action] = [escalated(alert, each, now) for each in rising(found, alert, now)]
        told: list[Action] = [notified(alert, step, 1, now) for step in due(found, alert, now)]
        return [*up, *told, *wound_up(self._policy, alert, self._members(alert), now)]

    def _end(self, alert: Alert) -> int | None:
        return ends_at(self._policy, alert, self._members(alert)) if alert.open else None

    def _members(self, situation: Alert) -> list[Alert]:
        if situation.opening is None:
            return []
        return [alert for alert in self.alerts() if alert.situation == situation.id]
