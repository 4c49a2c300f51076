"""The main job on made-up leads: a CSV into an .ics file, then the same into a CalDAV server of its own.

Run by `make demo`. Starts Radicale on loopback and stops it again; leaves everything it wrote in examples/out.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE / "out"
NOW = "2027-01-05T08:30:00-05:00"
"""The leads are made up for this day, so that the demo shows the same on every day."""


def followup(*arguments: str) -> None:
    """Run the installed command and show its command line and output."""
    shown = [str(Path(word).relative_to(HERE.parent)) if word.startswith(str(HERE)) else word for word in arguments]
    print(f"\n$ followup {' '.join(shown)}", flush=True)
    subprocess.run([str(Path(sys.executable).parent / "followup"), *arguments], check=True)


@contextmanager
def radicale(folder: Path) -> Iterator[str]:
    """A calendar server on loopback with one empty calendar; gives the calendar's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [f"--server-hosts=127.0.0.1:{port}", "--auth-type=none", f"--storage-filesystem-folder={folder}"]
    server = subprocess.Popen(
        [sys.executable, "-m", "radicale", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        send("MKCOL", f"http://127.0.0.1:{port}/demo/")
        address = f"http://127.0.0.1:{port}/demo/follow-ups/"
        send("MKCALENDAR", address)
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    """Wait until the server answers, ten seconds at most."""
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("Radicale did not start")


def send(method: str, address: str) -> bytes:
    """One request to the demo's own server."""
    with urllib.request.urlopen(urllib.request.Request(address, method=method), timeout=10) as answer:
        return bytes(answer.read())


def titles(calendar: bytes) -> list[str]:
    """The titles in an iCalendar text, unfolded."""
    return sorted(re.findall(r"(?m)^SUMMARY:(.*?)\r?$", re.sub(r"\r?\n[ \t]", "", calendar.decode())))


def main() -> None:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    to_file = str(HERE / "followup.toml")
    print("1. A spreadsheet in, an .ics file out")
    followup("plan", "--config", to_file, "--now", NOW)
    followup("sync", "--config", to_file, "--now", NOW)
    followup("agenda", "--config", to_file, "--now", NOW)
    in_file = titles((OUT / "followups.ics").read_bytes())
    print(f"\nThe calendar lies in {OUT / 'followups.ics'}; subscribe to it or open it. It holds:")
    print("\n".join(f"  {title}" for title in in_file))

    print("\n2. The same into a calendar server (Radicale, started for this demo)")
    with radicale(OUT / "radicale") as address:
        to_server = OUT / "caldav.toml"
        text = (HERE / "followup.toml").read_text("utf-8")
        text = text.replace('type = "ics"\npath = "out/followups.ics"', f'type = "caldav"\nurl = "{address}"')
        text = text.replace('"leads.csv"', '"../leads.csv"').replace("out/state.sqlite", "caldav-state.sqlite")
        to_server.write_text(text, "utf-8")
        followup("sync", "--config", str(to_server), "--now", NOW)
        on_server = titles(send("GET", address))
        print(f"\n{address} holds {len(on_server)} events. A second sync:")
        followup("sync", "--config", str(to_server), "--now", NOW)
    missing = set(in_file) - set(on_server)
    if missing:
        sys.exit(f"These follow-ups are in the file but not on the server: {sorted(missing)}")
    print("\nThe same follow-ups are in both.")


if __name__ == "__main__":
    main()
