"""A clock's story as text: plain words in a column as wide as the terminal, in local times."""

from collections.abc import Iterator
from textwrap import wrap
from zoneinfo import ZoneInfo

from explaining.wording import LocalTimes
from schemas.stories import Announced, Entry, Promise, Story
from schemas.times import SECOND, duration_in_words, format_time, parse_time

NARROWEST, WIDEST = 40, 110
"""A column too narrow breaks words, one too wide is hard to read."""
_TIME = 16
_LATE = SECOND
"""How late (ms) a recording must be before it is worth a word; the JSON has it exactly."""


def story_text(story: Story, width: int) -> str:
    """The whole story, in lines of at most `width` characters (within reason)."""
    return "\n".join(_lines(story, max(NARROWEST, min(WIDEST, width)))) + "\n"


def _lines(story: Story, width: int) -> Iterator[str]:
    yield from wrap(f"{story.clock}: {story.headline}", width)
    apart = "" if story.cohort == "live" else f"{story.cohort}: judged the same, counted apart"
    yield from wrap("; ".join(filter(None, [story.about, apart])), width)
    yield from wrap(_asked(story), width)
    if story.parts > 1:
        yield from wrap(
            f"Part {story.part} of {story.parts}: the subject was forgotten in between [S8]", width
        )
    if story.promise is not None:
        yield from _promise(story.promise, width)
    yield from ("", "WHAT HAPPENED")
    zone = ZoneInfo(story.zone)
    yield from _dated([(each.at, _told(each, zone)) for each in story.timeline], zone, width)
    if story.standard is not None:
        yield from ("", "WHAT WAS ANNOUNCED")
        said = [(_to_the_second(each.said_at), [_said(each)]) for each in story.announced]
        yield from _dated(said, zone, width, _first_day(story, zone)) if said else ["  nothing"]
        yield from ("", f"WHAT WOULD {'CHANGE' if story.verdict == 'running' else 'HAVE CHANGED'} IT")
        yield from _otherwise(story, width)


def _promise(promise: Promise, width: int) -> Iterator[str]:
    yield from ("", "THE PROMISE")
    yield from _indented(promise.sentence, width)
    yield from _indented(promise.limit, width)
    yield from _indented(f"{promise.pack_title} ({promise.pack}, version {promise.pack_version})", width)
    yield from _indented(f"Source: {promise.source}", width)


def _asked(story: Story) -> str:
    if story.asked_at is None:
        return ""
    moment = parse_time(story.asked_at)
    local = LocalTimes(ZoneInfo(story.zone), moment)
    return f"As things were known at {local.clock(moment)} on {local.day(moment)}"


def _dated(rows: list[tuple[str, list[str]]], zone: ZoneInfo, width: int, shown: str = "") -> Iterator[str]:
    """Rows of a moment and its lines, under the day and the zone, said where they change."""
    for at, lines in rows:
        local = LocalTimes(zone, parse_time(at))
        day = local.day(parse_time(at))
        if day != shown:
            shown = day
            yield f"  {day}"
        time = local.clock(parse_time(at))
        for words in lines:
            first = f"  {time:<{_TIME - 2}}"
            yield from wrap(
                words, width, initial_indent=first, subsequent_indent=" " * _TIME, break_on_hyphens=False
            )
            time = ""


def _told(entry: Entry, zone: ZoneInfo) -> list[str]:
    lines = [entry.words + (f" (handed over {entry.times} times)" if entry.times > 1 else "")]
    if entry.recorded is not None and entry.recorded_late_ms >= _LATE:
        local = LocalTimes(zone, parse_time(entry.at))
        lines.append(
            f"Recorded {duration_in_words(entry.recorded_late_ms)} late, at {local(parse_time(entry.recorded))}."
        )
    return [*lines, f"→ {entry.did}{_rules(entry.rules)}"]


def _rules(rules: tuple[str, ...]) -> str:
    return f" [{', '.join(rules)}]" if rules else ""


def _first_day(story: Story, zone: ZoneInfo) -> str:
    """The day under which the timeline began; it need not be named again."""
    first = parse_time(story.timeline[0].at)
    return LocalTimes(zone, first).day(first)


def _to_the_second(at: str) -> str:
    return format_time(parse_time(at) // SECOND * SECOND)


def _said(each: Announced) -> str:
    """What stays in the ledger, because it alarms nobody and nobody had been alarmed, is no alert."""
    return f"{each.words}{'' if each.news else ' (no alert)'}{_rules(each.rules)}"


def _otherwise(story: Story, width: int) -> Iterator[str]:
    if not story.otherwise:
        yield from _indented("no single event, left out or moved across its limit", width)
    for each in story.otherwise:
        yield from wrap(each.words, width, initial_indent="  - ", subsequent_indent="    ")


def _indented(words: str, width: int) -> list[str]:
    return wrap(words, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
