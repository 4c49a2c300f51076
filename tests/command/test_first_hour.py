"""The first hour: people with their own sheets, from nothing to the right first event, on a real terminal.

A nurse, an engineer in Munich, a seller. Each answers at most ten questions, edits no file, and loses no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import icalendar
import pytest
from servers import Server, radicale
from terminal import answer_all, followup

NURSE = """Hospital,Position,Date applied,Who I talked to,Phone,Status,Notes
Westbrook Medical,RN Oncology,11/3,Lena Ortiz,+1 555 0171,phone screen 11/30 11am,
Lakeside Clinic,RN,November 10,,,no word yet,
Cedar Hospital,Charge nurse,10/27/26,Tom Reed,,interview done 11/18,
Pine Center,RN,11/17,,,not applying,nights only
Harbor Hospice,RN,3/5,,,rejected :(,
Valley Medical,RN ICU,11/13,Mia Stone,,offer!! 11/20,
"""
ENGINEER = """Firma;Stelle;Bewerbung / Eingang;Nachgefasst am;Absage am;Status
Lindenhof GmbH;Entwickler;10.11.2026;;;Offen
Weidenwerk AG;Konstrukteur;03.11.2026;17.11.2026;;Keine Antwort
Erlenbau;Planer;27.10.2026;;05.11.2026;
Tannenberg;Entwickler;06.11.;;;Vorstellungsgespräch 3.12. um 14 Uhr
"""
SELLER = """Business Name,Phone,Sent Date,Call Attempts,Stage
Riverside Dental,+1 555 0181,11/10/2026,1,Contacted
Hillcrest Vets,+1 555 0182,11/17,,Sent (message)
"""
CUSTOMERS = """Customer,Deal,Who I talk to,Email,Where it's at,Last email I sent,Next call
Harrow Foods,Oven line,Tess Marlow,tess@harrow.example,sent quote,11/16/2026,
Ostrich Logistics,40 scanners,Ines Quade,ines@ostrich.example,demo done,11/18/2026,12/2/2026
Maple Bank,Pilot,Una Voss,una@maple.example,won,11/20/2026,
Tarn Energy,Audit,Vera Holt,vera@tarn.example,lost to competitor,10/20/2026,
Union Freight,Fleet app,Ray Sims,ray@union.example,emailed,11/19/2026,
"""
MOST = 10


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with radicale(tmp_path_factory.mktemp("radicale"), password="secret") as running:
        yield running


def play(folder: Path, now: str, answers: Sequence[tuple[str, str]], **environment: str) -> str:
    """`followup init` by somebody who answers this and presses Enter for the rest; no more than ten questions."""
    screen, asked = answer_all(folder, answers, "--now", now, environment=environment)
    assert asked <= MOST, screen
    return screen


def titles(text: str) -> dict[str, str]:
    """What the calendar shows: title to its day."""
    calendar = icalendar.Calendar.from_ical(text)
    return {str(event["SUMMARY"]): f"{event['DTSTART'].dt:%Y-%m-%d}" for event in calendar.walk("VEVENT")}


def about(shown: dict[str, str], name: str) -> dict[str, str]:
    return {title: day for title, day in shown.items() if name in title}


def listed(server: Server, path: str) -> set[str]:
    answer = server.send("PROPFIND", path, Depth="1")
    return set(re.findall(r"fu-[a-z0-9]+-[0-9a-f]{32}", answer.text))


def test_the_nurse(tmp_path: Path) -> None:
    (tmp_path / "my list.csv").write_text(NURSE)
    screen = play(
        tmp_path,
        "2026-11-25T09:00:00-05:00",
        [
            ("Your sheet", f"'{tmp_path}/my list.csv'"),
            ("Your time zone", "America/New_York"),
            ("Your calendar", ""),
            ("Will anybody but you", ""),
            ("How you sign", "Joan Field; +1 555 0100; RN, six years in cardiac care"),
        ],
    )
    assert "Understood: 6 of 6 rows." in screen
    followup(tmp_path, "sync", "--now", "2026-11-25T09:00:00-05:00")
    shown = titles((tmp_path / "followups.ics").read_text("utf-8"))
    assert "2026-11-27" in about(shown, "Westbrook Medical").values(), "confirm before the screen of Monday"
    assert about(shown, "Lakeside Clinic")
    assert not about(shown, "Pine Center")
    assert not about(shown, "Harbor Hospice")


def test_the_seller(tmp_path: Path) -> None:
    (tmp_path / "prospects.csv").write_text(SELLER)
    screen = play(
        tmp_path,
        "2026-11-25T09:00:00-05:00",
        [
            ("Your sheet", ""),
            ("Your time zone", "America/New_York"),
            ("Your calendar", "15"),
            ("Will anybody but you", ""),
            ("How you sign", ""),
        ],
    )
    assert "Understood: 2 of 2 rows." in screen
    followup(tmp_path, "sync", "--now", "2026-11-25T09:00:00-05:00")
    shown = titles((tmp_path / "followups.ics").read_text("utf-8"))
    assert about(shown, "Riverside Dental")
    assert about(shown, "Hillcrest Vets")


def test_the_seller_with_a_list_of_customers(tmp_path: Path) -> None:
    """Customers are sold to: no event speaks of a job, and one who has bought ends nothing but itself."""
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    screen = play(
        tmp_path,
        "2026-11-27T09:00:00-05:00",
        [
            ("Your sheet", ""),
            ("Your time zone", "America/New_York US"),
            ("Your calendar", "15"),
            ("Will anybody but you", ""),
            ("How you sign", "Sam Poe; ; scanners, ten years of them"),
        ],
    )
    assert "Understood: 5 of 5 rows." in screen
    followup(tmp_path, "sync", "--now", "2026-11-27T09:00:00-05:00")
    text = (tmp_path / "followups.ics").read_text("utf-8")
    shown = titles(text)
    assert about(shown, "Harrow Foods")
    assert about(shown, "Union Freight")
    assert about(shown, "Ostrich Logistics")["Ines Quade, Ostrich Logistics: follow up"] == "2026-12-02"
    assert not about(shown, "Maple Bank")
    assert not about(shown, "Tarn Energy")
    calendar = icalendar.Calendar.from_ical(text)
    said = "\n".join(f"{event['SUMMARY']}\n{event['DESCRIPTION']}" for event in calendar.walk("VEVENT"))
    assert "On Monday 16 November I got in touch with you about how I can help Harrow Foods" in said
    assert not re.findall(r"(?i)\b(appl\w*|position|job|resume|interview|selection|posting)\b", said)


ENGINEERS_ANSWERS = [
    ("Deine Tabelle", "bewerbungen.csv"),
    ("Deine Zeitzone", "Europe/Berlin DE-BY"),
    ("Dein Kalender", "{root}/ann/"),
    ("Dein Name dort", "ann"),
    ("Dein Passwort dort", "secret"),
    ("Welcher Kalender", ""),
]
MUNICH = "2026-11-25T09:00:00+01:00"


def test_the_engineer_in_munich_and_the_engineers_second_computer(server: Server, tmp_path: Path) -> None:
    """A calendar is made for the follow-ups; a second init, and another computer, go on with what lies there."""
    first, second = tmp_path / "first", tmp_path / "second"
    for computer in (first, second):
        computer.mkdir()
        (computer / "bewerbungen.csv").write_text(ENGINEER)
    answers = [(question, answer.format(root=server.root)) for question, answer in ENGINEERS_ANSWERS]
    rest = [("Wo wird das Passwort", ""), ("Wie du unterschreibst", "")]
    screen = play(first, MUNICH, [*answers, *rest], LANG="de_DE.UTF-8")
    assert "Der Kalender 'Follow-ups' ist angelegt." in screen
    assert "Verstanden: 4 von 4 Zeilen." in screen
    for german in ("wird gelesen als", "der Tag der Bewerbung", "Ein anderer Kalender: seine CalDAV", "Klingeln:"):
        assert german in screen
    assert re.search(r"\b(Mo|Di|Mi|Do|Fr|Sa|So) 20\d\d-", screen)
    assert not re.search(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) 20\d\d-", screen)
    for english in ("is read as", "not read", "because", "Another calendar", "Rings:", "your ", "the company"):
        assert english not in screen, english
    followup(first, "sync", "--now", MUNICH)
    home = re.search(r'url = "(.*)"', (first / "followup.toml").read_text("utf-8"))
    assert home
    path = home[1].removeprefix(server.root)
    before = listed(server, path)
    assert before
    shown: dict[str, str] = {}
    for uid in before:
        shown |= titles(server.send("GET", f"{path}{uid}.ics").text)
    assert "2026-12-02" in about(shown, "Tannenberg").values(), "confirm the day before"
    assert about(shown, "Lindenhof")
    assert about(shown, "Weidenwerk")
    assert not about(shown, "Erlenbau"), "they said no"

    (first / "followup.toml").unlink()
    again = [*answers, ("Mit diesen Einträgen weitermachen", ""), *rest]
    screen = play(first, MUNICH, again, LANG="de_DE.UTF-8")
    assert "nichts wird doppelt angelegt" in screen
    followup(first, "sync", "--now", MUNICH)
    assert listed(server, path) == before, "not one event more"

    play(second, MUNICH, again, LANG="de_DE.UTF-8")
    followup(second, "sync", "--now", MUNICH)
    assert listed(server, path) == before, "not one event more from another computer"
