"""How many requests are under way at once, in virtual time."""

from __future__ import annotations

import threading
from collections.abc import Container
from datetime import UTC, datetime, timedelta

import pytest

from connectors.dav.request_window import RequestWindow


class Server:
    """Takes a while for each request; `together` says how many it can do in that same while.

    Opening more connections than before takes `opening` seconds; the first `quick` rounds take half as long as others,
    the rounds in `slow` ten times.
    """

    def __init__(
        self,
        *,
        together: int,
        trouble_from: int = 99,
        opening: float = 0,
        quick: int = 0,
        slow: Container[int] = (),
    ) -> None:
        self.now = datetime(2027, 1, 11, tzinfo=UTC)
        self.rounds: list[int] = []
        self._together = together
        self._trouble_from = trouble_from
        self._opening = opening
        self._quick = quick
        self._slow = slow
        self._open = 0
        self._lock = threading.Lock()

    def clock(self) -> datetime:
        """The time moves on by what the round before took; called at its beginning and its end."""
        with self._lock:
            count, self._open = self._open, 0
        if count:
            wait = 0.04 * -(-count // self._together)
            if count > max([1, *self.rounds]):
                wait += self._opening
            self.rounds.append(count)
            wait *= 0.5 if len(self.rounds) <= self._quick else 10 if len(self.rounds) in self._slow else 1
            self.now += timedelta(seconds=wait)
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def work(self, task: int) -> int:
        with self._lock:
            self._open += 1
        return task

    def send(self, count: int, *, widest: int = 16, pause: float = 0, stop_after: int = 999) -> list[int]:
        done: list[int] = []
        with RequestWindow(widest=widest, pause=pause, clock=self.clock, sleep=self.sleep) as window:
            for task in window.run(
                range(count),
                self.work,
                troubled=lambda task: window.size >= self._trouble_from,
                enough=lambda: len(done) >= stop_after,
            ):
                done.append(task)
        return done


@pytest.mark.parametrize(
    ("server", "widest", "rounds"),
    [
        pytest.param(Server(together=99), 16, [1, 2, 2, 4, 4, 8, 8, 16, 15], id="a far server bears more and more"),
        pytest.param(
            Server(together=1),
            16,
            [1, 2, 2, *[*[1] * 8, 2] * 5, *[1] * 5],
            id="one that works one by one is asked one by one, but for a try now and then",
        ),
        pytest.param(Server(together=4), 16, [1, 2, 2, 4, 4, 8, 8, *[4] * 7, 3], id="as many as help"),
        pytest.param(Server(together=99), 4, [1, 2, 2, *[4] * 13, 3], id="never more than its profile allows"),
        pytest.param(
            Server(together=99, trouble_from=8), 16, [1, 2, 2, 4, 4, 8, *[4] * 9, 3], id="trouble halves it for good"
        ),
        pytest.param(
            Server(together=99, opening=0.12),
            16,
            [1, 2, 2, 4, 4, 8, 8, 16, 15],
            id="opening connections is no slowness",
        ),
        pytest.param(
            Server(together=99, quick=1),
            16,
            [1, 2, 2, *[1] * 8, 2, 4, 4, 8, 8, 16, 5],
            id="one lucky answer is outlived",
        ),
        pytest.param(Server(together=99, slow=[7]), 16, [1, 2, 2, 4, 4, 8, 8, *[4] * 7, 3], id="slowness halves it"),
    ],
)
def test_rounds(server: Server, widest: int, rounds: list[int]) -> None:
    assert server.send(60, widest=widest) == list(range(60))
    assert server.rounds == rounds


def test_a_round_begun_is_taken_in_whole_and_no_other_begins() -> None:
    server = Server(together=99)
    assert server.send(40, stop_after=4) == list(range(5))


def test_a_pause_means_one_by_one() -> None:
    server = Server(together=99)
    begun = server.now
    assert server.send(5, pause=2) == list(range(5))
    assert server.rounds == [1] * 5
    assert server.now - begun >= timedelta(seconds=10)
