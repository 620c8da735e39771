"""What people read: what, where, by how much, whose it is, what changed; in three forms, and never who called."""

import logging
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.messages import write
from alerting.messages.facts import SHOWN, facts
from alerting.messages.gsm import ONE_SMS, length, one_sms, plain
from alerting.messages.rendering import TEMPLATES, TemplateFaultError, check
from tests.alerting.entries import act, news
from tests.alerting.tellings import (
    ACKNOWLEDGED,
    BREACH,
    LINKS,
    LONDON,
    MET,
    OPENED,
    RISK,
    SILENT,
    STOPPED,
    Person,
    Telling,
    folded,
    message,
)
from tests.cli.events import at


def test_a_breach_says_what_where_by_how_much_and_whose_it_is() -> None:
    told = message(RISK, BREACH).text
    assert "BREACHED: immediate incident CAD-1 in Dalston, Hackney: not attended within 12m" in told
    assert "EH21 on the way" in told
    assert "4m over, was due 24 Oct 20:12:00" in told
    assert "Nobody has acknowledged it." in told
    assert "Insp Shah, you are told because: the duty inspector is told of every immediate breach" in told


def test_before_its_deadline_it_says_how_long_is_left() -> None:
    assert "2m left, due 24 Oct 20:12:00" in message(RISK, moment="+10m").text


def test_what_changed_stands_line_by_line_in_local_time() -> None:
    told = message(RISK, BREACH, ACKNOWLEDGED).text
    assert "24 Oct 20:09:00  at risk: not yet attended" in told
    assert "24 Oct 20:13:00  acknowledged by Insp Shah: on it" in told


def test_an_acknowledged_alert_names_who_has_it_and_asks_nobody_to_acknowledge() -> None:
    told = message(BREACH, ACKNOWLEDGED, act("alert.assigned", "+14m", by="Insp Shah", to="Sgt Lee"))
    assert "Acknowledged by Insp Shah at 24 Oct 20:13:00: on it; now with Sgt Lee." in told.text
    assert told.link is None and "/ack" not in told.text + told.html + told.short


def test_an_open_alert_has_a_link_that_the_person_told_may_acknowledge_with() -> None:
    told = message(BREACH)
    assert told.link is not None and told.link in told.text
    assert LINKS.read(parse_qs(urlsplit(told.link).query)["t"][0], at("+17m")) == (
        BREACH.subject,
        "Insp Shah",
    )
    assert LINKS.alert("CAD-1/attend-immediate") in told.text


def test_where_several_read_it_the_link_names_nobody() -> None:
    link = str(message(BREACH, to=Person("Insp Shah, PS Lee", None)).link)
    assert LINKS.read(parse_qs(urlsplit(link).query)["t"][0], at("+17m")) == (BREACH.subject, "")


def test_without_a_board_there_are_no_links() -> None:
    told = message(BREACH, links=None)
    assert told.link is None and "http" not in told.text + told.html + told.short


def test_a_late_stop_says_by_how_much_and_nothing_is_over_any_longer() -> None:
    told = message(BREACH, STOPPED)
    assert told.title == "late: immediate incident CAD-1 in Hackney: attended after 14m, 2m late"
    assert "over, was due" not in told.text and told.link is None


def test_what_is_taken_back_names_the_evidence_and_how_late_it_was_recorded() -> None:
    told = message(BREACH, MET).text
    assert "taken back: immediate incident CAD-1" in told
    assert "recorded 3m late" in told
    assert "It rests on what was recorded as: unit-77" in told


def test_a_breach_whose_unit_left_is_still_told_as_a_breach() -> None:
    left = news("incident.unresourced", "+15m", 3)
    told = message(BREACH, left)
    assert told.title.startswith("BREACHED") and "no unit is assigned" in told.text


def test_a_silent_feed_is_told_with_its_topic() -> None:
    assert message(SILENT).title == "SILENT: feed cad/north on dispatch: nothing heard since 24 Oct 20:00:00"


def test_a_situation_lists_what_is_in_it_and_counts_the_rest() -> None:
    within = [
        folded(news("clock.breached", "+12m", 1, f"CAD-{n}/attend-immediate")) for n in range(SHOWN + 3)
    ]
    told = write(folded(OPENED), Telling(), now=at("+21m"), zone=LONDON, within=within)
    assert told.title == "SITUATION: 6 immediate incidents breached in Hackney within 5m"
    assert told.text.count("- BREACHED: immediate incident CAD-") == SHOWN
    assert f"Now, at 24 Oct 20:21:00: {SHOWN + 3} in it, {SHOWN + 3} still open." in told.text
    assert told.short.startswith(f"SITUATION Hackney: {SHOWN + 3} in it, 6 immediate incidents")
    assert "and 3 more" in told.text and "and 3 more" in told.html


def test_of_a_situation_it_says_how_many_are_dealt_with() -> None:
    within = [folded(BREACH, STOPPED), folded(BREACH)]
    assert (
        facts(folded(OPENED), to="", because="", now=0, zone=LONDON, within=within).margin
        == "2 in it, 1 still open"
    )
    done = facts(folded(OPENED), to="", because="", now=0, zone=LONDON, within=within[:1])
    assert done.margin == "1 in it, none still open"


def test_a_situation_that_is_over_says_why() -> None:
    over = act("situation.closed", "+50m", OPENED.subject, because="quiet for 15m")
    assert message(OPENED, over, moment="+51m").title.startswith("SITUATION over: quiet for 15m")


def test_what_a_feed_sends_beside_what_we_tell_reaches_nobody() -> None:
    breach = news("clock.breached", "+12m", 1, caller="tok-8812", phone="07700 900123", handler="PC Doe")
    told = message(breach)
    assert not any(word in told.text + told.html + told.short for word in ("tok-8812", "900123", "PC Doe"))


def test_html_is_well_formed_and_what_people_write_cannot_become_markup() -> None:
    told = message(BREACH, act("alert.acknowledged", "+13m", by="<b>Insp</b>", note="<script>x</script>"))
    assert "<script>" not in told.html and "&lt;script&gt;" in told.html
    assert _unclosed(told.html) == []


def test_colour_never_says_it_alone() -> None:
    assert ">BREACHED</p>" in message(BREACH).html and ">taken back</p>" in message(BREACH, MET).html


def test_one_sms_says_the_worst_first_and_has_the_link() -> None:
    told = message(RISK, BREACH)
    assert told.short.startswith("BREACHED CAD-1 Hackney: 4m over, not attended")
    assert told.short.endswith(str(told.link))
    assert length(told.short) <= ONE_SMS


def test_a_link_that_leaves_no_room_for_words_is_left_out() -> None:
    assert one_sms("BREACHED CAD-1 Hackney: 4m over, not attended", "https://x/" + "a" * 130).endswith(
        "attended"
    )


def test_characters_that_cost_two_are_counted_as_two() -> None:
    assert length("€") == 2 and length(one_sms("€" * 200)) <= ONE_SMS


def test_other_characters_become_what_is_most_like_them() -> None:
    assert plain("Łódź – “café”, ☎") == '?odz - "café", ?'


@given(st.text(max_size=400), st.none() | st.text("abc/:?=", max_size=200))
def test_whatever_is_told_fits_into_one_sms(words: str, link: str | None) -> None:
    short = one_sms(words, link)
    assert length(short) <= ONE_SMS and short == plain(short)


def test_a_template_of_the_installation_stands_in_for_ours(tmp_path: Path) -> None:
    (tmp_path / "title.txt").write_text("{{ alert }} needs {{ to }}")
    told = write(folded(BREACH), Telling(), now=at("+16m"), zone=LONDON, overrides=tmp_path)
    assert told.title == "CAD-1/attend-immediate needs Insp Shah"
    assert "4m over" in told.text


def test_a_template_that_fails_keeps_no_message_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "text.txt").write_text("{{ no_such_word }}")
    with caplog.at_level(logging.ERROR):
        told = write(folded(BREACH), Telling(), now=at("+16m"), zone=LONDON, overrides=tmp_path)
    assert "4m over" in told.text and "no_such_word" in caplog.text


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("text.txt", "one\n{% if %}", "text.txt:2: "),
        ("short.txt", "{{ nobody_knows }}", "short.txt:1: 'nobody_knows' is undefined"),
        ("title.txt", "{{ mark }}\n{{ now + 1 }}", "title.txt:2: "),
        ("text.txt", "{{ page.upper() }}", "text.txt:1: "),
        ("texts.txt", "", "texts.txt is no template; it may have title.txt"),
    ],
)
def test_a_template_is_refused_by_file_and_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(TemplateFaultError) as refused:
        check(tmp_path)
    assert said in str(refused.value)


def test_a_copy_of_our_own_templates_is_accepted_and_says_the_same(tmp_path: Path) -> None:
    ours = Path(__file__).parents[2] / "alerting" / "messages" / "templates"
    for name in TEMPLATES:
        (tmp_path / name).write_text((ours / name).read_text())
    check(tmp_path)
    copied = write(folded(BREACH), Telling(), now=at("+16m"), zone=LONDON, links=LINKS, overrides=tmp_path)
    assert copied == message(BREACH)


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _unclosed(html: str) -> list[str]:
    balance = _Balance()
    balance.feed(html)
    return balance.open
