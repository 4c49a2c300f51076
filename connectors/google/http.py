"""Requests to Google that always end, and what every refusal means for the user.

Rules:

- Every request has time-outs; a failure that may pass is tried again a few times, never past `PATIENCE`. gspread's own
  client would wait without end, and its back-off never gives up.
- `Retry-After` is honoured; where it does not fit, the error says from when on another run makes sense.
- Redirects are never followed with a token: an outage answers with a detour to a login page.
- Three refusals share status 403 and are told apart by their bodies: not shared, API switched off, too few rights.
- Text from a server is bounded and stripped before anybody sees it. A token is in no message and no `repr`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from connectors.deadlines import within
from connectors.http_transport import Answer, proxy_for, wait_asked
from connectors.outside import Outside
from connectors.trust import authorities_in
from sync.errors import CredentialsError, FollowupError, LoginTo, SourceError

if TYPE_CHECKING:
    import requests

TIMEOUTS = (10.0, 30.0)
"""Seconds to connect, and of silence while reading."""
LONGEST = 60.0
"""Seconds for one whole exchange, every byte of its answer."""
TRIES = 4
PATIENCE = 50.0
"""No further try begins later than this many seconds after the first."""

Found = TypeVar("Found")
Timeouts = tuple[float, float]


def open_session(outside: Outside) -> requests.Session:
    """A session that takes proxy and certificates from the environment handed in, and nothing else from anywhere."""
    import requests

    session = requests.Session()
    session.trust_env = False
    session.verify = authorities_in(outside.environ) or True
    proxy = proxy_for(urlsplit("https://googleapis.com"), outside.environ)
    if proxy:
        session.proxies = {"https": proxy.geturl()}
    return session


class NotSharedError(CredentialsError):
    """A sheet that this login may not read, or not change."""


class Passing(Exception):
    """A failure that may be gone in a moment. `retry_after` is what the server asked for, in seconds."""

    def __init__(self, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


def keep_trying(attempt: Callable[[], Found], *, outside: Outside, failure: type[FollowupError] = SourceError) -> Found:
    """The answer of the first attempt that succeeds; `failure` when `TRIES` or `PATIENCE` are used up."""
    began = outside.clock()
    waited = 0.0
    for number in range(1, TRIES + 1):
        try:
            return _in_time(attempt)
        except Passing as passing:
            pause = passing.retry_after
            if pause is None:
                pause = 2.0 ** (number - 1) + random.random()
            gone = max(waited, (outside.clock() - began).total_seconds())
            if number == TRIES or gone + pause > PATIENCE:
                later = outside.clock() + timedelta(seconds=pause) if passing.retry_after is not None else None
                tried = f"tried {number} times" if number > 1 else f"asked to wait {pause:.0f} seconds"
                raise failure(f"{passing}; {tried}, the next run tries again", not_before=later) from None
            outside.sleep(pause)
            waited += pause
    raise AssertionError("unreachable")


def _in_time(attempt: Callable[[], Found]) -> Found:
    """One attempt, which ends however slowly Google, or who answers in its place, says a word."""
    try:
        return within(LONGEST, attempt)
    except TimeoutError:
        raise Passing("Google did not answer in time") from None


def refusal(response: requests.Response, *, who: str, now: datetime) -> Exception:
    """What this answer of the Sheets interface means: `Passing`, or an error with its cure. `who` asked."""
    status = response.status_code
    message, reason = _google_error(response)
    if status == 429 or reason.endswith(("LimitExceeded", "quotaExceeded")):
        return Passing("Google's limit of requests per minute is used up", retry_after=retry_after(response, now))
    if status >= 500 or status == 408:
        return Passing(
            f"Google Sheets is out of order at the moment (status {status})", retry_after=retry_after(response, now)
        )
    if status == 401:
        return CredentialsError(
            f"Google no longer accepts the login of {who}; log in again or make a new key", login=LoginTo.GOOGLE
        )
    if status == 403:
        return _forbidden(message, reason, who)
    if status == 404:
        return SourceError(
            f"Google knows no sheet with this id that {who} may see; copy the sheet's address again from the browser's"
            f" address bar, and share the sheet with {who}"
        )
    if "protected" in message:
        return _forbidden(message, reason, who)
    if "not supported for this document" in message:
        return SourceError(
            "the file is an Excel file kept in Google Drive; open it and choose File > Save as Google Sheets,"
            " then use the new address"
        )
    return SourceError(f"Google Sheets refused the request (status {status}): {message}")


def _forbidden(message: str, reason: str, who: str) -> CredentialsError:
    if reason == "SERVICE_DISABLED" or "has not been used in project" in message:
        link = re.search(r"https://console\.(?:developers|cloud)\.google\.com/[\w./?=&%-]+", message)
        where = link[0] if link else "https://console.cloud.google.com/apis/library/sheets.googleapis.com"
        return CredentialsError(
            f"the Google Sheets API is switched off in the project of these credentials; open {where},"
            " press Enable and wait a minute"
        )
    if reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT" or "insufficient authentication scopes" in message:
        return CredentialsError(
            f"the login of {who} does not include this right; run `followup login google` again and tick every box",
            login=LoginTo.GOOGLE,
        )
    if "protected" in message:
        return CredentialsError(f"the column to write back into is protected; allow {who} to edit it, or unprotect it")
    return NotSharedError(
        f"the sheet is not shared with {who}; open the sheet, press Share and add {who} (Viewer is enough for reading,"
        " Editor for write-back)"
    )


def network_failure(error: requests.RequestException, place: str) -> Passing:
    """A request that got no usable answer, in plain words. The library's own text may hold addresses and secrets."""
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        return Passing(f"the connection to {place} is not trusted (certificate); check this computer's clock and proxy")
    if isinstance(error, requests.exceptions.ProxyError):
        return Passing(f"the proxy did not let us through to {place}")
    if isinstance(error, requests.Timeout):
        return Passing(f"{place} did not answer in time")
    if isinstance(error, requests.exceptions.InvalidJSONError | requests.TooManyRedirects):
        return Passing(f"{place} answered with a page that is not data (a login or outage page)")
    return Passing(f"{place} cannot be reached, or the connection broke off")


def retry_after(response: requests.Response, now: datetime) -> float | None:
    """The wait a server asks for in seconds, bounded as every server's is; None where it asks for none."""
    headers = {"retry-after": response.headers.get("Retry-After", "")}
    asked = wait_asked(Answer(response.status_code, headers), now)
    return None if asked is None else asked.total_seconds()


def plain(text: str, limit: int = 300) -> str:
    """Server text fit to be shown: one line, no control characters, bounded."""
    return "".join(char if char.isprintable() else " " for char in text[: 4 * limit]).strip()[:limit]


def _google_error(response: requests.Response) -> tuple[str, str]:
    """Message and reason of Google's error body; an HTML page has neither."""
    try:
        error = response.json()["error"]
        details: list[Mapping[str, Any]] = [*error.get("details", ()), *error.get("errors", ())]
        reasons = [str(detail["reason"]) for detail in details if "reason" in detail]
        return plain(str(error.get("message", ""))), reasons[0] if reasons else ""
    except (ValueError, KeyError, TypeError, AttributeError):
        return "no reason given", ""
