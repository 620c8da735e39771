"""When a subject is forgotten, and what comes too late for it (S8): functions of its facts and the time alone.

A ledger loses its tombstones, so nobody can know for ever which subjects were held once. What is too late is told
by the event itself and the time; and the histories of a subject by what was recorded before each was forgotten.
"""

from collections.abc import Iterable

from clocks.calendar import months_after
from clocks.finding import Finding
from clocks.history import STARTS, History
from clocks.judging import judge
from clocks.standard import Pack, Standard
from schemas.facts import Fact
from schemas.times import DAY

KEPT = 8 * DAY
"""How long a subject is held after its last deadline and its last record, in ms."""

_STANDARDS = {
    "CALL": ("call-999", "call-non-emergency"),
    "CAD": ("attend-immediate", "attend-priority"),
    "MSG": ("snt-reply",),
    "APPT": ("appointment",),
    "COMMENT": ("comment-ack",),
    "RTC": ("collision-contact",),
    "CASE": ("victim-update",),
    "WARD": ("ward-meeting",),
}


def forgotten_at(kind: str, facts: Iterable[Fact], findings: Iterable[Finding], pack: Pack) -> int | None:
    """The last moment (ms) at which a subject is held; None while a clock that comes again is running or open.

    A deadline that a start ever spoke of counts, even if another start moved it: so no fact of a history could
    begin one that is held for longer.
    """
    last = 0
    for finding in findings:
        if finding.round is not None and finding.open:
            return None
        last = max(last, finding.due)
    for fact in facts:
        last = max(last, fact.recorded, *_promised(kind, fact, pack))
    return last + KEPT


def too_late(kind: str, fact: Fact, pack: Pack) -> bool:
    """Whether it was recorded too late for a subject that is not held: over 8 days after its own last deadline.

    A start speaks of its deadline; of anything else the deadline came no later than the longest limit after it.
    """
    if fact.recorded - fact.time <= KEPT:
        return False
    return fact.recorded > max(_promised(kind, fact, pack) or [_last_due(kind, fact.time, pack)]) + KEPT


def forgotten_already(kind: str, fact: Fact, pack: Pack, now: int) -> bool:
    """Whether the history that a fact would begin would be forgotten by now (ms): it is read again."""
    if fact.recorded + KEPT >= now:
        return False
    return max([fact.recorded, *_promised(kind, fact, pack)]) + KEPT < now


def may_join(kind: str, held: Iterable[Fact], fact: Fact, pack: Pack) -> bool:
    """Whether a fact that is not recorded too late for what is held may be added to it.

    One that is too late by itself needs something recorded before it: of two recorded at one instant neither
    opens the door to the other.
    """
    return not too_late(kind, fact, pack) or any(each.recorded < fact.recorded for each in held)


class Recollection(History):
    """A history that forgets no content: what the later content of an id took the place of is in `aside`.

    `too_late`: how many of its facts `lives` found to be so.
    """

    __slots__ = ("aside", "too_late")

    def __init__(self) -> None:
        super().__init__()
        self.aside: list[Fact] = []
        self.too_late = 0

    def _settle(self, key: tuple[str, str], held: Fact, fact: Fact) -> bool:
        changed = super()._settle(key, held, fact)
        if fact != held:
            self.aside.append(held if changed else fact)
        return changed


def lives(kind: str, history: Recollection, pack: Pack) -> list[History]:
    """The histories that a subject's facts make, in order: one, unless it was forgotten in between, or none."""
    facts = [*history, *history.aside] if history.aside else list(history)
    if not _apart(facts):
        return [history]
    found: list[History] = []
    history.too_late = 0
    for fact in sorted(facts, key=_recorded):
        held = found[-1] if found and not _forgotten(kind, found[-1], pack, fact.recorded) else None
        if not may_join(kind, held or (), fact, pack):
            history.too_late += 1
            continue
        if held is None:
            held = History(full=history.full)
            found.append(held)
        held.add(fact)
    return found


def _apart(facts: list[Fact]) -> bool:
    """Whether the facts are so far apart that the order of recording has to be looked at."""
    first = last = facts[0].recorded
    for fact in facts:
        recorded = fact.recorded
        if recorded - fact.time > KEPT:
            return True
        if recorded < first:
            first = recorded
        elif recorded > last:
            last = recorded
    return last - first > KEPT


def _forgotten(kind: str, held: History, pack: Pack, recorded: int) -> bool:
    if recorded <= max(map(_recorded, held)) + KEPT:
        return False
    moment = forgotten_at(kind, held, judge(kind, held, pack).findings, pack)
    return moment is not None and recorded > moment


def _promised(kind: str, fact: Fact, pack: Pack) -> list[int]:
    """The deadlines (ms) that a start by itself speaks of."""
    if fact.type not in STARTS:
        return []
    try:
        return [finding.due for finding in judge(kind, History([fact]), pack).findings]
    except Exception:
        return []  # its subject is `judge-failed`, and forgotten all the same


def _last_due(kind: str, moment: int, pack: Pack) -> int:
    """The latest due (ms) of a subject of a kind that began by `moment`, by this pack or one before."""
    promised = [pack.standards[name] for name in _STANDARDS.get(kind, ()) if name in pack.standards]
    before = moment if pack.before is None else _last_due(kind, moment, pack.before)
    return max([before, *(_due(standard, moment, pack) for standard in promised)])


def _due(standard: Standard, start: int, pack: Pack) -> int:
    if standard.limits:
        return start + max(standard.limit, *standard.limits.values())
    due = pack.due(standard, start)
    return due if due > start else months_after(start, 1, pack.zone)  # to the end of a month (M7)


def _recorded(fact: Fact) -> int:
    return fact.recorded
