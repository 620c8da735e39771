"""A duty desk on a busy evening: figures and open clocks in the view, alerts in the store, both on a real Redis."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from alerting.alert import Entry
from alerting.store import AlertStore
from board.now import FeedNow, Health, OpenClock, Rate, StandardNow, Written
from board.view import View
from board.writing import Changes, ViewWriter
from schemas.actions import Action
from schemas.errors import PledgeWatchError
from schemas.stories import Announced, EventRef, Otherwise, Promise, Story
from schemas.stories import Entry as Told
from schemas.times import DAY, HOUR, MINUTE, SECOND, format_time
from tests.redis.entries import act, news

LONDON = ZoneInfo("Europe/London")
EVENING = 1_256_418_000_000
"""2009-10-24 22:00:00 in London."""
TITLES = {
    "call-999": ("999 calls", 90),
    "call-non-emergency": ("Other calls", 90),
    "attend-immediate": ("Immediate attendance (grade I)", 90),
    "attend-priority": ("Priority attendance (grade S, vulnerable people, ward priorities)", 90),
    "snt-reply": ("Messages to Safer Neighbourhoods Teams", 90),
    "appointment": ("Appointments", 90),
    "comment-ack": ("Comments on the service", None),
    "collision-contact": ("Road traffic collisions", None),
    "victim-update": ("Updates to victims of crime", None),
    "ward-meeting": ("Ward meetings", None),
}
PLACES = {"Hackney": "Dalston", "Camden": "Gospel Oak", "Lambeth": "Brixton Hill", "Westminster": "West End"}


class AwayError(PledgeWatchError):
    """Kafka is away.

    Operator action: none; it is a test's.
    """


@dataclass
class Desk:
    """What a board is built over; `now` (ms) is what the test says it is."""

    redis: Redis
    now: int = EVENING
    away: bool = False

    def __post_init__(self) -> None:
        self.view, self.store = View(self.redis), AlertStore(self.redis)
        self.writer = ViewWriter(self.redis, "scene")
        self.acted: list[Action] = []

    async def act(self, action: Action) -> None:
        """Writes as the real one does, without the Kafka in between."""
        if self.away:
            raise AwayError("cannot reach Kafka at localhost:9092")
        self.acted.append(action)
        await self.store.add([action])

    async def stories(self, clock: str) -> list[Story]:
        """Of incidents there is a story, of the rest none."""
        return [story(clock, self.now)] if clock.startswith("CAD-") else []

    async def write(self, **parts: object) -> None:
        """Writes the view anew at the moment it is now."""
        whole = await self.writer.hold() == "anew"
        changes = Changes(written=Written(at=self.now), **parts)  # type: ignore[arg-type]
        assert await self.writer.write(changes, whole=whole)

    async def read(self, *entries: Entry) -> None:
        """Entries come from Kafka, which has been read to its end."""
        await self.store.positions()
        await self.store.add(entries)
        await self.store.set_built()


def health(now: int = EVENING, **differing: object) -> Health:
    """All is well, but for what differs."""
    told = {
        "ledger": "following",
        "read_at": now,
        "watch": "alive",
        "evidence": "3 workers, nothing unread",
        "since": now - HOUR,
        "workers": 3,
        "unread": 0,
    }
    return Health.model_validate(told | differing)


def rate(met: int, breached: int, target: int | None) -> Rate:
    """A rate as the view words it."""
    few = met + breached < 30
    words = f"{met} of {met + breached}" if few else f"{100 * met / (met + breached):.1f} %"
    against = (
        None
        if target is None
        else "too few to say"
        if few
        else "above"
        if 100 * met > target * (met + breached)
        else "below"
    )
    return Rate(met=met, breached=breached, words=words, against=against, low=0.6, high=0.95)


def standards(clocks: dict[str, OpenClock]) -> list[StandardNow]:
    """Every standard, as the open clocks have it."""
    rows = []
    for number, (standard, (title, target)) in enumerate(TITLES.items()):
        held = [clock for clock in clocks.values() if clock.standard == standard]
        starts = [clock.start for clock in held]
        rates = {
            "15m": rate(11 - number, number, target),
            "today": rate(400 + 7 * number, 31 + 5 * number, target),
            "7d": rate(4000, 380, target),
        }
        rows.append(
            StandardNow(
                standard=standard,
                title=title,
                target_percent=target,
                waiting=len(held),
                oldest_start=min(starts, default=None),
                at_risk=sum(clock.stage == "at-risk" for clock in held),
                breached_open=sum(clock.stage == "breached" for clock in held),
                unresourced=sum(clock.unresourced for clock in held),
                rates=rates if number < 9 else {},
            )
        )
    return rows


def open_clocks(now: int = EVENING, number: int = 60) -> dict[str, OpenClock]:
    """So many open clocks, some at risk, some breached, some without a unit."""
    drawn = random.Random(7)
    found = {}
    limits = {
        "attend-immediate": 12 * MINUTE,
        "attend-priority": HOUR,
        "snt-reply": DAY,
        "appointment": 2 * DAY,
        "call-999": 10 * SECOND,
        "victim-update": 30 * DAY,
    }
    for each in range(number):
        standard = drawn.choice(
            [
                "attend-immediate",
                "attend-priority",
                "attend-priority",
                "snt-reply",
                "appointment",
                "victim-update",
                "call-999",
            ]
        )
        limit = limits[standard]
        start = now - int(limit * drawn.uniform(0.02, 1.12))
        start -= start % SECOND
        due = start + limit
        stage = (
            "breached"
            if due < now
            else "at-risk"
            if now > start + limit * 3 // 4 and standard != "call-999"
            else "running"
        )
        kind = {"call-999": "CALL", "snt-reply": "MSG", "appointment": "APPT", "victim-update": "CASE"}.get(
            standard, "CAD"
        )
        borough = drawn.choice(sorted(PLACES))
        attended = standard.startswith("attend")
        bare = attended and drawn.random() < 0.2
        subject = f"{kind}-{4100 + each}"
        clock = OpenClock(
            clock=f"{subject}/{standard}",
            subject=subject,
            standard=standard,
            borough=borough,
            ward=PLACES[borough] if attended else "",
            grade={"attend-immediate": "I", "attend-priority": "S"}.get(standard, ""),
            stage=stage,
            start=start,
            due=due,
            breach_at=due + 1,
            unresourced=bare,
            units=0 if bare or not attended else drawn.randint(1, 2),
        )
        found[clock.clock] = clock
    return found


def feeds(now: int = EVENING, silent: bool = False) -> list[FeedNow]:
    """Two feeds, of which one may be silent."""
    return [
        FeedNow(
            feed="feed/dispatch/cad/north",
            source="cad/north",
            topic="dispatch",
            boroughs=("Camden", "Hackney"),
            silence=60_000,
            last_heard=now - (400 if silent else 2) * SECOND,
            silent=silent,
        ),
        FeedNow(
            feed="feed/call-answer/telephony",
            source="telephony",
            topic="call-answer",
            silence=60_000,
            last_heard=now - SECOND,
        ),
    ]


def alerts(clocks: dict[str, OpenClock]) -> Iterator[Entry]:
    """An alert of every breached clock and of every one at risk; somebody has every third."""
    for number, clock in enumerate(sorted(clocks.values(), key=lambda each: each.due)):
        if clock.stage == "running":
            continue
        told = {
            "borough": clock.borough,
            "ward": clock.ward,
            "grade": clock.grade,
            "start": format_time(clock.start),
            "due": format_time(clock.due),
        }
        at_risk = clock.start + (clock.due - clock.start) * 3 // 4
        yield news(clock.clock, "clock.at_risk", at_risk, 1, **told)
        if clock.stage == "breached":
            yield news(clock.clock, "clock.breached", clock.due + SECOND, 2, **told)
        if number % 3 == 0:
            yield act(
                clock.clock,
                "alert.acknowledged",
                f"ack-{clock.clock}",
                at_risk + MINUTE,
                by="Insp Baker",
                note="calling the team",
            )
        if number % 7 == 1:
            yield act(
                clock.clock,
                "alert.escalated",
                f"up-{clock.clock}",
                at_risk + 5 * MINUTE,
                rung=1,
                role="chief-inspector",
                to=["Ch Insp Okafor"],
                because="unacknowledged for 5m",
            )


def story(clock: str, now: int) -> Story:
    """A story with a little of everything."""
    start, due = now - 14 * MINUTE, now - 2 * MINUTE
    created = EventRef(source="cad/north", id="c-1", type="incident.created")
    sent = EventRef(source="cad/north", id="c-2", type="unit.dispatched")
    return Story(
        clock=clock,
        subject=clock.partition("/")[0],
        standard=clock.partition("/")[2] or None,
        asked_at=format_time(now),
        zone="Europe/London",
        headline="breached: no unit had arrived when the 12 minutes were up; still open",
        verdict="breached",
        start=format_time(start),
        due=format_time(due),
        about="grade I, in Hackney",
        promise=Promise(
            standard="attend-immediate",
            title="Immediate attendance (grade I)",
            sentence="An immediate incident is attended within twelve minutes.",
            limit="Within twelve minutes of the incident becoming immediate; the first unit at the scene ends it.",
            pack="met-pledge-2009",
            pack_version=1,
            pack_title="The Met's Policing Pledge, 2009",
            source="http://www.standard.co.uk/news/the-big-999-lottery-6948833.html",
            note="Read in a newspaper of 2010.",
        ),
        timeline=(
            Told(
                at=format_time(start),
                event=created,
                words="incident created: grade I in Hackney",
                effect="started",
                did="Started the clock: due at 21:58:00.",
                rules=("I1",),
            ),
            Told(
                at=format_time(start + MINUTE),
                event=sent,
                recorded=format_time(start + 3 * MINUTE),
                recorded_late_ms=2 * MINUTE,
                words="unit GD21 dispatched",
                effect="none",
                did="A unit is assigned from here on; that stops no clock.",
                rules=("I3",),
            ),
            Told(
                at=format_time(due),
                words="the 12 minutes were up",
                effect="breached",
                did="Breached: nothing had stopped it.",
                rules=("T2", "T3"),
            ),
        ),
        announced=(
            Announced(
                said_at=format_time(due + SECOND),
                about=format_time(due),
                kind="verdict",
                verdict="breached",
                revision=1,
                news="clock.breached",
                words="breached: its time was up at 21:58:00",
                rules=("T2",),
            ),
        ),
        otherwise=(
            Otherwise(
                change={"what": "added", "to": format_time(due), "type": "unit.arrived"},
                verdict="met",
                words="With the arrival of a unit at 21:58:00, the last moment in time, it would be met.",
            ),
        ),
    )


async def busy(desk: Desk, number: int = 60) -> dict[str, OpenClock]:
    """An evening with everything in it."""
    clocks = open_clocks(desk.now, number)
    by_place = {
        place: standards({name: clock for name, clock in clocks.items() if clock.borough == place})
        for place in PLACES
    }
    await desk.write(
        clocks=clocks,
        standards={"": standards(clocks), **by_place},
        feeds=feeds(desk.now),
        health=health(desk.now),
    )
    await desk.read(*alerts(clocks))
    return clocks


async def calm(desk: Desk) -> None:
    """An evening on which nothing waits."""
    await desk.write(clocks={}, standards={"": standards({})}, feeds=feeds(desk.now), health=health(desk.now))
    await desk.read()
