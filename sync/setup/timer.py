"""The timer that lets followup run by itself: what is written where, and which commands start and stop it. Pure.

One timer for each owner, so that several people's settings on one machine never take each other's. The samples in
`examples/` say the same for people who do it by hand.
"""

from __future__ import annotations

import plistlib
import shlex
from collections.abc import Mapping, Sequence

from msgspec import Struct

EVERY_MINUTES = 15
KINDS: Mapping[str, str] = {
    "systemd": "a systemd user timer",
    "launchd": "a launchd agent",
    "cron": "a line in your crontab",
    "windows": "a task of the Windows Task Scheduler",
}
LINGER = "So that it also runs while you are not logged in: loginctl enable-linger"


class Timer(Struct, frozen=True):
    """How one machine runs one configuration. Paths of `files` are relative to the home folder.

    `cron` is the line for a crontab, where that is the way. `mark` tells a line or a task from all others.
    """

    kind: str
    files: Mapping[str, str] = {}
    start: Sequence[Sequence[str]] = ()
    stop: Sequence[Sequence[str]] = ()
    cron: str = ""
    mark: str = ""
    hint: str = ""


def make_timer(kind: str, *, owner: str, program: str, config: str, minutes: int = EVERY_MINUTES) -> Timer:
    """The timer of this kind for this configuration; `program` and `config` are whole paths."""
    name = f"followup-{owner}"
    run = (program, "sync", "--quiet", "--config", config)
    if kind == "systemd":
        return _systemd(name, run, minutes)
    if kind == "launchd":
        return _launchd(name, run, minutes)
    if kind == "windows":
        return _windows(name, run, minutes)
    mark = f"# {name}"
    line = f"*/{minutes} * * * * {shlex.join(run)}".replace("%", r"\%")
    return Timer(kind, cron=f"{line} {mark}", mark=mark, hint="cron mails you what it prints, if mail is set up here.")


def add_line(crontab: str, timer: Timer) -> str:
    """The crontab with this timer's line, in place of an earlier one."""
    return f"{drop_line(crontab, timer)}{timer.cron}\n"


def drop_line(crontab: str, timer: Timer) -> str:
    """The crontab without this timer's line; every other line stays as it is."""
    kept = [line for line in crontab.splitlines() if not line.endswith(timer.mark)]
    return "".join(f"{line}\n" for line in kept)


def describe_timer(timer: Timer) -> str:
    """What would be written and run, for a person to see before."""
    parts = [f"{KINDS[timer.kind]}:"]
    parts += [f"\n~/{path}\n{_indent(text)}" for path, text in timer.files.items()]
    parts += [f"\n  {timer.cron}"] if timer.cron else []
    parts += ["\nthen:", *(f"  {shlex.join(command)}" for command in timer.start)] if timer.start else []
    return "\n".join(parts)


def _indent(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.rstrip().splitlines())


def _systemd(name: str, run: Sequence[str], minutes: int) -> Timer:
    command = " ".join(_systemd_quoted(part) for part in run)
    service = (
        "[Unit]\nDescription=Bring the follow-ups in the calendar up to date with the sheet\n\n"
        f"[Service]\nType=oneshot\nExecStart={command}\n"
        "# 3: unreadable cells, told once. 8: another run is at work.\nSuccessExitStatus=3 8\n"
    )
    timer = (
        f"[Unit]\nDescription=Follow-ups, every {minutes} minutes\n\n"
        f"[Timer]\nOnCalendar=*:0/{minutes}\nRandomizedDelaySec=60\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
    folder = ".config/systemd/user"
    control = ("systemctl", "--user")
    return Timer(
        "systemd",
        files={f"{folder}/{name}.service": service, f"{folder}/{name}.timer": timer},
        start=((*control, "daemon-reload"), (*control, "enable", "--now", f"{name}.timer")),
        stop=((*control, "disable", "--now", f"{name}.timer"),),
        hint=LINGER,
    )


def _systemd_quoted(part: str) -> str:
    """A word of ExecStart: systemd expands percent signs and dollars even inside quotes."""
    escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != part or not part.replace("/", "").replace("-", "").isalnum() else part


def _launchd(name: str, run: Sequence[str], minutes: int) -> Timer:
    agent = {"Label": name, "ProgramArguments": list(run), "StartInterval": minutes * 60, "RunAtLoad": True}
    path = f"Library/LaunchAgents/{name}.plist"
    return Timer(
        "launchd",
        files={path: plistlib.dumps(agent, sort_keys=False).decode()},
        start=(("launchctl", "load", "-w", f"~/{path}"),),
        stop=(("launchctl", "unload", "-w", f"~/{path}"),),
    )


def _windows(name: str, run: Sequence[str], minutes: int) -> Timer:
    command = " ".join(f'"{part}"' if " " in part or "\\" in part else part for part in run)
    task = ("schtasks", "/Create", "/F", "/TN", name, "/SC", "MINUTE", "/MO", str(minutes), "/TR", command)
    return Timer("windows", mark=name, start=(task,), stop=(("schtasks", "/Delete", "/F", "/TN", name),))
