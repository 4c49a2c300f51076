"""Bounds of time: an exchange with a server ends, whatever that server does.

A socket's own timeout begins anew with every byte, so a server that sends one byte a second holds a reader for ever.
Here each single wait is cut to what is left of the whole.

- `Deadline` is such a whole: so many seconds from now, on a clock that nobody sets.
- `BoundedSocket` stands in a connection for its socket; `http.client` and TLS do not see the difference.
- `within` is for libraries that open sockets of their own: their work is done by a thread that is given up on.
"""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

Timer = Callable[[], float]
Result = TypeVar("Result")


class Deadline:
    """So many seconds from now. `silence` bounds one single wait."""

    def __init__(self, seconds: float, *, silence: float, timer: Timer = time.monotonic) -> None:
        self._timer = timer
        self._ends = timer() + seconds
        self._silence = silence

    def wait(self) -> float:
        """Seconds that one wait may take now. Raises `TimeoutError` when the whole is over."""
        left = self._ends - self._timer()
        if left <= 0:
            raise TimeoutError("the exchange took too long")
        return min(left, self._silence)


class BoundedSocket:
    """A connected socket of which no exchange lasts longer than the deadline of the moment."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self._socket = connected
        self.deadline = deadline

    def sendall(self, data: Any) -> None:
        """Send all of it in time."""
        left = memoryview(data)
        while left:
            self._socket.settimeout(self.deadline.wait())
            left = left[self._socket.send(left) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        """A reader of which every wait is bounded, as `http.client` asks for it."""
        assert mode == "rb"
        return io.BufferedReader(_BoundedReader(self, self._socket.makefile("rb", buffering=0)))

    def bound(self) -> None:
        """Bound the next wait."""
        self._socket.settimeout(self.deadline.wait())

    def fileno(self) -> int:
        """For `select`."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close it; readers made of it go on until they are closed, too."""
        self._socket.close()


class _BoundedReader(io.RawIOBase):
    def __init__(self, owner: BoundedSocket, inner: Any) -> None:
        self._owner = owner
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._owner.bound()
        count: int | None = self._inner.readinto(buffer)
        return count

    def close(self) -> None:
        self._inner.close()
        super().close()


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """What the work gives. Raises `TimeoutError` after so many seconds, and whatever the work raises.

    Work that is given up on goes on in its thread, which keeps no process alive.
    """
    ended: list[Result] = []
    failed: list[BaseException] = []

    def carry_out() -> None:
        try:
            ended.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that waits
            failed.append(error)

    thread = threading.Thread(target=carry_out, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not ended:
        raise TimeoutError("the exchange took too long")
    return ended[0]
