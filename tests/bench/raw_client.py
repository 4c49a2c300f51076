"""The limit: the same requests with the same bytes over bare sockets, doing nothing else. Standard library only.

`python raw_client.py URL CONNECTIONS ask` sends one PROPFIND; `... push FOLDER` puts every file of a folder;
`... delta OLD NEW` one listing, then what differs between two folders.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from urllib.parse import urlsplit

ASK = b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/><sync-token/></prop></propfind>'
LIST = b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
LOGIN = b"Authorization: Basic YW5uOnNlY3JldA==\r\n"


class Connection:
    """One connection, opened again where the server closes it after an answer."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, method: str, path: str, body: bytes = b"", more: bytes = b"") -> int:
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port, limit=2**26)
        reader, writer = self.streams
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Length: {len(body)}\r\n".encode()
        writer.write(head + LOGIN + more + b"\r\n" + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        status = int(answer[9:12])
        length = answer.partition(b"content-length:")[2].partition(b"\r\n")[0].strip()
        if b"chunked" in answer:
            while size := int((await reader.readline()).split(b";")[0], 16):
                await reader.readexactly(size + 2)
            await reader.readline()
        elif length:
            await reader.readexactly(int(length))
        elif status != 204:
            await reader.read()
        if answer.startswith(b"http/1.0") or b"connection: close" in answer:
            writer.close()
            self.streams = None
        return status


async def run(url: str, connections: int, mode: str, folders: list[str]) -> None:
    parts = urlsplit(url)
    pool = [Connection(parts.hostname or "", parts.port or 80) for _ in range(connections)]
    work: list[tuple[str, str, bytes, bytes]] = []
    typed = b"Content-Type: text/calendar\r\n"
    if mode == "ask":
        await pool[0].send("PROPFIND", parts.path, ASK, b"Depth: 0\r\nContent-Type: text/xml\r\n")
    elif mode == "push":
        work = [("PUT", path.name, path.read_bytes(), typed) for path in sorted(Path(folders[0]).iterdir())]
    else:
        await pool[0].send("PROPFIND", parts.path, LIST, b"Depth: 1\r\nContent-Type: text/xml\r\n")
        old, new = ({path.name: path.read_bytes() for path in Path(folder).iterdir()} for folder in folders)
        work = [("PUT", name, body, typed) for name, body in sorted(new.items()) if old.get(name) != body]
        work += [("DELETE", name, b"", b"") for name in sorted(old.keys() - new.keys())]

    async def worker(connection: Connection) -> None:
        while work:
            method, name, body, more = work.pop()
            for pause in (0.02, 0.04, 0.1, 0.3, 1):
                status = await connection.send(method, parts.path + name, body, more)
                if status not in (423, 500):
                    break
                await asyncio.sleep(pause)
            if status // 100 != 2:
                sys.exit(f"{method} {name}: {status}")

    await asyncio.gather(*(worker(connection) for connection in pool))


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]))
