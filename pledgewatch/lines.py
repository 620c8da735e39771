"""Verdicts and announcements as lines of JSON: times in RFC 3339 UTC, what is not known null."""

import sys
from collections.abc import Iterable
from typing import Any

import msgspec

from clocks.announcing import told
from clocks.saying import Said
from pledgewatch.judging import Verdict
from schemas.times import format_time

_encode = msgspec.json.Encoder().encode
_AT_ONCE = 64 * 1024


def verdict_line(verdict: Verdict) -> bytes:
    """One clock: its attributes beside its own fields, a name of its own winning."""
    finding = verdict.finding
    fields: dict[str, Any] = {
        "clock": verdict.clock,
        "subject": verdict.subject,
        "standard": verdict.standard,
        "verdict": verdict.verdict,
        "reason": finding.reason,
        "start": format_time(finding.start),
        "due": format_time(finding.due),
        "stop": _time(finding.stop),
        "elapsed_ms": finding.elapsed,
        "cohort": verdict.cohort,
        "evidence": finding.evidence,
    }
    if finding.skew:
        fields["skew"] = True
    return _line(fields, verdict.attributes)


def said_line(said: Said) -> bytes:
    """One announcement of the engine; `said_at` is when it is made, `about` the moment it speaks of."""
    fields: dict[str, Any] = {
        "said_at": format_time(said.said_at),
        "clock": said.clock,
        "subject": said.subject,
        "standard": said.standard,
        "kind": said.kind,
        "about": format_time(said.about),
        "revision": said.revision,
        "corrects": said.corrects,
        **told(said),
    }
    return _line(fields, said.attributes)


def write_lines(lines: Iterable[bytes]) -> None:
    """Writes lines to standard output, many at a time."""
    held, size = [], 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size > _AT_ONCE:
            sys.stdout.buffer.write(b"".join(held))
            held, size = [], 0
    sys.stdout.buffer.write(b"".join(held))
    sys.stdout.buffer.flush()


def _line(fields: dict[str, Any], attributes: dict[str, Any]) -> bytes:
    # The fields stand first, by their place and by their values.
    return _encode({**fields, **attributes, **fields}) + b"\n"


def _time(ms: int | None) -> str | None:
    return None if ms is None else format_time(ms)
