"""What the page for operators lists is what there is."""

import re

import pytest

from agents.outbox import MANY
from agents.watch import FOLDED_AT_ONCE
from agents.worker import SILENCE, STOP_WITHIN
from clocks.history import MAX_BYTES, MAX_FACTS
from pledgewatch.docs import metrics_page
from schemas.decoding import decode
from schemas.errors import REFUSALS, Refused
from schemas.times import DAY, SECOND
from streams.app import COMMIT_SECONDS, SESSION_SECONDS
from streams.lanes import BACKLOG, FENCED_GRACE, LINGER, RELEASE_WITHIN, ROOM
from streams.ledger import TRANSACTION_TIMEOUT_MS
from streams.partition_time import ANSWER_HOLDS
from streams.probes import ANSWER_WITHIN
from streams.topics import KEPT, TOPICS
from tests.docs.pages import ROOT, text_of

PAGE = text_of("running-it.md")
ROWS = re.findall(
    r"^\| `([a-z-]+)` \|", PAGE.partition("## Dead letters")[2].partition("## Logs")[0], re.MULTILINE
)
TOLD = {
    "not-json": b"{",
    "not-cloudevent": b"[]",
    "unknown-type": b'{"type": "call.lost"}',
    "missing-field": b'{"type": "call.answered", "subject": "CALL-1"}',
    "bad-field": b'{"specversion": "2.0", "type": "call.answered", "id": "1", "source": "a", "subject": "CALL-1",'
    b' "time": "2009-10-24T10:00:00Z"}',
    "bad-time": b'{"specversion": "1.0", "type": "call.answered", "id": "1", "source": "a", "subject": "CALL-1",'
    b' "time": "2009-10-24T10:00:00"}',
    "bad-subject": b'{"specversion": "1.0", "type": "call.answered", "id": "1", "source": "a", "subject": "71",'
    b' "time": "2009-10-24T10:00:00Z"}',
    "wrong-kind": b'{"specversion": "1.0", "type": "call.answered", "id": "1", "source": "a", "subject": "CAD-1",'
    b' "time": "2009-10-24T10:00:00Z"}',
}


def reasons_in_the_code():
    """Every reason that what a worker runs refuses by."""
    files = [*(ROOT / "schemas").glob("*.py"), *(ROOT / "agents").glob("*.py")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    decoding = (ROOT / "schemas" / "decoding.py").read_text(encoding="utf-8")
    mapped = re.findall(r'"[a-z_]+": "([a-z-]+)",', decoding.partition("_REASONS = {")[2].partition("}")[0])
    chosen = re.findall(
        r'"([a-z]+(?:-[a-z]+)+)"', decoding.partition("def _reason(")[2].partition("def _detail")[0]
    )
    named = re.findall(r'Refused\(\s*"([a-z-]+)"', text)
    return {*mapped, *named, *chosen}


def test_every_reason_of_a_dead_letter_is_listed_and_no_other():
    assert set(ROWS) == reasons_in_the_code() == set(REFUSALS)


@pytest.mark.parametrize("reason", TOLD)
def test_a_record_is_refused_for_the_reason_listed(reason):
    with pytest.raises(Refused) as refused:
        decode(TOLD[reason], "call-answer")

    assert refused.value.reason == reason


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_is_listed(topic):
    assert f"`{topic}`" in PAGE.partition("## Topics")[2].partition("## Feeding it")[0]


def test_every_metric_it_names_exists():
    named = set(re.findall(r"`(pledge_[a-z_]+)`", PAGE))

    assert named
    assert not {name for name in named if f"`{name}`" not in metrics_page.page()}


def test_its_list_of_sections_is_whole():
    sections = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    listed = re.findall(r"\[([^\]]+)\]\(#", PAGE.partition("## What you need")[0])

    assert listed == sections


def test_every_message_it_tells_to_watch_for_is_logged():
    sources = [*(ROOT / "streams").glob("*.py"), *(ROOT / "agents").glob("*.py")]
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    messages = re.findall(
        r"^- `([^`]+)`", PAGE.partition("## Logs")[2].partition("## Stopping")[0], re.MULTILINE
    )

    assert messages
    assert not [message for message in messages if message not in text]


NUMBERS = [
    ("running-it.md", f"holds {ROOM:,} unfolded records"),
    ("running-it.md", f"may gather for {LINGER:g} s"),
    ("decisions/0003-one-ledger-one-transaction.md", f"so are {MANY} changed subjects"),
    ("decisions/0009-a-lane-for-each-partition.md", f"{FOLDED_AT_ONCE:,} events at a time"),
    ("decisions/0009-a-lane-for-each-partition.md", f"holds {ROOM:,} unfolded records"),
    ("running-it.md", f"after {ANSWER_HOLDS // SECOND} s topics no longer count"),
    ("running-it.md", f"the partition for {FENCED_GRACE:.0f} s"),
    ("running-it.md", f"`--session` long ({SESSION_SECONDS:.0f} s by default)"),
    ("running-it.md", f"answers within {ANSWER_WITHIN:.0f} s"),
    ("running-it.md", f"the broker answers (within {SILENCE // SECOND} s)"),
    ("running-it.md", f"gives up after {STOP_WITHIN:.0f} s"),
    ("running-it.md", f"| {KEPT // DAY} days |"),
    ("semantics.md", f"at most {MAX_FACTS} facts and {MAX_BYTES // 1024} KB"),
    ("decisions/0003-one-ledger-one-transaction.md", f"or {TRANSACTION_TIMEOUT_MS // SECOND} s"),
    ("decisions/0009-a-lane-for-each-partition.md", f"{BACKLOG:,} changed subjects"),
    ("decisions/0009-a-lane-for-each-partition.md", f"within {RELEASE_WITHIN:.0f} s"),
]


@pytest.mark.parametrize(("page", "words"), NUMBERS)
def test_a_number_of_the_docs_is_that_of_the_code(page, words):
    assert words in " ".join(text_of(page).split())


def test_offsets_are_committed_as_often_as_it_says():
    assert COMMIT_SECONDS == 1
    assert "once a second" in PAGE
