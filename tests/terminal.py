"""A person at a terminal: a real pty on which followup asks, and each answer is typed when its question has come."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ECHO_LOCAL_MODES = 3
"""Where `termios.tcgetattr` has the local modes."""


def converse(
    folder: Path,
    answers: Sequence[tuple[str, str]],
    *options: str,
    command: str = "init",
    environment: Mapping[str, str] | None = None,
) -> str:
    """One conversation in this folder. Gives all that was on the screen; every answer must have been asked for."""
    master, slave = pty.openpty()
    program = [str(Path(sys.executable).with_name("followup")), command, "--no-color", *options]
    told = {**os.environ, "HOME": str(folder), "COLUMNS": "100", "LANG": "C.UTF-8", **(environment or {})}
    process = subprocess.Popen(
        program, cwd=folder, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=told
    )
    os.close(slave)
    screen, seen, left = "", 0, list(answers)
    try:
        while select.select([master], [], [], 20)[0]:
            try:
                screen += os.read(master, 65_536).decode("utf-8", "replace")
            except OSError:  # how Linux tells that the other side has gone
                break
            if left and (place := screen.find(left[0][0], seen)) >= 0:
                seen = place + len(left[0][0])
                if "password there" in left[0][0]:
                    _wait_for_hiding(master)
                os.write(master, left.pop(0)[1].encode() + b"\n")
        assert not left, screen
        assert process.wait(60) == 0, screen
    finally:
        process.kill()
        process.wait()
        os.close(master)
    return screen.replace("\r\n", "\n")


def _wait_for_hiding(master: int) -> None:
    """Until what is typed is hidden: what was typed before that is thrown away by the terminal."""
    for _ in range(500):
        if not termios.tcgetattr(master)[ECHO_LOCAL_MODES] & termios.ECHO:
            return
        time.sleep(0.01)
    raise AssertionError("the password would have been shown")
