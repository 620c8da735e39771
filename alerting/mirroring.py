"""Alertmanager kept as the store has it: when something changes, and every so often in any case."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from redis.exceptions import RedisError

from alerting.alert import Alert
from alerting.channels import Alertmanager, ChannelError
from alerting.ending import ending
from alerting.store import AlertStore
from schemas.times import SECOND

AT_MOST_EVERY = 1.0
"""Seconds between two posts, however much changes."""
SHARE = 0.1
"""Of the process's time that may go into it, where very much is open: people are told first."""
MOST = 10_000
"""Open alerts that are mirrored, the most urgent first."""
log = logging.getLogger(__name__)


class Mirroring:
    """One Alertmanager; `told_by_itself` says which alerts are its business, `wall` is the wall's time in ms."""

    def __init__(
        self,
        mirror: Alertmanager,
        store: AlertStore,
        told_by_itself: Callable[[Alert], bool],
        wall: Callable[[], int],
    ) -> None:
        self._mirror, self._store, self._wall = mirror, store, wall
        self._told_by_itself = told_by_itself
        self._changed = asyncio.Event()
        self._reached = True

    async def run(self) -> None:
        """Goes on until it is cancelled."""
        listening = asyncio.create_task(self._listen())
        try:
            while not ending():
                self._changed.clear()
                began = asyncio.get_running_loop().time()
                await self._post()
                took = asyncio.get_running_loop().time() - began
                await asyncio.sleep(max(AT_MOST_EVERY, took / SHARE))
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._mirror.settings.every / SECOND):
                        await self._changed.wait()
        finally:
            listening.cancel()
            await self._mirror.close()

    async def _listen(self) -> None:
        async for _ in self._store.changes():
            self._changed.set()

    async def _post(self) -> None:
        """A store that is being filled again does not yet know what is open: nothing is posted then."""
        try:
            if await self._store.built():
                found = await self._store.alerts(limit=MOST)
                await self._mirror.mirror(
                    [each for each in found if self._told_by_itself(each)], self._wall()
                )
            self._reached = True
        except (ChannelError, RedisError) as failed:
            if self._reached:
                log.warning("Alertmanager is not up to date: %s", failed)
            self._reached = False
