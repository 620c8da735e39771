"""A mapping held against the event types: what would fail on every row is said before the first."""

from collections.abc import Collection, Iterator
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from feeds.importing.mapping import EventRule, Mapping, Moment, Value
from schemas.documents import Location
from schemas.events import TYPES
from schemas.keys import meant

Fault = tuple[Location, str]
"""Where in the mapping, and what is wrong there."""


def faults_of(mapping: Mapping) -> list[Fault]:
    """All that is wrong with a mapping in itself, whatever file it is used on."""
    names = _unknown_names(mapping) or _dated_by_nothing(mapping)
    return [*names, *_repeated_events(mapping), *_event_faults(mapping)]


Use = tuple[Location, str | None, Collection[str], str]
"""Where a name is used, the name, those declared, and of what kind they are."""


_LISTS = (
    ("leave_out", "conditions", "condition"),
    ("expect", "conditions", "condition"),
    ("order", "times", "time"),
)


def _unknown_names(mapping: Mapping) -> list[Fault]:
    """Conditions, tables and times that are used but not declared."""
    used = [*_names_of_times(mapping), *_names_of_events(mapping)]
    for key, known, kind in _LISTS:
        declared = getattr(mapping, known)
        used += [((key, n), name, declared, kind) for n, name in enumerate(getattr(mapping, key))]
    return [
        (at, f"no {kind} {name!r} is declared ({', '.join(known) or 'there are none'}){meant(name, known)}")
        for at, name, known, kind in used
        if name is not None and name not in known
    ]


def _names_of_times(mapping: Mapping) -> Iterator[Use]:
    """A time may be made of those above it, so that none is made of itself."""
    declared = list(mapping.times)
    for at, moment in _moments(mapping):
        yield (*at, "when"), moment.when, mapping.conditions, "condition"
        yield (*at, "unless"), moment.unless, mapping.conditions, "condition"
        above = declared.index(str(at[1])) if at[0] == "times" else len(declared)
        for name in moment.others:
            yield at, name, declared[:above], "time" if at[0] != "times" else "time above it"


def _names_of_events(mapping: Mapping) -> Iterator[Use]:
    for n, rule in enumerate(mapping.events):
        for key in ("when", "unless", "prefer"):
            yield ("events", n, key), getattr(rule, key), mapping.conditions, "condition"
        for field, value in rule.data.items():
            at = ("events", n, "data", field)
            yield (*at, "condition"), value.condition, mapping.conditions, "condition"
            yield (*at, "table"), value.table, mapping.tables, "table"


def _dated_by_nothing(mapping: Mapping) -> list[Fault]:
    """Times dated by a time that is not written with a date of its own."""
    faults: list[Fault] = []
    for at, moment in _moments(mapping):
        base = mapping.times[moment.date_of] if moment.date_of else None
        if base and (base.date_of or not base.written):
            message = f"{moment.date_of!r} must be a column or a text with a date of its own"
            faults.append(((*at, "date_of"), message))
    return faults


def _moments(mapping: Mapping) -> Iterator[tuple[tuple[int | str, ...], Moment]]:
    yield from ((("times", name), moment) for name, moment in mapping.times.items())
    yield from ((("events", n, "time"), rule.time) for n, rule in enumerate(mapping.events))
    if mapping.rows.latest_by:
        yield ("rows", "latest_by"), mapping.rows.latest_by


def _repeated_events(mapping: Mapping) -> list[Fault]:
    faults: list[Fault] = []
    seen: set[str] = set()
    for n, rule in enumerate(mapping.events):
        if rule.called in seen:
            faults.append(
                (("events", n), f"a second event named {rule.called!r}: give it a `name` of its own")
            )
        for key in ("per", "prefer"):
            if getattr(rule, key) not in ("subject", None) and mapping.rows.each != "unit":
                faults.append((("events", n, key), f"`{key}` needs `rows: {{each: unit, key: ...}}`"))
        seen.add(rule.called)
    return faults


def _event_faults(mapping: Mapping) -> list[Fault]:
    faults: list[Fault] = []
    for n, rule in enumerate(mapping.events):
        if rule.type not in TYPES:
            faults.append((("events", n, "type"), f"{rule.type!r} is no event type{meant(rule.type, TYPES)}"))
        else:
            faults += _data_faults(("events", n), rule, mapping)
    return faults


def _data_faults(at: tuple[int | str, ...], rule: EventRule, mapping: Mapping) -> list[Fault]:
    fields = data_fields(rule.type)
    faults: list[Fault] = [
        (at, f"{rule.type} needs {name!r} in its data")
        for name, field in fields.items()
        if field.is_required() and name not in rule.data
    ]
    for name, value in rule.data.items():
        if name in fields:
            faults += _value_faults((*at, "data", name), value, fields[name], mapping)
        else:
            faults.append(
                (
                    (*at, "data", name),
                    f"{rule.type} has no {name!r}; it has {', '.join(fields)}{meant(name, fields)}",
                )
            )
    return faults


def data_fields(event: str) -> dict[str, FieldInfo]:
    """The fields of an event type's data, by the names they have in JSON."""
    data = TYPES[event].model.model_fields["data"].annotation
    assert data is not None and hasattr(data, "model_fields")  # noqa: S101 - for the type checker
    return {field.alias or name: field for name, field in data.model_fields.items()}


def _value_faults(at: Location, value: Value, field: FieldInfo, mapping: Mapping) -> list[Fault]:
    """The constants and the table's words that the event's field would refuse."""
    given: list[tuple[Location, object]] = []
    if value.constant is not None:
        given.append(((*at, "constant"), value.constant))
    for key, word in mapping.tables.get(value.table or "", {}).items():
        given.append((("tables", value.table or "", key), word))
    return [(where, problem) for where, word in given if (problem := _refused(word, field))]


def _refused(word: object, field: FieldInfo) -> str | None:
    try:
        TypeAdapter[object](cast(Any, field.annotation)).validate_python(word, strict=True)
    except ValidationError as refused:
        return f"{word!r} cannot be used: {refused.errors()[0]['msg']}"
    return None
