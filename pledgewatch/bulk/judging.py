"""Lines in, lines of verdicts out: at once where they are few, bucket by bucket on every core where they are many."""

import gc
import os
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from heapq import merge
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from clocks.silence import Feeds
from clocks.standard import Pack
from pledgewatch.bulk.buckets import Bucket, Numbered, part
from pledgewatch.judging import gathered, judged
from pledgewatch.lines import verdict_line
from pledgewatch.reading import Intake, SilentIntake
from schemas.facts import Event

IN_MEMORY = 32 * 1024 * 1024
"""So many bytes of lines are judged here and now, without files and processes."""
LAST = "last"


class Ask(NamedTuple):
    """By which pack, as things stood when (ms, or `last` for the last recording of all), and beside which feeds."""

    pack: Pack
    at: int | str
    feeds: Feeds = Feeds()


class Judged(NamedTuple):
    """What a process made of a bucket: its lines of verdicts, numbered as `judge_lines` does, and its intake."""

    path: Path
    intake: SilentIntake


def judge_lines(lines: Iterable[bytes], ask: Ask, intake: Intake) -> Iterator[bytes]:
    """A line for each clock, in the order in which their subjects were first read; refusals go to `intake`.

    More than IN_MEMORY of lines go through temporary files: memory holds a bucket a core, however many there are.
    """
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if not line.isspace())
    first: list[Numbered] = []
    size = 0
    for each in numbered:
        first.append(each)
        size += len(each[1])
        if size > IN_MEMORY:
            yield from _side_by_side(chain(first, numbered), ask, intake)
            return
    if ask.at == LAST:
        ask = ask._replace(at=last_recording(first, ask.feeds))
    if ask.feeds:
        ask = ask._replace(feeds=_heard(first, ask))
    yield from map(itemgetter(1), _judge(first, ask, intake))


def last_recording(lines: Iterable[Numbered], feeds: Feeds) -> int:
    """When the last of the events that can be read, signs of life of feeds among them, was recorded, in ms."""
    intake = SilentIntake("", with_signs=bool(feeds))
    return max((event.fact.recorded for _, event in _events(lines, intake)), default=0)


def _heard(lines: Iterable[Numbered], ask: Ask) -> Feeds:
    """What these lines tell of the feeds: it is to be known of all before anything is judged."""
    assert isinstance(ask.at, int)  # noqa: S101 - `last` was asked for before
    events = _events(lines, SilentIntake("", with_signs=True))
    ask.feeds.hear_all((event for _, event in events), ask.at)
    return ask.feeds


def _judge(lines: Iterable[Numbered], ask: Ask, intake: Intake) -> Iterator[Numbered]:
    """The verdicts' lines, each with the number of the line that first named its subject."""
    assert isinstance(ask.at, int)  # noqa: S101 - `last` was asked for before
    for name, (first, history) in gathered(_events(lines, intake), ask.at).items():
        for verdict in judged(name, history, ask.pack, ask.at, ask.feeds):
            yield first, verdict_line(verdict)
        intake.late(history.too_late)


def _events(lines: Iterable[Numbered], intake: Intake) -> Iterator[tuple[int, Event]]:
    take = intake.take
    for number, line in lines:
        event = take(number, line)
        if event is not None:
            yield number, event


def _side_by_side(lines: Iterable[Numbered], ask: Ask, intake: Intake) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(prefix="pledgewatch-judge-") as folder:
        buckets = part(lines, Path(folder) / "buckets")
        with ProcessPoolExecutor(min(os.cpu_count() or 1, len(buckets))) as processes:
            if ask.at == LAST:
                ask = ask._replace(at=max(processes.map(partial(last_recording, feeds=ask.feeds), buckets)))
            if ask.feeds:
                # All of them first: what is still being handed to a process must not change under its hands.
                for heard in list(processes.map(partial(_heard, ask=ask), buckets)):
                    ask.feeds.join(heard)
            found = list(processes.map(partial(_judge_bucket, ask=ask, name=intake.name), buckets))
        intake.take_over([each.intake for each in found])
        yield from map(itemgetter(1), _in_order(Bucket(each.path, 0) for each in found))


def _judge_bucket(bucket: Bucket, ask: Ask, name: str) -> Judged:
    """In a process of its own: what it makes lives until its end, so nothing is to be collected."""
    gc.disable()
    intake, output = SilentIntake(name), bucket.path.with_suffix(".judged")
    with output.open("wb") as file:
        for first, line in _judged_parts(bucket, ask, intake):
            file.write(b"%d %b" % (first, line))
    bucket.path.unlink()
    return Judged(output, intake)


def _judged_parts(bucket: Bucket, ask: Ask, intake: Intake) -> Iterator[Numbered]:
    if not bucket.too_large():
        return _judge(bucket, ask, intake)
    parts = part(bucket, bucket.path.with_suffix(".parts"), bucket.level)
    return _in_order(list(_judged_parts(each, ask, intake)) for each in parts)


def _in_order(parts: Iterable[Iterable[Numbered]]) -> Iterator[Numbered]:
    """A number is in one part only, being that of a subject's first line: no line is compared with another."""
    return merge(*parts)
