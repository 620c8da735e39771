"""docs/london-day.md: how close the simulated London comes to what was published, and every number it is made of."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel

from feeds.simulation.parameters import Profile, Published
from feeds.simulation.profile import load_profile
from feeds.simulation.sources import SOURCES
from figures.durations import Durations
from pledgewatch.docs.london_measured import SEED, Kept, kept
from pledgewatch.docs.tables import doc_of
from schemas.times import MINUTE, SECOND

_OPENING = """# A London day, made up

Made by `make docs` from the profile in `feeds/simulation/profiles/london.yaml` and from what a simulated week, judged
as `pledgewatch judge` judges, came to (`python -m pledgewatch.docs.london_measured`); change it there.

`pledgewatch simulate` makes up a city's events: calls, incidents and the units that go to them, messages to Safer
Neighbourhoods Teams, the slow promises, and how imperfectly all that is recorded. It is for trying things out where
no real feed is at hand: demonstrations, load, what-ifs. The same seed gives the same events, to the byte.

```console
$ pledgewatch simulate -o day.jsonl                        # Monday, 1 March 2010
$ pledgewatch simulate --days 7 --seed 2 | pledgewatch figures -
$ pledgewatch simulate --profile london-disorder --heartbeats 15s -o disorder.jsonl
```
"""
_CLOSE = """## How close it comes

{events:,} events from Monday, 1 March 2010, 00:00 on, seed {seed}, judged by `met-pledge-2009`. *Off by* is how far
the week lies outside what was published, *allowed* how far it may: a test holds it to that. Calls are those answered,
attendances those somebody arrived at, of live clocks met or breached; grades as finally given.

| published figure | published | week | off by | allowed | Monday alone |
|---|--:|--:|--:|--:|--:|"""
_DURATIONS = """How long it took, in the same week. No such spread was published. Percentiles are real clocks' (N4).

| | count | mean | median | 90 % | 95 % | longest |
|---|--:|--:|--:|--:|--:|--:|"""
_HOURS = """## Hour by hour

![Columns for each hour of the day, above 999 calls and below immediate incidents, with the part that was late
darker](img/london-day.svg)

The week's 999 calls and immediate incidents by the hour they began; dark is what was late. No hour's lateness was
drawn: it comes of how many call in it, how many are at work, who is just handing over, and the roads.

## Why anybody waits

- **Calls** come by chance, at the pace of the hour and the weekday. So many call-takers are at work on each line. The
  next free one answers; whoever has no patience left gives up. After a change of shift fewer are there.
- **Units** belong to a borough and are as many as the shift has. An incident is assessed, then gets a free unit, or
  waits for one behind more urgent and older ones. Some units are kept for the immediate. If none is free, an
  immediate incident may take one on its way elsewhere (`unit.diverted`), and that other incident waits again.
- **Disturbances** bring a burst of 999 calls about one incident, some of them opened as new ones and merged later,
  and keep most of a borough's units away for hours: elsewhere in that borough everybody waits.
- **Recording** is late by seconds, minutes or hours; some arrivals are keyed in bulk after the shift. Some records
  come twice, in the wrong order, under a new id, in error, by a clock that is off, or never.
- **Feeds** fall silent (`{feeds}`).
  What happens meanwhile is recorded when they are back. With `--heartbeats` each says how far it can be relied on
  (`through`); in a silence it says nothing, and while it catches up it says where the silence began (S6).
- Before the first event is told, the city lives for {warm_up:g} h unseen, so that nobody starts the day idle. What
  happens later than {followed:g} h after the last subject began is left out.

## Another city

A profile of your own names what differs; all else is the other's. Unknown names, wrong units and wrong counts are
refused with the file and the line.

```yaml
id: fewer-by-night
based_on: london          # or london-disorder, or a file beside this one
units:
  by_shift: [270, 326, 150]
storms: {{a_week: 20}}
```

```console
$ pledgewatch simulate --profile fewer-by-night.yaml --days 2 | pledgewatch figures - --by hour
```

`--rate` makes the whole city larger or smaller: its calls, call-takers and units alike. As with real desks, a small
one makes people wait longer at the same load. `--days` and `--hours` say how long it runs; what is held in memory
depends on what is still open, not on how long it has run.

## What it does not claim

- That London was like this. Six figures were fitted: two of the Met's of 2010, two of the Met's of later years, two
  of other forces'. All are at second hand, and need not have held in one week. Everything else is our assumption,
  plausible and no more.
- Anything of a real borough or ward: how busy each is, is made up, and the wards' names are too.
- Distances. There is no map: travel takes longer in some boroughs, in country wards and at rush hour, that is all. No
  borough lends a unit to another.
- Rare hours. Bank holidays, weather, football and major incidents of days are not in it.
- Rates by which to plan. Staff numbers are what the queues need to come to the published figures here, not what
  anybody had.
"""
_NUMBERS = """## Every number

Nothing has a value in the code. Shares are of 1, durations are seconds unless the name says otherwise, hours and
weekdays are London's; lists are by hour from 00:00, by weekday from Monday, or by shift.
"""
_WORDS = {
    "answered-999-in-10s": "999 answered within 10 s",
    "answered-101-in-30s": "101 answered within 30 s",
    "abandoned-101": "101 given up",
    "immediate-mean-minutes": "immediate (I): mean to the first arrival",
    "immediate-in-15": "immediate (I) within 15 min",
    "soon-in-60": "soon (S) within 60 min",
}
_TIMED = {
    "999": "999: to the answer",
    "101": "101: to the answer",
    "I": "immediate (I): to the first arrival",
    "S": "soon (S): to the first arrival",
}


class Compared(NamedTuple):
    """A published figure and the week's; `off` is 0 within a published range."""

    published: Published
    week: float
    monday: float

    @property
    def off(self) -> float:
        """How far the week lies outside, with its sign."""
        return max(self.week - self.published.high, 0.0) or min(self.week - self.published.low, 0.0)


def compared(profile: Profile, measured: Kept) -> list[Compared]:
    """Every published figure beside what was simulated."""
    week, monday = measured.week.figures, measured.monday.figures
    return [Compared(each, week[each.figure], monday[each.figure]) for each in profile.published]


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join(_parts(load_profile(), kept()))


def _parts(profile: Profile, measured: Kept) -> Iterator[str]:
    yield _OPENING
    yield _CLOSE.format(events=measured.week.events, seed=SEED)
    for each in compared(profile, measured):
        yield _figure(each)
    yield from ("", *_sources(profile), "")
    yield _DURATIONS
    for name, words in _TIMED.items():
        yield _durations(words, measured.week.durations[name])
    feeds = "`, `".join(SOURCES.values())
    yield "\n" + _HOURS.format(feeds=feeds, warm_up=profile.warm_up_hours, followed=profile.followed_hours)
    yield _NUMBERS
    yield from _numbers(profile)


def _figure(each: Compared) -> str:
    name, published = each.published.figure, each.published
    cells = [
        _range(name, published.low, published.high),
        _amount(name, each.week),
        _off(name, each.off),
        _off(name, published.within).removeprefix("+"),
        _amount(name, each.monday),
    ]
    return f"| {_WORDS[name]} | " + " | ".join(cells) + " |"


def _sources(profile: Profile) -> Iterator[str]:
    for each in profile.published:
        where = f"<{each.source.url}>" if "://" in each.source.url else f"`{each.source.url}`"
        yield f"- {_WORDS[each.figure]}: {each.source.note}. {where}"


def _amount(name: str, value: float) -> str:
    if not name.endswith("-minutes"):
        return f"{100 * value:.1f} %"
    minutes, seconds = divmod(round(60 * value), 60)
    return f"{minutes} min {seconds} s"


def _range(name: str, low: float, high: float) -> str:
    if low == high:
        return _amount(name, low)
    return f"{100 * low:.0f} to {100 * high:.0f} %"


def _off(name: str, value: float) -> str:
    if not value:
        return "0"
    return f"{60 * value:+.0f} s" if name.endswith("-minutes") else f"{100 * value:+.1f} points"


def _durations(words: str, of: Durations) -> str:
    mean, *rest = (_time(each or 0) for each in (of.mean, of.median, of.p90, of.p95, of.longest))
    return f"| {words} | {of.stopped:,} | {mean} | " + " | ".join(rest) + " |"


def _time(ms: int) -> str:
    """Seconds with a tenth, minutes with seconds, or hours with minutes."""
    if ms < MINUTE:
        return f"{ms / SECOND:.1f} s"
    minutes, seconds = divmod(ms // SECOND, 60)
    return f"{minutes} min {seconds} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _numbers(profile: Profile) -> Iterator[str]:
    for name, field in Profile.model_fields.items():
        value = getattr(profile, name)
        if isinstance(value, BaseModel):
            yield f"### {name}\n\n{doc_of(type(value))}\n"
            yield from _group(value)
        elif name == "attendance":
            yield from _attendance(value)
        elif name.endswith("_hours"):
            yield f"`{name}`: {value:g} h {field.description}.\n"


def _group(of: BaseModel) -> Iterator[str]:
    nested = {name: value for name, value in of if isinstance(value, BaseModel)}
    yield from _table(type(of), {"value": of}, skipped=nested)
    if nested:
        yield from _table(type(next(iter(nested.values()))), nested)


def _attendance(by_grade: dict[str, BaseModel]) -> Iterator[str]:
    model = type(next(iter(by_grade.values())))
    yield f"### attendance\n\n{doc_of(model)}\n"
    yield from _table(model, by_grade)


def _table(model: type[BaseModel], columns: Any, skipped: Any = ()) -> Iterator[str]:
    yield "| | " + " | ".join(columns) + " | |"
    yield "|---" + "|--:" * len(columns) + "|---|"
    for name, field in model.model_fields.items():
        if name not in skipped:
            values = " | ".join(_value(getattr(of, name)) for of in columns.values())
            yield f"| `{name}` | {values} | {field.description} |"
    yield ""


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {share:g}" for name, share in value.items())
    if isinstance(value, list):
        return ", ".join(each if isinstance(each, str) else f"{each:g}" for each in value)
    return f"{value:g}"
