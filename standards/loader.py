"""Packs by name or path: read strictly, compiled once into what the judge compares."""

from pathlib import Path
from zoneinfo import ZoneInfo

from clocks.standard import Pack, Standard
from schemas.documents import DocumentError, read_document
from standards.document import PackDocument, StandardDocument

PACKS = Path(__file__).parent / "packs"
DEFAULT_PACK = "met-pledge-2009"


def load_pack(id_or_path: str | Path) -> Pack:
    """The compiled pack of that id, or of the YAML file at that path; DocumentError where it will not do."""
    return compile_pack(read_pack(id_or_path))


def read_pack(id_or_path: str | Path) -> PackDocument:
    """A pack as it is written, by id or path; DocumentError with file and line where it does not fit."""
    return read_document(pack_path(id_or_path), PackDocument)


def list_packs() -> list[PackDocument]:
    """The packs that come with the project, oldest promise first."""
    packs = [read_document(path, PackDocument) for path in PACKS.glob("*.yaml")]
    return sorted(packs, key=lambda pack: pack.in_force.from_)


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
        limits={str(area): ms for area, ms in document.limit.areas.items()},
        under=document.limit.under is not None,
        target_percent=document.target.percent if document.target else None,
        at_risk_percent=document.at_risk.percent if document.at_risk else None,
        unresourced_after=document.unresourced.after if document.unresourced else None,
        counts_staged=bool(document.counts_staged),
    )
