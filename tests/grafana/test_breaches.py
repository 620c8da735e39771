"""Announcements folded into the annotations there should be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grafana.breaches import MOST, SPAN, Breaches, Changes, tag
from schemas.announcements import Announcement
from schemas.times import HOUR, format_time
from tests.alerting.entries import CLOCK, news
from tests.cli.events import at

DUE = at("+12m")
NAME = tag("clock", CLOCK)
BREACHED = news("clock.breached", "+12m", 2)
STOPPED = news("clock.stopped", "+14m", 3, stop=format_time(at("+14m")))
MET = news("clock.met", "+15m", 4, corrects="x", corrects_verdict="breached", stop=format_time(at("+11m")))


def folded(*told: Any, since: int = 0) -> Breaches:
    breaches = Breaches(lambda each: each.type, since)
    for each in told:
        breaches.take(each)
    return breaches


def other(
    number: int, said: str = "+12m", type_: str = "clock.breached", revision: int = 1, **data: Any
) -> Any:
    return news(type_, said, revision, clock=f"CAD-{number:03}/attend-immediate", **data)


def test_an_open_breach_is_a_point_where_it_fell_due() -> None:
    found = folded(BREACHED).changes()[NAME]

    assert found is not None
    assert (found.start, found.end, found.text) == (DUE, DUE, "clock.breached")
    assert found.tags == ("pledgewatch", "breach", "standard:attend-immediate", "borough:Hackney", NAME)


def test_once_stopped_it_reaches_to_the_stop() -> None:
    found = folded(BREACHED, STOPPED).changes()[NAME]
    assert found is not None
    assert (found.start, found.end) == (DUE, at("+14m"))


def test_taken_back_it_is_no_breach_and_no_stretch() -> None:
    found = folded(BREACHED, STOPPED, MET).changes()[NAME]
    assert found is not None
    assert (found.start, found.end, found.tags[:2]) == (DUE, DUE, ("pledgewatch", "taken-back"))


@pytest.mark.parametrize(
    "told",
    [
        [news("clock.at_risk", "+9m", 1)],
        [news("clock.at_risk", "+9m", 1), news("clock.met", "+10m", 2)],
        [news("clock.unverifiable", "+9m", 1, reason="feed-silent")],
        [news("clock.unverifiable", "+9m", 1), news("clock.met", "+10m", 2, corrects_verdict="unverifiable")],
        [news("clock.breached", "+12m", 1, cohort="probe")],
        [news("clock.breached", "+12m", 1, cohort="exercise")],
    ],
    ids=["at risk", "met", "unverifiable", "met after all", "a probe", "an exercise"],
)
def test_what_was_never_a_live_breach_is_not_marked(told: list[Any]) -> None:
    assert folded(*told).changes() == {}


def test_that_no_unit_is_there_yet_does_not_change_what_is_said_of_a_breach() -> None:
    again = news("incident.unresourced", "+40m", 3, verdict="breached")
    assert folded(BREACHED, again).changes() == folded(BREACHED).changes()


def test_a_clock_that_runs_again_is_no_breach_any_more() -> None:
    found = folded(BREACHED, news("clock.at_risk", "+13m", 3, corrects="x")).changes()[NAME]
    assert found is not None
    assert found.tags[1] == "taken-back"


def test_a_difference_is_asked_for_once() -> None:
    breaches = folded(BREACHED)
    assert list(breaches.changes()) == [NAME]
    assert breaches.changes() == {}
    breaches.take(BREACHED)
    assert breaches.changes() == {}
    breaches.take(STOPPED)
    assert list(breaches.changes()) == [NAME]


def test_what_was_last_spoken_of_before_the_marking_began_is_left_alone() -> None:
    assert folded(BREACHED, since=at("+13m")).changes() == {}


def test_late_word_of_an_old_breach_is_marked_all_the_same() -> None:
    found = folded(BREACHED, MET, since=at("+13m")).changes()[NAME]
    assert found is not None
    assert found.tags[1] == "taken-back"


def test_times_are_put_where_the_wall_had_them() -> None:
    breaches = Breaches(lambda _: "", 0, lambda moment: moment // 60)
    breaches.take(BREACHED)
    breaches.take(STOPPED)
    found = breaches.changes()[NAME]
    assert found is not None
    assert (found.start, found.end) == (DUE // 60, at("+14m") // 60)


# ---- many ------------------------------------------------------------------------------------------------------


def storm(count: int) -> list[Any]:
    return [other(number, f"+12m{number}ms") for number in range(count)]


def together(changes: Changes) -> tuple[str, Any]:
    [(name, found)] = [(name, each) for name, each in changes.items() if name.startswith("more:")]
    return name, found


def test_of_many_the_first_are_marked_one_by_one_and_the_rest_together() -> None:
    changes = folded(*storm(MOST + 3)).changes()

    assert len(changes) == MOST + 1
    name, found = together(changes)
    assert name == "more:20091024T1900Z/attend-immediate/Hackney"
    assert found.text == "3 more of attend-immediate in Hackney within 15 minutes"
    assert (found.start, found.end - found.start) == (DUE // SPAN * SPAN, SPAN)
    assert found.tags == ("pledgewatch", "breach", "standard:attend-immediate", "borough:Hackney", name)


def test_many_of_one_kind_hide_none_of_another() -> None:
    calls = [news("clock.breached", "+12m", 1, clock=f"CALL-{number}/call-999") for number in range(MOST + 5)]
    elsewhere = other(7, borough="Camden")
    changes = folded(*calls, BREACHED, elsewhere).changes()
    assert {NAME, tag("clock", elsewhere.subject)} <= set(changes)


def test_where_a_breach_is_without_a_borough_the_rest_is_too() -> None:
    told = [other(number, f"+12m{number}ms", borough=None) for number in range(MOST + 1)]
    name, found = together(folded(*told).changes())
    assert found.text == "1 more of attend-immediate within 15 minutes"
    assert found.tags == ("pledgewatch", "breach", "standard:attend-immediate", name)


def test_the_first_few_are_marked_one_by_one() -> None:
    assert set(folded(*storm(MOST)).changes()) == {
        tag("clock", f"CAD-{number:03}/attend-immediate") for number in range(MOST)
    }


def test_what_is_taken_back_of_the_rest_is_counted_no_more() -> None:
    breaches = folded(*storm(MOST + 2))
    breaches.changes()
    breaches.take(other(MOST, "+13m", "clock.met", 2))
    assert together(breaches.changes())[1].text.startswith("1 more")

    breaches.take(other(MOST + 1, "+13m", "clock.met", 2))
    assert together(breaches.changes())[1] is None


def test_that_all_of_the_rest_was_taken_back_is_known_after_a_restart_too() -> None:
    back = [other(MOST, "+13m", "clock.met", 2)]
    assert together(folded(*storm(MOST + 1), *back).changes())[1] is None


def test_one_that_was_said_earlier_but_read_later_takes_its_place() -> None:
    breaches = folded(*storm(MOST + 1)[1:])
    assert len(breaches.changes()) == MOST
    breaches.take(other(0, "+12m"))

    changes = breaches.changes()
    assert changes[tag("clock", f"CAD-{MOST:03}/attend-immediate")] is None
    assert together(changes)[1].text.startswith("1 more")


def test_what_was_last_spoken_of_long_ago_is_forgotten_until_it_is_spoken_of_again() -> None:
    breaches = folded(BREACHED, *storm(3))
    breaches.changes()
    breaches.forget(DUE + HOUR)
    assert breaches.changes() == {}

    breaches.take(news("clock.stopped", "+20h", 3, stop=format_time(at("+20h"))))
    [(name, found)] = breaches.changes().items()
    assert found is not None
    assert (name, found.start, found.end) == (NAME, DUE, at("+20h"))


def test_what_is_forgotten_can_still_be_taken_back() -> None:
    [(name, found)] = folded(MET).changes().items()
    assert found is not None
    assert (name, found.tags[1]) == (NAME, "taken-back")


def test_what_is_spoken_of_is_not_forgotten() -> None:
    breaches = folded(BREACHED, STOPPED)
    breaches.forget(DUE + 1)
    assert list(breaches.changes()) == [NAME]


told_of_one = st.lists(
    st.sampled_from(["clock.at_risk", "clock.breached", "clock.stopped", "clock.met", "clock.excluded"]),
    max_size=5,
)


@given(st.lists(told_of_one, max_size=15), st.randoms(use_true_random=False), st.data())
def test_batches_repetitions_and_partitions_out_of_step_come_to_the_same(
    clocks: list[list[str]], random: Any, data: st.DataObject
) -> None:
    """What Grafana holds in the end is what one reading of everything asks for."""
    lines = [
        [other(number, f"+{12 + turn}m{number}ms", type_, turn + 1) for turn, type_ in enumerate(types)]
        for number, types in enumerate(clocks)
    ]
    whole = {
        name: each
        for name, each in folded(*(each for line in lines for each in line)).changes().items()
        if each
    }
    breaches, held = folded(), {}
    queues = [list(line) for line in lines if line]
    while queues:
        queue = random.choice(queues)
        breaches.take(queue[0] if data.draw(st.booleans()) else queue.pop(0))
        queues = [each for each in queues if each]
        if random.random() < 0.3:
            held |= breaches.changes()
    held |= breaches.changes()

    assert {name: each for name, each in held.items() if each} == whole


# ---- tags ------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(codec="ascii", exclude_characters=" "), min_size=1, max_size=200))
def test_a_tag_survives_what_grafana_does_to_it(value: str) -> None:
    name = tag("clock", value)
    key, *values = name.split(":")
    assert (key, len(values)) == ("clock", 1)
    assert len(values[0]) <= 100


@given(st.lists(st.text(":%~a", min_size=1, max_size=120), unique=True, min_size=2))
def test_no_two_clocks_share_a_tag(values: list[str]) -> None:
    assert len({tag("clock", value) for value in values}) == len(values)


def test_the_whole_of_the_tags_fits_into_grafana() -> None:
    long = "x" * 170
    told = news("clock.breached", "+12m", 1, clock=f"CAD-{'7' * 64}/{long}", borough=long)
    assert isinstance(told, Announcement)
    [found] = folded(told).changes().values()
    assert found is not None
    assert len(str(list(found.tags))) <= 500
