"""Sorting by recording: the same as sorted(), whatever fits in memory."""

from random import Random

import pytest

from feeds.replay.sorting import Recording, recorded_at
from schemas.errors import Refused
from schemas.times import format_time

ZERO = 1_256_400_000_000


def line(seconds: int, number: int, seen: int | None = None) -> bytes:
    recorded = f',"recordedtime":"{format_time(ZERO + 1000 * seen)}"' if seen is not None else ""
    return f'{{"id":"e{number}","time":"{format_time(ZERO + 1000 * seconds)}"{recorded}}}\n'.encode()


def ignore(number: int, refused: Refused) -> None:
    raise AssertionError(f"line {number}: {refused}")


def shuffled(count: int) -> list[bytes]:
    random = Random(7)
    return [
        line(random.randrange(count // 4), number, random.randrange(count // 4)) for number in range(count)
    ]


@pytest.mark.parametrize("run_bytes", [1, 100, 5_000, 10_000_000])
def test_it_is_what_sorted_says_with_equal_instants_in_the_files_order(run_bytes: int) -> None:
    lines = shuffled(400)
    keyed = [(recorded_at(each), number, each.strip()) for number, each in enumerate(lines, 1)]
    with Recording.of(lines, ignore, run_bytes) as recording:
        assert list(recording) == sorted(keyed, key=lambda each: each[0])


def test_it_can_be_gone_through_again_from_its_beginning() -> None:
    with Recording.of(shuffled(100), ignore, 500) as recording:
        assert list(recording) == list(recording)


def test_recorded_is_the_time_where_no_recordedtime_is_given_or_it_is_null() -> None:
    assert recorded_at(line(5, 1)) == ZERO + 5_000
    assert recorded_at(line(5, 1, seen=9)) == ZERO + 9_000
    assert recorded_at(b'{"time":"2009-10-25T01:50:00+01:00","recordedtime":null}') == 1_256_431_800_000


@pytest.mark.parametrize("run_bytes", [1, 10_000])
def test_it_knows_how_many_events_there_are_and_the_first_and_last_instant(run_bytes: int) -> None:
    with Recording.of([line(9, 1), line(3, 2, seen=12), line(4, 3)], ignore, run_bytes) as recording:
        assert (recording.count, recording.first, recording.last) == (3, ZERO + 4_000, ZERO + 12_000)


def test_lines_without_a_time_are_told_by_number_and_reason_and_left_out() -> None:
    told: list[tuple[int, str]] = []
    lines = [
        b"\n",
        line(1, 1),
        b"{nonsense\n",
        b"  \r\n",
        b"[1]\n",
        b'{"time":"2009-10-25T01:50:00"}\r\n',
        line(0, 2),
    ]
    with Recording.of(lines, lambda number, refused: told.append((number, refused.reason))) as recording:
        assert [number for _, number, _ in recording] == [7, 2]
        assert recording.unreadable == 3
    assert told == [(3, "not-json"), (5, "not-cloudevent"), (6, "missing-field")]


def test_nothing_is_nothing() -> None:
    with Recording.of([], ignore) as recording:
        assert (list(recording), recording.count, recording.first, recording.last) == ([], 0, None, None)
