"""Real parts from an engine and an image, through testcontainers: where a machine has no package of them."""

import os
import shutil
import socket
import subprocess
from typing import Any

IMAGES = {"kafka": "apache/kafka:4.1.0", "postgres": "postgres:15"}
"""Those of docker-compose.yml."""


def missing_for(part: str) -> str | None:
    """Why a container of this part cannot be had here; None where it can. Nothing is pulled unasked."""
    if shutil.which("docker") is None:
        return "docker is not on the path"
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        return "the container engine does not answer"
    image = IMAGES[part]
    if subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False).returncode:
        return f"the image {image} is not here (docker pull {image})"
    return None


def container(part: str, inside: int, **environment: str) -> tuple[Any, int]:
    """A container that is not started yet, and the port of this machine on which it will be: one chosen beforehand,
    for a broker tells its clients its own address, and one that is started again keeps it.
    """
    # Its reaper is one more image, and whoever starts a container here ends it; this machine is the engine's host.
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
    from testcontainers.core.container import DockerContainer

    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    made = DockerContainer(IMAGES[part])
    made.ports[str(inside or port)] = ("127.0.0.1", port)
    for name, value in environment.items():
        made = made.with_env(name, value)
    return made, port
