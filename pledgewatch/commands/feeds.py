"""`pledgewatch feeds list|check|outage`."""

import json

import click

from agents.feed_states import named_words, states
from feeds.replay.addressing import Record
from feeds.replay.producing import produce
from pledgewatch.cli import DIFFERS, OK
from pledgewatch.naming import read_feeds
from pledgewatch.options import settings_options
from pledgewatch.sending import target
from pledgewatch.settings import KAFKA, Settings
from schemas.errors import PledgeWatchError
from schemas.events import INPUT_TOPICS, OUTAGE
from schemas.times import format_time, parse_time
from standards.loader import load_pack
from streams.clock import parse_clock
from streams.connection import Connection
from streams.topic_reading import TopicReader
from streams.topics import LEDGER

NOW = "now"


class OutageError(PledgeWatchError):
    """An outage that cannot be declared.

    Operator action: give the times the message asks for; what has fallen due is not hidden afterwards.
    """


@click.group()
def command() -> None:
    """Name the feeds, see how they stand, declare a planned outage."""


@command.command()
@click.argument("file", metavar="FILE")
def check(file: str) -> None:
    """Read a file that names feeds; exit code 2, with file and line, where it will not do."""
    for feed in read_feeds(file):
        click.echo(named_words(feed))


@command.command(name="list")
@settings_options(*KAFKA, "standards", "clock", "feeds")
@click.pass_context
def list_(ctx: click.Context, settings: Settings) -> None:
    """How each named feed stands, by the ledger; times are those of the standards pack's time zone.

    Exit code 1 where one is silent, or was never heard.
    """
    clock, zone = parse_clock(settings.clock), load_pack(settings.standards).zone
    feeds = read_feeds(settings.feeds, clock.of_wall)
    if not feeds:
        raise click.UsageError("no feeds are named: give --feeds FILE, or set PLEDGEWATCH_FEEDS")
    with TopicReader(Connection.of(settings), [LEDGER]) as reader:
        found = states(feeds, reader.to_end(), reader.partitions)
    told = [(state.feed, state.words(clock.now(), zone)) for state in found]
    for feed, words in told:
        click.echo(f"{feed.source} on {feed.topic}: {words}")
    ctx.exit(DIFFERS if any(words.startswith(("silent", "never")) for _, words in told) else OK)


@command.command()
@click.argument("source")
@settings_options(*KAFKA, "clock")
@click.option("--topic", type=click.Choice(INPUT_TOPICS), required=True, help="The topic of the feed.")
@click.option("--from", "begin", metavar="TIME", required=True, help="When it begins: RFC 3339, or now.")
@click.option("--until", metavar="TIME", required=True, help="When it ends: RFC 3339, or now.")
@click.option("--reason", required=True, help="Why, for those who ask later.")
@click.option("--by", required=True, help="Who declares it.")
@click.option("--id", "id_", help="Names the outage.  [default: outage and its beginning]")
def outage(
    source: str,
    settings: Settings,
    topic: str,
    begin: str,
    until: str,
    reason: str,
    by: str,
    id_: str | None,
) -> None:
    """Declare a planned outage of the feed SOURCE: clocks that fall due in it cannot be verified, nobody is alarmed.

    What has fallen due before it is declared is not hidden. The same --from (or --id) again changes it from then
    on: with `--until now` it is over.
    """
    now = parse_clock(settings.clock).now()
    begins, ends = _moment("--from", begin, now), _moment("--until", until, now)
    if ends < now or (ends <= begins and until != NOW):
        raise OutageError(f"--until {until}: an outage ends after it begins, and not in the past")
    name = id_ or f"outage-{format_time(begins)}"
    data = {"from": format_time(begins), "until": format_time(ends), "reason": reason, "by": by}
    _declare(settings, topic, _event(source, name, now, data))
    click.echo(f"declared as {name}: {source} on {topic}, from {data['from']} until {data['until']}")


def _declare(settings: Settings, topic: str, event: dict[str, object]) -> None:
    where, source = target(settings), str(event["source"])
    record = Record(topic, source, json.dumps(event).encode(), everywhere=True)
    produce([record], where.bootstrap, security=where.security)


def _event(source: str, id_: str, now: int, data: dict[str, str]) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": id_,
        "source": source,
        "type": OUTAGE,
        "subject": source,
        "time": format_time(now),
        "data": data,
    }


def _moment(option: str, text: str, now: int) -> int:
    try:
        return now if text == NOW else parse_time(text)
    except ValueError as wrong:
        raise click.BadParameter(f"{wrong}, nor {NOW!r}", param_hint=option) from None
