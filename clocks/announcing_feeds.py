"""What is said of a feed, as the CloudEvent that `breach-alerts` carries beside those of the clocks (S6)."""

from typing import Any

import msgspec

from clocks.announcing import SOURCE, announcement_id
from clocks.silence import BACK, FeedNews
from clocks.standard import Pack
from schemas.times import format_time

_encode = msgspec.json.Encoder().encode


def feed_announcement(
    news: FeedNews, pack: Pack, *, settle: int, catching_up: bool = False
) -> dict[str, Any]:
    """What is said of a feed as a CloudEvent; `settle` in ms of the clock that fired it."""
    key, waited, back = news.feed.key, news.said_at - news.about, news.news == BACK
    return {
        "specversion": "1.0",
        "id": announcement_id(key, news.revision),
        "source": SOURCE,
        "type": news.news,
        "subject": key,
        "time": format_time(news.about),
        "recordedtime": format_time(news.said_at),
        "datacontenttype": "application/json",
        "data": {
            "feed": news.feed.source,
            "topic": news.feed.topic,
            "boroughs": news.feed.boroughs,
            "silence_ms": news.feed.silence,
            "last": format_time(news.last),
            "revision": news.revision,
            "corrects": announcement_id(key, news.revision - 1) if back else None,
            "late": waited > pack.page_within,
            "catching_up": catching_up,
            "delay_ms": None if back else max(0, waited - settle),
        },
    }


def encoded_feed(news: FeedNews, pack: Pack, *, settle: int, catching_up: bool = False) -> bytes:
    """The same as JSON."""
    return _encode(feed_announcement(news, pack, settle=settle, catching_up=catching_up))
