"""A picture of the follow-ups in Thunderbird, a calendar program that somebody else wrote.

Thunderbird is started without a screen, in a profile of its own that knows one calendar: the .ics file. It is then
asked over Marionette, Mozilla's protocol for tests, for the month the follow-ups are in and for a picture of itself.
"""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

PROGRAM = "thunderbird"
WIDTH, HEIGHT = 1280, 640
PATIENCE = 120
"""Seconds."""

PREFERENCES: Mapping[str, str | int | bool] = {
    "calendar.registry.followups.type": "ics",
    "calendar.registry.followups.name": "Follow-ups",
    "calendar.registry.followups.color": "#4682b4",
    "calendar.registry.followups.calendar-main-in-composite": True,
    "calendar.registry.followups.readOnly": True,
    "calendar.alarms.show": False,
    "calendar.timezone.useSystemTimezone": True,
    "calendar.week.start": 1,
    "calendar.weeks.inview": 4,
    "intl.date_time.pattern_override.time_short": "HH:mm",
    # an account, so that it does not ask for one
    "mail.accountmanager.accounts": "account1",
    "mail.accountmanager.localfoldersserver": "server1",
    "mail.account.account1.server": "server1",
    "mail.server.server1.type": "none",
    "mail.server.server1.name": "Local Folders",
    "mail.server.server1.hostname": "Local Folders",
    "mail.server.server1.userName": "nobody",
    # nothing that is only said to new users, no network
    "app.donation.eoy.version.viewed": 9999,
    "app.update.auto": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spotlight.firstRunDone": True,
    "mailnews.start_page.enabled": False,
    "marionette.port": 0,
    "network.dns.disabled": True,
}
SHOW = """
const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
for (const name of ["calSidebar", "today-pane-panel", "bottom-events-box"]) {
  document.getElementById(name).style.display = "none";
}
switchToView("multiweek");
currentView().workdaysOnly = true;
goToDate(cal.createDateTime(arguments[0]));
"""
COUNT = "return currentView().querySelectorAll('calendar-month-day-box-item').length"


class Marionette:
    """A connection to a Thunderbird that listens: length, colon, JSON."""

    def __init__(self, port: int) -> None:
        self._connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._number = 0
        self._read()

    def ask(self, command: str, **parameters: Any) -> Any:
        """The value a command gives back."""
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._connection.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._read()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def script(self, text: str, *arguments: str) -> Any:
        """What a script in Thunderbird's window returns."""
        return self.ask("WebDriver:ExecuteScript", script=text, args=list(arguments))

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._receive(1)
        return json.loads(self._receive(int(length[:-1])))

    def _receive(self, octets: int) -> bytes:
        received = b""
        while len(received) < octets:
            part = self._connection.recv(octets - len(received))
            if not part:
                raise RuntimeError("Thunderbird has gone")
            received += part
        return received


def take_picture(feed: Path, first_day: date, *, zone: str) -> bytes:
    """A PNG of the four weeks from this day on, as Thunderbird shows the events of the file."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        preferences = {**PREFERENCES, "calendar.registry.followups.uri": feed.resolve().as_uri()}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
        (home / "user.js").write_text("\n".join(lines), "utf-8")
        window = {"MOZ_HEADLESS_WIDTH": str(WIDTH), "MOZ_HEADLESS_HEIGHT": str(HEIGHT)}
        thunderbird = subprocess.Popen(
            [PROGRAM, "--headless", "--no-remote", "--profile", folder, "-calendar",
             "--marionette", "--remote-allow-system-access"],
            env={"HOME": folder, "PATH": "/usr/bin:/bin", "TZ": zone, "LC_ALL": "C.UTF-8", **window},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            return _show_and_take(Marionette(_port_of(home)), first_day)
        finally:
            thunderbird.terminate()
            thunderbird.wait()


def _show_and_take(window: Marionette, first_day: date) -> bytes:
    window.ask("WebDriver:NewSession", capabilities={})
    window.ask("Marionette:SetContext", value="chrome")
    _wait(lambda: window.script("return typeof goToDate === 'function' && document.readyState === 'complete'"))
    window.script(SHOW, f"{first_day:%Y%m%d}T000000")
    _wait(lambda: window.script(COUNT))
    time.sleep(2)  # it draws once more when the last event has come
    return base64.b64decode(window.ask("WebDriver:TakeScreenshot", full=False))


def _port_of(profile: Path) -> int:
    place = profile / "MarionetteActivePort"
    _wait(lambda: place.exists() and place.read_text())
    return int(place.read_text())


def _wait(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("Thunderbird does not show the calendar")
        time.sleep(0.5)
