"""One installation as its operator sees it: a Kafka, a clock in fast motion, and commands."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from schemas.times import format_time
from streams.clock import parse_clock, scaled_setting
from tests.ordeal.workers import Worker

PARTITIONS = 4
APP = "pledgewatch"
COMMAND_WITHIN = 120.0
STEP = 0.1
"""How often, in seconds, something that is waited for is looked at."""


@dataclass
class Installation:
    """`shown` (ms) is what the clock shows `ahead` seconds from now; then it runs `speed` times as fast."""

    bootstrap: str
    folder: Path
    shown: int = 0
    speed: float = 0.0
    ahead: float = 0.0
    workers: list[Worker] = field(default_factory=list)

    def __post_init__(self):
        self._began = time.monotonic()
        anchor = int((time.time() + self.ahead) * 1000)
        self.setting = scaled_setting(self.shown, anchor, self.speed) if self.speed else "wall"
        self.clock = parse_clock(self.setting)
        self.environment = {**os.environ, "PLEDGEWATCH_CLOCK": self.setting, "PLEDGEWATCH_LOG_FORMAT": "text"}
        self.tell(f"Kafka at {self.bootstrap}, the clock is {self.setting}")

    def tell(self, words):
        """A line of the story, which pytest shows when it ends badly."""
        seconds = time.monotonic() - self._began
        print(f"{seconds:6.1f} s  {format_time(self.clock.now())}  {words}", flush=True)

    def run(self, *arguments, exits=(0,)):
        """A command to its end; what it printed."""
        done = subprocess.run(
            self._command(arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_WITHIN,
            check=False,
        )
        self.tell(f"{arguments[0]}: exit code {done.returncode}\n{done.stdout[-6000:]}{done.stderr[-2000:]}")
        assert done.returncode in exits, f"{arguments[0]}: exit code {done.returncode}"
        return done.stdout + done.stderr

    def start(self, name, *arguments):
        """A command that goes on; its output is a file of that name."""
        with (self.folder / f"{name}.log").open("wb") as out:
            return subprocess.Popen(self._command(arguments), env=self.environment, stdout=out, stderr=out)

    def worker(self, name, *options):
        """Starts a worker."""
        self.tell(f"worker {name} starts")
        process = self.start(name, "worker", "--metrics-port", "0", *options)
        self.workers.append(Worker(name, process, self.folder / f"{name}.log"))
        return self.workers[-1]

    def wait_for(self, what, condition, within, watched=(), why=str):
        """Returns the first true answer of `condition`; fails after `within` seconds, or if a worker ends.

        `why` is asked then what is still lacking.
        """
        began, deadline = time.monotonic(), time.monotonic() + within
        while not (answer := condition()):
            for worker in watched:
                assert worker.process.poll() is None, (
                    f"worker {worker.name} ended with {worker.process.poll()}"
                )
            assert time.monotonic() < deadline, f"waited {within} s in vain: {what}; {why()}"
            time.sleep(STEP)
        self.tell(f"{what}, after {time.monotonic() - began:.1f} s")
        return answer

    def wait_until(self, moment, within):
        """Returns once the clock shows `moment` (ms)."""
        self.wait_for(f"the clock shows {format_time(moment)}", lambda: self.clock.now() >= moment, within)

    def clock_passes(self, duration):
        """Returns once so much has passed on the clock (ms)."""
        self.wait_until(self.clock.now() + duration, 60)

    def end(self):
        """Kills what still runs, and tells what the workers had to say."""
        for worker in self.workers:
            worker.end()
            complaints = re.findall(r"^\S+ (?:warning|error|critical) .*$", worker.log(), re.MULTILINE)
            told = "\n".join(line[:300] for line in complaints[-30:]) or "nothing to complain of"
            self.tell(f"worker {worker.name}, exit code {worker.process.returncode}:\n{told}")

    def _command(self, arguments):
        return [sys.executable, "-m", "pledgewatch", *map(str, arguments), "--bootstrap", self.bootstrap]
