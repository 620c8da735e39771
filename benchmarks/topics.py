"""The topics of the bench: made as an installation's are, and emptied between rounds."""

import time

from kafka import KafkaAdminClient

from benchmarks.processes import BenchError
from streams import topics
from streams.connection import Connection

WRITTEN = (topics.LEDGER, topics.ALERTS, topics.DEAD_LETTERS)
GONE_WITHIN = 20.0


def prepare(bootstrap: str, partitions: int) -> None:
    """Makes every topic that is missing. Records are stamped today, so the retention takes none of them."""
    topics.create(Connection(bootstrap=bootstrap), partitions, replication=1)


def empty_written(bootstrap: str, partitions: int) -> None:
    """Makes the topics a worker writes anew: a ledger that knows the events would leave nothing to do."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.delete_topics(list(WRITTEN))
        deadline = time.monotonic() + GONE_WITHIN
        while set(WRITTEN) & set(admin.list_topics()):
            if time.monotonic() > deadline:
                raise BenchError(f"topics still there {GONE_WITHIN:.0f} s after they were deleted")
            time.sleep(0.1)
    finally:
        admin.close()
    prepare(bootstrap, partitions)
