"""The rules as Prometheus' own tool reads and tests them, and what must be true of each."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from pledgewatch.docs import metrics_page
from tests.docs.pages import text_of
from tests.missing import missing
from tests.rules.server import RULES

HERE = Path(__file__).parent
CASES = ("rates.yaml", "alerts.yaml")
SEVERITIES, CONCERNS = {"critical", "warning", "info"}, {"promises", "service"}
RUNBOOKS, PAGE = text_of("runbooks.md"), text_of("prometheus.md")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def rules() -> Iterator[dict[str, Any]]:
    for file in sorted(RULES.glob("*.yaml")):
        for group in yaml.safe_load(file.read_text())["groups"]:
            yield from group["rules"]


ALERTS = {rule["alert"]: rule for rule in rules() if "alert" in rule}
RECORDS = {rule["record"] for rule in rules() if "record" in rule}


def promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return run("promtool", *words)


def run(tool: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which(tool) or missing(tool, f"there is no `{tool}` in the PATH")
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=60)


def test_prometheus_takes_every_rule() -> None:
    checked = promtool("check", "rules", *sorted(RULES.glob("*.yaml")))
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("case", CASES)
def test_every_rule_does_what_its_tests_say(case: str) -> None:
    tested = promtool("test", "rules", HERE / case)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_no_rule_is_without_a_test() -> None:
    """An alert is expected to fire in one, a recorded series to have a value."""
    text = "\n".join((HERE / case).read_text() for case in CASES)
    fired = set(re.findall(r'alertname="(\w+)", alertstate="firing"', text))
    recorded = {name for name in RECORDS if f"{name}{{" in text or f"labels: '{name}'" in text}
    recorded |= set(re.findall(r"expr: .*?([a-z]+:pledge_[a-z_]+:[a-z]+)", text))
    assert fired == set(ALERTS)
    assert recorded >= RECORDS


FAULTS = {
    "a hand-over counts clocks twice": (
        "max by (standard, borough, verdict, reason, cohort, window, partition) (pledge_clocks)",
        "pledge_clocks",
    ),
    "a hand-over counts a week twice": (
        "max by (standard, verdict, cohort, week, partition) (pledge_week_clocks)",
        "pledge_week_clocks",
    ),
    "a hand-over counts calls twice": (
        "max by (line, outcome, window, partition) (pledge_calls)",
        "pledge_calls",
    ),
    "a share without clocks is shown": ("(standard:pledge_judged:sum > 0)", "standard:pledge_judged:sum"),
    "a borough that kept nothing is left out": ("or 0 * borough:pledge_judged:sum", ""),
    "exercises are counted in": ('cohort="live", verdict=~"met|breached"', 'verdict=~"met|breached"'),
    "few are enough for an alert": (">= 30", ">= 0"),
    "chance is enough for an alert": ("pledge_kept_high:ratio{window", "pledge_kept:ratio{window"),
    "an alert that can never fire": (
        "clamp(0.5 / (1 - standard:pledge_target:max), 1, 3)",
        "0 * standard:pledge_target:max + 14.4",
    ),
    "a planned outage alarms": ("unless (max by (feed, topic, partition) (pledge_feed_outage) == 1)", ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_tests_notice(fault: str, tmp_path: Path) -> None:
    right, wrong = FAULTS[fault]
    case = "rates.yaml" if right in (RULES / "rates.yaml").read_text() else "alerts.yaml"
    for file in RULES.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text().replace(right, wrong))
    assert (tmp_path / case).read_text() != (RULES / case).read_text(), "the fault has no place any more"
    (tmp_path / "cases").write_text(yaml.safe_dump(_cases_about(right, case)))
    assert promtool("check", "rules", tmp_path / case).returncode == 0
    assert promtool("test", "rules", tmp_path / "cases").returncode


def _cases_about(part: str, file: str) -> dict[str, Any]:
    """The tests of a file beside the rules; of alerts, those that name one that the part of a rule is in."""
    cases = yaml.safe_load((HERE / file).read_text())
    cases["rule_files"] = [Path(each).name for each in cases["rule_files"]]
    if file == "alerts.yaml":
        about = [name for name, rule in ALERTS.items() if part in rule["expr"]]
        cases["tests"] = [case for case in cases["tests"] if any(name in case["name"] for name in about)]
    return cases


@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_newer_prometheus_parses_it_too(rule: dict[str, Any]) -> None:
    promql_parser.parse(rule["expr"])


def test_what_they_ask_for_is_shown_or_recorded() -> None:
    page = metrics_page.page()
    asked = {
        name
        for rule in rules()
        for name in re.findall(r"\b(?:[a-z]+:)?pledge_[a-z_]+(?::[a-z]+)?", rule["expr"])
    }
    shown = set(re.findall(r"`(pledge_[a-z_]+)`", page))
    shown |= {f"{name}_{end}" for name in shown for end in ("bucket", "count")}
    assert asked - RECORDS - shown == set()


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_how_bad_whose_business_and_what_to_do(name: str) -> None:
    rule = ALERTS[name]
    assert rule["labels"]["severity"] in SEVERITIES
    assert rule["labels"]["concerns"] in CONCERNS
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    assert rule["annotations"]["runbook_url"] == f"docs/runbooks.md#{name.lower()}"


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_has_its_runbook(name: str) -> None:
    _, _, rest = RUNBOOKS.partition(f"\n### {name}\n")
    section = re.split(r"\n##+ ", rest)[0]
    for part in ("**For the promise.**", "**Look at.**", "**Do.**"):
        assert part in section, f"{name} does not say {part}"


def test_no_runbook_is_left_of_an_alert_that_is_gone() -> None:
    assert set(re.findall(r"^### (Pledge\w+)$", RUNBOOKS, re.MULTILINE)) == set(ALERTS)


def test_the_page_lists_what_is_recorded_and_nothing_else() -> None:
    listed = re.findall(
        r"`([a-z]+:pledge_[a-z_]+:[a-z]+)`", PAGE.partition("## What is recorded")[2].partition("\n\n- ")[0]
    )
    assert sorted(listed) == sorted(RECORDS)


def test_prometheus_takes_the_configuration_on_the_page(tmp_path: Path) -> None:
    """With the jobs that the alerts ask for."""
    example = EXAMPLES[0]
    (tmp_path / "rules").symlink_to(RULES)
    (tmp_path / "prometheus.yml").write_text(example)
    checked = promtool("check", "config", tmp_path / "prometheus.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    jobs = {job["job_name"] for job in yaml.safe_load(example)["scrape_configs"]}
    asked = {job for rule in ALERTS.values() for job in re.findall(r'job="([a-z-]+)"', rule["expr"])}
    assert asked == jobs


def test_alertmanager_takes_the_route_on_the_page(tmp_path: Path) -> None:
    """And sends a share to the control room, a worker to whoever runs it."""
    file = tmp_path / "alertmanager.yml"
    file.write_text(EXAMPLES[1] + "receivers: [{name: operations}, {name: control-room}]\n")
    checked = run("amtool", "check-config", file)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    for alert, receiver in (("PledgeRateBelowTarget", "control-room"), ("PledgeNoWorker", "operations")):
        labels = [f"{name}={value}" for name, value in ALERTS[alert]["labels"].items()]
        routed = run(
            "amtool", "config", "routes", "test", f"--config.file={file}", f"alertname={alert}", *labels
        )
        assert routed.stdout.strip() == receiver
