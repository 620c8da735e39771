"""`pledgewatch figures`: events in, shares with all that stands beside them out, down to the clocks."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pledgewatch.cli import run
from tests.cli.events import event, written

Figures = Callable[..., tuple[int, str, str]]


def _incident(number: int, offset: str, arrives: str | None, **data: Any) -> list[bytes]:
    subject = f"CAD-{number}"
    lines = [event(offset, "incident.created", subject, **{"grade": "I", "borough": "Hackney"} | data)]
    return [*lines, event(arrives, "unit.arrived", subject, unit="GD21")] if arrives else lines


DAY = [
    *_incident(1, "+0s", "+5m"),
    *_incident(2, "+0s", "+12m"),
    *_incident(3, "+0s", "+12m1s"),
    *_incident(4, "+0s", None),  # nobody comes
    *_incident(5, "+0s", "+3m", borough="Camden"),
    *_incident(6, "+0s", "+0s", on_view=True),
    *_incident(7, "+3h50m", "+3h55m"),  # due 00:02 the next day
    *_incident(8, "+10m", None),
    event("+14m", "incident.cancelled", "CAD-8"),
    *_incident(9, "+10m", None),
    event("+30m", "incident.cancelled", "CAD-9"),  # late: breached, stopped then
    *_incident(10, "+1h", "+59m", exercise=True),
    *_incident(11, "+4h", None),
    event("+4h1m", "unit.dispatched", "CAD-11", unit="GD22"),
]


def _calls() -> list[bytes]:
    ends = [("answered", "4s")] * 86 + [("answered", "11s")] * 14
    ends += [("abandoned", "5s"), ("abandoned", "6s"), *[("abandoned", "15s")] * 4]
    lines = []
    for number, (how, after) in enumerate(ends):
        lines += [
            event("+0s", "call.presented", f"CALL-{number}", line="999"),
            event(f"+{after}", f"call.{how}", f"CALL-{number}"),
        ]
    return lines


@pytest.fixture
def figures(capfd: pytest.CaptureFixture[str]) -> Figures:
    def ask(*arguments: str) -> tuple[int, str, str]:
        code = run(["figures", *arguments])
        said = capfd.readouterr()
        return code, said.out, said.err

    return ask


@pytest.fixture
def day(tmp_path: Path) -> str:
    return str(written(tmp_path / "day.jsonl", *DAY))


def _rows(answer: tuple[int, str, str]) -> list[dict[str, Any]]:
    assert answer[0] == 0
    return [json.loads(line) for line in answer[1].splitlines()]


def test_a_share_stands_on_its_counts_and_beside_what_is_not_in_it(figures: Figures, day: str) -> None:
    (row,) = _rows(figures(day, "--format", "json", "--at", "last"))
    assert row == {
        "standard": "attend-immediate",
        "clocks": 10,
        "met": 4,
        "breached": 3,
        "not_yet_due": 1,  # CAD-7, a minute before its due
        "n": 7,
        "percent": None,
        "low_percent": 25.0,
        "high_percent": 84.2,
        "target_percent": 90,
        "against_target": "too few to say",
        "excluded": {"cancelled": 1, "on-view": 1},
        "unverifiable": {},
        "running": 1,
        "durations": {
            "stopped": 6,
            "mean_ms": (180_000 + 300_000 + 300_000 + 720_000 + 721_000 + 1_200_000) // 6,
            "median_ms": 300_000,
            "p90_ms": 1_200_000,
            "p95_ms": 1_200_000,
            "longest_ms": 1_200_000,
            "without_stop": 1,
            "called_off": 1,
        },
        "calls": None,
        "ways": [],
    }


def test_without_a_time_every_deadline_is_played_out(figures: Figures, day: str) -> None:
    (row,) = _rows(figures(day, "--format", "json"))
    assert (row["running"], row["breached"]) == (0, 4)


def test_what_was_met_before_a_due_still_to_come_is_told(figures: Figures, day: str) -> None:
    """At 20:04 nothing is due; the incident in Camden was attended at 20:03."""
    at = ("--at", "2009-10-24T20:04:00+01:00")
    (row,) = _rows(figures(day, *at, "--format", "json"))
    assert (row["met"], row["breached"], row["running"], row["not_yet_due"]) == (1, 0, 4, 1)
    assert "(1 of the met not yet due)" in figures(day, *at)[1]
    due = ("--at", "2009-10-24T20:12:00+01:00")
    (row,) = _rows(figures(day, *due, "--format", "json"))
    assert (row["met"], row["not_yet_due"]) == (3, 0)


def test_names_from_the_data_are_shown_as_they_are(figures: Figures, tmp_path: Path) -> None:
    events = str(written(tmp_path / "odd.jsonl", *_incident(1, "+0s", "+5m", borough="[/red] [b]Hackney")))
    code, said, _ = figures(events, "--by", "borough")
    assert (code, "[/red] [b]Hackney " in said) == (0, True)


def test_clocks_of_other_cohorts_are_counted_apart_and_told(figures: Figures, day: str) -> None:
    _, _, told = figures(day)
    assert "clocks of other cohorts, counted apart: 1 exercise" in told
    (row,) = _rows(figures(day, "--format", "json", "--cohort", "exercise"))
    assert (row["clocks"], row["unverifiable"]) == (1, {"stop-before-start": 1})


def test_groups_stand_in_order_and_the_whole_comes_last(figures: Figures, day: str) -> None:
    rows = _rows(figures(day, "--format", "json", "--by", "day,borough"))
    assert [(row["day"], row["borough"], row["n"]) for row in rows] == [
        ("2009-10-24", "Camden", 1),
        ("2009-10-24", "Hackney", 5),
        ("2009-10-25", "Hackney", 2),
        (None, None, 8),
    ]


def test_a_clock_counts_on_the_local_day_of_its_due_not_of_its_start_or_stop(
    figures: Figures, day: str
) -> None:
    listed = _rows(figures(day, "--list", "--format", "json", "--where", "day=2009-10-25"))
    assert {line["clock"]: line["stop"] for line in listed} == {
        "CAD-7/attend-immediate": "2009-10-24T22:55:00.000Z",
        "CAD-11/attend-immediate": None,
    }


@pytest.mark.parametrize(
    ("where", "number", "clocks"),
    [
        (["verdict=met"], "met", {1, 2, 5, 7}),
        (["verdict=breached"], "breached", {3, 4, 9}),
        (["verdict=excluded", "reason=on-view"], "excluded", {6}),
        (["verdict=running"], "running", {11}),
        (["verdict=met", "borough=Camden"], "met", {5}),
    ],
)
def test_every_number_can_be_taken_apart_to_its_clocks_and_their_events(
    figures: Figures, day: str, where: list[str], number: str, clocks: set[int]
) -> None:
    asked = [part for each in where for part in ("--where", each)] + ["--at", "last", "--format", "json"]
    (row,) = _rows(figures(day, *asked))
    listed = _rows(figures(day, *asked, "--list"))
    assert {line["clock"] for line in listed} == {f"CAD-{each}/attend-immediate" for each in clocks}
    counted = row[number] if number != "excluded" else sum(row["excluded"].values())
    assert counted == len(listed)
    assert all(line["evidence"] for line in listed)


def test_the_list_has_what_has_not_stopped_first_then_the_longest(figures: Figures, day: str) -> None:
    listed = _rows(figures(day, "--list", "--format", "json", "--where", "verdict=breached", "--at", "last"))
    assert [line["elapsed_ms"] for line in listed] == [None, 1_200_000, 721_000]


def test_calls_are_counted_in_five_ways(figures: Figures, tmp_path: Path) -> None:
    calls = str(written(tmp_path / "calls.jsonl", *_calls()))
    (row,) = _rows(figures(calls, "--format", "json"))
    assert row["calls"] == {
        "answered_in": 86,
        "answered_late": 14,
        "abandoned_5s": 1,
        "abandoned_in": 1,
        "abandoned_late": 4,
    }
    assert [way["percent"] for way in row["ways"]] == [83.0, 86.0, 81.1, 82.7, 82.1]
    assert row["percent"] == 82.7
    assert row["durations"]["called_off"] == 4


def test_a_table_shows_few_clocks_as_counts_and_never_as_a_percentage(figures: Figures, day: str) -> None:
    code, said, _ = figures(day, "--at", "last")
    assert code == 0
    assert "4 of 7     25.0–84.2 %" in said
    assert "57.1" not in said
    assert "1 excluded: cancelled" in said
    assert "1 running" in said
    assert "1 late without a stop: no duration" in said


def test_the_clocks_as_a_table_name_their_events(figures: Figures, day: str) -> None:
    _, said, _ = figures(day, "--list", "--where", "clock=CAD-3/attend-immediate")
    assert "CAD-3/attend-immediate   breached   2009-10-24 20:12:00   2009-10-24 20:12:01   12m 1s" in said


def test_rows_for_a_spreadsheet_have_one_level(figures: Figures, day: str) -> None:
    _, said, _ = figures(day, "--format", "csv", "--by", "borough", "--at", "last")
    camden, hackney, whole = csv.DictReader(io.StringIO(said))
    assert (camden["borough"], hackney["borough"], whole["borough"]) == ("Camden", "Hackney", "")
    assert (whole["n"], whole["percent"], whole["excluded"]) == ("7", "", "2")
    assert whole["excluded_reasons"] == "cancelled 1; on-view 1"
    assert whole["way_1_percent"] == ""
    assert int(camden["met"]) + int(hackney["met"]) == int(whole["met"])


def test_clocks_for_a_spreadsheet(figures: Figures, day: str) -> None:
    _, said, _ = figures(day, "--list", "--format", "csv", "--where", "verdict=excluded")
    found = list(csv.DictReader(io.StringIO(said)))
    assert [(line["clock"], line["reason"], line["stop"]) for line in found] == [
        ("CAD-8/attend-immediate", "cancelled", ""),
        ("CAD-6/attend-immediate", "on-view", ""),
    ]


def test_of_packs_that_follow_one_another_no_standard_is_lost(figures: Figures, tmp_path: Path) -> None:
    """The later pack promises nothing for messages, and has no target for priority incidents."""
    lines = [
        *_incident(1, "+0s", "+14m"),
        *_incident(2, "+6h", "+6h14m"),
        *_incident(3, "+0s", "+50m", grade="S"),
        event("+0s", "message.received", "MSG-1", team="Hackney-Central"),
    ]
    packs = ("--standards", "met-pledge-2009,met-2012@2009-10-25")
    events = str(written(tmp_path / "days.jsonl", *lines))
    rows = _rows(figures(events, *packs, "--format", "json"))
    assert {row["standard"]: (row["met"], row["breached"], row["target_percent"]) for row in rows} == {
        "attend-immediate": (1, 1, 90),
        "attend-priority": (1, 0, None),
        "snt-reply": (0, 1, 90),
    }
    _, said, _ = figures(events, *packs)
    assert (
        "An immediate incident is attended within twelve minutes. "
        "Later: An immediate incident is attended within fifteen minutes." in " ".join(said.split())
    )


@pytest.mark.parametrize("format_", ["table", "json", "csv"])
@pytest.mark.parametrize("list_", [[], ["--list"]])
def test_where_nothing_is_left_it_says_so_or_nothing(
    figures: Figures, day: str, format_: str, list_: list[str]
) -> None:
    code, said, _ = figures(day, "--where", "borough=Nowhere", "--format", format_, *list_)
    assert code == 0
    assert len(said.splitlines()) <= 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--by", "weather"], "'weather' is not one of borough,"),
        (["--where", "weather=wet"], "'weather=wet' is not NAME=VALUE"),
        (["--where", "borough"], "'borough' is not NAME=VALUE"),
        (["--at", "noon"], "'noon' is not an RFC 3339 time"),
        (["--standards", "nowhere"], "there is no standards pack 'nowhere'"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    figures: Figures, day: str, arguments: list[str], words: str
) -> None:
    code, said, told = figures(day, *arguments)
    assert (code, said) == (2, "")
    assert words in " ".join(told.split())


def test_a_file_of_which_no_line_can_be_read_ends_with_one(figures: Figures, tmp_path: Path) -> None:
    code, _, told = figures(str(written(tmp_path / "bad.jsonl", b"{}\n")))
    assert code == 1
    assert "1 of 1 lines not read" in told
