"""Instants as integer milliseconds since 1970-01-01T00:00Z, durations as integer milliseconds."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EARLIEST, LATEST = 0, 7_258_118_400_000
"""The instants (ms) that can be reckoned with: 1970 to 2199. Beyond, calendars overflow."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1}
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?")
SECOND_TEXTS = tuple(f"{second:02}." for second in range(60))
MILLISECOND_TEXTS = tuple(f"{ms:03}Z" for ms in range(1_000))
"""How a time ends: looked up, for formatting a number costs as much as all the rest."""
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def milliseconds(instant: datetime) -> int:
    """Whole milliseconds since the epoch of an aware datetime, rounded down; exact, never through a float."""
    since = instant - _EPOCH
    return since.days * DAY + since.seconds * SECOND + since.microseconds // 1_000


def as_datetime(ms: int) -> datetime:
    """The aware UTC datetime of an instant in ms."""
    return _EPOCH + timedelta(milliseconds=ms)


def parse_time(text: str) -> int:
    """The instant of an RFC 3339 time with an offset, in ms; ValueError where it is not one."""
    if not _RFC3339.fullmatch(text):
        raise ValueError(
            f"{text!r} is not an RFC 3339 time with an offset, such as 2009-10-25T01:50:00+01:00"
        )
    return milliseconds(datetime.fromisoformat(text.upper()))


def format_time(ms: int) -> str:
    """An instant as RFC 3339 in UTC with milliseconds."""
    minute, rest = divmod(ms, MINUTE)
    second, millisecond = divmod(rest, SECOND)
    return _minute_text(minute) + SECOND_TEXTS[second] + MILLISECOND_TEXTS[millisecond]


@lru_cache(maxsize=4096)
def _minute_text(minute: int) -> str:
    """Times are told in crowds, and crowds share their minutes."""
    return as_datetime(minute * MINUTE).isoformat(timespec="minutes").removesuffix("+00:00") + ":"


def parse_duration(text: str) -> int:
    """A duration such as 1h30m, 10s or 500ms, in ms; ValueError where it is not one."""
    found = _DURATION.fullmatch(text) if text else None
    if found is None:
        raise ValueError(f"{text!r} is not a duration such as 10s, 12m, 1h30m, 2d or 500ms")
    return sum(
        int(number) * unit for number, unit in zip(found.groups(), _UNITS.values(), strict=True) if number
    )


def format_duration(ms: int) -> str:
    """A duration for people: `12m 30s`, `1d 2h`, `0s`; milliseconds only where they are not zero."""
    sign, rest = ("-", -ms) if ms < 0 else ("", ms)
    parts = []
    for name, unit in _UNITS.items():
        number, rest = divmod(rest, unit)
        if number:
            parts.append(f"{number}{name}")
    return sign + (" ".join(parts) or "0s")


def duration_in_words(ms: int) -> str:
    """`1 min 12 s`, `2 days 3 h`, `15.001 s`; milliseconds only below a minute, where they may decide."""
    if ms < SECOND:
        return f"{ms} ms" if ms else "0 s"
    if ms < MINUTE and ms % SECOND:
        return f"{ms / SECOND:.3f} s"
    parts, rest = [], ms
    for size, name in ((DAY, "day"), (HOUR, "h"), (MINUTE, "min")):
        number, rest = divmod(rest, size)
        if number:
            parts.append(f"{number} {'days' if name == 'day' and number > 1 else name}")
    return " ".join([*parts, f"{rest // SECOND} s"] if rest >= SECOND else parts)
