"""A CalDAV server in memory that answers in O(1) wherever the protocol allows it: what is measured is the client.

`python memory_server.py PORT DELAY_MS`. Sleeps the delay once per connection and once per request, as a far server
does. `GET /_report` gives and resets the number of requests; `DELETE /_all` empties every calendar.
"""

from __future__ import annotations

import asyncio
import re
import sys
from hashlib import sha256
from xml.sax.saxutils import escape

HEAD = b'<?xml version="1.0" encoding="utf-8"?>'
OPEN = '<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/">'
COLLECTION = (
    "<d:response><d:href>{path}</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/>"
    "</d:resourcetype><d:displayname>bench</d:displayname><d:sync-token>{token}</d:sync-token>"
    "<s:getctag>{token}</s:getctag><d:current-user-principal><d:href>/ann/</d:href></d:current-user-principal>"
    "<c:calendar-home-set><d:href>/ann/</d:href></c:calendar-home-set><c:supported-calendar-component-set>"
    '<c:comp name="VEVENT"/></c:supported-calendar-component-set></d:prop>'
    "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
)
MEMBER = (
    "<d:response><d:href>{path}</d:href><d:propstat><d:prop><d:getetag>{etag}</d:getetag><d:resourcetype/>"
    "<d:getcontenttype>text/calendar</d:getcontenttype>{data}</d:prop><d:status>HTTP/1.1 200 OK</d:status>"
    "</d:propstat></d:response>"
)
GONE = "<d:response><d:href>{path}</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>"


class Calendar:
    """Objects by path, and every change in order, for sync tokens."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[str, bytes]] = {}
        self.changes: list[str] = []

    @property
    def token(self) -> str:
        return f"http://bench/sync/{len(self.changes)}"


class Server:
    """All calendars, and how many requests were answered."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.calendars: dict[str, Calendar] = {}
        self.requests = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(self.delay)
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, path, headers = parse_head(head)
                body = await read_body(reader, headers, writer)
                if path.startswith("/_"):
                    answer = self.control(method)
                else:
                    self.requests += 1
                    await asyncio.sleep(self.delay)
                    answer = self.answer(method, path, headers, body)
                writer.write(answer)
                await writer.drain()
                if headers.get("connection", "").lower() == "close":
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def control(self, method: str) -> bytes:
        if method == "DELETE":
            self.calendars.clear()
        count, self.requests = self.requests, 0
        members = sum(len(calendar.objects) for calendar in self.calendars.values())
        return response(200, f"{count} {members}".encode())

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
        folder = path[: path.rindex("/") + 1]
        calendar = self.calendars.setdefault(folder, Calendar())
        if method == "PROPFIND":
            return multistatus(self.propfind(calendar, folder, path, headers))
        if method == "REPORT":
            return multistatus(report(calendar, folder, body))
        if method in ("OPTIONS", "MKCOL", "MKCALENDAR", "PROPPATCH"):
            more = b"DAV: 1, 2, 3, calendar-access\r\nAllow: OPTIONS, GET, PUT, DELETE, PROPFIND, REPORT\r\n"
            return response(200 if method == "OPTIONS" else 201, b"", more)
        return change(calendar, method, path, headers, body)

    def propfind(self, calendar: Calendar, folder: str, path: str, headers: dict[str, str]) -> list[str]:
        if path != folder:
            found = calendar.objects.get(path)
            return [MEMBER.format(path=path, etag=found[0], data="") if found else GONE.format(path=path)]
        rows = [COLLECTION.format(path=folder, token=calendar.token)]
        if headers.get("depth") == "1":
            rows += [MEMBER.format(path=name, etag=etag, data="") for name, (etag, _) in calendar.objects.items()]
        return rows


def report(calendar: Calendar, folder: str, body: bytes) -> list[str]:
    if b"multiget" in body:
        names = [match.decode() for match in re.findall(rb"<(?:\w+:)?href[^>]*>([^<]*)<", body)]
        return [full_row(calendar, name) for name in names]
    if b"sync-collection" in body:
        known = re.search(rb"sync/(\d+)", body)
        names = list(dict.fromkeys(calendar.changes[int(known[1]) :])) if known else list(calendar.objects)
        rows = [full_row(calendar, name, data=False) for name in names]
        return [*rows, f"<d:sync-token>{calendar.token}</d:sync-token>"]
    return [full_row(calendar, name) for name in calendar.objects]


def full_row(calendar: Calendar, name: str, *, data: bool = True) -> str:
    found = calendar.objects.get(name)
    if found is None:
        return GONE.format(path=name)
    text = f"<c:calendar-data>{escape(found[1].decode())}</c:calendar-data>" if data else ""
    return MEMBER.format(path=name, etag=found[0], data=text)


def change(calendar: Calendar, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    found = calendar.objects.get(path)
    if method in ("GET", "HEAD"):
        if found is None:
            return response(404, b"")
        return response(200, found[1], f"ETag: {found[0]}\r\nContent-Type: text/calendar\r\n".encode())
    stale = headers.get("if-match", "*") not in ("*", found[0] if found else "")
    if stale or (found and headers.get("if-none-match") == "*"):
        return response(412, b"")
    calendar.changes.append(path)
    if method == "PUT":
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        calendar.objects[path] = etag, body
        return response(204 if found else 201, b"", f"ETag: {etag}\r\n".encode())
    calendar.objects.pop(path, None)
    return response(204 if found else 404, b"")


def parse_head(head: bytes) -> tuple[str, str, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines if line)
    return method, re.sub(r"^http://[^/]*", "", target), {name.lower(): value.strip() for name, _, value in pairs}


async def read_body(reader: asyncio.StreamReader, headers: dict[str, str], writer: asyncio.StreamWriter) -> bytes:
    if headers.get("expect"):
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if "chunked" in headers.get("transfer-encoding", ""):
        parts = []
        while size := int((await reader.readline()).split(b";")[0], 16):
            parts.append((await reader.readexactly(size + 2))[:-2])
        await reader.readline()
        return b"".join(parts)
    return await reader.readexactly(int(headers.get("content-length", "0")))


def multistatus(rows: list[str]) -> bytes:
    text = HEAD + "".join([OPEN, *rows, "</d:multistatus>"]).encode()
    return response(207, text, b"Content-Type: application/xml; charset=utf-8\r\n")


def response(status: int, body: bytes, more: bytes = b"") -> bytes:
    length = b"" if status == 204 else b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 %d Done\r\n%b%b\r\n%b" % (status, more, length, body)


async def main(port: int, delay: float) -> None:
    server = Server(delay)
    async with await asyncio.start_server(server.serve, "127.0.0.1", port, limit=2**20, backlog=256) as running:
        await running.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]) / 1000))
