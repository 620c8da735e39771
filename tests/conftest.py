"""What tests of several areas share: one real Kafka, one real Redis and one real PostgreSQL for the whole session."""

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

sys.path.insert(0, str(Path(__file__).parent / "kafka"))

from broker import BrokerMissingError, real_kafka

from tests.missing import missing
from tests.redis.server import redis_address, redis_url
from tests.register.server import fresh_postgres_url, postgres, postgres_url

__all__ = ["fresh_postgres_url", "postgres", "postgres_url", "redis_address", "redis_url"]

# Pages are compared with what commands print: as wide as where there is no terminal, however the tests are run.
os.environ["COLUMNS"] = "100"
# A machine that is busy with other things must fail no law.
settings.register_profile("no hurry", deadline=None)
settings.load_profile("no hurry")
# `make mutate` asks whether a law breaks, thousands of times, and not by which smallest example.
settings.register_profile(
    "mutation", max_examples=30, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A command that is run within a test sends its logs where nobody reads them, once the test is over."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def bootstrap() -> Iterator[str]:
    """The address of a real Kafka; the test is skipped where none can be had, and fails with CI=true."""
    broker = real_kafka()
    try:
        address = broker.__enter__()
    except BrokerMissingError as why:
        missing("Kafka", why)
    yield address
    broker.__exit__(None, None, None)
