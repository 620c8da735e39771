"""Times and durations as the board words them."""

import shutil
import subprocess
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from alerting.alert import Stage
from board import wording
from board.now import Stage as OpenStage
from board.now import Watch
from board.wording import MARKS, Times, how_long, today
from schemas.times import DAY, HOUR, MINUTE, SECOND, parse_time

LONDON = ZoneInfo("Europe/London")
NOON = parse_time("2009-10-24T12:00:00Z")
SCRIPT = Path(wording.__file__).parent / "static" / "board.js"


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "0:00"),
        (999, "0:00"),
        (9 * SECOND, "0:09"),
        (HOUR - 1, "59:59"),
        (HOUR, "1 h 00 m"),
        (2 * DAY - 1, "47 h 59 m"),
        (2 * DAY, "2 d 0 h"),
        (-42 * SECOND, "0:42"),
    ],
)
def test_a_duration_that_people_watch_is_short(ms: int, words: str) -> None:
    assert how_long(ms) == words


def test_everything_that_has_a_colour_has_a_word_and_a_shape() -> None:
    for stage in (*get_args(Stage), *get_args(OpenStage), *get_args(Watch)):
        mark = MARKS[stage]
        assert mark.word
        assert mark.shape
        assert mark.tone


def test_a_time_of_another_day_names_the_day_and_of_another_year_the_year() -> None:
    times = Times(LONDON, today(NOON, LONDON), NOON)

    assert times.clock(NOON) == "13:00:00"
    assert times.clock(NOON + DAY) == "Sun 25 Oct 12:00:00"
    assert times.clock(NOON + 100 * DAY) == "Mon 1 Feb 2010 12:00:00"


def test_a_deadline_is_left_until_it_passes_and_then_over() -> None:
    times = Times(LONDON, today(NOON, LONDON), NOON)

    assert ">0:42</time>" in times.left(NOON + 42 * SECOND)
    assert ">0:00</time>" in times.left(NOON)
    assert ">1:02 over</time>" in times.left(NOON - MINUTE - 2 * SECOND)


def test_what_is_sent_to_a_page_that_ticks_does_not_change_with_the_time() -> None:
    sent = Times(LONDON, today(NOON, LONDON)).left(NOON + 42 * SECOND)

    assert ">13:00:42</time>" in sent
    assert f'data-left="{NOON + 42 * SECOND}"' in sent


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's script")
def test_the_script_words_durations_as_the_server_does() -> None:
    samples = [
        0,
        999,
        61 * SECOND,
        HOUR - 1,
        HOUR,
        5 * HOUR + 7 * MINUTE,
        2 * DAY - 1,
        2 * DAY,
        33 * DAY,
        -MINUTE,
    ]
    script = SCRIPT.read_text(encoding="utf-8")
    body = script[script.index("  function howLong") : script.index("  function tick(")]
    units = "const SECOND=1000,MINUTE=60*SECOND,HOUR=60*MINUTE,DAY=24*HOUR;const two=n=>String(n).padStart(2,'0');"
    program = f"{units}{body}console.log({samples}.map(howLong).join('|'))"
    said = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True).stdout.strip()

    assert said.split("|") == [how_long(ms) for ms in samples]
