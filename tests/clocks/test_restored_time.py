"""A restart announces nothing twice (S5): time does not start over with the process."""

from clocks.feeds import Feed
from clocks.history import MAX_FACTS
from clocks.shard import Shard
from clocks.subject import decode_record
from schemas.facts import Event, Fact
from schemas.times import DAY, HOUR, MINUTE
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


def test_a_clock_that_nobody_could_tell_of_tells_how_far_time_had_come() -> None:
    feeds = [Feed(source="cad", topic="dispatch", silence=HOUR)]
    pack = load_pack("met-pledge-2009")
    before, after = Shard(pack, feeds), Shard(pack, feeds)
    before.fold([event("incident.created", 0, grade="I")])
    before.advance("CAD", T0 + DAY)
    after.restore("CAD-1", before.save("CAD-1") or b"")
    assert after.time("CAD") == T0 + HOUR + 1


def test_a_history_that_was_full_is_full_again() -> None:
    pack = load_pack("met-pledge-2009")
    before, after = Shard(pack), Shard(pack)
    chased = [event("incident.chased", number) for number in range(MAX_FACTS)]
    before.fold([event("incident.created", 0, grade="I"), *chased])
    after.restore("CAD-1", before.save("CAD-1") or b"")
    assert decode_record(after.save("CAD-1") or b"").full
    after.fold([event("incident.chased", MINUTE)])
    (view,) = after.clocks("CAD-1")
    assert (view.verdict, view.reason) == ("unverifiable", "history-full")
    assert decode_record(after.save("CAD-1") or b"").full
