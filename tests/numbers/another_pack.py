"""What a worker shows by a pack that promises attendance without a target, on an evening without a call."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import generate_latest

from clocks.calendar import iso_week
from clocks.settled import Key
from clocks.tallies import Counted, Tallies
from schemas.times import MINUTE
from standards.loader import load_pack
from streams.metrics import Boroughs, LaneCopy, Snapshot, registry_of
from streams.observed import Observed
from tests.rules.pages import page_served

PACK = load_pack("met-2012")
ENOUGH = 30
"""So many judged clocks have a share (N3)."""


@contextmanager
def page_of_another_pack(borough: str, now: int) -> Iterator[tuple[str, str]]:
    """The address of its /metrics at `now` (ms), and the week in which its clocks fell due."""
    due = now - MINUTE
    with page_served(_shown(borough, due, now)) as address:
        yield address, iso_week(due, PACK.zone)


def _shown(borough: str, due: int, now: int) -> bytes:
    tallies = Tallies(PACK.zone)
    for _ in range(ENOUGH):
        tallies.add(Counted(Key("attend-priority", borough, "met", "", "live", "", "S", "S"), due))
    lane = LaneCopy(0, tallies, (), {}, {})
    return generate_latest(registry_of(Snapshot(now, [lane], Observed()), PACK, Boroughs()))
