"""The heartbeat out (P5): where it stays away somebody is alarmed, for a dead desk says nothing of itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Literal

from pydantic import Field

from alerting.channels.channel import ChannelError, ChannelSettings
from alerting.channels.posting import Poster
from alerting.channels.webhook import HttpUrl
from alerting.ending import ending
from schemas.fields import Duration
from schemas.times import MINUTE, SECOND

Signal = Literal["start", "ok", "fail"]
_PATHS: dict[Signal, str] = {"start": "/start", "ok": "", "fail": "/fail"}
log = logging.getLogger(__name__)


class WatchdogSettings(ChannelSettings):
    """`watchdog`: as healthchecks has it: `url` is called while all is well, `url/fail` when it is not."""

    url: HttpUrl
    every: Duration = Field(MINUTE, description="of wall time, whatever clock the desk goes by")


class Watchdog:
    """Says every so often whether the desk is able to work; `problem` gives what keeps it from it, or None.

    A desk that hangs says nothing, and nothing is what the other side alarms on.
    """

    def __init__(
        self,
        settings: WatchdogSettings,
        problem: Callable[[], Awaitable[str | None]],
        wall: Callable[[], int],
    ) -> None:
        self._settings, self._problem, self._wall = settings, problem, wall
        self._poster = Poster(settings.timeout)

    async def run(self) -> None:
        """Goes on until it is cancelled; an address that cannot be reached is told of in the log, once."""
        reached = await self._say("start")
        while not ending():
            # A desk that has just begun is not well yet, and that alone is nobody's alarm.
            await asyncio.sleep(self._settings.every / SECOND)
            problem = await self._asked()
            said = await self._say("fail" if problem else "ok", problem or "")
            if reached and not said:
                log.warning("the watchdog's address cannot be reached; it is tried again")
            reached = said

    async def close(self) -> None:
        """Closes the connections."""
        await self._poster.close()

    async def _asked(self) -> str | None:
        """What keeps the desk from working: also where that cannot be found out in time."""
        try:
            return await asyncio.wait_for(self._problem(), self._settings.timeout / SECOND)
        except Exception as failed:  # a desk that cannot tell how it is must not be taken for well
            return f"it cannot be found out: {str(failed) or type(failed).__name__}"

    async def _say(self, signal: Signal, words: str = "") -> bool:
        try:
            url = f"{self._settings.url.rstrip('/')}{_PATHS[signal]}"
            await self._poster.post(
                url, words.encode(), {"content-type": "text/plain; charset=utf-8"}, self._wall()
            )
        except ChannelError as failed:
            log.debug("watchdog: %s", failed)
            return False
        return True
