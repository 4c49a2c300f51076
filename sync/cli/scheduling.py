"""The command schedule: lets followup run by itself on this machine. What it writes is shown before."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import Config
from sync.cli.places import find_config
from sync.errors import OK, ConfigError

if TYPE_CHECKING:
    from sync.setup.timer import Timer

SECONDS = 60
"""Given to each command that starts or stops a timer."""


def schedule(
    config: Config = None,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="systemd, launchd, cron or windows.")] = "",
    every: Annotated[int, typer.Option("--every", min=1, max=60, metavar="MINUTES", help="How often.")] = 15,
    remove: Annotated[bool, typer.Option("--remove", help="Take the timer away.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> int:
    """Let followup run by itself. Shows what is written before it is; --remove takes it away."""
    from sync.setup.timer import describe_timer

    path = find_config(config)
    if remove:
        timers = [timer_for(path, kind=kind)] if kind else find_timers(path)
        for timer in timers:
            stop_timer(timer)
        typer.echo("followup no longer runs by itself here." if timers else "Nothing lets followup run by itself here.")
        return OK
    timer = timer_for(path, kind=kind, minutes=every)
    typer.echo(f"This would be {describe_timer(timer)}\n")
    if not yes:
        if not sys.stdin.isatty():
            raise ConfigError("nothing was written: without a terminal to ask on, give --yes")
        if not typer.confirm("Write it?", default=True):
            typer.echo("Nothing was written.")
            return OK
    start_timer(timer)
    typer.echo("followup now runs by itself; `followup status` tells when it last did.")
    if timer.hint:
        typer.echo(timer.hint)
    return OK


def timer_for(path: Path, *, kind: str = "", minutes: int = 15) -> Timer:
    """The timer of this machine for a configuration. Raises `ConfigError` for a kind that is none."""
    from sync.cli.profiles import open_profile
    from sync.setup.timer import KINDS, make_timer

    chosen = kind or find_kind()
    if chosen not in KINDS:
        raise ConfigError(
            f"--kind {kind!r} is none of {', '.join(KINDS)}"
            if kind
            else "this machine has neither a systemd of yours, nor launchd, cron or a Task Scheduler; let whatever"
            " starts programs here run `followup sync --quiet`"
        )
    owner = open_profile(path).settings.owner
    return make_timer(chosen, owner=owner, program=_program(), config=str(path.resolve()), minutes=minutes)


def find_timers(path: Path) -> list[Timer]:
    """The timers of this machine that run a configuration now."""
    from sync.cli.profiles import open_profile
    from sync.setup.timer import KINDS, make_timer

    owner = open_profile(path).settings.owner
    made = (make_timer(kind, owner=owner, program="followup", config=str(path.resolve())) for kind in KINDS)
    return [timer for timer in made if _is_there(timer)]


def _is_there(timer: Timer) -> bool:
    if timer.cron:
        return shutil.which("crontab") is not None and any(
            line.endswith(timer.mark) for line in _read_crontab().splitlines()
        )
    if timer.files:
        return any((Path.home() / name).exists() for name in timer.files)
    return sys.platform == "win32" and _ends_well(("schtasks", "/Query", "/TN", timer.mark))


def find_kind() -> str:
    """What runs programs by the clock on this machine, empty where nothing is known to."""
    if sys.platform == "darwin":
        return "launchd"
    if sys.platform == "win32":
        return "windows"
    if shutil.which("systemctl") and _ends_well(("systemctl", "--user", "show-environment")):
        return "systemd"
    return "cron" if shutil.which("crontab") else ""


def start_timer(timer: Timer) -> None:
    """Write and start it. Raises `ConfigError` with what failed; what was written stays for a look."""
    from sync.setup.timer import add_line

    if timer.cron:
        _write_crontab(add_line(_read_crontab(), timer))
    for name, text in timer.files.items():
        path = Path.home() / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        except OSError as error:
            raise ConfigError(f"{path} cannot be written: {error.strerror}") from None
    for command in timer.start:
        _run(command)


def stop_timer(timer: Timer) -> None:
    """Stop it and take away what was written. One that is not there is no failure."""
    from sync.setup.timer import drop_line

    if timer.cron:
        _write_crontab(drop_line(_read_crontab(), timer))
    there = [path for name in timer.files if (path := Path.home() / name).exists()]
    if there or not timer.files:
        for command in timer.stop:
            _ends_well(command)
    for path in there:
        path.unlink()


def _program() -> str:
    """The console script that belongs to this very installation, else the one in the path."""
    beside = Path(sys.executable).with_name("followup.exe" if os.name == "nt" else "followup")
    found = str(beside) if beside.exists() else shutil.which("followup")
    if not found:
        raise ConfigError("the command followup is not in your PATH; install it with pipx, then try again")
    return found


def _read_crontab() -> str:
    done = _call(("crontab", "-l"))
    return done.stdout if done.returncode == 0 else ""


def _write_crontab(text: str) -> None:
    done = _call(("crontab", "-"), text=text)
    if done.returncode != 0:
        raise ConfigError(f"crontab refuses: {_first_line(done)}")


def _run(command: Sequence[str]) -> None:
    done = _call(command)
    if done.returncode != 0:
        raise ConfigError(f"{' '.join(command[:3])} failed: {_first_line(done)}")


def _ends_well(command: Sequence[str]) -> bool:
    try:
        return _call(command).returncode == 0
    except ConfigError:
        return False


def _call(command: Sequence[str], *, text: str = "") -> subprocess.CompletedProcess[str]:
    expanded = [str(Path(part).expanduser()) if part.startswith("~/") else part for part in command]
    try:
        return subprocess.run(  # noqa: S603 - fixed commands of the system
            expanded, input=text, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError(f"{command[0]} could not be run: {type(error).__name__}") from None


def _first_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr or done.stdout).strip().splitlines()
    return "".join(letter for letter in lines[0] if letter.isprintable()) if lines else f"exit code {done.returncode}"
