"""The facts of the machine without which a figure means nothing."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from tests.kafka.broker import VERSION as KAFKA

LIBRARIES = ("aiokafka", "faust-streaming", "pydantic", "msgspec", "confluent-kafka", "uvloop")


def facts() -> list[str]:
    """Lines to stand above the figures."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return [
        f"machine: {os.cpu_count()} cores ({_processor()}), {_memory()}, {platform.system()}; load before: {load}",
        f"versions: Python {platform.python_version()}, Kafka {KAFKA} on the same machine, {libraries}",
    ]


def cpu_seconds(pid: int) -> float:
    """The processor time a process has used; 0.0 where the machine does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> int:
    """The memory (bytes) that a process and its children hold, what they share counted once; 0 where untold."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    share = next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:"))
    return share * 1024 + sum(memory_of(int(child)) for child in children)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
