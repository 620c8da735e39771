"""A worker process, and what can be done to it."""

import json
import re
import signal
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ANSWERS_WITHIN = 2.0


@dataclass
class Worker:
    """A `pledgewatch worker` that was started; all it logs is in `path`."""

    name: str
    process: subprocess.Popen
    path: Path

    def log(self):
        """What it has logged so far."""
        return self.path.read_text(errors="replace")

    def address(self):
        """Where it serves /metrics, once it has said so; None before."""
        found = re.search(r"http://([\d.]+:\d+)/", self.log())
        return found[1] if found else None

    def taken_over(self):
        """The partitions it works on, once it is ready; None before, or where it does not answer."""
        address = self.address()
        if address is None:
            return None
        try:
            with urllib.request.urlopen(f"http://{address}/ready", timeout=ANSWERS_WITHIN) as answer:
                return set(json.load(answer)["taken_over"])
        except (urllib.error.URLError, OSError):
            return None

    def send(self, number):
        """A signal."""
        self.process.send_signal(number)

    def kill(self):
        """kill -9: nothing is finished."""
        self.process.kill()
        self.process.wait(10)

    def terminate(self, within=60):
        """SIGTERM; its exit code."""
        self.send(signal.SIGTERM)
        return self.process.wait(within)

    def runs(self):
        """Whether it has not ended."""
        return self.process.poll() is None

    def end(self):
        """Whatever state it is in, it ends."""
        if self.runs():
            self.send(signal.SIGCONT)
            self.kill()
