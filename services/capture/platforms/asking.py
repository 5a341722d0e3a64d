"""One GET to a platform that ends by itself, however slow the far side, and what its refusals mean."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import eventlet
import orjson
import requests
from requests.auth import AuthBase

from services.capture.platforms.account import Account

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
#: From the first byte sent to the last one read, whatever the far side trickles.
WHOLE_SECONDS = 45.0
#: More of an answer is not read.
MOST_BYTES = 4 * 1024 * 1024
#: No platform may make us wait longer than this by one answer.
LONGEST_WAIT = 6 * 3600.0


class Busy(Exception):
    """Not now: it may work later, after `after` seconds where the platform said so."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Refused(Exception):
    """It will not work until somebody changes something; the message says what."""


@dataclass(frozen=True)
class Answer:
    """What the platform said."""

    code: int
    headers: Mapping[str, str]
    body: bytes

    def document(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


class _Bearer(AuthBase):
    """The token as a header: in an address it would end up in logs. Also keeps `.netrc` from replacing it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def get(
    account: Account,
    path: str,
    params: Mapping[str, str] | str,
    headers: Mapping[str, str] | None = None,
    *,
    whole_seconds: float = WHOLE_SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
) -> Answer:
    """Asks the platform. Redirects are not followed. Raises Busy and Refused."""
    token = account.token.value()
    if token is None:
        raise Refused(f"no access token for {account.source}: put one into {account.token}")
    started = monotonic()
    try:
        # Between bytes the read time-out begins anew; this ends it as a whole.
        with (
            eventlet.Timeout(whole_seconds),
            requests.get(
                f"{account.base_url}/{path}",
                params=params,
                headers={"Accept": "application/json", "User-Agent": "Leadbus", **(headers or {})},
                auth=_Bearer(token),
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            body = bytearray()
            for part in response.iter_content(64 * 1024):
                body += part
                if len(body) > MOST_BYTES:
                    raise Refused(f"the answer is longer than {MOST_BYTES} bytes")
                if monotonic() - started > whole_seconds:
                    raise Busy("the answer took too long")
            return Answer(response.status_code, response.headers, bytes(body))
    except eventlet.Timeout:
        raise Busy("the answer took too long") from None
    except requests.RequestException as error:
        # Its words may hold the address with all its parameters.
        raise Busy(f"no answer: {type(error).__name__}") from None


def wait_of(answer: Answer) -> float | None:
    """Seconds that `Retry-After` asks for: a number or a date."""
    value = (answer.headers.get("Retry-After") or "").strip()
    if not value:
        return None
    if value.isdigit():
        return min(float(value), LONGEST_WAIT)
    try:
        return min(max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0), LONGEST_WAIT)
    except (TypeError, ValueError):
        return None


def token_refused(account: Account, said: str) -> Refused:
    """The token has expired or was withdrawn: a person must renew it."""
    return Refused(f"the access token of {account.source} is not accepted ({said}): renew it in {account.token}")
