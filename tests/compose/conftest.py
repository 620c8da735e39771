"""The whole installation in containers, once for all tests of a file."""

import subprocess

import pytest

from tests.compose.stack import ENGINE, Stack


def pytest_collection_modifyitems(items):
    """What brings it up takes minutes, and is asked for by its marker."""
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.compose)


@pytest.fixture(scope="module")
def stack():
    """Brought up as the README says, and taken down again whatever comes of it."""
    stack = Stack()
    if not have(*[image for image in stack.images_to_have() if is_grafana(image)]):
        stack.profile = "watch"
    assert have(*stack.images_to_have()), "there is no way to the images: what is above says why"
    try:
        print(stack.make("up"), flush=True)
        yield stack
        print(stack.compose("logs", "--tail", "20", "--no-color"), flush=True)
    finally:
        stack.make("down")


def is_grafana(image):
    """The one of which there is no stand-in."""
    return "grafana" in image


def have(*images):
    """Whether they are here now: they were, were pulled, or stand-ins were built."""
    return subprocess.run([ENGINE / "images", *images]).returncode == 0
