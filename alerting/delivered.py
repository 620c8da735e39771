"""What a desk measures of itself (P5): who was told and how soon, what failed, what waits."""

from collections.abc import Iterable
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

DELAY_EDGES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600)
"""Seconds of real time from the moment at which somebody was to be told."""
OUTCOMES = ("told", "failed", "parked")


class Delivered:
    """The metrics of one desk, in a registry of their own."""

    def __init__(self, channels: Iterable[str] = ()) -> None:
        """`channels` are those there may be: of each there are zeros before anybody was told."""
        self.registry = CollectorRegistry()
        self._notifications = Counter(
            "pledge_notifications",
            "Attempts to tell somebody.",
            ["channel", "outcome"],
            registry=self.registry,
        )
        self._delays = Histogram(
            "pledge_delivery_delay_seconds",
            "From the moment at which somebody was to be told until the channel had taken it.",
            ["channel"],
            buckets=DELAY_EDGES,
            registry=self.registry,
        )
        self.escalations = Counter(
            "pledge_escalations", "Alerts that went up the ladder.", registry=self.registry
        )
        self.parked = Gauge(
            "pledge_parked_notifications",
            "Notifications that were given up and wait for a person.",
            registry=self.registry,
        )
        self.oldest_unsent = Gauge(
            "pledge_oldest_unsent_seconds",
            "How long the oldest notification that is due has waited.",
            registry=self.registry,
        )

        self.all = (
            self._notifications,
            self._delays,
            self.escalations,
            self.parked,
            self.oldest_unsent,
        )
        for channel, outcome in product(channels, OUTCOMES):
            self._notifications.labels(channel, outcome)

    def told(self, channel: str, seconds: float) -> None:
        """Somebody was told so many real seconds after the moment to tell."""
        self._notifications.labels(channel, "told").inc()
        self._delays.labels(channel).observe(max(0.0, seconds))

    def failed(self, channel: str) -> None:
        """An attempt failed; it is made again."""
        self._notifications.labels(channel, "failed").inc()

    def gave_up(self, channel: str) -> None:
        """An attempt failed and was the last."""
        self._notifications.labels(channel, "parked").inc()
