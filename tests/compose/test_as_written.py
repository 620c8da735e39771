"""docker-compose.yml as it is written: what holds without bringing anything up, Grafana's service included."""

import re

import pytest
import yaml

from tests.compose.stack import ROOT, declared

PARTS = {"kafka", "redis", "postgres", "prometheus", "alertmanager"}
SERVICES = declared()["services"]
ALL = sorted(SERVICES)
JOBS = "pledgewatch-worker pledgewatch-alerts pledgewatch-board pledgewatch-register pledgewatch-annotate"


def profiles(name):
    return set(SERVICES[name].get("profiles", ()))


def test_without_a_profile_there_are_just_the_parts():
    assert {name for name in ALL if not profiles(name)} == PARTS


def test_all_but_grafana_and_what_writes_to_it_come_up_without_it():
    assert {name for name in ALL if profiles(name) == {"everything"}} == {"grafana", "annotate", "playlist"}
    assert all("everything" in profiles(name) for name in set(ALL) - PARTS)


def test_nothing_waits_for_what_its_profile_leaves_out():
    for name in ALL:
        for other in SERVICES[name].get("depends_on", {}):
            assert not profiles(other) or profiles(name) <= profiles(other), f"{name} waits for {other}"


@pytest.mark.parametrize("name", ALL)
def test_each_is_guarded_and_limited(name):
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] or name == "grafana"
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["logging"]["options"]


@pytest.mark.parametrize("name", ALL)
def test_what_goes_on_is_started_again_and_says_how_it_is(name):
    service = SERVICES[name]
    goes_on = service["restart"] != "no"
    assert ("healthcheck" in service) == (goes_on and name != "simulate")


@pytest.mark.parametrize("name", ALL)
def test_ports_are_open_to_this_machine_alone(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", ()))


@pytest.mark.parametrize("name", ALL)
def test_images_are_pinned_but_our_own(name):
    image = re.sub(r"\$\{\w+:-(.*)\}", r"\1", SERVICES[name]["image"])
    assert re.search(r":v?\d", image) or SERVICES[name]["image"] == SERVICES["topics"]["image"]


def test_one_image_of_ours_is_built_once():
    assert [name for name in ALL if "build" in SERVICES[name]] == ["topics"]


@pytest.mark.parametrize("name", ALL)
def test_every_file_that_is_mounted_is_there(name):
    mounted = [each.split(":")[0] for each in SERVICES[name].get("volumes", ()) if each.startswith("./")]
    assert all((ROOT / each).exists() for each in mounted)


def test_every_variable_is_told_of_in_the_example():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    told = dict(re.findall(r"^#(\w+)=(.*)$", example, re.MULTILINE))
    used = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text))
    not_for_people = {"COMPOSE_PROJECT_NAME"}
    assert {name: used[name] for name in used if name not in not_for_people} == told


def test_the_readme_lists_every_port_that_is_open():
    readme = (
        (ROOT / "README.md").read_text(encoding="utf-8").partition("## With Docker")[2].partition("## Who")[0]
    )
    ports = {re.search(r":-(\d+)\}", port)[1] for name in ALL for port in SERVICES[name].get("ports", ())}
    assert ports == set(re.findall(r"\b\d{4}\b", readme))


def test_prometheus_asks_whom_the_rules_expect():
    config = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text(encoding="utf-8"))
    assert {each["job_name"] for each in config["scrape_configs"]} == {
        *JOBS.split(),
        "prometheus",
        "alertmanager",
    }


# Grafana cannot be brought up where its image cannot be had: what its files ask for must be given.


def test_grafana_is_given_all_that_its_data_sources_ask_for():
    asked = set()
    for path in (ROOT / "grafana" / "provisioning").rglob("*.yaml"):
        lines = path.read_text(encoding="utf-8").splitlines()
        asked |= set(re.findall(r"\$\{(\w+)\}", "\n".join(line.partition(" #")[0] for line in lines)))
    assert asked
    assert asked <= set(SERVICES["grafana"]["environment"])


def test_grafana_finds_its_dashboards_and_its_home_among_them():
    mounted = dict(each.split(":")[:2] for each in SERVICES["grafana"]["volumes"])
    provider = (ROOT / "grafana" / "provisioning" / "dashboards" / "pledgewatch.yaml").read_text(
        encoding="utf-8"
    )
    (found,) = yaml.safe_load(provider)["providers"]
    folder = found["options"]["path"]
    assert mounted["./grafana/_gen"] == folder
    assert mounted["./grafana/provisioning"] == "/etc/grafana/provisioning"
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home.startswith(folder)
    assert (ROOT / "grafana" / "_gen" / home.removeprefix(f"{folder}/")).exists()
