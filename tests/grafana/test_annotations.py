"""Annotations are written once, changed where they differ, and found again by whoever comes next."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from grafana import annotating
from grafana.annotating import Annotations
from grafana.breaches import Annotation, tag
from grafana.server import Grafana, GrafanaAwayError, GrafanaError, GrafanaRefusedError
from tests.grafana.documented import PASSWORD, TOKEN, Documented

NAME = tag("clock", "CAD-7:1/victim-update#3")
OPEN = Annotation(1_000, 1_000, "BREACHED: nobody came", ("pledgewatch", "breach", NAME))
STOPPED = Annotation(1_000, 61_000, "late: 1m late", OPEN.tags)
TAKEN_BACK = Annotation(1_000, 1_000, "taken back: came in time", ("pledgewatch", "taken-back", NAME))


@contextmanager
def answering(status: int, page: bytes) -> Iterator[str]:
    """Some other server."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(page)

        do_GET = do_POST = answer  # noqa: N815 - the names of the library

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def annotations(stub: Documented, token: str = TOKEN) -> Annotations:
    return Annotations(Grafana(stub.url, token))


def test_a_breach_is_marked_where_it_fell_due_and_stretched_to_its_stop(stub: Documented) -> None:
    writing = annotations(stub)

    assert [writing.write(NAME, each) for each in (OPEN, STOPPED)] == ["added", "changed"]

    [held] = stub.annotations.values()
    assert (held["time"], held["timeEnd"], held["text"]) == (1_000, 61_000, "late: 1m late")
    assert held["tags"] == ["pledgewatch", "breach", "clock:CAD-7%3A1/victim-update#3"]


def test_what_was_taken_back_is_no_stretch_and_no_breach_any_more(stub: Documented) -> None:
    writing = annotations(stub)
    for each in (OPEN, STOPPED, TAKEN_BACK):
        writing.write(NAME, each)

    [held] = stub.annotations.values()
    assert (held["timeEnd"], held["tags"][1]) == (1_000, "taken-back")


def test_after_a_restart_nothing_is_written_twice(stub: Documented) -> None:
    annotations(stub).write(NAME, STOPPED)
    written = list(stub.written)

    assert annotations(stub).write(NAME, STOPPED) == "unchanged"
    assert stub.written == written


def test_after_a_restart_what_differs_is_changed_in_place(stub: Documented) -> None:
    annotations(stub).write(NAME, OPEN)

    assert annotations(stub).write(NAME, STOPPED) == "changed"
    assert [each["timeEnd"] for each in stub.annotations.values()] == [61_000]


def test_another_round_of_the_same_subject_is_another_annotation(stub: Documented) -> None:
    writing, second = annotations(stub), tag("clock", "CAD-7:1/victim-update#4")
    writing.write(NAME, OPEN)

    assert writing.write(second, Annotation(2, 2, "again", ("pledgewatch", second))) == "added"
    assert len(stub.annotations) == 2


def test_of_what_is_not_remembered_any_more_there_is_still_one(
    stub: Documented, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotating, "REMEMBERED", 1)
    writing, second = annotations(stub), tag("clock", "CAD-8/call-999")
    writing.write(NAME, OPEN)
    writing.write(second, Annotation(2, 2, "another", ("pledgewatch", second)))

    assert list(writing._known) == [second]
    assert writing.write(NAME, STOPPED) == "changed"
    assert len(stub.annotations) == 2


def test_an_answer_that_never_came_leads_to_no_second_annotation(stub: Documented) -> None:
    writing = annotations(stub)
    writing.write(NAME, OPEN)
    stub.fails = [503]

    with pytest.raises(GrafanaAwayError, match="503: not just now"):
        writing.write(NAME, STOPPED)

    assert writing.write(NAME, STOPPED) == "changed"
    assert len(stub.annotations) == 1


def test_of_two_that_were_written_at_once_the_first_stays(stub: Documented) -> None:
    for _ in range(2):
        Grafana(stub.url, TOKEN).face.annotations.add_annotation(
            time_from=1_000, tags=list(OPEN.tags), text=OPEN.text
        )

    assert annotations(stub).write(NAME, OPEN) == "unchanged"
    assert list(stub.annotations) == [1]


def test_what_somebody_deleted_in_grafana_is_added_again_when_it_changes(stub: Documented) -> None:
    writing = annotations(stub)
    writing.write(NAME, OPEN)
    stub.annotations.clear()

    with pytest.raises(GrafanaRefusedError, match="404"):
        writing.write(NAME, STOPPED)
    assert writing.write(NAME, STOPPED) == "added"


def test_what_should_not_be_there_is_removed_once(stub: Documented) -> None:
    writing = annotations(stub)
    writing.write(NAME, OPEN)

    assert [writing.write(NAME, None) for _ in range(2)] == ["removed", "unchanged"]
    assert stub.annotations == {}


def test_a_name_and_password_will_do_as_well(stub: Documented) -> None:
    assert annotations(stub, PASSWORD).write(NAME, OPEN) == "added"


def test_a_wrong_token_is_told_so(stub: Documented) -> None:
    with pytest.raises(GrafanaRefusedError, match="401: Invalid API key; grafana_token is not one"):
        annotations(stub, "glsa_old").check()


def test_no_token_is_told_what_to_do() -> None:
    with pytest.raises(GrafanaError, match="make a service account"):
        Grafana("http://localhost:3000", None)


@pytest.mark.parametrize("url", ["localhost:3000", "ftp://grafana", "http://", "http://grafana:port", ""])
def test_an_address_that_is_none_is_told_so(url: str) -> None:
    with pytest.raises(GrafanaError, match="is no address"):
        Grafana(url, TOKEN)


def test_a_password_in_the_address_is_refused_unseen() -> None:
    with pytest.raises(GrafanaError, match="goes into grafana_token") as told:
        Grafana("http://admin:hunter2@grafana:3000", TOKEN)
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("token", ["glsa_…", "glsa_a\nb"])
def test_a_token_that_cannot_be_one_is_told_so_unseen(token: str) -> None:
    with pytest.raises(GrafanaError, match="was it copied whole") as told:
        Grafana("http://localhost:3000", token)
    assert token not in str(told.value)


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("page", [b"<html>no message of yours</html>", b"<html>hello</html>", b"[]", b""])
def test_somebody_else_at_the_address_is_told_so(status: int, page: bytes) -> None:
    with (
        answering(status, page) as url,
        pytest.raises(GrafanaError, match=r"does not answer as Grafana does|404: "),
    ):
        Annotations(Grafana(url, TOKEN)).write(NAME, OPEN)


def test_nobody_at_the_address_is_told_so() -> None:
    with pytest.raises(GrafanaAwayError, match="no connection: is it running"):
        Annotations(Grafana("http://127.0.0.1:1", TOKEN)).check()


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("http://grafana:3000", "http://grafana:3000/api"),
        ("https://police.example/grafana/", "https://police.example/grafana/api"),
        ("http://[::1]:3000", "http://[::1]:3000/api"),
    ],
)
def test_it_may_be_served_below_a_path(url: str, api: str) -> None:
    grafana = Grafana(url, TOKEN)
    assert (grafana.face.api.url, grafana.apis.url) == (api, f"{api}s")
