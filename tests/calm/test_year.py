"""A simulated year: cron runs over a sheet that grows, with a user who drags, ticks, deletes and forgets.

Against a real Radicale; the user works in it with another client. Everything is drawn from one seed. A month of it is
in the ordinary tests, the year in `make soak`, which prints its figures.
"""

from __future__ import annotations

import http.client
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from servers import Server, radicale

from connectors import open_state, open_target
from connectors.memory import MemorySource
from connectors.outside import Outside
from sync.config import parse_settings
from sync.memory import Reaction
from sync.messages.library import load_phrases
from sync.messages.message import EDGE, JOINT, Message
from sync.messages.rules import broken_rules
from sync.models import Action, Row, Table, Touch, TouchClass
from sync.moments import day_of
from sync.reconcile.marker_lines import acted_on
from sync.run import Report, run

ZONE = ZoneInfo("America/New_York")
FIRST_DAY = date(2027, 1, 4)
HOURS = (time(8, 5), time(13, 35))
HEADERS = ("company", "role", "contact_name", "contact_email", "applied_on", "status", "last_outbound", "interview_at",
           "follow_up_on", "offer_on")  # fmt: skip
ENDS = ("rejected", "rejected", "no_answer", "withdrawn")
MARKS = ("Late:", "Critical")
NAMING = ("R-000-4", "R-003-6", "triage", "more")
"""Rules of events that name several leads."""
EARLIER = ("my message of", "I wrote to you on", "As I wrote on")
REQUESTS = ("R-001-2", "R-002-1")
"""Rules whose letters ask for something though they are owed."""


@dataclass
class Year:
    """One seeker's year. `rows` is the sheet, by company. Who never `logs` writes nothing down and ticks nothing."""

    server: Server
    folder: Path
    storage: Path
    calendar: str
    logs: bool = True
    draw: Random = field(default_factory=lambda: Random(20270104))
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    requests: list[int] = field(default_factory=list)
    writes: list[int] = field(default_factory=list)
    state_octets: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    deleted: set[str] = field(default_factory=set)
    texts: Counter[str] = field(default_factory=Counter)
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    said: dict[str, tuple[str, Message]] = field(default_factory=dict)
    """The last message of each lead that asked for something, with its touch."""

    def __post_init__(self) -> None:
        self.settings = parse_settings(
            f'owner = "yeartest"\ntimezone = "{ZONE.key}"\nholidays = "US"\n'
            '[source]\ntype = "csv"\npath = "leads.csv"\n'
            f'[target]\ntype = "caldav"\nurl = "{self.calendar}"\nuser = "ann"\n[state]\npath = "state.sqlite"\n'
        )

    # --- the machine ---------------------------------------------------------------------------------------------

    def sync(self, now: datetime, counter: Counter[str]) -> Report:
        """One cron run with everything opened anew, as a process does."""
        before = counter["requests"]
        outside = Outside(self.folder, clock=lambda: now, sleep=lambda _: None, secret=lambda _: "secret")
        lines = [Row(1, HEADERS)]
        lines += [
            Row(number, tuple(row.get(name, "") for name in HEADERS))
            for number, row in enumerate(self.rows.values(), 2)
        ]
        store = open_state(self.settings, outside)
        report = run(
            self.settings,
            source=MemorySource(Table("leads.csv", tuple(lines))),
            target=open_target(self.settings, outside),
            store=store,
            now=now,
            deadline=now + timedelta(minutes=5),
            write=True,
        )
        assert report.exit_code == 0, (now, report.messages)
        self.requests.append(counter["requests"] - before)
        self.writes.append(len(report.plan.writes))
        self._count_texts(report)
        self.state_octets.append((self.folder / "state.sqlite").stat().st_size)
        return report

    def events(self) -> dict[str, Calendar]:
        """What lies in the calendar, by file name, as the server keeps it."""
        place = self.storage / "collection-root" / self.calendar.removeprefix(self.server.root).strip("/")
        return {path.stem: Calendar.from_ical(path.read_bytes()) for path in place.glob("fu-*.ics")}

    # --- the person ----------------------------------------------------------------------------------------------

    def live(self, today: date) -> None:
        """A day of the sheet: applications go out, answers come, most days nothing happens."""
        if today.weekday() < 5 and self.draw.random() < 0.5:
            self.counts["leads"] += 1
            name = f"Firm {self.counts['leads']:03}"
            contact = {"contact_name": f"Kim {name}", "contact_email": f"kim{self.counts['leads']}@firm.example"}
            known = contact if self.draw.random() < 0.6 else {}
            self.rows[name] = {
                "company": name, "role": "Analyst", "applied_on": today.isoformat(), "status": "sent", **known
            }  # fmt: skip
        for row in self.rows.values():
            chance = self.draw.random()
            if row["status"] in ENDS or row["status"] == "accepted":
                continue
            if chance < 0.012:
                row["status"] = self.draw.choice(ENDS)
            elif chance < 0.02 and row["status"] == "sent":
                row["status"] = "interview"
                ahead = today + timedelta(days=self.draw.randint(2, 9))
                row["interview_at"] = f"{ahead} {self.draw.randint(9, 16)}:00"
            elif chance < 0.03 and self.logs:
                row["last_outbound"] = today.isoformat()
            elif chance < 0.034:
                row["follow_up_on"] = (today + timedelta(days=self.draw.randint(1, 12))).isoformat()

    def react(self, today: date) -> None:
        """An evening with the calendar: some follow-ups are done, moved or thrown away; most are forgotten."""
        for name, calendar in sorted(self.events().items()):
            event = calendar.events[0]
            start = event["DTSTART"].dt
            day = start.astimezone(ZONE).date() if isinstance(start, datetime) else start
            summary = str(event["SUMMARY"])
            if not 0 <= (day - today).days <= 3 or summary.startswith(("x ", "followup ")):
                continue
            chance, path = self.draw.random(), f"{self.calendar.removeprefix(self.server.root)}{name}.ics"
            if chance < 0.12 and self.logs:
                event["SUMMARY"] = f"x {summary}"
                self.counts["ticks"] += 1
            elif 0.12 <= chance < 0.18:
                span = timedelta(days=self.draw.randint(1, 5))
                event["DTSTART"].dt += span
                event["DTEND"].dt += span
                self.counts["drags"] += 1
            elif 0.18 <= chance < 0.21:
                assert self.server.send("DELETE", path).status in (200, 204)
                self.deleted.add(name)
                self.counts["deletes"] += 1
                continue
            else:
                continue
            assert self.server.send("PUT", path, calendar.to_ical(), Content_Type="text/calendar").status < 300

    # --- what must hold ------------------------------------------------------------------------------------------

    def check(self, report: Report, today: date) -> None:
        """No duplicate, one late event for a lead, nothing back that was deleted."""
        events = self.events()
        touches = report.memory.touches
        assert events.keys() <= report.memory.events.keys()
        assert not events.keys() & self.deleted
        twins = Counter(
            (touches[uid].lead_key, touches[uid].rule, touches[uid].party, touches[uid].round)
            for uid in events
            if uid in touches
        )
        assert not [key for key, count in twins.items() if count > 1]
        late = Counter(
            known.lead_key
            for uid, calendar in events.items()
            if (known := touches.get(uid)) is not None and known.reaction is not Reaction.DRAGGED
            if str(calendar.events[0]["SUMMARY"]).startswith(MARKS) and _day(calendar) >= today
        )
        assert not [key for key, count in late.items() if count > 1], late
        self._check_over({uid: _day(calendar) for uid, calendar in events.items()}, report, today)
        self._check_shared(report)
        self._check_left_out(report, today)
        self._check_hours(report)
        self.counts["most late at once"] = max(self.counts["most late at once"], sum(late.values()))
        self.check_messages(report, today)

    def _are_apart(self, touch: Touch, before: str, report: Report) -> bool:
        """Whether they do not follow each other: another ask was done between them, or both are one step."""
        touches = report.memory.touches
        if before not in touches or touches[before].round == touch.round:
            return True  # a step that was not done, offered again in its own place or the sheet's, is one message
        if touches[before].reaction is Reaction.DRAGGED and report.memory.events[before].gone:
            return True  # it was not sent on its day, but moved, and taken out before it came
        stood = touches[before].planned
        between = (known for uid, known in touches.items() if uid not in (before, touch.uid))
        return any(
            known.lead_key == touch.lead_key and known.move and known.done_on and stood and known.done_on >= stood
            for known in between
        )

    def check_messages(self, report: Report, today: date) -> None:
        """No message breaks a rule; two that ask in a row share no sentence but greeting and closing."""
        phrases = load_phrases(self.settings.language)
        for touch in report.plan.schedule:
            if not touch.draft or touch.channel != "email" or day_of(touch.start, ZONE) != today:
                continue
            asks = touch.kind in (TouchClass.ASKING, TouchClass.ONCE_EXEMPT)
            message = _read_letter(touch)
            asking = asks or touch.rule in REQUESTS
            assert not [*broken_rules(message, asking=asking, phrases=phrases)], touch.draft
            self.counts["messages"] += 1
            if not asks:
                continue
            before = self.said.get(touch.lead_key)
            if before is not None and before[0] != touch.uid and not self._are_apart(touch, before[0], report):
                assert not set(before[1].sentences) & set(message.sentences), (before[1].text, message.text)
                assert before[1].subject != message.subject
                self.counts["messages in a row"] += 1
            self.said[touch.lead_key] = (touch.uid, message)

    def _check_over(self, days: Mapping[str, date], report: Report, today: date) -> None:
        """What is done, taken as done or missed stands nowhere open beside its successor, and never comes back.

        Only who never logs has asks taken as done, and then no message speaks of an earlier one.
        """
        planned = {touch.uid for touch in report.plan.schedule if touch.published}
        for uid, known in report.memory.touches.items():
            if not known.done_on and not known.missed:
                continue
            assert uid not in planned, known
            moved = known.reaction in (Reaction.TICKED, Reaction.DRAGGED)
            assert moved or uid not in days or days[uid] < today, (today, known)
            asked = known.move and known.assumed
            assert not asked or not self.logs, known
            self.seen["taken as done"] |= {uid} if asked else set()
            self.seen["missed"] |= {uid} if known.missed else set()
        if not self.logs:
            assert not [touch.draft for touch in report.plan.schedule if any(say in touch.draft for say in EARLIER)]

    def _check_shared(self, report: Report) -> None:
        """An event about several leads names each once, and none whose row says stop."""
        for touch in report.plan.schedule:
            named = re.findall(r"^- (Firm \d+)", acted_on(touch.description), re.M) if touch.lead is None else []
            assert len(named) == len(set(named)), touch.description
            known = report.memory.touches.get(touch.uid)
            moved = known is not None and known.reaction is Reaction.DRAGGED  # it stays as the user put it
            if touch.rule in NAMING and touch.published and not moved:
                over = [name for name in named if self.rows[name]["status"] in (*ENDS, "accepted")]
                assert not over or day_of(touch.start, ZONE) <= day_of(report.plan.now, ZONE), touch.description
                self.seen["shared"] |= {touch.uid}

    def _check_left_out(self, report: Report, today: date) -> None:
        """Every lead that is open has something ahead of it, in an event of its own or of several, or a word on why."""
        told = "\n".join(
            f"{touch.lead or ''}\n{acted_on(touch.description) if touch.lead is None else ''}"
            for touch in report.plan.schedule
            if day_of(touch.start, ZONE) >= today
        )
        told += "\n".join(f"{note.lead or ''}\n{note.reason}" for note in report.plan.notes)
        left = [
            name for name, row in self.rows.items() if row["status"] not in (*ENDS, "accepted") and name not in told
        ]
        assert not left, (today, left)

    @staticmethod
    def _check_hours(report: Report) -> None:
        """Nothing of our choosing outside of the hours without a deadline that forces it."""
        for touch in report.plan.schedule:
            ours = touch.published and not touch.pinned and touch.channel != "phone" and touch.rule != "heartbeat"
            if ours and isinstance(touch.start, datetime):
                opens = datetime.combine(touch.start.astimezone(ZONE), time(9), ZONE)
                inside = opens <= touch.start < opens + timedelta(hours=11)
                assert inside or (touch.deadline is not None and touch.deadline <= opens), touch

    def _count_texts(self, report: Report) -> None:
        """How often an event about one lead was written for its text alone."""
        shared = {touch.uid for touch in report.plan.schedule if touch.lead is None}
        for change in report.plan.writes:
            if change.action is Action.UPDATE and set(change.fields) <= {"summary", "description"}:
                self.texts[change.uid] += change.uid not in shared


def _read_letter(touch: Touch) -> Message:
    """The parts of a letter as it stands in an event."""
    greeting, *body, closing = touch.draft.split("\n\n")
    sentences = re.sub(r"(?<=[.?!]) ", JOINT, "\n\n".join(body))
    return Message.of("mail", touch.subject, EDGE.join([greeting, sentences, closing]))


def _day(calendar: Calendar) -> date:
    start = calendar.events[0]["DTSTART"].dt
    return start.astimezone(ZONE).date() if isinstance(start, datetime) else start


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts every request that leaves this process."""
    counter: Counter[str] = Counter()
    send = http.client.HTTPConnection.putrequest

    def counted(self: http.client.HTTPConnection, method: str, url: str, *args: bool, **kwargs: bool) -> None:
        counter["requests"] += 1
        send(self, method, url, *args, **kwargs)

    monkeypatch.setattr(http.client.HTTPConnection, "putrequest", counted)
    return counter


@pytest.fixture
def year(tmp_path: Path) -> Iterator[Year]:
    with radicale(tmp_path / "radicale") as server:
        (tmp_path / "home").mkdir()
        yield Year(server, tmp_path / "home", tmp_path / "radicale", server.make_calendar("year"))


@pytest.mark.parametrize(
    ("days", "logs"),
    [
        pytest.param(30, True, id="a month"),
        pytest.param(30, False, id="a month of somebody who never logs"),
        pytest.param(365, True, id="a year", marks=pytest.mark.soak),
        pytest.param(180, False, id="half a year of somebody who never logs", marks=pytest.mark.soak),
    ],
)
def test_a_year_of_cron_runs(year: Year, requests: Counter[str], days: int, logs: bool) -> None:
    year.logs = logs
    for number in range(days):
        today = FIRST_DAY + timedelta(days=number)
        year.live(today)
        for hour in HOURS:
            report = year.sync(datetime.combine(today, hour, ZONE), requests)
            year.check(report, today)
        year.react(today)
        quiet = datetime.combine(today, time(20), ZONE)
        year.sync(quiet, requests)
        again = year.sync(quiet + timedelta(minutes=15), requests).plan.writes
        assert not again, (today, [(change.summary, change.fields, change.reason) for change in again])
    open_rows = sum(row["status"] not in (*ENDS, "accepted") for row in year.rows.values())
    figures = {
        "days": days, "runs": len(year.writes), "leads": year.counts["leads"], "open at the end": open_rows,
        "ticks": year.counts["ticks"], "drags": year.counts["drags"], "deletes": year.counts["deletes"],
        "events at the end": len(year.events()), "writes": sum(year.writes),
        "runs without a write": sum(count == 0 for count in year.writes),
        "requests in the median run": sorted(year.requests)[len(year.requests) // 2],
        "requests in the busiest run": max(year.requests),
        "events written for their text alone": sum(count > 0 for count in year.texts.values()),
        "most writes for text alone": max(year.texts.values(), default=0),
        "state in kB": max(year.state_octets) // 1000, "most late at once": year.counts["most late at once"],
        "messages": year.counts["messages"], "messages in a row": year.counts["messages in a row"],
        **{what: len(found) for what, found in sorted(year.seen.items())},
    }  # fmt: skip
    print(f"\n{figures}")
    assert year.counts["messages in a row"]
    assert max(year.texts.values(), default=0) <= 1, year.texts.most_common(3)
    assert (year.counts["ticks"] or not logs) and year.counts["drags"] and year.counts["deletes"]
    assert year.seen["shared"] and year.seen["missed" if logs else "taken as done"]
    assert max(count - 2 * writes for count, writes in zip(year.requests, year.writes, strict=True)) <= 10
    # A month of copies for undo, and for each lead about a dozen events of six kB, half of it the text as the server
    # keeps it: it grows with leads, not with time.
    assert max(year.state_octets) < 2_000_000 + 75_000 * year.counts["leads"]
