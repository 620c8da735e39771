"""The whole installation in containers, once for all tests here."""

import shutil
import subprocess

import pytest

from tests.compose.stack import ENGINE, Stack
from tests.missing import missing


def pytest_collection_modifyitems(items):
    """What brings it up takes minutes, and is asked for by its marker."""
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.compose)


@pytest.fixture(scope="session")
def stack():
    """Brought up as the README says, and taken down again whatever comes of it."""
    if shutil.which("docker") is None or subprocess.run(["docker", "info"], capture_output=True).returncode:
        missing("container engine", "none answers: tests/compose/engine/install")
    stack = Stack()
    here = subprocess.run([ENGINE / "images", *stack.images_to_have()], capture_output=True, text=True)
    if here.returncode:
        missing("set of images", here.stdout + here.stderr)
    print(here.stdout, end="", flush=True)
    try:
        print(stack.make("up"), flush=True)
        yield stack
        print(stack.compose("logs", "--tail", "20", "--no-color"), flush=True)
    finally:
        stack.make("down")
