"""A restart announces nothing twice (S5): time does not start over with the process."""

from clocks.shard import Shard
from schemas.facts import Event, Fact
from schemas.times import MINUTE
from standards.loader import load_pack

T0 = 1_760_000_000_000


def event(name: str, at: int, **data: str) -> Event:
    return Event("CAD-1", "dispatch", Fact("cad", f"{name}-{at}", name, T0 + at, T0 + at, data), 0)


def test_evidence_after_a_restart_says_no_breach_again() -> None:
    pack = load_pack("met-pledge-2009")
    before, after = Shard(pack), Shard(pack)
    before.fold([event("incident.created", 0, grade="I")])
    assert before.advance("CAD", T0 + 13 * MINUTE)[-1].verdict == "breached"
    after.restore("CAD-1", before.save("CAD-1"))
    late = after.fold([event("unit.dispatched", 1 * MINUTE, unit="GD21")])
    assert late + after.advance("CAD", T0 + 14 * MINUTE) == []
