"""A person at a terminal: a real pty on which followup asks, and each answer is typed when its question has come."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ECHO_LOCAL_MODES = 3
"""Where `termios.tcgetattr` has the local modes."""
SECONDS = 60
"""Without anything new on the screen."""


def converse(
    folder: Path,
    answers: Sequence[tuple[str, str]],
    *options: str,
    command: str = "init",
    environment: Mapping[str, str] | None = None,
) -> str:
    """One conversation in this folder: each answer is typed when its words have come, in this order.

    Gives all that was on the screen; every answer must have been asked for.
    """
    left = list(answers)
    seen = 0

    def answer(screen: str) -> str | None:
        nonlocal seen
        if not left or (place := screen.find(left[0][0], seen)) < 0:
            return None
        seen = place + len(left[0][0])
        return left.pop(0)[1]

    screen = _play(folder, answer, (*command.split(), *options), environment or {})
    assert not left, screen
    return screen


def answer_all(
    folder: Path, answers: Sequence[tuple[str, str]], *options: str, environment: Mapping[str, str] | None = None
) -> tuple[str, int]:
    """One `followup init` in this folder: whatever is not answered here gets Enter.

    Gives all that was on the screen, and how often an answer was waited for.
    """
    left, asked = list(answers), 0

    def answer(screen: str) -> str | None:
        nonlocal asked
        if not screen.endswith(": "):
            return None
        asked += 1
        question = screen.rpartition("\n")[2]
        for place, (words, text) in enumerate(left):
            if words in question:
                del left[place]
                return text
        return ""

    screen = _play(folder, answer, ("init", *options), environment or {})
    assert not left, f"never asked: {left}\n{screen}"
    return screen, asked


def _play(
    folder: Path, answer: Callable[[str], str | None], arguments: Sequence[str], environment: Mapping[str, str]
) -> str:
    """What the screen shows when each new piece of it is answered like this; the command must end well."""
    if sys.platform == "win32":
        raise OSError("a terminal is played with what POSIX systems have")
    master, slave = pty.openpty()
    program = [str(Path(sys.executable).with_name("followup")), *arguments]
    told = {**os.environ, "HOME": str(folder), "COLUMNS": "100", "LANG": "C.UTF-8", "NO_COLOR": "1", **environment}
    told = {name: value for name, value in told.items() if not name.startswith("XDG_")}
    process = subprocess.Popen(
        program, cwd=folder, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=told
    )
    os.close(slave)
    screen = ""
    try:
        while select.select([master], [], [], SECONDS)[0]:
            try:
                screen += os.read(master, 65_536).decode("utf-8", "replace").replace("\r\n", "\n")
            except OSError:  # how Linux tells that the other side has gone
                break
            said = answer(screen)
            if said is not None:
                if any(word in screen.rpartition("\n")[2] for word in ("password there", "Passwort dort")):
                    _wait_for_hiding(master)
                os.write(master, said.encode() + b"\n")
        assert process.wait(SECONDS) == 0, screen
    finally:
        process.kill()
        process.wait()
        os.close(master)
    return screen


def _wait_for_hiding(master: int) -> None:
    """Until what is typed is hidden: what was typed before that is thrown away by the terminal."""
    if sys.platform == "win32":
        raise OSError("a terminal is played with what POSIX systems have")
    for _ in range(500):
        if not termios.tcgetattr(master)[ECHO_LOCAL_MODES] & termios.ECHO:
            return
        time.sleep(0.01)
    raise AssertionError("the password would have been shown")


def followup(folder: Path, *arguments: str) -> str:
    """One command in this person's home; gives what it printed."""
    program = [str(Path(sys.executable).with_name("followup")), *arguments]
    told = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment = {**told, "HOME": str(folder), "COLUMNS": "100"}
    done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
