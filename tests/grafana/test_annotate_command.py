"""`pledgewatch grafana annotate`: what it says before it begins, and how it words a breach."""

from zoneinfo import ZoneInfo

import pytest

from pledgewatch.cli import run
from pledgewatch.grafana.annotate import saying
from tests.alerting.entries import news
from tests.grafana.documented import TOKEN, Documented

LONDON = ZoneInfo("Europe/London")
NOWHERE = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("token", "url", "said"),
    [
        ("", None, "grafana_token is not set: make a service account"),
        ("glsa_old", None, "401: Invalid API key; grafana_token is not one of its tokens"),
        (TOKEN, NOWHERE, f"cannot reach Grafana at {NOWHERE} (reading annotations): no connection"),
        (TOKEN, "grafana", "grafana_url 'grafana' is no address"),
    ],
    ids=["no token", "a wrong token", "nobody there", "no address"],
)
def test_what_will_not_do_ends_it_with_a_word(
    stub: Documented,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    token: str,
    url: str | None,
    said: str,
) -> None:
    if token:
        monkeypatch.setenv("PLEDGEWATCH_GRAFANA_TOKEN", token)
    assert run(["grafana", "annotate", "--grafana-url", url or stub.url, "--metrics-port", "0"]) == 2
    assert said in capsys.readouterr().err


def test_a_duration_that_is_none_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["grafana", "annotate", "--last", "yesterday"]) == 2
    assert "'yesterday' is not a duration" in capsys.readouterr().err


def test_a_breach_is_said_as_on_the_board_and_leads_there() -> None:
    say = saying(LONDON, "https://board.example/")
    assert say(news("clock.breached", "+12m", 1, units=["EH21"])) == (
        "BREACHED: immediate incident CAD-1 in Hackney: not attended within 12m, EH21 on the way"
        ' <a href="https://board.example/alerts/CAD-1/attend-immediate">on the board</a>'
    )


def test_what_a_feed_sent_is_no_part_of_the_page() -> None:
    told = news("clock.breached", "+12m", 1, borough="<img src=x onerror=alert(1)>")
    assert "<img" not in saying(LONDON, None)(told)
