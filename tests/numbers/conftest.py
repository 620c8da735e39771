"""The run that all tests here ask: it takes half a minute, so it is made once, on a broker of its own."""

from contextlib import ExitStack

import pytest
from broker import BrokerMissingError, real_kafka

from tests.missing import missing
from tests.numbers.run import run_through
from tests.rules.server import prometheus_server


@pytest.fixture(scope="package")
def run(tmp_path_factory):
    """The installation after its day."""
    with ExitStack() as parts:
        prometheus = parts.enter_context(prometheus_server({}))
        try:
            address = parts.enter_context(real_kafka())
        except BrokerMissingError as why:
            missing("Kafka", why)
        made = run_through(address, tmp_path_factory.mktemp("run"), prometheus)
        parts.callback(made.place.end)
        yield made
