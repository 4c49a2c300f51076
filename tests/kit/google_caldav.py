"""A calendar server that behaves like Google's: a facade over a real Radicale.

- A bearer token with the calendar scope, from the emulator's token service; nothing else gets in.
- `/caldav/v2/<id>/events/` is the calendar; `/user` answers an empty multistatus; no MKCALENDAR, MOVE, LOCK, VTODO.
- Of the conditions only `If-Match` counts; `If-None-Match` is ignored. A PUT answers without an ETag.
- An update is refused with 409 unless SEQUENCE is greater and DTSTAMP newer than stored; so is a UID once deleted.
- An event without VALARM gets the calendar's default one. ETags are long numbers and may move by themselves.
- With `lossy`, what Google's own model does not know is lost: X- properties, CATEGORIES, URL, COLOR.
- The listing also holds a resource without an event and one that is gone (404).
"""

from __future__ import annotations

import itertools
import re
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from google_emulator import AUTH, Fault, GoogleEmulator
from servers import Server

from connectors.http_transport import Answer

CALENDAR_ID = "abc123@group.calendar.google.com"
EVENTS = f"/caldav/v2/{CALENDAR_ID}/events/"
NUMBERS = itertools.count()
EMPTY = b'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:"/>'
GONE_ROW = (
    '<D:response xmlns:D="DAV:"><D:href>{events}gone.ics</D:href>'
    "<D:status>HTTP/1.1 404 Not Found</D:status></D:response>"
    '<D:response xmlns:D="DAV:"><D:href>{events}no-event.ics</D:href><D:propstat><D:status>HTTP/1.1 200 OK</D:status>'
    '<D:prop><D:getetag>"1"</D:getetag><D:resourcetype/></D:prop></D:propstat></D:response>'
)


def error_xml(code: str, domain: str = "usageLimits") -> str:
    """Google's refusals as XML."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><errors xmlns="http://schemas.google.com/g/2005">'
        f"<error><domain>{domain}</domain><code>{code}</code><internalReason>made up</internalReason></error></errors>"
    )


@dataclass
class GoogleCaldav:
    """The facade's state. `etag_age` rises when Google gives everything a new ETag for no reason."""

    google: GoogleEmulator
    behind: Server
    path: str
    root: str = ""
    lossy: bool = False
    etag_age: int = 0
    hidden_sequence: int = 0
    """Added to every stored SEQUENCE when Google compares: it counts changes that it does not show."""
    habits: set[str] = field(default_factory=set)
    """What Google is not known to do, for the probe: takes_older (marks), rings_in_spite (of `ACTION:NONE`)."""
    requests: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    burnt: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The calendar's address as the user would paste it."""
        return f"https://apidata.googleusercontent.com{EVENTS}"

    @property
    def writes(self) -> list[tuple[str, str]]:
        """PUTs and DELETEs so far."""
        return [request for request in self.requests if request[0] in ("PUT", "DELETE")]

    def stored(self, path: str) -> Answer:
        """What Radicale holds."""
        return self.behind.send("GET", path.replace(EVENTS, self.path))

    def etag(self, inner: str) -> str:
        """Google's ETag for Radicale's."""
        return f'"{63647421014 + zlib.crc32(f"{inner}{self.etag_age}".encode())}"'

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one request of somebody who is let in."""
        path = path.replace("%40", "@")
        if method in ("MKCALENDAR", "MKCOL", "MOVE", "COPY", "LOCK"):
            return Answer(405)
        if path.rstrip("/").endswith("/user"):
            return Answer(207, {"content-type": "application/xml"}, EMPTY)
        if not path.startswith(EVENTS):
            return Answer(404)
        if method == "PUT":
            return self._put(path, headers, body.decode())
        if method == "DELETE":
            return self._delete(path, headers)
        kept = {name: value for name, value in headers.items() if name in ("Depth", "Content-Type")}
        kept = {name.replace("-", "_"): value for name, value in kept.items()}
        body = body.replace(b"%40", b"@").replace(EVENTS.encode(), self.path.encode())
        return self._outward(method, path, self.behind.send(method, path.replace(EVENTS, self.path), body, **kept))

    def _outward(self, method: str, path: str, answer: Answer) -> Answer:
        """Radicale's answer in Google's words."""
        headers = dict(answer.headers)
        if "etag" in headers:
            headers["etag"] = self.etag(headers["etag"])
        text = answer.text.replace(self.path, EVENTS)
        text = re.sub(r"(<(?:\w+:)?getetag>)([^<]+)", lambda found: found[1] + self._xml_etag(found[2]), text)
        if method == "PROPFIND" and path == EVENTS:
            text = re.sub(r"(</(?:\w+:)?multistatus>)", GONE_ROW.format(events=EVENTS) + r"\1", text)
        return Answer(answer.status, headers, text.encode())

    def _xml_etag(self, text: str) -> str:
        return self.etag(text.replace("&quot;", '"')).replace('"', "&quot;")

    def _condition_fails(self, path: str, headers: Mapping[str, str], held: Answer) -> bool:
        wanted = headers.get("If-Match")
        return wanted is not None and (held.status != 200 or wanted != self.etag(held.headers["etag"]))

    def _put(self, path: str, headers: Mapping[str, str], text: str) -> Answer:
        held = self.stored(path)
        name = path.removeprefix(EVENTS)
        uid = value_of(text, "UID")
        if self._condition_fails(path, headers, held):
            return Answer(412)
        if "BEGIN:VTODO" in text or "\nATTENDEE" in text or "\nORGANIZER" in text:
            return Answer(403, {}, error_xml("forbidden", "GData").encode())
        if uid in self.burnt:
            return Answer(409, {}, b"The requested identifier already exists.")
        if held.status == 200 and "takes_older" not in self.habits and not self._is_newer(held.text, text):
            return Answer(409, {}, b"Can only store an event with a newer DTSTAMP")
        assert name == f"{uid}.ics", "Google would rename it"
        if "rings_in_spite" in self.habits:
            text = re.sub(r"BEGIN:VALARM\r\nACTION:NONE.*?END:VALARM\r\n", "", text, flags=re.DOTALL)
        if "BEGIN:VALARM" not in text:
            alarm = (
                "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:default\r\nTRIGGER:-PT30M\r\nEND:VALARM\r\nEND:VEVENT"
            )
            text = text.replace("END:VEVENT", alarm)
        if self.lossy:
            text = re.sub(r"^(X-|CATEGORIES|URL|COLOR)[^\r\n]*\r\n([ \t][^\r\n]*\r\n)*", "", text, flags=re.MULTILINE)
        done = self.behind.send("PUT", path.replace(EVENTS, self.path), text.encode(), Content_Type="text/calendar")
        return Answer(done.status, {}, done.body if done.status >= 400 else b"")

    def _is_newer(self, old: str, new: str) -> bool:
        sequence = int(value_of(old, "SEQUENCE") or 0) + self.hidden_sequence
        return int(value_of(new, "SEQUENCE") or 0) > sequence and value_of(new, "DTSTAMP") > value_of(old, "DTSTAMP")

    def _delete(self, path: str, headers: Mapping[str, str]) -> Answer:
        held = self.stored(path)
        if held.status == 404:
            return Answer(404)
        if self._condition_fails(path, headers, held):
            return Answer(412)
        self.burnt.add(value_of(held.text, "UID"))
        self.behind.send("DELETE", path.replace(EVENTS, self.path))
        return Answer(204)


def value_of(text: str, name: str) -> str:
    """The value of a property of the event; empty where there is none."""
    event = text.partition("BEGIN:VEVENT")[2]
    found = re.search(rf"^{name}:(.*?)\r?$", event, re.MULTILINE)
    return found[1] if found else ""


@contextmanager
def google_calendar(google: GoogleEmulator, behind: Server, **parts: Any) -> Iterator[GoogleCaldav]:
    """The facade on a free port, in front of a new calendar of this Radicale."""
    path = behind.make_calendar(f"google{next(NUMBERS)}").removeprefix(behind.root)
    facade = GoogleCaldav(google, behind, path, **parts)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            facade.requests.append((self.command, self.path))
            self._send(self._answer(body))

        def __getattr__(self, name: str) -> Any:
            """Every method is served in one place."""
            if name.startswith("do_"):
                return self._serve
            raise AttributeError(name)

        def _answer(self, body: bytes) -> Answer:
            fault = next((one for one in facade.faults if one.times and one.where == self.command), None)
            if fault:
                fault.times -= 1
                return Answer(fault.status, dict(fault.headers), str(fault.body).encode())
            who = google.who(self.headers.get("Authorization", "").removeprefix("Bearer "))
            if who is None:
                return Answer(
                    401, {"www-authenticate": 'Bearer realm="https://accounts.google.com/"'}, b"Login Required"
                )
            if f"{AUTH}calendar" not in who[1]:
                return Answer(403, {}, error_xml("insufficientPermissions", "global").encode())
            return facade.answer(self.command, self.path, dict(self.headers), body)

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name not in ("content-length", "content-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body if answer.status != 204 else b"")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    facade.root = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield facade
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
