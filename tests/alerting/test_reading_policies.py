"""A policy is read strictly: every error with its file and line, in words that say what to do."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from alerting.reading import read_policy
from schemas.documents import DocumentError
from tests.alerting.policies import DOCUMENT, INSPECTORS

EXAMPLE = Path("docs/examples/alerting.yaml")


def refused(tmp_path: Path, **changes: Any) -> list[str]:
    """What is said of the policy, some of its keys changed: its lines, without the file's name."""
    path = tmp_path / "policy.yaml"
    path.write_text(yaml.safe_dump(DOCUMENT | changes, sort_keys=False), encoding="utf-8")
    with pytest.raises(DocumentError) as refusal:
        read_policy(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    said = [line.removeprefix(f"{path}:").split(": ", 1) for line in str(refusal.value).splitlines()]
    return [f"[{lines[int(number) - 1].strip()}] {words}" for number, words in said]


def test_the_policy_shipped_as_an_example_is_one():
    assert read_policy(EXAMPLE).digest is not None


def ladder(*rungs: dict[str, Any]) -> dict[str, Any]:
    """Ladders of one ladder."""
    return {"ladders": {"full": list(rungs)}}


FIRST = {"tell": "inspector", "by": ["sms"]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shifs": ["07:00"]}, "unknown key; did you mean 'shifts'?"),
        ({"zone": "London"}, "'London' is not a time zone such as Europe/London"),
        ({"shifts": ["15:00", "07:00"]}, "shifts are given in order of the day, none twice"),
        ({"shifts": [900]}, 'a time of day is written in quotes, such as "15:00"'),
        (
            ladder({"tell": "inspectr", "by": ["sms"]}),
            "'inspectr' is no role of the roster; did you mean 'inspector'?",
        ),
        (ladder({"tell": "inspector", "by": ["sns"]}), "'sns' is no channel; did you mean 'sms'?"),
        (ladder(FIRST | {"after": "5m"}), "the first rung is told at once: it has no 'after'"),
        (
            ladder(FIRST, FIRST),
            "every rung but the first needs 'after', such as 5m, counted from the first telling",
        ),
        (
            ladder(FIRST, FIRST | {"after": "5m"}, FIRST | {"after": "5m"}),
            "is counted from the first telling, and later than the rung before",
        ),
        ({"ladders": {"full": []}}, "at least 1"),
        ({"rules": [{"name": "all", "ladder": "fulll"}]}, "'fulll' is no ladder; did you mean 'full'?"),
        ({"rules": [{"name": "all", "ladder": "full", "quiet": "night"}]}, "did you mean 'nights'?"),
        ({"rules": [{"name": "all", "ladder": "full"}] * 2}, "'all' is the name of another"),
        (
            {"rules": [{"name": "all", "ladder": "full", "standards": ["attend-imediate"]}]},
            "'attend-imediate' is no standard; did you mean 'attend-immediate'?",
        ),
        (
            {"rules": [{"name": "all", "ladder": "full", "stages": ["met"]}]},
            "no stage that anybody is told of first",
        ),
        (
            {"rules": [{"name": "all", "ladder": "full", "hours": "7-15"}]},
            'hours are written as "07:00-15:00"',
        ),
        ({"rules": [{"name": "all", "ladder": "full", "days": ["sunday"]}]}, "'sun'"),
        (
            {"roster": {"inspector": [{"who": ["shahh"]}]}},
            "'shahh' is none of the people; did you mean 'shah'?",
        ),
        (
            {"roster": {"inspector": [{"who": ["shah"], "from": "2009-12-25", "until": "2009-12-24"}]}},
            "until 2009-12-24 is before from 2009-12-25",
        ),
        (
            {"people": {"a": {"name": "A", "addresses": {"sma": "+1"}}}},
            "'sma' is no channel; did you mean 'sms'?",
        ),
        (
            {"quiet": {"always": {"hours": "07:00-07:00"}}},
            "quiet hours that never end: nobody would ever be told",
        ),
        (
            {"rates": [{"name": "r", "standard": "call-999", "under": 101, "at_least": 9, "ladder": "full"}]},
            "less than or equal to 100",
        ),
        (
            {"storms": [{"name": "all", "more_than": 3, "within": "60s", "ladder": "full"}]},
            "'all' is the name of",
        ),
        (
            {"storms": [{"name": "s", "more_than": 0, "within": "60s", "ladder": "full"}]},
            "greater than or equal to 1",
        ),
        (
            {"digest": {"at": "07:00", "tell": "inspecter", "by": ["sms"]}},
            "'inspecter' is no role of the roster",
        ),
        ({"ladders": {"full": [FIRST], "nobody": [FIRST]}}, "'nobody' is the ladder without rungs"),
        (
            {"channels": DOCUMENT["channels"] | {"am": {"kind": "alertmanager", "url": "http://am.example"}}}
            | ladder(FIRST | {"by": ["am"]}),
            "'am' mirrors what is open by itself: it is no step of a ladder",
        ),
    ],
)
def test_what_will_not_do_is_said_where_it_stands(tmp_path, changes, said):
    lines = refused(tmp_path, **changes)
    assert any(said in line for line in lines), lines


def test_two_people_of_one_name_could_not_be_told_apart(tmp_path):
    twice = {"a": {"name": "Insp Shah"}, "b": {"name": "insp shah"}}
    assert "[name: insp shah] there are two called insp shah" in refused(tmp_path, people=twice)


def test_the_line_is_that_of_the_word_that_is_wrong(tmp_path):
    roster = {"inspector": [*INSPECTORS, {"who": ["shah", "nobody-we-know"]}]}
    assert refused(tmp_path, roster=roster)[0].startswith("[- nobody-we-know]")


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_file(tmp_path):
    rules = [{"name": name, "ladder": "no-such"} for name in ("one", "two")]
    lines = refused(tmp_path, rules=rules, digest={"at": "07:00", "tell": "chief", "by": ["no-such"]})
    assert [line.partition("]")[2] for line in lines] == [
        " 'no-such' is no ladder; it may be full, nobody",
        " 'no-such' is no ladder; it may be full, nobody",
        " 'no-such' is no channel; it may be sms, email, room",
    ]
