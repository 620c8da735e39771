"""What a subject's ledger record comes to in the register: a row for each revision, and one for each open clock.

The rows follow from the latest record alone: read again, in whatever batches, they are the same.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import DecodeError

from agents.open_clocks import seen
from clocks.attributes import describe
from clocks.calendar import iso_week, local_day
from clocks.saying import AT_RISK, OPEN_AGAIN, UNRESOURCED, VERDICT, ClockState, Revision
from clocks.standard import Pack
from clocks.subject import Subject, decode_record
from clocks.tallies import counted
from figures.clock import CALLED_OFF
from register.store import Row, Taken
from schemas.events import KIND_TOPICS, kind_of
from schemas.facts import Fact

STAGES = (AT_RISK, UNRESOURCED)
TOLD = ("borough", "ward", "grade", "first_grade", "category", "line", "team", "channel", "area")


class Rows:
    """What a batch of the ledger comes to; the last record of a subject that is forgotten after it counts too."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._verdicts: dict[tuple[str, int, int], Row] = {}
        self._open: dict[str, list[Row]] = {}

    def take(self, name: str, value: bytes | None) -> None:
        """Take in a record; None is of a forgotten subject, of which no clock is open.

        DecodeError where it cannot be read, UnknownPackError where its pack is not among those given.
        """
        if "/" in name:
            return
        if kind_of(name) not in KIND_TOPICS:
            raise DecodeError(f"{name} is of no known kind")
        found = None if value is None else SubjectRows(name, Subject.of(decode_record(value), self._pack))
        self._open[name] = [] if found is None else list(found.open_clocks())
        for row in [] if found is None else found.verdicts():
            self._verdicts[row["clock"], row["first_about_at"], row["revision"]] = row

    def taken(self) -> Taken:
        """All of it."""
        still_open = [row for rows in self._open.values() for row in rows]
        return Taken(list(self._open), list(self._verdicts.values()), still_open)


class SubjectRows:
    """The rows of one subject."""

    def __init__(self, name: str, subject: Subject) -> None:
        self._name, self._subject = name, subject
        self._facts = subject.history.standing()
        self._about = describe(subject.kind, self._facts, None)
        judgement = subject.judgement
        known = {"borough": judgement.borough, "grade": judgement.grade, "first_grade": judgement.first_grade}
        self._shared = {
            "subject": name,
            "cohort": judgement.cohort,
            **{each: _text(known.get(each) or self._about.get(each)) for each in TOLD},
        }

    def verdicts(self) -> Iterator[Row]:
        """A row for each revision of each clock."""
        subject = self._subject
        regraded = [each.time for each in self._facts if each.type == "incident.regraded"]
        shared = {
            **self._shared,
            "pack": subject.pack.id,
            "pack_version": subject.pack.version,
            "rules": subject.rules,
            "regrades": len(regraded),
            "regraded_at": regraded[-1] if regraded else None,
        }
        for key, state in subject.clocks.items():
            standing = _standing(state.said)
            for number, revision in enumerate(state.said, 1):
                row = self._standing(state, revision) if number == standing else self._revision(revision)
                yield {
                    **shared,
                    **row,
                    "clock": f"{self._name}/{key}",
                    "standard": key.partition("#")[0],
                    "first_about_at": state.said[0].about,
                    "revision": number,
                    "corrects": _corrected(state.said[:number]),
                }

    def open_clocks(self) -> Iterator[Row]:
        """A row for each clock that waits for its stop."""
        for key, state in self._subject.clocks.items():
            if state.finding is None or not state.finding.open:
                continue
            told = seen(f"{self._name}/{key}", self._subject, state, self._about)
            at = {f"{each}_at": told.pop(each) for each in ("start", "due", "at_risk", "unresourced")}
            yield {**told, **at, **self._shared, "flags": ", ".join(told["flags"])}

    def _standing(self, state: ClockState, revision: Revision) -> dict[str, Any]:
        """Its last word tells the clock as it stands: what is found of it may differ since that was said."""
        finding, held = state.finding, counted(state, self._subject.judgement)
        if finding is None or held is None:
            return self._revision(revision) | {"evidence": [] if finding is None else list(finding.evidence)}
        row = self._row(revision, (finding.start, finding.due, finding.stop), finding.ending)
        if finding.stop is None and finding.ended is not None:
            row["happened_at"] = finding.ended
        return row | {
            "reason": held.key.reason,
            "outcome": held.key.outcome,
            "counted": True,
            "evidence": list(finding.evidence),
        }

    def _revision(self, revision: Revision) -> dict[str, Any]:
        return self._row(revision, (revision.start, revision.due, revision.stop))

    def _row(
        self, revision: Revision, times: tuple[int | None, int | None, int | None], ending: str | None = None
    ) -> dict[str, Any]:
        start, due, stop = times
        stopped_by = None if stop is None else self._stop(stop, ending)
        zone = self._subject.pack.zone
        return {
            "kind": revision.kind,
            "verdict": revision.verdict,
            "reason": revision.reason or "",
            "outcome": "",
            "counted": False,
            "happened_at": self._happened(revision, due) if stop is None else stop,
            "recorded_at": revision.about,
            "known_at": revision.said_at,
            "start_at": start,
            "due_at": due,
            "stop_at": stop,
            "elapsed_ms": None if stop is None or start is None else max(0, stop - start),
            "keyed_late_ms": None if stopped_by is None else stopped_by.recorded - stopped_by.time,
            "called_off": stopped_by is not None and stopped_by.type in CALLED_OFF,
            "day": "" if due is None else local_day(due, zone),
            "week": "" if due is None else iso_week(due, zone),
            "evidence": [],
        }

    def _happened(self, revision: Revision, due: int | None) -> int:
        """What time brought happened at its moment; what evidence brought, when that says it did."""
        if revision.kind not in (VERDICT, OPEN_AGAIN) or revision.about == due:
            return revision.about
        told = [fact.time for fact in self._subject.history if fact.recorded == revision.about]
        return max(told, default=revision.about)

    def _stop(self, stop: int, ending: str | None) -> Fact | None:
        """The event that stopped the clock, if it still counts; `ending`: its type, where that is known."""
        then = [fact for fact in self._facts if fact.time == stop]
        return next((fact for fact in then if fact.type == ending), then[0] if then else None)


def _standing(said: list[Revision]) -> int:
    """The number of the last word on the verdict: the stages after it are said of the same."""
    return max((number for number, each in enumerate(said, 1) if each.kind not in STAGES), default=len(said))


def _corrected(said: list[Revision]) -> str:
    """The verdict that the last of these takes back."""
    if said[-1].kind not in (VERDICT, OPEN_AGAIN):
        return ""
    return next((each.verdict for each in reversed(said[:-1]) if each.kind == VERDICT), "")


def _text(told: object) -> str:
    """PostgreSQL's texts hold no NUL."""
    return "" if told is None else str(told).replace("\0", "")
