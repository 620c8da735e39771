"""A failure as one timeline: what happened, what was said, and where that is not what was wanted."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pledgewatch.conform.comparing import Comparison, Pair
from pledgewatch.conform.running import AS_WRITTEN, Result, Run
from pledgewatch.conform.scenario import Case, Entry, Happening
from schemas.times import as_datetime, format_duration

WRONG, FINE = "!!", "  "
_TIMES = ("due", "stop")
_SAID = ("corrects", "reason", "stage")


class Row(NamedTuple):
    """One line of a timeline, with the instant (ms) that orders it."""

    at: int
    rank: int
    mark: str
    text: str


def story(result: Result) -> str:
    """The first failing run of a case as a timeline, and the names of the others."""
    run, *others = result.failed
    lines = [*_head(result.case, run), *_body(result.case, run), *_end(result.case, run)]
    if others:
        lines.append(f"    it fails too: {', '.join(dict.fromkeys(each.manner for each in others))}")
    return "\n".join(lines)


def _head(case: Case, run: Run) -> Iterator[str]:
    yield f"FAILS {case.path}:{case.line}: {case.rule}: {case.name}"
    zone = as_datetime(case.start).astimezone(case.pack.zone)
    wanted = "" if run.manner == AS_WRITTEN else "; wanted is what came without that"
    yield f"    {run.manner}; pack {case.pack.id}, times from {zone:%a %d %b %Y %H:%M:%S %Z}{wanted}"


def _body(case: Case, run: Run) -> Iterator[str]:
    rows = [_happened(case, each) for each in case.happenings]
    for title, comparison in (("said", run.said), ("stage", run.stages)):
        rows += [_spoken(case, title, pair) for pair in comparison.pairs]
    for row in sorted(rows, key=lambda row: (row.at, row.rank)):
        yield f" {row.mark} {_clock_time(case, row.at)}  {row.text}"
    for title, comparison in (("said", run.said), ("stages", run.stages)):
        if comparison.disordered:
            yield f" {WRONG} {title}: wanted in another order than it came: {_order(case, comparison)}"


def _happened(case: Case, happening: Happening) -> Row:
    fact = happening.event.fact
    late = f"  (happened {_offset(case, fact.time)})" if fact.time != fact.recorded else ""
    return Row(fact.recorded, 0, FINE, f"{happening.words}{late}")


def _spoken(case: Case, title: str, pair: Pair) -> Row:
    mark, text = _told(case, pair)
    return Row(_at(pair.wanted or pair.came), 1, mark, f"{title}: {text}")


def _end(case: Case, run: Run) -> Iterator[str]:
    if all(pair.holds for pair in run.verdicts.pairs):
        return
    yield "    at the end:"
    for pair in run.verdicts.pairs:
        mark, text = _told(case, pair)
        yield f" {mark}   {text}"


def _told(case: Case, pair: Pair) -> tuple[str, str]:
    """The mark and the words of what came, or of what differs."""
    wanted, came = pair.wanted, pair.came
    if wanted is None or came is None:
        return WRONG, f"wanted {_entry(case, wanted)}, came {_entry(case, came)}"
    if pair.holds:
        return FINE, _entry(case, came)
    return WRONG, f"{wanted.clock}: {'; '.join(_differences(case, wanted, came))}"


def _differences(case: Case, wanted: Entry, came: Entry) -> Iterator[str]:
    for key, value in wanted.values.items():
        if came.values.get(key) != value:
            yield f"{key}: wanted {_value(case, key, value)}, came {_value(case, key, came.values.get(key))}"


def _entry(case: Case, entry: Entry | None) -> str:
    """A clock in words: its verdict or stage, and in brackets what else is to be known of it."""
    if entry is None:
        return "nothing"
    values = {key: value for key, value in entry.values.items() if value not in (None, False, "live")}
    words = [str(values.pop(key)) for key in ("verdict", "stage") if key in values]
    if entry.at is not None:
        values = {key: value for key, value in values.items() if key in _SAID}
    more = ", ".join(f"{key} {_value(case, key, value)}" for key, value in values.items())
    return " ".join([entry.clock, *words, *([f"({more})"] if more else [])])


def _value(case: Case, key: str, value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key in _TIMES:
        return _offset(case, value)
    return f"+{format_duration(value).replace(' ', '')}" if key == "elapsed" else str(value)


def _order(case: Case, comparison: Comparison) -> str:
    return "; ".join(_entry(case, pair.came) for pair in sorted(comparison.pairs, key=_when))


def _when(pair: Pair) -> tuple[int, str]:
    return (pair.came.when, pair.came.clock) if pair.came else (0, "")


def _at(entry: Entry | None) -> int:
    return 0 if entry is None or entry.at is None else entry.at


def _offset(case: Case, moment: int) -> str:
    elapsed = format_duration(moment - case.start).replace(" ", "")
    return elapsed if elapsed.startswith("-") else f"+{elapsed}"


def _clock_time(case: Case, moment: int) -> str:
    local = as_datetime(moment).astimezone(case.pack.zone)
    return f"{_offset(case, moment):>12}  {local:%a %H:%M:%S}.{moment % 1000:03d} {local:%Z}"
