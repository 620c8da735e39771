"""`judge --against`: a line for each clock that comes out otherwise, and one that counts them all."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from clocks.standard import Pack
from pledgewatch.judging import Verdict, as_at
from pledgewatch.what_if.comparing import Compared, WhatIf
from pledgewatch.what_if.reasons import because
from schemas.facts import Event
from schemas.times import format_time

_encode = msgspec.json.Encoder().encode


class _Change(NamedTuple):
    """From what verdict to what; None where a pack has no such clock."""

    standard: str
    a: str | None
    b: str | None


def what_if_lines(events: Iterable[Event], what_if: WhatIf, at: int | str) -> Iterator[bytes]:
    """The clocks that differ as things stand at `at` (ms, or the last recording), then the summary."""
    events, at = as_at(events, at)
    changes: Counter[_Change] = Counter()
    same = 0
    for each in what_if.compared(events, at):
        if each.differing:
            changes[_change(each)] += 1
            yield _encode(_fields(each)) + b"\n"
        else:
            same += 1
    yield _encode({"summary": _summary(changes, same, what_if.a, what_if.b)}) + b"\n"


def _change(each: Compared) -> _Change:
    return _Change(_either(each).standard, each.a and each.a.verdict, each.b and each.b.verdict)


def _either(each: Compared) -> Verdict:
    return next(verdict for verdict in (each.a, each.b) if verdict)


def _fields(each: Compared) -> dict[str, Any]:
    either = _either(each)
    evidence = [id_ for verdict in (each.a, each.b) if verdict for id_ in verdict.finding.evidence]
    fields = {
        "clock": each.clock,
        "subject": either.subject,
        "standard": either.standard,
        "differing": each.differing,
        "a": _by(each.pack_a, each.a),
        "b": _by(each.pack_b, each.b),
        "because": because(each),
        "cohort": either.cohort,
        "evidence": list(dict.fromkeys(evidence)),
    }
    return fields | {name: value for name, value in either.attributes.items() if name not in fields}


def _by(pack: Pack, verdict: Verdict | None) -> dict[str, Any]:
    """What a pack says of the clock; all null where it has none."""
    finding = verdict.finding if verdict else None
    return {
        "pack": pack.id,
        "version": pack.version,
        "verdict": verdict and verdict.verdict,
        "reason": finding and finding.reason,
        "start": finding and format_time(finding.start),
        "due": finding and format_time(finding.due),
        "stop": None if finding is None or finding.stop is None else format_time(finding.stop),
        "elapsed_ms": finding and finding.elapsed,
    }


def _summary(changes: Counter[_Change], same: int, a: Pack, b: Pack) -> dict[str, Any]:
    """How many clocks differ, and from what to what; null where a pack has no such clock."""
    differ = sum(changes.values())
    ordered = sorted(changes.items(), key=lambda item: (item[0].standard, -item[1], str(item[0])))
    return {
        "a": _named(a),
        "b": _named(b),
        "clocks": same + differ,
        "same": same,
        "differ": differ,
        "verdict_differs": sum(number for change, number in changes.items() if change.a != change.b),
        "changes": [{**change._asdict(), "clocks": number} for change, number in ordered],
    }


def _named(pack: Pack) -> str:
    """A pack by its id, after those that held before it."""
    return f"{_named(pack.before)},{pack.id}" if pack.before else pack.id
