"""The demo's screen: announcements as they come, beside how things stand."""

from collections import Counter, deque
from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from alerting.telling import NAMES, Line, tell
from clocks.standard import Pack
from pledgewatch.demo.reckoning import Kept, Nearest, rate_in_words
from schemas.announcements import FeedAnnouncement, News
from schemas.times import SECOND, as_datetime, format_duration

LINES_KEPT = 200
NEAREST = 6
SUMMARY_WIDTH = 74
_BESIDE_FROM = 150
"""The width from which alerts and summary stand beside each other."""


class State(NamedTuple):
    """How things stand; `now` in ms of the demo's clock."""

    now: int
    speed: float
    events: int
    kept: list[Kept]
    nearest: list[Nearest]
    addresses: str


class Tally:
    """What was announced, counted."""

    def __init__(self) -> None:
        self.types: Counter[str] = Counter()
        self.taken_back = 0
        self.delays: list[int] = []

    def add(self, announcement: News) -> None:
        """Counts one."""
        self.types[announcement.type] += 1
        if isinstance(announcement, FeedAnnouncement):
            return
        self.taken_back += announcement.data.corrects is not None
        delay = announcement.data.delay_ms
        if delay is not None and delay >= 0 and not announcement.data.catching_up:
            self.delays.append(delay)

    @property
    def breaches(self) -> int:
        """How many breaches were announced."""
        return self.types["clock.breached"]


class Screen:
    """Shows the demo; headless it writes a line an announcement and nothing else until the end."""

    def __init__(self, pack: Pack, console: Console, headless: bool) -> None:
        self.tally = Tally()
        self._pack = pack
        self._console = console
        self._lines: deque[Text] = deque(maxlen=LINES_KEPT)
        self._live = None if headless else Live(console=console, auto_refresh=False, screen=False)

    def __enter__(self) -> "Screen":
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._live is not None:
            self._live.stop()

    def say(self, words: str) -> None:
        """A word of ours, among the announcements."""
        self._show(Text(words, style="dim"))

    def announce(self, announcements: Iterable[News]) -> None:
        """Takes in what was announced."""
        for announcement in announcements:
            self.tally.add(announcement)
            self._show(_coloured(tell(announcement, self._pack.zone), short=self._live is not None))

    def _show(self, line: Text) -> None:
        self._lines.append(line)
        if self._live is None:
            self._console.print(line, soft_wrap=True)

    def told(self, line: str) -> None:
        """Somebody on duty was told; headless that stays with the desk."""
        if self._live is not None:
            self._lines.append(Text(line, style="cyan"))

    def update(self, state: State) -> None:
        """Draws how things stand."""
        if self._live is not None:
            self._live.update(self._drawn(state), refresh=True)

    def _drawn(self, state: State) -> RenderableType:
        width, height = self._console.size
        summary = Group(self._heading(state), standards_table(state.kept, self._pack), self._nearest(state))
        if width < _BESIDE_FROM:
            room = max(3, height - 2 * len(state.kept) - NEAREST - 11)
            return Group(summary, self._announced(room))
        grid = Table.grid(expand=True, padding=(0, 1))
        grid.add_column(ratio=1)
        grid.add_column(width=SUMMARY_WIDTH)
        grid.add_row(self._announced(max(3, height - 4)), summary)
        return grid

    def _heading(self, state: State) -> Text:
        when = f"{as_datetime(state.now).astimezone(self._pack.zone):%a %d %b %Y %H:%M:%S}"
        told = f"{self.tally.breaches:,} breaches, {self.tally.taken_back:,} taken back"
        return Text.assemble(
            (when, "bold"),
            f"  {state.speed:g} x  {state.events:,} events\n{told}\n",
            (state.addresses, "dim"),
        )

    def _announced(self, room: int) -> Panel:
        lines = list(self._lines)[-room:]
        for line in lines:
            line.no_wrap, line.overflow = True, "ellipsis"
        return Panel(Group(*lines), title="announced", border_style="dim")

    def _nearest(self, state: State) -> Table:
        table = Table(title="due next", title_justify="left", show_header=False, box=None, padding=(0, 1))
        for each in state.nearest:
            table.add_row(*_due_next(each, state.now, self._pack.zone))
        for _ in range(NEAREST - len(state.nearest)):
            table.add_row("")
        return table


def standards_table(found: list[Kept], pack: Pack) -> Table:
    """Each standard's counts, its rate and its target."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("")
    for name in ("in time", "late", "rate", "target", "excluded", "open"):
        table.add_column(name, justify="right")
    for each in found:
        table.add_row(*_standard(each, pack))
    return table


def _standard(each: Kept, pack: Pack) -> list[str | Text]:
    target = pack.standards[each.standard].target_percent
    short = target is not None and each.counted and 100 * each.met < target * each.counted
    rate = Text(rate_in_words(each), style="red" if short else "green" if each.counted else "dim")
    counts = [f"{number:,}" for number in (each.met, each.breached)]
    return [
        each.standard,
        *counts,
        rate,
        f"{target} %" if target else "",
        f"{each.excluded:,}",
        f"{each.open:,}",
    ]


def _due_next(each: Nearest, now: int, zone: ZoneInfo) -> tuple[Text, str, str]:
    subject, _, standard = each.clock.partition("/")
    left = max(0, each.due - now) // SECOND * SECOND
    style = "yellow" if each.open.stage == "at-risk" else ""
    lack = " no unit" if each.open.unresourced else ""
    return (
        Text(format_duration(left), style=style),
        f"{NAMES.get(standard, standard)}{lack}",
        f"{subject} {each.open.borough}",
    )


def _coloured(line: Line, short: bool) -> Text:
    """A line of the screen; `short` leaves out the day, which stands in the heading."""
    when = line.when[-8:] if short else line.when
    return Text.assemble(f"{when}  ", (f"{line.mark:<10}", line.style), f"  {line.what}")
