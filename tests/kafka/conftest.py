"""A fresh installation for each test, on the session's broker."""

import uuid

import pytest
from scene import Scene


@pytest.fixture
def scene(bootstrap: str) -> Scene:
    scene = Scene(bootstrap, f"test-{uuid.uuid4().hex[:8]}")
    scene.fresh_topics()
    return scene
