"""A part of the demo that is a process of its own."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from schemas.errors import PledgeWatchError

LINES_KEPT = 5
PATIENCE = 10.0
"""Seconds a process has to end when it is asked to."""


class ChildError(PledgeWatchError):
    """A process of the demo did not do as it was told.

    Operator action: run the demo again; if it stays so, report what it says.
    """


class Child:
    """A process whose output is heard line by line."""

    def __init__(
        self,
        command: Sequence[str],
        heard: Callable[[str], None],
        environment: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`heard` is called with each line of its output; `environment` None: ours."""
        self._command = command
        self._heard = heard
        self._environment = environment
        self._patience = patience
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._last: deque[str] = deque(maxlen=LINES_KEPT)
        self._asked_to_end = False

    async def start(self) -> None:
        """Begins it; a terminal's Ctrl-C does not reach it, so that it ends in its turn."""
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        self._listening = asyncio.create_task(self._listen(self._process))

    def failure(self) -> ChildError | None:
        """That it ended by itself, and the last it said."""
        if self._listening is None or not self._listening.done() or self._asked_to_end:
            return None
        code = self._process.returncode if self._process is not None else None
        return ChildError(f"ended by itself with code {code}: {self._last[-1] if self._last else 'no word'}")

    async def stop(self) -> None:
        """Asks it to end and waits; ChildError where it had to be killed."""
        self._asked_to_end = True
        if self._process is None or self._listening is None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(asyncio.shield(self._listening), self._patience)
        except TimeoutError:
            self._process.kill()
            await self._listening
            raise ChildError(f"did not end within {self._patience:g} s and was killed") from None

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 - asked for above
        async for line in process.stdout:
            words = line.decode(errors="replace").rstrip()
            self._last.append(words)
            self._heard(words)
        await process.wait()
