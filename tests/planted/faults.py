"""The planted faults: a patch each beside this file, and the tests that must notice it."""

from pathlib import Path
from typing import NamedTuple

PATCHES = Path(__file__).parent / "patches"
SCENARIOS = ("tests/conformance",)
LAWS = ("tests/clocks/test_history.py", "tests/clocks/test_laws.py")
STREAMS = ("tests/streams", "tests/agents")
KAFKA = ("tests/kafka",)
OUTBOX = ("tests/desk/test_outbox.py", "tests/desk/test_deaths.py")
STORE = ("tests/redis/test_acting_on_alerts.py", "tests/redis/test_at_once.py")
POLICY = (
    "tests/alerting/test_alert.py",
    "tests/alerting/test_ladder.py",
    "tests/alerting/test_situations.py",
)
REGISTER = ("tests/register/test_store.py", "tests/register/test_rows.py")


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
    Fault("told without looking again", "told-without-looking-again", OUTBOX),
    Fault("recorded before it is sent", "recorded-before-sent", OUTBOX),
    Fault("told by every desk there is", "told-by-every-desk", OUTBOX),
    Fault("that somebody was told is in Redis alone", "told-in-redis-only", OUTBOX),
    Fault("an update lost where two write at once", "lost-update", STORE),
    Fault("an action in Redis before Kafka has it", "redis-before-kafka", STORE),
    Fault("the ladder climbed on, though acknowledged", "climbs-on-acknowledged", POLICY),
    Fault("a storm of just as many as are allowed", "storm-of-just-enough", POLICY),
    Fault("an exercise paged", "exercise-paged", POLICY),
    Fault("paged by a stale rate", "stale-rate", POLICY),
    Fault("a register that writes over another", "writes-over-another", REGISTER),
    Fault("two revisions of a clock counted", "every-revision-counts", REGISTER),
    Fault("forgotten before it was written", "last-words-lost", ("tests/agents/test_forgetting.py",)),
    Fault("who acknowledges second has it", "second-acknowledgement-wins", POLICY),
)
