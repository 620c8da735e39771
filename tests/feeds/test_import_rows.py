"""Rows to events: values, conditions, recording times, several rows of a subject, and ids that stay."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from import_bench import GOOD, HEADER, SMALL, Imported, lines, varied

from feeds.importing import gathering

UNITS = """\
mapping: units
about: a made-up fire export, a row a unit
source: made-up
file: {missing: ["", "null"]}
time:
  zone: America/Los_Angeles
  formats: ["%m/%d/%Y %I:%M:%S %p"]
  ambiguous: refuse
  nonexistent: refuse
recorded: {at: event}
rows: {each: unit, key: "{unit}"}
subject: "CAD-{call}"
tables: {grade: {"3": I, "2": S}}
events:
  - type: incident.created
    time: {column: received}
    data: {grade: {column: priority, table: grade}}
  - type: unit.dispatched
    per: row
    time: {column: dispatched}
    data: {unit: {column: unit}}
  - type: unit.arrived
    per: row
    time: {column: on_scene}
    data: {unit: {column: unit}}
  - type: incident.closed
    pick: latest
    time: {column: available}
"""
UNITS_HEADER = "call,unit,received,dispatched,on_scene,available,priority"
DAY = "10/18/2019 "


def unit_row(call, unit, dispatched, on_scene, available, received="12:00:00 AM", priority="3"):
    times = [DAY + at if at else "null" for at in (received, dispatched, on_scene, available)]
    return ",".join([call, unit, *times, priority])


TWO_CALLS = [
    unit_row("7", "E11", "12:01:00 AM", "12:09:00 AM", "12:30:00 AM"),
    unit_row("8", "B10", "12:02:00 AM", "", "12:10:00 AM", received="12:01:30 AM"),
    unit_row("7", "T07", "12:02:00 AM", "12:06:00 AM", "12:20:00 AM"),
    unit_row("7", "M05", "12:03:00 AM", "", "12:45:00 AM", received="12:00:01 AM"),
]


def test_a_row_becomes_events_as_semantics_has_them(tmp_path):
    assert Imported(tmp_path, SMALL, lines(HEADER, GOOD)).events == [
        {
            "specversion": "1.0",
            "id": "CAD-1/incident.created",
            "source": "made-up",
            "type": "incident.created",
            "subject": "CAD-1",
            "time": "2025-06-01T09:00:00.000Z",
            "recordedtime": "2025-06-01T09:00:00.000Z",
            "data": {"grade": "I", "borough": "Marsh"},
        },
        {
            "specversion": "1.0",
            "id": "CAD-1/unit.arrived",
            "source": "made-up",
            "type": "unit.arrived",
            "subject": "CAD-1",
            "time": "2025-06-01T09:08:00.000Z",
            "recordedtime": "2025-06-01T09:08:00.000Z",
            "data": {"unit": "U1"},
        },
    ]


def test_a_missing_cell_leaves_its_event_or_its_field_out(tmp_path):
    imported = Imported(tmp_path, SMALL, lines(HEADER, "1,2025-06-01 10:00:00,,I,"))
    assert [(event["type"], event["data"]) for event in imported.events] == [
        ("incident.created", {"grade": "I"})
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "1,,2025-06-01 10:00:00,I,a",
            "missing: received: missing, and incident.created cannot be without it",
        ),
        (
            "1,2025-06-01 10:00:00,,,a",
            "missing: grade: missing, and incident.created cannot be without its grade",
        ),
        (",2025-06-01 10:00:00,,I,a", "missing: a column of the subject is missing"),
        (
            "1,2025-06-01 10:00:00,,Q,a",
            "bad-event: data.grade: Input should be 'I', 'S', 'E' or 'R' (given: 'Q')",
        ),
        ("a b,2025-06-01 10:00:00,,I,a", "bad-event: subject: "),
        ("9" * 65 + ",2025-06-01 10:00:00,,I,a", "bad-event: subject: "),
        ("1,2025-06-01 10:00:00,,I," + "x" * 257, "bad-event: data.borough: "),
        ("1,2025-06-01 10:00:00,late,I,a", "bad-time: arrived: 'late' is not a time"),
    ],
)
def test_an_unreadable_row_is_refused_whole(tmp_path, row, told):
    imported = Imported(tmp_path, SMALL, lines(HEADER, row, GOOD.replace("1,", "2,", 1)))
    assert len(imported.told) == 1
    assert imported.told[0].startswith("line 2: " + told)
    assert {event["subject"] for event in imported.events} == {"CAD-2"}


def test_a_row_none_of_whose_events_happened_is_refused(tmp_path):
    imported = Imported(tmp_path, varied("    required: true\n", ""), lines(HEADER, "1,,,I,a"))
    assert imported.told == ["line 2: no-event: CAD-1: no event's time is given"]


def test_sentinels_stand_for_nothing_in_all_columns_or_in_one(tmp_path):
    mapping = varied("recorded:", 'file: {missing: ["", "null"]}\nrecorded:')
    mapping = varied("{column: place}", "{column: place, missing: [UNKNOWN]}", mapping)
    row = "1,2025-06-01 10:00:00,null,I,UNKNOWN"
    assert Imported(tmp_path, mapping, lines(HEADER, row)).events[0]["data"] == {"grade": "I"}
    row = "1,2025-06-01 10:00:00,UNKNOWN,I,null"
    assert Imported(tmp_path, mapping, lines(HEADER, row)).told[0].startswith("line 2: bad-time: arrived")


def test_a_table_refuses_what_it_does_not_have(tmp_path):
    mapping = varied("{column: grade}", "{column: grade, table: grades}") + "tables: {grades: {A: I}}\n"
    imported = Imported(tmp_path, mapping, lines(HEADER, GOOD.replace("I", "A"), GOOD))
    assert imported.events[0]["data"]["grade"] == "I"
    assert imported.told == ["line 3: not-in-table: grade: 'I' is not in the table 'grades'"]


def test_values_may_be_texts_numbers_and_times(tmp_path):
    mapping = SMALL[: SMALL.index("subject:")] + (
        'subject: "CALL-{number}:{grade}"\n'
        "events:\n"
        "  - {type: call.presented, time: {column: received}, data: {line: {constant: '999'}}}\n"
        "  - type: call.concluded\n"
        '    time: {text: "2025-06-01 {arrived}"}\n'
        "    data: {eta_minutes: {column: place, as: integer}}\n"
    )
    rows = (
        "1,2025-06-01 10:00:00,10:01:00,x,12",
        "2,2025-06-01 10:00:00,,y,",
        "3,2025-06-01 10:00:00,10:01:00,z,soon",
    )
    imported = Imported(tmp_path, mapping, lines(HEADER, *rows))
    assert imported.times() == {
        "CALL-1:x/call.presented": "2025-06-01T09:00:00.000Z",
        "CALL-1:x/call.concluded": "2025-06-01T09:01:00.000Z",
        "CALL-2:y/call.presented": "2025-06-01T09:00:00.000Z",
    }
    assert imported.events[1]["data"] == {"eta_minutes": 12}
    assert imported.told == ["line 4: bad-number: place: 'soon' is not a whole number"]


def test_a_time_in_the_data_takes_the_zone_too(tmp_path):
    mapping = SMALL[: SMALL.index("subject:")] + (
        'subject: "APPT-{number}"\n'
        "events:\n"
        "  - {type: appointment.made, time: {column: received}, data: {for: {column: arrived, as: time}}}\n"
    )
    imported = Imported(tmp_path, mapping, lines(HEADER, GOOD))
    assert imported.events[0]["data"] == {"for": "2025-06-01T09:08:00.000Z"}


@pytest.mark.parametrize(
    ("condition", "true_for"),
    [
        ("{column: place, is: [Marsh, Fell]}", [1, 2]),
        ("{column: place, missing: true}", [3]),
        ("{column: received, equals: arrived}", [2]),
        ("{column: place, equals: grade}", []),
        ("{not: {column: place, is: [Marsh]}}", [2, 3]),
        ("{any: [{column: place, missing: true}, {column: received, equals: arrived}]}", [2, 3]),
        ("{all: [{column: place, is: [Marsh, Fell]}, {column: received, equals: arrived}]}", [2]),
    ],
)
def test_conditions_are_true_of_the_rows_they_say(tmp_path, condition, true_for):
    mapping = (
        varied("borough: {column: place}", "on_view: {condition: c}") + f"conditions: {{c: {condition}}}\n"
    )
    rows = (
        "1,2025-06-01 10:00:00,2025-06-01 10:05:00,I,Marsh",
        "2,2025-06-01 10:00:00,2025-06-01 10:00:00,I,Fell",
        "3,2025-06-01 10:00:00,,I,",
    )
    created = [e for e in Imported(tmp_path, mapping, lines(HEADER, *rows)).events if "on_view" in e["data"]]
    assert [int(e["subject"][4:]) for e in created if e["data"]["on_view"]] == true_for
    assert len(created) == 3


def test_missing_cells_equal_nothing_not_even_each_other(tmp_path):
    mapping = varied("borough: {column: place}", "on_view: {condition: c}")
    mapping += "conditions: {c: {column: arrived, equals: place}}\n"
    imported = Imported(tmp_path, mapping, lines(HEADER, "1,2025-06-01 10:00:00,,I,"))
    assert imported.events[0]["data"]["on_view"] is False


def test_events_can_be_made_when_or_unless_something_holds(tmp_path):
    mapping = SMALL + "    when: marsh\n  - {type: incident.closed, time: {column: arrived}, unless: marsh}\n"
    mapping += "conditions: {marsh: {column: place, is: [Marsh]}}\n"
    rows = (GOOD, GOOD.replace("1,", "2,", 1).replace("Marsh", "Fell"))
    imported = Imported(tmp_path, mapping, lines(HEADER, *rows))
    assert [event["id"] for event in imported.events if "created" not in event["type"]] == [
        "CAD-1/unit.arrived",
        "CAD-2/incident.closed",
    ]


def test_rows_left_out_are_counted_by_why_and_not_read(tmp_path):
    mapping = SMALL + "conditions: {phantom: {column: grade, is: [PHANTOM]}}\nleave_out: [phantom]\n"
    imported = Imported(tmp_path, mapping, lines(HEADER, "1,never,,PHANTOM,a"))
    assert (imported.events, imported.told, imported.tally.nothing_read) == ([], [], False)
    assert "left out: 1 phantom" in imported.tally.lines()


# When things were recorded.

TOUCHED = HEADER + ",touched"


def recorded(tmp_path, rule, touched):
    imported = Imported(tmp_path, varied("{at: event}", rule), lines(TOUCHED, f"{GOOD},{touched}"))
    return imported.told or [event["recordedtime"][:19] for event in imported.events]


LATE = "{at: event, late: {column: touched, after: 1d}}"


@pytest.mark.parametrize(
    ("rule", "touched", "wanted"),
    [
        ("{at: event}", "2025-06-03 10:00:00", ["2025-06-01T09:00:00", "2025-06-01T09:08:00"]),
        ("{at: column, column: touched}", "2025-06-01 12:00:00", ["2025-06-01T11:00:00"] * 2),
        (
            "{at: column, column: touched}",
            "2025-06-01 10:05:00",
            ["2025-06-01T09:05:00", "2025-06-01T09:08:00"],
        ),
        ("{at: column, column: touched}", "", ["2025-06-01T09:00:00", "2025-06-01T09:08:00"]),
        (LATE, "2025-06-02 10:08:00", ["2025-06-01T09:00:00", "2025-06-01T09:08:00"]),
        (LATE, "2025-06-02 10:08:01", ["2025-06-02T09:08:01"] * 2),
        (LATE, "", ["2025-06-01T09:00:00", "2025-06-01T09:08:00"]),
    ],
)
def test_recordedtime_is_derived_as_declared_and_never_before_the_event(tmp_path, rule, touched, wanted):
    assert recorded(tmp_path, rule, touched) == wanted


def test_a_recording_time_that_cannot_be_read_refuses_the_row(tmp_path):
    assert recorded(tmp_path, LATE, "soon")[0].startswith("line 2: bad-time: touched: 'soon'")


# Several rows of one subject.


def test_units_of_one_incident_give_one_start_and_every_arrival(tmp_path):
    imported = Imported(tmp_path, UNITS, lines(UNITS_HEADER, *TWO_CALLS))
    assert imported.times() == {
        "CAD-7/incident.created": "2019-10-18T07:00:00.000Z",
        "CAD-7/unit.dispatched/E11": "2019-10-18T07:01:00.000Z",
        "CAD-7/unit.dispatched/T07": "2019-10-18T07:02:00.000Z",
        "CAD-7/unit.dispatched/M05": "2019-10-18T07:03:00.000Z",
        "CAD-7/unit.arrived/E11": "2019-10-18T07:09:00.000Z",
        "CAD-7/unit.arrived/T07": "2019-10-18T07:06:00.000Z",
        "CAD-7/incident.closed": "2019-10-18T07:45:00.000Z",
        "CAD-8/incident.created": "2019-10-18T07:01:30.000Z",
        "CAD-8/unit.dispatched/B10": "2019-10-18T07:02:00.000Z",
        "CAD-8/incident.closed": "2019-10-18T07:10:00.000Z",
    }
    assert [event["id"] for event in imported.events] == list(imported.times())


def test_a_unit_row_given_twice_counts_once_and_is_counted(tmp_path):
    once = Imported(tmp_path, UNITS, lines(UNITS_HEADER, *TWO_CALLS)).lines
    twice = Imported(tmp_path, UNITS, lines(UNITS_HEADER, *TWO_CALLS, TWO_CALLS[0]))
    assert twice.lines == once
    assert "1 rows were given twice" in twice.tally.lines()


def test_two_rows_of_one_unit_that_differ_are_not_both_believed(tmp_path):
    other = unit_row("7", "E11", "12:15:00 AM", "12:19:00 AM", "12:30:00 AM")
    imported = Imported(tmp_path, UNITS, lines(UNITS_HEADER, *TWO_CALLS, other))
    assert imported.told == ["line 6: same-key: CAD-7: 'E11' stands on line 2 already, with other contents"]
    assert (imported.tally.rows, imported.tally.read) == (5, 4)
    assert imported.times()["CAD-7/unit.arrived/E11"] == "2019-10-18T07:09:00.000Z"


def test_a_unit_row_without_a_unit_is_refused(tmp_path):
    imported = Imported(tmp_path, UNITS, lines(UNITS_HEADER, unit_row("7", "null", "12:01:00 AM", "", "")))
    assert imported.told == ["line 2: missing: a column of the row's key is missing"]


@given(st.permutations(TWO_CALLS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=24)
def test_the_order_of_rows_changes_no_event(tmp_path, rows):
    usual = Imported(tmp_path, UNITS, lines(UNITS_HEADER, *TWO_CALLS)).lines
    assert sorted(Imported(tmp_path, UNITS, lines(UNITS_HEADER, *rows)).lines) == sorted(usual)


VERSIONS = varied("subject:", "rows: {each: version, latest_by: {column: touched}}\nsubject:")
OPEN = "1,2025-06-01 10:00:00,,I,Marsh,2025-06-01 10:01:00"
ARRIVED = "1,2025-06-01 10:00:00,2025-06-01 10:09:00,I,Marsh,2025-06-01 10:09:30"
OTHER = "2,2025-06-01 10:00:00,,I,Fell,2025-06-01 10:01:00"


@pytest.mark.parametrize(
    "rows", [(OPEN, OTHER, ARRIVED), (ARRIVED, OTHER, OPEN), (OPEN, ARRIVED, ARRIVED, OTHER)]
)
def test_the_latest_version_of_a_row_counts_wherever_it_stands(tmp_path, rows):
    imported = Imported(tmp_path, VERSIONS, lines(TOUCHED, *rows))
    assert imported.times() == {
        "CAD-1/incident.created": "2025-06-01T09:00:00.000Z",
        "CAD-1/unit.arrived": "2025-06-01T09:09:00.000Z",
        "CAD-2/incident.created": "2025-06-01T09:00:00.000Z",
    }
    assert len(imported.events) == 3
    assert f"{len(rows) - 2} rows gave way to a newer row of the same subject" in imported.tally.lines()


def test_of_versions_as_new_as_each_other_the_lower_one_counts(tmp_path):
    corrected = ARRIVED.replace("10:09:00", "10:07:00")
    imported = Imported(tmp_path, VERSIONS, lines(TOUCHED, ARRIVED, corrected))
    assert imported.times()["CAD-1/unit.arrived"] == "2025-06-01T09:07:00.000Z"


def test_a_version_that_cannot_be_read_leaves_the_one_before(tmp_path):
    imported = Imported(tmp_path, VERSIONS, lines(TOUCHED, ARRIVED, ARRIVED.replace("10:09:00", "late")))
    assert imported.times()["CAD-1/unit.arrived"] == "2025-06-01T09:09:00.000Z"
    assert imported.tally.refused == {"bad-time": 1}


def test_the_same_export_twice_gives_the_same_bytes(tmp_path):
    for mapping, text in ((SMALL, lines(HEADER, GOOD)), (UNITS, lines(UNITS_HEADER, *TWO_CALLS))):
        assert Imported(tmp_path, mapping, text).lines == Imported(tmp_path, mapping, text).lines


CELLS = st.text(st.characters(exclude_characters='\r\n",', exclude_categories=["Cs"]), max_size=8)


@given(
    st.lists(st.lists(CELLS | st.sampled_from(["2025-06-01 10:00:00", "I", "S"]), max_size=7), max_size=12)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_whatever_the_cells_hold_no_row_is_forgotten_and_every_event_can_be_decoded(tmp_path, rows):
    text = lines(HEADER, GOOD, *(",".join(row) for row in rows))
    imported = Imported(tmp_path, SMALL, text)
    below = sum(1 for row in rows if any(row))
    assert imported.tally.rows == 1 + below
    assert imported.tally.refused.total() == len(imported.told)
    assert len(imported.decoded) == imported.tally.events


def test_a_subjects_rows_are_looked_up_and_not_searched_for():
    """Once this query read the whole table for every subject: ten minutes for two hundred thousand rows."""
    with closing(sqlite3.connect("")) as disk:
        for statement in (gathering._SCHEMA, gathering._INDEX):
            disk.execute(statement)
        plan = " ".join(step[-1] for step in disk.execute("EXPLAIN QUERY PLAN " + gathering._BY_SUBJECT))
    assert "SEARCH waiting USING INDEX by_subject (subject=?)" in plan


NAMED = """\
times:
  came: {column: received}
  there: {column: arrived, unless: nobody, missing: ["-"]}
  place_time: {column: place, date_of: came, when: timed}
  end: {first_of: [there, place_time]}
conditions:
  nobody: {column: grade, is: ["S"]}
  timed: {not: {column: place, is: ["Marsh"]}}
expect: [known]
events:"""


def by_name(expected="{column: grade, is: [I, S]}"):
    mapping = varied("events:", NAMED).replace("{column: received}\n    required", "came\n    required")
    mapping = mapping.replace("{column: arrived}\n    data", "end\n    data")
    return mapping.replace("  nobody:", f"  known: {expected}\n  nobody:")


@pytest.mark.parametrize(
    ("row", "arrived"),
    [
        ("1,2025-06-01 10:00:00,2025-06-01 10:08:00,I,Marsh", "2025-06-01T09:08:00.000Z"),
        ("1,2025-06-01 10:00:00,-,I,Marsh", None),
        ("1,2025-06-01 10:00:00,-,I,2025-06-01 10:09:00", "2025-06-01T09:09:00.000Z"),
        ("1,2025-06-01 10:00:00,2025-06-01 10:08:00,S,2025-06-01 10:09:00", "2025-06-01T09:09:00.000Z"),
        ("1,2025-06-01 23:50:00,-,I,2025-06-01 00:10:00", "2025-06-01T23:10:00.000Z"),
        ("1,2025-06-01 10:00:00,2025-06-01 10:08:00,S,Marsh", None),
    ],
)
def test_a_time_may_have_a_name_a_condition_a_date_and_a_second_choice(tmp_path, row, arrived):
    imported = Imported(tmp_path, by_name(), lines(HEADER, row))
    assert imported.told == []
    assert imported.times().get("CAD-1/unit.arrived") == arrived


def test_a_row_that_is_not_as_expected_is_refused(tmp_path):
    imported = Imported(
        tmp_path, by_name("{column: grade, is: [I]}"), lines(HEADER, GOOD, GOOD.replace(",I,", ",S,"))
    )
    assert imported.told == ["line 3: unexpected: CAD-1: known is expected, and is not so"]


def test_a_wrong_time_is_named_by_its_column_whatever_it_is_called(tmp_path):
    row = GOOD.replace("2025-06-01 10:08:00", "soon")
    assert (
        Imported(tmp_path, by_name(), lines(HEADER, row))
        .told[0]
        .startswith("line 2: bad-time: arrived: 'soon'")
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_a_subjects_rows_the_preferred_gives_the_event_wherever_it_stands(tmp_path, order):
    found = "conditions: {there: {column: received, equals: on_scene}}\nevents:"
    mapping = varied("events:", found, UNITS).replace(
        "time: {column: received}", "time: {column: received}\n    prefer: there"
    )
    mapping = mapping.replace("table: grade}}", "table: grade}, on_view: {condition: there}}")
    rows = [
        unit_row("7", "E11", "12:01:00 AM", "12:09:00 AM", "12:30:00 AM"),
        unit_row("7", "T07", "12:00:00 AM", "12:00:00 AM", "12:20:00 AM"),
    ]
    imported = Imported(tmp_path, mapping, lines(UNITS_HEADER, *(rows[n] for n in order)))
    created = [event for event in imported.events if event["type"] == "incident.created"]
    assert [event["data"]["on_view"] for event in created] == [True]
