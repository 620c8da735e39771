"""An application served over HTTP beside work that must go on: both begin, and end, together."""

import asyncio
import signal
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn
from fastapi import FastAPI

from schemas.errors import PledgeWatchError

LEAVE_WITHIN = 2
"""Seconds that viewers have to leave when it stops: their streams never end by themselves."""


class AddressError(PledgeWatchError):
    """The address to serve on cannot be had.

    Operator action: give another address or port; port 0 takes a free one.
    """


def listen(bind: str, port: int) -> socket.socket:
    """A socket that listens; AddressError where the address is taken, or is none of this machine's."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    try:
        return socket.create_server((bind, port), family=family)
    except OSError as refused:
        raise AddressError(f"cannot serve on {bind} port {port}: {refused.strerror or refused}") from None


def address_of(listening: socket.socket) -> str:
    """Where a browser finds it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


async def serve_beside(app: FastAPI, listening: socket.socket, work: Coroutine[Any, Any, None]) -> None:
    """Serves until SIGTERM or Ctrl-C, or until the work ends: what ended it is raised."""
    server = _Server(_config(app))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    working = asyncio.create_task(work)
    serving = asyncio.create_task(server.serve([listening]))
    await asyncio.wait({working, serving}, return_when=asyncio.FIRST_COMPLETED)
    server.stop()
    await serving
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


def _config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=LEAVE_WITHIN
    )


class _Server(uvicorn.Server):
    """Its signals are ours: left to itself it would end the process before the rest is in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        self.should_exit = True
