"""The bank holidays of England and Wales: what is well known of them, and what the library says."""

from datetime import date

import holidays
import pytest

from schemas.documents import DocumentError, read_document
from standards.calendars import CalendarDocument, bank_holidays, calendar_path
from standards.calendars.__main__ import FIRST, LAST, snapshot

PATH = calendar_path("england-and-wales")
HOLIDAYS = bank_holidays("england-and-wales")

# As GOV.UK lists them, the substitute days included.
LISTED = {
    2009: "01-01 04-10 04-13 05-04 05-25 08-31 12-25 12-28",
    2012: "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26",
    2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
}


@pytest.mark.parametrize(("year", "days"), LISTED.items())
def test_the_years_we_know_by_heart(year, days):
    assert sorted(f"{day:%m-%d}" for day in HOLIDAYS if day.year == year) == days.split()


@pytest.mark.parametrize(
    "day",
    [
        *("1981-07-29", "1999-12-31", "2002-06-03", "2011-04-29", "2012-06-05"),
        *("2022-06-03", "2022-09-19", "2023-05-08"),
    ],
)
def test_holidays_that_came_once(day):
    assert date.fromisoformat(day) in HOLIDAYS


@pytest.mark.parametrize(
    "day", ["2020-05-04", "2012-05-28", "2022-05-30", "1995-05-01", "2009-03-17", "2009-08-03"]
)
def test_holidays_that_were_moved_away_or_belong_to_others(day):
    assert date.fromisoformat(day) not in HOLIDAYS


def test_the_snapshot_is_what_the_library_says_now():
    known = holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST, LAST + 1))

    assert {day for day in known if day.isoweekday() < 6} == HOLIDAYS


def test_wales_has_the_same():
    welsh = holidays.country_holidays("GB", subdiv="WLS", years=range(FIRST, LAST + 1))

    assert {day for day in welsh if day.isoweekday() < 6} == HOLIDAYS


def test_the_snapshot_is_made_by_its_command():
    made = snapshot().splitlines()

    assert (
        made[1:] == PATH.read_text(encoding="utf-8").splitlines()[1:]
    )  # the first names the library's version


@pytest.mark.parametrize(
    ("there", "instead", "words"),
    [
        ('  2009: "', '  2909: "', "the years follow one another"),
        ('  2009: "01-01', '  2009: "01-32', "years"),
        ('  2009: "01-01', '  2009: "1 January', "years"),
        ("  2009: ", "  nine: ", "given by year"),
        ("kind: BankHolidays", "kind: Holidays", "BankHolidays"),
        ("id: england", "ib: england", "unknown key"),
    ],
)
def test_a_calendar_that_does_not_fit_is_refused_with_its_line(tmp_path, there, instead, words):
    text = PATH.read_text(encoding="utf-8")
    assert there in text
    path = tmp_path / "calendar.yaml"
    path.write_text(text.replace(there, instead, 1), encoding="utf-8")

    with pytest.raises(DocumentError, match=words) as error:
        read_document(path, CalendarDocument)
    assert f"{path}:" in str(error.value)
