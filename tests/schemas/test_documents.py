"""Strict YAML: every error names file and line."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from schemas.documents import DocumentError, read_document


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    limit: int


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    parts: list[Inner] = []


def read(tmp_path: Path, text: str) -> Outer:
    path = tmp_path / "pack.yaml"
    path.write_text(text, encoding="utf-8")
    return read_document(path, Outer)


def test_a_document_is_read_into_its_model(tmp_path):
    assert read(tmp_path, "name: a\nparts:\n  - {limit: 3}\n").parts[0].limit == 3


def test_times_stay_text(tmp_path):
    assert read(tmp_path, "name: 2009-07-01\n").name == "2009-07-01"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("name: a\nnaem: b\n", 2, "naem: unknown key"),
        ("name: a\nname: b\n", 2, "given twice"),
        ("parts: []\n", 1, "name: missing"),
        ("name: a\nparts:\n  - limit: 1\n  - limit: few\n", 4, "parts.1.limit"),
        ("name: [\n", 2, "expected"),
        ("", 1, "empty"),
        ("name: a\n? [b, c]\n: d\n", 2, "a key must be a word"),
        ("name: !!python/object:os.system x\n", 1, "could not determine a constructor"),
    ],
)
def test_an_error_names_file_and_line(tmp_path, text, line, message):
    with pytest.raises(DocumentError) as wrong:
        read(tmp_path, text)

    assert f"pack.yaml:{line}:" in str(wrong.value)
    assert message in str(wrong.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DocumentError, match=r"nowhere\.yaml: cannot be read"):
        read_document(tmp_path / "nowhere.yaml", Outer)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: " + "[" * 3000 + "]" * 3000, "nested too deeply"),
        ("name: 1" + "0" * 5000, "cannot be read"),
        ("name: \x01", "cannot be read"),
        ("name: !!timestamp 2009-99-99", "cannot be read"),
    ],
    ids=["deep", "long number", "control character", "no such day"],
)
def test_what_yaml_itself_stumbles_over_is_an_error_of_the_document(tmp_path, text, message):
    with pytest.raises(DocumentError, match=message):
        read(tmp_path, text)
