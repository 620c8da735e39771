"""The policy of a duty desk, as YAML: who is told what, when and how. Strict; every error has its line."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints

from alerting.alert import ALARMING, Stage
from alerting.channels import AnySettings
from alerting.fields import Strict
from alerting.hours import Window
from alerting.roster import Duty
from alerting.telling import NAMES
from alerting.watchdog import WatchdogSettings
from schemas.actions import Person as PersonName
from schemas.fields import Duration, ShiftTimes, TimeOfDay, ZoneName
from schemas.keys import meant
from schemas.times import DAY, MINUTE

NOBODY = "nobody"
"""The ladder of a rule that leaves alerts to the board."""


def _standard(name: str) -> str:
    if name not in NAMES:
        raise ValueError(f"{name!r} is no standard{meant(name, NAMES) or '; they are ' + ', '.join(NAMES)}")
    return name


def _stage(name: str) -> str:
    if name not in ALARMING:
        raise ValueError(
            f"{name!r} is no stage that anybody is told of first; they are {', '.join(ALARMING)}"
        )
    return name


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Standards = Annotated[list[Annotated[str, AfterValidator(_standard)]], Field(min_length=1)]
Stages = Annotated[list[Annotated[Stage, AfterValidator(_stage)]], Field(min_length=1)]
Names = Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
Percent = Annotated[int, Field(strict=True, ge=1, le=100)]
Count = Annotated[int, Field(strict=True, ge=1)]
Flag = Annotated[bool, Field(strict=True)]
RateWindow = Literal["15m", "today", "7d"]


class PersonLine(Strict):
    """Somebody who may be on duty."""

    name: PersonName = Field(description="name and rank, as they acknowledge and are shown")
    addresses: dict[str, str] = Field({}, description="where they are reached, by channel")


class Rung(Strict):
    """One step of a ladder: a role, and how those on duty in it are told."""

    after: Duration | None = Field(None, description="unacknowledged for so long; the first rung has none")
    tell: Slug = Field(description="a role of the roster")
    by: Names = Field(description="channels")


Ladder = Annotated[list[Rung], Field(min_length=1)]


class QuietHours(Window):
    """Hours in which nobody is told, or only by other channels; judging goes on (P4)."""

    by: Names | None = Field(
        None, description="channels to use meanwhile; without any, telling waits for their end"
    )


class Telling(Strict):
    """What a ladder needs to be climbed."""

    name: Slug
    ladder: Slug
    quiet: Slug | None = Field(None, description="the quiet hours it keeps")
    again_at_shifts: Flag = Field(True, description="told again at each change of shift while it is open")


class Rule(Window, Telling):
    """Which alerts go up which ladder: the first rule that fits counts, for each piece of news."""

    standards: Standards | None = None
    boroughs: Names | None = None
    grades: Names | None = Field(None, description="of incidents, as they are graded now")
    stages: Stages | None = None


class Storm(Telling):
    """When so many alerts of one standard and borough are told as one situation."""

    standards: Standards | None = None
    more_than: Count
    within: Duration
    over_after: Duration = Field(10 * MINUTE, description="without another one")


class Rate(Telling):
    """A standard that is told of by its rate, never clock by clock."""

    standard: Annotated[str, AfterValidator(_standard)]
    boroughs: Names | None = Field(None, description="each by itself; the whole force where not given")
    under: Percent = Field(description="in whole percent: told when fewer are in time")
    over: RateWindow = "15m"
    at_least: Count = Field(description="so many clocks, or the rate says nothing")


class Digest(Strict):
    """Old news (T6), gathered and told once a day."""

    at: TimeOfDay
    tell: Slug
    by: Names


class Policy(Strict):
    """The whole file."""

    zone: ZoneName = "Europe/London"
    shifts: ShiftTimes = Field([], description="the local times at which shifts change")
    shifts_for: Duration = Field(DAY, description="for how long an open alert is told again at shifts")
    channels: dict[Slug, AnySettings]
    people: dict[str, PersonLine] = Field({})
    roster: dict[Slug, Annotated[list[Duty], Field(min_length=1)]] = Field({})
    ladders: dict[Slug, Ladder]
    quiet: dict[Slug, QuietHours] = Field({})
    rules: list[Rule]
    storms: list[Storm] = Field([])
    rates: list[Rate] = Field([])
    digest: Digest | None = None
    templates: Path | None = Field(
        None, description="a folder of templates that stand in for the shipped ones"
    )
    watchdog: WatchdogSettings | None = Field(None, description="whom a heartbeat is sent to")

    @property
    def tz(self) -> ZoneInfo:
        """The zone of every local time in it."""
        return ZoneInfo(self.zone)

    def is_personal(self, channel: str) -> bool:
        """Whether a channel reaches people at addresses of their own; else it is told once for all."""
        return any(channel in person.addresses for person in self.people.values())

    def person(self, name: str) -> PersonLine | None:
        """Somebody by their name, as they give it when they acknowledge, or by key; None where there is none."""
        wanted = name.strip().casefold()
        for key, person in self.people.items():
            if wanted in (key.casefold(), person.name.casefold()):
                return person
        return None

    def telling(self, name: str) -> Telling | None:
        """The rule, storm or rate of that name."""
        return next((each for each in (*self.rules, *self.storms, *self.rates) if each.name == name), None)

    def rate_of(self, standard: str) -> Rate | None:
        """The rate by which a standard is told of, if it is."""
        return next((rate for rate in self.rates if rate.standard == standard), None)
