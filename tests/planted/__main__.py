"""Plants each fault in a copy of the project and runs the tests that must notice, two at once: `make planted`."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.planted.faults import FAULTS, Fault

ROOT = Path(__file__).parents[2]
AT_ONCE = 2
TESTS_FAILED = 1
"""pytest's exit code where tests ran and some failed; any other means that it could not run them."""


def main(names: list[str]) -> int:
    """Plant the faults (all, or those whose patch is named); 0 where every one was noticed."""
    chosen = [fault for fault in FAULTS if not names or fault.patch in names]
    with tempfile.TemporaryDirectory(prefix="planted-") as folder, ThreadPoolExecutor(AT_ONCE) as threads:
        free: SimpleQueue[Path] = SimpleQueue()
        for number in range(AT_ONCE):
            free.put(_copied_project(Path(folder, str(number))))
        noticed = sum(threads.map(lambda fault: _noticed_in_one_of(free, fault), chosen))
    print(f"\n{noticed} of {len(chosen)} planted faults were noticed")
    return 0 if noticed == len(chosen) else 1


def _copied_project(copy: Path) -> Path:
    listed = _run(["git", "ls-files", "-z", "--cached"], ROOT).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    return copy


def _noticed_in_one_of(free: "SimpleQueue[Path]", fault: Fault) -> bool:
    copy = free.get()
    try:
        return _noticed(fault, copy)
    finally:
        free.put(copy)


def _noticed(fault: Fault, copy: Path) -> bool:
    applied = _run(["git", "apply", "-C1", str(fault.path)], copy)
    if applied.returncode:
        return _told(fault, "DOES NOT APPLY", applied.stderr.strip(), 0)
    begin = time.monotonic()
    try:
        result = _run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *fault.tests], copy
        )
    finally:
        _run(["git", "apply", "-R", "-C1", str(fault.path)], copy)
    seconds = time.monotonic() - begin
    failed = [line for line in result.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if result.returncode == TESTS_FAILED and failed:
        return _told(fault, "noticed", failed[0].split(" - ")[0], seconds)
    return _told(fault, "NOT NOTICED", result.stdout[-2000:], seconds)


def _told(fault: Fault, outcome: str, detail: str, seconds: float) -> bool:
    print(f"{fault.name:40} {outcome:12} {seconds:5.1f} s  {detail}", flush=True)
    return outcome == "noticed"


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    # The copy, not the installed project, is what its tests and their child processes import.
    env = {**os.environ, "PYTHONPATH": str(folder), "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
