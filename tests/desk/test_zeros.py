"""What a desk counts begins with zeros: a counter that begins with its first event hides it from rates."""

from typing import Any

from prometheus_client import CollectorRegistry, generate_latest

from agents.alerts import Alerts
from alerting.delivered import Delivered
from schemas.errors import REFUSALS


def test_each_channel_has_a_zero_for_each_outcome() -> None:
    shown = generate_latest(Delivered(["sms", "room"]).registry).decode()
    for channel in ("sms", "room"):
        for outcome in ("told", "failed", "parked"):
            assert f'pledge_notifications_total{{channel="{channel}",outcome="{outcome}"}} 0.0' in shown


def test_each_topic_has_a_zero_for_each_reason() -> None:
    nothing: Any = None
    registry = CollectorRegistry()
    registry.register(Alerts(nothing, nothing, lambda: 0))
    for topic in ("breach-alerts", "alert-actions"):
        for reason in REFUSALS:
            labels = {"topic": topic, "reason": reason}
            assert registry.get_sample_value("pledge_dead_letters_total", labels) == 0
