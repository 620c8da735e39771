"""What holds of every story: it can be told, it leaves nothing out, and what it imagines is what judging says."""

from collections import Counter

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from clocks.feeds import Feed
from clocks.forgetting import Recollection, lives
from clocks.history import UNREAD, History
from clocks.judging import judge
from explaining.narrator import Question, explain
from pledgewatch.judging import FOREVER, verdicts
from pledgewatch.story_text import story_text
from schemas.events import kind_of
from schemas.facts import Event, Fact
from schemas.stories import Change, Story
from schemas.times import format_time, parse_time
from standards.promises import promises
from tests.clocks.histories import PACK, STRICT, ZERO, histories

packs = st.sampled_from([PACK, STRICT])
moments = st.none() | st.integers(ZERO - 1_000, ZERO + 8_000_000)
FEEDS = [
    Feed(source="test", topic=topic, silence=60_000) for topic in ("dispatch", "call-answer", "snt-message")
]
feeds = st.sampled_from([(), FEEDS])
PROMISES = {pack.id: promises(pack.id) for pack in (PACK, STRICT)}


def stories_of(events: list[Event], pack, at: int | None = None, settle: int = 0) -> list[Story]:
    return explain(Question(events[0].subject, pack, PROMISES[pack.id], at, settle), events)


@settings(max_examples=100, deadline=None)
@given(histories, packs, moments)
def test_every_event_handed_over_is_told_exactly_once(events, pack, at):
    known = [event for event in events if at is None or event.fact.recorded <= at]
    parts: dict[int, Counter] = {}
    for story in stories_of(events, pack, at):
        told = [entry for entry in story.timeline if entry.event is not None]
        count = Counter(contents(entry) for entry in told for _ in range(entry.times))
        assert parts.setdefault(story.part, count) == count
        assert [entry.at for entry in told] == sorted(entry.at for entry in told)
    assert list(parts) == list(range(1, story.parts + 1))
    assert sum(parts.values(), Counter()) == Counter(
        (fact.source, fact.id, format_time(fact.time), format_time(fact.recorded), fact.type)
        for _, _, fact, _ in known
    )


def contents(entry):
    return entry.event.source, entry.event.id, entry.at, entry.recorded, entry.event.type


@settings(max_examples=100, deadline=None)
@given(histories, packs, moments, feeds)
def test_a_story_ends_as_judge_says(events, pack, at, feeds):
    judged = list(verdicts(events, pack, FOREVER if at is None else at, feeds))
    question = Question(events[0].subject, pack, PROMISES[pack.id], at, feeds=feeds)
    stories = [story for story in explain(question, events) if story.start is not None]

    assert [(story.clock, story.verdict, story.reason, story.due) for story in stories] == [
        (each.clock, each.verdict, each.finding.reason, format_time(each.finding.due)) for each in judged
    ]
    assert all(story.headline.startswith(f"{story.verdict}: ") for story in stories)


@settings(max_examples=100, deadline=None)
@given(histories, packs, moments)
def test_what_would_have_been_otherwise_is_what_judging_says(events, pack, at):
    known = [event for event in events if at is None or event.fact.recorded <= at]
    for story in stories_of(events, pack, at):
        for each in story.otherwise:
            now = 1 << 62 if each.played_out or at is None else at
            facts = changed(list(held(known, pack)[story.part - 1]), each.change)
            judged = judge(kind_of(story.subject), History(facts), pack)
            found = [finding for finding in judged.findings if finding.key == story.clock.partition("/")[2]]
            assert [(finding.at(now), finding.reason) for finding in found] == (
                [] if each.verdict is None else [(each.verdict, each.reason)]
            )
            assert (each.verdict, each.reason) != (story.verdict, story.reason)


@settings(max_examples=60, deadline=None)
@given(histories, packs, moments, st.integers(1, 200))
def test_a_story_can_be_shown_at_any_width_and_sent_as_json(events, pack, at, width):
    for story in stories_of(events, pack, at, settle=1_000):
        assert Story.model_validate_json(story.model_dump_json()) == story
        for line in story_text(story, width).splitlines():
            assert len(line) <= max(40, min(width, 110)) or "http" in line


def held(events: list[Event], pack) -> list[History]:
    """The histories of one subject: several, where it was forgotten in between."""
    kept = Recollection()
    for event in events:
        if event.fact.type not in UNREAD:
            kept.add(event.fact)
    return lives(kind_of(events[0].subject), kept, pack) if len(kept) else []


def changed(facts: list[Fact], change: Change) -> list[Fact]:
    """A history with a change made to it, by nothing but what the story says of the change."""
    named = {(each.source, each.id) for each in change.events}
    mine = [fact for fact in facts if (fact.source, fact.id) in named]
    rest = [fact for fact in facts if (fact.source, fact.id) not in named]
    assert len(mine) == len(named)
    if change.what == "without":
        return rest
    if change.what == "changed":
        return rest + [msgspec.structs.replace(fact, data=fact.data | change.data) for fact in mine]
    if change.what == "nothing-more":
        return facts
    to = parse_time(change.to)
    if change.what == "moved":
        return rest + [
            msgspec.structs.replace(fact, time=to, recorded=max(fact.recorded, to)) for fact in mine
        ]
    return [*facts, Fact("imagined", "imagined", change.type, to, to, change.data)]
