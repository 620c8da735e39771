"""The quick way through the border: events of the common kinds, in their common form, checked by msgspec.

Its structs are made from the pydantic models, so that an event is described once. They take less than the models do,
never more: a field nobody knows, another spelling of a time, a rarer type, anything wrong, and the record goes to
pydantic (schemas/decoding.py), which takes it after all or says why not.
"""

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from pydantic.fields import FieldInfo

from schemas.events import TYPES, EventType
from schemas.facts import Event, Fact
from schemas.times import EARLIEST, LATEST, MILLISECOND_TEXTS, SECOND, SECOND_TEXTS, parse_time

CROWD = 8_192
"""How many minutes are remembered: times come in crowds that share them."""


class _NotSimpleError(Exception):
    """A field that is left to pydantic."""


def _plain(annotation: Any, metadata: tuple[Any, ...] = ()) -> Any:
    """The msgspec type that accepts no more than the pydantic field does."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        return _plain(inner, (*metadata, *more))
    if origin in (Union, UnionType):
        return Union[tuple(_plain(each) for each in get_args(annotation))]  # noqa: UP007 - made at run time
    if annotation is str:
        return _text(metadata)
    if metadata or not (origin is Literal or annotation in (bool, float, NoneType)):
        raise _NotSimpleError(annotation)
    return annotation


def _text(metadata: tuple[Any, ...]) -> Any:
    bounds: dict[str, Any] = {}
    for each in metadata:
        told = {name: getattr(each, name, None) for name in ("min_length", "max_length")}
        bounds |= {name: bound for name, bound in told.items() if bound is not None}
        if getattr(each, "pattern", None) is not None or not any(
            bound is not None for bound in told.values()
        ):
            raise _NotSimpleError(each)
    return Annotated[str, msgspec.Meta(**bounds)]


def _field(name: str, info: FieldInfo) -> tuple[Any, ...]:
    if info.alias is not None:
        raise _NotSimpleError(name)
    plain = _plain(info.annotation, tuple(info.metadata))
    if info.is_required():
        return name, plain
    if info.default is not None:
        raise _NotSimpleError(name)
    return name, plain, None


def _struct(kind: EventType) -> type[msgspec.Struct]:
    fields = kind.model.model_fields
    model: Any = fields["data"].annotation
    options: Any = {"forbid_unknown_fields": True, "omit_defaults": True, "kw_only": True, "gc": False}
    simple = [_field(name, info) for name, info in model.model_fields.items()]
    data: Any = msgspec.defstruct(model.__name__, simple, **options)
    (subject,) = [each.pattern for each in fields["subject"].metadata if getattr(each, "pattern", None)]
    name = _plain(str, tuple(fields["id"].metadata))
    envelope: list[Any] = [
        ("specversion", Literal["1.0"]),
        ("id", name),
        ("source", name),
        ("subject", Annotated[str, msgspec.Meta(pattern=subject.replace("$", r"\Z"))]),
        ("time", str),
        ("data", data)
        if fields["data"].is_required()
        else ("data", data, msgspec.field(default_factory=data)),
        ("recordedtime", str | None, None),
        ("datacontenttype", str | None, None),
    ]
    return msgspec.defstruct(kind.model.__name__, envelope, tag_field="type", tag=kind.name, **options)


def _structs() -> dict[type[msgspec.Struct], tuple[str, str]]:
    """The struct of each simple type, with the type's name and its topic."""
    found = {}
    for name, kind in TYPES.items():
        if len(kind.topics) == 1:
            try:
                found[_struct(kind)] = (name, kind.topics[0])
            except _NotSimpleError:
                continue
    return found


_KNOWN = _structs()
_decode: Any = msgspec.json.Decoder(Union[tuple(_KNOWN)]).decode  # noqa: UP007 - made at run time
_to_dict = msgspec.to_builtins
_minutes: dict[str, int] = {}
_SECONDS = {text: second * SECOND for second, text in enumerate(SECOND_TEXTS)}
_MILLISECONDS = {text: ms for ms, text in enumerate(MILLISECOND_TEXTS)}


def quickly_decoded(value: bytes, topic: str | None) -> Event | None:
    """A record as an event, or None: it is pydantic's business."""
    try:
        event = _decode(value)
        name, belongs = _KNOWN[type(event)]
        if topic is not None and topic != belongs:
            return None
        time, seen = _instant(event.time), event.recordedtime
        recorded = time if seen is None else _instant(seen)
    except (msgspec.DecodeError, ValueError, KeyError):  # a UnicodeDecodeError is a ValueError
        return None
    fact = Fact(event.source, event.id, name, time, recorded, _to_dict(event.data))  # a null is left out
    return Event(event.subject, belongs, fact)


def _instant(text: str) -> int:
    """The ms of 2009-10-25T01:50:00.000Z; KeyError or ValueError for any other form."""
    minute = _minutes.get(text[:17])
    if minute is None:
        minute = _remembered(text[:17])
    return minute + _SECONDS[text[17:20]] + _MILLISECONDS[text[20:]]


def _remembered(text: str) -> int:
    minute = parse_time(f"{text}00Z")
    if not EARLIEST <= minute < LATEST:
        raise ValueError(text)
    if len(_minutes) >= CROWD:
        _minutes.clear()
    _minutes[text] = minute
    return minute
