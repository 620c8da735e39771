"""Which feeds the clocks of a subject depend on (S6), and what feeds know without a stream."""

from clocks.feeds import Feed
from clocks.silence import Feeds, with_skews
from schemas.facts import Event, Fact
from standards.loader import load_pack

SILENCE = 100
FEED = Feed(source="cad", topic="dispatch", silence=SILENCE)
START = Fact("cad", "e1", "incident.created", 0, 0, {"grade": "I"})
ARRIVAL = Fact("avl", "e2", "unit.arrived", 10, 10, {"unit": "GD1"})


def depended_on(feeds: list[Feed], borough: str | None, *facts: Fact) -> list[Feed]:
    return Feeds(feeds).depended_on("CAD", borough, list(facts))


def test_a_subject_depends_on_the_source_of_its_start() -> None:
    avl = Feed(source="avl", topic="arrival", silence=SILENCE)
    assert depended_on([avl, FEED], None, ARRIVAL, START) == [FEED]
    assert depended_on([avl, FEED], "Camden", START) == [FEED]
    assert depended_on([avl], None, START) == []
    assert depended_on([FEED], None, ARRIVAL) == []
    assert depended_on([Feed(source="cad", topic="arrival", silence=SILENCE)], None, START) == []


def test_a_borough_with_feeds_of_its_own_depends_on_those_and_no_other_borough_does() -> None:
    camden = Feed(source="cad", topic="dispatch", silence=SILENCE, boroughs=("Camden",))
    other = Feed(source="avl", topic="arrival", silence=SILENCE, boroughs=("Camden", "Barnet"))
    assert depended_on([camden, other], "Camden", START) == [camden, other]
    assert depended_on([camden, other], "Barnet", START) == [other]
    assert depended_on([camden, other], "Ealing", START) == []
    assert depended_on([camden, other], None, START) == [camden]


def test_feeds_heard_without_a_stream_know_what_was_recorded_by_then_and_have_nothing_to_say() -> None:
    feeds = Feeds([FEED])
    beats = [Event("cad", "", Fact("cad", f"e{at}", "source.heartbeat", at, at, {})) for at in (900, 0, 300)]
    feeds.hear_all(iter(beats), 300)
    (known,) = feeds
    assert (known.heard.first, known.heard.last, known.heard.gaps) == (0, 300, [(0, 300)])
    assert (feeds.take_changed(), feeds.take_news()) == ({}, [])


def test_feeds_heard_in_parts_are_joined_by_name() -> None:
    other = Feed(source="avl", topic="arrival", silence=7)
    one, two = Feeds([FEED, other]), Feeds([FEED, other])
    for feeds, at in ((one, 0), (two, 500)):
        beats = [Event(name, "", Fact(name, "e1", "source.heartbeat", at, at, {})) for name in ("cad", "avl")]
        feeds.hear_all(beats, 500)
    one.join(two)
    assert [known.heard.gaps for known in one] == [[(0, 500)], [(0, 500)]]


def test_a_pack_and_those_before_it_learn_the_skews_of_the_feeds() -> None:
    quick = Feed(source="cad", topic="arrival", silence=SILENCE, skew=5)
    pack = with_skews(load_pack("met-pledge-2009,national-2026"), [FEED, quick])
    for each in (pack, pack.before):
        assert each is not None
        assert each.skews == {("arrival", "cad"): 5}
    plain = load_pack("met-pledge-2009,national-2026")
    assert with_skews(plain, [FEED]) is plain
