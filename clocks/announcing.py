"""What the engine says, as the CloudEvent that `breach-alerts` carries."""

from typing import Any
from uuid import UUID, uuid5

import msgspec

from clocks.saying import AT_RISK, RULES_CHANGED, UNRESOURCED, VERDICT, Said
from clocks.standard import Pack
from schemas.times import format_time

SOURCE = "pledgewatch"
_NAMESPACE = UUID("5f0a2c1e-8a57-5d0b-9a63-3c0f0c1d2009")
_encode = msgspec.json.Encoder().encode


def announcement_id(clock: str, revision: int) -> str:
    """The same for the same clock and revision, whoever says it and however often."""
    return str(uuid5(_NAMESPACE, f"{clock}#{revision}"))


def announcement(said: Said, pack: Pack, *, settle: int, catching_up: bool = False) -> dict[str, Any]:
    """One announcement as a CloudEvent; `settle` in ms of the clock that fired it."""
    return {
        "specversion": "1.0",
        "id": announcement_id(said.clock, said.revision),
        "source": SOURCE,
        "type": said.news,
        "subject": said.clock,
        "time": format_time(said.about),
        "recordedtime": format_time(said.said_at),
        "datacontenttype": "application/json",
        "data": {
            "standard": said.standard,
            "pack": said.pack.id,
            "pack_version": said.pack.version,
            "subject": said.subject,
            **told(said),
            "revision": said.revision,
            "corrects": _corrected_id(said),
            "corrects_verdict": said.corrects,
            "evidence_late_ms": _evidence_late(said),
            "late": is_late(said, pack),
            "catching_up": catching_up,
            "delay_ms": delay(said, settle),
            **said.attributes,
        },
    }


def encoded(said: Said, pack: Pack, *, settle: int, catching_up: bool = False) -> bytes:
    """The announcement as JSON."""
    return _encode(announcement(said, pack, settle=settle, catching_up=catching_up))


def told(said: Said) -> dict[str, Any]:
    """The clock as it stood when this was said, in the form people read."""
    return {
        "verdict": said.verdict,
        "reason": said.reason,
        "start": _time(said.start),
        "due": _time(said.due),
        "stop": _time(said.stop),
        "elapsed_ms": said.elapsed,
        "skew": said.skew,
        "cohort": said.cohort,
        "evidence": list(said.evidence),
    }


def is_late(said: Said, pack: Pack) -> bool:
    """Whether it is to page nobody: its moment is too long ago (T6), or only the rules were mended (N5)."""
    return said.said_at - said.about > pack.page_within or said.reason == RULES_CHANGED


def delay(said: Said, settle: int) -> int | None:
    """From the moment that fired it, and settle, to when it was said, in ms; None where evidence brought it (P5).

    Evidence that came within settle may say it sooner: 0.
    """
    if said.kind in (AT_RISK, UNRESOURCED):
        return max(0, said.said_at - said.about - settle)
    if (
        said.kind == VERDICT
        and said.about == said.due
        and said.corrects is None
        and said.breach_at is not None
    ):
        return max(0, said.said_at - said.breach_at - settle)
    return None


def _corrected_id(said: Said) -> str | None:
    return None if said.corrects_revision is None else announcement_id(said.clock, said.corrects_revision)


def _evidence_late(said: Said) -> int | None:
    if said.corrects is None or said.decided is None or said.stop is None:
        return None
    return said.decided - said.stop


def _time(ms: int | None) -> str | None:
    return None if ms is None else format_time(ms)
