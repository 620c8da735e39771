"""A mapping held against the event types: what would fail on every row is said before the first."""

from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from feeds.importing.mapping import EventRule, Mapping, Value
from schemas.documents import Location
from schemas.events import TYPES

Fault = tuple[Location, str]
"""Where in the mapping, and what is wrong there."""


def faults_of(mapping: Mapping) -> list[Fault]:
    """All that is wrong with a mapping in itself, whatever file it is used on."""
    return [*_unknown_names(mapping), *_repeated_events(mapping), *_event_faults(mapping)]


def _unknown_names(mapping: Mapping) -> list[Fault]:
    """Conditions and tables that are used but not declared."""
    used: list[tuple[Location, str | None, Any, str]] = [
        (("leave_out", n), name, mapping.conditions, "condition") for n, name in enumerate(mapping.leave_out)
    ]
    for n, rule in enumerate(mapping.events):
        used.append((("events", n, "when"), rule.when, mapping.conditions, "condition"))
        used.append((("events", n, "unless"), rule.unless, mapping.conditions, "condition"))
        for field, value in rule.data.items():
            at = ("events", n, "data", field)
            used.append(((*at, "condition"), value.condition, mapping.conditions, "condition"))
            used.append(((*at, "table"), value.table, mapping.tables, "table"))
    return [
        (at, f"no {kind} {name!r} is declared ({', '.join(known) or 'there are none'})")
        for at, name, known, kind in used
        if name is not None and name not in known
    ]


def _repeated_events(mapping: Mapping) -> list[Fault]:
    faults: list[Fault] = []
    seen: set[str] = set()
    for n, rule in enumerate(mapping.events):
        if rule.called in seen:
            faults.append(
                (("events", n), f"a second event named {rule.called!r}: give it a `name` of its own")
            )
        if rule.per == "row" and mapping.rows.each != "unit":
            faults.append((("events", n, "per"), "`per: row` needs `rows: {each: unit, key: ...}`"))
        seen.add(rule.called)
    return faults


def _event_faults(mapping: Mapping) -> list[Fault]:
    faults: list[Fault] = []
    for n, rule in enumerate(mapping.events):
        if rule.type not in TYPES:
            faults.append((("events", n, "type"), f"{rule.type!r} is no event type"))
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
            faults.append(((*at, "data", name), f"{rule.type} has no {name!r}; it has {', '.join(fields)}"))
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
