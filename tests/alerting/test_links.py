"""Links: whoever was told may acknowledge with one, for a day, and nobody can make one up."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.links import LASTS, LinkError, LinkKeyError, Links
from schemas.times import SECOND

LINKS = Links("a key that nobody else has", "https://board.example/desk/")
NOW = 1_256_400_000_000
ANY = st.text(st.characters(codec="utf-8"), min_size=1, max_size=80)


def token_of(url: str) -> str:
    """The token as a web framework hands it over."""
    return parse_qs(urlsplit(url).query, strict_parsing=True, keep_blank_values=True)["t"][0]


@given(ANY, ANY, st.integers(0, LASTS))
def test_it_says_again_who_and_what_whatever_they_are_called(alert: str, person: str, age: int) -> None:
    url = LINKS.acknowledge(alert, person, NOW)
    assert url.isascii() and url.startswith("https://board.example/desk/ack?t=")
    assert LINKS.read(token_of(url), NOW - NOW % SECOND + age) == (alert, person)


def test_after_a_day_it_is_good_for_nothing() -> None:
    token = token_of(LINKS.acknowledge("CAD-1/attend-immediate", "Insp Shah", NOW))
    with pytest.raises(LinkError, match="older than 1d"):
        LINKS.read(token, NOW + LASTS + 1)


@given(st.data())
def test_a_changed_token_is_refused(data: st.DataObject) -> None:
    token = token_of(LINKS.acknowledge("CAD-1/attend-immediate", "Insp Shah", NOW))
    place = data.draw(st.integers(0, len(token) - 2))  # the last character has bits that say nothing
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != token[place]))
    with pytest.raises(LinkError):
        LINKS.read(token[:place] + other + token[place + 1 :], NOW)


def test_a_link_of_another_key_is_refused() -> None:
    other = Links("another key, as long", "https://board.example").acknowledge(
        "CAD-1/attend-immediate", "Insp Shah", NOW
    )
    with pytest.raises(LinkError, match="another key"):
        LINKS.read(token_of(other), NOW)


@given(st.text(max_size=60))
def test_rubbish_is_refused_and_never_an_error_of_ours(token: str) -> None:
    with pytest.raises(LinkError):
        LINKS.read(token, NOW)


def test_a_key_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(LinkKeyError, match="at least 16 characters"):
        Links("secret", "https://board.example")


def test_the_name_of_one_cannot_be_made_the_end_of_anothers() -> None:
    one, other = LINKS.acknowledge("a~b", "c", NOW), LINKS.acknowledge("a", "b~c", NOW)
    assert token_of(one) != token_of(other)


def test_an_alert_has_a_page() -> None:
    assert (
        LINKS.alert("CASE-1/victim-update#3") == "https://board.example/desk/alerts/CASE-1/victim-update%233"
    )
