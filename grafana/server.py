"""Grafana's HTTP API, by grafana-api: its address, its token, and what goes wrong, in words."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from grafana_api.grafana_api import GrafanaAPI, GrafanaException
from grafana_api.grafana_face import GrafanaFace

from schemas.errors import PledgeWatchError

PATIENCE = 5.0
"""Seconds that Grafana has to answer one request."""
_MISSING = 404
_WORDS = 200
"""Characters of an answer that are told: it may be a whole page."""
_TRANSIENT = (429, 500, 502, 503, 504)
_Answer = TypeVar("_Answer")


class GrafanaError(PledgeWatchError):
    """Grafana's address or token will not do, or it answers what cannot be understood.

    Operator action: check `grafana_url` and `grafana_token`.
    """


class GrafanaAwayError(GrafanaError):
    """Grafana cannot be reached, or is not itself just now.

    Operator action: see that it runs, and that `grafana_url` leads to it; nothing is lost meanwhile.
    """


class GrafanaRefusedError(GrafanaError):
    """Grafana refuses what it was asked for; `status` is HTTP's.

    Operator action: 401 and 403 are the token's: it needs the rights that docs/grafana-push.md names.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Grafana:
    """One Grafana. It blocks: beside an event loop it belongs into a thread, and one thread at a time."""

    def __init__(self, url: str, token: str | None, patience: float = PATIENCE) -> None:
        """`token`: a service account's, or USER:PASSWORD. GrafanaError where the address or the token is none."""
        if not token:
            raise GrafanaError(
                "grafana_token is not set: make a service account in Grafana (docs/grafana-push.md) and give"
                " its token by --grafana-token-file or PLEDGEWATCH_GRAFANA_TOKEN"
            )
        self.url, login, parts = url, _login(token), _parts(url)
        self.face = GrafanaFace(login, timeout=patience, **parts)
        # Grafana's newer APIs stand beside /api: below /apis.
        self.apis = GrafanaAPI(login, timeout=patience, **parts)
        self.apis.url += "s"

    def ask(self, doing: str, call: Callable[[], _Answer]) -> _Answer:
        """What Grafana answers, read within `call`; GrafanaError, or one of its kinds, says what was being done."""
        where = f"Grafana at {self.url}"
        try:
            return call()
        except GrafanaException as refused:
            raise self._refused(doing, refused) from None
        # Of an error page that is no JSON, grafana-api may trip over its own feet.
        except (requests.exceptions.JSONDecodeError, KeyError, TypeError):
            raise GrafanaError(
                f"{where} does not answer as Grafana does ({doing}): is that its address, with any path"
                " it is served under?"
            ) from None
        except requests.RequestException as away:
            raise GrafanaAwayError(f"cannot reach {where} ({doing}): {_why(away)}") from None

    def find(self, doing: str, call: Callable[[], _Answer]) -> _Answer | None:
        """As `ask`; None where there is no such thing."""
        try:
            return self.ask(doing, call)
        except GrafanaRefusedError as refused:
            if refused.status != _MISSING:
                raise
            return None

    def _refused(self, doing: str, refused: GrafanaException) -> GrafanaError:
        status, said = refused.status_code, refused.response
        words = " ".join(str(said.get("message", said) if isinstance(said, dict) else said).split())
        message = f"Grafana at {self.url} ({doing}): {status}: {words[:_WORDS]}"
        if status in _TRANSIENT:
            return GrafanaAwayError(message)
        hint = {
            401: "; grafana_token is not one of its tokens, or has run out",
            403: "; the token's service account may not do that: docs/grafana-push.md says what it needs",
        }.get(status, "")
        return GrafanaRefusedError(f"{message}{hint}", status)

    def version(self) -> int | None:
        """Its major version; None where it does not say. GrafanaAwayError where it is not there."""
        said: Any = self.ask("its health", lambda: self.face.api.GET("/health"))
        major = str(said.get("version", "")).partition(".")[0] if isinstance(said, dict) else ""
        return int(major) if major.isdigit() else None


def _login(token: str) -> str | tuple[str, str]:
    """A token, or a name and a password; GrafanaError where HTTP cannot carry it."""
    if not (token.isprintable() and token.isascii()):
        raise GrafanaError("grafana_token has a character that no token has: was it copied whole?")
    user, colon, password = token.partition(":")
    return (user, password) if colon else token


def _parts(url: str) -> dict[str, Any]:
    """An address as grafana-api wants it; GrafanaError where it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise GrafanaError(f"grafana_url {url!r} is no address: it is http://HOST:PORT, or https://…")
    if "@" in parts.netloc:
        raise GrafanaError("grafana_url holds a name or password: USER:PASSWORD goes into grafana_token")
    prefix = parts.path.strip("/")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return {
        "protocol": parts.scheme,
        "host": host,
        "port": port,
        "url_path_prefix": f"{prefix}/" if prefix else "",
    }


def _why(away: requests.RequestException) -> str:
    """The reason without the layers of the HTTP library around it."""
    if isinstance(away, requests.Timeout):
        return "it does not answer"
    if isinstance(away, requests.exceptions.SSLError):
        return f"its certificate is not trusted, or it speaks no TLS: {away}"
    if isinstance(away, requests.ConnectionError):
        return "no connection: is it running, and is that its address?"
    return str(away)
