"""`pledgewatch grafana push`: what is missing is created, what differs is changed, what is the same is left alone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from grafana import content
from grafana.pushing import differences
from pledgewatch.cli import run
from tests.grafana.documented import TOKEN, Documented

SOURCES = {
    "PROMETHEUS_URL": "http://prometheus:9090",
    "REGISTER_HOST": "postgres:5432",
    "REGISTER_USER": "reader",
    "REGISTER_DATABASE": "register",
    "REGISTER_SSLMODE": "require",
    "REGISTER_PASSWORD": "s3cret",
}
UIDS = sorted(each["uid"] for each in content.dashboards(None))


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, stub: Documented) -> Iterator[None]:
    for name, value in {
        **SOURCES,
        "PLEDGEWATCH_GRAFANA_URL": stub.url,
        "PLEDGEWATCH_GRAFANA_TOKEN": TOKEN,
    }.items():
        monkeypatch.setenv(name, value)
    yield
    assert not stub.faults


def pushed(capsys: pytest.CaptureFixture[str], *options: str, code: int = 0) -> list[str]:
    """What it says, each line up to what differs."""
    assert run(["grafana", "push", *options]) == code
    return capsys.readouterr().out.splitlines()


def test_an_empty_grafana_is_given_everything(stub: Documented, capsys: pytest.CaptureFixture[str]) -> None:
    lines = pushed(capsys)

    assert lines[:3] == [
        "data source Prometheus: created",
        "data source Pledge register: created",
        "folder PledgeWatch: created",
    ]
    assert lines[-1] == "playlist Control room wall: created"
    assert all(line.endswith(": created") for line in lines)
    assert sorted(stub.dashboards) == UIDS
    assert {each["meta"]["folderUid"] for each in stub.dashboards.values()} == {"pledgewatch"}
    assert stub.sources["prometheus"]["url"] == "http://prometheus:9090"
    assert stub.sources["register"]["secureJsonData"] == {"password": "s3cret"}
    assert len(stub.playlists) == 1


def test_the_second_time_nothing_but_secrets_is_written(
    stub: Documented, capsys: pytest.CaptureFixture[str]
) -> None:
    pushed(capsys)
    stub.asked.clear()

    assert all(line.endswith(": unchanged") for line in pushed(capsys))
    assert stub.written == ["PUT /api/datasources/uid/register"]


def test_it_can_be_asked_first(stub: Documented, capsys: pytest.CaptureFixture[str]) -> None:
    assert all(line.endswith(": is missing") for line in pushed(capsys, "--check", code=1))
    assert stub.written == []
    pushed(capsys)
    stub.asked.clear()
    assert all(line.endswith(": is the same") for line in pushed(capsys, "--check"))
    assert stub.written == []


def test_what_somebody_changed_is_named_and_changed_back(
    stub: Documented, capsys: pytest.CaptureFixture[str]
) -> None:
    pushed(capsys)
    wall = stub.dashboards["pledgewatch-wall"]["dashboard"]
    panel = wall["panels"][0]
    title, panel["targets"] = panel["title"], []
    wall["refresh"] = "1h"

    said = f"dashboard Control room wall: differs: refresh, panel {title}"
    assert said in pushed(capsys, "--check", code=1)
    assert said.replace("differs", "changed") in pushed(capsys)
    assert pushed(capsys, "--check")


def test_a_dashboard_that_was_moved_is_moved_back(
    stub: Documented, capsys: pytest.CaptureFixture[str]
) -> None:
    pushed(capsys)
    stub.dashboards["pledgewatch-wall"]["meta"]["folderUid"] = ""
    assert "dashboard Control room wall: changed: folder" in pushed(capsys)


def test_a_folder_that_was_renamed_is_named_again(
    stub: Documented, capsys: pytest.CaptureFixture[str]
) -> None:
    pushed(capsys)
    stub.folders["pledgewatch"]["title"] = "Old"
    assert "folder PledgeWatch: changed: title" in pushed(capsys)
    assert stub.folders["pledgewatch"]["title"] == "PledgeWatch"


def test_a_playlist_that_was_changed_is_changed_back(
    stub: Documented, capsys: pytest.CaptureFixture[str]
) -> None:
    pushed(capsys)
    [held] = stub.playlists.values()
    held.get("spec", held)["interval"] = "5m"

    assert "playlist Control room wall: changed: interval" in pushed(capsys)
    assert pushed(capsys)[-1] == "playlist Control room wall: unchanged"
    assert len(stub.playlists) == 1


def test_what_is_provisioned_by_file_is_left_alone(
    stub: Documented, capsys: pytest.CaptureFixture[str]
) -> None:
    pushed(capsys)
    stub.sources["prometheus"] |= {"readOnly": True, "url": "http://elsewhere"}
    stub.dashboards["pledgewatch-wall"]["meta"]["provisioned"] = True
    stub.dashboards["pledgewatch-wall"]["dashboard"]["panels"] = []

    lines = pushed(capsys)
    assert "data source Prometheus: provisioned by file, left as it is" in lines
    assert "dashboard Control room wall: provisioned by file, left as it is" in lines


def test_an_address_that_changed_is_changed_there(
    stub: Documented, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed(capsys)
    monkeypatch.setenv("PROMETHEUS_URL", "https://prometheus.example")
    assert "data source Prometheus: changed: url" in pushed(capsys)
    assert stub.sources["prometheus"]["url"] == "https://prometheus.example"


def test_which_source_is_the_default_is_not_ours_to_say(
    stub: Documented, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed(capsys)
    assert not any(each.get("isDefault") for each in stub.sources.values())
    stub.sources["prometheus"]["isDefault"] = True
    monkeypatch.setenv("PROMETHEUS_URL", "https://prometheus.example")
    pushed(capsys)
    assert stub.sources["prometheus"]["isDefault"]


def test_links_lead_to_the_board_that_is_named(stub: Documented, capsys: pytest.CaptureFixture[str]) -> None:
    pushed(capsys, "--board-url", "https://board.example/")
    variables = {
        each["name"]: each["query"]
        for each in stub.dashboards["pledgewatch-wall"]["dashboard"]["templating"]["list"]
    }
    assert variables["board_url"] == "https://board.example"


def test_a_variable_that_is_missing_is_named(
    stub: Documented, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REGISTER_PASSWORD")
    assert run(["grafana", "push"]) == 2
    assert "the data sources need REGISTER_PASSWORD in the environment" in capsys.readouterr().err
    assert stub.written == []
    assert pushed(capsys, "--no-sources")[0] == "folder PledgeWatch: created"
    assert stub.sources == {}


def test_a_name_that_is_taken_is_told_so(stub: Documented, capsys: pytest.CaptureFixture[str]) -> None:
    stub.sources["another"] = {"id": 9, "uid": "another", "name": "Prometheus"}
    assert run(["grafana", "push"]) == 2
    assert "409: data source with the same name already exists" in capsys.readouterr().err


def test_a_wrong_token_ends_it(
    stub: Documented, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLEDGEWATCH_GRAFANA_TOKEN", "glsa_old")
    assert run(["grafana", "push"]) == 2
    assert "401: Invalid API key" in capsys.readouterr().err


def test_no_secret_is_shown(stub: Documented, capsys: pytest.CaptureFixture[str]) -> None:
    pushed(capsys)
    pushed(capsys, "--check")
    assert "s3cret" not in json.dumps(capsys.readouterr())


@pytest.mark.parametrize(
    ("wanted", "held", "expected"),
    [
        ({"a": 1}, {"a": 1.0, "version": 3}, []),
        ({"a": None, "b": [], "c": False}, {}, []),
        ({"a": 1}, {}, ["a"]),
        ({"a": [1, 2]}, {"a": [2, 1]}, ["a"]),
        ({"a": False}, {"a": True}, ["a"]),
        ({"panels": [{"id": 1, "title": "Kept"}]}, {"panels": []}, ["panel Kept"]),
        ({"panels": [{"id": 1}]}, {"panels": [{"id": 1}, {"id": 2}]}, ["panels of others"]),
    ],
)
def test_what_counts_as_a_difference(wanted: Any, held: Any, expected: list[str]) -> None:
    assert differences(wanted, held) == expected
