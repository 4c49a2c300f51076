"""How many requests are under way at once, in virtual time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from connectors.dav.request_window import RequestWindow


class Server:
    """Takes a while for each request; `together` says how many it can do in that same while."""

    def __init__(self, *, together: int, trouble_from: int = 99) -> None:
        self.now = datetime(2027, 1, 11, tzinfo=UTC)
        self.rounds: list[int] = []
        self._together = together
        self._trouble_from = trouble_from
        self._open = 0
        self._lock = threading.Lock()

    def clock(self) -> datetime:
        """The time moves on by what the round before took; called at its beginning and its end."""
        with self._lock:
            count, self._open = self._open, 0
        if count:
            self.rounds.append(count)
            self.now += timedelta(seconds=0.04) * -(-count // self._together)
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
        pytest.param(Server(together=99), 16, [1, 2, 4, 8, 16, 9], id="a far server bears more and more"),
        pytest.param(Server(together=1), 16, [1, 2, *[1] * 37], id="one that works one by one is asked one by one"),
        pytest.param(Server(together=4), 16, [1, 2, 4, 8, *[4] * 6, 1], id="as many as help"),
        pytest.param(Server(together=99), 4, [1, 2, *[4] * 9, 1], id="never more than its profile allows"),
        pytest.param(
            Server(together=99, trouble_from=8), 16, [1, 2, 4, 8, *[4] * 6, 1], id="trouble halves it for good"
        ),
    ],
)
def test_rounds(server: Server, widest: int, rounds: list[int]) -> None:
    assert server.send(40, widest=widest) == list(range(40))
    assert server.rounds == rounds


def test_a_round_begun_is_taken_in_whole_and_no_other_begins() -> None:
    server = Server(together=99)
    assert server.send(40, stop_after=4) == list(range(7))


def test_a_pause_means_one_by_one() -> None:
    server = Server(together=99)
    begun = server.now
    assert server.send(5, pause=2) == list(range(5))
    assert server.rounds == [1] * 5
    assert server.now - begun >= timedelta(seconds=10)
