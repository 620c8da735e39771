"""Why a clock comes out otherwise by another pack: the number that makes the difference, in a sentence."""

from collections.abc import Callable

from clocks.standard import Pack, Standard
from pledgewatch.what_if.comparing import Compared
from pledgewatch.what_if.levers import DAYS, SKEW, STAGED, counts_staged
from schemas.times import format_duration


def because(compared: Compared) -> list[str]:
    """A sentence for each difference that alone, or with the others, makes this one; none where nothing differs."""
    return [_because(lever, compared) for lever in compared.levers]


def _because(lever: str, compared: Compared) -> str:
    whole = _OF_THE_WHOLE.get(lever)
    if whole is not None:
        return whole(compared.pack_a, compared.pack_b)
    limits = _limits(lever, compared)
    own = next(verdict.standard for verdict in (compared.a, compared.b) if verdict)
    if lever != own:
        return f"{limits}, which decides when the other clock of the same incident ends (I5, I6)"
    return f"{limits}{_what_happened(compared)}"


def _limits(standard: str, compared: Compared) -> str:
    packs = (compared.pack_a, compared.pack_b)
    area = next(each.attributes.get("area") for each in (compared.a, compared.b) if each)
    a, b = (f"{_limit(pack.standards.get(standard), area)} in {pack.id}" for pack in packs)
    return f"{standard} is {a}, {b}"


def _limit(standard: Standard | None, area: str | None) -> str:
    if standard is None:
        return "not promised"
    if standard.working_days:
        return f"within {standard.working_days} working days"
    if standard.months:
        return f"within {standard.months} months" if standard.months > 1 else "within a month"
    if not standard.limit:
        return "by the end of the month"
    comparison = "under" if standard.under else "within"
    place = f" ({area})" if area in standard.limits else ""
    return f"{comparison} {format_duration(standard.limit_in(area))}{place}"


def _what_happened(compared: Compared) -> str:
    """When it stopped or was called off, where both packs have the clock."""
    if compared.a is None or compared.b is None:
        return ""
    finding = compared.a.finding
    if finding.elapsed is not None:
        return f"; it stopped after {format_duration(finding.elapsed)}"
    if finding.ended is not None:
        return (
            f"; it was called off after {format_duration(finding.ended - finding.start)} ({finding.ending})"
        )
    return "; nothing has stopped it" if finding.open else ""


def _skew(a: Pack, b: Pack) -> str:
    a_ms, b_ms = (f"{format_duration(pack.skew)} in {pack.id}" for pack in (a, b))
    return f"a stop before its start counts up to {a_ms}, up to {b_ms} (T7)"


def _staged(a: Pack, b: Pack) -> str:
    counts, not_ = (a, b) if counts_staged(a) else (b, a)
    return f"a unit staged nearby counts as an arrival in {counts.id}, not in {not_.id} (I2)"


def _days(a: Pack, b: Pack) -> str:
    a_days, b_days = (f"{pack.zone.key} with the calendar {pack.calendar} in {pack.id}" for pack in (a, b))
    return f"days and months are those of {a_days}, of {b_days} (T4)"


_OF_THE_WHOLE: dict[str, Callable[[Pack, Pack], str]] = {SKEW: _skew, STAGED: _staged, DAYS: _days}
