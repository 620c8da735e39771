"""`pledgewatch grafana push`: data sources, folder, dashboards and playlist, over HTTP."""

import os
from collections.abc import Iterator
from importlib.metadata import version

import click

from grafana import content
from grafana.pushing import Outcome, Push
from grafana.server import Grafana
from pledgewatch.cli import DIFFERS, OK
from pledgewatch.options import settings_options
from pledgewatch.settings import Settings

_SAID = {"provisioned": "provisioned by file, left as it is"}
_WOULD_BE = {"created": "is missing", "changed": "differs", "unchanged": "is the same", **_SAID}


@click.command("push")
@settings_options("grafana_url", "grafana_token", "board_url")
@click.option(
    "--check", is_flag=True, help="Change nothing; exit with 1 where anything is missing or differs."
)
@click.option("--no-sources", is_flag=True, help="Leave the data sources alone: it has its own.")
@click.pass_context
def command(ctx: click.Context, settings: Settings, check: bool, no_sources: bool) -> None:
    """Give a Grafana that mounts no files of ours its data sources, dashboards and the wall's playlist.

    What is there already and does not differ is left alone; what differs is overwritten: it is made from code. What
    Grafana has from files is never touched. The data sources' addresses and passwords come from the environment
    (docs/grafana-push.md).
    """
    grafana = Grafana(settings.grafana_url, settings.grafana_token)
    sources = [] if no_sources else content.data_sources(os.environ)
    differs = False
    for outcome in _pushed(Push(grafana, check), sources, settings.board_url):
        differs = differs or outcome.differs
        click.echo(_line(outcome, check))
    ctx.exit(DIFFERS if check and differs else OK)


def _pushed(push: Push, sources: list[content.Json], board_url: str | None) -> Iterator[Outcome]:
    uid, title = content.folder()
    yield from map(push.data_source, sources)
    yield push.folder(uid, title)
    message = f"pledgewatch {version('pledgewatch')}"
    for dashboard in content.dashboards(board_url):
        yield push.dashboard(dashboard, uid, message)
    yield push.playlist(content.playlist())


def _line(outcome: Outcome, check: bool) -> str:
    said = (_WOULD_BE if check else _SAID).get(outcome.what, outcome.what)
    detail = f": {outcome.detail}" if outcome.detail else ""
    return f"{outcome.kind} {outcome.name}: {said}{detail}"
