"""Packs by name or path: read strictly, compiled once into what the judge compares, one after the other (N5)."""

from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from clocks.standard import Pack, Standard
from schemas.documents import DocumentError, read_document
from schemas.times import format_time, milliseconds
from standards.calendars import bank_holidays
from standards.document import PackDocument, StandardDocument

PACKS = Path(__file__).parent / "packs"
DEFAULT_PACK = "met-pledge-2009"
TAKES_EFFECT = "@"
"""Stands between a pack and the local day on which it takes effect."""


class _Named(NamedTuple):
    name: str
    day: date | None


def load_pack(named: str | Path) -> Pack:
    """The compiled pack of that id or path; of several, separated by commas, the last, which knows those before it.

    `met-pledge-2009,met-2012@2012-04-02`: the second judges what started from that local day on; without a day, from
    the first day it was in force. DocumentError where a pack will not do, or they do not follow one another.
    """
    first, *later = [_parsed(part) for part in str(named).split(",")]
    if first.day is not None:
        raise DocumentError(f"{first.name}: the first pack judges everything before the next: give it no day")
    pack = compile_pack(read_pack(first.name))
    for each in later:
        pack = _following(pack, each)
    return pack


def read_packs(named: str | Path) -> list[PackDocument]:
    """The packs that `load_pack` puts together, as they are written."""
    return [read_pack(_parsed(part).name) for part in str(named).split(",")]


def read_pack(id_or_path: str | Path) -> PackDocument:
    """A pack as it is written, by id or path; DocumentError with file and line where it does not fit."""
    return read_document(pack_path(id_or_path), PackDocument)


def list_packs() -> list[PackDocument]:
    """The packs that come with the project, oldest promise first."""
    packs = [read_document(path, PackDocument) for path in PACKS.glob("*.yaml")]
    return sorted(packs, key=lambda pack: (pack.in_force.from_, pack.id))


def pack_path(id_or_path: str | Path) -> Path:
    """The file of a pack; DocumentError where there is no such pack."""
    text = str(id_or_path)
    if "/" in text or "\\" in text or text.endswith((".yaml", ".yml")):
        return Path(id_or_path)
    path = PACKS / f"{text}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in PACKS.glob("*.yaml")))
        raise DocumentError(
            f"there is no standards pack {text!r}: give one of {known}, or a path ending in .yaml"
        )
    return path


def compile_pack(document: PackDocument) -> Pack:
    """The pack as plain numbers; nothing reads its YAML again."""
    return Pack(
        id=document.id,
        version=document.version,
        title=document.title,
        standards={standard.id: _compile(standard) for standard in document.standards},
        zone=ZoneInfo(document.time_zone),
        calendar=document.calendar,
        holidays=bank_holidays(document.calendar),
        shifts=tuple(document.shifts.at),
        settle=document.settle.value,
        page_within=document.page_within.value,
        skew=document.skew.value,
    )


def _compile(document: StandardDocument) -> Standard:
    return Standard(
        id=document.id,
        sentence=document.sentence,
        limit=document.limit.ms,
        working_days=document.limit.working_days or 0,
        months=document.limit.months or 0,
        limits={str(area): ms for area, ms in document.limit.areas.items()},
        under=document.limit.under is not None,
        target_percent=document.target.percent if document.target else None,
        at_risk_percent=document.at_risk.percent if document.at_risk else None,
        unresourced_after=document.unresourced.after if document.unresourced else None,
        counts_staged=bool(document.counts_staged),
    )


def _parsed(part: str) -> _Named:
    name, given, day = part.strip().rpartition(TAKES_EFFECT)
    if not given:
        return _Named(part.strip(), None)
    try:
        return _Named(name, date.fromisoformat(day))
    except ValueError:
        raise DocumentError(f"{part.strip()}: {day!r} is no day such as 2012-04-02") from None


def _following(before: Pack, named: _Named) -> Pack:
    document = read_pack(named.name)
    pack = compile_pack(document)
    if pack.zone != before.zone:
        raise DocumentError(f"{pack.id} and {before.id} differ in their time zones: one installation has one")
    if (pack.id, pack.version) == (before.id, before.version):
        raise DocumentError(
            f"{pack.id} version {pack.version} is given twice: a pack that changed has a new version"
        )
    effect = _midnight(pack, document, named.day)
    if before.before is not None and effect <= before.takes_effect:
        raise DocumentError(f"{pack.id} takes effect on {format_time(effect)[:10]}, not after {before.id}")
    return msgspec.structs.replace(pack, before=before, takes_effect=effect)


def _midnight(pack: Pack, document: PackDocument, day: date | None) -> int:
    local = datetime.combine(day or document.in_force.from_, time(), tzinfo=pack.zone)
    return milliseconds(local)
