"""The whole chain on the synthetic export, against figures counted by hand and against the independent reckoning.

The comparison itself is tested too: each way in which the two could differ must be found.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import bank_set
import pandas as pd
import pytest
import verify_data

EXPORT = Path(__file__).parents[1] / "data" / "police-export.csv"
FIRE, BANK = EXPORT.with_name("fire-export.csv"), EXPORT.with_name("bank-export.csv")
AT = "2025-03-09T16:00:00+00:00"
BY_HAND = {
    ("attend-immediate", "met", None): 9,
    ("attend-immediate", "breached", None): 6,
    ("attend-immediate", "excluded", "on-view"): 4,
    ("attend-immediate", "running", None): 2,
    ("attend-immediate", "unverifiable", "stop-before-start"): 1,
    ("attend-priority", "met", None): 3,
    ("attend-priority", "breached", None): 5,
    ("attend-priority", "excluded", "on-view"): 2,
    ("attend-priority", "running", None): 1,
}


FIRE_BY_HAND = {
    ("attend-immediate", "met", None): 11,
    ("attend-immediate", "breached", None): 4,
    ("attend-immediate", "excluded", "cancelled"): 1,
    ("attend-immediate", "excluded", "on-view"): 1,
    ("attend-priority", "met", None): 1,
    ("attend-priority", "breached", None): 1,
    ("attend-priority", "excluded", "on-view"): 1,
}
BANK_BY_HAND = {
    ("call-non-emergency", "met", None): 16,
    ("call-non-emergency", "breached", None): 5,
    ("call-non-emergency", "excluded", "abandoned-in-time"): 5,
}


def pledgewatch(*arguments):
    command = [sys.executable, "-m", "pledgewatch", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    path = tmp_path_factory.mktemp("chain") / "events.jsonl"
    pledgewatch("import", "sf-police", EXPORT, "-o", path)
    return path


@pytest.fixture(scope="module")
def judged(events):
    lines = pledgewatch("judge", events, "--standards", "met-pledge-2009", "--at", AT).splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture
def compared(tmp_path, capsys):
    """Compares judged clocks with the synthetic export; the exit code and what was printed."""

    def compare(clocks, *more):
        path = tmp_path / "judged.jsonl"
        path.write_text("".join(json.dumps(clock) + "\n" for clock in clocks))
        code = verify_data.main([str(EXPORT), "--judged", str(path), *more])
        return code, capsys.readouterr()

    return compare


def counted(clocks):
    return Counter((clock["standard"], clock["verdict"], clock.get("reason")) for clock in clocks)


def test_the_chain_gives_the_figures_counted_by_hand(judged):
    assert counted(judged) == BY_HAND


@pytest.mark.parametrize(
    ("mapping", "export", "by_hand"),
    [("sffd-calls", FIRE, FIRE_BY_HAND), ("bank-calls", BANK, BANK_BY_HAND)],
)
def test_the_other_sets_give_the_figures_counted_by_hand(mapping, export, by_hand, tmp_path):
    pledgewatch("import", mapping, export, "-o", tmp_path / "events.jsonl")
    lines = pledgewatch("judge", tmp_path / "events.jsonl", "--standards", "met-pledge-2009").splitlines()
    assert counted(map(json.loads, lines)) == by_hand


@pytest.mark.parametrize(
    ("export", "said"),
    [
        (EXPORT, ["53 rows, 39 incidents, 33 clocks"]),
        (
            FIRE,
            [
                "38 rows, 20 calls, 20 clocks",
                "3 calls that nobody came to",
                "5 attended calls of several units; in 2 none of those sent first was first on scene",
            ],
        ),
        (
            BANK,
            [
                "36 rows, 26 calls, 52 clocks",
                "within 30 s",
                "abandoned in time are kept promises          21 of     26  80.77 %",
                "abandoned count when late (C2)               16 of     21  76.19 %",
                "within 10 s",
                "abandoned within 5 s are kept promises       11 of     26  42.31 %",
            ],
        ),
    ],
)
def test_the_chain_agrees_with_the_independent_reckoning(export, said, capsys):
    assert verify_data.main([str(export)]) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == "no difference"
    assert [line for line in said if line not in printed] == []


def test_a_wait_measured_by_two_clocks_is_found(tmp_path, capsys):
    """Judged by when the agents say they began, a breach is none: the comparison must see it."""
    shipped = bank_set.SHIPPED.read_text(encoding="utf-8")
    by_the_agents = shipped.replace(
        "first_of: [left_queue, left_menu]", "first_of: [served, left_queue, left_menu]"
    )
    (tmp_path / "by-the-agents.yaml").write_text(by_the_agents, encoding="utf-8")
    pledgewatch("import", tmp_path / "by-the-agents.yaml", BANK, "-o", tmp_path / "events.jsonl")

    assert verify_data.main([str(BANK), "--events", str(tmp_path / "events.jsonl")]) == 1
    assert (
        "CALL-ZZ0101-990310-105/call-non-emergency: verdict: expected breached, said met"
        in capsys.readouterr().out
    )


def test_the_five_ways_are_those_of_the_rule():
    """C3's own example: 1,000 answered, 860 in time, 60 abandoned, 20 in time, 10 within 5 s."""
    waits = (
        [("AGENT", 1)] * 860
        + [("AGENT", 99)] * 140
        + [("HANG", 5)] * 10
        + [("HANG", 9)] * 10
        + [("HANG", 99)] * 40
    )
    calls = pd.DataFrame(waits, columns=["outcome", "waited"])
    shares = [f"{100 * kept / of:.1f}" for kept, of in bank_set.five_ways(calls, 10).values()]
    assert shares == ["83.0", "86.0", "81.1", "82.7", "82.1"]


def test_a_share_counted_otherwise_is_found(monkeypatch, capsys):
    told = verify_data.ways_said
    monkeypatch.setattr(verify_data, "ways_said", lambda *of: told(*of) | {"call-999": [(10, 26)] * 5})
    assert verify_data.main([str(BANK)]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed[-2].startswith(
        "call-999: the shares counted in 5 ways: expected [(13, 26), (10, 19), (10, 26)"
    )
    assert printed[-1] == "1 differences"


def test_a_set_that_is_named_is_not_guessed(capsys):
    assert verify_data.main([str(FIRE), "--set", "sffd-calls"]) == 0
    assert verify_data.main([str(FIRE), "--set", "bank-calls"]) == 2


def test_events_already_imported_can_be_judged(events, capsys):
    assert verify_data.main([str(EXPORT), "--events", str(events)]) == 0
    assert "53 rows, 39 incidents, 33 clocks, as at 2025-03-09T16:00:00+00:00" in capsys.readouterr().out


def test_clocks_already_judged_can_be_compared(judged, compared):
    code, printed = compared(judged)
    assert (code, printed.out.splitlines()[-1]) == (0, "no difference")


def test_of_a_clock_said_twice_the_last_counts(judged, compared):
    earlier = [clock | {"verdict": "running", "stop": None} for clock in judged]
    assert compared(earlier + judged)[0] == 0
    assert compared(judged + earlier)[0] == 1


@pytest.mark.parametrize(
    ("field", "wrong", "named"),
    [
        ("verdict", "breached", "verdict: expected met, said breached"),
        ("reason", "regraded", "reason: expected None, said regraded"),
        (
            "start",
            "2025-03-08T10:00:01.000-08:00",
            "start: expected 2025-03-08T18:00:00+00:00, said 2025-03-08T10:00:01",
        ),
        ("due", "2025-03-08T18:15:00.000Z", "due: expected 2025-03-08T18:12:00+00:00"),
        ("stop", None, "stop: expected 2025-03-08T18:08:00+00:00, said None"),
        ("elapsed_ms", 480_001, "elapsed_ms: expected 480000, said 480001"),
    ],
)
def test_one_wrong_field_of_one_clock_is_found(judged, compared, field, wrong, named):
    clocks = [dict(clock) for clock in judged]
    one = next(clock for clock in clocks if clock.get("elapsed_ms") == 480_000)
    one[field] = wrong
    code, printed = compared(clocks)
    assert code == 1
    assert f"{one['clock']}: {named}" in printed.out
    assert printed.out.splitlines()[-1] == "1 differences"


def test_a_clock_too_few_and_a_clock_too_many_are_found(judged, compared):
    code, printed = compared([*judged[1:], judged[0] | {"clock": "CAD-1/attend-immediate"}])
    assert code == 1
    assert f"{judged[0]['clock']}: not said; expected {judged[0]['verdict']}" in printed.out
    assert "CAD-1/attend-immediate: said" in printed.out


TIMES = ("start", "due", "stop")


def later(time):
    return (pd.Timestamp(time) + pd.Timedelta("9h")).isoformat()


def test_times_moved_by_one_amount_agree_only_where_that_is_said(judged, compared):
    moved = [clock | {name: later(clock[name]) for name in TIMES if name in clock} for clock in judged]
    assert compared(moved)[0] == 1
    assert compared(moved, "--shifted")[0] == 0
    place = next(n for n, clock in enumerate(judged) if clock["verdict"] == "met")
    moved[place]["due"] = judged[place]["due"]
    assert compared(moved, "--shifted")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such.csv"], "no-such.csv"),
        ([str(EXPORT), "--judged", "/dev/null"], "no clock was judged"),
        ([str(EXPORT), "--at", "2025-03-08T00:00:00Z"], "before the export's last update"),
        ([__file__], "verify-data: "),
    ],
)
def test_two_where_there_is_nothing_to_compare(arguments, said, capsys):
    assert verify_data.main(arguments) == 2
    assert said in capsys.readouterr().err


def test_the_check_imports_nothing_of_ours():
    names = ("schemas", "clocks", "standards", "streams", "feeds", "agents", "pledgewatch")
    script = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import verify_data\n"
    script += f"print([name for name in sys.modules if name.split('.')[0] in {names!r}])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"
