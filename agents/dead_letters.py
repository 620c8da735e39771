"""Records that cannot be read or judged, as they go to `dead-letters` (S7): the bytes untouched, the why beside."""

from typing import Any

from schemas.errors import Refused
from streams.ledger import Entry
from streams.topics import DEAD_LETTERS


def dead_letter(record: Any, refused: Refused) -> Entry:
    """The record under its own key; headers tell topic, partition, offset, reason, field and detail."""
    told = {
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "reason": refused.reason,
        "field": refused.field,
        "detail": refused.detail,
    }
    headers = tuple((name, value.encode()) for name, value in told.items())
    # A record without a value would be a tombstone; it stays one, and says so by its reason.
    return Entry(DEAD_LETTERS, record.key, record.value, headers)
