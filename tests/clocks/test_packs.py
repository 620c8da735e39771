"""Each clock keeps the pack and the rules it was judged by (N5)."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from clocks import judging, shard, subject
from clocks.announcing import announcement, is_late
from clocks.finding import Judgement
from clocks.saying import Said
from clocks.shard import Shard
from clocks.standard import Pack, UnknownPackError
from clocks.subject import decode_record
from schemas.documents import DocumentError
from schemas.facts import Event, Fact
from schemas.times import MINUTE, parse_time
from standards.loader import load_pack

EFFECT = parse_time("2012-04-02T00:00:00+01:00")
OLD, NEW = "met-pledge-2009", "national-2026"
BOTH = f"{OLD},{NEW}@2012-04-02"


def event(name: str, at: int, **data: str) -> Event:
    return Event("CAD-1", "dispatch", Fact("cad", f"{name}-{at}", name, at, at, data), 0)


def created(at: int, pack: Pack) -> Shard:
    held = Shard(pack)
    held.fold([event("incident.created", at, grade="I")])
    return held


@pytest.mark.parametrize(("at", "name"), [(EFFECT - 1, OLD), (EFFECT, NEW), (EFFECT + 1, NEW)])
def test_the_record_names_the_pack_that_judged(at: int, name: str) -> None:
    record = decode_record(created(at, load_pack(BOTH)).save("CAD-1"))
    assert (record.pack, record.pack_version) == (name, 1)


def test_an_announcement_names_it_too() -> None:
    pack = load_pack(BOTH)
    (said,) = [
        each
        for each in created(EFFECT - 1, pack).advance("CAD", EFFECT + 13 * MINUTE)
        if each.reason is None and each.kind == "verdict"
    ]
    assert announcement(said, pack, settle=0)["data"]["pack"] == OLD


def test_a_held_clock_goes_on_under_its_pack_when_a_new_one_follows() -> None:
    held = created(EFFECT - 1, load_pack(OLD))
    after = Shard(load_pack(BOTH))
    after.restore("CAD-1", held.save("CAD-1"))
    after.fold([event("unit.dispatched", EFFECT + MINUTE, unit="GD21")])
    (view,) = after.clocks()
    assert view.finding is not None
    assert view.finding.due == EFFECT - 1 + 12 * MINUTE


def test_a_pack_in_place_of_the_one_that_judged_is_refused_and_told_how_to_go_on() -> None:
    with pytest.raises(
        UnknownPackError,
        match=f"judged by {OLD} version 1.*name that pack too, before {NEW}.*Changing packs and versions\\)$",
    ):
        Shard(load_pack(NEW)).restore("CAD-1", created(EFFECT, load_pack(OLD)).save("CAD-1"))


def test_a_subject_without_clocks_needs_no_pack() -> None:
    held = Shard(load_pack(OLD))
    held.fold([event("unit.dispatched", EFFECT, unit="GD21")])
    Shard(load_pack(NEW)).restore("CAD-1", held.save("CAD-1"))


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (f"{OLD}@2009-01-01,{NEW}", "give it no day"),
        (f"{OLD},{NEW}@soon", "'soon' is no day such as"),
        (f"{OLD},{OLD}", "twice"),
        (f"{OLD},{NEW}@2012-04-02,third.yaml@2012-04-02", "not after"),
        (f"{OLD},", "no standards pack ''"),
        (f"{OLD},here.yaml", "time zones"),
    ],
)
def test_packs_that_cannot_follow_one_another_are_refused(
    named: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (Path(__file__).parents[2] / "standards/packs" / f"{OLD}.yaml").read_text()
    (tmp_path / "third.yaml").write_text(text.replace(f"id: {OLD}", "id: third"))
    (tmp_path / "here.yaml").write_text(
        text.replace(f"id: {OLD}", "id: here").replace("Europe/London", "Europe/Dublin")
    )
    paths = ",".join(f"{tmp_path}/{each}" if ".yaml" in each else each for each in named.split(","))
    with pytest.raises(DocumentError, match=words):
        load_pack(paths)


def test_a_pack_without_a_day_takes_effect_on_its_first_day_in_force() -> None:
    pack = load_pack(f"{OLD},{NEW}")
    assert pack.takes_effect == parse_time("2026-01-26T00:00:00+00:00")


def mend_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the rules for incidents had been mended since: every one is met at its start."""
    judge_now = judging.JUDGES["CAD"]

    def judge_mended(facts: list[Fact], pack: Pack) -> Judgement:
        found = judge_now(facts[:1], pack)
        (finding,) = found.findings
        return replace(found, findings=(replace(finding, verdict="met", stop=finding.start),))

    monkeypatch.setitem(judging.JUDGES, "CAD", judge_mended)
    version = judging.RULES_VERSION + 1
    for module in (judging, subject, shard):
        monkeypatch.setattr(module, "RULES_VERSION", version)


@pytest.fixture
def breached_before(monkeypatch: pytest.MonkeyPatch) -> Shard:
    """A breach said and saved by the rules of before, restored where they have been mended."""
    held = created(EFFECT, load_pack(OLD))
    held.advance("CAD", EFFECT + 13 * MINUTE)
    record = held.save("CAD-1")
    mend_the_rules(monkeypatch)
    after = Shard(load_pack(OLD))
    after.restore("CAD-1", record)
    return after


def _touched(held: Shard) -> list[Said]:
    return held.fold([event("incident.chased", EFFECT + 14 * MINUTE)])


def test_only_a_touched_subject_is_judged_by_mended_rules(breached_before: Shard) -> None:
    assert breached_before.advance("CAD", EFFECT + 14 * MINUTE - 1) == []
    assert decode_record(breached_before.save("CAD-1")).rules == judging.RULES_VERSION - 1
    (said,) = _touched(breached_before)
    assert (said.verdict, said.corrects, said.reason) == ("met", "breached", "rules-changed")
    assert decode_record(breached_before.save("CAD-1")).rules == judging.RULES_VERSION


def test_what_mended_rules_change_pages_nobody(breached_before: Shard) -> None:
    (said,) = _touched(breached_before)
    assert is_late(said, breached_before.pack)


@pytest.mark.parametrize(("said_at", "expected"), [(None, 14 * MINUTE), (EFFECT + 20 * MINUTE, 20 * MINUTE)])
def test_it_is_said_when_the_subject_is_touched(
    breached_before: Shard, said_at: int | None, expected: int
) -> None:
    (said,) = breached_before.fold([event("incident.chased", EFFECT + 14 * MINUTE)], said_at)
    assert (said.said_at - EFFECT, said.about - EFFECT) == (expected, 14 * MINUTE)


def test_mended_rules_that_leave_a_clock_open_ask_the_time(
    monkeypatch: pytest.MonkeyPatch, breached_before: Shard
) -> None:
    judge_mended = judging.JUDGES["CAD"]

    def judge_later(facts: list[Fact], pack: Pack) -> Judgement:
        found = judge_mended(facts, pack)
        later = found.findings[0].due + 3 * MINUTE
        (finding,) = found.findings
        open_longer = replace(finding, verdict=None, stop=None, due=later, breach_at=later + 1)
        return replace(found, findings=(open_longer,))

    monkeypatch.setitem(judging.JUDGES, "CAD", judge_later)
    assert _touched(breached_before) == []
    (view,) = breached_before.clocks()
    assert view.verdict == "running"
    (said,) = breached_before.advance("CAD", EFFECT + 16 * MINUTE)
    assert (said.verdict, said.about) == ("breached", EFFECT + 15 * MINUTE)


def test_it_is_said_once(breached_before: Shard) -> None:
    _touched(breached_before)
    assert breached_before.fold([event("incident.chased", EFFECT + 15 * MINUTE)]) == []
