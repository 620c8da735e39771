"""Histories made by seed: few subjects, few times, crowded around the boundaries so that the rules meet."""

from dataclasses import dataclass, replace
from random import Random

from schemas.times import format_time, parse_time
from tests.plain_engine.feeds import KIND_TOPICS, OTHERS

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
STARTS = [
    parse_time(text)
    for text in (
        "2009-10-24T10:00:00+01:00",
        "2009-10-14T06:50:00+01:00",  # ten minutes before a change of shift
        "2009-10-24T22:56:00+01:00",  # and on the night the clocks go back
        "2009-03-28T23:30:00+00:00",  # the clocks go forward
        "2009-12-22T16:00:00+00:00",  # Christmas
        "2010-01-31T01:30:00+00:00",  # a month that is followed by a shorter one
        "2009-09-25T01:30:00+01:00",  # a month before the hour that comes twice
        "2010-02-28T01:30:00+00:00",  # a month before the hour that is not there
    )
]
NEAR = [0, 0, 0, 1, -1, 2, -2, SECOND, -SECOND, 2 * SECOND, -2 * SECOND, -2001]
STEPS = {
    "CALL": [0, 4 * SECOND, 10 * SECOND, 20 * SECOND, 30 * SECOND],
    "CAD": [
        0,
        *(number * MINUTE for number in (1, 2, 5, 8, 9, 10, 12, 14, 20, 30, 40, 45, 48, 60, 70)),
        9 * HOUR,
    ],
    "MSG": [0, HOUR, 18 * HOUR, 24 * HOUR, 30 * HOUR],
    "APPT": [0, HOUR, 24 * HOUR, 36 * HOUR, 48 * HOUR, 50 * HOUR],
    "COMMENT": [0, HOUR, 18 * HOUR, 24 * HOUR, 30 * HOUR],
    "RTC": [0, DAY, 10 * DAY, 13 * DAY, 14 * DAY + 1, 18 * DAY],
    "CASE": [0, DAY, 20 * DAY, 28 * DAY, 30 * DAY, 31 * DAY, 45 * DAY, 61 * DAY],
    "WARD": [0, DAY, 6 * DAY, 10 * DAY, 30 * DAY, 40 * DAY],
}
SPREAD = {"CALL": 20, "CAD": 50, "MSG": 6, "APPT": 8, "COMMENT": 3, "RTC": 4, "CASE": 8, "WARD": 3}
KINDS = {
    "CALL": [("call.presented", 2), ("call.answered", 3), ("call.abandoned", 3)],
    "CAD": [
        ("incident.created", 2),
        ("incident.regraded", 5),
        ("incident.flagged", 3),
        ("incident.cancelled", 2),
        ("incident.closed", 2),
        ("incident.reopened", 2),
        ("incident.merged", 2),
        ("incident.unmerged", 1),
        ("incident.absorbed", 4),
        ("incident.released", 1),
        ("incident.chased", 1),
        ("unit.dispatched", 3),
        ("unit.stood_down", 2),
        ("unit.diverted", 2),
        ("unit.arrived", 4),
        ("unit.staged", 1),
    ],
    "MSG": [("message.received", 1), ("message.responded", 3), ("message.redirected", 1)],
    "APPT": [
        ("appointment.requested", 1),
        ("appointment.made", 4),
        ("appointment.kept", 2),
        ("appointment.missed", 2),
    ],
    "COMMENT": [("comment.received", 1), ("comment.acknowledged", 3)],
    "RTC": [("collision.reported", 1), ("collision.contacted", 3)],
    "CASE": [("crime.recorded", 1), ("victim.updated", 5), ("case.closed", 2)],
    "WARD": [("ward.month_opened", 1), ("meeting.held", 3)],
}
"""The types of events of each kind of subject, the first of which starts it, and how often each comes."""


NO_LONGEST = {"RTC", "CASE", "WARD"}
"""S8 does not say how long their longest limit is: of these nothing but a start is recorded over 8 days late."""


@dataclass(frozen=True)
class Made:
    """One event: `at` and `seen` in ms; its data with times in ms."""

    source: str
    id: str
    type: str
    at: int
    seen: int
    data: dict
    topic: str | None = None


@dataclass(frozen=True)
class History:
    """A subject's events under a pack, and until when (ms) they are played; None: to the end."""

    seed: int
    subject: str
    pack: str
    until: int | None
    events: tuple[Made, ...]
    feeds: tuple[tuple, ...] = ()
    """Each a source, a topic, its silence (ms), its boroughs and its skew (ms), or None."""

    def without(self, index):
        """The history less one event."""
        return replace(self, events=self.events[:index] + self.events[index + 1 :])


def history(seed):
    """The history of a seed, always the same."""
    random = Random(seed)
    kind = random.choices(list(SPREAD), list(SPREAD.values()))[0]
    zero = random.choice(STARTS)
    times = _times(random, kind, zero)
    events = [_event(random, kind, KINDS[kind][0][0], times)] if random.random() < 0.97 else []
    types, weights = zip(*KINDS[kind], strict=True)
    for name in random.choices(types, weights, k=random.randint(0, 8)):
        events.append(
            _again(random, events) if events and random.random() < 0.15 else _event(random, kind, name, times)
        )
    feeds, spoken = _feeds(Random(-seed), kind, times) if seed % 4 == 0 else ((), [])
    return History(
        seed=seed,
        subject=f"{kind}-1",
        pack=random.choice(("met-pledge-2009", "met-pledge-2009", "national-2026")),
        until=random.choice(times) if random.random() < 0.3 else None,
        events=tuple(
            sorted((_in_time(kind, event) for event in [*events, *spoken]), key=lambda event: event.seen)
        ),
        feeds=feeds,
    )


def _feeds(random, kind, times):
    """Feeds of both sources, and what they say of themselves: heartbeats, promises, outages."""
    topics = KIND_TOPICS.get(kind, OTHERS)
    names = [("cad", topics[0]), ("avl", topics[-1])]
    feeds = tuple(
        (*name, random.choice((5 * SECOND, MINUTE, HOUR)), random.choice((None, None, ("Hackney",))), None)
        for name in random.sample(names, random.randint(1, 2))
    )
    spoken = [_spoken(random, number, *random.choice(names), times) for number in range(random.randint(1, 5))]
    return feeds, spoken


def _spoken(random, number, source, topic, times):
    at = random.choice(times) + random.choice(NEAR)
    if random.random() < 0.2:
        begins, ends = sorted((random.choice(times), random.choice(times) + MINUTE))
        return Made(source, f"o{number % 2}", "source.outage", at, at, {"from": begins, "until": ends}, topic)
    through = random.choice((None, None, at, random.choice(times)))
    data = {} if through is None else {"through": through}
    return Made(source, f"h{number}", "source.heartbeat", at, at, data, topic)


def _in_time(kind, event):
    starts = event.type == KINDS[kind][0][0]
    return (
        event
        if starts or kind not in NO_LONGEST
        else replace(event, seen=min(event.seen, event.at + 8 * DAY))
    )


def _times(random, kind, zero):
    """The few moments of a history, each near a step from the start or from another of them."""
    times = [zero]
    for _ in range(5):
        times.append(
            max(zero - HOUR, random.choice(times) + random.choice(STEPS[kind]) + random.choice(NEAR))
        )
    return times


def _event(random, kind, name, times):
    starts = name == KINDS[kind][0][0]
    at = times[0] if starts and random.random() < 0.8 else random.choice(times)
    return Made(
        source=random.choice(("cad", "cad", "avl")),
        id=f"{random.randrange(12):02}",
        type=name,
        at=at,
        seen=_seen(random, at, times),
        data=_data(random, name, at, times),
    )


def _seen(random, at, times):
    """Mostly at once; else at another of the moments, or by a clock that is up to a minute behind."""
    seen = random.choice(times) + random.choice(NEAR) if random.random() < 0.4 else at
    return max(seen, at - random.choice((0, 0, 1, SECOND, MINUTE)))


def _again(random, events):
    """An event once more: doubled, recorded again, under another name, changed, or withdrawn."""
    event = random.choice(events)
    later = event.seen + random.choice((0, 1, MINUTE, HOUR))
    another = f"{random.randrange(12):02}"
    return random.choice(
        (
            event,
            replace(event, seen=later),
            replace(event, id=another, seen=later),
            replace(event, at=event.at + random.choice(NEAR), seen=later + 3 * SECOND),
            Made(event.source, another, "event.withdrawn", later, later, {"event": event.id}),
            Made(event.source, another, "event.withdrawn", event.at, event.seen, {"event": event.id}),
        )
    )


def _data(random, name, at, times):
    """The data of a type, some of it left out."""
    maybe = random.choice
    grade = maybe("IISSER")
    since = min(at, maybe(times))
    unit = maybe(("GD21", "GD22"))
    made = {
        "call.presented": {"line": maybe(("999", "101")), "exercise": maybe((None, None, True))},
        "incident.created": {
            "grade": grade,
            "area": maybe((None, "urban", "rural")),
            "vulnerable": maybe((None, None, True, False)),
            "on_view": maybe((None,) * 12 + (True, False)),
            "exercise": maybe((None, None, None, True)),
        },
        "incident.regraded": {"grade": grade},
        "incident.flagged": {
            "vulnerable": maybe((None, True, False)),
            "ward_priority": maybe((None, True, False)),
        },
        "incident.closed": {"resolution": maybe((None, "attended", "no-attendance-required"))},
        "incident.merged": {"into": "CAD-9"},
        "incident.absorbed": {
            "child": maybe(("CAD-7", "CAD-8")),
            "since": since,
            "grade": maybe((None, "I", "S", "S", "E")),
            "child_due": maybe((None, since + 12 * MINUTE, since + 60 * MINUTE, max(since, maybe(times)))),
        },
        "incident.released": {"child": maybe(("CAD-7", "CAD-8"))},
        "unit.dispatched": {"unit": unit},
        "unit.stood_down": {"unit": unit},
        "unit.diverted": {"unit": unit, "to": "CAD-9"},
        "unit.arrived": {"unit": unit},
        "unit.staged": {"unit": unit},
        "message.received": {"probe": maybe((None, True, False)), "exercise": maybe((None, True))},
        "message.responded": {"kind": maybe(("reply", "reply", "auto"))},
        "message.redirected": {"to": "front desk"},
        "appointment.made": {
            "for": maybe(times) + maybe((0, 48 * HOUR, 48 * HOUR + 1, 49 * HOUR)),
            "chosen_by": maybe((None, "caller", "caller", "police")),
        },
        "appointment.missed": {"by": maybe((None, "caller", "caller", "police"))},
        "ward.month_opened": {"month": maybe((_month(at), _month(at), "2009-10", "2010-02"))},
    }.get(name, {})
    return {key: value for key, value in made.items() if value is not None}


def _month(ms):
    return format_time(ms)[:7]
