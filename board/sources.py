"""What the board is given to show, and to act with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from alerting.links import Links
from alerting.policy import Policy
from alerting.store import AlertStore
from board.view import View
from schemas.actions import Action
from schemas.stories import Story

Act = Callable[[Action], Awaitable[object]]
"""Writes an action to `alert-actions`, and to the store once it is there; an error where it could not."""
Stories = Callable[[str], Awaitable[list[Story]]]
"""The story of a clock, or of every clock of a subject; empty where the ledger has none."""


@dataclass(frozen=True)
class Sources:
    """All of it; `now` is the installation's time in ms, which may run `speed` times as fast as the wall's.

    `policy` is the one by which people are told, where the board knows it.
    """

    view: View
    alerts: AlertStore
    act: Act
    stories: Stories
    links: Links | None
    now: Callable[[], int]
    zone: ZoneInfo
    speed: float = 1.0
    policy: Policy | None = None
