"""One calendar on a CalDAV server, as far as it is read: listings, downloads of our own objects, single looks.

- What is ours is known by its name in the listing, `fu-<owner>-<32 hex>.ics`, or because we wrote there before.
  Nothing else is ever asked for.
- Reads are tried three times; a server that asks us to wait is obeyed, at once if it is short, else in a later run.
- Every failure here is one of the whole run: `TargetError` or `CredentialsError` with a sentence for the user.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from connectors.dav.answers import (
    LIST_BODY,
    DavRow,
    NotDavError,
    by_path,
    clean_etag,
    find_uid_body,
    is_calendar_data,
    is_rate_limit,
    is_switched_off,
    join_letters,
    multiget_body,
    read_rows,
    reason_of,
    rights_body,
    unasked_wait,
    wants_digest,
    why_unwritable,
)
from connectors.google.address import is_google_calendar
from connectors.http_transport import Answer, NoAnswerError, Transport, path_of, same_path, wait_asked
from connectors.ical.reading import UnreadableEvent, parse, says_the_same
from sync.errors import CredentialsError, FollowupError, LoginTo, TargetError
from sync.models import Remark, RemoteEvent
from sync.reconcile.identity import is_ours, owner_of

BATCH = 100
FEW, DEAD_ENDS = 4, 3
"""Refused so often for so few names and never taken, a multiget is no use: each event is asked for by itself."""
XML_HEADERS = {"Content-Type": "application/xml; charset=utf-8"}
PAUSES = (1.0, 3.0)
SHORT_WAIT = timedelta(seconds=15)
OVER_ASKED = 1.5
"""iCloud's Retry-After is often too short."""


class Found(Struct, frozen=True):
    """An object of ours as it lies on the server: readable, or present but not understood."""

    remote: RemoteEvent | None
    unreadable: str = ""


class CalendarCollection:
    """Reads one calendar. `path` is its address on the server, with a slash at the end.

    `digest` gives the transport for a server that asks for Digest; found out with the first answer, kept for the run.
    """

    def __init__(
        self,
        transport: Transport,
        url: str,
        *,
        owner: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        digest: Callable[[], Transport] | None = None,
        login_refused: bool = False,
        zone: tzinfo | None = None,
    ) -> None:
        self.transport = transport
        self._digest = digest
        self.login_refused = login_refused
        """It was refused a moment ago, before this calendar was asked for anything: once is enough."""
        self.path = path_of(url).rstrip("/") + "/"
        self.host = urlsplit(url).hostname or ""
        self._owner = owner
        self._zone = zone
        self._clock = clock
        self._sleep = sleep
        self._dead_ends = 0

    def href_of(self, uid: str) -> str:
        """Where a new event goes: only letters, digits and hyphens, which no server garbles."""
        return f"{self.path}{uid}.ics"

    def uid_of(self, href: str) -> str | None:
        """The uid of ours that a listed name stands for, or None for a foreign one."""
        path = same_path(href)
        name = re.fullmatch(r"([a-z0-9-]+)\.ics", path.rpartition("/")[2])
        inside = path.rpartition("/")[0] + "/" == same_path(self.path)
        return name[1] if name and inside and is_ours(name[1], self._owner) else None

    def owners_of(self, href: str) -> tuple[str, ...]:
        """The other followup whose event a listed name stands for; none for anybody else's."""
        owner = owner_of(same_path(href).rpartition("/")[2].removesuffix(".ics"))
        return (owner,) if owner and owner != self._owner else ()

    def list_rows(self) -> Mapping[str, DavRow]:
        """All rows but the calendar's own, by comparable path; proven to be the whole listing."""
        listed = self._rows(self.ask("PROPFIND", self.path, {"Depth": "1"}, LIST_BODY))
        if any(row.truncated for row in listed):
            raise TargetError(f"{self.host} lists only a part of the calendar; nothing was changed")
        rows = dict(by_path(listed))
        mine = same_path(self.path)
        own = [rows.pop(path) for path in (mine, mine.rstrip("/")) if path in rows]
        if not any(row.status // 100 == 2 and "calendar" in row.kinds for row in own):
            raise self._missing()
        return rows

    def exists(self) -> bool:
        """Whether the calendar itself is still there."""
        answer = self.ask("PROPFIND", self.path, {"Depth": "0"}, LIST_BODY)
        try:
            return any(row.status // 100 == 2 and "calendar" in row.kinds for row in read_rows(answer))
        except NotDavError:
            return False

    def why_unwritable(self) -> str:
        """What the calendar itself says against writing events into it; empty where it says nothing."""
        try:
            return why_unwritable(self.ask("PROPFIND", self.path, {"Depth": "0"}, rights_body()))
        except FollowupError:
            return ""

    def fetch(
        self, wanted: Mapping[str, str], *, expected: Mapping[str, RemoteEvent] | None = None
    ) -> Iterator[tuple[str, Found | None]]:
        """What lies at these hrefs, given and answered by uid; None where the server says that nothing does.

        An href the server passes over in silence is asked for by itself: silence proves nothing. A text that says
        the same as the expected one is not parsed again.
        """
        known = expected or {}
        uids = sorted(wanted)
        for first in range(0, len(uids), BATCH):
            batch = uids[first : first + BATCH]
            rows = self._download({uid: wanted[uid] for uid in batch})
            for uid in batch:
                row = rows.get(same_path(wanted[uid]))
                if row is not None and row.status in (404, 410):
                    yield uid, None
                elif row is not None and row.data is not None and row.status // 100 == 2:
                    yield uid, self._found(uid, row.href, row.etag, row.data, known.get(uid))
                else:
                    yield uid, self.look(uid, wanted[uid])

    def _download(self, wanted: Mapping[str, str], *, patient: bool = True) -> Mapping[str, DavRow]:
        """The rows of these hrefs by path, from as few requests as the server allows; none for those it refuses.

        Some refuse a whole multiget for one missing name (sabre/dav 1.8) or for its size: halves tell. That says
        nothing about the calendar, which was listed in this run.
        """
        if self._dead_ends >= DEAD_ENDS or (len(wanted) < 2 and not patient):
            return {}
        body = multiget_body(path_of(href) for href in wanted.values())
        try:
            rows = by_path(read_rows(self.ask("REPORT", self.path, {"Depth": "1"}, body, patient=patient)))
        except NotDavError:
            self._dead_ends += len(wanted) <= FEW
        else:
            self._dead_ends = 0
            return rows
        uids = list(wanted)
        half = len(uids) // 2
        parts = ({uid: wanted[uid] for uid in part} for part in (uids[:half], uids[half:]))
        return {path: row for part in parts for path, row in self._download(part, patient=False).items()}

    def look(self, uid: str, href: str, *, expected: RemoteEvent | None = None) -> Found | None:
        """What lies at one href now; None where nothing does. What says the same as expected is not parsed again."""
        answer = self.ask(
            "GET", path_of(href), {"Accept-Encoding": "identity"}, b""
        )  # Apache marks ETags of packed ones
        if answer.status in (404, 410):
            return None
        text = join_letters(answer.body).decode(errors="replace")
        if answer.status != 200 or not is_calendar_data(text):
            raise TargetError(f"{self.host} gave no calendar data for an event ({reason_of(answer)})")
        return self._found(uid, href, clean_etag(answer.headers.get("etag", "")), text, expected)

    def find(self, uid: str) -> Found | None:
        """Our event under whatever name the server keeps it. A locator: None proves nothing."""
        answer = self.ask("REPORT", self.path, {"Depth": "1"}, find_uid_body(uid), patient=False)
        try:
            rows = read_rows(answer)
        except NotDavError:
            return None
        for row in rows:
            if row.data and re.search(rf"^UID:{uid}\s*$", row.data, re.M):
                return self._found(uid, row.href, row.etag, row.data)
        return None

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes, *, patient: bool = True) -> Answer:
        """The answer to a read, after up to three tries. Raises for what no retry cures.

        A REPORT may be beyond a server that is well otherwise: its trouble is an answer like any other, at once unless
        `patient`.
        """
        if self.login_refused:
            raise self._refused_login()
        sent = {**headers, **(XML_HEADERS if body else {})}
        for pause in (*PAUSES, None):
            try:
                answer = self.transport.send(method, path, headers=sent, body=body)
            except NoAnswerError as error:
                if pause is None:
                    raise TargetError(f"{self.host} cannot be reached: {error}") from None
                self._sleep(pause)
                continue
            if wants_digest(answer) and self._digest is not None:
                self.transport.close()
                self.transport, self._digest = self._digest(), None
                return self.ask(method, path, headers, body, patient=patient)
            if is_rate_limit(answer) or (answer.status == 503 and wait_asked(answer, self._clock()) is not None):
                self._sleep(self._bearable_wait(answer, last=pause is None))
            elif answer.status >= 500 and answer.status not in (501, 505, 507):
                if method == "REPORT" and (pause is None or not patient):
                    return answer
                if pause is None:
                    raise TargetError(f"{self.host} has trouble ({reason_of(answer)}); the next run tries again")
                self._sleep(pause)
            else:
                self._refuse_whole(answer)
                return answer
        raise TargetError(f"{self.host} asks to slow down; the next run tries again")

    def _bearable_wait(self, answer: Answer, *, last: bool) -> float:
        """Seconds to wait within this run; a longer wait ends it and tells from when on to try again."""
        now = self._clock()
        asked = wait_asked(answer, now)
        if asked is None or asked > SHORT_WAIT or last:
            until = now + (unasked_wait(answer) if asked is None else asked * OVER_ASKED)
            raise TargetError(f"{self.host} asks to wait; the runs after that go on", not_before=until)
        return asked.total_seconds() * OVER_ASKED + 1

    def _refuse_whole(self, answer: Answer) -> None:
        if answer.status == 401 and self.login is LoginTo.GOOGLE:
            raise CredentialsError(
                "Google no longer accepts this login for the calendar; run `followup login google` again",
                login=LoginTo.GOOGLE,
            )
        if answer.status == 403 and "insufficientPermissions" in answer.text:
            raise CredentialsError(
                "the Google login does not include the calendar; run `followup login google` again and tick every box",
                login=LoginTo.GOOGLE,
            )
        if answer.status == 401:
            raise self._refused_login()
        if is_switched_off(answer):
            raise CredentialsError(
                "the CalDAV API is switched off in the Google Cloud project of this login; open"
                " https://console.cloud.google.com/apis/library/caldav.googleapis.com, press Enable and wait a minute"
            )
        if answer.status in (301, 302, 303, 307, 308):
            moved = re.sub(r"[^\x21-\x7e]", "", answer.headers.get("location", ""))[:200]
            raise TargetError(
                f"{self.host} says the calendar has moved to {moved}; put the right address into [target] url"
            )

    @property
    def login(self) -> LoginTo:
        """The login with which it is asked, for errors."""
        return LoginTo.GOOGLE if is_google_calendar(f"https://{self.host}/") else LoginTo.CALENDAR

    def _refused_login(self) -> CredentialsError:
        return CredentialsError(
            Remark("failed.login", {"host": self.host}),
            login=LoginTo.CALENDAR,
        )

    def _rows(self, answer: Answer) -> list[DavRow]:
        if answer.status in (403, 404, 405, 409, 410, 501):
            raise self._missing(reason_of(answer))
        try:
            return read_rows(answer)
        except NotDavError as error:
            raise TargetError(f"{self.host} cannot be used: {error}; nothing was changed") from None

    def _missing(self, reason: str = "") -> TargetError:
        said = f" ({reason})" if reason else ""
        return TargetError(
            f"there is no calendar at {self.host}{self.path}{said}; run followup calendars to see its address"
        )

    def _found(self, uid: str, href: str, etag: str, data: str, expected: RemoteEvent | None = None) -> Found:
        data = data.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
        if expected is not None and says_the_same(expected.raw, data):
            return Found(replace(expected, href=href, etag=etag, raw=data))
        try:
            return Found(RemoteEvent(uid, href, etag, parse(data, uid, zone=self._zone), data))
        except UnreadableEvent as error:
            return Found(None, str(error))


def is_strong(etag: str) -> bool:
    """Whether an ETag can guard a write: a weak one never matches (RFC 9110 13.1.1)."""
    return bool(etag) and not etag.startswith("W/")
