"""A real Prometheus for tests, with the project's own rules: it scrapes what it is given, and is asked in PromQL."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import yaml

from tests.missing import missing

RULES = Path(__file__).parents[2] / "grafana" / "rules"
_READY_WITHIN = 20.0


class Sample(NamedTuple):
    """One series of an answer; `value` at the moment asked for."""

    labels: dict[str, str]
    value: float


class Prometheus:
    """A running server: `url` is its address."""

    def __init__(self, url: str, config: Path, interval: str, rules: Sequence[Path]) -> None:
        self.url = url
        self._config, self._interval, self._rules = config, interval, rules

    def query(self, expr: str, at: float | None = None) -> list[Sample]:
        """The series of an expression, now or at a moment (Unix seconds); AssertionError where it is wrong."""
        data = self.get("query", query=expr, **({} if at is None else {"time": at}))
        if data["resultType"] == "scalar":
            return [Sample({}, float(data["result"][1]))]
        return [Sample(each["metric"], float(each["value"][1])) for each in data["result"]]

    def value(self, expr: str) -> float | None:
        """The one value of an expression; None where it has no series, AssertionError where it has several."""
        found = self.query(expr)
        assert len(found) <= 1, f"{expr} has {len(found)} series"
        return found[0].value if found else None

    def query_range(self, expr: str, start: float, end: float, step: float) -> list[dict[str, Any]]:
        """The series of an expression from `start` to `end` (Unix seconds), as the API has them."""
        data = self.get("query_range", query=expr, start=start, end=end, step=step)
        return list(data["result"])

    def get(self, what: str, **asked: Any) -> Any:
        """The `data` of an answer of /api/v1/…; AssertionError with Prometheus' own words where it refuses."""
        answer = httpx.get(f"{self.url}/api/v1/{what}", params=asked, timeout=30).json()
        assert answer["status"] == "success", f"{asked}: {answer['error']}"
        return answer["data"]

    def scrape(self, targets: Mapping[str, Sequence[str]]) -> None:
        """Scrape these instead, by job: what is left out is gone, and its series are stale."""
        self._config.write_text(yaml.safe_dump(config(targets, self._rules, self._interval)))
        httpx.post(f"{self.url}/-/reload", timeout=30).raise_for_status()

    def wait_for(self, expr: str, wanted: Callable[[list[Sample]], bool] = bool, within: float = 20) -> None:
        """Returns once the answer is as wanted (by default: there is one); AssertionError after `within` seconds."""
        until = time.monotonic() + within
        while not wanted(found := self.query(expr)):
            assert time.monotonic() < until, f"{expr} is still {found} after {within} s"
            time.sleep(0.2)


@contextmanager
def prometheus_server(
    targets: Mapping[str, Sequence[str]],
    rules: Sequence[Path] = (RULES,),
    interval: str = "1s",
) -> Iterator[Prometheus]:
    """A Prometheus on a free port, ready, scraping `targets` (host:port by job) with `rules` each `interval`.

    `rules` are files, or folders of them. The test is skipped where there is no Prometheus, and fails with CI=true.
    """
    program = shutil.which("prometheus") or missing("Prometheus", "there is no `prometheus` in the PATH")
    with tempfile.TemporaryDirectory(prefix="prometheus-") as folder:
        path = Path(folder) / "prometheus.yml"
        path.write_text(yaml.safe_dump(config(targets, rules, interval)))
        address = f"127.0.0.1:{_free_port()}"
        with (Path(folder) / "log").open("w") as log:
            process = subprocess.Popen(
                _command(program, path, Path(folder) / "data", address), stdout=log, stderr=log
            )
        try:
            server = Prometheus(f"http://{address}", path, interval, rules)
            _wait_until_ready(server.url, process, Path(folder) / "log")
            yield server
        finally:
            process.terminate()
            process.wait(20)


def config(targets: Mapping[str, Sequence[str]], rules: Sequence[Path], interval: str) -> dict[str, Any]:
    """The configuration, as prometheus.yml has it."""
    files = [str(path / "*.yaml") if path.is_dir() else str(path) for path in rules]
    jobs = [{"job_name": job, "static_configs": [{"targets": list(hosts)}]} for job, hosts in targets.items()]
    times = {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval}
    return {"global": times, "rule_files": files, "scrape_configs": jobs}


def _command(program: str, path: Path, data: Path, address: str) -> list[str]:
    return [
        program,
        f"--config.file={path}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address={address}",
        "--web.enable-lifecycle",
        "--log.level=warn",
    ]


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _READY_WITHIN
    while process.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(f"{url}/-/ready", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    process.terminate()
    raise AssertionError(f"Prometheus does not start:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
