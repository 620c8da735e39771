"""Situations kept as the policy has them: storms, rates and digests are opened, joined and closed as time goes on.

Any desk may do it, and several at once: what they write has ids and times made of what it is about.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from alerting.alert import Alert
from alerting.policy import Policy
from alerting.situations import Figure, by_rates, ends_at, gathered, unknown_rates, wound_up
from alerting.store import AlertStore
from schemas.actions import Action, SituationOpened
from schemas.announcements import Announcement
from schemas.times import SECOND

MOST = 5_000
"""Alerts of one situation, or of one standard and borough, that are reckoned with."""
RATES_LEASE = 10 * SECOND
"""How long a desk may take over the rates before another does them, in ms of wall time."""
log = logging.getLogger(__name__)
Record = Callable[[Action], Awaitable[None]]
Figures = Callable[[], Awaitable[Sequence[Figure]]]


class Gathering:
    """What desks do about situations; `record` writes to `alert-actions`, `figures` are the board's."""

    def __init__(self, policy: Policy, store: AlertStore, record: Record, figures: Figures) -> None:
        self._policy, self._store, self._record, self._figures = policy, store, record, figures
        self.unknown: list[str] = []
        """The rates of which nothing can be said just now, in words."""

    async def take(self, alert: Alert) -> bool:
        """Has an alert join what it is part of; whether anything was written."""
        if alert.situation is not None or alert.latest is None:
            return False
        news = alert.latest
        related = await self._alike(news) if isinstance(news, Announcement) else []
        return await self._write(gathered(self._policy, alert, related))

    async def wind_up(self, situation: Alert, now: int) -> int | None:
        """Closes a situation that is over by `now` (ms); else when it is to be looked at again, if ever."""
        if not situation.open or situation.opening is None:
            return None
        members = await self._store.alerts(situation=situation.id, open_only=False, limit=MOST)
        if await self._write(wound_up(self._policy, situation, members, now)):
            return None
        return ends_at(self._policy, situation, members)

    async def rate(self, now: int, who: str) -> None:
        """Opens and closes what rates open and close by `now` (ms), unless another desk is at it."""
        if not self._policy.rates:
            return
        figures = await self._figures()
        self._note(unknown_rates(self._policy, figures, now))
        if await self._store.claim("rates", who, RATES_LEASE):
            open_ones = await self._store.alerts(kind="rate", limit=MOST)
            await self._write(by_rates(self._policy, figures, open_ones, now))
            await self._store.release("rates", who)

    async def _alike(self, news: Announcement) -> list[Alert]:
        """The storms of the same standard and borough that go on; where there is none, its open alerts."""
        standard, borough = news.data.standard, str(news.data.attributes.get("borough") or "") or None
        if storms := await self._store.alerts(kind="storm", standard=standard, borough=borough):
            return storms
        alerts = await self._store.alerts(standard=standard, borough=borough, limit=MOST)
        # Another desk may have opened one meanwhile, and some of these may have joined it.
        return await self._store.alerts(kind="storm", standard=standard, borough=borough) or alerts

    async def _write(self, actions: Sequence[Action]) -> bool:
        """Writes what the store does not hold yet: what opens a situation before what joins it."""
        new = [action for action in actions if not await self._is_open(action)]
        for action in new[:1]:
            await self._record(action)
        await asyncio.gather(*map(self._record, new[1:]))
        await self._store.add(new)
        return bool(new)

    async def _is_open(self, action: Action) -> bool:
        """Whether it would open what is open: a digest is opened by whatever joins it."""
        return isinstance(action, SituationOpened) and await self._store.alert(action.subject) is not None

    def _note(self, unknown: list[str]) -> None:
        for words in set(unknown) - set(self.unknown):
            log.warning("nobody is told by the rate of %s; is `pledgewatch board` running?", words)
        self.unknown = unknown
