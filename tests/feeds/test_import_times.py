"""Local times to instants: formats, and the two hours a year that a clock change spoils (T4)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_bench import HEADER, SMALL, Imported, lines, varied

from feeds.importing.localtime import Instant, reader_of
from feeds.importing.mapping import TimeRules
from feeds.importing.refusals import RowRefused
from schemas.times import as_datetime, format_time, parse_time

WRITTEN = "%Y-%m-%d %H:%M:%S"


def reader(ambiguous="refuse", nonexistent="refuse", zone="Europe/London", formats=(WRITTEN,)):
    rules = TimeRules(zone=zone, formats=list(formats), ambiguous=ambiguous, nonexistent=nonexistent)
    return reader_of(rules)


def utc(text, doubt=None):
    return Instant(parse_time(text), doubt)


def test_summer_and_winter_times_take_their_own_offsets():
    assert reader()("2025-06-01 10:00:00") == utc("2025-06-01T10:00:00+01:00")
    assert reader()("2025-12-01 10:00:00") == utc("2025-12-01T10:00:00+00:00")


@pytest.mark.parametrize(
    ("rule", "instant"),
    [("first", "2009-10-25T01:30:00+01:00"), ("second", "2009-10-25T01:30:00+00:00")],
)
def test_a_time_that_comes_twice_is_taken_as_declared_and_marked(rule, instant):
    assert reader(ambiguous=rule)("2009-10-25 01:30:00") == utc(instant, "ambiguous")


def test_the_hour_that_comes_twice_ends_where_it_ends():
    read = reader(ambiguous="first")
    assert [
        read(f"2009-10-25 {time}").doubt for time in ("00:59:59", "01:00:00", "01:59:59", "02:00:00")
    ] == [
        None,
        "ambiguous",
        "ambiguous",
        None,
    ]


def test_a_time_that_comes_twice_is_refused_where_declared():
    with pytest.raises(
        RowRefused, match="'2009-10-25 01:30:00' comes twice, for the clocks go back"
    ) as refused:
        reader()("2009-10-25 01:30:00")
    assert refused.value.reason == "ambiguous-time"


def test_a_time_that_never_was_moves_on_by_the_gap_or_is_refused():
    moved = reader(nonexistent="forward")("2009-03-29 01:30:00")
    assert moved == utc("2009-03-29T02:30:00+01:00", "nonexistent")
    with pytest.raises(RowRefused, match="never was, for the clocks go forward") as refused:
        reader()("2009-03-29 01:30:00")
    assert refused.value.reason == "nonexistent-time"


def test_the_hour_that_never_was_ends_where_it_ends():
    read = reader(nonexistent="forward")
    assert [
        read(f"2009-03-29 {time}").doubt for time in ("00:59:59", "01:00:00", "01:59:59", "02:00:00")
    ] == [
        None,
        "nonexistent",
        "nonexistent",
        None,
    ]


def test_the_other_side_of_the_ocean_changes_its_clocks_on_other_days():
    read = reader(ambiguous="second", zone="America/Los_Angeles")
    assert read("2024-11-03 01:30:00") == utc("2024-11-03T01:30:00-08:00", "ambiguous")
    assert read("2009-10-25 01:30:00") == utc("2009-10-25T01:30:00-07:00")


def test_formats_are_tried_in_order_and_a_refusal_shows_what_was_wanted():
    read = reader(formats=[WRITTEN, "%d/%m/%Y %I:%M %p"])
    assert read("01/02/2025 12:05 AM") == utc("2025-02-01T00:05:00Z")
    assert read("01/02/2025 12:05 PM") == utc("2025-02-01T12:05:00Z")
    with pytest.raises(RowRefused, match="written like '2026-01-31 18:05:09' or '31/01/2026 06:05 PM'"):
        read("2025-02-01")


def test_an_offset_in_the_text_outranks_the_zone():
    read = reader(formats=["iso", "%Y%m%d %H%M%S %z"])
    assert read("2009-10-25T01:30:00+01:00") == utc("2009-10-25T01:30:00+01:00")
    assert read("20091025 013000 -0500") == utc("2009-10-25T01:30:00-05:00")
    assert read("2009-07-01T01:30:00.250") == utc("2009-07-01T01:30:00.250+01:00")


@pytest.mark.parametrize(
    "text",
    ["2009-10-25", "2025-02-30 10:00:00", "10:00", "soon", "2025-06-01 25:00:00", "2025-06-01 10:00:00 BST"],
)
def test_what_is_no_time_is_refused(text):
    for formats in ([WRITTEN], ["iso"]):
        with pytest.raises(RowRefused) as refused:
            reader(formats=formats)(text)
        assert refused.value.reason == "bad-time"


def test_times_at_the_ends_of_the_calendar_are_refused_without_a_fall():
    for zone, text in (("Asia/Tokyo", "0001-01-01 00:00:00"), ("America/Los_Angeles", "9999-12-31 23:59:59")):
        try:
            instant = reader(zone=zone)(text)
        except RowRefused:
            continue
        assert isinstance(instant.ms, int)


ZONES = st.sampled_from(["Europe/London", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Jerusalem"])
MOMENTS = st.datetimes(datetime(1999, 1, 1), datetime(2037, 12, 31)).map(lambda at: at.replace(microsecond=0))


@given(ZONES, MOMENTS)
def test_every_instant_written_locally_is_read_back_by_one_of_the_rules(zone, moment):
    instant = moment.replace(tzinfo=UTC)
    text = instant.astimezone(ZoneInfo(zone)).strftime(WRITTEN)
    either = {reader(ambiguous=rule, zone=zone)(text).ms for rule in ("first", "second")}
    assert parse_time(instant.isoformat()) in either
    assert max(either) - min(either) <= 3_600_000


@given(ZONES, MOMENTS)
def test_any_local_time_is_read_or_refused_and_its_doubt_is_said(zone, moment):
    text = moment.strftime(WRITTEN)
    read = reader("first", "forward", zone)(text)
    back = as_datetime(read.ms).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert (back == moment) == (read.doubt != "nonexistent")
    if read.doubt:
        with pytest.raises(RowRefused):
            reader(zone=zone)(text)
    else:
        assert reader("second", "refuse", zone)(text) == read


@given(MOMENTS, st.integers(0, 3 * 3600))
def test_elapsed_time_never_shrinks_by_writing_it_down(moment, seconds):
    read = reader("first", "forward")
    early, late = (read((moment + timedelta(seconds=gap)).strftime(WRITTEN)) for gap in (0, seconds))
    if not early.doubt and not late.doubt:
        assert late.ms >= early.ms


def test_doubtful_times_that_were_taken_are_counted(tmp_path):
    mapping = varied("ambiguous: refuse\n  nonexistent: refuse", "ambiguous: second\n  nonexistent: forward")
    rows = ("1,2009-10-25 01:50:00,2009-10-25 01:58:00,I,a", "2,2009-03-29 01:30:00,2009-03-29 03:00:00,I,a")
    imported = Imported(tmp_path, mapping, lines(HEADER, *rows))
    assert imported.times()["CAD-1/incident.created"] == "2009-10-25T01:50:00.000Z"
    assert imported.times()["CAD-2/incident.created"] == "2009-03-29T01:30:00.000Z"
    assert imported.tally.lines()[1:] == [
        "2 times in an hour that came twice, taken as the mapping says",
        "1 times in an hour that never was, moved on by the gap",
    ]


def test_a_refused_time_names_its_column_and_line(tmp_path):
    imported = Imported(tmp_path, SMALL, lines(HEADER, "1,2009-10-25 01:50:00,,I,a", "2,soon,,I,a"))
    assert imported.told == [
        "line 2: ambiguous-time: received: '2009-10-25 01:50:00' comes twice, for the clocks go back",
        "line 3: bad-time: received: 'soon' is not a time written like '2026-01-31 18:05:09'",
    ]
    assert imported.events == []


def test_format_time_is_what_events_carry(tmp_path):
    imported = Imported(tmp_path, SMALL, lines(HEADER, "1,2025-06-01 10:00:00,,I,a"))
    assert imported.events[0]["time"] == format_time(parse_time("2025-06-01T10:00:00+01:00"))


ISRAEL = "Asia/Jerusalem"


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("1999-04-02 01:59:59", "1999-04-02T01:59:59+02:00"),
        ("1999-04-02 03:00:00", "1999-04-02T03:00:00+03:00"),
        ("1999-09-03 00:59:59", "1999-09-03T00:59:59+03:00"),
        ("1999-09-03 02:00:00", "1999-09-03T02:00:00+02:00"),
    ],
)
def test_israels_clocks_of_1999_changed_on_a_friday_in_april_and_one_in_september(local, instant):
    assert reader(zone=ISRAEL)(local) == utc(instant)


@pytest.mark.parametrize(
    ("local", "first", "second"),
    [("1999-09-03 01:00:00", "+03:00", "+02:00"), ("1999-09-03 01:59:59", "+03:00", "+02:00")],
)
def test_the_hour_that_came_twice_in_israel_is_taken_as_declared(local, first, second):
    written = local.replace(" ", "T")
    assert reader("first", zone=ISRAEL)(local) == utc(written + first, "ambiguous")
    assert reader("second", zone=ISRAEL)(local) == utc(written + second, "ambiguous")
    with pytest.raises(RowRefused, match="comes twice"):
        reader(zone=ISRAEL)(local)


def test_the_hour_that_never_was_in_israel_is_taken_as_declared():
    moved = reader(nonexistent="forward", zone=ISRAEL)("1999-04-02 02:30:00")
    assert moved == utc("1999-04-02T03:30:00+03:00", "nonexistent")
    with pytest.raises(RowRefused, match="never was"):
        reader(zone=ISRAEL)("1999-04-02 02:30:00")


@pytest.mark.parametrize(
    ("time", "instant"),
    [
        ("09:59:59", "2025-06-02T09:59:59+01:00"),
        ("10:00:00", "2025-06-01T10:00:00+01:00"),
        ("21:59:00", "2025-06-01T21:59:00+01:00"),
        ("22:30:00", "2025-06-01T22:30:00+01:00"),
    ],
)
def test_a_time_over_twelve_hours_before_the_one_that_dates_it_is_of_the_next_day(time, instant):
    assert reader()(f"2025-06-01 {time}", "2025-06-01 22:00:00") == utc(instant)


def test_a_clock_change_spoils_the_day_a_time_is_of_and_not_the_day_it_is_written_with():
    read = reader()
    assert read("2009-10-25 01:30:00", "2009-10-25 23:00:00") == utc("2009-10-26T01:30:00+00:00")
    with pytest.raises(RowRefused, match="comes twice"):
        read("2009-10-24 01:30:00", "2009-10-24 23:00:00")
