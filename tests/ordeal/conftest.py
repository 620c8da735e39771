"""A broker of its own for every ordeal: the topics must hold that ordeal alone."""

import os
import signal
from pathlib import Path

import pytest
from broker import real_kafka

from tests.ordeal.installation import PARTITIONS, Installation


class Broker:
    """A real Kafka that can be stopped and continued."""

    def __init__(self, address):
        self.address = address
        self._java = _broker_process(address)

    def stop(self):
        """It does nothing more, and nobody is told."""
        if self._java is None:
            pytest.skip("needs a broker from the jars: one in a container cannot be stopped here")
        os.kill(self._java, signal.SIGSTOP)

    def go_on(self):
        """It goes on as if no time had passed."""
        os.kill(self._java, signal.SIGCONT)


def _broker_process(address):
    """The process of the broker at that address: a child of ours; None where it is in a container."""
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if b"kafka.Kafka" in words and address in Path(words[-2].decode()).read_text():
                return int(entry.name)
        except OSError:
            continue
    return None


@pytest.fixture
def broker(bootstrap):
    """A Kafka of its own (`bootstrap` says whether one can be had)."""
    with real_kafka() as address:
        yield Broker(address)


@pytest.fixture
def installed(broker, tmp_path):
    """Makes the installation, with the clock it is told; ends its processes."""
    made = []

    def install(**clock):
        made.append(Installation(broker.address, tmp_path, **clock))
        made[0].run("topics", "create", "--partitions", PARTITIONS, "--replication", 1)
        return made[0]

    yield install
    for each in made:
        each.end()
