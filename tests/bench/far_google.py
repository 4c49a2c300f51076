"""A first push to a calendar far away, over CalDAV and over Google's interface.

`PYTHONPATH=tests/kit python tests/bench/far_google.py [EVENTS [DELAY_MS]]`

Both are whole runs of the installed command with the same sheet. Either server takes the delay for each connection and
each request. Rounds are interleaved; median and best are printed with the requests they took: on a busy machine the
best says more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench import NOW, write_sheet
from google_emulator import GoogleEmulator, running_google
from serving import Server, serve

from connectors.google.login import APP_CREATED

ROUNDS = 5
ME = "user@example.com"
CONFIG = """
owner = "bench1"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[state]
path = "state.sqlite"
[target]
heartbeat_days = 0
"""


def push(place: Path, target: str, events: int) -> float:
    """Seconds of one first run into an empty calendar."""
    place.mkdir()
    write_sheet(place / "leads.csv", events, changed=False)
    (place / "followup.toml").write_text(CONFIG + target)
    place.chmod(0o700)
    command = [str(Path(sys.executable).with_name("followup")), "sync", "--config", str(place / "followup.toml")]
    began = time.perf_counter()
    environment = {**os.environ, "CALENDAR_PASSWORD": "secret"}
    subprocess.run([*command, "--now", NOW], check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - began


def over_google(google: GoogleEmulator, place: Path, events: int) -> tuple[float, int]:
    calendar = google.v3.add(f"{place.name}@made.up", roles={ME: "owner"})
    login = {
        "type": "authorized_user", "client_id": "made-up", "client_secret": "made-up", "scopes": [APP_CREATED],
        "refresh_token": "made-up-refresh", "token_uri": f"{google.root}/token",
    }  # fmt: skip
    key = place.with_suffix(".json")
    key.write_text(json.dumps(login))
    key.chmod(0o600)
    google.requests.clear()
    target = f"type = 'google_calendar'\ncalendar = '{calendar.id}'\ncredentials = '{key}'\n"
    seconds = push(place, f"{target}api_root = '{google.root}'\n", events)
    return seconds, len(google.requests)


def over_caldav(server: Server, place: Path, events: int) -> tuple[float, int]:
    url = server.make_calendar(place.name)
    server.count()
    target = f"type = 'caldav'\nurl = '{url}'\nuser = 'ann'\npassword_env = 'CALENDAR_PASSWORD'\n"
    return push(place, target, events), server.count()


def main(events: int = 100, delay: int = 40) -> None:
    """Print medians, bests and their ratios."""
    took: dict[str, list[tuple[float, int]]] = {"CalDAV": [], "Google": []}
    with (
        tempfile.TemporaryDirectory() as folder,
        serve("memory", Path(folder), delay=delay) as server,
        running_google(refresh_tokens={"made-up-refresh": (APP_CREATED,)}, away=delay / 1000) as google,
    ):
        for number in range(ROUNDS):
            took["CalDAV"].append(over_caldav(server, Path(folder) / f"dav{number}", events))
            took["Google"].append(over_google(google, Path(folder) / f"api{number}", events))
    for name, runs in took.items():
        seconds = [one for one, _ in runs]
        print(f"{name}: median {median(seconds):.2f} s, best {min(seconds):.2f} s, {runs[-1][1]} requests")
    for middle in (median, min):
        dav, google_took = (middle([one for one, _ in took[name]]) for name in ("CalDAV", "Google"))
        print(f"{middle.__name__}: Google takes {google_took / dav:.2f} times as long as CalDAV")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
