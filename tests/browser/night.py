"""`pledgewatch demo` as a user runs it, and what its board shows."""

import contextlib
import re
import subprocess
import sys
import threading
from collections.abc import Iterator

from tests.browser.installation import ROOT, until

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
