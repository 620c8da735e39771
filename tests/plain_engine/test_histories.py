"""Some generated histories, on which both engines must agree; `python -m tests.plain_engine` takes many more."""

import pytest

from tests.plain_engine import comparing
from tests.plain_engine.comparing import case_of, disagreement, plainly, report
from tests.plain_engine.generate import KINDS, history

HISTORIES, CHUNK = 3_000, 250


@pytest.mark.parametrize("first", range(0, HISTORIES, CHUNK))
def test_both_engines_agree(first):
    for seed in range(first, first + CHUNK):
        assert disagreement(history(seed)) is None, "\n" + report(history(seed))


def test_a_seed_makes_the_same_history_again():
    assert history(7) == history(7) != history(8)


def test_every_type_of_event_is_made():
    made = {event.type for seed in range(1_000) for event in history(seed).events}

    assert made >= {name for types in KINDS.values() for name, _ in types}


def test_most_histories_have_something_to_say():
    outcomes = [plainly(case_of(made), made.pack) for made in map(history, range(500))]

    assert sum(1 for each in outcomes if each.said) > 250
    assert sum(1 for each in outcomes if any(said.values["corrects"] for said in each.said)) > 25


def test_an_engine_that_is_wrong_is_found_out_and_its_history_made_small(monkeypatch):
    def deaf(case, *judged_by):
        """Never hears of an arrival."""
        happenings = [each for each in case.happenings if each.event.fact.type != "unit.arrived"]
        return plainly(replace_happenings(case, happenings), *judged_by)

    monkeypatch.setattr(comparing, "plainly", deaf)
    seed = next(seed for seed in range(1_000) if disagreement(history(seed)) is not None)
    small = comparing.shrunk(history(seed))

    assert {event.type for event in small.events} >= {"unit.arrived", "incident.created"}
    assert len(small.events) <= 3
    assert "wanted" in report(small)


def replace_happenings(case, happenings):
    return comparing.replace(case, happenings=tuple(happenings))
