"""Every event type, the topic that carries it, and the kind of subject it speaks of."""

from typing import NamedTuple, get_args

from schemas import calls, contact, every_topic, incidents, messages
from schemas.cloudevent import KINDS, CloudEvent

INPUT_TOPICS = ("call-answer", "dispatch", "arrival", "snt-message", "pledge-contact")

KIND_TOPICS: dict[str, tuple[str, ...]] = {
    "CALL": ("call-answer",),
    "CAD": ("dispatch", "arrival"),
    "MSG": ("snt-message",),
    **dict.fromkeys(("APPT", "COMMENT", "RTC", "CASE", "WARD"), ("pledge-contact",)),
}
"""The topics whose events a kind of subject's clocks read (T5)."""

WITHDRAWN = "event.withdrawn"
HEARTBEAT = "source.heartbeat"
OUTAGE = "source.outage"
OF_SOURCES = frozenset({HEARTBEAT, OUTAGE})
"""Types that speak of a source, not of a subject; they are sent to every partition of its topic."""


class EventType(NamedTuple):
    """Where events of one type belong; `kinds` is empty where the subject is the source itself."""

    name: str
    topics: tuple[str, ...]
    kinds: tuple[str, ...]
    model: type[CloudEvent]


def _type_of(model: type[CloudEvent]) -> str:
    literal = model.model_fields["type"].annotation
    (name,) = get_args(literal)
    return str(name)


def _models(module: object) -> list[type[CloudEvent]]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, CloudEvent) and "type" in value.model_fields
    ]


def _kind_of(model: type[CloudEvent]) -> str:
    prefixes = {"Call": "CALL", "Incident": "CAD", "Message": "MSG", "Appointment": "APPT"}
    prefixes |= {"Comment": "COMMENT", "Collision": "RTC", "Case": "CASE", "Ward": "WARD"}
    return next(prefixes[base.__name__[2:]] for base in model.__mro__ if base.__name__.startswith("Of"))


def _topics_of(name: str, kind: str) -> tuple[str, ...]:
    if kind != "CAD":
        return KIND_TOPICS[kind]
    return ("arrival",) if name in {"unit.arrived", "unit.staged"} else ("dispatch",)


def _every_type() -> dict[str, EventType]:
    types = {}
    for module in (calls, incidents, messages, contact):
        for model in _models(module):
            name, kind = _type_of(model), _kind_of(model)
            types[name] = EventType(name, _topics_of(name, kind), (kind,), model)
    types[WITHDRAWN] = EventType(WITHDRAWN, INPUT_TOPICS, KINDS, every_topic.EventWithdrawn)
    for name, model in ((HEARTBEAT, every_topic.SourceHeartbeat), (OUTAGE, every_topic.SourceOutage)):
        types[name] = EventType(name, INPUT_TOPICS, (), model)
    return types


TYPES: dict[str, EventType] = _every_type()


def kind_of(subject: str) -> str:
    """The kind of a subject's id: what stands before its first dash."""
    return subject.partition("-")[0]
