"""Scenario files to cases: strictly, through the same border as every other event."""

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clocks.feeds import Feed
from clocks.standard import Pack
from pledgewatch.conform.document import (
    DATA_TIMES,
    CaseDocument,
    Compared,
    EventLine,
    Moment,
    SaidLine,
    ScenarioDocument,
    StageLine,
)
from pledgewatch.conform.rules import RULES
from pledgewatch.conform.scenario import Case, Entries, Entry, Happening
from pledgewatch.naming import named
from schemas.decoding import check_future, decode
from schemas.documents import Document, DocumentError, read_yaml
from schemas.errors import PledgeWatchError, Refused
from schemas.events import TYPES
from schemas.facts import Event
from schemas.times import format_time
from standards.loader import load_pack

PASSED_OVER = {"failing", RULES}
"""The folders of files that must fail, and of the rules: passed over unless they are asked for by name."""

SLIP = 0.75
"""How alike an unknown key and a known one are for the one to be taken for a slip of the pen."""


def scenario_files(paths: list[Path]) -> list[Path]:
    """The scenario files at and below `paths`, in order; DocumentError where there are none."""
    return [file for path in paths for file in _files(path)]


def read_cases(path: Path) -> list[Case]:
    """The cases of one file; DocumentError with file and line where it cannot be read or run."""
    document = read_yaml(path)
    scenario = document.into(ScenarioDocument)
    pack = _pack(document, scenario.pack)
    feeds = named(document, scenario.feeds or [], ["feeds"])
    return [
        _case(document, scenario, (pack, feeds), index, given) for index, given in enumerate(scenario.cases)
    ]


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    found = sorted(
        file
        for file in path.rglob("*")
        if file.suffix in {".yaml", ".yml"} and not PASSED_OVER & {*file.relative_to(path).parts[:-1]}
    )
    if not found:
        raise DocumentError(f"{path}: there is no scenario file (.yaml) in this folder")
    yield from found


def _pack(document: Document, name: str) -> Pack:
    try:
        return load_pack(name)
    except PledgeWatchError as wrong:
        raise document.error(["pack"], f"pack: {wrong}") from None


def _case(
    document: Document,
    scenario: ScenarioDocument,
    judged_by: tuple[Pack, tuple[Feed, ...]],
    index: int,
    given: CaseDocument,
) -> Case:
    pack, feeds = judged_by
    start = scenario.start
    until = given.until.after(start) if given.until else None
    return Case(
        path=document.path,
        line=document.line(["cases", index]),
        rule=scenario.rule,
        name=given.case,
        pack=pack,
        start=start,
        until=until,
        happenings=tuple(_happenings(document, start, until, index, given.events)),
        said=_wanted(given.said, start),
        stages=_wanted(given.stages, start),
        verdicts=_wanted(given.verdicts, start),
        feeds=feeds,
    )


def _happenings(
    document: Document, start: int, until: int | None, index: int, lines: list[EventLine]
) -> list[Happening]:
    """The events as they are handed over: in order of `seen`, and none after `until`."""
    happenings = [_happening(document, start, index, number, line) for number, line in enumerate(lines)]
    handed = [each for each in happenings if until is None or each.seen <= until]
    return sorted(handed, key=lambda each: each.seen)


def _happening(document: Document, start: int, index: int, number: int, line: EventLine) -> Happening:
    where: list[int | str] = ["cases", index, "events", number]
    try:
        data = line.data(start)
        event = _event(start, number, line, data)
    except Refused as refused:
        raise document.error(where, f"the border refuses this event: {refused}") from None
    except (ValueError, TypeError) as invalid:
        raise document.error(where, str(invalid)) from None
    return Happening(event, f"{line.type}  {line.subject}  {_words(line)}".rstrip())


def _event(start: int, number: int, line: EventLine, data: dict[str, Any]) -> Event:
    at = line.at.after(start)
    seen = line.seen.after(start) if line.seen else at
    event = decode(_as_json(at, seen, number, line, data), line.topic)
    check_future(event, max(at, seen))
    if event.dropped:
        _refuse_slips(line)
    return event


def _refuse_slips(line: EventLine) -> None:
    """Unknown fields are dropped, as in life; but one that is nearly a known key was meant to be it."""
    data = TYPES[line.type].model.model_fields["data"].annotation
    fields = getattr(data, "model_fields", {})
    known = {str(field.alias or name) for name, field in fields.items()} | set(EventLine.model_fields)
    for key in set(line.model_extra or {}) - known:
        near = difflib.get_close_matches(key, known, 1, SLIP)
        if near:
            raise ValueError(f"unknown key {key!r}: did you mean {near[0]!r}?")


def _as_json(at: int, seen: int, number: int, line: EventLine, data: dict[str, Any]) -> bytes:
    value = {
        "specversion": "1.0",
        "id": line.id or f"event-{number + 1:03d}",
        "source": line.source,
        "type": line.type,
        "subject": line.subject,
        "time": format_time(at),
        "recordedtime": format_time(seen),
        "data": {
            key: format_time(each) if key in DATA_TIMES and isinstance(each, int) else each
            for key, each in data.items()
        },
    }
    return json.dumps(value).encode()


def _words(line: EventLine) -> str:
    return ", ".join(f"{key} {value}" for key, value in (line.model_extra or {}).items())


def _wanted(lines: list[Any] | None, start: int) -> Entries | None:
    return None if lines is None else tuple(_entry(line, start) for line in lines)


def _entry(line: Compared | StageLine, start: int) -> Entry:
    given = {key: getattr(line, key) for key in line.model_fields_set - {"at", "clock"}}
    values = {key: each.after(start) if isinstance(each, Moment) else each for key, each in given.items()}
    at = line.at.after(start) if isinstance(line, SaidLine | StageLine) else None
    return Entry(at, line.clock, values)
