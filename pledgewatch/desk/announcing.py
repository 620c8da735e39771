"""What would have been announced of a file of events, as `breach-alerts` carries it."""

from collections.abc import Iterator

from clocks.announcing import encoded
from clocks.announcing_feeds import encoded_feed
from clocks.silence import FeedNews
from pledgewatch.judging import announcements_of_all, as_at
from pledgewatch.naming import read_feeds
from pledgewatch.reading import Intake, read_by_recording
from pledgewatch.settings import Settings
from schemas.announcements import News, read_news
from standards.loader import load_pack


def announced(intake: Intake, settings: Settings, until: int) -> Iterator[News]:
    """The news of the file that `intake` names, up to `until` (ms), in the order in which it would be said."""
    pack = load_pack(settings.standards)
    settle = pack.settle if settings.settle is None else settings.settle
    found, until = as_at(read_by_recording(intake.name, intake), until)
    for said in announcements_of_all(found, pack, until, settle, read_feeds(settings.feeds), intake.late):
        if isinstance(said, FeedNews):
            yield read_news(encoded_feed(said, pack, settle=settle))
        elif said.news:
            yield read_news(encoded(said, pack, settle=settle))
