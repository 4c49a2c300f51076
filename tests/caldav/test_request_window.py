"""How many requests are under way at once, in virtual time."""

from __future__ import annotations

import threading
from collections.abc import Container
from datetime import UTC, datetime, timedelta

import pytest

from connectors.dav.request_window import RequestWindow


class Server:
    """Takes a while for each request; `together` says how many it can do in that same while.

    A round with more requests than there are connections takes `opening` seconds more; the first `quick` rounds take
    half as long as others, the rounds in `late` twice as long, those in `slow` ten times.
    """

    def __init__(
        self,
        *,
        together: int,
        trouble_from: int = 99,
        opening: float = 0,
        quick: int = 0,
        late: Container[int] = (),
        slow: Container[int] = (),
    ) -> None:
        self.now = datetime(2027, 1, 11, tzinfo=UTC)
        self.rounds: list[int] = []
        self.connections = 1
        self._together = together
        self._trouble_from = trouble_from
        self._opening = opening
        self._quick = quick
        self._late = late
        self._slow = slow
        self._open = 0
        self._lock = threading.Lock()

    def clock(self) -> datetime:
        """The time moves on by what the round before took; called at its beginning and its end."""
        with self._lock:
            count, self._open = self._open, 0
        if count:
            wait = 0.04 * -(-count // self._together)
            if count > self.connections:
                wait += self._opening
            self.rounds.append(count)
            number = len(self.rounds)
            wait *= 0.5 if number <= self._quick else 10 if number in self._slow else 2 if number in self._late else 1
            self.now += timedelta(seconds=wait)
        return self.now

    def connect(self) -> None:
        with self._lock:
            self.connections += 1

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def work(self, task: int) -> int:
        with self._lock:
            self._open += 1
        return task

    def send(self, count: int, *, widest: int = 16, pause: float = 0, stop_after: int = 999) -> list[int]:
        done: list[int] = []
        with RequestWindow(
            tasks=count, widest=widest, pause=pause, connect=self.connect, clock=self.clock, sleep=self.sleep
        ) as window:
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
        pytest.param(Server(together=99), 16, [1, 2, 4, 8, 16, 16, 13], id="a far server bears more and more"),
        pytest.param(
            Server(together=1),
            16,
            [1, 2, 2, *[*[1] * 8, 2, 2] * 4, *[1] * 7],
            id="one that works one by one is asked one by one, but for a try now and then",
        ),
        pytest.param(Server(together=4), 16, [1, 2, 4, 8, 8, *[4] * 8, 5], id="as many as help"),
        pytest.param(Server(together=99), 4, [1, 2, *[4] * 14, 1], id="never more than its profile allows"),
        pytest.param(
            Server(together=99, trouble_from=8), 16, [1, 2, 4, 8, *[4] * 11, 1], id="trouble halves it for good"
        ),
        pytest.param(
            Server(together=99, quick=1),
            16,
            [1, 2, 2, *[1] * 8, 2, 4, 8, 16, 16, 1],
            id="one lucky answer is outlived",
        ),
        pytest.param(Server(together=99, slow=[4]), 16, [1, 2, 4, 8, *[4] * 8, 8, 5], id="slowness halves it"),
        pytest.param(
            Server(together=99, opening=0.12), 16, [1, 2, 4, 8, 16, 16, 13], id="opening connections is no slowness"
        ),
        pytest.param(Server(together=99, late=[4]), 16, [1, 2, 4, 8, 8, 16, 16, 5], id="one slow answer is outlived"),
    ],
)
def test_rounds(server: Server, widest: int, rounds: list[int]) -> None:
    assert server.send(60, widest=widest) == list(range(60))
    assert server.rounds == rounds


@pytest.mark.parametrize(
    ("server", "widest", "connections"),
    [
        pytest.param(Server(together=99), 16, 16, id="no more than are used"),
        pytest.param(Server(together=99), 3, 3, id="nor than a profile allows"),
        pytest.param(Server(together=1), 16, 4, id="nor than twice what was tried"),
    ],
)
def test_connections(server: Server, widest: int, connections: int) -> None:
    server.send(40, widest=widest)
    assert server.connections == connections


def test_nothing_is_opened_for_what_there_is_not_to_do() -> None:
    server = Server(together=99)
    server.send(5)
    assert (server.rounds, server.connections) == ([1, 2, 2], 2)


def test_a_round_begun_is_taken_in_whole_and_no_other_begins() -> None:
    server = Server(together=99)
    assert server.send(40, stop_after=4) == list(range(7))


def test_a_pause_means_one_by_one() -> None:
    server = Server(together=99)
    begun = server.now
    assert server.send(5, pause=2) == list(range(5))
    assert server.rounds == [1] * 5
    assert server.now - begun >= timedelta(seconds=10)
