"""Many viewers of the board in one process, each with its own stream; when each saw what it was to see.

A process of its own (`python -m benchmarks.viewers PORT SECONDS SCREEN=NUMBER…`), so that it slows nobody down.
"""

import asyncio
import json
import re
import sys
import time

from benchmarks.processes import BenchError

PROBE = re.compile(rb"CAD-probe-(\d+)")
TAIL = 32
"""A name may be cut in two by the network: so many bytes are looked at again."""


class Viewer:
    """One browser: `seen` is when (s) each probe was first in its stream."""

    def __init__(self, screen: str) -> None:
        self.screen = screen
        self.seen: dict[int, float] = {}
        self.bytes = 0

    async def watch(self, port: int, until: float) -> None:
        """Reads its stream to the end of the time; BenchError where the stream ends first."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /live?screen={self.screen} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        tail = b""
        while (left := until - time.time()) > 0:
            try:
                chunk = await asyncio.wait_for(reader.read(1 << 16), left)
            except TimeoutError:
                break
            if not chunk:
                raise BenchError(f"the stream of {self.screen} ended")
            self._look(tail + chunk)
            self.bytes += len(chunk)
            tail = chunk[-TAIL:]
        writer.close()

    def _look(self, text: bytes) -> None:
        now = time.time()
        for number in set(PROBE.findall(text)):
            self.seen.setdefault(int(number), now)


async def watch(port: int, seconds: float, screens: dict[str, int]) -> list[Viewer]:
    """So many viewers of each screen, for so long."""
    viewers = [Viewer(screen) for screen, number in screens.items() for _ in range(number)]
    until = time.time() + seconds
    await asyncio.gather(*(viewer.watch(port, until) for viewer in viewers))
    return viewers


def main() -> None:
    """Prints what each saw, as JSON."""
    port, seconds, *asked = sys.argv[1:]
    screens = {screen: int(number) for screen, _, number in (each.rpartition("=") for each in asked)}
    viewers = asyncio.run(watch(int(port), float(seconds), screens))
    print(json.dumps([[each.screen, each.seen, each.bytes] for each in viewers]))


if __name__ == "__main__":
    main()
