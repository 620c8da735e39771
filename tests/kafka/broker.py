"""A real Kafka for tests and benches: from Maven's jars on Java 17, else from an engine and an image."""

import contextlib
import fcntl
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.containers import container, missing_for

HERE = Path(__file__).parent
VERSION = "4.1.0"
LOGS = HERE.parents[1] / "deploy" / "kafka"
STARTED = "Kafka Server started"
START_WITHIN = 60.0


class BrokerMissingError(Exception):
    """There is no way to a broker on this machine; the message says what is missing."""


@contextlib.contextmanager
def real_kafka(heap: str = "512M", extra: str = "") -> Iterator[str]:
    """A one-node Kafka with nothing in it; yields its address. BrokerMissingError says what is missing."""
    # `extra`: further lines of server.properties, which only the broker from the jars takes.
    why_no_jars = _missing_for_jars()
    if why_no_jars is None:
        with _from_jars(heap, extra) as bootstrap:
            yield bootstrap
        return
    why_no_engine = missing_for("kafka")
    if why_no_engine is not None:
        raise BrokerMissingError(f"no jars: {why_no_jars}; no container: {why_no_engine}")
    with _from_image() as bootstrap:
        yield bootstrap


def _missing_for_jars() -> str | None:
    java = shutil.which("java")
    if java is None:
        return "java is not on the path (Java 17 or newer)"
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found.group(1)) < 17:
        return f"java is too old, 17 is needed: {told.splitlines()[:1]}"
    if not _cache().exists() and shutil.which("mvn") is None:
        return "mvn is not on the path, and its jars are not in the cache"
    return None


@contextlib.contextmanager
def _from_jars(heap: str, extra: str) -> Iterator[str]:
    cache = _filled_cache()
    with tempfile.TemporaryDirectory(prefix="kafka-") as name:
        home = Path(name)
        shutil.copytree(cache / "storage", home / "log")
        port, properties = _configured(home, extra)
        options = [f"-Xms{heap}", f"-Xmx{heap}", "-XX:+UseSerialGC"]
        process = _java(cache, home, [*options, f"-XX:SharedArchiveFile={cache / 'kafka.jsa'}"], properties)
        with _stopping(process):
            _wait_for_start(process, home / "out")
            yield f"127.0.0.1:{port}"


def _cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "pledgewatch" / f"kafka-{VERSION}"


def _filled_cache() -> Path:
    """The jars, a formatted storage to copy, and an archive of loaded classes, made once (about 25 s)."""
    cache = _cache()
    cache.parent.mkdir(parents=True, exist_ok=True)
    with (cache.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not cache.exists():
            with tempfile.TemporaryDirectory(dir=cache.parent) as name:
                _fill(Path(name) / "new")
                (Path(name) / "new").rename(cache)
    return cache


def _fill(new: Path) -> None:
    new.mkdir()
    pom = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
    made = subprocess.run(
        [*pom, f"-DoutputDirectory={new / 'libs'}"], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise BrokerMissingError(f"mvn could not fetch the broker's jars:\n{made.stdout[-2000:]}")
    home = new / "warm-up"
    home.mkdir()
    _, properties = _configured(home)
    format_it = ["kafka.tools.StorageTool", "format", "-t", "5L6g3nShT-eMCtK--X86sw", "-c", str(properties)]
    subprocess.run(["java", "-cp", f"{new / 'libs'}/*", *format_it], capture_output=True, check=True)
    shutil.copytree(home / "log", new / "storage")
    # Loading classes is most of a start: one throw-away start leaves them as an archive.
    process = _java(new, home, [f"-XX:ArchiveClassesAtExit={new / 'kafka.jsa'}"], properties)
    with _stopping(process):
        _wait_for_start(process, home / "out")
    shutil.rmtree(home)


def _configured(home: Path, extra: str = "") -> tuple[int, Path]:
    port, controller = _free_ports(2)
    lines = [
        (HERE / "server.properties").read_text(),
        f"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        f"advertised.listeners=PLAINTEXT://127.0.0.1:{port}",
        f"controller.quorum.voters=1@127.0.0.1:{controller}",
        f"log.dirs={home / 'log'}",
        extra,
    ]
    path = home / "server.properties"
    path.write_text("\n".join(lines))
    return port, path


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _java(cache: Path, home: Path, options: list[str], properties: Path) -> subprocess.Popen[bytes]:
    # The archive only fits the very same class path, so it is spelled out in order.
    jars = ":".join(f"libs/{jar.name}" for jar in sorted((cache / "libs").iterdir()))
    logging = f"-Dlog4j2.configurationFile={HERE / 'log4j2.yaml'}"
    command = ["java", *options, logging, "-cp", jars, "kafka.Kafka", str(properties)]
    with (home / "out").open("wb") as out:
        return subprocess.Popen(command, cwd=cache, stdout=out, stderr=subprocess.STDOUT)


def _wait_for_start(process: subprocess.Popen[bytes], out: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while STARTED not in out.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise BrokerMissingError(f"Kafka did not start:\n{out.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)


@contextlib.contextmanager
def _stopping(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def _from_image() -> Iterator[str]:
    from testcontainers.core.waiting_utils import wait_for_logs

    broker, port = container("kafka", 0)
    for line in [*(HERE / "server.properties").read_text().splitlines(), *_image_listeners(port)]:
        if line and not line.startswith("#"):
            key, _, value = line.partition("=")
            broker = broker.with_env("KAFKA_" + key.upper().replace(".", "_"), value)
    broker.tmpfs["/opt/kafka/config"] = "uid=1000,gid=1000"  # as docker-compose.yml has it
    for log in ("log4j2.yaml", "tools-log4j2.yaml"):
        broker = broker.with_volume_mapping(str(LOGS / log), f"/mnt/shared/config/{log}")
    with broker:
        wait_for_logs(broker, STARTED, timeout=START_WITHIN)
        yield f"127.0.0.1:{port}"


def _image_listeners(port: int) -> list[str]:
    return [
        f"listeners=PLAINTEXT://0.0.0.0:{port},CONTROLLER://127.0.0.1:29093",
        f"advertised.listeners=PLAINTEXT://127.0.0.1:{port}",
        "controller.quorum.voters=1@127.0.0.1:29093",
        "log.dirs=/tmp/kafka-logs",
    ]
