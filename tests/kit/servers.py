"""Real CalDAV servers on loopback, as subprocesses: Radicale and Xandikos, started and stopped by a test."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from target_contract import NOW

from connectors.http_transport import Answer, HttpTransport, Login

USER = "ann"
MAKE_CALENDAR = b"""<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
<resourcetype><collection/><C:calendar/></resourcetype><displayname>%s</displayname></prop></set></mkcol>"""


@dataclass(frozen=True)
class Server:
    """A running server. `home` is the folder new calendars are made in."""

    kind: str
    root: str
    home: str

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request of somebody else than the code under test: another client, a user's hand."""
        transport = HttpTransport(self.root, Login(USER, "secret"), environ={}, clock=lambda: NOW)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return transport.send(method, path, headers=named, body=body)
        finally:
            transport.close()

    def make_calendar(self, name: str) -> str:
        """A new empty calendar's URL."""
        path = f"{self.home}{name}/"
        answer = self.send("MKCOL", path, MAKE_CALENDAR % name.encode(), Content_Type="application/xml")
        assert answer.status == 201, answer
        return self.root + path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def radicale(folder: Path, *, password: str = "") -> Iterator[Server]:
    """Radicale with its storage in the folder; any user is let in, or `ann` with the password only."""
    port = free_port()
    command = [sys.executable, "-m", "radicale", "--config", "", f"--server-hosts=127.0.0.1:{port}"]
    command += [f"--storage-filesystem-folder={folder}", "--logging-level=error"]
    if password:
        users = folder / "users"
        users.write_text(f"{USER}:{password}\n", "utf-8")
        command += ["--auth-type=htpasswd", f"--auth-htpasswd-filename={users}", "--auth-htpasswd-encryption=plain"]
        command += ["--auth-delay=0"]
    else:
        command += ["--auth-type=none"]
    with _running(command, port):
        yield Server("radicale", f"http://127.0.0.1:{port}", f"/{USER}/")


@contextmanager
def xandikos(folder: Path) -> Iterator[Server]:
    """Xandikos with a principal made on the fly."""
    port = free_port()
    command = [sys.executable, "-m", "xandikos", "serve", "--listen-address=127.0.0.1", f"--port={port}"]
    command += [f"--directory={folder}", f"--current-user-principal=/{USER}/", "--defaults"]
    with _running(command, port):
        yield Server("xandikos", f"http://127.0.0.1:{port}", f"/{USER}/calendars/")


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            assert process.poll() is None, f"{command[2]} ended by itself"
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)
