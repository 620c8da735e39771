"""An installation in containers as its operator sees it: `make up`, `docker compose …`, the pages on its ports."""

import base64
import json
import os
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
ENGINE = Path(__file__).parent / "engine"
PROJECT = "pledgewatch-verify"
PORTS = ("GRAFANA", "BOARD", "PROMETHEUS", "ALERTMANAGER", "KAFKA", "POSTGRES", "REDIS")


class Stack:
    """One project of its own, on ports of its own: an installation that is up on this machine stays as it is.

    `profile`: `everything`, or `watch` where there is no image of Grafana.
    """

    def __init__(self):
        self.profile = "everything"
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        ports = {f"{name}_PORT": str(port) for name, port in self.ports.items()}
        own = {"COMPOSE_PROJECT_NAME": PROJECT, "PLEDGEWATCH_IMAGE": f"{PROJECT}:now", "DOCKER_BUILDKIT": "1"}
        self.environment = {**os.environ, **ports, **own}

    def images_to_have(self):
        """What it is made of, but for what is built: that is made of another."""
        services = self.services().values()
        built = {each["image"]: each["build"]["args"]["PYTHON_IMAGE"] for each in services if "build" in each}
        return sorted({built.get(each["image"], each["image"]) for each in services})

    def services(self):
        """Each service as Compose reads it, by its name."""
        return json.loads(self.compose("config", "--format", "json"))["services"]

    def compose(self, *words, within=600):
        """A command to its end; what it printed."""
        return self.run("docker", "compose", "--profile", self.profile, *words, within=within)

    def make(self, target):
        """As the README has it."""
        return self.run("make", "--no-print-directory", target, f"PROFILE={self.profile}", within=900)

    def run(self, *command, within=600):
        """A command to its end; what it printed, and the test fails where it failed."""
        began = time.monotonic()
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )
        print(f"{' '.join(command[:6])}: {time.monotonic() - began:.1f} s", flush=True)
        assert done.returncode == 0, (
            f"{command}: {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
        )
        return done.stdout

    def pledgewatch(self, *words):
        """A command of ours in a container of its own."""
        return self.compose("run", "--rm", "--no-TTY", "--no-deps", "worker-1", *words)

    def inside(self, service, script):
        """What a shell in a service's container prints."""
        return self.compose("exec", "--no-TTY", service, "bash", "-c", script)

    def query(self, expression):
        """What Prometheus answers: labels and value of each series."""
        words = urllib.parse.urlencode({"query": expression})
        told = self.get("PROMETHEUS", f"/api/v1/query?{words}")
        return [(each["metric"], float(each["value"][1])) for each in told["data"]["result"]]

    def value(self, expression):
        """Its one number; 0 where there is none yet."""
        return sum(value for _, value in self.query(expression))

    def get(self, port, path, login=None):
        """JSON that is served on one of the ports; `login`: NAME:PASSWORD."""
        asked = urllib.request.Request(f"http://localhost:{self.ports[port]}{path}")
        if login:
            asked.add_header("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return json.load(answer)

    def sql(self, query, user="pledgewatch"):
        """What PostgreSQL answers to one of its users."""
        password = {"pledgewatch": "pledgewatch", "grafana": "grafana"}[user]
        connect = f"PGPASSWORD={password} psql --host 127.0.0.1 --username {user} --dbname pledgewatch"
        return self.inside(
            "postgres", f'{connect} --tuples-only --no-align --command "{query}" 2>&1 || true'
        ).strip()

    def states(self):
        """How each container is, by its service: `running`, `exited`, and its health where that is asked for."""
        lines = self.compose("ps", "--all", "--format", "json").splitlines()
        found = [json.loads(line) for line in lines if line]
        return {each["Service"]: (each["State"], each["Health"], each["ExitCode"]) for each in found}

    def wait_for(self, what, condition, within=120):
        """The first true answer of `condition`."""
        deadline = time.monotonic() + within
        while not (answer := condition()):
            assert time.monotonic() < deadline, f"waited {within} s in vain: {what}"
            time.sleep(1)
        return answer


def free_ports(count):
    """Ports that nobody has just now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def declared():
    """docker-compose.yml as it is written."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
