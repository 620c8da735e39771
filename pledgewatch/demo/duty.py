"""The duty desk of the demo: Redis, the desk and the board, each a process as an installation has it."""

import asyncio
import json
import os
import secrets
import socket
import sys
import tempfile
import time
import urllib.request
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pledgewatch.demo.child import Child, ChildError
from pledgewatch.demo.parts import Part, in_thread
from pledgewatch.redis_server import redis_server
from pledgewatch.settings import PREFIX, SETTINGS

POLICY = Path(__file__).parent / "duty-desk.yaml"
"""Who is on duty in the demo, and when each is told; all by the console."""
HERE = "127.0.0.1"
UP_WITHIN = 30.0
"""Seconds the board has until it answers."""


class DutyDesk:
    """What stands beside the worker, with one file of settings for all of it."""

    def __init__(
        self, settings: dict[str, Any], say: Callable[[str], None], told: Callable[[str], None], browse: bool
    ) -> None:
        """`settings` of the installation; `say` tells where the board is, `told` hears each line of the desk's."""
        port = free_port(SETTINGS["board_port"].default)
        self.address = f"http://{HERE}:{port}/"
        self._say, self._browse = say, browse
        self._held = ExitStack()
        self._folder = Path(self._held.enter_context(tempfile.TemporaryDirectory(prefix="pledgewatch-demo-")))
        self._settings = {
            **settings,
            "alerting": str(POLICY),
            "board_bind": HERE,
            "board_port": port,
            "board_url": self.address,
            "metrics_port": 0,
            "log_level": "error",
        }
        self._desk = Child(self._command("alerting", "run"), told, _environment())
        self._board = Child(self._command("board"), lambda _: None, _environment())
        self._coming: asyncio.Task[None] | None = None

    @property
    def config(self) -> Path:
        """The settings, as a file for any command that is to speak with the demo."""
        return self._folder / "pledgewatch.toml"

    def parts(self) -> list[Part]:
        """In the order in which they begin."""
        return [
            Part("Redis", in_thread(self._begin_redis), in_thread(self._held.close)),
            Part("the duty desk", self._desk.start, self._desk.stop, self._desk.failure),
            Part("the duty board", self._begin_board, self._end_board, self._board_failure),
        ]

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "pledgewatch", *words, "--config", str(self.config)]

    def _begin_redis(self) -> None:
        url = self._held.enter_context(redis_server())
        key = self._folder / "link-key"
        key.write_text(secrets.token_urlsafe(32), encoding="utf-8")
        settings = {**self._settings, "redis_url": url, "link_key_file": str(key)}
        lines = (f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
        self.config.write_text("".join(lines), encoding="utf-8")

    async def _begin_board(self) -> None:
        await self._board.start()
        self._coming = asyncio.create_task(self._show_when_up())

    async def _end_board(self) -> None:
        if self._coming is not None:
            self._coming.cancel()
        await self._board.stop()

    def _board_failure(self) -> BaseException | None:
        if self._coming is not None and self._coming.done() and not self._coming.cancelled():
            return self._coming.exception() or self._board.failure()
        return self._board.failure()

    async def _show_when_up(self) -> None:
        """Nobody waits for the board: it says itself when there is something to look at."""
        deadline = time.monotonic() + UP_WITHIN
        while not await asyncio.to_thread(_answers, self.address):
            if time.monotonic() > deadline:
                raise ChildError(f"does not answer at {self.address} within {UP_WITHIN:.0f} s")
            await asyncio.sleep(0.1)
        self._say(f"the duty board is at {self.address}")
        if self._browse:
            await asyncio.to_thread(webbrowser.open, self.address)


def can_browse() -> bool:
    """Whether there is a screen for a browser: a text browser would take the demo's terminal."""
    return not sys.platform.startswith("linux") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def free_port(wanted: int) -> int:
    """The port wanted where nobody has it, else a free one."""
    for port in (wanted, 0):
        try:
            with socket.create_server((HERE, port)) as tried:
                return int(tried.getsockname()[1])
        except OSError:
            continue
    raise ChildError(f"no port of {HERE} is free")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=UP_WITHIN):  # noqa: S310 - an address of ours
            return True
    except OSError:
        return False


def _environment() -> dict[str, str]:
    """Ours, without the settings that were meant for an installation."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
