"""The calendar servers of the bench, each in a process of its own: Radicale, Xandikos and the one in memory."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contestants import HERE, CannotBeHad

LOGIN = "Basic YW5uOnNlY3JldA=="


@dataclass
class Server:
    """A running server. `count` gives the requests since it was last asked."""

    kind: str
    root: str
    home: str
    log: Path | None
    seen: int = 0

    def count(self) -> int:
        if self.log is None:
            with urllib.request.urlopen(f"{self.root}/_report", timeout=10) as answer:
                return int(answer.read().split()[0])
        time.sleep(0.1)  # the log is written after the answer
        lines = len(re.findall(r" request for |\" \d{3} \d+ ", self.log.read_text("utf-8", "replace")))
        new, self.seen = lines - self.seen, lines
        return new

    def make_calendar(self, name: str) -> str:
        url = f"{self.root}{self.home}{name}/"
        body = (
            b'<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>'
            b"<resourcetype><collection/><C:calendar/></resourcetype></prop></set></mkcol>"
        )
        headers = {"Content-Type": "application/xml", "Authorization": LOGIN}
        request = urllib.request.Request(url, body, headers, method="MKCOL")
        urllib.request.urlopen(request, timeout=30).close()
        return url


XANDIKOS = "import logging, sys; logging.getLogger('aiohttp.access').setLevel(logging.INFO); \
logging.getLogger('aiohttp.access').addHandler(logging.FileHandler(sys.argv.pop(1))); \
from xandikos.__main__ import main; import asyncio; sys.exit(asyncio.run(main(sys.argv[1:])))"


@contextmanager
def serve(kind: str, folder: Path, *, delay: int = 0) -> Iterator[Server]:
    """A server of this kind; `delay` is how far away it is, in milliseconds (the one in memory only)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log_file = None if kind == "memory" else folder / "log"
    home = {"memory": "/ann/", "radicale": "/ann/", "xandikos": "/ann/calendars/"}[kind]
    store = folder / "store"
    store.mkdir()
    if kind == "memory":
        command = [sys.executable, str(HERE / "memory_server.py"), str(port), str(delay)]
    elif kind == "radicale":
        command = [sys.executable, "-m", "radicale", "--config", "", f"--server-hosts=127.0.0.1:{port}"]
        command += ["--auth-type=none", f"--storage-filesystem-folder={store}", "--logging-level=info"]
    else:
        command = [sys.executable, "-c", XANDIKOS, str(log_file), "serve", "--listen-address=127.0.0.1"]
        command += [f"--port={port}", f"--directory={store}", "--current-user-principal=/ann/", "--defaults"]
    with (folder / "output").open("w") as output:
        errors = (folder / "log").open("w") if kind == "radicale" else output
        process = subprocess.Popen(command, stdout=output, stderr=errors)
        try:
            wait_for(port, process)
            server = Server(kind, f"http://127.0.0.1:{port}", home, log_file)
            yield server
        finally:
            process.terminate()
            process.wait(20)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise CannotBeHad("the server ended by itself")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise CannotBeHad("the server did not start")
