"""Local time, T4: the ends of days and months, working days, a month on, changes of shift."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

import holidays

BANK_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local(ms, zone):
    """A moment (ms) as a local date and time."""
    return (EPOCH + timedelta(milliseconds=ms)).astimezone(zone)


def moment(local_time, zone):
    """A local date and time as ms; where it comes twice, the first; where it does not exist, moved on by the gap."""
    return (local_time.replace(tzinfo=zone, fold=0) - EPOCH) // timedelta(milliseconds=1)


def end_of_day(day, zone):
    """The last millisecond of a local day."""
    return moment(day.replace(hour=23, minute=59, second=59, microsecond=999_000), zone)


def end_of_working_day(start, number, zone):
    """The end of the nth working day after the local day of a moment."""
    day = local(start, zone)
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < 5 and day.date() not in BANK_HOLIDAYS
    return end_of_day(day, zone)


def a_month_after(start, zone):
    """The same local day and time a month on, or the last day of a month that is shorter."""
    then = local(start, zone)
    year, month = (then.year + 1, 1) if then.month == 12 else (then.year, then.month + 1)
    return moment(then.replace(year=year, month=month, day=min(then.day, monthrange(year, month)[1])), zone)


def end_of_month(month, zone):
    """The last millisecond of a local month, "2009-10"."""
    year, number = map(int, month.split("-"))
    return end_of_day(datetime(year, number, monthrange(year, number)[1]), zone)


def shifts_between(after, until, pack):
    """The changes of shift later than one moment, and no later than another."""
    day = local(after, pack["zone"]).date()
    while True:
        for at in pack["shifts"]:
            change = moment(datetime.combine(day, at), pack["zone"])
            if change > until:
                return
            if change > after:
                yield change
        day += timedelta(days=1)
