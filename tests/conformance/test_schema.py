"""The JSON Schema of the scenario files takes what the runner takes, and refuses what has no such form."""

import json
from pathlib import Path

import pytest

from pledgewatch.conform.reading import scenario_files
from schemas.documents import read_yaml
from tests.conformance.plain_schema import fits

CONFORMANCE = Path(__file__).resolve().parents[2] / "conformance"
SCHEMA = json.loads((CONFORMANCE / "scenario.schema.json").read_text(encoding="utf-8"))
GOOD = scenario_files([CONFORMANCE, CONFORMANCE / "failing" / "differs"])
OF_WRONG_FORM = [
    "bad-offset",
    "bad-offset-order",
    "bare-plus",
    "elapsed-as-a-time",
    "no-cases",
    "no-rule",
    "number-for-a-time",
    "running-is-not-said",
    "said-without-at",
    "shows-nothing",
    "start-as-an-offset",
    "start-without-an-offset",
    "time-without-an-offset",
    "unknown-key",
    "unknown-key-of-a-case",
    "unknown-key-of-a-stage",
    "unknown-key-of-a-verdict",
    "unknown-stage",
    "unknown-type",
    "unknown-verdict",
]
"""What the runner refuses by the form alone; the rest needs a pack, the border or the YAML itself to be refused."""


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.stem)
def test_a_scenario_file_fits(file):
    assert fits(read_yaml(file).value, SCHEMA, SCHEMA)


@pytest.mark.parametrize("name", OF_WRONG_FORM)
def test_a_file_of_wrong_form_does_not_fit(name):
    document = read_yaml(CONFORMANCE / "failing" / "unreadable" / f"{name}.yaml")

    assert not fits(document.value, SCHEMA, SCHEMA)
