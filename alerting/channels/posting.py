"""HTTP requests whose failure says whether to try again."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import httpx

from alerting.channels.channel import ChannelError
from schemas.times import HOUR, SECOND, milliseconds

_TRY_AGAIN = frozenset({408, 425, 429})
"""Of the answers that blame the request, those that pass with time."""
_LONGEST_WAIT = HOUR
_SHOWN = 200


class Poster:
    """Posts bodies with one client, which is made when it is first needed."""

    def __init__(self, timeout: int, auth: httpx.Auth | None = None) -> None:
        self._timeout, self._auth = timeout / SECOND, auth
        self._client: httpx.AsyncClient | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], now: int) -> None:
        """Posts JSON at `now` (ms); ChannelError unless the answer is one of success. The address is not told."""
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._timeout, auth=self._auth)
        try:
            answer = await self._client.post(
                url, content=body, headers={"content-type": "application/json", **headers}
            )
        except httpx.InvalidURL as wrong:
            raise ChannelError(f"the address cannot be used: {wrong}", permanent=True) from None
        except httpx.HTTPError as failed:
            raise ChannelError(
                f"no answer: {str(failed) or type(failed).__name__}", permanent=False
            ) from None
        if not answer.is_success:
            raise _refused(answer, now)

    async def close(self) -> None:
        """Closes the connections; a later post opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


def _refused(answer: httpx.Response, now: int) -> ChannelError:
    status = answer.status_code
    said = " ".join(answer.text.split())[:_SHOWN]
    return ChannelError(
        f"the receiver answered {status} {answer.reason_phrase}{': ' + said if said else ''}",
        permanent=status < 500 and status not in _TRY_AGAIN,
        retry_after=_asked(answer.headers.get("retry-after"), now),
    )


def _asked(text: str | None, now: int) -> int | None:
    """How long Retry-After asks to wait, in ms: seconds or a date; None where it says neither."""
    if text is None:
        return None
    try:
        wait = int(text) * SECOND if text.isdigit() else milliseconds(parsedate_to_datetime(text)) - now
    except (ValueError, TypeError):
        return None
    return max(0, min(wait, _LONGEST_WAIT))
