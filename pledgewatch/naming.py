"""The feeds an installation names (S6): a strict YAML file, errors with its line."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from clocks.feeds import Feed
from schemas.documents import Document, Location, read_yaml
from schemas.events import INPUT_TOPICS
from schemas.fields import Duration
from standards.fields import Words


class Line(Protocol):
    """A feed as it is written in one file or another; durations in ms of wall time."""

    @property
    def source(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def silence(self) -> int: ...
    @property
    def boroughs(self) -> list[str] | None: ...
    @property
    def skew(self) -> int | None: ...


def _input_topic(name: str) -> str:
    if name not in INPUT_TOPICS:
        raise ValueError(f"{name!r} is none of {', '.join(INPUT_TOPICS)}")
    return name


Name = Annotated[Words, Field(max_length=256)]
InputTopic = Annotated[str, AfterValidator(_input_topic)]


class FeedLine(BaseModel):
    """One feed of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Name
    topic: InputTopic
    silence: Duration
    boroughs: Annotated[list[Name], Field(min_length=1)] | None = None
    skew: Duration | None = None


class FeedsDocument(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    feeds: Annotated[list[FeedLine], Field(min_length=1)]


def read_feeds(path: str | None, of_wall: Callable[[int], int] = lambda ms: ms) -> tuple[Feed, ...]:
    """The feeds of a file, none without one; DocumentError with file and line where it will not do.

    `of_wall`: silences are wall time, and become durations of the process's clock.
    """
    if path is None:
        return ()
    document = read_yaml(Path(path))
    return named(document, document.into(FeedsDocument).feeds, ["feeds"], of_wall)


def named(
    document: Document, lines: Sequence[Line], where: Location, of_wall: Callable[[int], int] = lambda ms: ms
) -> tuple[Feed, ...]:
    """The feeds of these lines; DocumentError where one is named twice."""
    found: dict[str, Feed] = {}
    for number, line in enumerate(lines):
        feed = Feed(
            source=line.source,
            topic=line.topic,
            silence=of_wall(line.silence),
            boroughs=tuple(line.boroughs or ()),
            skew=line.skew,
        )
        if feed.key in found:
            message = f"the feed {feed.source} on {feed.topic} is named twice"
            raise document.error([*where, number], message)
        found[feed.key] = feed
    return tuple(found.values())
