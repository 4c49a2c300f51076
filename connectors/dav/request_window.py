"""How many requests are under way at once: as many as help the server, never more (facts on performance, 1 and 3).

The window starts at 1 and doubles as long as doubling made it clearly faster. Where it did not (Radicale and Xandikos
work one by one) it goes back, and tries again only after a while: one lucky answer must not keep a far server at 1.
Trouble - locked, too many, a server error - halves it for the rest of the run, slowness until the next try.

Judged over whole rounds, never over one request. The connections for a doubled window are opened while the round before
it is under way: a far server is not waited for twice, and every round tells how fast the server is, not how far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import TypeVar

Task = TypeVar("Task")
Done = TypeVar("Done")

WORTH_IT = 1.3
"""So much faster must a doubled window be to be kept."""
CHANCES = 2
"""Rounds that a doubled window has to show it: one slow answer is no reason."""
TRY_AGAIN = 8
"""Rounds of one size until a wider one is tried again."""


class RequestWindow:
    """One run's window, for so many `tasks` in all. `pause` seconds lie between two where a server wants that.

    `connect` opens one more connection.
    """

    def __init__(
        self,
        *,
        tasks: int,
        widest: int,
        pause: float,
        connect: Callable[[], None],
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self.size = 1
        self._left = tasks
        self._widest = 1 if pause else widest
        self._pause = pause
        self._connect = connect
        self._clock = clock
        self._sleep = sleep
        self._best_rate = 0.0
        self._proven = 0
        self._opened = 1
        self._rounds = 0
        self._pool = ThreadPoolExecutor(max_workers=self._widest)  # one of them never starts: the caller works too

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
            self._left -= len(batch)
            begun = self._clock()
            others = [self._pool.submit(work, task) for task in batch[1:]]
            opening = self._open_ahead()
            results = [work(batch[0]), *(other.result() for other in others)]
            seconds = (self._clock() - begun).total_seconds()
            self._judge(len(batch), seconds, trouble=any(map(troubled, results)))
            yield from results
            wait(opening)
            if self._pause:
                self._sleep(self._pause)

    def _open_ahead(self) -> list[Future[None]]:
        """Begin to open what a doubled window would need besides: whoever is at work already has a connection."""
        wanted = min(self.size * 2, self._widest, self._left)
        missing, self._opened = wanted - self._opened, max(wanted, self._opened)
        return [self._pool.submit(self._connect) for _ in range(missing)]

    def _judge(self, count: int, seconds: float, *, trouble: bool) -> None:
        rate = count / max(seconds, 1e-6)
        self._rounds += count == self.size
        if trouble:
            self._settle(self.size // 2, self._best_rate / 2)
            self._widest = self.size
        elif count < self.size:
            return  # a last, smaller round says nothing
        elif rate < self._best_rate / 4:
            self._settle(self.size // 2, rate)
        elif self.size > self._proven and rate <= self._best_rate * WORTH_IT:
            if self._rounds >= CHANCES:
                self._settle(self._proven, self._best_rate)
        elif self.size > self._proven or self._rounds >= TRY_AGAIN:
            self._settle(self.size, rate)
            self.size = min(self.size * 2, self._widest)

    def _settle(self, size: int, rate: float) -> None:
        """Take this size for the one that works, at this many requests a second."""
        self.size = self._proven = max(1, size)
        self._best_rate, self._rounds = rate, 0
