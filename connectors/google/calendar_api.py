"""The Calendar API v3 for one login: requests that end, many writes in one request, and what every refusal means.

| answer                                                        | what becomes of the write  | the run           |
| ------------------------------------------------------------- | -------------------------- | ----------------- |
| 200, 204                                                      | done                       | goes on           |
| 404, 410 to an update; 412                                    | refused: changed meanwhile | goes on           |
| 404, 410 to a create                                          | held                       | ends: no calendar |
| 409 to a create                                               | look at what lies there    | goes on           |
| 400; 403 forbiddenForNonOrganizer                             | rejected: this event only  | goes on           |
| 429; 403 with a reason about limits or quotas                 | held                       | ends, says when   |
| 401; 403 insufficientPermissions, accessNotConfigured, others | held                       | ends: no right    |
| 3xx, 5xx, no answer, no data; 404, 410 to a delete            | unknown: look              | goes on           |

An event is rejected only where Google names a reason and takes others: where it refuses all, none is to blame.

Requests go through the transport that CalDAV uses: kept alive, bounded in bytes and time, never redirected, one origin.
Tokens come from google-auth. google-api-python-client would add httplib2 and a discovery document for eight requests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from enum import Enum, auto
from json import dumps, loads
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from msgspec import Struct

from connectors.google.http import plain
from connectors.http_transport import Answer, HttpTransport, NoAnswerError, Transport, wait_asked
from connectors.http_transport import Login as Bearer
from connectors.outside import Outside
from sync.errors import CredentialsError, LoginTo, NoCalendarError, TargetError

Json = dict[str, Any]

API = "https://www.googleapis.com"
BATCH = 50
"""Writes in one request; Google's own bound for calendars."""
TRIES = 4
RATE_WAIT = timedelta(minutes=2)
QUOTA_WAIT = timedelta(hours=1)
USAGE_WAIT = timedelta(hours=12)


class Meaning(Enum):
    """What an answer means, see the table above."""

    DONE = auto()
    GONE = auto()
    CHANGED = auto()
    TAKEN = auto()
    REJECTED = auto()
    WAIT = auto()
    LOGIN = auto()
    RIGHTS = auto()
    NOWHERE = auto()
    UNKNOWN = auto()


class Request(Struct, frozen=True):
    """One request. `path` begins behind the calendar's own (`/events`), unless it is a whole one."""

    method: str
    path: str
    body: Json | None = None
    etag: str = ""
    """What a write is conditional on."""


class Reply(Struct, frozen=True):
    """What the interface said: its meaning, the resource, and a sentence where something is wrong."""

    meaning: Meaning
    resource: Json = {}
    sentence: str = ""
    not_before: datetime | None = None
    login: LoginTo | None = None
    """The login whose renewal cures it."""


class Listing(Struct, frozen=True):
    """The resources of a listing, and the sync token with which it ended."""

    items: list[Json]
    token: str


class CalendarApi(Struct):
    """The calendar with this id, for one login. `token` gives a fresh access token each time it is called."""

    calendar: str
    who: str
    token: Callable[[], str]
    outside: Outside
    root: str = API
    transport: Transport | None = None
    """The way there, opened with the first request."""

    @property
    def path(self) -> str:
        """The calendar's own path."""
        return f"/calendar/v3/calendars/{quote(self.calendar, safe='@')}"

    def list_events(self, since: str = "") -> Listing | None:
        """All pages of a listing, deleted events included, or what changed `since` (a sync token).

        None where Google no longer takes the token. Raises `TargetError` or `CredentialsError` rather than give half.
        """
        asked = {"showDeleted": "true", "maxResults": "2500", **({"syncToken": since} if since else {})}
        stale = (Meaning.GONE, Meaning.REJECTED) if since else ()
        items, last = self._all_pages("/events", asked, or_else=stale)
        return Listing(items, str(last.resource.get("nextSyncToken", ""))) if last.meaning is Meaning.DONE else None

    def read(self, request: Request, *, or_else: Sequence[Meaning] = ()) -> Reply:
        """The answer to a question, tried a few times. Raises where there is none, but for meanings of `or_else`."""
        for number in range(1, TRIES + 1):
            reply = self.send(request)
            if reply.meaning is Meaning.DONE or reply.meaning in or_else:
                return reply
            passing = reply.meaning is Meaning.UNKNOWN or (reply.meaning is Meaning.WAIT and "limit" in reply.sentence)
            if not passing or number == TRIES:
                break
            self.outside.sleep(2.0 ** (number - 1))
        if reply.meaning in (Meaning.LOGIN, Meaning.RIGHTS):
            raise CredentialsError(reply.sentence, login=reply.login)
        if reply.meaning is Meaning.GONE:
            raise NoCalendarError(self._no_calendar())
        raise TargetError(reply.sentence, not_before=reply.not_before)

    def _no_calendar(self) -> str:
        return (
            f"Google knows no calendar {self.calendar[:60]!r} for {self.who}: it was deleted, or it belongs to another"
            " account; run `followup init --again`, which asks what to do"
        )

    def send(self, request: Request) -> Reply:
        """One request and what its answer means; a token that is no longer taken is replaced once."""
        return self._judged(request, self._exchange(request.method, self._whole(request), *_packed(request)))

    def send_all(self, requests: Sequence[Request]) -> list[Reply]:
        """All of these writes, at most `BATCH`; a reply for each, in order. Where Google takes no batch, one by one."""
        together = self.send_together(requests) if len(requests) > 1 else None
        return [self.send(request) for request in requests] if together is None else together

    def send_together(self, requests: Sequence[Request]) -> list[Reply] | None:
        """All of these writes in one request; None where Google takes no such request."""
        boundary = "followup-batch"
        body = b"".join(self._part(number, request, boundary) for number, request in enumerate(requests))
        headers = {"Content-Type": f"multipart/mixed; boundary={boundary}"}
        body += f"--{boundary}--\r\n".encode()
        for _ in range(2):
            answer = self._exchange("POST", "/batch/calendar/v3", headers, body)
            if isinstance(answer, Answer) and answer.status in (400, 404, 405, 410):
                return None
            if isinstance(answer, str) or answer.status != 200:
                return [self._judged(request, answer) for request in requests]
            parts = _unpack_batch(answer)
            if {part.status for part in parts.values()} != {401}:
                break
            self._forget_token()  # nothing was done: the token has ended
        lost = "Google's answer to this write is missing"
        return [self._judged(request, parts.get(number, lost)) for number, request in enumerate(requests)]

    def make_calendar(self, name: str, zone: str) -> Json:
        """A new calendar of this name. Raises `TargetError` or `CredentialsError`."""
        reply = self.send(Request("POST", "/calendar/v3/calendars", {"summary": name, "timeZone": zone}))
        if reply.meaning is Meaning.DONE and reply.resource.get("id"):
            return reply.resource
        if reply.meaning in (Meaning.LOGIN, Meaning.RIGHTS):
            raise CredentialsError(reply.sentence, login=reply.login)
        raise TargetError(reply.sentence or "Google made no calendar; try again", not_before=reply.not_before)

    def list_calendars(self) -> list[Json]:
        """The calendars the account may write into, hidden ones too. Raises `TargetError` or `CredentialsError`."""
        asked = {"maxResults": "250", "minAccessRole": "writer", "showHidden": "true"}
        return self._all_pages("/calendar/v3/users/me/calendarList", asked)[0]

    def reaches(self, calendar: str) -> bool:
        """Whether this login may do anything with a calendar: the narrow one may with those that followup made."""
        asked = f"/calendar/v3/calendars/{quote(calendar, safe='@')}"
        return self.read(Request("GET", asked), or_else=(Meaning.GONE, Meaning.RIGHTS)).meaning is Meaning.DONE

    def close(self) -> None:
        """Close the connections."""
        if self.transport is not None:
            self.transport.close()

    def _all_pages(
        self, path: str, asked: Mapping[str, str], *, or_else: Sequence[Meaning] = ()
    ) -> tuple[list[Json], Reply]:
        """What all pages of a listing hold, and the answer with which it ended."""
        items: list[Json] = []
        page: Mapping[str, str] = {}
        for _ in range(200):
            reply = self.read(Request("GET", f"{path}?{urlencode({**asked, **page})}"), or_else=or_else)
            more = reply.resource.get("items", [])
            if not isinstance(more, list) or not all(isinstance(one, dict) for one in more):
                raise TargetError(f"{NO_DATA}; the next run tries again")
            items += more
            following = str(reply.resource.get("nextPageToken", ""))
            if not following:
                return items, reply
            page = {"pageToken": following}
        raise TargetError("Google Calendar's listing has no end; the next run tries again")

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer | str:
        """The answer, or why there is none."""
        try:
            answer = self._connected().send(method, path, headers=headers, body=body)
            if answer.status == 401:
                self._forget_token()
                answer = self._connected().send(method, path, headers=headers, body=body)
        except NoAnswerError as error:
            return f"Google Calendar: {error}"
        return answer

    def _whole(self, request: Request) -> str:
        return request.path if request.path.startswith("/calendar/v3/") else self.path + request.path

    def _connected(self) -> Transport:
        if self.transport is None:
            self.transport = HttpTransport(
                self.root, Bearer("", self.token()), environ=self.outside.environ, clock=self.outside.clock
            )
        return self.transport

    def _forget_token(self) -> None:
        """Let the next request ask for a fresh one."""
        self.close()
        self.transport = None

    def _part(self, number: int, request: Request, boundary: str) -> bytes:
        headers, body = _packed(request)
        lines = [f"--{boundary}", "Content-Type: application/http", f"Content-ID: <{number}>", ""]
        lines += [f"{request.method} {self._whole(request)} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body + b"\r\n"

    def _judged(self, request: Request, answer: Answer | str) -> Reply:
        if isinstance(answer, str):
            return Reply(Meaning.UNKNOWN, sentence=answer)
        resource, message, reason = _read_body(answer)
        status = answer.status
        if status // 100 == 2:
            if answer.body and not resource:
                return Reply(Meaning.UNKNOWN, sentence=NO_DATA)
            return Reply(Meaning.DONE, resource)
        if status == 429 or reason in _WAITS:
            pause, sentence = _WAITS.get(reason, _WAITS["rateLimitExceeded"])
            asked = wait_asked(answer, self.outside.clock())
            return Reply(Meaning.WAIT, sentence=sentence, not_before=self.outside.clock() + (asked or pause))
        if status in (404, 410):
            return self._missing(request)
        if status == 412:
            return Reply(Meaning.CHANGED, sentence="the event was changed meanwhile")
        if status == 409:
            return Reply(Meaning.TAKEN, sentence="something lies under its name already")
        if status == 401:
            sentence = f"Google no longer accepts the login of {self.who}; {LOG_IN_AGAIN}"
            return Reply(Meaning.LOGIN, sentence=sentence, login=LoginTo.GOOGLE)
        if status == 403:
            return self._forbidden(reason, message)
        if status >= 500 or status == 408 or status // 100 == 3:
            return Reply(Meaning.UNKNOWN, sentence=f"Google Calendar is out of order at the moment (status {status})")
        told = Meaning.REJECTED if reason or request.method == "GET" else Meaning.UNKNOWN
        return Reply(told, sentence=f"Google Calendar refuses this event: {message or 'no reason given'}")

    def _missing(self, request: Request) -> Reply:
        """What is not there. A deletion is looked at: a deleted event is still shown as such, and a calendar is not."""
        if request.method == "POST":
            return Reply(Meaning.NOWHERE, sentence=self._no_calendar())
        meaning = {"GET": Meaning.GONE, "DELETE": Meaning.UNKNOWN}
        return Reply(meaning.get(request.method, Meaning.CHANGED), sentence="the event is no longer there")

    def _forbidden(self, reason: str, message: str) -> Reply:
        if reason == "forbiddenForNonOrganizer":
            return Reply(Meaning.REJECTED, sentence="only its organizer may change this event")
        if reason in ("accessNotConfigured", "SERVICE_DISABLED") or "has not been used in project" in message:
            sentence = (
                "the Google Calendar API is switched off in the project of these credentials; open"
                " https://console.cloud.google.com/apis/library/calendar-json.googleapis.com, press Enable and wait a"
                " minute"
            )
        elif reason in ("insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT") or "scopes" in message:
            sentence = f"the login of {self.who} does not include this right; {LOG_IN_AGAIN} and tick every box"
            return Reply(Meaning.RIGHTS, sentence=sentence, login=LoginTo.GOOGLE)
        else:
            sentence = (
                f"{self.who} may not write into this calendar; in Google Calendar open its settings, Share with"
                f" specific people, and give {self.who} the right Make changes to events"
            )
        return Reply(Meaning.RIGHTS, sentence=sentence)


NO_DATA = "Google Calendar answered with a page that is not data"
LOG_IN_AGAIN = "run `followup login google` again"
_WAITS: Mapping[str, tuple[timedelta, str]] = {
    "rateLimitExceeded": (RATE_WAIT, "Google's limit of requests per minute is used up"),
    "userRateLimitExceeded": (RATE_WAIT, "Google's limit of requests per minute is used up"),
    "quotaExceeded": (QUOTA_WAIT, "Google's quota for this project is used up for today"),
    "dailyLimitExceeded": (QUOTA_WAIT, "Google's quota for this project is used up for today"),
    "calendarUsageLimits": (USAGE_WAIT, "Google takes no more new events from this account for some hours"),
}


def _packed(request: Request) -> tuple[dict[str, str], bytes]:
    headers = {"If-Match": request.etag} if request.etag else {}
    if request.body is None:
        return headers, b""
    return {**headers, "Content-Type": "application/json"}, dumps(request.body, ensure_ascii=False).encode()


def _unpack_batch(answer: Answer) -> dict[int, Answer]:
    """The parts of a multipart answer by the number of their request. What cannot be read is not there."""
    head = f"Content-Type: {answer.headers.get('content-type', '')}\r\n\r\n".encode()
    found: dict[int, Answer] = {}
    for part in message_from_bytes(head + answer.body).walk():
        number = str(part.get("Content-ID", "")).strip("<> ").rpartition("response-")[2]
        payload = part.get_payload(decode=True)
        if not number.isdigit() or not isinstance(payload, bytes):
            continue
        first, _, rest = payload.lstrip().partition(b"\r\n")
        words = first.split()
        if len(words) < 2 or not words[1].isdigit():
            continue
        inner = message_from_bytes(rest)
        content = inner.get_payload(decode=True)
        headers = {name.lower(): str(value) for name, value in inner.items()}
        found[int(number)] = Answer(int(words[1]), headers, content if isinstance(content, bytes) else b"")
    return found


def _read_body(answer: Answer) -> tuple[Json, str, str]:
    """The resource, or message and reason of an error; an HTML page is neither."""
    try:
        body = loads(answer.text) if answer.body else {}
    except ValueError:
        return {}, "no reason given", ""
    if not isinstance(body, dict):
        return {}, "no reason given", ""
    error = body.get("error")
    if not isinstance(error, dict):
        return body, "", ""
    lists = [error.get(key) for key in ("errors", "details")]
    told = [one for held in lists if isinstance(held, list) for one in held if isinstance(one, dict)]
    reasons = [str(one["reason"]) for one in told if "reason" in one]
    return {}, plain(str(error.get("message", ""))) or "no reason given", reasons[0] if reasons else ""


def root_of(api_root: str) -> str:
    """Where the interface is asked: Google's, or a loopback address in its place."""
    return f"{urlsplit(api_root).scheme}://{urlsplit(api_root).netloc}" if api_root else API
