"""Tables into leads: fields, problems, silent rows, unknown words."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from sync.config import Settings, parse_settings
from sync.errors import ConfigError, SourceError
from sync.models import Asking, CellError, CellValue, Lead, Leads, Person, Row, Stage, Table
from sync.reading.leads import read_leads
from sync.reading.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def settings(source: str = "") -> Settings:
    return parse_settings(
        f"""
        timezone = "Europe/Berlin"
        target = {{type = "ics", path = "out.ics"}}
        [source]
        type = "csv"
        path = "leads.csv"
        {source}
        """
    )


def table(*rows: list[CellValue]) -> Table:
    return Table("leads.csv", tuple(Row(i, tuple(cells)) for i, cells in enumerate(rows, 1)), delimited=True)


def read(*rows: list[CellValue], source: str = "", accepted: dict[str, str] | None = None) -> Leads:
    return read_leads(
        table(*rows), settings=settings(source), vocabulary=VOCABULARY, memory={}, accepted=accepted or {}
    )


def one(**cells: CellValue) -> Lead:
    """The one lead of a sheet with canonical headers; company and applied_on are given."""
    given: dict[str, CellValue] = {"company": "Acme", "applied_on": "2026-09-01"} | cells
    leads = read(list(given), list(given.values()))
    assert not leads.problems, leads.problems
    return leads.leads[0]


@pytest.mark.parametrize(
    ("cells", "field", "expected"),
    [
        ({"role": " Senior  Welder\n"}, "role", "Senior Welder"),
        ({"applied_on": "2026-09-08"}, "applied_on", date(2026, 9, 8)),
        ({"received_at": "2026-09-08"}, "received_at", date(2026, 9, 8)),
        ({"received_at": "2026-09-08 14:30"}, "received_at", datetime(2026, 9, 8, 14, 30, tzinfo=BERLIN)),
        ({"received_at": "2026-09-08T14:30:00Z"}, "received_at", datetime(2026, 9, 8, 14, 30, tzinfo=UTC)),
        (
            {"interview_at": "2026-09-08 14:30", "interview_zone": "America/New_York"},
            "interview_at",
            datetime(2026, 9, 8, 14, 30, tzinfo=NEW_YORK),
        ),
        (
            {"interview_at": "2026-09-08 14:30", "contact_zone": "America/New_York"},
            "interview_at",
            datetime(2026, 9, 8, 14, 30, tzinfo=NEW_YORK),
        ),
        (
            {"interview_at": "2026-09-08T14:30+02:00", "interview_zone": "America/New_York"},
            "interview_at",
            datetime(2026, 9, 8, 12, 30, tzinfo=UTC),
        ),
        (
            {"contact_name": "Ana Ruiz", "contact_email": "ana@acme.example"},
            "contact",
            Person("Ana Ruiz", "ana@acme.example"),
        ),
        ({"contact_email": "Ana <ana@acme.example>"}, "contact", Person("Ana", "ana@acme.example")),
        (
            {"interviewers": "Ana <a@x.example>; Bo\nCy"},
            "interviewers",
            (Person("Ana", "a@x.example"), Person("Bo"), Person("Cy")),
        ),
        ({"follow_ups_done": "2"}, "follow_ups_done", 2),
        ({"follow_ups_done": 2.0}, "follow_ups_done", 2),
        ({"do_not_contact": "x"}, "do_not_contact", True),
        ({"do_not_contact": ""}, "do_not_contact", False),
        ({"do_not_contact": "No"}, "do_not_contact", False),
        ({"do_not_contact": True}, "do_not_contact", True),
        ({"interest": "no"}, "interested", False),
        ({"priority": "high"}, "priority", 1),
        ({"priority": 3}, "priority", 3),
        ({"plan": "later: 2026-10-01"}, "plan_on", date(2026, 10, 1)),
        ({"plan": "research"}, "plan", "research"),
        ({"channel": "E-Mail"}, "channel", "email"),
        ({"last_outbound_channel": "in_person"}, "last_outbound_channel", "in_person"),
        ({"lead_kind": "industry_news"}, "lead_kind", "industry_news"),
        ({"url": "https://acme.example/1"}, "url", "https://acme.example/1"),
        ({"url": "javascript:alert(1)"}, "url", ""),
        ({"url": "https://user:secret@acme.example/"}, "url", ""),
        ({"notes": "one\r\ntwo"}, "notes", "one\ntwo"),
        ({"status": "Interview"}, "stage", Stage.INTERVIEW),
        ({"status": "no_answer"}, "stage", Stage.NO_ANSWER),
        ({"status": "Rejection :("}, "stage", Stage.REJECTED),
        ({"status": "reeejected"}, "stage", Stage.REJECTED),
        ({"status": "🎉 Offer received!"}, "stage", Stage.OFFER),
        ({"status": "已投递"}, "stage", Stage.SENT),
        ({"status": ""}, "stage", Stage.SENT),
        ({"status": "", "applied_on": "", "received_at": "2026-09-01"}, "stage", Stage.IDEA),
    ],
)
def test_cells(cells: dict[str, CellValue], field: str, expected: object) -> None:
    assert getattr(one(**cells), field) == expected


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("applied_on", "yesterday", "names a day, but not its date"),
        ("applied_on", "2026-02-30", "does not exist"),
        ("applied_on", "0202-09-08", "year 0202"),
        ("applied_on", "2025-08", "a month, not a day"),
        ("applied_on", "8-Jul", "has no year"),
        ("applied_on", "8/5/2019 & 8/14/2019", "2 dates, 8/5/2019 and 8/14/2019"),
        ("applied_on", "8/82019", "is not a date"),
        ("applied_on", "9/8/2026", "day or month first"),
        ("applied_on", "#REF!", "spreadsheet's own error"),
        ("applied_on", CellError("#REF!"), "spreadsheet's own error"),
        ("contact_email", "ana at acme", "not a mail address"),
        ("contact_email", "a@x.example, b@x.example", "2 mail addresses"),
        ("contact_phone", "yes", "not a phone number"),
        ("contact_zone", "Mars/Base", "not a time zone"),
        ("interview_zone", "../../etc/passwd", "not a time zone"),
        ("follow_ups_done", "two", "not a number"),
        ("follow_ups_done", "-1", "not a number"),
        ("do_not_contact", "maybe", "neither yes nor no"),
        ("do_not_contact", "?", "neither yes nor no"),
        ("channel", "pigeon", "none of email, phone"),
        ("priority", "7", "none of high"),
        ("plan", "someday", "none of now"),
        ("interviewers", "Ana <nothing>", "not a mail address"),
    ],
)
def test_a_problem_names_one_cell_and_the_row_goes_on(field: str, value: CellValue, reason: str) -> None:
    cells: dict[str, CellValue] = {"company": "Acme", "received_at": "2026-09-01", field: value}
    leads = read(list(cells), list(cells.values()))
    (problem,) = leads.problems
    assert (problem.row, problem.column) == ("leads.csv:2", field)
    assert reason in problem.reason
    assert leads.leads[0].unreadable == {field}
    assert leads.silent_rows == ()


HEAD: list[CellValue] = ["company", "contact_name", "role", "applied_on"]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        pytest.param(["", "", "Welder", "2026-09-01"], "company", "neither a company nor a contact", id="nobody"),
        pytest.param(["Acme", "", "Welder", ""], "applied_on", "no date", id="no-date"),
        pytest.param(["Acme", "", "Welder", "soon"], "applied_on", "is not a date", id="only-date-unreadable"),
        pytest.param(["Acme", "", "Welder", "1", "2"], "applied_on", "5 cells", id="shifted"),
        pytest.param(["<<<<<<< HEAD", "", "", ""], "company", "merge conflict", id="merge-mark"),
    ],
)
def test_a_row_that_says_nothing_is_out_and_named_once(row: list[CellValue], column: str, reason: str) -> None:
    leads = read(HEAD, row, ["Bolt", "", "Welder", "2026-09-01"])
    (problem,) = leads.problems
    assert (problem.row, problem.column) == ("leads.csv:2", column)
    assert reason in problem.reason
    assert [lead.company for lead in leads.leads] == ["Bolt"]


def test_silent_rows_are_listed() -> None:
    assert read(HEAD, ["Acme", "", "", ""]).silent_rows == ("leads.csv:2",)


def test_blank_and_repeated_header_rows_are_no_leads() -> None:
    leads = read([""], HEAD, ["", "", "", ""], HEAD, ["Acme", "", "", "2026-09-01"])
    assert [lead.row for lead in leads.leads] == ["leads.csv:5"]
    assert not leads.problems


def test_rows_alike_in_every_cell_that_is_read_are_one_lead() -> None:
    leads = read(HEAD, ["Acme", "", "Welder", "2026-09-01"], ["Acme", "", "Welder", "2026-09-01"])
    assert len(leads.leads) == 1
    assert "leads.csv:2, leads.csv:3" in leads.notes[0].reason


def test_an_unknown_status_is_listed_once_with_its_rows_and_the_line_that_settles_it() -> None:
    head: list[CellValue] = ["company", "applied_on", "received_at", "status"]
    leads = read(
        head,
        ["Acme", "2026-09-01", "", 'The "usual" way'],
        ["Bolt", "", "2026-09-01", 'The "usual" way'],
        ["C", "2026-09-01", "", "Sent"],
    )
    (note,) = leads.notes
    assert "leads.csv:2, leads.csv:3" in note.reason
    assert '"The \\"usual\\" way" = "STAGE", with STAGE one of idea, sent' in note.reason
    (unclear,) = leads.unclear
    assert (unclear.guess, unclear.rows, unclear.waiting) == (None, ("leads.csv:2", "leads.csv:3"), unclear.rows)
    assert [(lead.stage, lead.stage_known) for lead in leads.leads] == [
        (Stage.SENT, False),
        (Stage.IDEA, False),
        (Stage.SENT, True),
    ]


@pytest.mark.parametrize("word", ["Declined", "Accepted", "Closed", "Offer accepted", "rejected?", "offer declined?"])
def test_a_word_with_two_meanings_is_never_guessed(word: str) -> None:
    lead = one(status=word)
    assert (lead.stage_known, lead.asking) == (False, Asking.NONE)


def test_two_status_columns_that_contradict_each_other_are_said() -> None:
    head: list[CellValue] = ["Company", "Date applied", "Status", "Result"]
    leads = read(head, ["Acme", "2026-09-01", "Withdrawn", "Rejected"], ["Bolt", "2026-09-01", "Applied", "Rejected"])
    assert [lead.stage for lead in leads.leads] == [Stage.WITHDRAWN, Stage.REJECTED]
    (note,) = leads.notes
    assert note.row == "leads.csv:2"
    assert "contradict" in note.reason


def test_the_users_own_status_words_win() -> None:
    leads = read(
        ["company", "applied_on", "status"],
        ["Acme", "2026-09-01", "Ghosted :("],
        ["Bolt", "2026-09-01", "closed"],
        source='statuses = {"Ghosted :(" = "on_hold", "Closed" = "rejected"}',
    )
    assert [lead.stage for lead in leads.leads] == [Stage.ON_HOLD, Stage.REJECTED]
    assert not leads.notes


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(
            ["9/8/2026", "25/8/2026"], [date(2026, 8, 9), date(2026, 8, 25)], id="one-member-proves-day-first"
        ),
        pytest.param(
            ["9/8/2026", "8/25/2026"], [date(2026, 9, 8), date(2026, 8, 25)], id="one-member-proves-month-first"
        ),
        pytest.param(["9.8.2026", "2026-12-21"], [date(2026, 8, 9), date(2026, 12, 21)], id="dots-are-day-first"),
        pytest.param(["9/9/2026"], [date(2026, 9, 9)], id="same-either-way"),
    ],
)
def test_a_column_decides_its_order_once(texts: list[str], expected: list[date]) -> None:
    rows: list[list[CellValue]] = [[f"Acme {i}", text] for i, text in enumerate(texts)]
    leads = read(["company", "applied_on"], *rows)
    assert [lead.applied_on for lead in leads.leads] == expected


def test_date_order_can_be_set() -> None:
    for order, day in (("dmy", date(2026, 8, 9)), ("mdy", date(2026, 9, 8))):
        leads = read(["company", "applied_on"], ["Acme", "9/8/2026"], source=f'date_order = "{order}"')
        assert leads.leads[0].applied_on == day


def test_a_column_that_proves_both_orders_reads_only_what_is_clear() -> None:
    leads = read(["company", "applied_on"], ["A", "25/8/2026"], ["B", "8/25/2026"], ["C", "9/8/2026"])
    assert [lead.applied_on for lead in leads.leads] == [date(2026, 8, 25), date(2026, 8, 25)]
    assert "the column has both" in leads.problems[0].reason


def test_an_hour_in_the_gap_moves_forward_and_in_the_fold_is_the_first() -> None:
    for text, hour in (("2026-03-29 02:30", 1), ("2026-10-25 02:30", 0)):
        moment = one(interview_at=text).interview_at
        assert isinstance(moment, datetime)
        assert moment.astimezone(UTC).strftime("%H:%M") == f"0{hour}:30"


def test_a_chosen_column_wins() -> None:
    leads = read(
        ["company", "Firm we want", "applied_on"],
        ["x", "Acme", "2026-09-01"],
        source='columns = {company = "Firm we want"}',
    )
    assert leads.leads[0].company == "Acme"


@pytest.mark.parametrize(
    ("source", "accepted", "sentence"),
    [
        ('columns = {applied_on = "Aplied"}', {}, "no column 'Aplied' for applied_on; the nearest is 'Applied'"),
        ('columns = {aplied_on = "Applied"}', {}, "did you mean 'applied_on'"),
        ("", {"applied_on": "Date applied"}, "no column 'Date applied' for applied_on"),
    ],
)
def test_a_missing_column_stops_the_run(source: str, accepted: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        read(["Company", "Applied", "Status"], ["Acme", "2026-09-01", "sent"], source=source, accepted=accepted)


def test_an_accepted_guess_never_changes_by_itself() -> None:
    head: list[CellValue] = ["Employer", "Company", "Date applied"]
    leads = read(head, ["Acme", "Holding", "2026-09-01"], accepted={"company": "Employer"})
    assert leads.leads[0].company == "Acme"


def test_a_column_given_to_another_field_is_no_longer_the_first_ones() -> None:
    leads = read(
        ["Company", "Date"],
        ["Acme", "2026-09-01"],
        source='columns = {received_at = "Date"}',
        accepted={"applied_on": "Date"},
    )
    assert leads.mapped == {"company": "Company", "received_at": "Date"}


def test_a_column_can_be_given_up() -> None:
    leads = read(
        ["Company", "Date found"],
        ["Acme", "2026-09-01"],
        source='columns = {applied_on = ""}',
        accepted={"applied_on": "x"},
    )
    assert "applied_on" not in leads.mapped


def test_a_sheet_without_headers_is_a_matter_of_configuration() -> None:
    with pytest.raises(ConfigError, match="no header row"):
        read(["a", "b"], ["1", "2"])


def test_a_row_without_a_date_names_the_column_full_of_dates_that_is_not_read() -> None:
    leads = read(
        ["Company", "Started", "Ended", "Status"],
        ["Acme", "2026-09-01", "2026-09-02", "sent"],
        ["Bolt", "2026-09-03", "2026-09-04", "sent"],
    )
    assert all("'Started' is full of dates" in problem.reason for problem in leads.problems)
    assert len(leads.problems) == 2


def test_an_empty_table_has_no_leads() -> None:
    assert read().leads == ()


@pytest.mark.parametrize(
    ("zone", "cell", "noted"),
    [
        pytest.param("America/New_York", datetime(2026, 9, 8, 14, 30), True, id="another zone and a time"),
        pytest.param("America/New_York", date(2026, 9, 8), False, id="another zone but only days"),
        pytest.param("Europe/Berlin", datetime(2026, 9, 8, 14, 30), False, id="the seeker's own zone"),
        pytest.param(None, datetime(2026, 9, 8, 14, 30), False, id="a source without zones"),
    ],
)
def test_a_sheet_with_another_zone_is_noted_where_it_matters(zone: str | None, cell: CellValue, noted: bool) -> None:
    sheet = replace(table(["company", "interview_at"], ["Acme", cell]), zone=zone)
    leads = read_leads(sheet, settings=settings(), vocabulary=VOCABULARY, memory={})
    assert any("time zone America/New_York, you to Europe/Berlin" in note.reason for note in leads.notes) is noted


def test_what_python_takes_for_one_key_are_still_different_cells() -> None:
    rows: list[list[CellValue]] = [[cell, "2026-09-01"] for cell in (1.0, True)]
    assert [lead.company for lead in read(["company", "applied_on"], *rows).leads] == ["1", "yes"]


def test_a_lead_is_frozen_once_it_is_made() -> None:
    lead = one()
    assert type(lead) is Lead
    assert lead == replace(lead)
    with pytest.raises(AttributeError, match="immutable"):
        lead.company = "Bolt"  # type: ignore[misc]


TODAY = date(2026, 11, 25)


def read_today(*rows: list[CellValue], source: str = "", locale: str = "") -> Leads:
    given = replace(table(*rows), locale=locale)
    return read_leads(given, settings=settings(source), vocabulary=VOCABULARY, memory={}, today=TODAY)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param("final round 12/3", date(2026, 12, 3), id="12 of 3 rounds there are not"),
        pytest.param("interview round 2/3", None, id="the second of three"),
        pytest.param("Thu 12/3 phone interview 2pm", datetime(2026, 12, 3, 14, tzinfo=BERLIN), id="the hour apart"),
        pytest.param("interview 12/3 10:00 (London)", datetime(2026, 12, 3, 11, tzinfo=BERLIN), id="its zone"),
        pytest.param("call again 12/9", None, id="no meeting"),
        pytest.param("closes 12/9", None, id="a deadline"),
    ],
)
def test_the_day_of_an_interview_in_a_status(status: str, expected: object) -> None:
    leads = read_today(["Company", "Date applied", "Status"], ["Acme", "11/16/2026", status])
    assert leads.leads[0].interview_at == expected


@pytest.mark.parametrize(
    "status",
    [
        "waiting until 12/15",
        "will hear back by 12/15",
        "czekam na decyzję do 15.12",
        "warte bis 15.12.",
        "besked senast 15/12",
    ],
)
def test_a_day_that_somebody_waits_for_holds_the_next_question_back(status: str) -> None:
    leads = read_today(["Company", "Date applied", "Status"], ["Acme", "2026-11-16", status])
    assert not leads.problems
    assert leads.leads[0].they_decide_by == date(2026, 12, 15)


def test_phones_and_mails_in_one_column_are_told_apart() -> None:
    leads = read_today(
        ["Company", "Date applied", "Contact", "Phone/email"],
        ["Acme", "2026-11-16", "Ann Lee", "+1 555 010 0101"],
        ["Bolt", "2026-11-16", "Bo Lind", "bo@bolt.example"],
    )
    assert not leads.problems
    assert [(lead.contact.phone, lead.contact.email) for lead in leads.leads] == [
        ("+1 555 010 0101", ""),
        ("", "bo@bolt.example"),
    ]


def test_the_address_of_the_recruiter_is_not_that_of_the_manager() -> None:
    leads = read_today(
        ["Company", "Date applied", "Hiring manager", "Recruiter email"],
        ["Acme", "2026-11-16", "Ann Lee", "jobs@acme.example"],
    )
    assert (leads.leads[0].contact.name, leads.leads[0].contact.email) == ("Ann Lee", "")
    assert any("another person's" in str(note) for note in leads.notes)


def test_the_first_column_is_proposed_as_the_firm_where_no_other_is() -> None:
    leads = read_today(
        ["Ateliér", "Contact", "Date applied", "Status"],
        ["Acme", "Ann Lee", "2026-11-16", "applied"],
        ["Bolt", "Jo Park", "2026-11-9", "applied"],
    )
    assert [(lead.company, lead.contact.name) for lead in leads.leads] == [("", "Ann Lee"), ("", "Jo Park")]
    assert any('company = "Ateliér"' in note.reason for note in leads.notes)


def test_no_answer_to_a_call_of_last_week_ends_nothing() -> None:
    leads = read_today(
        ["Account", "Buyer", "Last touch", "Next call", "Stage"], ["Acme", "Jo Hart", "11/17", "12/4", "left voicemail"]
    )
    assert (leads.leads[0].stage, leads.leads[0].follow_up_on) == (Stage.SENT, date(2026, 12, 4))


def test_a_german_thursday_is_no_polish_until() -> None:
    leads = read_today(["Firma", "Beworben am", "Status"], ["Acme", "16.11.2026", "Interview Do 3.12. 10 Uhr"])
    assert leads.leads[0].interview_at == datetime(2026, 12, 3, 10, tzinfo=BERLIN)


def test_two_interviews_in_one_status_are_rounds() -> None:
    leads = read_today(["Company", "Date applied", "Status"], ["Acme", "11/16/2026", "phone screen 12/3, onsite 12/10"])
    lead = leads.leads[0]
    assert lead.interview_at == date(2026, 12, 10)
    assert [one.at for one in lead.earlier_rounds] == [date(2026, 12, 3)]


def test_a_day_in_a_status_tells_the_order_of_the_columns_of_dates() -> None:
    """No date of the column tells it, but there is no fifteenth month."""
    leads = read_today(
        ["Company", "Date applied", "Status"],
        ["Acme", "11/10/2026", "applied"],
        ["Bolt", "11/9/2026", "waiting until 12/15"],
    )
    assert [lead.applied_on for lead in leads.leads] == [date(2026, 11, 10), date(2026, 11, 9)]


def test_beside_japanese_words_the_month_comes_first() -> None:
    leads = read_today(["会社名", "応募日", "状況"], ["Acme", "16/11/2026", "一次面接 12/2"])
    assert leads.leads[0].interview_at == date(2026, 12, 2)


def test_a_day_inside_a_status_is_the_fact_it_stands_with() -> None:
    leads = read_today(
        ["Company", "Date applied", "Status"],
        ["Acme", "11/16/2026", "phone screen 11/30 10am"],
        ["Bolt", "10/26/2026", "interview done 11/19"],
        ["Core", "11/12/2026", "offer!! 11/23"],
        ["Dorn", "11/2/2026", "followed up 11/16"],
        ["Elm", "11/2/2026", "decision by 12/4"],
    )
    assert not leads.problems
    facts = [(x.interview_at, x.offer_on, x.last_outbound, x.they_decide_by, x.stage) for x in leads.leads]
    assert facts == [
        (datetime(2026, 11, 30, 10, tzinfo=BERLIN), None, None, None, Stage.INTERVIEW),
        (date(2026, 11, 19), None, None, None, Stage.INTERVIEW),
        (None, date(2026, 11, 23), None, None, Stage.OFFER),
        (None, None, date(2026, 11, 16), None, Stage.SENT),
        (None, None, None, date(2026, 12, 4), Stage.SENT),
    ]


def test_a_day_inside_a_status_that_can_be_two_days_is_a_problem_of_that_fact() -> None:
    leads = read_today(["Company", "Date applied", "Status"], ["Acme", "2026-11-02", "interview 12/3"])
    (problem,) = leads.problems
    assert (problem.column, problem.value) == ("Status", "interview 12/3")
    assert "day or month first" in problem.reason
    assert leads.leads[0].unreadable == {"interview_at"}


@pytest.mark.parametrize(
    "text", ["interview cancelled 3 Dec 2026", "answer before 3 Dec 2026", "no interview 3 Dec 2026"]
)
def test_a_word_before_a_day_is_not_thrown_away(text: str) -> None:
    leads = read_today(["Company", "Date applied", "Status"], ["Acme", "2026-11-02", text])
    assert leads.leads[0].interview_at is None


@pytest.mark.parametrize(("applied", "stage"), [("2026-11-02", Stage.SENT), ("2026-03-02", Stage.NO_ANSWER)])
def test_no_answer_closes_old_applications_only(applied: str, stage: Stage) -> None:
    leads = read_today(["Company", "Date applied", "Status"], ["Acme", applied, "Keine Antwort"])
    assert leads.leads[0].stage is stage


def test_accepted_is_a_stage_only_among_our_own_words() -> None:
    head: list[CellValue] = ["company", "applied_on", "status"]
    ours = read_today(head, ["Acme", "2026-11-02", "accepted"], ["Bolt", "2026-11-02", "no_answer"])
    assert [lead.stage for lead in ours.leads] == [Stage.ACCEPTED, Stage.NO_ANSWER]
    mixed = read_today(head, ["Acme", "2026-11-02", "accepted"], ["Bolt", "2026-11-02", "Ghosted"])
    assert (mixed.leads[0].stage, mixed.leads[0].asking) == (Stage.SENT, Asking.NONE)


def test_years_are_said_once_per_column_and_the_future_is_asked_about() -> None:
    leads = read_today(["Company", "Date applied"], ["Acme", "11/16"], ["Bolt", "November 9"], ["Core", "2026-12-24"])
    assert [lead.applied_on for lead in leads.leads] == [date(2026, 11, 16), date(2026, 11, 9), date(2026, 12, 24)]
    said = [note.reason for note in leads.notes]
    assert "2 days without a year, read as 2026" in said[0]
    assert said[1] == "2026-12-24, the day of the application, is still to come: is that right?"


def test_rows_with_nothing_but_check_boxes_and_zeros_are_empty() -> None:
    leads = read_today(
        ["Company", "Date applied", "Replied", "Days"],
        ["Acme", "2026-11-16", "FALSE", "9"],
        ["", "", "FALSE", "0"],
        ["", "", False, 0],
        ["n/a", "-", "TRUE", "0.00"],
    )
    assert [lead.company for lead in leads.leads] == ["Acme"]
    assert not leads.problems


@pytest.mark.parametrize("text", ['In "limbo" \\ way', "no 'way' \x7f here", "ünïcode ✓ way", "[source] # way"])
def test_the_line_that_settles_a_status_is_toml_for_any_text(text: str) -> None:
    leads = read_today(["company", "applied_on", "status"], ["Acme", "2026-11-02", text])
    (note,) = leads.notes
    line = note.reason.partition("[source.statuses]: ")[2].partition(", with STAGE")[0]
    assert list(tomllib.loads(line)) == [leads.unclear[0].text]


@pytest.mark.parametrize(
    ("applied", "interview", "expected"),
    [
        pytest.param("09/11/2026", "03/12/2026", (date(2026, 11, 9), date(2026, 12, 3)), id="interview after it"),
        pytest.param("11/12/2026", "", (date(2026, 11, 12), None), id="not in the future"),
    ],
)
def test_an_order_that_no_cell_proves_is_the_one_that_makes_sense_and_is_said(
    applied: str, interview: str, expected: tuple[date | None, date | None]
) -> None:
    leads = read_today(["Company", "Date applied", "Interview date"], ["Acme", applied, interview])
    assert (leads.leads[0].applied_on, leads.leads[0].interview_at) == expected
    assert "date_order = " in leads.notes[0].reason


def test_an_order_that_makes_sense_either_way_stays_a_problem() -> None:
    assert "day or month first" in read_today(["Company", "Date applied"], ["Acme", "9/8/2026"]).problems[0].reason


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        pytest.param("en_US", date(2026, 9, 8), id="month first"),
        pytest.param("en_GB", date(2026, 8, 9), id="day first"),
        pytest.param("de", date(2026, 8, 9), id="a language alone"),
        pytest.param("en_CA", None, id="both are usual there"),
        pytest.param("ja_JP", None, id="the year comes first there"),
        pytest.param("?", None, id="no locale at all"),
    ],
)
def test_the_locale_of_the_sheet_settles_day_and_month(locale: str, expected: date | None) -> None:
    leads = read_today(["Company", "Date applied"], ["Acme", "9/8/2026"], locale=locale)
    assert [lead.applied_on for lead in leads.leads] == ([expected] if expected else [])
    said = [note.reason for note in leads.notes if "date_order" in note.reason]
    assert len(said) == (expected is not None)
    assert all(f"as the locale of the sheet ({locale}) has them" in reason for reason in said)


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        pytest.param("Date applied", ("9/8/2026", "25/8/2026"), date(2026, 8, 9), id="a cell proves another order"),
        pytest.param("Datum der Bewerbung", ("9/8/2026",), None, id="the language of the headers has another"),
        pytest.param("Date applied", ("12/10/2026",), None, id="a day would lie in the future"),
    ],
)
def test_a_locale_that_something_speaks_against_settles_nothing(
    header: str, cells: tuple[str, ...], expected: date | None
) -> None:
    company = "Firma" if "Bewerbung" in header else "Company"
    leads = read_today([company, header], *[list[CellValue](["Acme", cell]) for cell in cells], locale="en_US")
    assert [lead.applied_on for lead in leads.leads][:1] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("company", "header", "expected"),
    [
        pytest.param("会社名", "応募日", date(2026, 11, 2), id="Japanese"),
        pytest.param("公司", "投递日期", date(2026, 11, 2), id="Chinese"),
        pytest.param("회사", "지원일", date(2026, 11, 2), id="Korean"),
        pytest.param("Företag", "Ansökan skickad", date(2026, 2, 11), id="Swedish"),
        pytest.param("Entreprise", "Date d'envoi", date(2026, 2, 11), id="French"),
        pytest.param("Company", "Date applied", None, id="English is asked"),
    ],
)
def test_a_day_without_its_year_goes_by_the_language_of_the_headers(
    company: str, header: str, expected: date | None
) -> None:
    leads = read_today([company, header], ["Acme", "11/2"], ["Bolt", "11/9"])
    assert [lead.applied_on for lead in leads.leads][:1] == ([expected] if expected else [])


def test_a_header_that_is_an_error_is_named() -> None:
    rows: list[list[CellValue]] = [["Company", CellError("#REF!"), "Status"], ["Acme", date(2026, 11, 2), "Applied"]]
    said = [note.reason for note in read_today(*rows).notes]
    assert "the header in B1 is the spreadsheet's own error #REF!: the column is not read" in said
    with pytest.raises(ConfigError, match=r"no column 'Date applied' for applied_on.*header in B1 is .* error #REF!"):
        read_today(*rows, source='[source.columns]\napplied_on = "Date applied"')


@pytest.mark.parametrize("header", [CellError("Loading..."), "Loading..."])
def test_a_header_that_is_still_computed_is_read_by_the_next_run(header: CellValue) -> None:
    with pytest.raises(SourceError, match="the header of column C is a formula that is still being computed"):
        read_today(["My jobs"], ["Company", "Date applied", header], ["Acme", "2026-11-02", "sent"])


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        pytest.param("Applied, Zap", Stage.ON_HOLD, id="a word of one's own among the choices"),
        pytest.param("Zap, Rejected", Stage.REJECTED, id="what ends it decides"),
        pytest.param("Zap; Applied; Interview", Stage.ON_HOLD, id="the last of them"),
        pytest.param("Applied, Phone Screen", Stage.INTERVIEW, id="no word of one's own"),
    ],
)
def test_several_choices_in_one_status_cell_are_read_by_their_parts(text: str, stage: Stage) -> None:
    leads = read_today(
        ["Company", "Date applied", "Status"], ["Acme", "2026-11-16", text], source='[source.statuses]\nZap = "on_hold"'
    )
    assert leads.leads[0].stage is stage
    assert not leads.unclear


def test_several_choices_in_a_cell_of_one_word_are_the_first() -> None:
    leads = read_today(["company", "applied_on", "channel"], ["Acme", "2026-11-16", "LinkedIn, Email"])
    assert (leads.leads[0].channel, leads.problems) == ("linkedin", ())


def test_a_row_that_names_no_firm_is_called_by_what_there_is() -> None:
    """No title begins with a comma."""
    leads = read_today(
        ["Position", "Date applied", "Phone"],
        ["Waiter", "2026-11-16", "+1 212 555 0100"],
        source='columns = { company = "" }',
    )
    assert leads.leads[0].label == "Waiter"


def test_a_number_behind_a_name_is_theirs() -> None:
    leads = read_today(
        ["Company", "Date applied", "Contact"],
        ["Acme", "2026-11-16", "Eva Lind 070-111 22 33"],
        ["Bolt", "2026-11-16", "Bo Lind <bo@bolt.example>"],
        ["Core", "2026-11-16", "Team 42"],
    )
    people = [lead.contact for lead in leads.leads]
    assert [(one.name, one.phone, one.email) for one in people] == [
        ("Eva Lind", "070-111 22 33", ""),
        ("Bo Lind", "", "bo@bolt.example"),
        ("Team 42", "", ""),
    ]


@pytest.mark.parametrize(
    ("cell", "hour"),
    [("12/2/2026 3:30", 15), ("12/2/2026 3:30 am", 3), ("12/2/2026 03:30", 3), ("12/2/2026 9:30", 9)],
)
def test_nobody_is_interviewed_in_the_night(cell: str, hour: int) -> None:
    leads = read_today(["Company", "Date applied", "Interview date"], ["Acme", "11/16/2026", cell])
    at = leads.leads[0].interview_at
    assert isinstance(at, datetime)
    assert at.hour == hour
    leads = read_today(["Company", "Date applied", "Status"], ["Acme", "11/16/2026", "interview 12/2 @ 3:30"])
    assert leads.leads[0].interview_at == datetime(2026, 12, 2, 15, 30, tzinfo=BERLIN)


def test_where_no_column_tells_the_order_the_language_of_the_headers_does() -> None:
    leads = read_today(
        ["Empresa", "Puesto", "Fecha", "Cómo va"], ["Acme", "Cajera", "10 nov", "entrevista 2/12 a las 10"]
    )
    assert leads.leads[0].interview_at == datetime(2026, 12, 2, 10, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("said", "kind"),
    [("old boss", "network"), ("My former colleague", "network"), ("ehemalige Kollegin", "network"),
     ("met at a fair", ""), ("my old boss knows her", "")],
)  # fmt: skip
def test_who_is_an_old_boss_or_a_friend_is_of_ones_network(said: str, kind: str) -> None:
    assert one(contact_name="Dana Reed", how_known=said).contact_kind == kind


SUMS = ["Total", "Total:", "TOTAL: 2", "Summe", "Gesamt", "合計"]


@pytest.mark.parametrize("label", SUMS)
@pytest.mark.parametrize(
    "beside", [["", "", ""], ["2", "", ""], ["", 2, "$1,200"]], ids=["alone", "a count", "figures"]
)
def test_a_line_of_sums_below_the_list_is_no_lead(label: str, beside: list[CellValue]) -> None:
    leads = read(["Company", "Applied", "Rounds", "Pay"], ["Acme", "2026-09-01", 1, ""], [label, *beside])
    assert [lead.company for lead in leads.leads] == ["Acme"]
    assert not leads.problems
    assert not leads.silent_rows
    assert [note.reason for note in leads.notes if note.row == "leads.csv:3"] == [
        "is a line of sums and no lead; it is left out"
    ]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([["Total", "2026-09-02", "Welder"]], id="a firm of that name"),
        pytest.param([["Total", "", "Welder"], ["Brix", "2026-09-01", ""]], id="not the last line"),
        pytest.param([["Total Energies", "2", ""]], id="a longer name"),
    ],
)
def test_what_only_looks_like_a_line_of_sums_is_said(rows: list[list[CellValue]]) -> None:
    """A firm may be called Total."""
    leads = read(["Company", "Applied", "Role"], ["Acme", "2026-09-01", ""], *rows)
    assert "Total" in {lead.company.split()[0] for lead in leads.leads} or leads.problems


def test_rows_that_part_the_list_by_months_are_no_leads() -> None:
    heads: list[CellValue] = ["Company", "Date sent", "Status"]
    leads = read(
        heads, ["SEPTEMBER", "", ""], ["Elm", "2026-09-08", "sent"],
        ["Okt. 2026", "", ""], ["May", "2026-10-08", "sent"], ["Juni Labs", "2026-10-09", "sent"],
    )  # fmt: skip
    assert [lead.company for lead in leads.leads] == ["Elm", "May", "Juni Labs"]
    assert not leads.problems
    assert "rows that part the list by months are no leads: SEPTEMBER, Okt. 2026" in [
        note.reason for note in leads.notes
    ]
