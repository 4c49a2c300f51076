"""What somebody with `language = "de"` sees every day is German: the same screens, with the same facts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.cli import run_command
from sync.texts import load_screens

SHEET = """Firma,Rolle,Ansprechpartner,E-Mail,Beworben am,Status
Brightwater,Analystin,Dana Reed,dana@brightwater.example,2027-01-04,beworben
Copperfield,Lektorin,Cy Moss,cy@copperfield.example,2027-01-05,Gespräch
"""
SETTINGS = """owner = "german"
timezone = "Europe/Berlin"
language = "de"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "followups.ics"
[state]
path = "state.sqlite"
"""
ENGLISH = re.compile(
    r"\b(the|and|to (?:create|keep)|today|tomorrow|due by|late|next|waiting|nothing|in the calendar|tentative|applied|"
    r"plan of|last good run|ago|because|understood|sheet:|calendar:|of ours|kept|created)\b",
    re.IGNORECASE,
)


def test_a_language_without_screens_of_its_own_has_the_english_ones() -> None:
    assert load_screens("xx").texts == load_screens("en").texts


@pytest.fixture
def shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """What a command shows to somebody whose configuration says German."""
    (tmp_path / "leads.csv").write_text(SHEET, "utf-8")
    (tmp_path / "followup.toml").write_text(SETTINGS, "utf-8")

    def show(*arguments: str) -> str:
        command, *more = arguments
        code = run_command([command, *more, "--config", str(tmp_path / "followup.toml")])
        out, err = capsys.readouterr()
        assert code == 0, err
        return out

    return show


def test_plan_sync_agenda_explain_status_and_check_are_german(shown) -> None:  # type: ignore[no-untyped-def]
    now = ("--now", "2027-01-11T08:30:00+01:00")
    planned = shown("plan", *now)
    assert "Plan vom Mo 11. Jan. 2027, 08:30 Uhr, Europe/Berlin" in planned
    assert "anzulegen, 0 zu ändern, 0 zu löschen, 0 bleiben." in planned
    assert re.search(r"\d+ angelegt, 0 geändert, 0 gelöscht, 0 unverändert\.", shown("sync", *now))
    assert "stehen wie geplant im Kalender." in shown("sync", *now)
    agenda = shown("agenda", *now)
    assert agenda.startswith("Heute (") and "Die nächsten 14 Tage (" in agenda
    explained = shown("explain", "Brightwater", *now)
    assert "beworben (“beworben”); beworben Mo 4. Jan. 2027" in explained and "(vorläufig)" in explained
    assert shown("status", "--now", "2027-01-11T10:30:00+01:00").startswith("Letzter guter Lauf: Mo 2027-01-11 ")
    checked = shown("check", *now)
    assert "Tabelle: 2 Einträge, 0 Zeilen ausgelassen." in checked and "Verstanden:" in checked
    for text in (planned, agenda, explained):
        assert not ENGLISH.search(text), text


def test_pause_done_and_undo_answer_in_german(shown) -> None:  # type: ignore[no-untyped-def]
    now = ("--now", "2027-01-11T08:30:00+01:00")
    assert shown("pause") == "Es gibt keine Pause. followup pause VON BIS legt eine an.\n"
    made = shown("pause", "2027-02-01", "2027-02-05", "--reason", "Skifahren", *now)
    assert made.startswith("Pause: Mo 2027-02-01 bis Fr 2027-02-05. Das nächste followup sync verschiebt,")
    assert shown("pause") == "Mo 2027-02-01 bis Fr 2027-02-05 (Skifahren)\n"
    assert shown("pause", "2027-02-01", "--remove").startswith("Herausgenommen: Mo 2027-02-01 bis Fr 2027-02-05 (Ski")
    shown("sync", *now)
    done = shown("done", "Brightwater", *now)
    assert re.fullmatch(
        r"Getan: „.+“ vom (Mo|Di|Mi|Do|Fr) 2027-01-\d\d, am Mo 2027-01-11\.\nDas nächste followup sync .+\n", done
    )
    assert "du hast gesagt, dass „" in shown("plan", *now)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("explain Zork", "kein Eintrag der Tabelle heißt 'Zork'; gib einen Teil von Firma, Stelle, Person oder"),
        ("pause 2027-02-05 2027-02-01", "sie endet am 2027-02-01, bevor sie am 2027-02-05 beginnt; gib den ersten"),
        ("pause morgen", "FROM 'morgen' ist kein Tag; schreib ihn als 2027-01-18"),
        ("pause 2027-02-01 --remove", "am 2027-02-01 beginnt keine Pause; es gibt: keine"),
        ("snooze Brightwater", "sag, auf welchen Tag: followup snooze EINTRAG 2027-01-18"),
        ("snooze Brightwater 2027-01-01", "2027-01-01 ist vorbei; gib heute oder einen späteren Tag an"),
        ("skip r", "'r' sind 2 Einträge; nichts wird geschrieben. Gib die Nummer der Zeile an:"),
        ("undo", "es gibt nichts zurückzuholen: kein Lauf der letzten 30 Tage hat einen Termin"),
    ],
)
def test_what_a_command_cannot_do_is_said_in_german(
    shown: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, said: str
) -> None:
    now = ["--now", "2027-01-11T08:30:00+01:00"]
    shown("sync", *now)
    assert run_command([*command.split(), "--config", str(tmp_path / "followup.toml"), *now]) == 2
    assert capsys.readouterr().err.startswith(f"followup: {said}")


def test_a_sheet_that_is_gone_is_missed_in_german(
    shown: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown("sync", "--now", "2027-01-11T08:30:00+01:00")
    (tmp_path / "leads.csv").unlink()
    settings = str(tmp_path / "followup.toml")
    said = f"es gibt keine Datei {tmp_path / 'leads.csv'}; wurde sie verschoben oder umbenannt? Gib den Namen an, den"
    for command in ("plan", "sync"):
        assert run_command([command, "--config", settings, "--now", "2027-01-11T09:30:00+01:00"]) == 5
        assert capsys.readouterr().err.startswith(f"followup: {said}")
    assert said in shown("status", "--now", "2027-01-11T09:40:00+01:00"), "and it is remembered so"


def test_without_any_settings_the_computer_says_the_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "de_AT.UTF-8")
    assert run_command(["plan"]) == 2
    assert capsys.readouterr().err.startswith("followup: in diesem Ordner gibt es keine followup.toml und bei ")
    assert run_command(["plan", "--config", "nirgends.toml"]) == 2
    assert capsys.readouterr().err == "followup: die Einstellungen nirgends.toml gibt es nicht\n"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert run_command(["plan", "--config", "nowhere.toml"]) == 2
    assert capsys.readouterr().err == "followup: the configuration nowhere.toml does not exist\n"


def test_why_an_event_goes_is_said_in_german(shown: Callable[..., str]) -> None:
    now = ("--now", "2027-01-11T08:30:00+01:00")
    shown("sync", *now)
    assert shown("skip", "Brightwater", *now).startswith("Ausgelassen: „")
    assert "du hast es ausgelassen" in shown("plan", *now)


def test_a_sheet_that_is_empty_of_a_sudden_stops_the_run_in_german(
    shown: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown("sync", "--now", "2027-01-11T08:30:00+01:00")
    (tmp_path / "leads.csv").write_text(SHEET.splitlines()[0] + "\n", "utf-8")
    assert run_command(["sync", "--config", str(tmp_path / "followup.toml"), "--now", "2027-01-11T09:30:00+01:00"]) == 5
    assert capsys.readouterr().err == (
        "followup: die Tabelle hat keine Zeilen, aber der letzte Lauf las 2 Einträge; nichts wurde geändert. "
        "Ist die Suche vorbei, ruf `followup clear` auf\n"
    )
