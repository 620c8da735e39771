"""Breaches as marks on a graph: the announcements folded into the annotations that Grafana should have.

A pure fold: the same announcements give the same annotations, whoever folds them and how often.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from typing import NamedTuple

from schemas.announcements import Announcement
from schemas.times import MINUTE, as_datetime, parse_time

SPAN = 15 * MINUTE
"""Breaches of a standard in a borough that fell due in the same quarter of an hour are looked at together."""
MOST = 3
"""So many of them have an annotation each; those said later share one."""
LONGEST = 100
"""Characters of a tag's value: what Grafana's database holds."""
OURS, BREACH, TAKEN_BACK = "pledgewatch", "breach", "taken-back"
_TURNS = ("clock.breached", "clock.stopped")
_STAGES = ("clock.at_risk", "incident.unresourced")


@dataclass(frozen=True)
class Annotation:
    """A stretch of time marked on dashboards; `start` and `end` in ms of the wall's time, `text` is HTML."""

    start: int
    end: int
    text: str
    tags: tuple[str, ...]


class Kind(NamedTuple):
    """Breaches that are looked at together; `since` in ms."""

    since: int
    standard: str
    borough: str


Changes = dict[str, Annotation | None]
"""Annotations by the tag that names each; None: there should be none."""


@dataclass(slots=True)
class _Breach:
    clock: str
    said: int
    """When it was first called a breach, in ms."""
    revision: int = 0
    stands: bool = True
    fresh: bool = False
    """Whether anything was said of it since the marking began."""
    shown: Annotation | None = None


@dataclass(slots=True)
class _Together:
    breaches: dict[str, _Breach] = field(default_factory=dict)
    heard: int = 0
    """When one of them was last spoken of, in ms."""
    shown: Changes = field(default_factory=dict)


class Breaches:
    """The breaches of live clocks, as they were last spoken of."""

    def __init__(
        self,
        say: Callable[[Announcement], str],
        since: int,
        on_the_wall: Callable[[int], int] = lambda moment: moment,
    ) -> None:
        """`say`: an announcement as text (HTML). Of what was last spoken of before `since` (ms) nothing is asked."""
        self._say, self._since, self._on_the_wall = say, since, on_the_wall
        self._kinds: dict[Kind, _Together] = {}
        self._kind_of: dict[str, Kind] = {}
        self._touched: set[Kind] = set()

    def take(self, news: Announcement) -> None:
        """Fold one announcement in; of one clock they come in the order of their revisions, again or not."""
        breach = self._known(news)
        if breach is None or news.data.revision <= breach.revision:
            return
        kind, said = self._kind_of[news.subject], parse_time(news.recordedtime)
        self._touched.add(kind)
        self._kinds[kind].heard = max(said, self._kinds[kind].heard)
        breach.revision = news.data.revision
        breach.fresh = breach.fresh or said >= self._since
        stands = news.data.verdict == "breached"
        # Told again that no unit is there, a breach is the breach it was.
        if breach.shown is None or not (stands and news.type in _STAGES):
            breach.stands, breach.shown = stands, self._annotation(news, stands)

    def changes(self) -> Changes:
        """What differs from what was last asked for."""
        found: Changes = {}
        for kind in sorted(self._touched):
            together = self._kinds[kind]
            wanted, shown = dict(_wanted(kind, together.breaches, self._on_the_wall)), together.shown
            found |= {name: each for name, each in wanted.items() if shown.get(name, ...) != each}
            found |= {name: None for name, each in shown.items() if each and name not in wanted}
            together.shown = wanted
        self._touched.clear()
        return found

    def forget(self, before: int) -> None:
        """Drops what was last spoken of before `before` (ms): a later word finds its annotation by its name alone."""
        for kind in [kind for kind, together in self._kinds.items() if together.heard < before]:
            for clock in self._kinds.pop(kind).breaches:
                del self._kind_of[clock]
            self._touched.discard(kind)

    def _known(self, news: Announcement) -> _Breach | None:
        kind = self._kind_of.get(news.subject)
        if kind is not None:
            return self._kinds[kind].breaches[news.subject]
        was_breached = news.type in _TURNS or news.data.corrects_verdict == "breached"
        if news.data.cohort != "live" or not was_breached:
            return None
        kind = self._kind_of[news.subject] = Kind(
            _due(news) // SPAN * SPAN, news.data.standard, _borough(news)
        )
        breach = _Breach(news.subject, parse_time(news.recordedtime))
        self._kinds.setdefault(kind, _Together()).breaches[news.subject] = breach
        return breach

    def _annotation(self, news: Announcement, stands: bool) -> Annotation:
        data, due = news.data, _due(news)
        stop = due if data.stop is None or not stands else max(due, parse_time(data.stop))
        tags = _tags(stands, data.standard, _borough(news), tag("clock", news.subject))
        return Annotation(self._on_the_wall(due), self._on_the_wall(stop), self._say(news), tags)


def _wanted(
    kind: Kind, breaches: dict[str, _Breach], on_the_wall: Callable[[int], int]
) -> Iterator[tuple[str, Annotation | None]]:
    ordered = sorted(breaches.values(), key=lambda each: (each.said, each.clock))
    for breach in ordered[:MOST]:
        if breach.fresh:
            yield tag("clock", breach.clock), breach.shown
    rest = ordered[MOST:]
    if any(breach.fresh for breach in rest):
        number = sum(breach.stands for breach in rest)
        first, last = on_the_wall(kind.since), on_the_wall(kind.since + SPAN)
        name = tag("more", f"{as_datetime(kind.since):%Y%m%dT%H%MZ}/{kind.standard}/{kind.borough}")
        where = f" in {kind.borough}" if kind.borough else ""
        text = escape(f"{number} more of {kind.standard}{where} within {SPAN // MINUTE} minutes")
        tags = _tags(True, kind.standard, kind.borough, name)
        yield name, Annotation(first, last, text, tags) if number else None


def _tags(stands: bool, standard: str, borough: str, name: str) -> tuple[str, ...]:
    where = (tag("borough", borough),) if borough else ()
    return (OURS, BREACH if stands else TAKEN_BACK, tag("standard", standard), *where, name)


def tag(name: str, value: str) -> str:
    """`name:value` as Grafana keeps it: it drops what follows a second colon, and its database a long end."""
    safe = value.replace("%", "%25").replace(":", "%3A").strip()
    if len(safe) > LONGEST:
        safe = f"{safe[: LONGEST - 17]}~{sha256(safe.encode()).hexdigest()[:16]}"
    return f"{name}:{safe}"


def _due(news: Announcement) -> int:
    return parse_time(news.data.due or news.time)


def _borough(news: Announcement) -> str:
    return str(news.data.attributes.get("borough") or "")
