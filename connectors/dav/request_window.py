"""How many requests are under way at once: as many as help the server, never more (facts on performance, 1 and 3).

The window starts at 1 and doubles as long as doubling made it clearly faster. Where it did not (Radicale and Xandikos
work one by one) it goes back, and tries again only after a while: one lucky answer must not keep a far server at 1.
Trouble - locked, too many, a server error - halves it for the rest of the run, slowness until the next try.

Judged over whole rounds, never over one request; the first round of a size opens connections, so it says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

Task = TypeVar("Task")
Done = TypeVar("Done")

WORTH_IT = 1.3
"""So much faster must a doubled window be to be kept."""
TRY_AGAIN = 8
"""Rounds of one size until a wider one is tried again."""


class RequestWindow:
    """One run's window. `pause` seconds lie between two requests where a server wants that; then it stays at 1."""

    def __init__(
        self, *, widest: int, pause: float, clock: Callable[[], datetime], sleep: Callable[[float], None]
    ) -> None:
        self.size = 1
        self._widest = 1 if pause else widest
        self._pause = pause
        self._clock = clock
        self._sleep = sleep
        self._best_rate = 0.0
        self._proven = 0
        self._opened = 1
        self._rounds = 0
        self._pool = ThreadPoolExecutor(max_workers=self._widest)

    def __enter__(self) -> RequestWindow:
        return self

    def __exit__(self, *raised: object) -> None:
        self._pool.shutdown()

    def run(
        self,
        tasks: Sequence[Task],
        work: Callable[[Task], Done],
        *,
        troubled: Callable[[Done], bool],
        enough: Callable[[], bool],
    ) -> Iterator[Done]:
        """The results of the tasks begun, in order. No round begins after `enough`; one begun is taken in whole."""
        position = 0
        while position < len(tasks) and not enough():
            batch = tasks[position : position + self.size]
            position += len(batch)
            begun = self._clock()
            results = list(self._pool.map(work, batch)) if len(batch) > 1 else [work(batch[0])]
            seconds = (self._clock() - begun).total_seconds()
            self._judge(len(batch), seconds, trouble=any(map(troubled, results)))
            yield from results
            if self._pause:
                self._sleep(self._pause)

    def _judge(self, count: int, seconds: float, *, trouble: bool) -> None:
        rate = count / max(seconds, 1e-6)
        warm = count <= self._opened
        self._opened = max(self._opened, count)
        self._rounds += self.size == self._proven
        if trouble:
            self._settle(self.size // 2, self._best_rate / 2)
            self._widest = self.size
        elif count < self.size or not warm:
            return  # a last, smaller round says nothing, nor does one that opened connections
        elif rate < self._best_rate / 4:
            self._settle(self.size // 2, rate)
        elif self.size > self._proven and rate <= self._best_rate * WORTH_IT:
            self._settle(self._proven, self._best_rate)
        elif self.size > self._proven or self._rounds >= TRY_AGAIN:
            self._settle(self.size, rate)
            self.size = min(self.size * 2, self._widest)

    def _settle(self, size: int, rate: float) -> None:
        """Take this size for the one that works, at this many requests a second."""
        self.size = self._proven = max(1, size)
        self._best_rate, self._rounds = rate, 0
