"""The conversation of `init`, played without a terminal: what is asked, what Enter takes, and how many questions."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from sync.cli.world import Computer
from sync.config import parse_settings
from sync.errors import ConfigError
from sync.models import Leads, Stage, UnclearStatus
from sync.setup.conversation import Options, continue_with, converse, holidays_of_zone, take_me
from sync.setup.questions import MOST_QUESTIONS, Interview, load_phrases
from sync.setup.settings_file import Setup, read_setup, write_settings
from sync.setup.sheets import Understood
from sync.setup.telling import tell_understood

NOW = datetime.fromisoformat("2026-11-25T09:00:00-05:00")


class Script:
    """A screen on which answers are given by the words of the question; Enter where no answer is named."""

    def __init__(self, answers: Sequence[tuple[str, str]]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.lines: list[str] = []

    def tell(self, text: str) -> None:
        self.lines += text.split("\n")

    def read(self, question: str, *, proposal: str, secret: bool) -> str:
        self.asked.append(question)
        assert len(self.asked) < 40, self.text
        self.lines.append(f"{question} [{proposal}]")
        for place, (words, answer) in enumerate(self.answers):
            if words in question:
                del self.answers[place]
                return answer or proposal
        return proposal

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def play(folder: Path, sheet: str, *answers: tuple[str, str], asks: bool = True, **options: str) -> tuple[Script, str]:
    """A whole conversation over this sheet; gives the screen and the settings' text."""
    (folder / "leads.csv").write_text(sheet, "utf-8")
    screen = Script(answers)
    talk = Interview(screen, load_phrases("en"), asks=asks)
    computer = Computer(folder / "followup.toml", NOW)
    given = {"source": str(folder / "leads.csv"), "timezone": "America/New_York", "holidays": "US", "target": "f.ics"}
    agreed = converse(talk, computer, Options(**{**given, **options}), owner="k3x9", language="en")
    assert not screen.answers, f"never asked: {screen.answers}"
    return screen, write_settings(agreed.setup)


def again(folder: Path, text: str, sheet: str, *answers: tuple[str, str]) -> tuple[Script, str]:
    """The conversation that goes on from settings that are there."""
    (folder / "leads.csv").write_text(sheet, "utf-8")
    screen = Script(answers)
    computer = Computer(folder / "followup.toml", NOW)
    setup = read_setup(text, tomllib.loads(text))
    table = computer.read_sheet(computer.profile(setup))
    setup, _ = continue_with(Interview(screen, load_phrases("en"), asks=True), computer, setup, table)
    assert not screen.answers, f"never asked: {screen.answers}"
    return screen, write_settings(setup)


ONE = "company,applied_on\nA,2026-11-20\n"
ODD = [
    "kiwi",
    "frobnish",
    "quuxly",
    "zorkle",
    "blivet",
    "grault",
    "plughing",
    "wibble",
    "snarfed",
    "thudly",
    "fnordish",
    "corge",
]


def test_a_sheet_that_is_clear_asks_next_to_nothing(tmp_path: Path) -> None:
    screen, _ = play(tmp_path, "company,applied_on,status\nAcme,2026-11-20,sent\n")
    assert screen.asked == [
        "Will anybody but you see this file, on the web or in a shared folder (yes or no)",
        "How you sign: name; telephone; a line about you (Enter leaves it out)",
    ]


def test_every_unclear_status_is_asked_about_in_one_list(tmp_path: Path) -> None:
    rows = "".join(f"Firm {n},2026-11-20,{word}\n" for n, word in enumerate(ODD)) + "Last,2026-11-20,kiwi\n"
    screen, text = play(tmp_path, f"company,applied_on,status\n{rows}", ("or correct", "1 rejected, 2 interview"))
    assert sum("or correct" in question for question in screen.asked) == 1
    listed = [line for line in screen.lines if re.match(r"\s+\d+\. .* rows? \(", line)]
    assert len(listed) == len(ODD), "not cut off at eight"
    assert "kiwi" in listed[0], "those of the most rows first"
    statuses = parse_settings(text).source.statuses
    assert statuses["kiwi"] is Stage.REJECTED
    assert list(statuses.values()).count(Stage.INTERVIEW) == 1


def test_a_hundred_unclear_statuses_make_no_more_than_ten_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"Firm {n},2026-11-20,quux {chr(97 + n % 26)}{chr(97 + n // 26)}ish\n" for n in range(100))
    screen, _ = play(tmp_path, f"company,applied_on,status\n{rows}", source="", timezone="", target="")
    assert len(screen.asked) <= MOST_QUESTIONS - 1, "one is left for the timer"


@pytest.mark.parametrize(
    ("answer", "said"),
    [("9 rejected", "9 is not in the list"), ("1 purple", "is none of: idea"), ("a b, c", "a number of the list")],
)
def test_a_correction_that_is_none_is_explained_and_asked_again(answer: str, said: str, tmp_path: Path) -> None:
    sheet = "company,applied_on,status\nAcme,2026-11-20,xyzzy\nBolt,2026-11-20,plugh\n"
    screen, text = play(tmp_path, sheet, ("or correct", answer), ("or correct", "2 Absage"))
    assert said in screen.text
    assert parse_settings(text).source.statuses == {"xyzzy": "rejected"}, "the second of the list, told in German"


@pytest.mark.parametrize(
    "status",
    [
        "ik heb er zelf voor bedankt",
        "Lou says don't call before 12/8, short of staff",
        "lieber Mail, nicht anrufen",
        "nur noch per Mail, bitte nicht anrufen",
        "no budget before 2/1, dont bother them",
        "Lia: ci sentiamo dopo le feste (dal 7/1)",
        "rejected?",
    ],
)
def test_enter_takes_no_guess_that_other_words_may_contradict(status: str, tmp_path: Path) -> None:
    sheet = f'company,applied_on,status\nAcme,2026-11-20,"{status}"\n'
    screen, text = play(tmp_path, sheet)
    assert any("or correct" in question for question in screen.asked)
    assert "its rows wait until you say" in screen.text
    assert parse_settings(text).source.statuses == {}, "a stage is taken where somebody chooses it"


def test_enter_takes_a_guess_that_is_all_there_is(tmp_path: Path) -> None:
    _, text = play(tmp_path, "company,applied_on,status\nAcme,2026-11-20,Declined\n")
    assert parse_settings(text).source.statuses == {"Declined": "rejected"}, "whoever said it, it is over"


def test_no_to_one_of_the_list_takes_its_guess_out(tmp_path: Path) -> None:
    sheet = "company,applied_on,status\nAcme,2026-11-20,xyzzy\nBolt,2026-11-20,sent offer maybe\n"
    screen, text = play(tmp_path, sheet, ("or correct", "1 no, 2 no"))
    assert "is none of" not in screen.text
    assert not parse_settings(text).source.statuses


def test_day_or_month_first_is_asked_with_what_each_would_mean(tmp_path: Path) -> None:
    sheet = "company,applied_on,status\nAcme,09/11/2026,sent\nBolt,02/11/2026,sent\n"
    screen, text = play(tmp_path, sheet, ("the day or the month", "1"))
    assert "the day first: 09/11/2026 is 09 Nov" in screen.text
    assert "the month first: 09/11/2026 is 11 Sep" in screen.text
    assert parse_settings(text).source.date_order == "dmy"
    screen, text = play(tmp_path, sheet)
    assert parse_settings(text).source.date_order == "mdy", "in New York the month first is proposed"


@pytest.mark.parametrize(
    ("zone", "holidays", "proposed"),
    [
        ("Asia/Seoul", "", "mdy"),
        ("Asia/Seoul", "KR", "mdy"),
        ("America/Sao_Paulo", "", "dmy"),
        ("America/Chicago", "", "mdy"),
        ("Europe/London", "GB-ENG", "dmy"),
    ],
)
def test_the_order_proposed_is_that_of_the_country(zone: str, holidays: str, proposed: str, tmp_path: Path) -> None:
    sheet = "company,applied_on,status\nAcme,11/2,sent\nBolt,11/9,sent\n"
    _, text = play(tmp_path, sheet, timezone=zone, holidays=holidays)
    assert parse_settings(text).source.date_order == proposed


def test_without_a_company_the_likeliest_column_is_proposed(tmp_path: Path) -> None:
    sheet = "Zork,applied_on,status\nAcme,2026-11-20,sent\nBolt,2026-11-19,sent\n"
    screen, text = play(tmp_path, sheet)
    assert "Which column names the company (number) [1]" in screen.text
    assert parse_settings(text).source.columns["company"] == "Zork"


def test_a_header_nobody_knows_is_asked_for_by_the_first_row(tmp_path: Path) -> None:
    screen, text = play(tmp_path, "Zork,Blip\nAcme,later\nBolt,soon\n", ("names the company", "1"))
    assert "No row of leads.csv has column names that are known" in screen.text
    assert parse_settings(text).source.columns["company"] == "Zork"


def test_days_below_words_that_nobody_knows_tell_the_header(tmp_path: Path) -> None:
    screen, text = play(tmp_path, "Zork,Blip\nAcme,2026-11-20\nBolt,2026-11-19\n", ("names the company", "1"))
    assert "No row of leads.csv" not in screen.text
    assert parse_settings(text).source.columns["company"] == "Zork"


def test_without_a_person_the_questions_are_shown_with_what_was_taken(tmp_path: Path) -> None:
    screen, text = play(tmp_path, "Zork,applied_on,status\nAcme,2026-11-20,xyzzy\n", asks=False)
    assert screen.asked == []
    assert "Which column names the company (number): 1" in screen.text
    assert parse_settings(text).source.columns["company"] == "Zork"
    assert parse_settings(text).source.statuses == {}, "what has no guess is settled by a person"


def test_going_on_keeps_every_answer_and_asks_only_what_is_new(tmp_path: Path) -> None:
    sheet = "company,applied_on,status\nAcme,2026-11-20,xyzzy\n"
    _, text = play(tmp_path, sheet, ("or correct", "1 rejected"), ("How you sign", "Ann Lee"))
    text = text.replace("[target]", "# mine: keep this\n[target]") + "\n[limits]\ndaily_touches = 3\n"
    screen, same = again(tmp_path, text, sheet)
    assert screen.asked == []
    assert same == text
    screen, new = again(tmp_path, text, sheet + "Bolt,2026-11-20,plugh\n", ("or correct", "1 interview"))
    assert screen.asked == ["Enter leaves them open; or correct it, such as: 1 rejected"]
    settings = parse_settings(new)
    assert settings.source.statuses == {"xyzzy": "rejected", "plugh": "interview"}
    assert (settings.limits.daily_touches, settings.me.name) == (3, "Ann Lee")
    assert "# mine: keep this" in new


ODD_ONES = (
    "Workplace name,Chat partner,Datum xyz,Where we are,Reach via,Pay band,Vibe,Mood\n"
    "Fernhill Clinic,Ann Mori,11/20/2026,applied,ann@fernhill.example,70k,good,late shift\n"
    "Harrow Clinic,Bo Reed,11/18/2026,applied,bo@harrow.example,60k,ok,ward nurse\n"
)


def test_what_is_guessed_is_asked_and_what_is_left_stands_in_one_question(tmp_path: Path) -> None:
    screen, text = play(tmp_path, ODD_ONES, ("Does one of them say", "2"), ("What is 'Mood'", "role"))
    assert [question.partition(" (")[0] for question in screen.asked] == [
        "Will anybody but you see this file, on the web or in a shared folder",
        "What is 'Chat partner'",
        "What is 'Datum xyz'",
        "Does one of them say who, which company, which job, when or how it stands",
        "What is 'Mood'",
        "How you sign: name; telephone; a line about you",
    ]
    assert "1. Vibe   good | ok" in screen.text
    assert "Pay band   " not in screen.text, "that has a reason"
    source = parse_settings(text).source
    assert {"contact_name": "Chat partner", "applied_on": "Datum xyz", "role": "Mood"}.items() <= source.columns.items()
    assert source.not_read == ("Vibe",)


def test_a_no_is_kept_so_that_going_on_asks_only_of_new_columns(tmp_path: Path) -> None:
    _, text = play(tmp_path, ODD_ONES, ("What is 'Datum xyz'", "0"))
    assert parse_settings(text).source.not_read == ("Datum xyz", "Vibe", "Mood")
    assert "applied_on" not in parse_settings(text).source.columns, "another column may say it one day"
    screen, same = again(tmp_path, text, ODD_ONES)
    assert (screen.asked, same) == ([], text)
    more = "\n".join(
        f"{line},{cell}" for line, cell in zip(ODD_ONES.split("\n"), ["Zork", "red box", "oak box"], strict=False)
    )
    screen, new = again(tmp_path, text, more + "\n")
    assert "1. Zork   red box | oak box" in screen.text
    assert parse_settings(new).source.not_read == ("Datum xyz", "Vibe", "Mood", "Zork")


def test_without_a_person_what_is_guessed_is_shown_and_nothing_is_left_out_for_good(tmp_path: Path) -> None:
    screen, text = play(tmp_path, ODD_ONES, asks=False)
    assert screen.asked == []
    assert "What is 'Datum xyz' (number; 0 leaves it out): 1" in screen.text
    assert "(its number; Enter: no): no" in screen.text
    assert parse_settings(text).source.columns["contact_name"] == "Chat partner"
    assert not parse_settings(text).source.not_read


STRANGE = (
    "Zork,Blip,Snarf,Quux,Grault,Wibble,Plugh,Frob,Nib\n"
    "Fernhill Clinic,Ann Mori,11/20/2026,12/3/2026,sent it,night nurse,ann@fernhill.example,good,11/22/2026\n"
    "Harrow Clinic,Bo Reed,11/18/2026,12/4/2026,they said no,ward nurse,bo@harrow.example,ok,11/20/2026\n"
    "Ostrow Home,Cy Lund,11/19/2026,12/9/2026,applied,cook,cy@ostrow.example,hm,11/21/2026\n"
)


def test_of_a_sheet_whose_headers_nobody_knows_enter_reads_who_and_when(tmp_path: Path) -> None:
    screen, text = play(tmp_path, STRANGE)
    assert parse_settings(text).source.columns == {
        "company": "Zork",
        "contact_name": "Blip",
        "applied_on": "Snarf",
        "follow_up_on": "Quux",
    }, "days behind us are an application, days ahead a plan"
    assert "3. Nib   11/22/2026" in screen.text, "days that may be anything stand in the question of what is left"
    assert len(screen.asked) <= MOST_QUESTIONS - 1


def test_who_signs() -> None:
    assert take_me("Ann Lee") == {"name": "Ann Lee"}
    assert take_me("Ann Lee; data analyst; +1 (555) 010-0199") == {
        "name": "Ann Lee",
        "line": "data analyst",
        "phone": "+1 (555) 010-0199",
    }
    assert take_me("  ") == {}
    with pytest.raises(ConfigError, match="too long"):
        take_me("x" * 81)


def test_holidays_come_with_the_zone(tmp_path: Path) -> None:
    assert (holidays_of_zone("Europe/Berlin"), holidays_of_zone("America/New_York")) == ("DE", "US")
    assert holidays_of_zone("Etc/UTC") == ""
    _, text = play(tmp_path, ONE, ("Your time zone", "Europe/Vienna"), timezone="")
    assert (parse_settings(text).timezone, parse_settings(text).holidays) == ("Europe/Vienna", ("AT",))
    _, text = play(tmp_path, ONE, ("Your time zone", "de-by Europe/Berlin"), timezone="")
    assert parse_settings(text).holidays == ("DE-BY",)
    _, text = play(tmp_path, ONE, ("Your time zone", "Europe/Berlin -"), timezone="")
    assert parse_settings(text).holidays == ()


@pytest.mark.parametrize(
    ("given", "zone", "holidays"),
    [
        ("Europe/London GB", "Europe/London", ("GB",)),
        ("Pacific/Auckland NZ", "Pacific/Auckland", ("NZ",)),
        ("NZ Pacific/Auckland", "Pacific/Auckland", ("NZ",)),
        ("Asia/Shanghai PRC", "Asia/Shanghai", ("CN",)),
        ("Asia/Seoul ROK", "Asia/Seoul", ("KR",)),
        ("Europe/Dublin Eire", "Europe/Dublin", ("IE",)),
        ("Asia/Tokyo Japan", "Asia/Tokyo", ("JP",)),
        ("Europe/Berlin GB", "Europe/Berlin", ("GB",)),
        ("UTC GB", "UTC", ("GB",)),
        ("GB", "Europe/London", ("GB",)),
        ("GB -", "Europe/London", ()),
        ("EST", "EST", ()),
    ],
)
def test_a_country_that_is_a_zone_too_keeps_its_holidays(
    tmp_path: Path, given: str, zone: str, holidays: tuple[str, ...]
) -> None:
    """`Europe/London GB` made `GB` the zone and lost every holiday in silence."""
    _, text = play(tmp_path, ONE, ("Your time zone", given), timezone="")
    assert (parse_settings(text).timezone, parse_settings(text).holidays) == (zone, holidays)
    first, _, second = given.partition(" ")
    if "/" in first:
        _, text = play(tmp_path, ONE, timezone=first, holidays=second)
        assert (parse_settings(text).timezone, parse_settings(text).holidays) == (zone, holidays)


def test_a_file_that_others_see_names_nobody(tmp_path: Path) -> None:
    _, text = play(tmp_path, ONE, ("Will anybody but you", "yes"))
    assert parse_settings(text).target.details == "short"


def test_outlook_gets_a_file_to_host(tmp_path: Path) -> None:
    screen, text = play(tmp_path, ONE, target="outlook")
    assert "Outlook takes no events from programs" in screen.text
    assert parse_settings(text).target.details == "short"


@pytest.mark.parametrize("language", ["de"])
def test_other_languages_say_the_same(language: str) -> None:
    english, other = load_phrases("en"), load_phrases(language)
    assert other is not english
    for kind in ("questions", "says"):
        ours, theirs = getattr(english, kind), getattr(other, kind)
        assert ours.keys() == theirs.keys()
        for key, text in ours.items():
            assert placeholders(text) == placeholders(theirs[key]), key
    assert english.meanings.keys() == other.meanings.keys()
    assert english.stages.keys() == other.stages.keys()
    for kind in ("meanings_of_customers", "stages_of_customers"):
        assert getattr(english, kind).keys() == getattr(other, kind).keys()


@pytest.mark.parametrize(("quote", "day"), [(",Angebot raus", ",2026-11-24"), ("", "")])
def test_columns_of_customers_are_asked_about_in_a_sellers_words(quote: str, day: str, tmp_path: Path) -> None:
    """A painter's visits, beside the days of his quotes or alone."""
    sheet = f"Kunde,Was,Besichtigt{quote},Stand\nElm,Flur,2026-11-20{day},\nUlm,Flur,2026-11-21{day},\n"
    screen, _ = play(tmp_path, sheet, ("What is 'Besichtigt'", "1"))
    assert "the day you first wrote or sent the quote" in screen.text
    assert not re.search(r"appl|interview", screen.text)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("Firma,Ansprechpartner,Beworben am,Status", "de"),
        ("Company,Contact,Date applied,Status", "en"),
        ("Entreprise,Contact,Date de candidature,Statut", "en"),  # no words of ours in French yet
    ],
)
def test_events_speak_the_language_of_the_sheet(header: str, language: str, tmp_path: Path) -> None:
    screen, text = play(tmp_path, f"{header}\nAcme,Ute Kern,2026-11-20,\n")
    assert parse_settings(text).language == language
    assert ("in the language of your sheet" in screen.text) is (language != "en")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_day_that_may_be_of_two_years_is_asked_about(tmp_path: Path) -> None:
    sheet = "company,applied_on,status\nAcme,11/27,sent\n"
    screen, text = play(tmp_path, sheet, ("Which year", "last"), ("Which year", "2025"))
    assert "'last' is no year" in screen.text
    assert parse_settings(text).source.year == 2025


def test_what_was_left_is_said_with_its_reason_and_old_rows_are_no_fault(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("company,applied_on,status\nAcme,2024-01-05,sent\nBolt,,sent\n", "utf-8")
    computer = Computer(tmp_path / "followup.toml", NOW)
    keys, table = computer.open_sheet(str(tmp_path / "leads.csv"), "")
    setup = Setup("k3x9", "America/New_York", keys, {"type": "ics", "path": "f.ics"})
    screen = Script([])
    tell_understood(Interview(screen, load_phrases("en"), asks=True), computer.understand(setup, table), [])
    assert "Understood: 1 of 2 rows." in screen.text
    assert "Nothing is due on any of them: 1 with nothing due now." in screen.text
    assert "Left out: leads.csv:3 (the row has no date" in screen.text


def test_why_rows_rest_is_said_for_each_reason(tmp_path: Path) -> None:
    """It said "closed, or their dates lie in the past" where an accepted offer or an unclear word stopped them."""
    (tmp_path / "leads.csv").write_text(
        "company,applied_on,status\nAcme,2026-11-05,accepted\nBolt,2026-11-06,sent\nCrux,2026-11-07,sent\n"
        "Dent,2026-11-07,rejected\n",
        "utf-8",
    )
    computer = Computer(tmp_path / "followup.toml", NOW)
    keys, table = computer.open_sheet(str(tmp_path / "leads.csv"), "")
    setup = Setup("k3x9", "America/New_York", keys, {"type": "ics", "path": "f.ics"})
    screen = Script([])
    tell_understood(Interview(screen, load_phrases("en"), asks=True), computer.understand(setup, table), [])
    why = "2 closed, 2 resting because you took a job (leads.csv:2)"
    assert f"Nothing is due on any of them: {why}." in screen.text


def test_an_example_speaks_of_numbers_that_are_there(tmp_path: Path) -> None:
    one = "Company,Applied,Status\nAcme,2026-11-12,applied\nBolt,2026-11-11,zorp\n"
    screen, _ = play(tmp_path, one)
    assert any("or correct it, such as: 1 rejected" in asked for asked in screen.asked)
    screen, _ = play(tmp_path, f"{one}Crux,2026-11-11,blib\n")
    assert any(asked.endswith("correct some, such as: 2 rejected") for asked in screen.asked)
    unclear = tuple(UnclearStatus(word, ("l:2",), None, (), ("l:2",)) for word in ("zorp", "blib"))
    for words, end in ((unclear[:1], "“zorp” means,"), (unclear, "“zorp”, “blib” mean,")):
        screen = Script([])
        leads = Leads(leads=(), problems=(), unclear=words)
        tell_understood(Interview(screen, load_phrases("en"), asks=True), Understood(leads, ()), [])
        assert f"until you say what {end}" in screen.text


def test_enter_never_ends_the_whole_search(tmp_path: Path) -> None:
    sheet = "Company,Applied,Status\nAcme,2026-11-12,applied\nBolt,2026-11-11,hired!\n"
    screen, text = play(tmp_path, sheet)
    assert "write 1 accepted if it is so" in screen.text
    assert '"hired!" = "accepted"' not in text
    (tmp_path / "said").mkdir()
    _, text = play(tmp_path / "said", sheet, ("or correct", "1 accepted"))
    assert '"hired!" = "accepted"' in text
