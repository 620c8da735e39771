"""`pledgewatch alerting check`: what it refuses, whom it shows, and what it remarks on."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pledgewatch.cli import run
from tests.alerting.policies import DOCUMENT, PEOPLE

SATURDAY = "2009-10-24T22:30:00+01:00"


class Check:
    """Writes a policy, runs the command on it and reads what it says."""

    def __init__(self, path: Path, captured: pytest.CaptureFixture[str]) -> None:
        self._path, self._captured = path, captured
        self.code = -1

    def __call__(self, at: str = SATURDAY, **changes: Any) -> str:
        self._path.write_text(yaml.safe_dump(DOCUMENT | changes, sort_keys=False), encoding="utf-8")
        self.code = run(["alerting", "check", str(self._path), "--at", at])
        out, err = self._captured.readouterr()
        return (out + err).replace(str(self._path), "policy.yaml")

    def remarks(self, **changes: Any) -> list[str]:
        """What it says is to be thought about, without the file and its line."""
        said = self(**changes).partition("To think about:\n")[2]
        return [line.split(": ", 1)[1] for line in said.splitlines()]


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    return Check(tmp_path / "policy.yaml", capsys)


def test_a_policy_that_will_not_do_is_refused_with_its_line(check):
    said = check(rules=[{"name": "all", "ladder": "fulll"}])
    assert re.search(r"policy.yaml:\d+: 'fulll' is no ladder; did you mean 'full'\?", said)
    assert check.code == 2


def test_a_file_that_is_not_there_is_said_to_be(capsys):
    assert run(["alerting", "check", "nowhere.yaml"]) == 2
    assert "nowhere.yaml: cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("at", "inspector"),
    [("2009-10-24T22:59:59.999+01:00", "Insp Shah"), ("2009-10-24T23:00:00+01:00", "Insp Night")],
)
def test_it_shows_whom_each_rule_would_tell_at_a_moment(check, at, inspector):
    shown = check(at)
    assert check.code == 0
    assert f"    at once: inspector ({inspector}) by sms\n    after 5m: chief (CI Chief) by sms" in shown


def test_it_shows_what_rules_storms_and_rates_are_of(check):
    shown = check(
        rules=[
            {"name": "night", "ladder": "full", "hours": "22:00-06:00", "days": ["sat"], "grades": ["I"]},
            {"name": "rest", "ladder": "nobody"},
        ],
        storms=[{"name": "storm", "more_than": 5, "within": "60s", "ladder": "full"}],
        rates=[{"name": "calls", "standard": "call-999", "under": 90, "at_least": 20, "ladder": "full"}],
        digest={"at": "07:00", "tell": "inspector", "by": ["room"]},
    )
    assert "  night: grade I; on sat; from 22:00 to 06:00\n" in shown
    assert "  rest: everything\n    nobody: it is on the board\n" in shown
    assert "  storm: more than 5 in 1m of any one standard\n" in shown
    assert "  calls: call-999 under 90 % over 15m, of 20 or more\n" in shown
    assert "  old news: inspector at 07:00 by room\n" in shown


def test_it_remarks_on_what_nothing_uses(check):
    unused = check.remarks(
        ladders={
            "full": [{"tell": "inspector", "by": ["sms"]}],
            "spare": [{"tell": "inspector", "by": ["sms"]}],
        }
    )
    for name in ("spare", "nights", "chief", "super", "email", "room"):
        assert f"nothing uses {name!r}" in unused


def test_it_remarks_on_hours_in_which_a_whole_ladder_is_empty(check):
    early = {"inspector": [{"who": ["early"], "hours": "07:00-15:00"}]}
    ladders = {"full": [{"tell": "inspector", "by": ["sms"]}]}
    # From Saturday 22:30 to Saturday 21:30: the clocks go back meanwhile.
    said = "nobody is on duty on any of its rungs for 4d 16h of the next 7d, first 24 Oct 22:30"
    assert said in check.remarks(roster=early, ladders=ladders)
    always = {**early, "chief": [{"who": ["chief"]}]}
    covered = {"full": [*ladders["full"], {"after": "5m", "tell": "chief", "by": ["sms"]}]}
    assert not [words for words in check.remarks(roster=always, ladders=covered) if "on duty" in words]


def test_it_remarks_on_somebody_whom_no_channel_of_a_rung_reaches(check):
    people = PEOPLE | {"night": {"name": "Insp Night", "addresses": {"email": "night@example.org"}}}
    assert "Insp Night has no address for sms" in check.remarks(people=people)


def test_it_remarks_on_rules_that_are_never_asked(check):
    both = [{"name": "all", "ladder": "full"}, {"name": "late", "ladder": "full", "grades": ["I"]}]
    assert "no rule after 'all' is ever asked: it fits everything" in check.remarks(rules=both)


def test_it_remarks_on_a_secret_that_is_not_there(check, monkeypatch):
    monkeypatch.delenv("SMS_SECRET", raising=False)
    sms = DOCUMENT["channels"]["sms"] | {"secret": {"env": "SMS_SECRET"}}
    remarks = check.remarks(channels=DOCUMENT["channels"] | {"sms": sms})
    assert any("SMS_SECRET" in words for words in remarks)
    assert check.code == 0
