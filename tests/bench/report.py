"""What the bench found out, and how it says so: one table for each case, and the figures that are aimed at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median

NO_SLOWER = "nobody should wait longer than with what they had"
STEPS = ("first push", "run after it", "no change", "10+5+5")

INTRODUCTION = """# Speed

Made by `make bench`: whole processes, medians, everything in one run on one machine and on loopback. Only ratios, CPU
seconds and request counts say something about another machine. **Limit** is a raw client that sends the same bytes over
bare sockets from followup's environment and does nothing else; where it ran with several connections, the fastest
counts. Every cell: wall time as a multiple of the limit / CPU seconds / peak memory / requests counted at the server.
A process that needs less memory than the bench itself is shown with the bench's.

*First push* goes into an empty calendar. *No change* is every later run until something changes: followup proves that
nothing can have changed and asks the calendar one question. *Run after it* is the one run between the two, in which
followup looks at everything once more and keeps that proof. *10+5+5* is 10 events changed, 5 removed, 5 added.
"""


@dataclass(frozen=True)
class Cost:
    """What one process took: wall and CPU seconds, peak MB, requests counted at the server."""

    wall: float
    cpu: float
    peak: float
    requests: int


@dataclass
class Results:
    """All costs by (case, contestant, step), and who had to stop where."""

    costs: dict[tuple[str, str, str], list[Cost]] = field(default_factory=dict)
    stopped: dict[tuple[str, str, str], str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def of(self, case: str, name: str, step: str, what: str) -> float | None:
        costs = self.costs.get((case, name, step))
        return median(getattr(cost, what) for cost in costs) if costs else None

    def names(self, case: str) -> list[str]:
        """Who took part, in the order they were first run: followup, the limits, the peers."""
        found = dict.fromkeys(name for title, name, _ in (*self.costs, *self.stopped) if title == case)
        return sorted(found, key=lambda name: (name != "followup", not name.startswith("raw ")))

    def peers(self, case: str) -> list[str]:
        return [name for name in self.names(case) if name != "followup" and not name.startswith("raw ")]

    def best_peer(self, case: str, step: str) -> str:
        return self._fastest(case, step, self.peers(case))

    def limit(self, case: str, step: str) -> str:
        return self._fastest(case, step, [name for name in self.names(case) if name.startswith("raw ")])

    def _fastest(self, case: str, step: str, names: Iterable[str]) -> str:
        walls = {name: wall for name in names if (wall := self.of(case, name, step, "wall"))}
        return min(walls, key=lambda name: walls[name], default="")

    def ratio(self, case: str, step: str, name: str, beside: str = "followup", *, what: str = "wall") -> float | None:
        """How many times what `beside` took."""
        mine, other = self.of(case, name, step, what), self.of(case, beside, step, what)
        return mine / other if mine and other else None

    def beside(self, case: str, step: str, *, limit: float, before: str = "", why: str) -> Iterator[Goal]:
        """The goal to be faster than every peer, and near the limit."""
        best = self.best_peer(case, step)
        text = f"{case}: {step}, times as fast as the fastest peer ({best or 'none'})"
        yield Goal(text, 1, self.ratio(case, step, best), at_least=True, why=NO_SLOWER)
        near = self.ratio(case, step, "followup", self.limit(case, step))
        yield Goal(f"{case}: {step}, times the limit", limit, near, before=before, why=why)


@dataclass(frozen=True)
class Goal:
    """A figure that is aimed at, and the one that was measured: at least that much, else at most."""

    text: str
    aim: float
    measured: float | None
    at_least: bool = False
    before: str = ""
    """An earlier aim that was given up."""
    why: str = ""
    """Why it is this figure."""

    @property
    def row(self) -> str:
        aim = f"{'at least' if self.at_least else 'at most'} {self.aim:g}"
        if self.measured is None:
            return f"| {self.text} | {aim} | {self.before} | not measured | | {self.why} |"
        reached = self.measured >= self.aim if self.at_least else self.measured <= self.aim
        said = "yes" if reached else "**no**"
        return f"| {self.text} | {aim} | {self.before} | {self.measured:.3g} | {said} | {self.why} |"


def goals(results: Results) -> Iterator[Goal]:
    """What is aimed at on the servers; titles are those of the cases."""
    near, large, far = "O(1) server, N = 1000", "O(1) server, N = 5000", "O(1) server 40 ms away, N = 200"
    for case, most, before in ((near, 1.5, ""), (large, 2, "at most 1.5")):
        why = "most runs are this one" + (", and a larger sheet has to be digested" if before else "")
        yield from results.beside(case, "no change", limit=most, before=before, why=why)
        asked = results.of(case, "followup", "no change", "requests")
        yield Goal(f"{case}: no change, requests", 1, asked, why="the calendar has to be asked once")
    thrift = results.ratio(near, "10+5+5", "vdirsyncer", what="cpu")
    yield Goal(
        f"{near}: 10+5+5, CPU of vdirsyncer / followup's", 1, thrift, at_least=True,
        before="as fast as calcurse-caldav", why="it plans every lead anew, calcurse-caldav compares two files",
    )  # fmt: skip
    asked = results.of(near, "followup", "10+5+5", "requests")
    why = "20 writes, a look before each of 5 deletes (few servers guard them), the listing, a look back, one to spare"
    yield Goal(f"{near}: 10+5+5, requests", 28, asked, before="at most 23", why=why)
    why = "the run that plans lies before the first request"
    yield from results.beside(far, "10+5+5", limit=4, before="at most 1.6", why=why)
    push = results.ratio(near, "first push", "vdirsyncer", "followup")
    yield Goal(
        f"{near}: first push, times as fast as vdirsyncer", 1.5, push, at_least=True,
        before="at least 4", why="once in a life; every event is planned, journalled and read back",
    )  # fmt: skip
    why = "a server is asked for more at once only after it has borne less"
    yield from results.beside(far, "first push", limit=3, before="at most 1.6", why=why)
    for case in ("Radicale, N = 300", "Xandikos, N = 300"):
        cpu = [ratio for peer in results.peers(case) if (ratio := results.ratio(case, "first push", peer, what="cpu"))]
        least = min(cpu, default=None)
        text = f"{case}: first push, CPU of the thriftiest peer / followup's"
        yield Goal(text, 1, least, at_least=True, why=NO_SLOWER)
        limit = results.ratio(case, "first push", "followup", results.limit(case, "first push"))
        why = "what a real server takes leaves half as much again for planning"
        yield Goal(f"{case}: first push, times the limit", 1.5, limit, before="at most 1.4", why=why)


def goal_table(aims: Iterable[Goal]) -> Iterator[str]:
    yield "\n## What is aimed at\n"
    yield "| | aim | earlier aim | measured | reached | why this much |\n| --- | --- | --- | --- | --- | --- |"
    yield from (goal.row for goal in aims)


def table(title: str, results: Results) -> Iterator[str]:
    """One case as Markdown: per step the ratio to the limit, CPU seconds, peak memory and requests."""
    yield f"\n### {title}\n"
    yield "| | " + " | ".join(STEPS) + " |"
    yield "| --- |" + " --- |" * len(STEPS)
    for name in results.names(title):
        yield f"| {name} | " + " | ".join(cell(title, name, step, results) for step in STEPS) + " |"
    rounds = len(results.costs.get((title, "followup", "first push"), ()))
    yield f"\nRounds: {rounds}. followup beside the fastest peer: " + "; ".join(
        f"{step}: {ratio:.1f}x as fast as {best}"
        for step in STEPS
        if (best := results.best_peer(title, step)) and (ratio := results.ratio(title, step, best))
    )


def cell(title: str, name: str, step: str, results: Results) -> str:
    if stopped := results.stopped.get((title, name, step)):
        return stopped
    limit = results.ratio(title, step, name, results.limit(title, step))
    cpu, peak, requests = (results.of(title, name, step, what) for what in ("cpu", "peak", "requests"))
    if cpu is None:
        return "-"
    times = f"**{limit:.1f}x**" if limit else "?"
    return f"{times} / {cpu:.2f} s CPU / {peak:.0f} MB / {requests:.0f}"
