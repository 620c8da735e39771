"""Times and marks as the board shows them: a word and a shape for everything that has a colour."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from schemas.times import DAY, HOUR, MINUTE, SECOND, as_datetime, format_time


class Mark(NamedTuple):
    """How a stage is shown: the word carries it, the shape and the colour only help."""

    word: str
    shape: str
    tone: str


MARKS = {
    "running": Mark("Running", "●", "running"),
    "at-risk": Mark("At risk", "▲", "risk"),
    "un-resourced": Mark("No unit", "◆", "unit"),
    "breached": Mark("Breached", "■", "breach"),
    "stopped-late": Mark("Ended late", "◧", "quiet"),
    "met": Mark("Met", "✓", "good"),
    "taken-back": Mark("Taken back", "↺", "good"),
    "excluded": Mark("Does not count", "–", "quiet"),
    "unverifiable": Mark("Unknown", "?", "unknown"),
    "silent": Mark("Silent", "✕", "unknown"),
    "back": Mark("Heard again", "✓", "good"),
    "heard": Mark("Heard", "✓", "good"),
    "outage": Mark("Declared outage", "–", "quiet"),
    "going-on": Mark("Going on", "■", "breach"),
    "over": Mark("Over", "✓", "good"),
    "alive": Mark("Watch alive", "✓", "good"),
    "late": Mark("Watch is late", "▲", "risk"),
    "dead": Mark("Watch is dead", "■", "breach"),
    "unknown": Mark("Watch unknown", "?", "unknown"),
}
"""By stage of a clock or an alert, by state of a feed, and by what is known of the watch."""

STATES = {
    "raised": "Nobody has it",
    "acknowledged": "Acknowledged",
    "escalated": "Escalated",
    "resolved": "Resolved",
    "taken-back": "Taken back",
}
"""The states of an alert."""


def how_long(ms: int) -> str:
    """A duration that people watch: `0:42`, `12:05`, `1 h 02 m`, `3 d 4 h`; the script has the same."""
    ms = abs(ms)
    if ms < HOUR:
        return f"{ms // MINUTE}:{ms % MINUTE // SECOND:02}"
    if ms < 2 * DAY:
        return f"{ms // HOUR} h {ms % HOUR // MINUTE:02} m"
    return f"{ms // DAY} d {ms % DAY // HOUR} h"


@dataclass(frozen=True)
class Times:
    """Instants (ms UTC) as HTML, in local time.

    `now` is None in what is sent to a page that ticks by itself: what it is sent must not change with every second.
    """

    zone: ZoneInfo
    today: date
    now: int | None = None

    def left(self, due: int | None) -> Markup:
        """How long until `due`, or how long it has been over."""
        return self._ticking(due, "left")

    def since(self, moment: int | None) -> Markup:
        """How long ago."""
        return self._ticking(moment, "since")

    def at(self, moment: int | None) -> Markup:
        """The time of day, with the day where it is another than today."""
        if moment is None:
            return Markup("—")
        return Markup('<time datetime="{}">{}</time>').format(format_time(moment), self.clock(moment))

    def clock(self, moment: int) -> str:
        """`14:03:22`, or `Sat 24 Oct 14:03:22`."""
        local = as_datetime(moment).astimezone(self.zone)
        if local.date() == self.today:
            return f"{local:%H:%M:%S}"
        year = "" if local.year == self.today.year else " %Y"
        return format(local, f"%a {local.day} %b{year} %H:%M:%S")

    def _ticking(self, moment: int | None, how: str) -> Markup:
        if moment is None:
            return Markup("—")
        words = self.clock(moment) if self.now is None else _told(moment - self.now, how)
        html = '<time class="tick" datetime="{}" data-{}="{}">{}</time>'
        return Markup(html).format(format_time(moment), how, moment, words)  # noqa: S704


def _told(left: int, how: str) -> str:
    return f"{how_long(left)} over" if how == "left" and left < 0 else how_long(left)


def today(now: int, zone: ZoneInfo) -> date:
    """The local date of an instant in ms."""
    return as_datetime(now).astimezone(zone).date()
