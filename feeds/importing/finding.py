"""A mapping by its path or its shipped name, checked against the event types it promises."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from feeds.importing.columns import check_texts
from feeds.importing.mapping import EventRule, Mapping, Value
from schemas.cloudevent import CloudEvent
from schemas.documents import Document, DocumentError, Location, read_yaml
from schemas.errors import PledgeWatchError
from schemas.events import TYPES


class UnknownMapping(PledgeWatchError):  # noqa: N818 - it names what is wrong
    """No mapping of that name is shipped and no such file exists.

    Operator action: give one of the names the message lists, or the path of a YAML file.
    """


def shipped() -> list[str]:
    """The names of the mappings that come with PledgeWatch, in order."""
    names = (entry.name for entry in files("feeds.mappings").iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def find_mapping(named: str) -> tuple[Document, Mapping]:
    """The mapping at a path or of a shipped name; DocumentError with file and line where it is wrong."""
    if named in shipped():
        with as_file(files("feeds.mappings") / f"{named}.yaml") as path:
            return read_mapping(path)
    path = Path(named)
    if not path.is_file():
        raise UnknownMapping(f"{named}: no such file, and no such shipped mapping ({', '.join(shipped())})")
    return read_mapping(path)


def read_mapping(path: Path) -> tuple[Document, Mapping]:
    """The mapping at `path` and the document it stands in, whose lines errors name."""
    document = read_yaml(path)
    mapping = document.into(Mapping)
    check_texts(document)
    faults = [*_unknown_names(mapping), *_repeated_events(mapping), *_event_faults(mapping)]
    if faults:
        raise DocumentError("\n".join(str(document.error(at, message)) for at, message in faults))
    return document, mapping


Fault = tuple[Location, str]


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
    fields = _data_fields(TYPES[rule.type].model)
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


def _data_fields(event: type[CloudEvent]) -> dict[str, FieldInfo]:
    data = event.model_fields["data"].annotation
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
