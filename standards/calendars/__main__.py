"""`python -m standards.calendars`: writes the snapshots of bank holidays anew from the library `holidays`."""

from collections.abc import Iterator
from importlib.metadata import version

import holidays

from standards.calendars import calendar_path

FIRST, LAST = 1978, 2100
"""From when England and Wales have today's eight holidays, to when the library knows them."""
SATURDAY = 5
_HEAD = """# Made by `python -m standards.calendars` from the library holidays {version}; change it there.
kind: BankHolidays
id: england-and-wales
about: >-
  The bank holidays of England and Wales that fall on weekdays, with the substitutes of those that do not, and one-off
  days as far as they are known. Outside these years Saturdays and Sundays alone are no working days.
years:
"""


def snapshot() -> str:
    """The calendar of England and Wales, as YAML."""
    return _HEAD.format(version=version("holidays")) + "".join(_years())


def _years() -> Iterator[str]:
    for year in range(FIRST, LAST + 1):
        found = holidays.country_holidays("GB", subdiv="ENG", years=year)
        days = sorted(day for day in found if day.weekday() < SATURDAY)
        yield f'  {year}: "{" ".join(f"{day:%m-%d}" for day in days)}"\n'


if __name__ == "__main__":
    calendar_path("england-and-wales").write_text(snapshot(), encoding="utf-8")
