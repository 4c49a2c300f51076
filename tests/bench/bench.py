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
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log
from pathlib import Path
from statistics import median

from contestants import HERE, PEERS, ROOT, CannotBeHad, Contestant, Corpus, followup, make_environment, raw
from report import INTRODUCTION, STEPS, Cost, Goal, Results, goal_table, goals, table
from serving import Server, serve

ENVIRONMENTS = ROOT / ".bench"
REPORT = ROOT / "docs" / "speed.md"
BY_HAND = "\n## Where a figure is not reached"
NOW = "2027-01-04T09:03:00-05:00"
FEED = "a feed of many is written whole each time"
LINEAR = "twice the leads, twice the time"
COACH = "a coach's 500 seekers in a minute on a small machine"
LONGEST = 150
"""Seconds a contestant may take for one step."""
HEADER = ("Id", "Company", "Role", "Contact", "Contact Email", "Status", "Follow-up Date", "Notes")


@dataclass(frozen=True)
class Case:
    """One server and one size. `rounds` of all steps; `again` runs without a change in each.

    No round but the first begins unless it will end within `seconds`, going by the one before.
    """

    title: str
    server: str
    events: int
    rounds: int
    again: int = 3
    raws: tuple[int, ...] = (1, 8)
    peers: tuple[str, ...] = tuple(PEERS)
    delay: int = 0
    seconds: float = 240


FULL = (
    Case("O(1) server, N = 1000", "memory", 1000, 3, seconds=480),
    Case("O(1) server, N = 5000", "memory", 5000, 1, peers=("vdirsyncer", "calcurse-caldav")),
    Case("O(1) server 40 ms away, N = 200", "memory", 200, 3, raws=(1, 8, 16), delay=40, seconds=100),
    Case("Radicale, N = 300", "radicale", 300, 2, seconds=120),
    Case("Xandikos, N = 300", "xandikos", 300, 2, seconds=120),
)
QUICK = (
    Case("O(1) server, N = 100", "memory", 100, 1),
    Case("O(1) server 40 ms away, N = 50", "memory", 50, 1, raws=(1, 16), delay=40),
    Case("Radicale, N = 30", "radicale", 30, 1),
    Case("Xandikos, N = 30", "xandikos", 30, 1),
)


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
    contestant = followup(python, NOW)
    with serve("memory", folder) as server:
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
    if sys.platform == "win32":
        raise OSError("only POSIX systems tell what a process cost")
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
        with serve(case.server, folder, delay=case.delay) as server:
            begun, longest = time.monotonic(), 0.0
            for number in range(case.rounds):
                started = time.monotonic()
                if number and started - begun + longest > case.seconds:
                    break
                turned = [*contestants[number % len(contestants) :], *contestants[: number % len(contestants)]]
                places = {one.name: folder / f"{number}-{one.name.replace(' ', '-')}" for one in turned}
                steps = [("first push", None, corpora[0]), ("run after it", corpora[0], corpora[0])]
                steps += [("no change", corpora[0], corpora[0])] * case.again
                steps += [("10+5+5", corpora[0], corpora[1])]
                urls: dict[str, str] = {}
                for step, before, after in steps:
                    for one in turned:
                        take_step(case, server, one, places[one.name], urls, (step, before, after), results)
                longest = max(longest, time.monotonic() - started)


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


# --- without a server ----------------------------------------------------------------------------------------


def measure_feed(python: Path, aims: list[Goal], count: int, sample: int) -> Iterator[str]:
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
    ours, others = costs.pop("followup"), [costs[name] for name in ("ical", "ics") if name in costs]
    slow = costs.get("icalendar")
    aims.append(Goal("feed, times as fast as icalendar", 20, slow and slow / ours, at_least=True, why=FEED))
    fast, text = min(others) / ours if others else None, "feed, times as fast as ical and ics"
    why = "texts are cleaned and bounded, ics writes what it is handed"
    aims.append(Goal(text, 6, fast, at_least=True, before="at least 8", why=why))


def measure_engine(python: Path, aims: list[Goal], sizes: Sequence[int]) -> Iterator[str]:
    """CPU and memory of planning, and how both grow."""
    yield "| leads | as | CPU | per lead | peak | touches |\n| --- | --- | --- | --- | --- | --- |"
    grown: dict[str, list[tuple[int, float, float]]] = {}
    shapes = {"owners of 200": (200, 8), "one sheet, levelling off": (0, 0)}
    for shape, (per_owner, limit) in shapes.items():
        for size in sizes:
            owners = size // per_owner if per_owner else 1
            command = [str(python), str(HERE / "engine.py"), str(size), str(owners), str(limit)]
            try:
                answer = subprocess.run(command, capture_output=True, check=True, timeout=200, text=True).stdout
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
            grown_by = ((more_cpu, cpu), (more_peak, peak))
            time_power, memory_power = (log(more / less) / log(large / small) for more, less in grown_by)
            aims.append(
                Goal(f"planning, {shape}: power of time from {small} to {large} leads", 1.1, time_power, why=LINEAR)
            )
            aims.append(Goal(f"planning, {shape}: power of memory", 1.1, memory_power, why=LINEAR))
            aims.append(Goal(f"planning, {shape}: CPU seconds for {large} leads", 60, more_cpu, why=COACH))
            aims.append(Goal(f"planning, {shape}: MB for {large} leads", 2048, more_peak, why=COACH))


def measure_reading(python: Path, rows: int) -> Iterator[str]:
    """CPU of reading a large CSV file into leads, beside csv.DictReader with a pydantic model for each row."""
    try:
        command = [str(python), str(HERE / "reading.py"), "--rows", str(rows)]
        yield f"{rows} rows of 15 fields: {subprocess.check_output(command, text=True, timeout=150)}"
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        yield f"not measured: {type(error).__name__}"


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
    written: list[str] = []
    for case in cases:
        print(case.title, file=sys.stderr)
        contestants = [followup(python, NOW), *(raw(python, number) for number in case.raws)]
        contestants += [peers[name] for name in case.peers if name in peers]
        try:
            with tempfile.TemporaryDirectory() as name:
                run_case(case, contestants, make_corpora(Path(name), python, case.events), results)
            written += table(case.title, results)
        except CannotBeHad as error:
            results.absent[case.title] = str(error)
    written += [f"\n{name} could not be had here: {reason}" for name, reason in results.absent.items()]
    aims = list(goals(results))
    if not options.only or options.only == "feed":
        count, sample = (3000, 1000) if options.quick else (100_000, 4000)
        written += ["\n### Writing a feed\n", *measure_feed(python, aims, count, sample)]
    if not options.only or options.only == "engine":
        sizes = (300, 1000) if options.quick else (1000, 10_000, 100_000)
        written += ["\n### Planning\n", *measure_engine(python, aims, sizes)]
    if not options.only or options.only == "reading":
        written += ["\n### Reading\n", *measure_reading(python, 3000 if options.quick else 100_000)]
    report = "\n".join([INTRODUCTION, *goal_table(aims), *written]) + "\n"
    print(report)
    if not options.quick and not options.only:
        kept = REPORT.read_text("utf-8").partition(BY_HAND) if REPORT.exists() else ("", "", "")
        REPORT.write_text(report + "".join(kept[1:]), "utf-8")


if __name__ == "__main__":
    main()
