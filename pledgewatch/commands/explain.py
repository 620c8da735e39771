"""`pledgewatch explain`: a clock's verdict as a story."""

import shutil
from difflib import get_close_matches

import click

from explaining.narrator import Question, explain
from pledgewatch.bulk.judging import LAST
from pledgewatch.cli import OK
from pledgewatch.commands.judge import At
from pledgewatch.naming import read_feeds
from pledgewatch.options import settings_options
from pledgewatch.reading import Intake, read_events
from pledgewatch.settings import Settings
from pledgewatch.story_text import story_text
from schemas.errors import PledgeWatchError
from schemas.events import OF_SOURCES
from schemas.facts import Event
from schemas.stories import Story
from standards.loader import load_pack
from standards.promises import promises

NEAR = 5
"""How many clocks or subjects are named where the one asked for is not there."""
ALIKE = 0.7
"""How alike (0 to 1) a name must be to be near."""
MOST_NAMES = 200_000
"""How many subjects are remembered for naming one near the one asked for."""

_LEGEND = "In brackets: the rules, by their numbers in docs/semantics.md."


class UnknownClockError(PledgeWatchError):
    """There is no such clock or subject in the events.

    Operator action: look for a slip in the name; the message names what is near it.
    """


@click.command()
@click.argument("clock")
@click.argument("events", metavar="EVENTS.jsonl")
@settings_options("standards", "settle", "feeds")
@click.option(
    "--at", type=At(), help="As things stood then, or at the `last` recording; later ones are ignored."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for people, or one JSON object a clock.",
)
@click.pass_context
def command(
    ctx: click.Context, clock: str, events: str, settings: Settings, at: int | str | None, form: str
) -> None:
    """Tell the story of CLOCK (or of every clock of a subject, such as CAD-71) by the events of a file.

    What was promised and by whom, what happened, what each event did to the clock and by which rule, what was
    announced and corrected, and what would have changed the verdict, judged again. EVENTS.jsonl is as for
    `judge`: plain or gzip, `-` is standard input, in whatever order. Without --at every deadline is played
    out. The rules are in docs/semantics.md.
    """
    subject = clock.partition("/")[0]
    feeds = read_feeds(settings.feeds)
    sifted = _Sifted(subject, {feed.source for feed in feeds})
    intake = Intake(events, with_signs=bool(feeds))
    needed = [event for event in read_events(events, intake) if sifted.takes(event)]
    intake.tell_rest()
    if not any(event.subject == subject for event in needed):
        raise UnknownClockError(f"{events} tells nothing of {subject}{sifted.near()}")
    pack = load_pack(settings.standards)
    question = Question(
        subject,
        pack,
        promises(settings.standards),
        at=sifted.last if at == LAST else at if isinstance(at, int) else None,
        settle=pack.settle if settings.settle is None else settings.settle,
        feeds=feeds,
    )
    _show(_asked_for(clock, explain(question, needed)), form)
    ctx.exit(OK)


class _Sifted:
    """What passes by while the events of one subject are looked for."""

    def __init__(self, subject: str, feeds: set[str]) -> None:
        self.last = 0
        self._subject = subject
        self._feeds = feeds
        self._others: dict[str, None] = {}

    def takes(self, event: Event) -> bool:
        """Whether it is one of the subject's, or lets a feed be heard."""
        self.last = max(self.last, event.fact.recorded)
        other = event.subject != self._subject and event.fact.type not in OF_SOURCES
        if other and len(self._others) < MOST_NAMES:
            self._others[event.subject] = None
        return event.subject == self._subject or event.fact.source in self._feeds

    def near(self) -> str:
        """The subjects whose names are nearest to the one that is not there."""
        return _named("; near it: ", get_close_matches(self._subject, self._others, NEAR, ALIKE))


def _asked_for(clock: str, stories: list[Story]) -> list[Story]:
    """The clock's story, or all of the subject's; UnknownClockError where there is no such clock."""
    standard = clock.partition("/")[2]
    chosen = [story for story in stories if not standard or story.clock == clock]
    if not chosen:
        others = [story.clock for story in stories if story.standard]
        raise UnknownClockError(
            f"there is no clock {clock}{_named('; there is ', others) or f': {stories[0].headline}'}"
        )
    return chosen


def _named(before: str, names: list[str]) -> str:
    return f"{before}{', '.join(names)}" if names else ""


def _show(stories: list[Story], form: str) -> None:
    if form == "json":
        for story in stories:
            click.echo(story.model_dump_json())
        return
    width = shutil.get_terminal_size(fallback=(100, 24)).columns
    click.echo("\n\n".join(story_text(story, width) for story in stories))
    click.echo(_LEGEND)
