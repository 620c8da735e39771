"""What of an export is worth a look before anybody trusts its figures: each thing in a sentence, with its lines."""

from collections.abc import Iterator
from typing import NamedTuple

from feeds.quality.looking import Seen
from feeds.quality.times import EXAMPLES
from schemas.times import SECOND, format_duration

_HEAPED, _ENOUGH = 0.2, 30
"""One time in sixty falls on a whole minute by chance; a fifth of thirty or more were rounded."""
_DOUBTS = {"ambiguous": "in an hour that came twice", "nonexistent": "in an hour that never was"}
_ADVICE = {
    "wrong-width": "is a delimiter inside an unquoted cell, or a line break (`multiline: true` under `file`)?",
    "bad-csv": "a quote that is not closed; `multiline: true` under `file` if cells hold line breaks",
    "bad-encoding": "say the right `encoding` under `file`",
    "bad-time": "add its format to `formats` under `time`, or its word to `missing`",
    "bad-number": "is it the right column?",
    "ambiguous-time": "`ambiguous: first` or `second` under `time` takes such rows in",
    "nonexistent-time": "`nonexistent: forward` under `time` takes such rows in",
    "missing": "an event cannot be without it; is it the right column?",
    "not-in-table": "add the code to the table, or leave such rows out by a condition",
    "unexpected": "mend the condition, or leave such rows out by another",
    "no-event": "no event's time is given; leave such rows out by a condition if they are meant so",
    "bad-event": "the event would not be taken by a worker",
    "same-key": "two rows of one unit with different contents; the first stands",
}


class Finding(NamedTuple):
    """One thing worth knowing: its closed word, how often, in a sentence, on which lines; a problem or a note."""

    kind: str
    problem: bool
    number: int
    said: str
    lines: list[int]


def findings(seen: Seen) -> list[Finding]:
    """All that was found, problems first."""
    found = [
        *_refused(seen),
        *_doubled(seen),
        *_intervals(seen),
        *_times(seen),
    ]
    found += [*_suspects(seen), *_order(seen)]
    return sorted(found, key=lambda finding: not finding.problem)


def _refused(seen: Seen) -> Iterator[Finding]:
    if seen.tally.nothing_read:
        yield Finding("nothing-read", True, seen.tally.rows, "no row could be read", [])
    for reason, refused in seen.refused.items():
        told = refused.first if reason != "not-in-table" else _codes(seen)
        said = f"{_rows(refused.rows)} refused as {reason} ({told}): {_ADVICE.get(reason, 'see `import`')}"
        yield Finding(reason, True, refused.rows, said, refused.lines)


def _codes(seen: Seen) -> str:
    """The unknown codes that come most, each with its number."""
    told = ", ".join(f"{detail}: {count:,}" for detail, count in seen.codes.most_common(EXAMPLES))
    return told + (", …" if len(seen.codes) > EXAMPLES else "")


def _doubled(seen: Seen) -> Iterator[Finding]:
    number = len(seen.doubled)
    if not number:
        return
    first, expected = seen.doubled[0], seen.rows_are == "version"
    said = f"{'1 id stands' if number == 1 else f'{number:,} ids stand'} on several rows, such as {first.id}"
    hint = {
        "version": ": the newest counts",
        "subject": ": is it `each: version` or `each: unit` under `rows`?",
    }
    yield Finding(
        "doubled", not expected, number, said + hint.get(seen.rows_are, ""), [first.first, first.last]
    )


def _intervals(seen: Seen) -> Iterator[Finding]:
    for each in seen.intervals:
        if each.negative:
            said = f"{each.after} is before {each.before} in {each.negative:,} of {_rows(each.count)}"
            said += f", by up to {format_duration(-each.smallest)}"
            yield Finding("negative", True, each.negative, said, each.negative_lines)


def _times(seen: Seen) -> Iterator[Finding]:
    for time in seen.times:
        for doubt, number in time.doubts.items():
            said = f"{time.name} is {_DOUBTS[doubt]} in {_rows(number)}, taken as the mapping says"
            yield Finding(doubt, True, number, said, time.doubt_lines)
        if time.future:
            said = f"{time.name} is in the future in {_rows(time.future)}"
            yield Finding("future", True, time.future, said, time.future_lines)
        if time.unreadable and not time.needed:
            said = f"{time.name} cannot be read in {_rows(time.unreadable)}; no event needs it"
            yield Finding("unreadable", True, time.unreadable, said, time.unreadable_lines)
        if not time.given:
            yield Finding("never-given", time.needed, time.missing, f"{time.name} is never given", [])
        elif time.given >= _ENOUGH and time.whole_minutes / time.given > _HEAPED:
            share = 100 * time.whole_minutes / time.given
            said = f"{time.name} is on a whole minute in {share:.0f} % of {_rows(time.given)}"
            said += ": rounded, or keyed later?"
            yield Finding("heaped", True, time.whole_minutes, said, [])


def _suspects(seen: Seen) -> Iterator[Finding]:
    for column in seen.columns:
        for text, count in column.suspects.most_common(EXAMPLES):
            said = (
                f"{column.name} holds {text!r} in {_rows(count)}: if that is nothing, say so under `missing`"
            )
            yield Finding("sentinel", True, count, said, [])


def _order(seen: Seen) -> Iterator[Finding]:
    disorder, late = seen.disorder, seen.late
    if disorder.rows:
        by = format_duration(disorder.most // SECOND * SECOND)
        said = f"{_rows(disorder.rows)} out of order, by up to {by}; `judge` and `replay` sort by themselves"
        yield Finding("out-of-order", False, disorder.rows, said, disorder.lines)
    if late.events:
        by = format_duration(late.most // SECOND * SECOND)
        said = f"{late.events:,} events recorded over 5m after they happened, by up to {by}"
        yield Finding("recorded-late", False, late.events, said, [])


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
