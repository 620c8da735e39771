"""The calendar against a slow second reckoning, which reads the wall clock minute by minute."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clocks.calendar import end_of_month, iso_week, months_after, next_shift, working_days_after
from schemas.times import DAY, MINUTE

ZONES = {
    name: ZoneInfo(name)
    for name in (
        "Europe/London",
        "Australia/Lord_Howe",  # half an hour of summer time
        "Asia/Kathmandu",  # a quarter of an hour off
        "America/Sao_Paulo",  # its clocks changed at midnight
        "Pacific/Apia",  # a day that never was
        "Antarctica/Troll",  # two hours of summer time
        "Africa/Cairo",
    )
}
YEARS = (datetime(2005, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
quickly = settings(max_examples=100, deadline=None)


@lru_cache
def changes(name: str) -> list[int]:
    """The days (ms) in which a zone's clocks change, found by looking at each of them."""
    first, last = (int(each.timestamp()) * 1_000 for each in YEARS)
    days = range(first, last, DAY)
    return [day for day in days if offset(day, name) != offset(day + DAY, name)]


def offset(moment: int, name: str) -> timedelta:
    return local(moment, name).utcoffset()


def local(moment: int, name: str) -> datetime:
    return datetime.fromtimestamp(moment / 1_000, ZONES[name])


@st.composite
def moments(draw) -> tuple[int, str]:
    """A moment (ms) and a zone: around a change of its clocks, an end of a year, or anywhere."""
    name = draw(st.sampled_from(sorted(ZONES)))
    first, last = (int(each.timestamp()) * 1_000 for each in YEARS)
    new_years = [int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000 for year in range(2006, 2026)]
    near = st.sampled_from([*changes(name), *new_years])
    anywhere = st.integers(first, last)
    return draw(st.one_of(anywhere, st.tuples(near, st.integers(-DAY, 2 * DAY)).map(sum))), name


near_changes = st.sampled_from([0, 30, 60, 75, 90, 105, 120, 135, 150, 165, 180])
shifts = st.sets(near_changes | st.integers(0, 1439), max_size=5).map(
    lambda minutes: tuple(time(minute // 60, minute % 60) for minute in sorted(minutes))
)


class Wall:
    """When the wall clock first showed each minute of some days."""

    def __init__(self, around: int, name: str) -> None:
        self._first: dict[datetime, int] = {}
        first = (around // DAY - 3) * DAY
        for at in range(first, first + 7 * DAY, MINUTE):
            self._first.setdefault(local(at, name).replace(tzinfo=None), at)

    def when(self, naive: datetime) -> int:
        """When it showed a time; one that it skipped, as late as it would have been without the change."""
        at = self._first.get(naive)
        return self.when(naive - timedelta(minutes=1)) + MINUTE if at is None else at


@quickly
@given(moments(), shifts)
def test_the_next_shift_is_the_first_that_the_wall_clock_shows_later(at, changes_of_shift):
    moment, name = at
    wall, today = Wall(moment, name), local(moment, name).date()
    days = [today + timedelta(days=number) for number in (-1, 0, 1)]
    if name == "Pacific/Apia":
        days.append(today + timedelta(days=2))
    times = [wall.when(datetime.combine(day, shift)) for day in days for shift in changes_of_shift]

    assert next_shift(moment, changes_of_shift, ZONES[name]) == min(
        (each for each in times if each > moment), default=None
    )


@quickly
@given(moments())
def test_a_week_is_counted_from_the_monday_of_the_weeks_thursdays_year(at):
    moment, name = at
    today = local(moment, name).date()
    monday = today
    while monday.isoweekday() != 1:
        monday -= timedelta(days=1)
    thursday, number = monday + timedelta(days=3), 1
    earlier = thursday - timedelta(days=7)
    while earlier.year == thursday.year:
        earlier, number = earlier - timedelta(days=7), number + 1

    assert iso_week(moment, ZONES[name]) == f"{thursday.year}-W{number:02}"


@quickly
@given(moments(), st.integers(1, 8 * DAY))
def test_weeks_follow_one_another(at, step):
    moment, name = at

    assert iso_week(moment, ZONES[name]) <= iso_week(moment + step, ZONES[name])


def shown(day: date, at: time, name: str) -> int:
    """When (ms) the wall clock of a zone first showed a local time, or would have."""
    whole, rest = (
        at.replace(second=0, microsecond=0),
        timedelta(seconds=at.second, microseconds=at.microsecond),
    )
    around = int(datetime.combine(day, at, UTC).timestamp()) * 1_000
    return Wall(around, name).when(datetime.combine(day, whole)) + rest // timedelta(milliseconds=1)


@quickly
@given(moments(), st.integers(1, 14))
def test_a_month_later_the_wall_clock_shows_the_same_time_on_that_day_or_the_months_last(at, number):
    moment, name = at
    assume(name != "Pacific/Apia")
    begun = local(moment, name)
    year, month = begun.year, begun.month
    for _ in range(number):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    day = date(year, month, min(begun.day, monthrange(year, month)[1]))

    assert months_after(moment, number, ZONES[name]) == shown(day, begun.time(), name)


@quickly
@given(moments(), st.integers(1, 12), st.sets(st.integers(1, 30), max_size=8))
def test_working_days_are_counted_one_by_one_and_end_with_their_day(at, number, free):
    moment, name = at
    assume(name != "Pacific/Apia")
    today = local(moment, name).date()
    holidays = frozenset(today + timedelta(days=days) for days in free)
    day = today
    for _ in range(number):
        day += timedelta(days=1)
        while day.strftime("%a") in ("Sat", "Sun") or day in holidays:
            day += timedelta(days=1)

    wanted = shown(day + timedelta(days=1), time(), name) - 1
    assert working_days_after(moment, number, holidays, ZONES[name]) == wanted


@quickly
@given(moments())
def test_a_month_ends_a_millisecond_before_the_next_begins(at):
    moment, name = at
    assume(name != "Pacific/Apia")
    today = local(moment, name).date()
    following = (today.replace(day=28) + timedelta(days=4)).replace(day=1)

    assert end_of_month(f"{today:%Y-%m}", ZONES[name]) == shown(following, time(), name) - 1
