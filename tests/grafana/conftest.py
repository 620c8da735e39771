"""A Grafana as documented, of each version that we say we work with."""

from collections.abc import Iterator

import pytest

from tests.grafana.documented import Documented, documented


@pytest.fixture(params=["11.6.1", "12.1.0", "13.1.0"])
def stub(request: pytest.FixtureRequest) -> Iterator[Documented]:
    """What was asked of it that no documentation knows fails the test."""
    with documented(request.param) as grafana:
        yield grafana
    assert not grafana.faults
