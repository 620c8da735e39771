"""Bytes to events: the border where everything is checked once."""

import re
from collections.abc import Container
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from schemas.cloudevent import KINDS, subject_pattern
from schemas.errors import Refused
from schemas.events import HEARTBEAT, KIND_TOPICS, OF_SOURCES, OUTAGE, TYPES, kind_of
from schemas.facts import Event, Fact
from schemas.quick_decoding import quickly_decoded
from schemas.times import EARLIEST, LATEST, MINUTE, format_time, milliseconds

FUTURE_ALLOWED = MINUTE
"""How far ahead of the wall clock, or of its own recording, an event may claim to be (T8), in ms."""

_union: Any = Annotated[
    reduce(or_, [event_type.model for event_type in TYPES.values()]), Field(discriminator="type")
]
_validate = TypeAdapter(_union).validator.validate_json
_ALIASES = {"for_": "for", "from_": "from"}
_DATA_TIMES = {
    "appointment.made": ("for",),
    "incident.absorbed": ("since", "child_due"),
    HEARTBEAT: ("through",),
    OUTAGE: ("from", "until"),
}
_TOPIC = {name: event_type.topics[0] for name, event_type in TYPES.items() if len(event_type.topics) == 1}
_TIME_FIELDS = {"time", "recordedtime", "for", "since", "child_due", "through", "from", "until"}
_NOT_A_TIME = "not an RFC 3339 time with an offset, such as 2009-10-25T01:50:00+01:00"
_REASONS = {
    "json_invalid": "not-json",
    "union_tag_invalid": "unknown-type",
    "union_tag_not_found": "missing-field",
    "missing": "missing-field",
}
_ANY_SUBJECT = re.compile(subject_pattern(*KINDS))


def decode(value: bytes, topic: str | None = None) -> Event:
    """One record as an event; `topic` None means wherever its type belongs. Refused says field and reason."""
    return quickly_decoded(value, topic) or carefully_decoded(value, topic)


def carefully_decoded(value: bytes, topic: str | None = None) -> Event:
    """One record as pydantic reads it: every spelling, every type, and the reason of every refusal."""
    try:
        model = _validate(value)
    except ValidationError as invalid:
        raise refusal_of(invalid) from None
    belongs = _TOPIC.get(model.type) or _shared_topic(model, topic)
    if topic is not None and topic != belongs:
        raise Refused("wrong-topic", "type", f"{model.type} belongs on {belongs}, not on {topic}")
    time = _instant(model.time, "time")
    recorded = time if model.recordedtime is None else _instant(model.recordedtime, "recordedtime")
    extra = model.data.__pydantic_extra__
    return Event(
        model.subject,
        belongs,
        Fact(model.source, model.id, model.type, time, recorded, _data(model)),
        len(extra) if extra else 0,
    )


def check_future(event: Event, wall: int) -> None:
    """Refuse an event from the future (T8); `wall` is the process's clock, in ms."""
    fact = event.fact
    if fact.time <= fact.recorded <= wall:
        return
    latest = max(fact.time, fact.recorded)
    if latest > wall + FUTURE_ALLOWED:
        detail = f"{format_time(latest)} is over 60 s ahead of the clock, {format_time(wall)}"
        raise Refused("time-in-future", "time" if fact.time == latest else "recordedtime", detail)
    if fact.time > fact.recorded + FUTURE_ALLOWED:
        detail = f"{format_time(fact.time)} is over 60 s after its recordedtime, {format_time(fact.recorded)}"
        raise Refused("time-in-future", "time", detail)


def _instant(text: str, field: str) -> int:
    try:
        instant = milliseconds(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as invalid:
        raise Refused("bad-time", field, f"{invalid} (given: {text!r})") from None
    if not EARLIEST <= instant < LATEST:
        raise Refused("bad-time", field, f"not a year of 1970 to 2199 (given: {text!r})")
    return instant


def _data(model: Any) -> dict[str, Any]:
    data = {key: value for key, value in model.data.__dict__.items() if value is not None}
    if model.type in _DATA_TIMES:
        data = {_ALIASES.get(key, key): value for key, value in data.items()}
        for field in _DATA_TIMES[model.type]:
            if field in data:
                data[field] = _instant(data[field], f"data.{field}")
    return data


def _shared_topic(model: Any, topic: str | None) -> str:
    """The topic of a type that several carry: the one it came on, if its subject's events may."""
    if model.type in OF_SOURCES:
        if model.subject != model.source:
            detail = f"the subject of a {model.type} is its source, {model.source!r}"
            raise Refused("bad-subject", "subject", detail)
        return topic or ""
    topics = KIND_TOPICS[kind_of(model.subject)]
    return topic if topic in topics else topics[0]


def refusal_of(invalid: ValidationError, types: Container[str] = TYPES) -> Refused:
    """What pydantic found wrong, as a refusal; `types` are those a record may be of."""
    error = min(invalid.errors(include_url=False), key=lambda each: each["type"] != "missing")
    path = [str(step) for step in error["loc"] if step not in types] or _untagged(error)
    field = ".".join(_ALIASES.get(step, step) for step in path)
    return Refused(_reason(error, field), field, _detail(error))


def _untagged(error: Any) -> list[str]:
    return ["type"] if error["type"].startswith("union_tag") and isinstance(error["input"], dict) else []


def _reason(error: Any, field: str) -> str:
    kind = error["type"]
    if kind in _REASONS:
        return _REASONS[kind]
    if not field:
        return "not-cloudevent"
    if field == "subject":
        return "wrong-kind" if _ANY_SUBJECT.fullmatch(str(error["input"])) else "bad-subject"
    return "bad-time" if field.rpartition(".")[2] in _TIME_FIELDS else "bad-field"


def _detail(error: Any) -> str:
    if error["type"] == "union_tag_invalid":
        return f"{error['ctx']['tag']!r} is no event type"
    if error["type"] in {"missing", "union_tag_not_found"}:
        return "required"
    wanted = _NOT_A_TIME if _TIME_FIELDS.intersection(error["loc"][-1:]) else error["msg"]
    return f"{wanted} (given: {repr(error['input'])[:80]})"
