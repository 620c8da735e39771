"""What is known of a feed (S6): its gaps are a function of the set of its records; its alerts are said once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clocks.feeds import FAR, MOST_GAPS, Feed, Heard, Span
from clocks.silence import BACK, SILENT, Feeds
from schemas.events import KIND_TOPICS
from schemas.facts import Event, Fact

SILENCE = 100
FEED = Feed(source="cad", topic="dispatch", silence=SILENCE)
moments = st.integers(0, 2_000)
records = st.lists(st.tuples(moments, st.none() | moments), max_size=12)


def heard(told: list[tuple[int, int | None]]) -> Heard:
    state = Heard()
    for recorded, through in told:
        state.hear(recorded, SILENCE)
        if through is not None:
            state.promise(through, recorded)
    return state


def plainly_silenced(told: list[tuple[int, int | None]], due: int, now: int) -> bool:
    """The rule as it is written, over all the records there are."""
    if any(through is not None and min(through, recorded) >= due for recorded, through in told):
        return False
    before = [recorded for recorded, _ in told if recorded < due]
    if not before or any(recorded == due for recorded, _ in told):
        return False
    after = [recorded for recorded, _ in told if recorded > due]
    return (min(after) if after else now) - max(before) > SILENCE


@given(records, st.randoms(use_true_random=False))
def test_any_order_gives_the_same(told, random):
    assert heard(told) == heard(random.sample(told, len(told)))
    assert heard(told) == heard(told + told)


@given(records, moments, st.integers(0, 3_000))
def test_it_says_what_the_rule_says(told, due, later):
    now = max([due, *(recorded for recorded, _ in told)]) + later
    assert (heard(told).silenced(due, now, SILENCE) is not None) == plainly_silenced(told, due, now)


@given(records, moments, st.integers(0, 3_000))
def test_a_change_is_told_wherever_a_due_is_seen_otherwise(told, due, later):
    now = 2_000 + later
    state = Heard()
    for recorded, through in told:
        before, last = state.silenced(due, now, SILENCE), state.last
        spans = [state.hear(recorded, SILENCE)]
        if through is not None:
            spans.append(state.promise(through, recorded))
        if before != state.silenced(due, now, SILENCE):
            was_silent = last is None or due > last
            assert was_silent or any(span is not None and span.low < due < span.high for span in spans)


@given(records, records)
def test_heard_in_parts_it_is_the_same(one, other):
    joined = heard(one)
    joined.join(heard(other), SILENCE)
    assert joined == heard(one + other)


def test_what_was_promised_is_not_kept_as_a_gap() -> None:
    assert heard([(0, None), (500, None), (600, 499)]).gaps == []
    assert heard([(0, None), (500, None), (600, 498)]).gaps == [(0, 500)]


def test_a_silence_that_was_made_good_is_not_kept_when_its_record_comes_later() -> None:
    assert heard([(0, None), (1_000, 499), (500, None)]).gaps == [(500, 1_000)]
    assert heard([(0, None), (1_000, 498), (500, None)]).gaps == [(0, 500), (500, 1_000)]


def test_a_promise_tells_which_dues_it_makes_good() -> None:
    state = heard([(40, 40)])
    assert (state.through, state.promise(90, 80)) == (40, Span(40, 81))
    assert state.promise(80, 80) is None
    assert state.promise(79, 80) is None


def test_an_outage_is_new_once_and_each_of_its_versions() -> None:
    state = Heard()
    assert state.declare("works", 10, 100, 200)
    assert not state.declare("works", 10, 100, 200)
    assert state.declare("works", 20, 100, 300)
    assert state.declare("more works", 10, 100, 200)
    assert state.outages == {"works": [(10, 100, 200), (20, 100, 300)], "more works": [(10, 100, 200)]}


def test_outages_heard_in_parts_are_the_same() -> None:
    one, other = Heard(), Heard()
    one.declare("works", 10, 100, 200)
    other.declare("works", 20, 100, 300)
    other.declare("more works", 10, 400, 500)
    one.join(other, SILENCE)
    assert one.outages == {"works": [(10, 100, 200), (20, 100, 300)], "more works": [(10, 400, 500)]}
    assert (one.first, one.last) == (None, None)


@pytest.mark.parametrize(
    ("moment", "until"),
    [(99, None), (100, 160), (149, 160), (150, 160), (159, 160), (160, 180), (179, 180), (180, None)],
)
def test_an_outage_holds_as_it_stood_at_the_moment(moment: int, until: int | None) -> None:
    """Declared at 100 for 50 to 200; changed at 160 to 90 to 180."""
    state = Heard()
    state.declare("works", 100, 50, 200)
    state.declare("works", 160, 90, 180)
    assert state.outage(moment) == until


def test_a_span_lies_between_its_ends() -> None:
    span = Span(10, 13)
    assert [due for due in range(9, 15) if due in span] == [11, 12]


def test_the_oldest_of_many_gaps_are_forgotten() -> None:
    told = [(number * 1_000, None) for number in range(MOST_GAPS + 2)]
    gaps = heard(told).gaps  # type: ignore[arg-type]
    assert (len(gaps), gaps[0]) == (MOST_GAPS, (1_000, 2_000))


# ---- alerts ----------------------------------------------------------------------------------------------------


class Scene:
    """The feeds of a shard, and time."""

    def __init__(self, feeds: Feeds | None = None) -> None:
        self.feeds = feeds or Feeds([FEED])
        self.times = dict.fromkeys(KIND_TOPICS, 0)

    def hear(self, at: int, kind: str = "source.heartbeat", **data: int) -> list[tuple[str, int, int]]:
        fact = Fact("cad", f"e{at}", kind, at, at, data)
        self.feeds.hear([Event("cad", "dispatch", fact)], self.times)
        return self.said()

    def wait(self, now: int) -> list[tuple[str, int, int]]:
        for kind in self.times:
            while (moment := self.feeds.due(kind, self.times[kind], now)) is not None:
                self.times[kind] = moment
                self.feeds.fire(kind, moment, None)
            self.times[kind] = now
        return self.said()

    def said(self) -> list[tuple[str, int, int]]:
        return [(news.news, news.about, news.revision) for news in self.feeds.take_news()]


def test_one_alert_a_silence_and_one_word_when_it_is_back() -> None:
    scene = Scene()
    assert scene.hear(1_000) == []
    assert scene.wait(1_100) == []
    assert scene.wait(1_101) == [(SILENT, 1_101, 1)]
    assert scene.wait(9_000) == []
    assert scene.hear(9_001) == [(BACK, 9_001, 2)]
    assert scene.wait(9_102) == [(SILENT, 9_102, 3)]


def test_a_record_in_time_keeps_it_from_being_called_silent() -> None:
    scene = Scene()
    scene.hear(1_000)
    scene.wait(1_100)
    assert scene.hear(1_100) == []
    assert scene.wait(1_200) == []


def test_a_silence_that_was_over_before_its_time_came_is_told_all_the_same() -> None:
    scene = Scene()
    scene.hear(1_000)
    scene.wait(1_050)  # settle holds time back
    assert scene.hear(1_101) == [(SILENT, 1_101, 1), (BACK, 1_101, 2)]


def test_a_backlog_of_an_hour_ago_is_no_return() -> None:
    scene = Scene()
    scene.hear(1_000)
    scene.wait(50_000)
    assert [scene.hear(at) for at in (1_050, 1_150, 20_000)] == [[], [], []]
    assert scene.hear(49_900) == [(BACK, 49_900, 2)]


def test_a_feed_never_heard_of_is_not_announced() -> None:
    assert Scene().wait(10**6) == []


def test_an_outage_that_was_declared_raises_no_alert_unless_it_is_overrun() -> None:
    scene = Scene()
    scene.hear(1_000)
    scene.hear(1_010, "source.outage", **{"from": 1_050, "until": 5_000})
    assert scene.wait(5_100) == []
    assert scene.wait(5_101) == [(SILENT, 5_101, 1)]


def test_an_outage_that_is_called_off_no_longer_keeps_the_alert_back() -> None:
    scene = Scene()
    scene.hear(1_000)
    for at, until in ((1_010, 5_000), (2_000, 2_000)):
        fact = Fact("cad", "works", "source.outage", at, at, {"from": 1_050, "until": until})
        scene.feeds.hear([Event("cad", "dispatch", fact)], scene.times)
    assert scene.wait(2_100) == []
    assert scene.wait(2_101) == [(SILENT, 2_101, 1)]


def test_back_in_its_outage_it_was_never_silent() -> None:
    scene = Scene()
    scene.hear(1_000)
    scene.hear(1_010, "source.outage", **{"from": 1_050, "until": 5_000})
    scene.wait(3_000)
    assert scene.hear(3_001) == []


def test_another_shard_announces_it() -> None:
    scene = Scene(Feeds([FEED], ours=lambda _: False))
    scene.hear(1_000)
    assert scene.wait(5_000) == []
    assert scene.hear(5_001) == []


def test_restored_in_its_silence_it_is_not_announced_again() -> None:
    scene = Scene()
    scene.hear(1_000)
    scene.wait(2_000)
    twin = Scene()
    twin.feeds.restore(FEED.key, scene.feeds.save(FEED.key) or b"")
    assert twin.wait(3_000) == []
    assert twin.hear(3_001) == [(BACK, 3_001, 2)]


def test_a_feed_that_is_no_longer_named_is_forgotten() -> None:
    scene = Scene()
    scene.hear(1_000)
    record = scene.feeds.save(FEED.key)
    others = Feeds([Feed(source="other", topic="dispatch", silence=1)])
    others.restore(FEED.key, record or b"")
    assert list(others.take_changed()) == [FEED.key]
    assert others.save(FEED.key) is None


def test_a_longer_silence_in_the_settings_forgives_old_gaps() -> None:
    scene = Scene()
    scene.hear(1_000)
    scene.hear(1_500)
    patient = Feed(source="cad", topic="dispatch", silence=500)
    twin = Feeds([patient])
    twin.restore(patient.key, scene.feeds.save(FEED.key) or b"")
    (known,) = twin
    assert known.heard.gaps == []


def test_when_to_look_again_is_after_the_time_and_one_too_late_is_never_told() -> None:
    scene = Scene()
    assert scene.feeds.next_moment("CAD", 0) == FAR
    scene.hear(1_000)
    assert scene.feeds.next_moment("CAD", 1_000) == 1_101
    assert scene.feeds.next_moment("MSG", 1_000) == FAR
    scene.hear(1_050)
    # What is known may prove to be later, never earlier.
    assert scene.feeds.next_moment("CAD", 1_060) == 1_101
    assert scene.feeds.next_moment("CAD", 1_101) == 1_151
    scene.wait(1_151)
    assert scene.feeds.next_moment("CAD", 1_151) == FAR
