"""`make bench`: followup beside its peers and beside the limit, in one run; prints a table and writes docs/speed.md.

Every contestant is a whole process in an environment of its own. The limit is a raw client that sends the same bytes
over bare sockets from followup's environment. Rounds are interleaved, so that a busy moment of the machine meets all
alike, and medians are compared. Only ratios, CPU seconds and request counts mean anything beyond this machine. All
traffic stays on loopback. `--quick` tries everything once and small.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import log
from pathlib import Path
from statistics import median

from contestants import HERE, PEERS, ROOT, CannotBeHad, Contestant, Corpus, followup, make_environment, raw

ENVIRONMENTS = ROOT / ".bench"
REPORT = ROOT / "docs" / "speed.md"
NOW = "2027-01-04T09:03:00-05:00"
LOGIN = "Basic YW5uOnNlY3JldA=="
LONGEST = 150
"""Seconds a contestant may take for one step."""
HEADER = ("Id", "Company", "Role", "Contact", "Contact Email", "Status", "Follow-up Date", "Notes")
STEPS = ("first push", "run after it", "no change", "10+5+5")


@dataclass(frozen=True)
class Case:
    """One server and one size. `rounds` of all steps; `again` runs without a change in each."""

    title: str
    server: str
    events: int
    rounds: int
    again: int = 3
    raws: tuple[int, ...] = (1, 8)
    peers: tuple[str, ...] = tuple(PEERS)
    delay: int = 0


FULL = (
    Case("O(1) server, N = 1000", "memory", 1000, 3),
    Case("O(1) server, N = 5000", "memory", 5000, 1, peers=("vdirsyncer",)),
    Case("O(1) server 40 ms away, N = 200", "memory", 200, 3, raws=(1, 8, 16), delay=40),
    Case("Radicale, N = 300", "radicale", 300, 2),
    Case("Xandikos, N = 300", "xandikos", 300, 2),
)
QUICK = (
    Case("O(1) server, N = 100", "memory", 100, 1),
    Case("O(1) server 40 ms away, N = 50", "memory", 50, 1, raws=(1, 16), delay=40),
    Case("Radicale, N = 30", "radicale", 30, 1),
    Case("Xandikos, N = 30", "xandikos", 30, 1),
)


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


# --- servers -------------------------------------------------------------------------------------------------


@dataclass
class Server:
    """A running server. `count` gives the requests since it was last asked."""

    kind: str
    root: str
    home: str
    log: Path | None
    seen: int = 0

    def count(self) -> int:
        if self.log is None:
            with urllib.request.urlopen(f"{self.root}/_report", timeout=10) as answer:
                return int(answer.read().split()[0])
        time.sleep(0.1)  # the log is written after the answer
        lines = len(re.findall(r" request for |\" \d{3} \d+ ", self.log.read_text("utf-8", "replace")))
        new, self.seen = lines - self.seen, lines
        return new

    def make_calendar(self, name: str) -> str:
        url = f"{self.root}{self.home}{name}/"
        body = (
            b'<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>'
            b"<resourcetype><collection/><C:calendar/></resourcetype></prop></set></mkcol>"
        )
        headers = {"Content-Type": "application/xml", "Authorization": LOGIN}
        request = urllib.request.Request(url, body, headers, method="MKCOL")
        urllib.request.urlopen(request, timeout=30).close()
        return url


XANDIKOS = "import logging, sys; logging.getLogger('aiohttp.access').setLevel(logging.INFO); \
logging.getLogger('aiohttp.access').addHandler(logging.FileHandler(sys.argv.pop(1))); \
from xandikos.__main__ import main; import asyncio; sys.exit(asyncio.run(main(sys.argv[1:])))"


@contextmanager
def serve(case: Case, folder: Path) -> Iterator[Server]:
    """The server of a case, in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log_file = None if case.server == "memory" else folder / "log"
    home = {"memory": "/ann/", "radicale": "/ann/", "xandikos": "/ann/calendars/"}[case.server]
    store = folder / "store"
    store.mkdir()
    if case.server == "memory":
        command = [sys.executable, str(HERE / "memory_server.py"), str(port), str(case.delay)]
    elif case.server == "radicale":
        command = [sys.executable, "-m", "radicale", "--config", "", f"--server-hosts=127.0.0.1:{port}"]
        command += ["--auth-type=none", f"--storage-filesystem-folder={store}", "--logging-level=info"]
    else:
        command = [sys.executable, "-c", XANDIKOS, str(log_file), "serve", "--listen-address=127.0.0.1"]
        command += [f"--port={port}", f"--directory={store}", "--current-user-principal=/ann/", "--defaults"]
    with (folder / "output").open("w") as output:
        errors = (folder / "log").open("w") if case.server == "radicale" else output
        process = subprocess.Popen(command, stdout=output, stderr=errors)
        try:
            wait_for(port, process)
            server = Server(case.server, f"http://127.0.0.1:{port}", home, log_file)
            yield server
        finally:
            process.terminate()
            process.wait(20)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            sys.exit("a server of the bench ended by itself")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("a server of the bench did not start")


# --- the work ------------------------------------------------------------------------------------------------


def write_sheet(path: Path, count: int, *, changed: bool) -> None:
    """`count` leads with one follow-up each; changed: 10 with another date, the last 5 gone, 5 new ones."""
    numbers = list(range(count))
    if changed:
        numbers = numbers[:-5] + list(range(count, count + 5))
    note = (
        "met at a meetup in December; they build tools for archives and asked for a sample of work, sent the same day"
    )
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(HEADER)
        for number in numbers:
            firm, role = (f"Firm {number}", "Analyst") if number < count else (f"Studio Q{number}", "Editor")
            contact = f"Ann {number}" + (" Lee" if changed and number < 10 else "")
            mail = f"post@{firm.replace(' ', '').lower()}.example"
            on = date(2027, 1, 5) + timedelta(days=number % count // 25)
            sheet.writerow((f"lead-{number}", firm, role, contact, mail, "", on, note))


def make_corpora(folder: Path, python: Path, count: int) -> tuple[Corpus, Corpus]:
    """Both states of the world: followup writes them once, untimed; everybody else gets these very bytes."""
    case = Case("corpus", "memory", count, 1)
    contestant = followup(python, NOW)
    with serve(case, folder) as server:
        place = folder / "followup"
        place.mkdir()
        contestant.prepare(place, server.make_calendar("corpus"))
        made = []
        for changed in (False, True):
            corpus = Corpus(folder / f"leads-{changed}.csv", folder / f"events-{changed}")
            write_sheet(corpus.sheet, count, changed=changed)
            corpus.events.mkdir()
            contestant.present(place, corpus)
            run_once(contestant.sync(place, "", None, corpus), place)
            for name, text in objects_of(server):
                (corpus.events / name).write_text(text, encoding="utf-8", newline="")
            made.append(corpus)
    return made[0], made[1]


def objects_of(server: Server) -> Iterator[tuple[str, str]]:
    """Everything that lies in the memory server's only calendar."""
    import xml.etree.ElementTree as ET

    request = urllib.request.Request(f"{server.root}/ann/corpus/", b"<query/>", method="REPORT")
    with urllib.request.urlopen(request, timeout=60) as answer:
        for row in ET.fromstring(answer.read()).iter("{DAV:}response"):
            text = row.findtext(".//{urn:ietf:params:xml:ns:caldav}calendar-data") or ""
            yield (row.findtext("{DAV:}href") or "").rpartition("/")[2], text.replace("\n", "\r\n")


def run_once(command: Sequence[str], place: Path) -> Cost:
    """One whole process. Raises `CannotBeHad` if it fails or takes too long."""
    environment = {**os.environ, "BENCH_PASSWORD": "secret", "HOME": str(place), "PYTHONWARNINGS": "ignore"}
    with (place / "output").open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=place, env=environment, stdout=output, stderr=output)
        killed = False
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() - begun > LONGEST:
                process.kill()
                killed = True
            time.sleep(0.002)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if killed:
        raise CannotBeHad(f"stopped after {LONGEST} s")
    if process.returncode:
        last = (place / "output").read_text("utf-8", "replace").strip().splitlines()[-1:] or ["no reason given"]
        raise CannotBeHad(f"died: {last[0][:160]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, 0)


def run_case(case: Case, contestants: Sequence[Contestant], corpora: tuple[Corpus, Corpus], results: Results) -> None:
    """All rounds of a case; in every round the order is another one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serve(case, folder) as server:
            for number in range(case.rounds):
                turned = [*contestants[number % len(contestants) :], *contestants[: number % len(contestants)]]
                places = {one.name: folder / f"{number}-{one.name.replace(' ', '-')}" for one in turned}
                steps = [("first push", None, corpora[0]), ("run after it", corpora[0], corpora[0])]
                steps += [("no change", corpora[0], corpora[0])] * case.again
                steps += [("10+5+5", corpora[0], corpora[1])]
                urls: dict[str, str] = {}
                for step, before, after in steps:
                    for one in turned:
                        take_step(case, server, one, places[one.name], urls, (step, before, after), results)


def take_step(
    case: Case,
    server: Server,
    one: Contestant,
    place: Path,
    urls: dict[str, str],
    what: tuple[str, Corpus | None, Corpus],
    results: Results,
) -> None:
    step, before, after = what
    if any((case.title, one.name, earlier) in results.stopped for earlier in STEPS):
        return
    key = case.title, one.name, step
    try:
        if before is None:
            place.mkdir()
            urls[one.name] = server.make_calendar(place.name)
            one.prepare(place, urls[one.name])
        if before != after:
            one.present(place, after)
        server.count()
        cost = run_once(one.sync(place, urls[one.name], before, after), place)
    except CannotBeHad as error:
        results.stopped[key] = str(error)
        print(f"  {one.name}, {step}: {error}", file=sys.stderr)
        return
    requests = server.count()
    results.costs.setdefault(key, []).append(Cost(cost.wall, cost.cpu, cost.peak, requests))
    print(f"  {one.name:16} {step:12} {cost.wall:7.2f} s {cost.cpu:6.2f} CPU {requests:5} requests", file=sys.stderr)


# --- the report ----------------------------------------------------------------------------------------------


def table(case: Case, names: Sequence[str], results: Results) -> Iterator[str]:
    """One case as Markdown: per step the ratio to the limit, CPU seconds, peak memory and requests."""
    limits = [name for name in names if name.startswith("raw ")]
    peers = [name for name in names if name not in limits and name != "followup"]
    yield f"\n### {case.title}\n"
    yield "| | " + " | ".join(STEPS) + " |"
    yield "| --- |" + " --- |" * len(STEPS)
    for name in names:
        yield f"| {name} | " + " | ".join(cell(case, name, step, limits, results) for step in STEPS) + " |"
    said = []
    for step in STEPS:
        walls = {peer: wall for peer in peers if (wall := results.of(case.title, peer, step, "wall"))}
        ours = results.of(case.title, "followup", step, "wall")
        if ours and walls:
            best = min(walls, key=lambda name: walls[name])
            said.append(f"{step}: {walls[best] / ours:.1f}x as fast as {best}")
    if said:
        yield "\nfollowup beside the fastest peer: " + "; ".join(said) + "."


def cell(case: Case, name: str, step: str, limits: Sequence[str], results: Results) -> str:
    stopped = results.stopped.get((case.title, name, step))
    wall = results.of(case.title, name, step, "wall")
    if stopped or wall is None:
        return stopped or "-"
    best = min(value for limit in limits if (value := results.of(case.title, limit, step, "wall")))
    cpu, peak, requests = (results.of(case.title, name, step, what) or 0 for what in ("cpu", "peak", "requests"))
    return f"**{wall / best:.1f}x** / {cpu:.2f} s CPU / {peak:.0f} MB / {requests:.0f}"


def measure_feed(python: Path, count: int, sample: int) -> Iterator[str]:
    """CPU of a feed of so many events; the libraries write a sample of it and are scaled."""
    costs: dict[str, float] = {}
    for name, package in {"followup": "", "icalendar": "", "ical": "ical", "ics": "ics"}.items():
        size = count if name == "followup" else sample
        try:
            where = make_environment(ENVIRONMENTS / name, package) if package else python
            runs = [
                float(subprocess.check_output([where, HERE / "feed.py", name, str(size)], stderr=subprocess.DEVNULL))
                for _ in range(3)
            ]
            costs[name] = median(runs) * count / size
        except (CannotBeHad, subprocess.CalledProcessError) as error:
            yield f"{name} is left out: {error}\n"
    yield f"| {count} events | CPU | beside followup |\n| --- | --- | --- |"
    for name, cost in costs.items():
        yield f"| {name} | {cost:.1f} s | {cost / costs['followup']:.1f}x |"


def measure_engine(python: Path, sizes: Sequence[int]) -> Iterator[str]:
    """CPU and memory of planning, and how both grow."""
    yield "| leads | as | CPU | per lead | peak | touches |\n| --- | --- | --- | --- | --- | --- |"
    grown: dict[str, list[tuple[int, float, float]]] = {}
    shapes = {"owners of 200": (200, 8), "one sheet, levelling off": (0, 0)}
    for shape, (per_owner, limit) in shapes.items():
        for size in sizes:
            owners = size // per_owner if per_owner else 1
            command = [str(python), str(HERE / "engine.py"), str(size), str(owners), str(limit)]
            try:
                answer = subprocess.run(command, capture_output=True, check=True, timeout=400, text=True).stdout
            except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
                yield f"| {size} | {shape} | {type(error).__name__} | | | |"
                break
            cpu, peak, touches = map(float, answer.split())
            grown.setdefault(shape, []).append((size, cpu, peak))
            each = cpu / size * 1e6
            yield f"| {size} | {shape} | {cpu:.1f} s | {each:.0f} us | {peak:.0f} MB | {touches:.0f} |"
    for shape, points in grown.items():
        if len(points) > 1:
            (small, cpu, peak), (large, more_cpu, more_peak) = points[0], points[-1]
            span = log(large / small)
            yield f"\n{shape}, {small} to {large} leads: time grows with the power {log(more_cpu / cpu) / span:.2f}, "
            yield f"memory with {log(more_peak / peak) / span:.2f}."


def measure_reading(python: Path, rows: int) -> Iterator[str]:
    """CPU of reading a large CSV file into leads, beside csv.DictReader with a pydantic model for each row."""
    answer = subprocess.check_output([python, HERE / "reading.py", "--rows", str(rows)], text=True)
    yield f"{rows} rows of 15 fields: {answer}"


INTRODUCTION = """# Speed

Made by `make bench`: whole processes, medians, everything in one run on one machine and on loopback. Only ratios, CPU
seconds and request counts say something about another machine. **Limit** is a raw client that sends the same bytes over
bare sockets from followup's environment and does nothing else; where it ran with several connections, the fastest
counts. Every cell: wall time as a multiple of the limit / CPU seconds / peak memory / requests counted at the server.

*First push* goes into an empty calendar. *No change* is every later run until something changes: followup proves that
nothing can have changed and asks the calendar one question. *Run after it* is the one run between the two, in which
followup looks at everything once more and keeps that proof. *10+5+5* is 10 events changed, 5 removed, 5 added.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="everything once and small; docs/speed.md is left alone")
    parser.add_argument("--only", default="", help="only cases whose title holds this text; feed; engine; reading")
    options = parser.parse_args()
    cases = [case for case in (QUICK if options.quick else FULL) if options.only.lower() in case.title.lower()]
    ENVIRONMENTS.mkdir(exist_ok=True)
    python = make_environment(ENVIRONMENTS / "followup", "-c", str(ROOT / "constraints.txt"), str(ROOT))
    results = Results()
    peers: dict[str, Contestant] = {}
    for name, open_peer in PEERS.items() if cases else ():
        try:
            peers[name] = open_peer(ENVIRONMENTS)
        except CannotBeHad as error:
            results.absent[name] = str(error)
    written = [INTRODUCTION]
    for case in cases:
        print(case.title, file=sys.stderr)
        contestants = [followup(python, NOW), *(raw(python, number) for number in case.raws)]
        contestants += [peers[name] for name in case.peers if name in peers]
        with tempfile.TemporaryDirectory() as name:
            run_case(case, contestants, make_corpora(Path(name), python, case.events), results)
        written += table(case, [one.name for one in contestants], results)
    written += [f"\n{name} could not be had here: {reason}" for name, reason in results.absent.items()]
    if not options.only or options.only == "feed":
        written += [
            "\n### Writing a feed\n",
            *measure_feed(python, *((3000, 1000) if options.quick else (100_000, 4000))),
        ]
    if not options.only or options.only == "engine":
        sizes = (300, 1000) if options.quick else (1000, 10_000, 100_000)
        written += ["\n### Planning\n", *measure_engine(python, sizes)]
    if not options.only or options.only == "reading":
        written += ["\n### Reading\n", *measure_reading(python, 3000 if options.quick else 100_000)]
    report = "\n".join(written) + "\n"
    print(report)
    if not options.quick and not options.only:
        kept = (
            REPORT.read_text("utf-8").partition("\n## Where a figure is not reached")
            if REPORT.exists()
            else ("", "", "")
        )
        REPORT.write_text(report + "".join(kept[1:]), "utf-8")


if __name__ == "__main__":
    main()
