"""Both engines on the same case: the only place that knows the real one, by what it shows to everyone."""

import json
from dataclasses import replace
from functools import cache
from itertools import groupby
from pathlib import Path

from clocks.feeds import Feed
from pledgewatch.conform import playing
from pledgewatch.conform.comparing import compare_said, compare_verdicts
from pledgewatch.conform.document import DATA_TIMES as TIMES
from pledgewatch.conform.running import Result, Run
from pledgewatch.conform.scenario import Case, Entry, Happening, Outcome
from pledgewatch.conform.timeline import story
from schemas.decoding import decode
from schemas.documents import read_yaml
from schemas.times import format_time, parse_duration
from standards.loader import load_pack
from tests.plain_engine.engine import Engine
from tests.plain_engine.packs import read_packs


def plainly(case, packs, feeds=()):
    """What the plain engine makes of a case, in the form in which the real one's outcome comes."""
    engine = Engine(_packs(packs), feeds)
    for recorded, together in groupby(case.events, key=lambda event: event.fact.recorded):
        engine.pass_to(recorded - 1)
        engine.fold([(event.subject, _plain(event)) for event in together])
        engine.pass_to(recorded)
    while case.until is None and (ahead := engine.next_moment()) is not None:
        engine.pass_to(ahead)
    if case.until is not None:
        engine.pass_to(case.until)
    return _outcome(engine)


def _plain(event):
    fact = event.fact
    return {
        "topic": event.topic,
        "source": fact.source,
        "id": fact.id,
        "type": fact.type,
        "time": fact.time,
        "recorded": fact.recorded,
        "data": dict(fact.data),
    }


def _outcome(engine):
    corrected = {each["clock"]: each["corrects"] for each in engine.said}
    return Outcome(
        said=_sorted(_entry(each, each["at"], each["when"]) for each in engine.said),
        stages=_sorted(_entry(each, each["at"], each["at"]) for each in engine.stages),
        verdicts=tuple(
            Entry(None, name, values | {"corrects": corrected.get(name)}) for name, values in engine.clocks()
        ),
        ended=engine.now,
    )


def _entry(values, about, when):
    rest = {key: value for key, value in values.items() if key not in ("at", "when", "clock")}
    return Entry(about, values["clock"], rest, when)


def _sorted(entries):
    return tuple(sorted(entries, key=lambda entry: (entry.when, entry.clock)))


@cache
def _packs(names):
    return read_packs(names)


def feeds_of(path):
    """The feeds a scenario file names, as plain dicts; lengths in ms."""
    feeds = read_yaml(path).value.get("feeds") or []
    return [
        {
            "source": feed["source"],
            "topic": feed["topic"],
            "silence": parse_duration(feed["silence"][1:]),
            "boroughs": feed.get("boroughs"),
            "skew": parse_duration(feed["skew"][1:]) if "skew" in feed else None,
        }
        for feed in feeds
    ]


def case_of(history):
    """A generated history as a case of the runner, through the same border as every other event."""
    happenings = [_happening(history.subject, event) for event in history.events]
    until = history.until
    return Case(
        path=Path(f"history-{history.seed}.yaml"),
        line=1,
        rule=history.pack,
        name=f"history {history.seed}",
        pack=_pack(history.pack),
        start=min((event.at for event in history.events), default=0),
        until=until,
        happenings=tuple(each for each in happenings if until is None or each.seen <= until),
        said=None,
        stages=None,
        verdicts=None,
        feeds=tuple(Feed(**feed | {"boroughs": feed["boroughs"] or ()}) for feed in plain_feeds(history)),
    )


@cache
def _pack(name):
    return load_pack(name)


def _happening(subject, event):
    data = {
        key: format_time(each) if key in TIMES and isinstance(each, int) else each
        for key, each in event.data.items()
    }
    value = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.source if event.topic else subject,
        "time": format_time(event.at),
        "recordedtime": format_time(event.seen),
        "data": data,
    }
    words = ", ".join(f"{key} {each}" for key, each in data.items())
    return Happening(
        decode(json.dumps(value).encode(), event.topic), f"{event.type}  {event.source}/{event.id}  {words}"
    )


def _written(key, value):
    return format_time(value) if key in TIMES and isinstance(value, int) else value


def plain_feeds(history):
    """The feeds of a history as plain dicts."""
    return [
        dict(zip(("source", "topic", "silence", "boroughs", "skew"), feed, strict=True))
        for feed in history.feeds
    ]


def disagreement(history):
    """How the two engines differ on a history, as a run of the real one against the plain one; None: they agree."""
    case = case_of(history)
    real, plain = playing.as_written(case), plainly(case, history.pack, plain_feeds(history))
    run = Run(
        "the real engine; wanted is what the plain one says",
        compare_said(plain.said, real.said),
        compare_said(_in_order(plain.stages), _in_order(real.stages)),
        compare_verdicts(plain.verdicts, real.verdicts),
    )
    return None if run.holds else Result(case, (run,))


def _in_order(stages):
    """Of two stages said at one moment of one clock, no rule says which comes first."""
    return tuple(sorted(stages, key=lambda each: (each.at, each.clock, each.values["stage"])))


def shrunk(history):
    """The same disagreement with as few events as will do, each recorded at once where that will do."""
    for smaller in _smaller(history):
        if disagreement(smaller) is not None:
            return shrunk(smaller)
    return history


def _smaller(history):
    yield from (history.without(index) for index in range(len(history.events)))
    if history.until is not None:
        yield replace(history, until=None)
    for index, event in enumerate(history.events):
        if event.seen != event.at:
            events = [*history.without(index).events, replace(event, seen=event.at)]
            yield replace(history, events=tuple(sorted(events, key=lambda each: each.seen)))


def report(history):
    """A disagreement for people: one timeline of both."""
    return story(disagreement(shrunk(history)))
