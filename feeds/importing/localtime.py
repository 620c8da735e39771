"""Local times of a feed to instants, by the feed's declared rule for the hours a clock change spoils (T4)."""

from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from feeds.importing.mapping import ISO, TimeRules, sample_of
from feeds.importing.refusals import RowRefused
from schemas.times import milliseconds

_REMEMBERED = 4096
"""A row repeats its times, and parsing one costs about 10 µs."""


_OVER_MIDNIGHT = timedelta(hours=12)
"""As far back a time cannot be by a clock that is wrong; as far on it may be by a row that lasts."""


class Instant(NamedTuple):
    """An instant in ms, and what a clock change made doubtful about it, if anything."""

    ms: int
    doubt: str | None


class ReadTime(Protocol):
    """Reads a time's text; `dated_by` is the text of the time whose date it was written with, if it was."""

    def __call__(self, text: str, dated_by: str | None = None) -> Instant:
        """The instant; RowRefused where it is none."""


def reader_of(rules: TimeRules) -> ReadTime:
    """A function from a time's text to its instant; RowRefused where it is none by these rules."""
    zone = ZoneInfo(rules.zone)
    parse = lru_cache(_REMEMBERED)(partial(_parse, formats=rules.formats))

    @lru_cache(_REMEMBERED)
    def read(text: str, dated_by: str | None = None) -> Instant:
        local = parse(text)
        try:
            if dated_by is not None:
                local = _on_its_day(local, parse(dated_by))
            return _resolve(text, local, zone, rules)
        except OverflowError:
            raise RowRefused("bad-time", f"{text!r} is not a time anyone lived in") from None

    return read


def _on_its_day(local: datetime, dated_by: datetime) -> datetime:
    """`local`, a day later where midnight fell between it and the time whose date it bears."""
    behind = dated_by.replace(tzinfo=None) - local.replace(tzinfo=None)
    return local + timedelta(days=1) if behind > _OVER_MIDNIGHT else local


def _parse(text: str, formats: list[str]) -> datetime:
    for pattern in formats:
        try:
            return _iso(text) if pattern == ISO else datetime.strptime(text, pattern)
        except ValueError:
            continue
    wanted = " or ".join(f"{sample_of(pattern)!r}" for pattern in formats)
    raise RowRefused("bad-time", f"{text!r} is not a time written like {wanted}")


def _iso(text: str) -> datetime:
    if ":" not in text:
        raise ValueError("a date alone is not a time")
    return datetime.fromisoformat(text)


def _resolve(text: str, local: datetime, zone: ZoneInfo, rules: TimeRules) -> Instant:
    if local.tzinfo is not None:
        return Instant(milliseconds(local), None)
    before, after = (_offset(local, zone, fold) for fold in (0, 1))
    if before == after:
        return _at(local, before, None)
    if before < after:
        return _in_gap(text, local, before, rules)
    if rules.ambiguous == "refuse":
        raise RowRefused("ambiguous-time", f"{text!r} comes twice, for the clocks go back")
    return _at(local, before if rules.ambiguous == "first" else after, "ambiguous")


def _in_gap(text: str, local: datetime, before: timedelta, rules: TimeRules) -> Instant:
    if rules.nonexistent == "refuse":
        raise RowRefused("nonexistent-time", f"{text!r} never was, for the clocks go forward")
    return _at(local, before, "nonexistent")  # the offset before the gap moves the time on by the gap


def _offset(local: datetime, zone: ZoneInfo, fold: int) -> timedelta:
    offset = local.replace(tzinfo=zone, fold=fold).utcoffset()
    return offset if offset is not None else timedelta(0)


def _at(local: datetime, offset: timedelta, doubt: str | None) -> Instant:
    from_epoch = local - datetime(1970, 1, 1) - offset
    return Instant(from_epoch // timedelta(milliseconds=1), doubt)
