"""What the page on telling people says in figures is what the code has, and its steps are the outbox's."""

import re

from agents.desk import FINISH_WITHIN
from alerting import outbox
from alerting.desk import AT_ONCE
from alerting.situations import STALE
from schemas.times import MINUTE, SECOND
from tests.docs.pages import text_of

PAGE = text_of("alerting-delivery.md")


def test_the_steps_are_those_of_the_outbox() -> None:
    told = re.findall(r"^(\d)\. \*\*([A-Za-z-]+)", PAGE, re.MULTILINE)
    assert told == re.findall(r"^(\d)\. \*\*([A-Za-z-]+)", outbox.__doc__ or "", re.MULTILINE)
    assert len(told) == 7


def test_the_figures_are_those_of_the_code() -> None:
    assert f"in Redis, for {outbox.LEASE // SECOND} s" in PAGE
    assert f"is given {outbox.LEASE // SECOND} s; then the desks go on" in PAGE
    assert f"a channel has {outbox.SEND_WITHIN // SECOND} s" in PAGE
    assert f"sent is finished, for {FINISH_WITHIN:.0f} s at most" in " ".join(PAGE.split())
    assert outbox.BACK_OFF == (5_000, 15_000, 45_000, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE)
    assert "after 5 s, 15 s, 45 s, 2, 5 and 10 min" in PAGE
    assert "The seventh failure" in PAGE and len(outbox.BACK_OFF) + 1 == 7
    assert AT_ONCE == 8 and "each has eight messages under way at most" in PAGE
    assert STALE == MINUTE and "no figure newer than a minute" in PAGE
