"""The timeline of a clock: every record handed over once, in order of happening, and the moment its time was up."""

from collections.abc import Iterator
from typing import NamedTuple

from clocks.finding import Finding
from clocks.history import order_key
from clocks.standard import Standard
from explaining.announcements import ref
from explaining.effects import Clock, Did, did
from explaining.happenings import in_words
from explaining.records import STANDING, Record
from explaining.walking import Step, found
from explaining.wording import LocalTimes, was_up
from schemas.facts import Fact
from schemas.stories import Entry
from schemas.times import format_time


class Row(NamedTuple):
    """An entry, with what puts it in its place."""

    order: tuple[object, ...]
    entry: Entry


def timeline(records: list[Record], steps: list[Step], clock: Clock, at: int) -> tuple[Entry, ...]:
    """Every record once, and the moments (up to `at`, ms) at which the clock's time was up."""
    done = {(step.fact.source, step.fact.id): step for step in steps}
    rows = [_row(record, done, clock) for record in records]
    if clock.standard is not None:
        rows += _falling_due(steps, clock, clock.standard, at)
    return tuple(row.entry for row in sorted(rows, key=lambda row: row.order))


def _row(record: Record, done: dict[tuple[str, str], Step], clock: Clock) -> Row:
    fact, step = record.fact, done.get((record.fact.source, record.fact.id))
    stands = record.fate == STANDING and step is not None
    effect = did(step, clock) if stands and step is not None else _set_aside(record, clock.local)
    entry = Entry(
        at=format_time(fact.time),
        event=ref(fact),
        recorded=format_time(fact.recorded),
        recorded_late_ms=max(0, fact.recorded - fact.time),
        times=record.times,
        words=in_words(fact) + _moments(fact, clock.local),
        effect=effect.effect,
        did=effect.words,
        rules=effect.rules,
    )
    begins = stands and step is not None and step.fact is step.start
    return Row((fact.time, 0, not begins, *order_key(fact)[1:], fact.recorded), entry)


def _moments(fact: Fact, local: LocalTimes) -> str:
    """The moments that an event tells of beside its own."""
    names = {"for": "for", "child_due": "which was due at"}
    return "".join(
        f", {words} {local(fact.data[name])}" for name, words in names.items() if name in fact.data
    )


def _set_aside(record: Record, local: LocalTimes) -> Did:
    """Why a record does not count (S1, S7)."""
    by = record.by
    match record.fate:
        case "withdrawn" if by is not None:
            return Did("withdrawn", f"Withdrawn by {by.id}: as if it had never been.", ("S1",))
        case "withdrawal":
            return Did("withdrawal", _withdrawal(by), ("S1",))
        case "told-twice" if by is not None:
            return Did("told-twice", f"The same as {by.id}, told twice: it counts once.", ("S1",))
        case "superseded" if by is not None:
            return Did("superseded", _superseded(record.fact, by, local), ("S1",))
        case "unread":
            return Did("unread", "No rule reads it: counted, not kept.", ("S7",))
        case "too-late":
            return Did("left-out", "Recorded so late that the subject had been forgotten.", ("S8",))
    return Did("left-out", "Left out: too much is recorded of this subject.", ("S7",))


def _superseded(fact: Fact, by: Fact, local: LocalTimes) -> str:
    if by.recorded > fact.recorded:
        return f"Told again, as recorded at {local(by.recorded)}: that telling counts."
    return "Told again with other content, recorded at once: of the two the greater counts."


def _withdrawal(by: Fact | None) -> str:
    if by is None:
        return "There is no such event here: it did nothing."
    if by.type == "event.withdrawn":
        return "Withdrawing a withdrawal does nothing."
    return f"It took back “{in_words(by)}”."


def _falling_due(steps: list[Step], clock: Clock, standard: Standard, at: int) -> Iterator[Row]:
    """The moments at which the time was up and nothing had ended the clock (T2, T3)."""
    following = [*(min(at, step.at) for step in steps[1:]), at]
    for step, until in zip(steps, following, strict=False):
        finding = found(step.after, clock.key)
        if finding is not None and finding.verdict is None and step.at < finding.breach_at <= until:
            yield Row((finding.due, -1 if standard.under else 1), _due_entry(finding, standard, clock))


def _due_entry(finding: Finding, standard: Standard, clock: Clock) -> Entry:
    unheard = clock.silence is not None and clock.silence.due == finding.due
    effect = _unheard(clock) if unheard else _NOTHING_ENDED_IT
    return Entry(
        at=format_time(finding.due),
        words=was_up(finding, standard),
        effect=effect.effect,
        did=effect.words,
        rules=effect.rules,
    )


_NOTHING_ENDED_IT = Did("breached", "Nothing had ended the clock: breached from here on.", ("T2", "T3"))


def _unheard(clock: Clock) -> Did:
    """It fell due while nobody could have told of a stop (S6)."""
    known = "" if clock.silence is None else f", as was clear at {clock.local(clock.silence.decided or 0)}"
    return Did("unverifiable", f"{clock.unheard} was silent: it cannot be verified{known}.", ("S6",))
