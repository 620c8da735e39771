"""The counts of clocks whose subjects are forgotten (S8), by ISO week of their due, as the ledger keeps them."""

from typing import NamedTuple

import msgspec

TALLY = "tally/"
"""What the keys of these records in the ledger begin with; the week follows."""
TIMES = "tally/times"
"""The key of the record of how far time had come when subjects were last forgotten."""
RECORD_VERSION = 1
MOST_ROWS = 5_000
"""Beyond so many rows a week's record counts new boroughs as unknown: a batch of Kafka must hold it."""


class Key(NamedTuple):
    """What a judged clock is counted by; `outcome` is empty but for calls (C3), the grades but for incidents (N2)."""

    standard: str
    borough: str
    verdict: str
    reason: str
    cohort: str
    outcome: str
    first_grade: str = ""
    grade: str = ""


Counts = dict[Key, int]


class WeekRecord(msgspec.Struct):
    """The ledger's record of a week, as JSON; `v` is the version of this form."""

    v: int
    week: str
    counts: list[tuple[Key, int]]


class TimesRecord(msgspec.Struct):
    """The ledger's record of times (ms) by kind of subject, as JSON."""

    v: int
    times: dict[str, int]


_encode = msgspec.json.Encoder().encode
_decode_week = msgspec.json.Decoder(WeekRecord).decode
_decode_times = msgspec.json.Decoder(TimesRecord).decode


class Settled:
    """Counts by week that no correction reaches any more."""

    def __init__(self) -> None:
        self.weeks: dict[str, Counts] = {}
        self._changed: dict[str, None] = {}

    def add(self, week: str, key: Key) -> None:
        """Count one clock of a forgotten subject."""
        counts = self.weeks.setdefault(week, {})
        if len(counts) >= MOST_ROWS and key not in counts:
            key = key._replace(borough="")
        counts[key] = counts.get(key, 0) + 1
        self._changed[week] = None

    def drop_before(self, first: str) -> None:
        """Drop the weeks before `first`."""
        for week in [week for week in self.weeks if week < first]:
            del self.weeks[week]
            self._changed[week] = None

    def take_changed(self) -> list[str]:
        """The ledger's keys of the weeks that changed since the last call."""
        changed, self._changed = self._changed, {}
        return [TALLY + week for week in changed]

    def save(self, week: str) -> bytes | None:
        """A week's record; None where it is no longer kept."""
        counts = self.weeks.get(week)
        return None if counts is None else _encode(WeekRecord(RECORD_VERSION, week, list(counts.items())))


def read_week(value: bytes) -> WeekRecord:
    """A week's record as it was saved."""
    return _decode_week(value)


def saved_times(times: dict[str, int]) -> bytes:
    """The record of times (ms) by kind."""
    return _encode(TimesRecord(RECORD_VERSION, times))


def read_times(value: bytes) -> dict[str, int]:
    """The times (ms) by kind as they were saved."""
    return _decode_times(value).times
