"""`import --check`: each thing worth a look is found, on the line where it stands, and nothing else is."""

import json
import subprocess
import sys

import pytest
from import_bench import GOOD, HEADER, SMALL, lines, varied, written
from shipped_bench import DATA

from feeds.importing.finding import find_mapping, read_mapping
from feeds.importing.reading import open_export
from feeds.quality.findings import findings
from feeds.quality.looking import look
from schemas.times import DAY, HOUR, MINUTE, SECOND, parse_time

NOW = parse_time("2025-06-02T00:00:00Z")
TABLE = varied("{column: grade}", "{column: grade, table: g}") + "tables: {g: {I: I, A: S}}\n"


def row(number, received="2025-06-01 10:00:07", arrived="2025-06-01 10:08:09", grade="I", place="Marsh"):
    return f"{number},{received},{arrived},{grade},{place}"


@pytest.fixture
def checked(tmp_path):
    """Looks at a few rows by a mapping: what was seen, and what was found."""

    def check(*rows, mapping=SMALL, header=HEADER):
        document, read = read_mapping(written(tmp_path, "mapping.yaml", mapping))
        with open_export(str(written(tmp_path, "export.csv", lines(header, *rows))), read.file) as export:
            seen = look(document, read, export, NOW)
        return seen, findings(seen)

    return check


def kinds(found):
    return [(each.kind, each.number, each.lines) for each in found if each.problem]


def test_a_good_export_has_nothing_worth_a_look(checked):
    seen, found = checked(row(1), row(2, "2025-06-01 10:00:08"), row(3, "2025-06-01 10:00:08", ""))
    assert found == []
    assert seen.events == {"incident.created": 3, "unit.arrived": 2}
    assert [(time.name, time.given, time.missing) for time in seen.times] == [
        ("incident.created", 3, 0),
        ("unit.arrived", 2, 1),
    ]


FOUND = {
    "an arrival before the call": (row(2, arrived="2025-06-01 10:00:06"), SMALL, "negative"),
    "an id given before": (row(1, "2025-06-01 10:00:08"), SMALL, "doubled"),
    "a word for nothing": (row(2, place="N/A"), SMALL, "sentinel"),
    "a code not in the table": (row(2, grade="Z"), TABLE, "not-in-table"),
    "a time of another form": (row(2, "1 June"), SMALL, "bad-time"),
    "an hour that came twice": (row(2, "2024-10-27 01:30:00"), SMALL, "ambiguous-time"),
    "an hour that never was": (row(2, "2025-03-30 01:30:00"), SMALL, "nonexistent-time"),
    "a time in the future": (row(2, arrived="2025-06-02 01:00:01"), SMALL, "future"),
    "a time that is missing": (row(2, ""), SMALL, "missing"),
    "a cell too many": (row(2) + ",", SMALL, "wrong-width"),
}


@pytest.mark.parametrize(("bad", "mapping", "kind"), FOUND.values(), ids=FOUND)
def test_one_bad_row_is_found_where_it_stands(checked, bad, mapping, kind):
    _, found = checked(row(1), bad, row(3, "2025-06-01 10:00:09"), mapping=mapping)
    (one,) = [each for each in found if each.problem]
    assert (one.kind, one.number) == (kind, 1)
    assert one.lines == {"sentinel": [], "doubled": [2, 3]}.get(kind, [3])


def test_unknown_codes_are_counted_apart_and_the_most_common_come_first(checked):
    rows = [row(n, grade=code) for n, code in enumerate("AVWVXYZU")]
    seen, found = checked(*rows, mapping=TABLE)
    assert seen.codes["grade: 'V' is not in the table 'g'"] == 2
    assert (
        "7 rows refused as not-in-table (grade: 'V' is not in the table 'g': 2, grade: 'W'" in found[0].said
    )
    assert "…)" in found[0].said
    assert found[0].lines == [3, 4, 5, 6, 7]


def test_an_arrival_at_the_call_is_not_before_it(checked):
    seen, found = checked(row(1, arrived="2025-06-01 10:00:07"))
    assert found == []
    (interval,) = seen.intervals
    assert (interval.count, interval.negative, interval.smallest) == (1, 0, 0)


def test_an_intervals_smallest_median_and_largest(checked):
    arrivals = ("10:00:06", "10:00:17", "10:01:07", "11:00:07")
    seen, found = checked(*(row(n, arrived=f"2025-06-01 {at}") for n, at in enumerate(arrivals)))
    (interval,) = seen.intervals
    assert (interval.before, interval.after) == ("incident.created", "unit.arrived")
    assert (interval.smallest, interval.median, interval.largest) == (-SECOND, 10 * SECOND, HOUR)
    assert "unit.arrived is before incident.created in 1 of 4 rows, by up to 1s" in [
        each.said for each in found
    ]


def test_the_present_is_not_the_future(checked):
    assert checked(row(1, arrived="2025-06-02 01:00:00"))[1] == []


def test_doubtful_times_that_the_mapping_takes_are_told(checked):
    taken = varied("ambiguous: refuse", "ambiguous: first")
    _, found = checked(row(1, "2024-10-27 01:30:07", ""), row(2, arrived=""), mapping=taken)
    assert kinds(found)[0] == ("ambiguous", 1, [2])
    assert "in an hour that came twice in 1 row, taken as the mapping says" in found[0].said


@pytest.mark.parametrize(("rounded", "heaped"), [(6, False), (7, True)])
def test_over_a_fifth_of_the_times_on_whole_minutes_are_heaped(checked, rounded, heaped):
    rows = [row(n, "2025-06-01 10:00:00" if n < rounded else "2025-06-01 10:00:07") for n in range(30)]
    seen, found = checked(*rows)
    assert seen.times[0].whole_minutes == rounded
    assert [each.kind for each in found] == (["heaped"] if heaped else [])


def test_a_few_whole_minutes_are_chance(checked):
    assert checked(*(row(n, "2025-06-01 10:00:00") for n in range(29)))[1] == []


def test_rows_out_of_order_are_told_and_are_no_problem(checked):
    seen, found = checked(row(1), row(2, "2025-05-31 10:00:07", ""), row(3, "2025-06-01 10:00:06"))
    assert (seen.disorder.rows, seen.disorder.most) == (2, DAY)
    assert [(each.kind, each.problem, each.lines) for each in found] == [("out-of-order", False, [3, 4])]


def test_events_recorded_late_are_told_and_are_no_problem(checked):
    keyed = varied("{at: event}", "{at: column, column: keyed}")
    header = HEADER + ",keyed"
    seen, found = checked(
        row(1, arrived="") + ",2025-06-01 10:05:07",
        row(2, arrived="") + ",2025-06-01 10:05:08",
        mapping=keyed,
        header=header,
    )
    assert (seen.late.events, seen.late.most) == (1, 5 * MINUTE + SECOND)
    assert [(each.kind, each.problem) for each in found if each.kind != "never-given"] == [
        ("recorded-late", False)
    ]


def test_a_time_that_is_never_given_is_found(checked):
    _, found = checked(row(1, arrived=""), row(2, arrived=""))
    assert [(each.kind, each.said) for each in found] == [("never-given", "unit.arrived is never given")]


@pytest.mark.parametrize(
    "word", ["null", "NULL", "n/a", "-", "0:00:00", "1900-01-01 00:00:00", "31/12/9999", "99999", "None", "?"]
)
def test_words_that_look_like_nothing_are_told_until_the_mapping_knows_them(checked, word):
    seen, found = checked(row(1, place=word), row(2, place=word))
    assert (seen.columns[-1].suspects, [each.kind for each in found]) == ({word: 2}, ["sentinel"])
    for known in (f'place, missing: ["{word}"]', 'place, table: t}, ward: {constant: "w"'):
        mapping = varied("{column: place}", f"{{column: {known}}}") + f'tables: {{t: {{"{word}": Marsh}}}}\n'
        assert checked(row(1, place=word), mapping=mapping)[1] == []


@pytest.mark.parametrize("word", ["0", "10", "Nullarbor", "Nasby", "A-1", "9", "2", "12:00:00"])
def test_words_that_mean_something_are_let_be(checked, word):
    assert checked(row(1, place=word))[1] == []


def test_rows_left_out_are_not_looked_at(checked):
    mapping = varied("events:", "conditions: {test: {column: place, is: [TEST]}}\nleave_out: [test]\nevents:")
    seen, found = checked(
        row(1), row(1, "2025-06-01 09:00:07", "2025-06-01 08:00:07", place="TEST"), mapping=mapping
    )
    assert (found, seen.tally.left_out) == ([], {"test": 1})


def test_an_id_given_again_is_expected_of_versions(checked):
    versions = varied("subject:", "rows: {each: version, latest_by: {column: received}}\nsubject:")
    seen, found = checked(row(1), row(1, "2025-06-01 10:00:08"), mapping=versions)
    assert [(each.kind, each.problem) for each in found] == [("doubled", False)]
    assert "the newest counts" in found[0].said
    assert seen.tally.gave_way == 1


def test_times_are_compared_in_the_order_the_mapping_declares(checked):
    times = "times:\n  came: {column: received}\n  there: {column: arrived}\norder: [there, came]\nevents:"
    seen, found = checked(row(1), mapping=varied("events:", times))
    assert [(each.before, each.after, each.negative) for each in seen.intervals] == [("there", "came", 1)]
    assert [each.kind for each in found] == ["negative"]


def test_a_time_that_no_event_needs_is_looked_at_too(checked):
    times = "times:\n  read: {column: arrived}\n  idle: {column: place}\nevents:"
    mapping = varied("events:", times).replace("{column: arrived}\n    data", "read\n    data")
    seen, found = checked(row(1, place="soon"), row(2, place="2025-06-01 10:00:09"), mapping=mapping)
    assert seen.tally.read == 2
    assert [(each.kind, each.problem, each.lines) for each in found] == [("unreadable", True, [2])]
    _, found = checked(row(1, place=""), mapping=mapping)
    assert [(each.kind, each.problem) for each in found] == [("never-given", False)]


def test_each_time_is_compared_with_the_first_of_its_row_too(checked):
    times = (
        "times: {came: {column: received}, left: {column: place}, there: {column: arrived}}\n"
        "order: [came, left, there]\nevents:"
    )
    late = row(1, arrived="2025-06-01 10:00:06", place="2025-06-01 10:00:05")
    seen, _ = checked(late, mapping=varied("events:", times))
    assert [(each.before, each.after, each.negative) for each in seen.intervals] == [
        ("came", "left", 1),
        ("came", "there", 1),
        ("left", "there", 0),
    ]


def test_the_five_first_lines_are_named(checked):
    _, found = checked(*(row(n, arrived="2025-06-01 10:00:06") for n in range(7)))
    assert kinds(found) == [("negative", 7, [2, 3, 4, 5, 6])]


def test_the_fire_sets_traps_are_found_in_the_synthetic_export():
    document, mapping = find_mapping("sffd-calls")
    with open_export(str(DATA / "fire-export.csv"), mapping.file) as export:
        found = findings(look(document, mapping, export, NOW))
    told = {each.kind: each.lines for each in found if each.kind != "heaped"}
    assert told["ambiguous-time"] == [25]
    assert told["missing"] == [26, 32]
    assert told["same-key"] == [31]
    assert told["doubled"] == [28, 29]


def test_the_banks_two_clocks_are_found_in_the_synthetic_export():
    document, mapping = find_mapping("bank-calls")
    with open_export(str(DATA / "bank-export.csv"), mapping.file) as export:
        seen = look(document, mapping, export, NOW)
    negative = {(each.before, each.after): (each.negative, each.count) for each in seen.intervals}
    assert negative[("left_queue", "served")] == (13, 14)
    assert negative[("entered", "left_menu")] == (1, 29)


def run(*arguments, stdin=None):
    command = [sys.executable, "-m", "pledgewatch", "import", "--check", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60)


@pytest.fixture
def mapping(tmp_path):
    return written(tmp_path, "small.yaml", SMALL)


def test_zero_and_a_sentence_where_nothing_is_worth_a_look(tmp_path, mapping):
    done = run(mapping, written(tmp_path, "export.csv", lines(HEADER, GOOD)))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "nothing worth a look"


def test_one_and_the_lines_where_something_is(tmp_path, mapping):
    done = run(mapping, "-", stdin=lines(HEADER, row(1), row(1, "soon")))
    assert (done.returncode, done.stderr) == (1, "")
    assert "standard input by small" in done.stdout
    assert "- 1 row refused as bad-time (received: 'soon' is not a time" in done.stdout
    assert "; line 3\n" in done.stdout


def test_one_where_no_row_could_be_read(tmp_path, mapping):
    done = run(mapping, "-", stdin=lines(HEADER))
    assert done.returncode == 1
    assert "no row could be read" in done.stdout


def test_json_says_the_same_to_machines(tmp_path, mapping):
    done = run(mapping, "-", "--format", "json", stdin=lines(HEADER, row(1), row(1, "soon")))
    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert said["rows"] == {
        "all": 2,
        "read": 1,
        "refused": {"bad-time": 1},
        "left_out": {},
        "gave_way": 0,
        "repeated": 0,
    }
    assert [(each["kind"], each["problem"], each["lines"]) for each in said["findings"]] == [
        ("bad-time", True, [3]),
        ("doubled", True, [2, 3]),
    ]
    assert said["intervals"][0]["median_ms"] == 482_000
    assert said["times"][0] == {
        "time": "incident.created",
        "given": 1,
        "missing": 0,
        "unreadable": 1,
        "on_the_minute": 0,
        "future": 0,
        "first": "2025-06-01T09:00:07.000Z",
        "last": "2025-06-01T09:00:07.000Z",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.csv"], "none.csv: No such file"),
        (["-", "-o", "events.jsonl"], "-o goes without --check"),
        (["-", "--format", "xml"], "'xml' is not one of"),
    ],
)
def test_two_where_it_cannot_be_asked(mapping, arguments, said):
    done = run(mapping, *arguments, stdin="")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_two_where_a_column_is_missing(tmp_path, mapping):
    done = run(mapping, "-", stdin=lines("number,received", "1,2"))
    assert done.returncode == 2
    assert "small.yaml:17: no column 'arrived'" in done.stderr


def test_nothing_is_named_in_a_markup_of_its_own(tmp_path):
    path = written(tmp_path, "small.yaml", varied("{column: grade}", '{column: "[red]"}'))
    done = run(path, "-", stdin=lines("number,received,arrived,[red],place", GOOD))
    assert "[red]" in done.stdout
