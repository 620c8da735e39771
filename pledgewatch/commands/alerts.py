"""`pledgewatch alerts`: what broke, where, by how much, and what was taken back."""

import sys
import time
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import click
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from alerting.telling import tell
from pledgewatch.options import settings_options
from pledgewatch.reading import tell as complain
from pledgewatch.settings import KAFKA, Settings
from schemas.announcements import News, read_news
from schemas.times import parse_duration
from standards.loader import load_pack
from streams.connection import Connection
from streams.topic_reading import Record, TopicReader
from streams.topics import ALERTS


@click.command()
@settings_options(*KAFKA, "standards")
@click.option("--follow", "-f", is_flag=True, help="Go on with what is announced from now on, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="The announcements as they stand in Kafka, one a line.")
@click.option("--since", metavar="DURATION", help="Only what was announced in the last 1h, say.")
def command(settings: Settings, follow: bool, as_json: bool, since: str | None) -> None:
    """Read what was announced: a line each, in the order in which it was said.

    Times are those of the standards pack's time zone.
    """
    teller = Teller(load_pack(settings.standards).zone, as_json)
    with TopicReader(Connection.of(settings), [ALERTS], _moment(since)) as reader:
        for announcement, record in sorted(_read(reader.to_end()), key=_when_said):
            teller.tell(announcement, record)
        if not teller.told and not follow:
            complain("nothing has been announced")
        while follow:
            for announcement, record in _read(reader.some()):
                teller.tell(announcement, record)
            sys.stdout.flush()


class Teller:
    """Writes announcements to standard output, for people or as JSON."""

    def __init__(self, zone: ZoneInfo, as_json: bool) -> None:
        self._zone = zone
        self._as_json = as_json
        self.told = 0
        self._console = Console(highlight=False, soft_wrap=True)

    def tell(self, announcement: News, record: Record) -> None:
        """One announcement, as one line."""
        self.told += 1
        if self._as_json:
            print((record.value or b"").decode())
            return
        line = tell(announcement, self._zone)
        self._console.print(
            Text.assemble(f"{line.when}  ", (f"{line.mark:<10}", line.style), f"  {line.what}")
        )


def _read(records: Iterable[Record]) -> Iterable[tuple[News, Record]]:
    for record in records:
        try:
            yield read_news(record.value or b""), record
        except ValidationError as invalid:
            place = f"{record.topic}[{record.partition}] at {record.offset}"
            complain(f"{place}: not an announcement: {invalid.errors()[0]['msg']}")


def _when_said(told: tuple[News, Record]) -> tuple[str, str]:
    return told[0].recordedtime, told[0].subject


def _moment(since: str | None) -> int | None:
    if since is None:
        return None
    try:
        return time.time_ns() // 1_000_000 - parse_duration(since)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--since") from None
