"""Breaches as marks on a graph: the announcements folded into the annotations that Grafana should have.

A pure fold: the same announcements give the same annotations, whoever folds them and how often.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape

from schemas.announcements import Announcement
from schemas.times import MINUTE, as_datetime, parse_time

SPAN = 5 * MINUTE
"""Breaches that fell due in the same five minutes are looked at together."""
MOST = 10
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


Changes = dict[str, Annotation | None]
"""Annotations by the tag that names each; None: there should be none."""


@dataclass(slots=True)
class _Breach:
    clock: str
    standard: str
    said: int
    """When it was first called a breach, in ms."""
    revision: int = 0
    stands: bool = True
    fresh: bool = False
    """Whether anything was said of it since the marking began."""
    shown: Annotation | None = None


@dataclass(slots=True)
class _Span:
    breaches: dict[str, _Breach] = field(default_factory=dict)
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
        self._spans: dict[int, _Span] = {}
        self._span_of: dict[str, int] = {}
        self._touched: set[int] = set()

    def take(self, news: Announcement) -> None:
        """Fold one announcement in; of one clock they come in the order of their revisions, again or not."""
        breach = self._known(news)
        if breach is None or news.data.revision <= breach.revision:
            return
        breach.revision = news.data.revision
        breach.fresh = breach.fresh or parse_time(news.recordedtime) >= self._since
        stands = news.data.verdict == "breached"
        # Told again that no unit is there, a breach is the breach it was.
        if breach.shown is None or not (stands and news.type in _STAGES):
            breach.stands, breach.shown = stands, self._annotation(news, stands)
        self._touched.add(self._span_of[news.subject])

    def changes(self) -> Changes:
        """What differs from what was last asked for."""
        found: Changes = {}
        for number in sorted(self._touched):
            span = self._spans[number]
            wanted = dict(self._wanted(number, span))
            gone: Changes = {name: None for name, shown in span.shown.items() if shown and name not in wanted}
            found |= {name: each for name, each in wanted.items() if span.shown.get(name, ...) != each} | gone
            span.shown = wanted
        self._touched.clear()
        return found

    def forget(self, before: int) -> None:
        """No more is heard of what fell due before `before` (ms)."""
        for number in [number for number in self._spans if number + SPAN <= before]:
            for clock in self._spans.pop(number).breaches:
                del self._span_of[clock]
            self._touched.discard(number)

    def _known(self, news: Announcement) -> _Breach | None:
        number = self._span_of.get(news.subject)
        if number is not None:
            return self._spans[number].breaches[news.subject]
        if news.data.cohort != "live" or news.type not in _TURNS:
            return None
        number = self._span_of[news.subject] = _due(news) // SPAN * SPAN
        breach = _Breach(news.subject, news.data.standard, parse_time(news.recordedtime))
        self._spans.setdefault(number, _Span()).breaches[news.subject] = breach
        return breach

    def _annotation(self, news: Announcement, stands: bool) -> Annotation:
        data, due = news.data, _due(news)
        stop = due if data.stop is None or not stands else max(due, parse_time(data.stop))
        borough = str(data.attributes.get("borough") or "")
        tags = [OURS, BREACH if stands else TAKEN_BACK, tag("standard", data.standard)]
        tags += [tag("borough", borough)] if borough else []
        tags.append(tag("clock", news.subject))
        return Annotation(self._on_the_wall(due), self._on_the_wall(stop), self._say(news), tuple(tags))

    def _wanted(self, number: int, span: _Span) -> Iterator[tuple[str, Annotation | None]]:
        ordered = sorted(span.breaches.values(), key=lambda each: (each.said, each.clock))
        for breach in ordered[:MOST]:
            if breach.fresh:
                yield tag("clock", breach.clock), breach.shown
        rest = ordered[MOST:]
        if any(breach.fresh for breach in rest):
            name = tag("more", f"{as_datetime(number):%Y%m%dT%H%MZ}")
            yield name, self._together(name, number, [each for each in rest if each.stands])

    def _together(self, name: str, number: int, rest: list[_Breach]) -> Annotation | None:
        if not rest:
            return None
        counts = Counter(breach.standard for breach in rest).most_common()
        each = ", ".join(f"{count} {escape(standard)}" for standard, count in counts)
        text = f"{len(rest)} more in the same {SPAN // MINUTE} minutes: {each}"
        first, last = self._on_the_wall(number), self._on_the_wall(number + SPAN)
        return Annotation(first, last, text, (OURS, BREACH, name))


def tag(name: str, value: str) -> str:
    """`name:value` as Grafana keeps it: it drops what follows a second colon, and its database a long end."""
    safe = value.replace("%", "%25").replace(":", "%3A").strip()
    if len(safe) > LONGEST:
        safe = f"{safe[: LONGEST - 17]}~{sha256(safe.encode()).hexdigest()[:16]}"
    return f"{name}:{safe}"


def _due(news: Announcement) -> int:
    return parse_time(news.data.due or news.time)
