"""The shipped mapping of the San Francisco police export: each trap of that set, with made-up rows."""

import csv
from pathlib import Path

import pytest
from import_bench import lines

from feeds.importing.finding import find_mapping
from feeds.importing.importing import Importer
from feeds.importing.reading import open_export
from schemas.decoding import decode
from schemas.times import HOUR, MINUTE, parse_time

EXPORT = Path(__file__).parents[1] / "data" / "police-export.csv"


class Read:
    """The synthetic export, imported: incidents by what their row says they are about."""

    def __init__(self, path):
        document, mapping = find_mapping("sf-police")
        self.refusals = []
        importer = Importer(document, mapping, self.refusals.append)
        with open_export(str(path), mapping.file) as export:
            self.events = [decode(line) for line in importer.events(export)]
        self.tally = importer.tally
        with Path(path).open(encoding="utf-8-sig", newline="") as text:
            self.rows = list(csv.DictReader(text))

    def incident(self, about, priority):
        numbers = {
            r["cad_number"]
            for r in self.rows
            if (r["call_type_original_desc"], r["priority_original"]) == (about, priority)
        }
        (number,) = numbers
        return {event.fact.type: event.fact for event in self.events if event.subject == f"CAD-{number}"}


@pytest.fixture(scope="module")
def read():
    return Read(EXPORT)


@pytest.mark.parametrize(("priority", "grade"), [("A", "I"), ("B", "S")])
def test_priorities_become_grades(read, priority, grade):
    assert read.incident("IN TIME", priority)["incident.created"].data["grade"] == grade


def test_priority_c_has_no_promise(read):
    assert read.incident("NO PROMISE", "C")["incident.created"].data["grade"] == "R"


def test_the_start_is_when_the_call_was_received_and_not_when_it_was_entered(read):
    facts = read.incident("IN TIME", "B")
    assert facts["incident.created"].time == parse_time("2025-03-08T10:00:00-08:00")
    assert facts["unit.arrived"].time - facts["incident.created"].time == 30 * MINUTE


@pytest.mark.parametrize(
    ("about", "priority", "on_view"),
    [
        ("FOUND ON PATROL", "A", True),
        ("FOUND FLAG SAYS OTHERWISE", "A", True),
        ("FOUND FLAG SAYS NO", "B", True),
        ("FOUND ARRIVED LATER", "A", True),
        ("FOUND STILL OPEN", "A", True),
        ("IN TIME", "A", False),
        ("OPEN NO ARRIVAL", "A", False),
    ],
)
def test_officer_initiated_incidents_are_on_view_by_flag_or_by_arrival_at_once(
    read, about, priority, on_view
):
    assert read.incident(about, priority)["incident.created"].data["on_view"] is on_view


def test_an_open_incident_has_neither_arrival_nor_close(read):
    assert set(read.incident("OPEN NO ARRIVAL", "A")) == {"incident.created", "unit.dispatched"}


def test_a_close_with_no_arrival_keeps_its_disposition_and_invents_no_arrival(read):
    facts = read.incident("CLOSED WITH NO ARRIVAL", "A")
    assert "unit.arrived" not in facts
    assert facts["incident.closed"].data == {"resolution": "ND"}


def test_no_disposition_becomes_a_resolution_that_would_end_the_incident(read):
    closes = [
        event.fact.data.get("resolution") for event in read.events if event.fact.type == "incident.closed"
    ]
    assert closes
    assert "no-attendance-required" not in closes


def test_a_close_before_the_arrival_leaves_both(read):
    facts = read.incident("CLOSED BEFORE ARRIVAL IN TIME", "A")
    assert facts["incident.closed"].time < facts["unit.arrived"].time


def test_an_old_incident_that_is_touched_again_was_recorded_then_and_happened_before(read):
    facts = read.incident("OLD LATE TOUCHED AGAIN", "A")
    assert {fact.recorded for fact in facts.values()} == {parse_time("2025-03-08T15:05:00-08:00")}
    assert facts["incident.created"].time == parse_time("2025-02-27T23:50:00-08:00")


def test_all_others_were_recorded_as_they_happened(read):
    for about in ("IN TIME", "FAR OVER", "CLOSED BEFORE ARRIVAL LATE"):
        assert all(fact.recorded == fact.time for fact in read.incident(about, "A").values())


def test_no_event_was_recorded_before_the_exports_own_days(read):
    assert min(event.fact.recorded for event in read.events) >= parse_time("2025-03-08T00:00:00-08:00")


def test_an_incident_given_again_counts_once_by_its_newest_row(read):
    assert read.incident("ARRIVED IN A LATER ONE", "A")["unit.arrived"].data == {"unit": "unit-of-990000901"}
    times = read.incident("LATER ROW FIRST", "B")
    assert times["unit.arrived"].time - times["incident.created"].time == 70 * MINUTE
    assert read.tally.gave_way == 3


def test_hours_are_elapsed_hours_over_the_clock_change(read):
    facts = read.incident("CLOCKS GO FORWARD TEN MINUTES", "A")
    assert facts["unit.arrived"].time - facts["incident.created"].time == 10 * MINUTE
    facts = read.incident("OVER THE OTHER CLOCK CHANGE", "B")
    assert facts["unit.arrived"].time - facts["incident.created"].time == 2 * HOUR + 15 * MINUTE


def test_noon_and_midnight_are_what_they_are_in_america(read):
    assert read.incident("NOON AND MIDNIGHT", "A")["incident.created"].time == parse_time(
        "2025-03-08T12:00:00-08:00"
    )
    assert read.incident("OVER MIDNIGHT", "A")["unit.arrived"].time == parse_time("2025-03-09T00:05:00-08:00")


def test_boroughs_and_wards_are_kept_and_blank_ones_left_out(read):
    place = read.incident("IN TIME", "A")["incident.created"].data
    assert (place["borough"], place["ward"]) == ("WEST FELL", "Été, Upper")
    assert {"borough", "ward"}.isdisjoint(read.incident("FAR OVER", "A")["incident.created"].data)


def test_every_incident_has_a_made_up_unit_of_its_own(read):
    units = [
        (event.subject, event.fact.data["unit"])
        for event in read.events
        if event.fact.type == "unit.dispatched"
    ]
    assert len(set(units)) == len(units) == len({unit for _, unit in units})


def test_the_file_is_not_in_order_of_time(read):
    created = [event.fact.time for event in read.events if event.fact.type == "incident.created"]
    assert created != sorted(created)


def test_every_row_that_cannot_be_read_is_told_with_its_line_and_reason(read):
    reasons = {refusal.line: refusal.reason for refusal in read.refusals}
    raw = EXPORT.read_text(encoding="utf-8-sig").splitlines()
    said = {raw[line - 1].split(",")[9]: reason for line, reason in reasons.items()}
    assert said == {
        "CLOCKS GO FORWARD NO SUCH TIME": "nonexistent-time",
        "CLOCKS GO BACK WHICH ONE": "ambiguous-time",
        "NO SUCH DATE": "bad-time",
        "A CLOCK OF 24 HOURS": "bad-time",
        "NO RECEIVED TIME": "missing",
        "NO SUCH PRIORITY": "not-in-table",
        "NO PRIORITY": "missing",
        "A NUMBER THAT IS NONE": "bad-event",
        "NO NUMBER": "missing",
        "A FIELD TOO FEW": "wrong-width",
        "A FIELD TOO MANY": "wrong-width",
    }


def test_every_row_is_read_or_refused(read):
    assert read.tally.rows == len(read.rows)
    assert read.tally.read == read.tally.rows - 11


def test_an_overlapping_export_gives_the_same_ids(read, tmp_path):
    raw = EXPORT.read_text(encoding="utf-8-sig").splitlines()
    (tmp_path / "next.csv").write_text(lines(raw[0], *reversed(raw[1:])))
    again = Read(tmp_path / "next.csv")
    assert {(e.fact.id, e.fact.time) for e in again.events} == {(e.fact.id, e.fact.time) for e in read.events}
