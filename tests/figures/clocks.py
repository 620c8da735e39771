"""Judged clocks for tests of figures, and strategies that make up any."""

from hypothesis import strategies as st

from figures.clock import Clock
from figures.counts import Kind
from schemas.times import HOUR, parse_time

START = parse_time("2009-10-24T20:00:00+01:00")

KINDS = [
    Kind("met"),
    Kind("breached"),
    Kind("running"),
    Kind("excluded", "on-view"),
    Kind("excluded", "regraded"),
    Kind("unverifiable", "stop-before-start"),
]


def clock(
    kind: Kind = KINDS[0],
    ran: int | None = 60_000,
    due: int = START,
    standard: str = "attend-immediate",
    called_off: bool = False,
    early: bool = False,
    **attributes: object,
) -> Clock:
    counts = kind.verdict in ("met", "breached")
    return Clock(
        "CAD-1/x",
        standard,
        "live",
        due,
        kind,
        ran if counts else None,
        counts and called_off,
        early,
        attributes,
    )


any_clock = st.builds(
    clock,
    kind=st.sampled_from(KINDS),
    ran=st.integers(0, 10 * HOUR),
    due=st.integers(START, START + 100 * 24 * HOUR),
    standard=st.sampled_from(["attend-immediate", "attend-priority"]),
    called_off=st.booleans(),
    early=st.booleans(),
    borough=st.sampled_from(["Camden", "Hackney", None]),
    grade=st.sampled_from("IS"),
)
