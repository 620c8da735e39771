"""How a history became what it is: judged again after each event, its start first (S2, T7)."""

from collections.abc import Iterator
from typing import NamedTuple

from clocks.finding import NOTHING, Finding, Judgement
from clocks.history import STARTS, History
from clocks.judging import judge
from clocks.standard import Pack
from schemas.facts import Fact


class Step(NamedTuple):
    """One event that counts: the start it was judged by, the judgement without and with it, and those before it."""

    fact: Fact
    start: Fact | None
    before: Judgement
    after: Judgement
    earlier: tuple[Fact, ...]

    @property
    def early(self) -> int:
        """By how much it came before the start, in ms; 0 where it did not."""
        return 0 if self.start is None else max(0, self.start.time - self.fact.time)

    @property
    def at(self) -> int:
        """When it counts, in ms."""
        return self.fact.time + self.early


def walk(kind: str, standing: list[Fact], pack: Pack) -> Iterator[Step]:
    """The events that count in order, the start first: what comes before it is judged when it has come."""
    start = next((fact for fact in standing if fact.type in STARTS), None)
    before = NOTHING
    walked: list[Fact] = []
    for fact in [*([start] if start else []), *(fact for fact in standing if fact is not start)]:
        earlier = tuple(walked)
        walked.append(fact)
        after = judge(kind, History(walked), pack)
        yield Step(fact, start, before, after, earlier)
        before = after


def found(judgement: Judgement, key: str) -> Finding | None:
    """What a judgement says of one clock."""
    return next((finding for finding in judgement.findings if finding.key == key), None)
