"""`/metrics` of a board: whether what it shows can be believed, as Prometheus reads it.

Boards look at one view: of several take the greatest, but add up their viewers.
"""

from collections.abc import Iterator

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from board.live import Live
from board.now import Health, Written
from board.sources import Sources

PATH = "/metrics"


class BoardCollector(Collector):
    """What a board knew of itself at `now` (ms of the installation's clock); made for one scrape."""

    def __init__(self, written: Written | None, health: Health, viewers: int, now: int) -> None:
        self._written, self._health, self._viewers, self._now = written, health, viewers, now

    def collect(self) -> Iterator[Metric]:
        """Every family, each once; no sample where nothing is known."""
        age = None if self._written is None else self._written.age(self._now)
        yield _gauge("pledge_board_figures_age_seconds", "How old the figures are that it shows.", age)
        health = self._health
        yield _gauge("pledge_board_workers", "Workers in the group, by the brokers.", health.workers)
        yield _gauge(
            "pledge_board_overdue_clocks", "Clocks that fell due and no worker judged.", health.overdue
        )
        yield _gauge(
            "pledge_board_unreadable_records", "Ledger records that are not counted.", health.unreadable
        )
        yield _gauge("pledge_board_viewers", "Screens that look at it now.", self._viewers)


def router(sources: Sources, live: Live) -> APIRouter:
    """Where it is served."""
    routes = APIRouter()

    @routes.get(PATH, include_in_schema=False)
    async def metrics(request: Request) -> Response:
        registry = CollectorRegistry()
        view = sources.view
        registry.register(
            BoardCollector(await view.written(), await view.health(), live.viewers, sources.now())
        )
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), media_type=kind)

    return routes


def _gauge(name: str, about: str, value: float | None) -> Metric:
    family = GaugeMetricFamily(name, about)
    if value is not None:
        family.add_metric([], value)
    return family
