"""Links that say who may acknowledge what, and until when: signed, so that nobody can make one up.

A link is for a page that asks "acknowledge?" with a button: mail scanners open every link they see, and what a
scanner opened nobody has acknowledged. It is kept short, for it has to fit into an SMS.
"""

from hashlib import sha256
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from itsdangerous import BadSignature, Signer
from itsdangerous.signer import HMACAlgorithm

from schemas.errors import PledgeWatchError
from schemas.times import DAY, SECOND, format_duration

PATH = "/ack"
"""Where on the board the link leads; the token is the parameter `t`."""
LASTS = DAY
LEAST_KEY = 16
_BYTES = 12
"""Of a signature: 96 bits, the least that NIST would have of a shortened HMAC."""


class LinkKeyError(PledgeWatchError):
    """The setting `link_key` cannot be used: whoever can guess it can acknowledge in anybody's name.

    Operator action: make one with `openssl rand -hex 32`, the same for every process.
    """


class LinkError(PledgeWatchError):
    """A link that is not, or no longer, good for anything.

    Operator action: acknowledge on the board; a newer message has a newer link.
    """


class _Shortened(HMACAlgorithm):
    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return super().get_signature(key, value)[:_BYTES]


class Links:
    """Makes and reads links with one key; `board_url` is where people reach the board."""

    def __init__(self, key: str, board_url: str) -> None:
        """LinkKeyError where the key is too short to be one."""
        if len(key) < LEAST_KEY:
            raise LinkKeyError(f"the key that signs links has at least {LEAST_KEY} characters")
        digest: Any = sha256
        self._signer = Signer(
            key,
            salt="pledgewatch.acknowledge",
            sep="~",
            digest_method=digest,
            algorithm=_Shortened(digest),
        )
        self._board = board_url.rstrip("/")

    def alert(self, alert_id: str) -> str:
        """The alert's page; signs nothing."""
        return alert_page(self._board, alert_id)

    def acknowledge(self, alert_id: str, person: str, now: int) -> str:
        """Where `person` (nobody in particular: "") acknowledges the alert; good from `now` (ms)."""
        token = self._signer.sign("~".join((alert_id, _escaped(person), f"{now // SECOND:x}"))).decode()
        return f"{self._board}{PATH}?t={quote_plus(token, safe='/:~')}"

    def read(self, token: str, now: int, max_age: int = LASTS) -> tuple[str, str]:
        """Alert and person of a token not older than `max_age` (ms); LinkError where it is none, or too old."""
        try:
            alert_id, person, made = self._signer.unsign(token).decode().rsplit("~", 2)
        except (BadSignature, ValueError):
            raise LinkError("this link is damaged, or was made with another key") from None
        age = now - int(made, 16) * SECOND
        if age > max_age:
            raise LinkError(f"this link is older than {format_duration(max_age)}")
        return alert_id, unquote(person)


def alert_page(board_url: str, alert_id: str) -> str:
    """Where on the board an alert is."""
    return f"{board_url.rstrip('/')}/alerts/{quote(alert_id, safe='/:')}"


def _escaped(person: str) -> str:
    return person.replace("%", "%25").replace("~", "%7E")
