"""`pledgewatch grafana annotate`: breaches as annotations."""

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from html import escape
from zoneinfo import ZoneInfo

import click

from agents.annotate import Annotate
from alerting.links import alert_page
from alerting.telling import tell
from grafana.annotating import Annotations
from grafana.breaches import Breaches
from grafana.server import Grafana
from pledgewatch.logs import configure_logs
from pledgewatch.options import settings_options
from pledgewatch.settings import KAFKA, LOGS, Settings
from schemas.announcements import Announcement
from schemas.times import parse_duration
from standards.loader import load_pack
from streams.clock import parse_clock
from streams.connection import Connection
from streams.probes import Probes

OPTIONS = ("grafana_url", "grafana_token", *KAFKA, "standards", "clock", "board_url")
log = logging.getLogger("pledgewatch.grafana")


@click.command("annotate")
@settings_options(*OPTIONS, "metrics_bind", "metrics_port", *LOGS)
@click.option(
    "--last", metavar="DURATION", default="24h", show_default=True, help="How old what is marked may be."
)
def command(settings: Settings, last: str) -> None:
    """Mark breaches in Grafana, until SIGTERM or Ctrl-C.

    Each live breach is an annotation from its deadline to its stop, with the tags pledgewatch, breach, standard:…,
    borough:… and clock:…; one that is taken back has the tag taken-back instead of breach. Of more than three of one
    standard in one borough within a quarter of an hour, the rest share an annotation. However often it is started,
    nothing is written twice.
    """
    configure_logs(settings.log_level, settings.log_format)
    asyncio.run(_run(settings, _duration(last)))


async def _run(settings: Settings, last: int) -> None:
    clock, zone = parse_clock(settings.clock), load_pack(settings.standards).zone
    annotations = Annotations(Grafana(settings.grafana_url, settings.grafana_token))
    await asyncio.to_thread(annotations.check)
    breaches = Breaches(saying(zone, settings.board_url), clock.now() - last, clock.on_the_wall)
    agent = Annotate(Connection.of(settings), annotations, breaches, clock.now)
    probes = Probes(agent.metrics, agent.readiness)
    port = probes.start(settings.metrics_bind, settings.metrics_port)
    log.info("serving http://%s:%s/metrics, /live and /ready", settings.metrics_bind, port)
    try:
        await _until_signalled(agent)
    finally:
        probes.stop()


async def _until_signalled(agent: Annotate) -> None:
    working = asyncio.create_task(agent.run())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    with suppress(asyncio.CancelledError):
        await working


def saying(zone: ZoneInfo, board_url: str | None) -> Callable[[Announcement], str]:
    """How an announcement stands in Grafana, as HTML: what feeds sent is text, and no part of a page."""

    def say(news: Announcement) -> str:
        line = tell(news, zone)
        text = escape(f"{line.mark}: {line.what}")
        if board_url is None:
            return text
        return f'{text} <a href="{escape(alert_page(board_url, news.subject))}">on the board</a>'

    return say


def _duration(text: str) -> int:
    try:
        return parse_duration(text)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--last") from None
