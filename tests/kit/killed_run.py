"""One real `followup` process that is killed at a chosen point: `python killed_run.py STEP[:SIGNAL] ARGUMENT...`.

Points are counted over both sides of every commit of the state and of every request that writes. SIGKILL where no other
signal is named, so that nothing is cleaned up. Prints how many points there were if it gets to its end.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from worlds import BurningStore, Fuse

import connectors
from connectors.http_transport import Answer, HttpTransport
from sync.cli import run_command


@dataclass
class DeadlyFuse(Fuse):
    """Sends the process a signal."""

    how: str = "SIGKILL"

    def burn(self) -> None:
        """One point; the last one is the end."""
        if self.left == self.steps:
            os.kill(os.getpid(), signal.Signals[self.how])
        self.steps += 1


def main() -> int:
    step, *arguments = sys.argv[1:]
    left, _, how = step.partition(":")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background hands it on as ignored
    fuse = DeadlyFuse(int(left), how=how or "SIGKILL")
    open_state, send = connectors.open_state, HttpTransport.send

    def burning_send(
        self: HttpTransport, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        if method not in ("PUT", "DELETE", "POST", "PATCH"):
            return send(self, method, path, headers=headers, body=body)
        fuse.burn()
        answer = send(self, method, path, headers=headers, body=body)
        fuse.burn()
        return answer

    connectors.open_state = lambda *given: BurningStore(open_state(*given), fuse)
    HttpTransport.send = burning_send  # type: ignore[method-assign]
    code = run_command(arguments)
    print(f"points: {fuse.steps}")
    return code


if __name__ == "__main__":
    sys.exit(main())
