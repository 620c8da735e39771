"""What differs between two packs, in words: limits, targets, stages, and standards that one of them lacks."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from standards.describing import Number, pack_numbers, standard_numbers
from standards.document import PackDocument, StandardDocument
from standards.families import FAMILIES


class Difference(NamedTuple):
    """One number that differs; `standard` None for the pack as a whole, `a` or `b` None where one has none."""

    standard: str | None
    number: str
    a: str | None
    b: str | None
    sentence: str


def differences(a: PackDocument, b: PackDocument) -> list[Difference]:
    """All that the two promise differently, the packs as a whole first, then standard by standard.

    Titles, sentences and sources are words about a promise, and are not compared.
    """
    return list(_differences(a, b))


def _differences(a: PackDocument, b: PackDocument) -> Iterator[Difference]:
    names = _names(a, b)
    yield from _differing(None, names, _as_a_whole(a), _as_a_whole(b))
    ours, theirs = ({standard.id: standard for standard in pack.standards} for pack in (a, b))
    for standard in FAMILIES:
        mine, yours = ours.get(standard), theirs.get(standard)
        if mine and yours:
            yield from _differing(standard, names, _of(mine), _of(yours))
        elif mine or yours:
            yield _lacking(standard, names, mine, yours)


def _names(a: PackDocument, b: PackDocument) -> tuple[str, str]:
    """What the two are called; packs of one id by their versions too."""
    if a.id != b.id:
        return a.id, b.id
    first, second = (f"{pack.id} version {pack.version}" for pack in (a, b))
    return (first, second) if first != second else (f"the first {first}", f"the second {second}")


def _as_a_whole(pack: PackDocument) -> dict[str, str]:
    return _values(pack_numbers(pack)) | {"time zone": pack.time_zone, "calendar": pack.calendar}


def _of(standard: StandardDocument) -> dict[str, str]:
    staged = {"a unit staged nearby": "counts as an arrival"} if standard.counts_staged else {}
    return _values(standard_numbers(standard)) | staged


def _values(numbers: Iterable[Number]) -> dict[str, str]:
    return {number.name: number.value for number in numbers}


def _differing(
    standard: str | None, names: tuple[str, str], mine: dict[str, str], yours: dict[str, str]
) -> Iterator[Difference]:
    subject = standard or "the pack"
    for number in dict.fromkeys((*mine, *yours)):
        a, b = mine.get(number), yours.get(number)
        if a != b:
            words = (f"{value or 'none'} in {name}" for value, name in zip((a, b), names, strict=True))
            sentence = f"{subject}: {number}: {', '.join(words)}{_on_the_due(names, a, b)}"
            yield Difference(standard, number, a, b, sentence)


def _on_the_due(names: tuple[str, str], a: str | None, b: str | None) -> str:
    """What `under` means beside a limit on which the due itself is in time (T3)."""
    under = [bool(value and value.startswith("under ")) for value in (a, b)]
    if under[0] == under[1]:
        return ""
    kept, late = names[::-1] if under[0] else names
    return f"; exactly on the due is in time in {kept}, late in {late}"


def _lacking(
    standard: str, names: tuple[str, str], mine: StandardDocument | None, yours: StandardDocument | None
) -> Difference:
    a, b = (_of(each)["limit"] if each else None for each in (mine, yours))
    has, lacks = names if mine else names[::-1]
    return Difference(
        standard, "limit", a, b, f"{standard}: only {has} promises it ({a or b}); {lacks} has no such clock"
    )
