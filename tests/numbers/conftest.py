"""The run that all tests here ask: it takes half a minute, so it is made once, on a broker of its own."""

from contextlib import ExitStack

import pytest
from broker import BrokerMissingError

from pledgewatch.redis_server import RedisServerError
from tests.missing import missing
from tests.numbers.run import lived_through


@pytest.fixture(scope="package")
def run(tmp_path_factory):
    """The installation after its day."""
    with ExitStack() as parts:
        try:
            made = parts.enter_context(lived_through(tmp_path_factory.mktemp("run")))
        except BrokerMissingError as why:
            missing("Kafka", why)
        except RedisServerError as why:
            missing("Redis", why)
        yield made
