"""`pledgewatch demo` as a user runs it, and what its board shows."""

import contextlib
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DEMO = [sys.executable, "-W", "ignore", "-m", "pledgewatch", "demo", "--headless", "--seed", "7"]
UP_WITHIN = 60.0


class Night:
    """A demo that runs; `said` are the lines it has written so far."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.said: list[str] = []
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self.address = until(self._address, UP_WITHIN, "the demo says where its board is").rstrip("/")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())

    def _address(self) -> str | None:
        assert self.process.poll() is None, "\n".join(self.said)
        found = re.search(r"the duty board is at (\S+)", "\n".join(self.said))
        return found[1] if found else None

    def end(self) -> int:
        """Its exit code, once all that it said has been read."""
        code = self.process.wait(60)
        self._reading.join(10)
        return code


@contextlib.contextmanager
def night(*options: str) -> Iterator[Night]:
    """A demo, until the block ends; killed where it does not end itself."""
    with subprocess.Popen(
        [*DEMO, *options], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            yield Night(process)
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def until(asked: Callable[[], Any], seconds: float, what: str) -> Any:
    """Waits until `asked` gives something that is true, and returns it; AssertionError names `what` it was."""
    deadline = time.monotonic() + seconds
    while not (found := asked()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)
    return found
