"""What makes a re-check worth its name: the store is as Kafka was when it was asked."""

import asyncio
from collections.abc import Awaitable, Callable

from alerting.store import AlertStore
from streams.acting import subject_of
from streams.connection import UnreachableError
from streams.ends import Ends
from streams.topics import ACTIONS

WITHIN = 10.0
"""Seconds that the store is given to catch up."""
_LOOK_EVERY = 0.005


def reading_up(ends: Ends, store: AlertStore) -> Callable[[str], Awaitable[None]]:
    """Waits until the store holds every action about an alert that Kafka has; UnreachableError where it is behind."""

    async def read_up(alert_id: str) -> None:
        partition, end = await ends.of(subject_of(alert_id))
        try:
            async with asyncio.timeout(WITHIN):
                while await store.read_to(ACTIONS, partition) < end:
                    await asyncio.sleep(_LOOK_EVERY)
        except TimeoutError:
            raise UnreachableError(f"Redis has not caught up with {ACTIONS} for {WITHIN:.0f} s") from None

    return read_up
