"""Records nobody can read, of every kind the border refuses, to be mixed into a day for tests."""

from collections.abc import Callable, Iterator
from itertools import cycle
from random import Random

from feeds.simulation.writing import Line, written
from schemas.times import DAY, HOUR

TOPIC = "dispatch"


def _created(subject: str, at: int, recorded: int, **data: str) -> bytes:
    return written(f"poison-{subject}", "cad/met", "incident.created", subject, at, recorded, data)


def _broken_json(subject: str, at: int) -> bytes:
    return _created(subject, at, at, grade="I")[:-9]


def _no_text(subject: str, at: int) -> bytes:
    return b"\xff\xfe" + _created(subject, at, at, grade="I")


def _no_object(subject: str, at: int) -> bytes:
    return b'["%s",%d]' % (subject.encode(), at)


def _missing_grade(subject: str, at: int) -> bytes:
    return _created(subject, at, at, borough="Hackney")


def _no_offset(subject: str, at: int) -> bytes:
    return _created(subject, at, at, grade="I").replace(b'Z"', b'"')


def _unknown_type(subject: str, at: int) -> bytes:
    return _created(subject, at, at, grade="I").replace(b"incident.created", b"incident.teleported")


def _unknown_grade(subject: str, at: int) -> bytes:
    return _created(subject, at, at, grade="Z")


def _wrong_subject(subject: str, at: int) -> bytes:
    return _created(subject.replace("CAD", "MSG"), at, at, grade="I")


def _from_the_future(subject: str, at: int) -> bytes:
    """Happened, it says, a day after it was recorded (T8)."""
    return _created(subject, at + DAY, at, grade="I")


KINDS: tuple[Callable[[str, int], bytes], ...] = (
    _broken_json,
    _missing_grade,
    _no_offset,
    _unknown_type,
    _from_the_future,
    _no_text,
    _no_object,
    _unknown_grade,
    _wrong_subject,
)
"""Every kind of poison in turn; only the one from the future can be decoded at all."""


def poisonous(random: Random, count: int, start: int, hours: float, label: str) -> Iterator[Line]:
    """`count` unreadable records within the day, in order of time."""
    times = sorted(start + int(random.random() * hours * HOUR) for _ in range(count))
    for number, (at, kind) in enumerate(zip(times, cycle(KINDS), strict=False)):
        subject = f"CAD-{label}-P{number:04}"
        yield Line(at, -count + number, TOPIC, subject, kind(subject, at))
