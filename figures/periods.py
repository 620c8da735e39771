"""Local hours, days, weeks and months: a clock counts in the one in which it fell due (N1)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from clocks.calendar import QUARTER, iso_week
from schemas.times import HOUR, as_datetime, milliseconds

PERIODS = ("hour", "day", "week", "month")


class Period(NamedTuple):
    """A local stretch of time: its first ms (UTC), by which periods are in order, and its name."""

    start: int
    name: str


def period_of(due: int, kind: str, zone: ZoneInfo) -> Period:
    """The hour, day, ISO week or month, local to `zone`, in which an instant (ms) lies.

    An hour that a clock change brings twice is two hours, told apart by their offsets.
    """
    return _period_of_quarter(due // QUARTER, kind, zone)


@lru_cache(maxsize=16_384)
def _period_of_quarter(quarter: int, kind: str, zone: ZoneInfo) -> Period:
    """Zones differ by whole quarters of an hour, so one answer serves for each."""
    moment = quarter * QUARTER
    local = as_datetime(moment).astimezone(zone)
    if kind == "hour":
        return _hour(moment, local)
    midnight = local.replace(hour=0, minute=0, fold=0)
    if kind == "day":
        return Period(_utc(midnight), f"{midnight:%Y-%m-%d}")
    if kind == "week":
        return Period(_utc(midnight - timedelta(days=local.weekday())), iso_week(moment, zone))
    if kind == "month":
        return Period(_utc(midnight.replace(day=1)), f"{midnight:%Y-%m}")
    raise ValueError(f"{kind!r} is not a period: {', '.join(PERIODS)}")


def _hour(moment: int, local: datetime) -> Period:
    start = moment - local.minute * (HOUR // 60)
    offset = local.isoformat()[-len("+01:00") :] if _comes_twice(local) else ""
    return Period(start, f"{local:%Y-%m-%d %H}:00{offset}")


def _comes_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _utc(local: datetime) -> int:
    """A local midnight in ms; one that a clock change skips moves on by the gap."""
    return milliseconds(local.astimezone(UTC))
