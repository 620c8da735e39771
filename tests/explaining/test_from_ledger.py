"""The story by the ledger's record is the one that the events tell, as far as the ledger keeps them."""

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from clocks.history import UNREAD
from clocks.replaying import play, play_until
from clocks.shard import Shard
from explaining.from_ledger import explain_record
from explaining.narrator import Question, explain
from schemas.facts import Event, Fact
from schemas.stories import Story
from schemas.times import MINUTE, format_time
from standards.loader import load_pack
from tests.clocks.histories import PACK, ZERO, histories
from tests.explaining.test_laws import PROMISES, feeds, packs

KEPT_OUT = ("superseded", "left-out")
"""What the ledger does not keep of a subject."""


def told_by_the_ledger(question: Question, events) -> list[Story]:
    """A worker's run, what it wrote, and the story made of that."""
    shard = Shard(question.pack, question.feeds)
    known = sorted(
        (each for each in events if each.fact.recorded <= question.until), key=lambda each: each.fact.recorded
    )
    list(play(shard, known))
    play_until(shard, question.until)
    saved = {key: shard.save(key) for key in shard.take_changed()}
    record = saved.pop(question.subject, None)
    if record is None:
        return []
    return explain_record(question, record, {key: value for key, value in saved.items() if value is not None})


def once(story: Story) -> Story:
    """The ledger does not count how often a record came, nor the lives before the last."""
    timeline = tuple(entry.model_copy(update={"times": 1}) for entry in story.timeline)
    return story.model_copy(update={"timeline": timeline, "part": 1, "parts": 1})


def given_up_when_the_time_is_up() -> list[Event]:
    """Under ten seconds: the caller hangs up, and it is recorded, in the ms in which the call is breached."""
    start = Fact("test", "e0", "call.presented", ZERO, ZERO, {"line": "999"})
    ends = [Fact("test", f"e{n}", "call.abandoned", ZERO + 10_000, ZERO + 10_000, {}) for n in (1, 2)]
    return [Event("CALL-1", "call-answer", fact) for fact in (start, *ends)]


@example(given_up_when_the_time_is_up(), load_pack("national-2026"), ZERO + 10_000, ())
@settings(max_examples=300, suppress_health_check=[HealthCheck.filter_too_much])
@given(histories, packs, st.integers(ZERO - 1_000, ZERO + 8_000_000), feeds)
def test_the_ledger_tells_the_story_that_the_events_tell(events, pack, at, feeds):
    events = [event for event in events if event.fact.type not in UNREAD]
    assume(events)
    question = Question(events[0].subject, pack, PROMISES[pack.id], at, feeds=feeds)
    stories = explain(question, events)
    assume(not any(entry.effect in KEPT_OUT for story in stories for entry in story.timeline))
    found = told_by_the_ledger(question, events)
    if found:
        assert found == [once(story) for story in stories if story.part == story.parts]
    else:
        assert all(story.standard is None for story in stories)


def test_what_a_worker_said_is_told_with_when_it_really_said_it_and_what_brought_it():
    start = Fact("cad", "e1", "incident.created", ZERO, ZERO, {"grade": "I", "borough": "Camden"})
    arrived = Fact("cad", "e2", "unit.arrived", ZERO + 11 * MINUTE, ZERO + 20 * MINUTE, {"unit": "BX21"})
    shard = Shard(PACK)
    shard.fold([Event("CAD-1", "dispatch", start)], ZERO + 300)
    shard.advance_all(ZERO + 12 * MINUTE)
    shard.advance("CAD", ZERO + 12 * MINUTE + 1, ZERO + 12 * MINUTE + 1_040)
    shard.fold([Event("CAD-1", "arrival", arrived)], ZERO + 20 * MINUTE + 250)
    record = shard.save("CAD-1")
    assert record is not None
    question = Question("CAD-1", PACK, PROMISES[PACK.id], ZERO + 21 * MINUTE)
    (story,) = explain_record(question, record, {})
    breach, taken_back = story.announced[-2:]
    assert (breach.verdict, breach.said_at, breach.brought_by) == (
        "breached",
        format_time(ZERO + 12 * MINUTE + 1_040),
        (),
    )
    assert (taken_back.verdict, taken_back.corrects) == ("met", breach.revision)
    assert [event.id for event in taken_back.brought_by] == ["e2"]
    assert "recorded 9 min late" in taken_back.words
