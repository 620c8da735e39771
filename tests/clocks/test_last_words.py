"""What is left to be said of a subject that has to be forgotten before something new may come under its name (S8).

Time had not come as far as that: another topic is behind, or a batch of a backlog spans weeks.
"""

import pytest
from hypothesis import given

from clocks.forgetting import KEPT, Recollection, forgotten_at, lives
from clocks.saying import Said
from clocks.shard import Shard
from schemas.facts import Event
from schemas.times import DAY, MINUTE
from tests.clocks.histories import PACK, ZERO, an_event, events_of

AGAIN = 30 * DAY


def incident(name: str, at: int, number: int, late: int = 0, **data: str) -> Event:
    return an_event("CAD-1", name, at, late, number, data)


CREATED = incident("incident.created", 0, 1, grade="I")
CREATED_AGAIN = incident("incident.created", AGAIN, 9, grade="I")


def brief(said: list[Said]) -> list[tuple[str, str, int, int]]:
    return [(each.kind, each.verdict, each.about - ZERO, each.said_at - ZERO) for each in said]


@pytest.mark.parametrize(
    "batch",
    [
        [],
        [incident("unit.arrived", 13 * MINUTE, 2, late=DAY, unit="GD1")],
        [incident("unit.dispatched", MINUTE, 2, unit="GD1")],
        [incident("incident.cancelled", 20 * MINUTE, 2)],
    ],
)
def test_what_time_would_have_said_is_said_first_each_at_its_moment(batch: list[Event]) -> None:
    at_once, in_time = Shard(PACK), Shard(PACK)
    at_once.fold([CREATED])
    in_time.fold([CREATED])
    expected = [
        *in_time.fold(batch),
        *in_time.advance("CAD", ZERO + AGAIN - 1),
        *in_time.fold([CREATED_AGAIN]),
    ]

    assert brief(at_once.fold([*batch, CREATED_AGAIN])) == brief(expected)
    assert ("verdict", "breached", 12 * MINUTE, 12 * MINUTE + 1) in brief(expected)
    assert [view.finding.start for view in at_once.clocks() if view.finding] == [ZERO + AGAIN]


@pytest.mark.parametrize(("said_at", "expected"), [(None, 14 * MINUTE), (ZERO + DAY, DAY)])
def test_what_the_same_batch_changes_of_what_was_said_is_told(said_at: int | None, expected: int) -> None:
    shard = Shard(PACK)
    shard.fold([CREATED])
    shard.advance("CAD", ZERO + 13 * MINUTE)
    taken_back = incident("incident.cancelled", 11 * MINUTE, 2, late=3 * MINUTE)

    said = shard.fold([taken_back, CREATED_AGAIN], said_at)
    assert brief(said) == [("verdict", "excluded", 14 * MINUTE, expected)]


def test_it_is_all_said_when_one_says_so() -> None:
    shard = Shard(PACK)
    shard.fold([CREATED])
    assert {each.said_at for each in shard.fold([CREATED_AGAIN], said_at=ZERO + AGAIN + 7)} == {
        ZERO + AGAIN + 7
    }


# ---- the lives of a subject ------------------------------------------------------------------------------------


def recollected(*events: Event) -> Recollection:
    history = Recollection()
    for event in events:
        history.add(event.fact)
    return history


@pytest.mark.parametrize("turned", [False, True])
def test_an_id_that_comes_again_in_another_life_belongs_to_both(turned: bool) -> None:
    again = incident("incident.created", AGAIN, 1, grade="S")
    events = [again, CREATED] if turned else [CREATED, again]
    assert [[fact.data for fact in life] for life in lives("CAD", recollected(*events), PACK)] == [
        [{"grade": "I"}],
        [{"grade": "S"}],
    ]


@pytest.mark.parametrize(("after", "parts"), [(0, 1), (1, 2)])
def test_the_deadline_another_start_spoke_of_holds_a_subject_too(after: int, parts: int) -> None:
    """An incident of grade I created again, by a start that speaks of a later deadline and is not the one judged."""
    second = incident("incident.created", DAY, 2, grade="S")
    held = DAY + 60 * MINUTE + KEPT
    last = incident("incident.chased", held + after, 3)
    history = recollected(CREATED, second, last)
    assert len(lives("CAD", history, PACK)) == parts
    assert forgotten_at("CAD", [CREATED.fact, second.fact], (), PACK) == ZERO + held


def test_what_is_too_late_for_any_life_is_counted_once_however_often_one_asks() -> None:
    too_late = [incident("unit.arrived", MINUTE, number, late=20 * DAY, unit="GD1") for number in (5, 6)]
    history = recollected(*too_late, CREATED)
    for _ in range(2):
        (life,) = lives("CAD", history, PACK)
        assert (list(life), history.too_late) == ([CREATED.fact], 2)


def test_what_comes_too_late_for_a_subject_that_is_held_is_kept_out_of_it() -> None:
    """Recorded with its start it has no place among what was held before; after it, it has."""
    second = incident("incident.created", DAY, 2, grade="S")
    late = incident("unit.arrived", MINUTE, 5, late=KEPT + 90 * MINUTE, unit="GD1")
    shard = Shard(PACK)
    shard.fold([second, late])
    assert shard.take_too_late() == []
    together = Shard(PACK)
    in_time = incident("unit.arrived", MINUTE, 6, late=KEPT + 30 * MINUTE, unit="GD1")
    together.fold([incident("incident.created", KEPT + 31 * MINUTE, 7, grade="S"), in_time])
    assert together.take_too_late() == []
    alone = Shard(PACK)
    alone.fold([incident("incident.chased", KEPT + 91 * MINUTE, 3), late])
    assert alone.take_too_late() == [late]


def test_a_history_that_had_to_leave_something_out_says_so_of_all_its_lives() -> None:
    history = recollected(CREATED, CREATED_AGAIN)
    history.full = True
    assert [life.full for life in lives("CAD", history, PACK)] == [True, True]


@given(events_of("CAD-1"))
def test_one_life_is_the_history_itself(events: list[Event]) -> None:
    history = recollected(*events)
    assert lives("CAD", history, PACK) == [history]
    assert history.too_late == 0
