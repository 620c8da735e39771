"""The planted faults: a patch each beside this file, and the tests that must notice it."""

from pathlib import Path
from typing import NamedTuple

PATCHES = Path(__file__).parent / "patches"
SCENARIOS = ("tests/conformance",)
LAWS = ("tests/clocks/test_history.py", "tests/clocks/test_laws.py")
STREAMS = ("tests/streams", "tests/agents")
KAFKA = ("tests/kafka",)


class Fault(NamedTuple):
    """`patch` names the file in patches/; `tests` are what pytest is given."""

    name: str
    patch: str
    tests: tuple[str, ...]

    @property
    def path(self) -> Path:
        """The patch file."""
        return PATCHES / f"{self.patch}.patch"


FAULTS = (
    Fault("< for <=", "less-for-at-most", SCENARIOS),
    Fault("last arrival for first", "last-arrival", SCENARIOS),
    Fault("local for elapsed hours", "local-hours", SCENARIOS),
    Fault("a regrade after arrival judged", "regrade-after-arrival", SCENARIOS),
    Fault("sameness by type and time alone", "sameness-without-data", SCENARIOS),
    Fault("de-duplication off", "no-deduplication", LAWS),
    Fault("acknowledgement before commit", "acknowledge-before-commit", STREAMS),
    Fault("out-of-order acknowledgement", "acknowledge-out-of-order", STREAMS),
    Fault("restore before fencing", "restore-before-fencing", STREAMS),
    Fault("an await while encoding a group", "await-in-group", STREAMS),
    Fault("uncommitted reads", "uncommitted-reads", KAFKA),
    Fault("T5 as the wall clock", "wall-clock-time", STREAMS),
    Fault("a topic not yet asked taken for empty", "unasked-is-empty", STREAMS),
)
