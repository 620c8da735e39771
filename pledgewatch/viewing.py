"""The board's view as the settings have it: for whoever is to keep it up to date."""

import os
import socket
from uuid import uuid4

from redis.asyncio import Redis

from agents.board import BoardAgent, BoardSetup
from agents.worker import paced
from pledgewatch.naming import read_feeds
from pledgewatch.settings import KAFKA, Settings
from standards.loader import load_pack
from standards.promises import promises
from streams.clock import Clock, ClockError, EventsClock
from streams.connection import Connection

OPTIONS = (*KAFKA, "app_id", "standards", "clock", "settle", "feeds", "redis_url")
"""The settings that it takes."""


def view_agent(settings: Settings, clock: Clock, redis: Redis) -> BoardAgent:
    """The agent that makes the view; ClockError where the clock is one that nobody can wait for."""
    if isinstance(clock, EventsClock):
        raise ClockError("the clock `events` stands still between events: a board needs wall or scaled")
    setup = BoardSetup(
        connection=Connection.of(settings),
        group=settings.app_id,
        pack=paced(load_pack(settings.standards), clock, settings.settle),
        clock=clock,
        feeds=read_feeds(settings.feeds, clock.of_wall),
        titles={standard: found.title for (_, _, standard), found in promises(settings.standards).items()},
    )
    return BoardAgent(setup, redis, f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}")
