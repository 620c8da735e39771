"""Child processes that are always ended, and whose last words are told where they fail."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
STOP_WITHIN = 30.0


class BenchError(Exception):
    """A figure could not be had; the message says why."""


class Child:
    """A Python process of ours; what it says on standard error is kept in `log`."""

    def __init__(self, arguments: list[str], log: Path) -> None:
        self.log = log
        # A setting in the environment of whoever measures must not change what is measured.
        env = {name: value for name, value in os.environ.items() if not name.startswith("PLEDGEWATCH_")}
        with log.open("wb") as err, log.with_suffix(".out").open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, *arguments], cwd=REPOSITORY, env=env, stdout=out, stderr=err
            )

    @property
    def told(self) -> str:
        """What it wrote on standard output."""
        return self.log.with_suffix(".out").read_text()

    def lines(self) -> list[str]:
        """What it wrote on standard error."""
        return self.log.read_text(errors="replace").splitlines()

    def wait(self, seconds: float) -> str:
        """What it wrote on standard output when it has ended well; BenchError otherwise."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise BenchError(f"no end after {seconds:.0f} s: {self.last_words()}") from None
        if code:
            raise BenchError(f"ended with {code}: {self.last_words()}")
        return self.told

    def until(self, done: Callable[[], bool], seconds: float, each: float = 0.02) -> None:
        """Waits for something this process brings about; BenchError when it ends first, or takes too long."""
        deadline = time.monotonic() + seconds
        while not done():
            if self.process.poll() is not None:
                raise BenchError(f"ended with {self.process.returncode}: {self.last_words()}")
            if time.monotonic() > deadline:
                raise BenchError(f"nothing after {seconds:.0f} s: {self.last_words()}")
            time.sleep(each)

    def last_words(self) -> str:
        """Its command, and the end of its log."""
        return "\n  ".join([" ".join(map(str, self.process.args[1:])), *self.lines()[-12:]])


@contextlib.contextmanager
def child(arguments: list[str], log: Path) -> Iterator[Child]:
    """Runs `python ARGUMENTS` for as long as the block lasts, and ends it however the block ends."""
    started = Child(arguments, log)
    try:
        yield started
    finally:
        started.process.terminate()
        try:
            started.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            started.process.kill()
            started.process.wait()
