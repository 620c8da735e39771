"""`pledgewatch standards diff`: two packs in, what differs out."""

import json

import pytest

from pledgewatch.cli import run


def test_packs_that_differ_end_with_one_and_say_how(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["standards", "diff", "met-pledge-2009", "met-2012"]) == 1
    assert "attend-immediate: limit: within 12m in met-pledge-2009, within 15m in met-2012" in (
        capfd.readouterr().out.splitlines()
    )


def test_a_pack_is_the_same_as_itself(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["standards", "diff", "met-2012", "met-2012"]) == 0
    assert capfd.readouterr().out == "they promise the same\n"


def test_a_pack_that_is_not_there_ends_with_two(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["standards", "diff", "met-2012", "met-2112"]) == 2
    assert "there is no standards pack 'met-2112'" in capfd.readouterr().err


def test_as_json_a_difference_is_an_object_with_both_values(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["standards", "diff", "met-pledge-2009", "met-2012", "--format", "json"]) == 1
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    immediate = next(line for line in lines if line["standard"] == "attend-immediate")
    assert (immediate["number"], immediate["a"], immediate["b"]) == ("limit", "within 12m", "within 15m")
    assert lines[0]["standard"] is None
    assert run(["standards", "diff", "met-2012", "met-2012", "--format", "json"]) == 0
    assert capfd.readouterr().out == ""
