"""What a test does where a real part that it needs cannot be had."""

import os
from typing import NoReturn

import pytest


def missing(part: str, why: object) -> NoReturn:
    """Skips the test, saying why; with CI=true it fails instead: there nothing is left out silently."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must run the tests on a real {part}: {why}", pytrace=False)
    pytest.skip(f"needs a real {part}: {why}")
