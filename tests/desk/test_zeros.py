"""What a desk counts begins with zeros: a counter that begins with its first event hides it from rates."""

from prometheus_client import generate_latest

from alerting.delivered import Delivered


def test_each_channel_has_a_zero_for_each_outcome() -> None:
    shown = generate_latest(Delivered(["sms", "room"]).registry).decode()
    for channel in ("sms", "room"):
        for outcome in ("told", "failed", "parked"):
            assert f'pledge_notifications_total{{channel="{channel}",outcome="{outcome}"}} 0.0' in shown
