"""`followup draft`: the message of an event on the terminal, without a calendar and without a write."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from sync.cli import run_command
from sync.messages.message import MAX_LINK, mail_link

CONFIG = """
owner = "drafttest"
timezone = "America/New_York"
holidays = "US"
{more}
[me]
name = "Ana Lopez"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "{type}"
{where}
[state]
path = "state.sqlite"
"""
CALDAV = {"type": "caldav", "where": 'url = "https://nowhere.example/cal/"'}
ICS = {"type": "ics", "where": 'path = "out.ics"'}
SHEET = (
    "company,role,contact_name,contact_email,applied_on,status,how_known\n"
    "Brightwater Labs,Data analyst,Dana Reed,dana@brightwater.example,2027-01-04,sent,met at a data meetup\n"
    "Brightwater Labs,Buyer,,,2027-01-05,sent,\n"
    "Closed Corp,Clerk,,,2027-01-05,rejected,\n"
)
NOW = ("--now", "2027-01-06T09:00:00-05:00")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "followup.toml").write_text(CONFIG.format(more="", **CALDAV))
    (tmp_path / "leads.csv").write_text(SHEET)
    return tmp_path


def call(folder: Path, *arguments: str) -> int:
    command, *rest = arguments
    now = () if command == "check" else NOW
    return run_command([command, *rest, "--config", str(folder / "followup.toml"), *now])


def drafts(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert call(folder, "draft", *arguments, "--json") == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)["drafts"]
    return found


def test_the_next_message_is_printed_and_nothing_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The calendar of this configuration does not exist: none is asked for."""
    assert call(folder, "draft", "dana", "--no-color") == 0
    out = capsys.readouterr().out
    assert "Subject: Data analyst: my application of 4 January" in out
    assert "\nDear Dana Reed,\n" in out
    assert "To fill in: [a fact, an article, an idea]" in out
    assert sorted(path.name for path in folder.iterdir()) == ["followup.toml", "leads.csv"]


def test_several_leads_in_the_order_of_their_dates(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = drafts(folder, capsys, "bright")
    assert [(draft["date"], draft["lead"]) for draft in found] == [
        ("2027-01-11", "Brightwater Labs, Data analyst"),
        ("2027-01-19", "Brightwater Labs, Buyer"),
    ]
    assert found[1]["address"] is None
    assert found[1]["link"] is None


def test_another_day_of_its_schedule(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [draft] = drafts(folder, capsys, "dana", "--touch", "2027-02-09")
    assert draft["rule"] == "R-001-12"
    assert call(folder, "draft", "dana", "--touch", "2027-02-10") == 2
    assert "no message is planned for that day; there are messages on 2027-01-11, " in capsys.readouterr().err
    assert call(folder, "draft", "dana", "--touch", "soon") == 2
    assert "--touch 'soon' is no date such as 2027-01-11" in capsys.readouterr().err


def test_a_lead_that_needs_no_message_and_one_that_is_not_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(folder, "draft", "closed") == 0
    assert "Closed Corp, Clerk: nothing is to be written" in capsys.readouterr().out
    assert call(folder, "draft", "nobody") == 2
    assert "no lead in the sheet is called 'nobody'" in capsys.readouterr().err


def test_it_is_the_draft_of_the_event(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "followup.toml").write_text(CONFIG.format(more="", **ICS))
    [draft] = drafts(folder, capsys, "dana")
    assert call(folder, "plan", "--json") == 0
    touches = json.loads(capsys.readouterr().out)["schedule"]
    [touch] = [touch for touch in touches if touch["draft"] == draft["draft"]]
    assert touch["subject"] == draft["subject"]
    assert str(draft["draft"]) in touch["description"]
    assert f"Subject: {draft['subject']}" in touch["description"]
    assert all(touch["draft"] and touch["description"] for touch in touches if touch["class"] == "asking")


def test_open_hands_the_very_draft_to_the_mail_program(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def take(link: str) -> bool:
        opened.append(link)
        return True

    monkeypatch.setattr("sync.cli.drafts.open_outside", take)
    [draft] = drafts(folder, capsys, "dana", "--open")
    [link] = opened
    assert link == draft["link"]
    parts = urlsplit(link)
    assert (parts.scheme, unquote(parts.path)) == ("mailto", "dana@brightwater.example")
    headers = parse_qs(parts.query, strict_parsing=True)
    assert headers["subject"] == [draft["subject"]]
    assert headers["body"][0].replace("\r\n", "\n") == draft["draft"]
    assert call(folder, "draft", "buyer", "--open") == 2
    assert "there is no mail with an address to open" in capsys.readouterr().err


def test_without_a_mail_program_one_sentence_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a server `xdg-open` tried six browsers and said so in six lines; nothing of it was a sentence of ours."""
    monkeypatch.setenv("PATH", str(folder))
    assert call(folder, "draft", "dana", "--open") == 0
    said = capsys.readouterr()
    assert (
        said.err == "No mail program could be opened here; copy the message, or take the `link` that --json prints.\n"
    )
    assert "Dear Dana" in said.out


def test_a_link_is_never_too_long_for_a_calendar_program() -> None:
    text = "Grüße, 株式会社 & more: 100 %?\n" * 40
    link = mail_link("a@b.example", "Über", text)
    assert link == "mailto:a@b.example?subject=%C3%9Cber"
    assert len(mail_link("a@b.example", "Über", text[:200])) <= MAX_LINK
    assert mail_link("a@b.example?bcc=x@y.example", "s", "t") == ""
    assert mail_link("not an address", "s", "t") == ""
    message = EmailMessage()
    message["To"] = unquote(urlsplit(link).path)  # a header no line break can get into
    assert message["To"] == "a@b.example"


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ('[draft.R-001-1]\nmial = "x"', "draft.R-001-1.mial: there is no such text; did you mean draft.R-001-1.mail?"),
        ('[draft.move.fact]\nmail = "{compny}"', "there is no {compny}; did you mean {company}?"),
        ('[draft.move.fact]\nmail = "I am just checking in."', "it says “just checking in”"),
    ],
)
@pytest.mark.parametrize("command", ["check", "plan", "draft"])
def test_own_words_that_cannot_be_used(
    folder: Path, capsys: pytest.CaptureFixture[str], own: str, said: str, command: str
) -> None:
    (folder / "followup.toml").write_text(CONFIG.format(more='wording = "my-words.toml"', **ICS))
    (folder / "my-words.toml").write_text(own)
    assert call(folder, command, *(["dana"] if command == "draft" else [])) == 2
    out, err = capsys.readouterr()
    assert said in out + err
    assert "Traceback" not in err


def test_own_words_are_in_the_event(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "followup.toml").write_text(CONFIG.format(more='wording = "my-words.toml"', **ICS))
    (folder / "my-words.toml").write_text('[draft.move.fact]\nmail = "This caught my eye for you: [an article]."')
    [draft] = drafts(folder, capsys, "dana")
    assert "This caught my eye for you: [an article]." in str(draft["draft"])
    assert call(folder, "sync", "--quiet") == 0
    assert "This caught my eye for you" in (folder / "out.ics").read_text().replace("\r\n ", "").replace("\n ", "")


def test_without_drafts_an_event_says_the_rest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quiet = {"type": "ics", "where": 'path = "out.ics"\ndrafts = false'}
    (folder / "followup.toml").write_text(CONFIG.format(more="", **quiet))
    assert call(folder, "sync", "--quiet") == 0
    text = (folder / "out.ics").read_bytes().decode().replace("\r\n ", "")
    assert "Write to Dana Reed (Brightwater Labs) by email." in text
    assert "Dear Dana" not in text
    assert "body=" not in text
    assert drafts(folder, capsys, "dana"), "whoever asks for it gets it all the same"


def test_a_terminal_is_never_obeyed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "leads.csv").write_text(SHEET.replace("Dana Reed", "Da\x1b[31mna \u202eReed"))
    assert call(folder, "draft", "2", "--no-color") == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
