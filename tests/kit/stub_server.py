"""A CalDAV server with the bad habits of real ones, in memory and in virtual time.

- **Habits** are for good (`weak_etag`, `ignores_if_none_match`); **faults** happen so many times (`drop_after=1`).
- It is a `Transport` itself, so that a test needs no socket; `serve` puts it behind a real one for other clients.
- It fails the test by itself: any request that names a foreign event, beyond listing, is an `AssertionError`.

| what real servers do         | here                                                                               |
| ---------------------------- | ---------------------------------------------------------------------------------- |
| ignore If-None-Match         | `ignores_if_none_match` (and `ignores_if_match`)                                   |
| no, weak, wrong ETag         | `no_etag`, `no_etag_on_put`, `weak_etag`, `weak_etag_on_put`, `wrong_etag_on_put`  |
| ETag in other form           | `unquoted_etag`, `percent_etag`, `gzip_etags` (Apache: only of packed answers)     |
| (SOGo)                       | `deletes_despite_if_match`                                                         |
| rewrite data, reorder        | `rewrites`, `reorders`                                                             |
| drop X-/URL/CATEGORIES       | `drops_unknown`, `drops_alarms`                                                    |
| 207 on PUT                   | `put_207`                                                                          |
| 200 HTML                     | `put_200_page`, `false_yes`, `false_delete`, `read_page`                           |
| 301/302                      | `moved_301`, `moved_302`, `read_moved`                                             |
| 404 on bad payload           | `rejects_404`                                                                      |
| UID conflict 400/403/409/412 | `conflict_400`, `conflict_403`, `conflict_409`, `conflict_409_bare`, `conflict_412` |
| trash-bin refusal            | `trash`                                                                            |
| accept-any sync token        | followup sends no token: a sync-collection REPORT fails the test                   |
| silent limit                 | `hides_half`, `multiget_omits`                                                     |
| multiget refused             | `multiget_404` (whole, for one missing name), `_413`, `_limit`, `_403`, `_500`     |
| inner 404 listing            | `listing_inner_404`                                                                |
| lag 0-10 s                   | `lags_2`, `lags_10`                                                                |
| 429/503, both Retry-Afters   | `slow_down_429`, `slow_down_429_date`, `slow_down_503`, `slow_down_503_date`       |
| (what only a probe can tell) | `loses_zones`, `adds_alarms`, `serial`                                             |
| (read-only, not for events)  | `refuses_403`, `_404`, `_405`, `_409`, `refuses_privileges`, `refuses_events`      |
| drop the connection          | `drop_before`, `drop_after`, `read_drop`                                           |
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote
from xml.sax.saxutils import escape

from connectors.http_transport import Answer, NoAnswerError

CALENDAR = "/cal/ann/jobs/"
XML = {"content-type": "application/xml; charset=utf-8"}
LOGIN_PAGE = b"<!DOCTYPE html><html><body>Please log in to the hotel's network</body></html>"

HABITS = frozenset(
    {
        "ignores_if_none_match",
        "ignores_if_match",
        "deletes_despite_if_match",
        "gzip_etags",
        "no_etag",
        "no_etag_on_put",
        "weak_etag",
        "weak_etag_on_put",
        "wrong_etag_on_put",
        "unquoted_etag",
        "percent_etag",
        "rewrites",
        "reorders",
        "drops_unknown",
        "drops_alarms",
        "put_207",
        "put_200_page",
        "put_200",
        "delete_200",
        "encodes_hrefs",
        "absolute_hrefs",
        "lists_twice",
        "second_propstat",
        "multiget_omits",
        "multiget_404",
        "multiget_413",
        "multiget_limit",
        "multiget_403",
        "multiget_500",
        "hides_half",
        "lags_2",
        "lags_10",
        "rejects_404",
        "conflict_400",
        "conflict_403",
        "conflict_409",
        "conflict_409_bare",
        "conflict_412",
        "trash",
        "loses_zones",
        "adds_alarms",
        "serial",
    }
)
WALLS = frozenset({"refuses_403", "refuses_404", "refuses_405", "refuses_409", "refuses_privileges", "refuses_events"})
"""Reasons why a calendar takes no writes at all: nothing settles there, so they are in no pair."""
DEFAULT_ALARM = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT30M\r\nDESCRIPTION:x\r\nEND:VALARM\r\n"
REJECTED_WORD = "initech"
"""What a server that `rejects_404` finds bad in an event."""
FAULTS = frozenset(
    {
        "drop_before",
        "drop_after",
        "error_before",
        "error_after",
        "locked",
        "slow_down_429",
        "slow_down_429_date",
        "slow_down_503",
        "slow_down_503_date",
        "quota",
        "unavailable",
        "no_room",
        "read_drop",
        "read_error",
        "read_page",
        "read_slow_down",
        "read_moved",
        "listing_truncated",
        "listing_inner_404",
        "listing_half_xml",
        "listing_empty",
        "false_yes",
        "false_delete",
        "moved_301",
        "moved_302",
        "write_401",
        "read_401",
        "get_403",
    }
)


@dataclass
class VirtualTime:
    """A clock that only sleeping moves."""

    now: datetime = datetime(2027, 1, 11, 14, 0, tzinfo=UTC)

    def clock(self) -> datetime:
        """The time now."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Thing:
    """One stored object and since when it can be seen."""

    data: str
    etag: str
    seen_from: datetime
    before: Thing | None = None


@dataclass
class StubServer:
    """The server. `foreign` names are those no request may touch; what was deleted here lies in `trashed`."""

    time: VirtualTime
    habits: frozenset[str] = frozenset()
    faults: dict[str, int] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)
    trashed: set[str] = field(default_factory=set)
    rejects_with: int = 404
    """The status for an event with `REJECTED_WORD` in it, where the server rejects it."""
    log: list[tuple[str, str]] = field(default_factory=list)
    revision: int = 0
    gone: set[str] = field(default_factory=set)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        assert self.habits <= HABITS | WALLS, self.habits - HABITS
        assert self.faults.keys() <= FAULTS, self.faults.keys() - FAULTS

    # --- what a test does ------------------------------------------------------------------------------------

    def put(self, name: str, data: str) -> None:
        """Store something as another client would."""
        self.revision += 1
        self.things[CALENDAR + name] = Thing(data, f'"{self.revision}"', self.time.now - timedelta(days=1))

    def put_foreign(self, name: str, data: str) -> None:
        """Store an event that is nobody's business."""
        self.put(name, data)
        self.foreign.add(CALENDAR + name)

    def writes(self) -> int:
        """How many writes came since the last time this was asked."""
        count = sum(method in ("PUT", "DELETE") for method, _ in self.log)
        self.log.clear()
        return count

    def uids(self) -> list[str]:
        """The uids of everything stored."""
        return [uid for thing in self.things.values() for uid in re.findall(r"(?m)^UID:(fu-\S+|\S+)", thing.data)[:1]]

    # --- the transport ---------------------------------------------------------------------------------------

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One request, as habits and faults have it."""
        alone = self.lock.acquire(blocking="serial" not in self.habits)
        if not alone:
            return Answer(423)
        try:
            self.log.append((method, path))
            sent = {name.lower(): value for name, value in headers.items()}
            self._refuse_foreign(method, unquote(path), body)
            if method in ("PUT", "DELETE"):
                return self._faulty_write(method, unquote(path), sent, body.decode())
            return self._faulty_read(method, unquote(path), sent, body.decode())
        finally:
            self.lock.release()

    def open(self) -> None:
        """There is no connection."""

    def close(self) -> None:
        """Nothing to close."""

    def _refuse_foreign(self, method: str, path: str, body: bytes) -> None:
        assert path not in self.foreign, f"{method} on the foreign event {path}"
        assert path == CALENDAR or not self.foreign or method != "DELETE" or path in self.things or path in self.gone
        assert method not in ("PUT", "DELETE") or path != CALENDAR, f"{method} on the calendar itself"
        named = {unquote(href) for href in re.findall(r"href>([^<]*)<", body.decode())}
        assert not named & self.foreign, f"{method} asks for foreign events {named & self.foreign}"

    def _happens(self, fault: str) -> bool:
        left = self.faults.get(fault, 0)
        if left:
            self.faults[fault] = left - 1
        return left > 0

    def _faulty_write(self, method: str, path: str, headers: Mapping[str, str], data: str) -> Answer:
        if self._happens("drop_before"):
            raise NoAnswerError("the connection broke")
        until = format_datetime(self.time.now + timedelta(seconds=90), usegmt=True)
        refusals = {
            "error_before": Answer(500),
            "locked": Answer(423),
            "slow_down_429": Answer(429, {"retry-after": "120"}),
            "slow_down_429_date": Answer(429, {"retry-after": until}),
            "slow_down_503": Answer(503, {"retry-after": "120"}),
            "slow_down_503_date": Answer(503, {"retry-after": until}),
            "quota": Answer(403, {}, b'{"error": {"errors": [{"domain": "usageLimits"}]}}'),
            "unavailable": Answer(503),
            "no_room": Answer(507),
            "moved_301": Answer(301, {"location": "/elsewhere/"}),
            "moved_302": Answer(302, {"location": "/login"}),
            "write_401": Answer(401),
        }
        for fault, answer in refusals.items():
            if self._happens(fault):
                return answer
        for wall in self.habits & WALLS:
            return self._wall(wall)
        if method == "PUT" and self._happens("false_yes"):
            return Answer(200, {"content-type": "text/html"}, LOGIN_PAGE)
        if method == "DELETE" and self._happens("false_delete"):
            return Answer(200, {"content-type": "text/html"}, LOGIN_PAGE)
        if "serial" in self.habits:
            time.sleep(0.02)  # long enough for a second writer to meet the first
        answer = self._put(path, headers, data) if method == "PUT" else self._delete(path, headers)
        if self._happens("drop_after"):
            raise NoAnswerError("the connection broke")
        if self._happens("error_after"):
            return Answer(502)
        return answer

    def _faulty_read(self, method: str, path: str, headers: Mapping[str, str], body: str) -> Answer:
        if self._happens("read_drop"):
            raise NoAnswerError("it did not answer in time")
        if self._happens("read_error"):
            return Answer(500)
        if self._happens("read_page"):
            return Answer(200, {"content-type": "text/html"}, LOGIN_PAGE)
        if self._happens("read_slow_down"):
            return Answer(503, {"retry-after": "3600"})
        if self._happens("read_401"):
            return Answer(401)
        if self._happens("read_moved"):
            return Answer(302, {"location": "/login"})
        if method == "GET" and self._happens("get_403"):
            return Answer(403)
        if method == "GET":
            thing = self._visible(path)
            etag = {} if thing is None or "no_etag" in self.habits else {"etag": self._etag(thing)}
            if "gzip_etags" in self.habits and etag and headers.get("accept-encoding") != "identity":
                etag = {"etag": etag["etag"].removesuffix('"') + '-gzip"'}
            return Answer(404) if thing is None else Answer(200, etag, thing.data.encode())
        if method == "PROPFIND":
            return self._list(path, headers, body)
        assert method == "REPORT", method
        assert "sync-collection" not in body, "a delta proves nothing that a listing does not"
        return self._multiget(body) if "calendar-multiget" in body else self._query(body)

    def _wall(self, wall: str) -> Answer:
        named = {
            "refuses_privileges": b'<d:error xmlns:d="DAV:"><d:need-privileges/></d:error>',
            "refuses_events": _error('<C:supported-calendar-component xmlns:C="urn:ietf:params:xml:ns:caldav"/>'),
        }
        if wall in named:
            return Answer(403, XML, named[wall])
        return Answer(int(wall[-3:]), {"content-type": "text/html"}, b"<h1>No</h1>Apache/2.4.52 (Ubuntu)")

    # --- writes ----------------------------------------------------------------------------------------------

    def _put(self, path: str, headers: Mapping[str, str], data: str) -> Answer:
        uid = _uid(data)
        present = self.things.get(path)
        if "rejects_404" in self.habits and REJECTED_WORD in data:
            return Answer(self.rejects_with, {}, b"no such thing")
        if "if-none-match" in headers and present is not None and "ignores_if_none_match" not in self.habits:
            return Answer(412)
        if "if-match" in headers and "ignores_if_match" not in self.habits:
            if present is None:
                return Answer(412)
            if headers["if-match"] != self._etag(present) or headers["if-match"].startswith("W/"):
                return Answer(412)
        conflict = next((habit for habit in sorted(self.habits) if habit.startswith("conflict_")), "")
        if conflict and any(_uid(t.data) == uid for p, t in self.things.items() if p != path):
            return self._uid_conflict(conflict)
        if "trash" in self.habits and uid in self.trashed:
            return Answer(400, XML, b"<error>Deleted calendar object with uid already exists in this calendar</error>")
        self.revision += 1
        lag = 10 if "lags_10" in self.habits else 2 if "lags_2" in self.habits else 0
        seen_from = self.time.now + timedelta(seconds=lag)
        thing = Thing(self._stored(data), f'"{self.revision}"', seen_from, before=present)
        self.things[path] = thing
        return self._stored_answer(path, thing, created=present is None)

    def _uid_conflict(self, habit: str) -> Answer:
        named = _error('<C:no-uid-conflict xmlns:C="urn:ietf:params:xml:ns:caldav"/>')
        answers = {
            "conflict_400": Answer(400, {}, b"Calendar object with uid already exists in this calendar collection"),
            "conflict_403": Answer(403, XML, named.replace(b"no-uid-conflict", b"unique-scheduling-object-resource")),
            "conflict_409": Answer(409, XML, named),
            "conflict_409_bare": Answer(409),
            "conflict_412": Answer(412),
        }
        return answers[habit]

    def _stored_answer(self, path: str, thing: Thing, *, created: bool) -> Answer:
        etag = {"etag": self._etag(thing)}
        if self.habits & {"no_etag", "no_etag_on_put", "rewrites"}:
            etag = {}
        elif "weak_etag_on_put" in self.habits:
            etag = {"etag": f"W/{thing.etag}"}
        elif "wrong_etag_on_put" in self.habits:
            etag = {"etag": '"of something else"'}
        if "put_207" in self.habits:
            row = f"<d:response><d:href>{path}</d:href><d:status>HTTP/1.1 201 Created</d:status></d:response>"
            return Answer(207, XML, _multistatus(row))
        if "put_200_page" in self.habits:
            return Answer(200, etag, LOGIN_PAGE)
        if "put_200" in self.habits:
            return Answer(200, etag)
        return Answer(201 if created else 204, etag)

    def _delete(self, path: str, headers: Mapping[str, str]) -> Answer:
        present = self.things.get(path)
        if present is None:
            return Answer(404)
        if "if-match" in headers and not self.habits & {"ignores_if_match", "deletes_despite_if_match"}:
            given = headers["if-match"]
            if given != self._etag(present) or given.startswith("W/"):
                return Answer(412)
        self.trashed.add(_uid(present.data))
        self.gone.add(path)
        del self.things[path]
        return Answer(200, {}, b"<multistatus/>") if "delete_200" in self.habits else Answer(204)

    def _stored(self, data: str) -> str:
        """The text as this server keeps it."""
        if "drops_alarms" in self.habits:
            data = re.sub(r"BEGIN:VALARM\r\n.*?END:VALARM\r\n", "", data, flags=re.S)
        if "adds_alarms" in self.habits and "BEGIN:VALARM" not in data:
            data = data.replace("END:VEVENT", f"{DEFAULT_ALARM}END:VEVENT")
        if "drops_unknown" in self.habits:
            data = re.sub(r"(?m)^(X-|URL|CATEGORIES|COLOR|CLASS)[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", "", data)
            data = re.sub(r"(?m)^UID:[^\r\n]*-alarm\r\n(?:[ \t][^\r\n]*\r\n)*", "", data)
        if "rewrites" in self.habits:
            data = re.sub(r"(?m)^PRODID:.*\r\n", "PRODID:-//Stub//EN\r\n", data)
            data = re.sub(r"(?m)^LAST-MODIFIED:.*\r\n", "LAST-MODIFIED:20270111T140500Z\r\n", data)
            data = data.replace("END:VEVENT", "X-STUB-SEEN:1\r\nLOCATION:\r\nEND:VEVENT")
        if "reorders" in self.habits:
            data = re.sub(r"(BEGIN:VEVENT\r\n)(.*?)(BEGIN:VALARM|END:VEVENT)", _reversed_lines, data, flags=re.S)
        return data

    # --- reads -----------------------------------------------------------------------------------------------

    def _visible(self, path: str) -> Thing | None:
        thing = self.things.get(path)
        if thing is not None and "loses_zones" in self.habits and "DTSTART;TZID" in thing.data:
            return None
        while thing is not None and thing.seen_from > self.time.now:
            thing = thing.before
        return thing

    def _etag(self, thing: Thing) -> str:
        if "weak_etag" in self.habits:
            return f"W/{thing.etag}"
        if "unquoted_etag" in self.habits:
            return thing.etag.strip('"')
        if "percent_etag" in self.habits:
            return thing.etag.replace('"', "%22")
        return thing.etag

    def _href(self, path: str) -> str:
        if "encodes_hrefs" in self.habits:
            path = path.replace("-", "%2D").replace("ann", "%61nn")
        return f"https://p99-other-host.example{path}" if "absolute_hrefs" in self.habits else path

    def _rights(self) -> str:
        """What an access rule and the calendar's kind say, where the server says them (RFC 3744, RFC 4791)."""
        if "refuses_privileges" in self.habits:
            return "<d:current-user-privilege-set><d:privilege><d:read/></d:privilege></d:current-user-privilege-set>"
        if "refuses_events" in self.habits:
            comp = '<C:comp name="VTODO"/>'
            return (
                '<C:supported-calendar-component-set xmlns:C="urn:ietf:params:xml:ns:caldav">'
                f"{comp}</C:supported-calendar-component-set>"
            )
        return ""

    def _list(self, path: str, headers: Mapping[str, str], body: str) -> Answer:
        own = f"<d:href>{self._href(CALENDAR)}</d:href>"
        if path != CALENDAR or self._happens("listing_inner_404"):
            return Answer(
                207, XML, _multistatus(f"<d:response>{own}<d:status>HTTP/1.1 404 Not Found</d:status></d:response>")
            )
        if "current-user-privilege-set" in body:
            return Answer(207, XML, _multistatus(f"<d:response>{own}{_propstat(self._rights())}</d:response>"))
        kind = '<d:resourcetype><d:collection/><C:calendar xmlns:C="urn:ietf:params:xml:ns:caldav"/></d:resourcetype>'
        rows = [f"<d:response>{own}{_propstat(kind)}</d:response>"]
        if self._happens("listing_empty"):
            return Answer(207, XML, _multistatus(""))
        names = sorted(name for name in self.things if self._visible(name) is not None)
        if "hides_half" in self.habits:
            names = names[::2]
        if headers.get("depth") == "1":
            rows += [self._row(name, data=False) for name in names]
        if "lists_twice" in self.habits:
            rows += rows[1:]
        if self._happens("listing_truncated"):
            rows.append(f"<d:response>{own}<d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>")
        text = _multistatus("".join(rows))
        return Answer(207, XML, text[: len(text) // 2] if self._happens("listing_half_xml") else text)

    def _row(self, path: str, *, data: bool) -> str:
        thing = self._visible(path)
        assert thing is not None
        props = "" if "no_etag" in self.habits else f"<d:getetag>{escape(self._etag(thing))}</d:getetag>"
        if data:
            text = escape(thing.data).replace("\r", "&#13;")
            props += f'<C:calendar-data xmlns:C="urn:ietf:params:xml:ns:caldav">{text}</C:calendar-data>'
        else:
            props += "<d:resourcetype/>"
        second = ""
        if "second_propstat" in self.habits:
            second = "<d:propstat><d:prop><d:getetag/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"
        return f"<d:response><d:href>{escape(self._href(path))}</d:href>{_propstat(props)}{second}</d:response>"

    def _multiget(self, body: str) -> Answer:
        rows = []
        asked = [unquote(href) for href in re.findall(r"href>([^<]*)<", body)]
        if "multiget_404" in self.habits and not all(map(self._visible, asked)):
            return Answer(404, XML, _error("<s:message xmlns:s='s'>File not found: calendars/ann</s:message>"))
        if "multiget_413" in self.habits and len(asked) > 2:
            return Answer(413)
        if "multiget_limit" in self.habits and len(asked) > 1:
            return Answer(403, XML, _error("<d:number-of-matches-within-limits/>"))
        if "multiget_403" in self.habits or "multiget_500" in self.habits:
            return Answer(403 if "multiget_403" in self.habits else 500)
        for position, path in enumerate(asked):
            if self._visible(path) is not None:
                if "multiget_omits" not in self.habits or position % 2:
                    rows.append(self._row(path, data=True))
            elif "multiget_omits" not in self.habits:
                gone = "<d:status>HTTP/1.1 404 Not Found</d:status>"
                rows.append(f"<d:response><d:href>{escape(self._href(path))}</d:href>{gone}</d:response>")
        return Answer(207, XML, _multistatus("".join(rows)))

    def _query(self, body: str) -> Answer:
        uid = re.findall(r"text-match[^>]*>([^<]*)<", body)[0]
        paths = [path for path in sorted(self.things) if self._visible(path) and _uid(self.things[path].data) == uid]
        assert not set(paths) & self.foreign
        return Answer(207, XML, _multistatus("".join(self._row(path, data=True) for path in paths)))


def _uid(data: str) -> str:
    found = re.search(r"(?m)^UID:([^\r\n]*)", data)
    return found[1] if found else ""


def _reversed_lines(match: re.Match[str]) -> str:
    lines = re.findall(r"[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", match[2])
    return match[1] + "".join(reversed(lines)) + match[3]


def _propstat(props: str) -> str:
    return f"<d:propstat><d:prop>{props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"


def _multistatus(rows: str) -> bytes:
    return f'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">{rows}</d:multistatus>'.encode()


def _error(inside: str) -> bytes:
    return f'<?xml version="1.0"?><d:error xmlns:d="DAV:">{inside}</d:error>'.encode()


@contextmanager
def serve(stub: StubServer) -> Iterator[str]:
    """The stub behind a real socket on loopback; gives its root URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                answer = stub.send(self.command, self.path, headers=dict(self.headers), body=body)
            except NoAnswerError:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_PUT = do_DELETE = do_PROPFIND = do_REPORT = do_OPTIONS = do  # noqa: N815 - their names

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
