"""The entries of an alert as bytes: as they stand in Kafka, and in the store."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, TypeAdapter

from alerting.alert import Entry

_entry: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="type")])


def read_entry(value: bytes | str) -> Entry:
    """A record of `breach-alerts` or of `alert-actions`; ValidationError where it is neither."""
    return _entry.validate_json(value)


def written(entry: Entry) -> bytes:
    """An entry as JSON, its fields in the order of its model: the same entry gives the same bytes."""
    return entry.model_dump_json().encode()


def merged(held: dict[str, bytes], entries: Iterable[Entry]) -> dict[str, bytes]:
    """What `entries` bring that `held` (by id) has not; empty where they bring nothing.

    Two writers may do the same deed at two moments, under one id: the lesser bytes stand, which are the earlier
    time's, whoever came first.
    """
    new: dict[str, bytes] = {}
    for entry in entries:
        value = written(entry)
        known = new.get(entry.id) or held.get(entry.id)
        if known is None or value < known:
            new[entry.id] = value
    return new
