"""A wrong mapping is refused with its file, its line and what to do, before any row is read."""

import pytest
from import_bench import GOOD, HEADER, SMALL, Imported, lines, varied, written

from feeds.importing.finding import UnknownMapping, find_mapping, read_mapping, shipped
from schemas.documents import DocumentError

WRONG = {
    "a key that is nearly one": (
        "{column: arrived}",
        "{colum: arrived}",
        "unknown key; did you mean 'column'?",
    ),
    "a key that is like none": (
        "at: event",
        "at: event, xx: 1",
        "unknown key; it may be at, column, late, why",
    ),
    "a word where a list is wanted": (
        "recorded:",
        "file: {missing: null}\nrecorded:",
        ":9: file.missing: a list is wanted, as in [one, two]",
    ),
    "a word where yes or no is wanted": ("required: true", 'required: "yes"', "true or false is wanted"),
    "a number where a text is wanted": ("constant: U1", "text: 7", "a text is wanted; quotes make one"),
    "a type that is nearly one": (
        "unit.arrived",
        "unit.arived",
        "no event type; did you mean 'unit.arrived'?",
    ),
    "a field that is nearly one": ("borough:", "boro:", "incident.created has no 'boro'; it has"),
    "an unknown key": ("about:", "abuot:", "mapping.yaml:2: abuot: unknown key"),
    "an unknown key deep down": ("required: true", "require: true", ":14: events.0.require: unknown key"),
    "a key missing": ("source: made-up\n", "", "source: missing"),
    "a key twice": ("source: made-up", "source: a\nsource: b", ":4: the key 'source' is given twice"),
    "no YAML": ("time:\n", "time: [\n", "mapping.yaml:"),
    "no zone": ("Europe/London", "Europe/Londres", ":5: time.zone: 'Europe/Londres' is not a time zone"),
    "a zone that is a path": ("Europe/London", "../etc/passwd", "is not a time zone"),
    "no formats": ('["%Y-%m-%d %H:%M:%S"]', "[]", ":6: time.formats"),
    "a format that is none": ("%H:%M:%S", "%H:%M:%Q", "'%Y-%m-%d %H:%M:%Q' is not a time format"),
    "a format with no year": ("%Y-%m-%d", "%m-%d", "leaves out the year"),
    "a format with no hour": ("%H:%M:%S", "%M:%S", "leaves out the year, the month, the day, the hour"),
    "12 hours with no AM or PM": ("%H:%M", "%I:%M", "mean nothing without each other"),
    "24 hours with AM or PM": ("%H:%M:%S", "%H:%M:%S %p", "mean nothing without each other"),
    "no rule for the clock change": ("  ambiguous: refuse\n", "", ":5: time.ambiguous: missing"),
    "a rule that is none": ("ambiguous: refuse", "ambiguous: guess", ":7: time.ambiguous"),
    "a recording that is none": ("{at: event}", "{at: never}", ":9: recorded.at"),
    "a recording column with no column": ("{at: event}", "{at: column}", "`column` belongs to `at: column`"),
    "a late rule on a column": (
        "{at: event}",
        "{at: column, column: x, late: {column: y, after: 1d}}",
        "`late` belongs to `at: event`",
    ),
    "a late rule with no duration": (
        "{at: event}",
        "{at: event, late: {column: y, after: 1w}}",
        "not a duration",
    ),
    "no events": (SMALL[SMALL.index("events:") :], "events: []\n", ":11: events"),
    "no such event type": ("type: unit.arrived", "type: unit.arived", ":16: 'unit.arived' is no event type"),
    "no such field": (
        "borough:",
        "burough:",
        ":15: incident.created has no 'burough'; it has exercise, grade, borough",
    ),
    "a required field left out": (
        "{grade: {column: grade}, ",
        "{",
        ":12: incident.created needs 'grade' in its data",
    ),
    "a constant that the field refuses": (
        "grade: {column: grade}",
        "grade: {constant: Q}",
        ":15: 'Q' cannot be used",
    ),
    "a value from nowhere": (
        "{column: grade}",
        "{missing: [x]}",
        "exactly one of column, text, constant, condition",
    ),
    "a value from two places": ("{column: grade}", "{column: a, text: b}", "exactly one of column, text"),
    "a table that is not declared": (
        "{column: grade}",
        "{column: grade, table: g}",
        ":15: no table 'g' is declared",
    ),
    "a table for a condition": ("{column: grade}", "{condition: c, table: g}", "a table is looked up by"),
    "a condition not declared": ("required: true", "when: found", ":14: no condition 'found' is declared"),
    "a leaving out not declared": ("events:", "leave_out: [phantom]\nevents:", ":11: no condition 'phantom'"),
    "one event twice": (
        "type: unit.arrived",
        "type: incident.created",
        "a second event named 'incident.created'",
    ),
    "a row event with one row a subject": ("required: true", "per: row", ":14: `per` needs `rows:"),
    "a preferred row with one row a subject": (
        "required: true",
        "prefer: c",
        ":14: `prefer` needs `rows:",
    ),
    "a time not declared": (
        "{column: arrived}",
        "arival",
        ":17: no time 'arival' is declared (there are none)",
    ),
    "a time made of one below it": (
        "events:",
        "times:\n  a: {first_of: [b, b]}\n  b: {column: arrived}\nevents:",
        ":12: no time above it 'b' is declared (there are none)",
    ),
    "a time made of itself": ("events:", "times: {a: {named: a}}\nevents:", ":11: no time above it 'a'"),
    "a time by a condition not declared": (
        "{column: arrived}",
        "{column: arrived, unless: c}",
        ":17: no condition 'c' is declared",
    ),
    "a time with two sources": (
        "{column: arrived}",
        "{column: arrived, named: a}",
        "exactly one of column, text",
    ),
    "a named time with missing words": (
        "{column: arrived}",
        "{named: a, missing: [x]}",
        "`missing` and `date_of` belong to a column or a text",
    ),
    "a time dated by one that has no date": (
        "events:",
        "times:\n  a: {column: received}\n  b: {named: a}\n  c: {column: arrived, date_of: b}\nevents:",
        ":14: 'b' must be a column or a text with a date of its own",
    ),
    "an order of times not declared": ("events:", "order: [a]\nevents:", ":11: no time 'a' is declared"),
    "an expectation not declared": ("events:", "expect: [c]\nevents:", ":11: no condition 'c' is declared"),
    "braces that do not pair": ("CAD-{number}", "CAD-{number", ":10: 'CAD-{number': braces are for columns"),
    "versions with no order": ("subject:", "rows: {each: version}\nsubject:", "`latest_by` belongs to"),
    "units with no key": ("subject:", "rows: {each: unit}\nsubject:", "`key` belongs to `each: unit`"),
    "a word YAML takes for something else": (
        "constant: U1",
        "constant: 1.5",
        ":18: events.1.data.unit.constant",
    ),
    "an encoding that is none": (
        "recorded:",
        "file: {encoding: utf-9}\nrecorded:",
        "'utf-9' is not an encoding",
    ),
    "a delimiter of two characters": (
        "recorded:",
        'file: {delimiter: "||"}\nrecorded:',
        ":9: file.delimiter",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_mapping_is_refused_with_its_line(tmp_path, old, new, said):
    path = written(tmp_path, "mapping.yaml", varied(old, new))
    with pytest.raises(DocumentError) as refused:
        read_mapping(path)
    assert said in str(refused.value)
    assert f"{path}:" in str(refused.value)


def test_a_tables_word_that_no_grade_has_is_refused_at_its_own_line(tmp_path):
    mapping = (
        varied("{column: grade}", "{column: grade, table: grades}")
        + "tables:\n  grades:\n    A: I\n    B: X\n"
    )
    with pytest.raises(DocumentError, match=r"mapping.yaml:22: 'X' cannot be used: .*'I', 'S', 'E' or 'R'"):
        read_mapping(written(tmp_path, "mapping.yaml", mapping))


def test_a_condition_must_test_something(tmp_path):
    for condition in ("{column: a}", "{is: [Y]}", "{any: []}", "{column: a, is: [Y], missing: true}", "{}"):
        mapping = SMALL + f"conditions:\n  c: {condition}\n"
        with pytest.raises(DocumentError, match=r"mapping.yaml:20: conditions\.c"):
            read_mapping(written(tmp_path, "mapping.yaml", mapping))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{column: arrived}", "{column: arived}", "mapping.yaml:17: no column 'arived'"),
        ("CAD-{number}", "CAD-{no}", "mapping.yaml:10: no column 'no'"),
        ("{constant: U1}", '{text: "{a}-{grade}"}', "mapping.yaml:18: no column 'a'"),
        ("{at: event}", "{at: column, column: touched}", "mapping.yaml:9: no column 'touched'"),
        (
            "events:",
            "conditions: {c: {any: [{column: grade, equals: other}]}}\nevents:",
            "mapping.yaml:11: no column 'other'",
        ),
    ],
)
def test_a_column_the_file_lacks_is_named_with_the_mappings_line(tmp_path, old, new, said):
    with pytest.raises(DocumentError) as refused:
        Imported(tmp_path, varied(old, new), lines(HEADER, GOOD))
    assert said in str(refused.value)
    assert "it has 'number', 'received', 'arrived', 'grade', 'place'" in str(refused.value)


def test_a_column_that_is_nearly_one_is_asked_after(tmp_path):
    with pytest.raises(DocumentError, match="; did you mean 'arrived'"):
        Imported(tmp_path, varied("{column: arrived}", "{column: arived}"), lines(HEADER, GOOD))


def test_all_missing_columns_are_named_at_once(tmp_path):
    with pytest.raises(DocumentError) as refused:
        Imported(tmp_path, SMALL, lines("number,received", "1,2"))
    assert [f"'{name}'" in str(refused.value) for name in ("arrived", "grade", "place")] == [True] * 3


def test_a_header_of_one_column_asks_about_the_delimiter(tmp_path):
    with pytest.raises(DocumentError, match="is `delimiter` under `file` right"):
        Imported(tmp_path, SMALL, lines(HEADER.replace(",", ";"), GOOD.replace(",", ";")))


def test_a_column_that_stands_twice_is_refused_only_where_it_is_used(tmp_path):
    with pytest.raises(DocumentError, match="'grade' stands 2 times in the header"):
        Imported(tmp_path, SMALL, lines(HEADER + ",grade", GOOD + ",S"))
    assert Imported(tmp_path, SMALL, lines(HEADER + ",x,x", GOOD + ",a,b")).tally.read == 1


def test_tables_may_have_words_that_are_keys_elsewhere(tmp_path):
    mapping = (
        varied("{column: grade}", "{column: grade, table: text}") + "tables: {text: {column: I, I: S}}\n"
    )
    assert Imported(tmp_path, mapping, lines(HEADER, GOOD)).events[0]["data"]["grade"] == "S"


def test_a_mapping_is_found_by_its_shipped_name_or_its_path(tmp_path):
    assert find_mapping("sf-police")[1].mapping == "sf-police"
    assert find_mapping(str(written(tmp_path, "mapping.yaml", SMALL)))[1].mapping == "small"


def test_an_unknown_mapping_names_those_there_are(tmp_path):
    with pytest.raises(
        UnknownMapping, match=r"no-such: no such file, and no such shipped mapping \(.*sf-police"
    ):
        find_mapping("no-such")
    with pytest.raises(UnknownMapping):
        find_mapping(str(tmp_path))


def test_every_shipped_mapping_is_sound_and_says_why():
    for name in shipped():
        _, mapping = find_mapping(name)
        assert mapping.mapping == name
        assert all((mapping.time.why, mapping.recorded.why, mapping.events[0].time.why))
