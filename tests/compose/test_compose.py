"""Everything in containers: brought up by one command, its figures move, what fails is made good, nothing is lost."""

import re

import pytest

from tests.compose.stack import PROJECT, ROOT

ONCE = {"topics", "migrate", "past", "playlist"}
GENERATED = ROOT / "grafana" / "_gen"
LAG = "sum(pledge_partition_lag_events)"
JUDGED = 'sum(standard:pledge_judged:sum{window="24h"})'
TOLD = 'sum(standard:pledge_clocks:sum{window="7d"})'
KILL = """
for process in /proc/[0-9]*; do
  read -r name < "$process/comm" && [ "$name" = pledgewatch ] && kill -9 "${process#/proc/}"
done
"""


def test_all_are_well_and_what_runs_once_has_ended_well(stack):
    states = stack.states()
    assert {name for name, (_, _, code) in states.items() if code} == set()
    assert {name for name, (state, _, _) in states.items() if state == "exited"} == ONCE & set(states)
    unwell = {
        name for name, (state, health, _) in states.items() if state == "running" and health == "unhealthy"
    }
    assert unwell == set()
    asked = {name for name, (_, health, _) in states.items() if health == "healthy"}
    assert set(states) - asked - ONCE == {"simulate"}  # it answers nobody


def test_nobody_is_root_in_it(stack):
    for name in set(stack.states()) - ONCE:
        _, *processes = stack.run("docker", "top", f"{PROJECT}-{name}-1", "-eo", "pid,uid").splitlines()
        owners = {line.split()[1] for line in processes}
        assert owners and "0" not in owners, name


def test_no_port_is_open_beyond_this_machine(stack):
    told = stack.run(
        "docker", "ps", "--filter", f"label=com.docker.compose.project={PROJECT}", "--format", "{{.Ports}}"
    )
    published = re.findall(r"(\S+):(\d+)->", told)
    assert {host for host, _ in published} == {"127.0.0.1"}
    told_of = {
        port for name, port in stack.ports.items() if name != "GRAFANA" or stack.profile == "everything"
    }
    assert {int(port) for _, port in published} == told_of


def test_a_day_is_judged_and_its_figures_are_in_prometheus(stack):
    stack.wait_for("the day before is judged", lambda: stack.value(LAG) == 0 and stack.value(JUDGED) > 5_000)
    kept = {
        labels["standard"]: value for labels, value in stack.query('standard:pledge_kept:ratio{window="24h"}')
    }
    assert {"call-999", "call-non-emergency", "attend-immediate", "attend-priority"} <= set(kept)
    assert all(0 < kept[standard] < 1 for standard in ("call-999", "attend-immediate"))
    down = [labels for labels, value in stack.query("up") if not value]
    assert down == []


def test_figures_move_by_themselves(stack):
    before = stack.value(TOLD)
    stack.wait_for("more is counted than a moment ago", lambda: stack.value(TOLD) > before)


def test_the_rules_are_loaded_and_none_of_them_fails(stack):
    groups = stack.get("PROMETHEUS", "/api/v1/rules")["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert {rule["type"] for rule in rules} == {"recording", "alerting"}
    assert [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] == "err"] == []


def test_what_is_open_is_an_alert_on_the_board_and_in_alertmanager(stack):
    alerts = stack.wait_for("the board has alerts", lambda: stack.get("BOARD", "/api/alerts")["alerts"])
    assert {"id", "stage", "state"} <= set(alerts[0])
    mirrored = stack.wait_for("Alertmanager has them", lambda: stack.get("ALERTMANAGER", "/api/v2/alerts"))
    assert any("stage" in each["annotations"] for each in mirrored)


def test_every_verdict_is_a_row_of_the_register(stack):
    rows = "SELECT count(*) FROM verdicts WHERE counted AND cohort = 'live'"
    # Prometheus counts the last 24 hours; the register keeps all, and the city began a little before.
    stack.wait_for("the register has it all", lambda: int(stack.sql(rows)) >= stack.value(JUDGED) > 5_000)
    assert int(stack.sql("SELECT count(*) FROM open_clocks")) > 0


def test_whoever_reads_the_register_for_grafana_can_only_read(stack):
    assert int(stack.sql("SELECT count(*) FROM verdicts", user="grafana")) > 0
    assert "permission denied" in stack.sql("BEGIN READ WRITE; DELETE FROM verdicts", user="grafana")


def test_grafana_has_its_dashboards_and_reaches_what_they_ask(stack):
    if stack.profile != "everything":
        pytest.skip("no image of Grafana can be had here, and there is no stand-in of it")
    found = stack.get("GRAFANA", "/api/search?type=dash-db")  # by nobody in particular, as on the wall
    assert {each["uid"] for each in found} >= {path.stem for path in GENERATED.glob("*.json")}
    for source in ("prometheus", "register"):
        told = stack.get("GRAFANA", f"/api/datasources/uid/{source}/health", login="admin:pledgewatch")
        assert told["status"] == "OK", told
    marks = "/api/annotations?tags=pledgewatch&limit=1"
    stack.wait_for("breaches are marked", lambda: stack.get("GRAFANA", marks, login="admin:pledgewatch"))


def test_a_broker_that_restarts_and_a_worker_that_is_killed_lose_nothing(stack):
    before = started(stack, "worker-1")
    stack.compose("exec", "--detach", "worker-1", "bash", "-c", KILL)  # who kills it ends with its container
    stack.wait_for("the worker is started again", lambda: started(stack, "worker-1") != before)
    stack.compose("restart", "kafka")
    stack.wait_for("all are well again", lambda: well(stack), within=180)
    told = stack.value(TOLD)
    stack.wait_for("figures move again", lambda: stack.value(TOLD) > told)
    stack.wait_for("all is read", lambda: stack.value(LAG) == 0)
    sent = int(
        stack.inside("simulate", "grep -o '\"done\":[0-9]*' /var/lib/pledgewatch/city.note").partition(":")[2]
    )
    said = stack.pledgewatch("verify")
    judged = int(re.search(r"^([\d,]+) events of", said, re.MULTILINE).group(1).replace(",", ""))
    assert "no difference" in said.splitlines()
    assert judged >= sent > 50_000


def test_what_ran_once_does_nothing_twice(stack):
    stack.make("up")
    assert "nothing to do" in stack.compose("logs", "--no-color", "topics").splitlines()[-1]
    assert "no difference" in stack.pledgewatch("verify")


def started(stack, service):
    """When its container was last started."""
    return stack.run(
        "docker", "inspect", f"{PROJECT}-{service}-1", "--format", "{{.State.StartedAt}}"
    ).strip()


def well(stack):
    """Whether all that should run is running, and healthy where that is asked for."""
    running = {name: state for name, state in stack.states().items() if name not in ONCE}
    return all(state == "running" and health in ("healthy", "") for state, health, _ in running.values())
