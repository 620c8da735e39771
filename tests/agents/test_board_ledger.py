"""The board counts what the workers count: law for every history, whatever order partitions come in."""

from collections import Counter
from itertools import groupby

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.board_ledger import BoardLedger
from clocks.replaying import next_moment, play, play_until
from clocks.roll import Roll
from clocks.shard import Shard
from clocks.standard import UnknownPackError
from clocks.tallies import WINDOWS
from schemas.facts import Event, Fact
from schemas.times import DAY, MINUTE, SECOND
from streams.topic_reading import Record
from streams.topics import LEDGER
from tests.clocks import histories as generated
from tests.clocks.histories import PACK

T0 = 1_760_000_000_000
crowds = generated.crowds | generated.slow_crowds


def of_ledger(partition: int, key: str, value: bytes | None) -> Record:
    return Record(LEDGER, partition, 0, 0, key.encode(), value, {})


def saved(shard: Shard, partition: int) -> list[Record]:
    """What a worker would write now."""
    return [of_ledger(partition, key, shard.save(key)) for key in shard.take_changed()]


def records_of(shard: Shard, partition: int, events: list[Event]) -> list[Record]:
    """Everything a worker writes while the events come, and until every deadline has passed."""
    found: list[Record] = []
    for _, together in groupby(sorted(events, key=_recorded), key=_recorded):
        list(play(shard, together))
        found += saved(shard, partition)
    while (moment := next_moment(shard)) is not None:
        play_until(shard, moment)
        found += saved(shard, partition)
    return found


def _recorded(event: Event) -> int:
    return event.fact.recorded


def time_of(*shards: Shard) -> int:
    return max(shard.time(kind) for shard in shards for kind in ("CALL", "CAD", "MSG", "APPT"))


def check_equal(ledger: BoardLedger, shards: list[Shard], now: int) -> None:
    ledger.advance(now)
    for shard in shards:
        shard.roll.tallies.forget_before(now)
    mine, theirs = ledger.rolls, [shard.roll for shard in shards]
    for length in (15 * MINUTE, *WINDOWS.values()):
        assert window(mine, length, now) == window(theirs, length, now)
    assert weeks(mine, now) == weeks(theirs, now)
    assert sorted(each for roll in mine for each in roll.open()) == sorted(
        each for roll in theirs for each in roll.open()
    )


def window(rolls: list[Roll], length: int, now: int) -> Counter[object]:
    return sum((Counter(roll.tallies.window(length, now)) for roll in rolls), Counter())


def weeks(rolls: list[Roll], now: int) -> Counter[object]:
    total: Counter[object] = Counter()
    for roll in rolls:
        for week, counts in roll.tallies.weeks(now).items():
            total.update({(week, key): number for key, number in counts.items()})
    return total


@given(crowds, st.sampled_from([0, MINUTE, DAY, 9 * DAY]))
def test_after_any_run_the_board_counts_as_the_worker_does(events, later):
    shard = Shard(PACK)
    records = records_of(shard, 0, events)
    now = time_of(shard) + later
    play_until(shard, now)
    while shard.forgetting:
        shard.forget()
    ledger = BoardLedger(PACK, now)
    for record in [*records, *saved(shard, 0)]:
        ledger.take(record)
    check_equal(ledger, [shard], now)


@given(crowds, st.data())
def test_so_it_does_at_every_moment_of_it_while_it_follows(events, data):
    shard, ledger, now = Shard(PACK), BoardLedger(PACK, 0), 0
    for _, together in groupby(sorted(events, key=_recorded), key=_recorded):
        list(play(shard, together))
        for record in saved(shard, 0):
            ledger.take(record)
        now = max(now, time_of(shard))
        if data.draw(st.booleans()):
            check_equal(ledger, [shard], now)
    check_equal(ledger, [shard], now)


@given(crowds, st.randoms(use_true_random=False))
def test_however_the_partitions_are_mixed_and_whatever_is_read_twice(events, random):
    shards = [Shard(PACK), Shard(PACK)]
    parts = [
        records_of(shard, number, [event for event in events if _partition(event) == number])
        for number, shard in enumerate(shards)
    ]
    ledger = BoardLedger(PACK, 0)
    while any(parts):
        number = random.choice([number for number, part in enumerate(parts) if part])
        record = parts[number].pop(0)
        for _ in range(random.choice([1, 2])):
            ledger.take(record)
    check_equal(ledger, shards, time_of(*shards))


def _partition(event: Event) -> int:
    return len(event.subject) % 2


@given(crowds)
def test_compacted_it_says_the_same_as_read_from_the_first_record(events):
    shard = Shard(PACK)
    records = records_of(shard, 0, events)
    latest = {record.key: record for record in records}
    one, other = BoardLedger(PACK, 0), BoardLedger(PACK, 0)
    for record in records:
        one.take(record)
    for record in latest.values():
        other.take(record)
    now = time_of(shard)
    check_equal(one, [shard], now)
    check_equal(other, [shard], now)
    assert one.open == other.open
    assert one.stories == other.stories


@given(crowds)
def test_what_differs_makes_of_what_was_what_is(events):
    shard, ledger = Shard(PACK), BoardLedger(PACK, 0)
    clocks, stories = {}, {}
    for record in records_of(shard, 0, events):
        ledger.take(record)
        ledger.advance(time_of(shard))
        difference = ledger.take_difference()
        clocks = _applied(clocks, difference.clocks)
        stories = _applied(stories, difference.stories)
    assert clocks == ledger.open == ledger.everything().clocks
    assert stories == ledger.stories


def _applied(known, differs):
    return {name: value for name, value in (known | differs).items() if value is not None}


# ---- single corners ----------------------------------------------------------------------------------------------


def incident(grade: str = "I", **data: object) -> Shard:
    shard = Shard(PACK)
    start = Fact("cad", "e1", "incident.created", T0, T0, {"grade": grade, "borough": "Camden", **data})
    shard.fold([Event("CAD-1", "dispatch", start)])
    return shard


def followed(shard: Shard, now: int = T0) -> BoardLedger:
    ledger = BoardLedger(PACK, now)
    for record in saved(shard, 7):
        ledger.take(record)
    return ledger


def test_an_open_clock_is_shown_with_its_place_grade_and_deadline() -> None:
    (clock,) = followed(incident(ward="Gospel Oak", vulnerable=True)).open.values()
    assert (clock.clock, clock.borough, clock.ward, clock.grade) == (
        "CAD-1/attend-immediate",
        "Camden",
        "Gospel Oak",
        "I",
    )
    assert (clock.stage, clock.start, clock.due) == ("running", T0, T0 + 12 * MINUTE)
    assert clock.flags == ("vulnerable",)


@pytest.mark.parametrize(("after", "lacking"), [(2 * MINUTE - 1, False), (2 * MINUTE, True)])
def test_an_incident_lacks_a_unit_from_the_moment_it_is_to_be_said_and_no_record_need_come(
    after: int, lacking: bool
) -> None:
    ledger = followed(incident())
    ledger.take_difference()
    ledger.advance(T0 + after)
    assert [clock.unresourced for clock in ledger.open.values()] == [lacking]
    assert bool(ledger.take_difference().clocks) == lacking


def test_a_unit_on_the_way_is_counted_and_nothing_lacks() -> None:
    shard = incident()
    sent = Fact("cad", "e2", "unit.dispatched", T0 + SECOND, T0 + SECOND, {"unit": "BX21"})
    shard.fold([Event("CAD-1", "dispatch", sent)])
    ledger = followed(shard)
    ledger.advance(T0 + 5 * MINUTE)
    (clock,) = ledger.open.values()
    assert (clock.units, clock.unresourced) == (1, False)


def test_a_chased_incident_is_seen_to_be_chased() -> None:
    shard = incident()
    for number in (1, 2):
        moment = T0 + number * SECOND
        shard.fold(
            [Event("CAD-1", "dispatch", Fact("cad", f"c{number}", "incident.chased", moment, moment, {}))]
        )
    (clock,) = followed(shard).open.values()
    assert clock.chased == 2


def test_a_record_that_cannot_be_read_leaves_what_was_known_and_is_counted() -> None:
    ledger = followed(incident())
    ledger.take(of_ledger(7, "CAD-1", b"{not json"))
    ledger.take(of_ledger(7, "CAD-2", msgspec.json.encode({"v": 1})))
    ledger.take(of_ledger(7, "ALIEN-1", msgspec.json.encode({"v": 9})))
    assert ledger.unreadable == 3
    assert list(ledger.open) == ["CAD-1/attend-immediate"]
    ledger.take(of_ledger(7, "CAD-2", None))
    assert ledger.unreadable == 2


def test_a_clock_of_a_pack_that_is_not_at_hand_stops_the_board() -> None:
    (record,) = [record for record in saved(incident(), 0) if record.key == b"CAD-1"]
    other = msgspec.json.encode(msgspec.json.decode(record.value or b"") | {"pack": "of-old"})
    with pytest.raises(UnknownPackError, match="of-old"):
        BoardLedger(PACK, T0).take(record._replace(value=other))


def test_the_history_of_a_clock_that_was_met_in_silence_is_not_kept() -> None:
    shard = incident()
    arrived = Fact("cad", "e2", "unit.arrived", T0 + SECOND, T0 + SECOND, {"unit": "BX21"})
    ledger = followed(shard)
    assert list(ledger.stories) == ["CAD-1"]
    assert ledger.stories["CAD-1"].startswith(b"7 {")
    shard.fold([Event("CAD-1", "arrival", arrived)])
    for record in saved(shard, 7):
        ledger.take(record)
    assert ledger.stories == {}
    assert ledger.take_difference().stories == {"CAD-1": None}


def test_the_history_of_a_clock_that_was_breached_is_kept() -> None:
    shard = incident()
    play_until(shard, T0 + 13 * MINUTE)
    arrived = Fact("cad", "e2", "unit.arrived", T0 + 14 * MINUTE, T0 + 14 * MINUTE, {"unit": "BX21"})
    shard.fold([Event("CAD-1", "arrival", arrived)])
    ledger = followed(shard)
    assert (list(ledger.open), list(ledger.stories)) == ([], ["CAD-1"])
