"""The story of a clock on the duty board: as `pledgewatch explain` tells it, from what the ledger has."""

import asyncio
from collections.abc import Callable, Sequence

from board.view import StorySource, View
from clocks.feeds import Feed
from clocks.standard import Pack
from explaining.from_ledger import explain_record
from explaining.narrator import Question
from schemas.stories import Story
from standards.promises import Promises


class Stories:
    """Tells of a clock, or of every clock of a subject, as things stand now; of nothing the view has no record of."""

    def __init__(
        self, view: View, pack: Pack, promises: Promises, feeds: Sequence[Feed], now: Callable[[], int]
    ) -> None:
        """`now`: the time in ms, as the feeds' silences are."""
        self._view, self._pack, self._promises = view, pack, promises
        self._feeds, self._now = feeds, now

    async def __call__(self, clock: str) -> list[Story]:
        """The stories; what would have been otherwise is judged again, so it is done in a thread."""
        subject, _, key = clock.partition("/")
        source = await self._view.story_source(subject)
        if source is None:
            return []
        stories = await asyncio.to_thread(self._told, subject, source)
        return [story for story in stories if not key or story.clock == clock]

    def _told(self, subject: str, source: StorySource) -> list[Story]:
        question = Question(subject, self._pack, self._promises, self._now(), feeds=self._feeds)
        return explain_record(question, source.record, source.feeds)
