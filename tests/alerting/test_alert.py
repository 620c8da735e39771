"""An alert is a function of its entries: what it is after which, whoever does what at once."""

from hypothesis import given
from hypothesis import strategies as st

from alerting.alert import ALARMING, Alert, Entry, fold, in_order
from schemas.actions import Action
from schemas.announcements import News
from tests.alerting.entries import VERDICTS, act, feed_news, news
from tests.cli.events import at

RISK = news("clock.at_risk", "+9m", 1)
BREACH = news("clock.breached", "+12m", 2)
STOPPED = news("clock.stopped", "+14m", 3, stop="2009-10-24T19:14:00Z", elapsed_ms=840_000)
MET = news("clock.met", "+15m", 3, corrects=BREACH.id, corrects_verdict="breached")


def folded(*entries: Entry) -> Alert:
    alert = fold(entries)
    assert alert is not None
    return alert


def standing(*entries: Entry) -> tuple[str, str]:
    alert = folded(*entries)
    return alert.stage, alert.state


def test_a_breach_raises_it() -> None:
    assert standing(BREACH) == ("breached", "raised")


def test_a_stop_resolves_it() -> None:
    assert standing(BREACH, STOPPED) == ("stopped-late", "resolved")


def test_a_breach_that_is_known_with_its_stop_needs_nobody() -> None:
    known_late = news("clock.breached", "+20m", 1, stop="2009-10-24T19:14:00Z", elapsed_ms=840_000)
    assert standing(known_late) == ("stopped-late", "resolved")


def test_a_breach_that_was_none_is_taken_back() -> None:
    assert standing(BREACH, MET) == ("taken-back", "taken-back")


def test_what_was_only_at_risk_and_met_is_resolved_and_not_taken_back() -> None:
    assert standing(RISK, news("clock.met", "+11m", 2)) == ("met", "resolved")


def test_a_breach_that_does_not_count_is_taken_back() -> None:
    excluded = news("clock.excluded", "+15m", 3, reason="cancelled")
    assert standing(BREACH, excluded) == ("excluded", "taken-back")
    assert standing(RISK, excluded) == ("excluded", "resolved")


def test_nobody_dispatched_after_a_breach_is_still_a_breach() -> None:
    again = news("incident.unresourced", "+2h", 3)
    assert standing(BREACH, again) == ("breached", "raised")
    assert folded(BREACH, again).unresourced


def test_an_acknowledgement_outlives_later_news() -> None:
    mine = act("alert.acknowledged", "+10m", by="Insp Okafor", note="on it")
    assert standing(RISK, mine, BREACH) == ("breached", "acknowledged")
    again = news("clock.breached", "+20m", 4)
    assert standing(RISK, mine, BREACH, MET, again) == ("breached", "acknowledged")


def test_of_two_who_acknowledge_the_first_has_it_and_both_are_told_of() -> None:
    first = act("alert.acknowledged", "+13m", by="Insp Okafor")
    second = act("alert.acknowledged", "+13m", id_="zz", by="Insp Patel")
    alert = folded(BREACH, second, first)
    assert alert.acknowledged == first
    assert alert.assignee == "Insp Okafor"
    assert alert.actions == (first, second)


def test_what_was_given_to_somebody_stays_theirs_whoever_acknowledges() -> None:
    given_ = act("alert.assigned", "+13m", by="Insp Okafor", to="PS Byrne")
    assert folded(BREACH, given_, act("alert.acknowledged", "+14m", by="Insp Okafor")).assignee == "PS Byrne"
    handed = act("alert.handed_over", "+15m", by="Insp Okafor", to="Insp Patel", handover="h1")
    assert folded(BREACH, given_, handed).assignee == "Insp Patel"


def test_it_is_escalated_until_somebody_has_it() -> None:
    up = act("alert.escalated", "+22m", rung=1, role="chief-inspector", because="10 minutes unacknowledged")
    assert standing(BREACH, up) == ("breached", "escalated")
    assert standing(BREACH, up, act("alert.acknowledged", "+23m", by="CI Reid")) == (
        "breached",
        "acknowledged",
    )


def test_what_changes_ends_a_snooze() -> None:
    snooze = act("alert.snoozed", "+10m", by="Insp Okafor", until="2009-10-24T21:00:00Z")
    assert folded(RISK, snooze).snoozed_until == at("+2h")
    assert folded(RISK, snooze, news("clock.at_risk", "+11m", 2)).snoozed_until == at("+2h")
    assert folded(RISK, snooze, BREACH).snoozed_until is None


def test_what_a_person_closed_is_opened_by_the_next_alarm() -> None:
    closed = act("alert.closed", "+20m", by="Insp Okafor", note="seen to")
    unknown = news("clock.unverifiable", "+13m", 3, reason="feed-silent")
    assert standing(unknown, closed) == ("unverifiable", "resolved")
    assert standing(unknown, closed, news("clock.breached", "+30m", 4)) == ("breached", "raised")


def test_a_feed_is_an_alert_of_its_own() -> None:
    silent, back = feed_news("feed.silent", "+1m", 1), feed_news("feed.back", "+5m", 2)
    assert standing(silent) == ("silent", "raised")
    assert standing(silent, back) == ("back", "resolved")
    assert folded(silent).kind == "feed"


def test_a_situation_is_opened_once_and_ends() -> None:
    id_ = "storm/attend-immediate/Hackney/1"
    begun = act("situation.opened", "+1m", id_, kind="storm", words="6 breaches in 10 minutes", policy="s")
    assert (folded(begun).kind, folded(begun, begun).stage) == ("storm", "going-on")
    assert standing(begun, act("situation.closed", "+1h", id_, because="quiet")) == ("over", "resolved")


def test_a_part_of_a_situation_stays_with_the_first() -> None:
    joined = [act("situation.joined", f"+{minute}m", situation=f"s{minute}") for minute in (13, 14)]
    assert folded(BREACH, *joined).situation == "s13"


def test_nothing_done_makes_an_alert_where_nothing_was_announced() -> None:
    early = act("alert.commented", "+1m", by="Insp Okafor", note="early")
    assert fold([early]) is None
    assert folded(early, BREACH).actions == (early,)


# ---- laws ------------------------------------------------------------------------------------------------------

MINUTES = st.integers(0, 30).map(lambda minutes: f"+{minutes}m")
ACTIONS = st.one_of(
    st.builds(lambda when, by: act("alert.acknowledged", when, by=by), MINUTES, st.sampled_from("AB")),
    st.builds(lambda when, to: act("alert.assigned", when, by="A", to=to), MINUTES, st.sampled_from("AB")),
    st.builds(lambda when: act("alert.closed", when, by="A"), MINUTES),
    st.builds(lambda when: act("alert.escalated", when, rung=1, role="r", because="late"), MINUTES),
    st.builds(lambda when: act("situation.joined", when, situation="s"), MINUTES),
    st.builds(lambda when: act("alert.snoozed", when, by="A", until="2009-10-25T00:00:00Z"), MINUTES),
)
STORIES = st.lists(st.tuples(st.sampled_from(sorted(VERDICTS)), MINUTES), max_size=6).map(
    lambda told: [news(type_, when, number) for number, (type_, when) in enumerate(told, 1)]
)


@given(STORIES, st.lists(ACTIONS, max_size=6), st.randoms(use_true_random=False))
def test_neither_order_nor_doubles_change_it(
    story: list[News], actions: list[Action], random: object
) -> None:
    entries: list[Entry] = [*story, *actions]
    alert = fold(entries)
    shuffled = entries + entries[::2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled) == alert


@given(STORIES, st.lists(ACTIONS, max_size=6))
def test_nothing_is_lost_of_an_alert_and_it_is_open_only_in_alarm(
    story: list[News], actions: list[Action]
) -> None:
    alert = fold([*story, *actions])
    if alert is None:
        assert story == []
        return
    assert alert.entries == in_order([*story, *actions])
    assert not alert.open or alert.stage in ALARMING
    assert alert.open or alert.stage not in ALARMING or alert.closed is not None


@given(STORIES, st.lists(ACTIONS, max_size=4))
def test_an_acknowledgement_is_never_lost(story: list[News], actions: list[Action]) -> None:
    mine = act("alert.acknowledged", "+0m", by="Insp Okafor")
    alert = fold([*story, *actions, mine])
    assert alert is None or alert.acknowledged is not None
    assert alert is None or alert.state != "raised"
