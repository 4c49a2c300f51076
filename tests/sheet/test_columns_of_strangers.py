"""Columns as people who never read our documents call them, with the cells they put below: the words decide."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from sync.config import parse_settings
from sync.errors import ConfigError
from sync.models import Asking, CellValue, Leads, Row, Table
from sync.reading.columns import Columns, understand_columns
from sync.reading.leads import read_leads
from sync.reading.vocabulary import load_vocabulary

BERLIN = ZoneInfo("Europe/Berlin")
VOCABULARY = load_vocabulary()


def as_table(*rows: list[CellValue]) -> Table:
    return Table("leads.csv", tuple(Row(number, tuple(row)) for number, row in enumerate(rows, 1)))


def understand(*rows: list[CellValue]) -> Columns:
    return understand_columns(as_table(*rows), chosen={}, vocabulary=VOCABULARY, accepted={})


def read(*rows: list[CellValue], order: str = "dmy") -> Leads:
    settings = parse_settings(
        f"""
        timezone = "Europe/Berlin"
        target = {{type = "ics", path = "out.ics"}}
        [source]
        type = "csv"
        path = "leads.csv"
        date_order = "{order}"
        """
    )
    table = as_table(*rows)
    return read_leads(table, settings=settings, vocabulary=VOCABULARY, memory={}, today=date(2026, 11, 25))


@pytest.mark.parametrize(
    ("headers", "cells", "expected"),
    [
        pytest.param(
            ["Wo", "Was", "Wann hin geschickt", "Mit wem geredet", "Wie weit"],
            [["Rewe Süd", "Kassierer", "16.11.2026", "Fr. Abel", "Lebenslauf abgegeben"],
             ["Haus Linde", "Pfleger", "11.11.2026", "Hr. Kurz", "wollen sich melden"]],
            {"company": "Wo", "role": "Was", "applied_on": "Wann hin geschickt", "contact_name": "Mit wem geredet",
             "status": "Wie weit"},
            id="spoken German",
        ),
        pytest.param(
            ["Deal", "Company", "Company role", "Expected close date", "Date shipped", "Last contact"],
            [["Boiler", "Elm House", "Buyer", "2027-02-10", "2026-11-20", "2026-11-18"],
             ["Pump", "Ash Yard", "Manager", "2027-03-01", "2026-11-22", "2026-11-19"]],
            {"company": "Company", "role": "Company role", "last_outbound": "Last contact"},
            id="a seller's hopes are no last day to apply",
        ),
        pytest.param(
            ["企業名", "応募日", "面接官", "所在地"],
            [["青葉商事", "2026-11-10", "森 花子", "仙台市"], ["若葉工業", "2026-11-12", "林 太郎", "福岡市"]],
            {"company": "企業名", "applied_on": "応募日", "interviewers": "面接官", "city": "所在地"},
            id="Japanese: who asks there is an interviewer",
        ),
        pytest.param(
            ["客户", "姓名", "上次跟进"],
            [["青叶贸易", "林小雨", "2026-11-10"], ["红杉制造", "陈大山", "2026-11-12"]],
            {"company": "客户", "contact_name": "姓名", "last_outbound": "上次跟进"},
            id="Chinese: a customer's list",
        ),
        pytest.param(
            ["Betrieb", "Ausbildung als", "Bewerbung raus", "Einstellungstest", "Vorstellung"],
            [["Schreinerei Ast", "Schreiner", "01.10.2026", "", "24.11.2026 15:30"],
             ["Stadt Hof", "Fachwirtin", "12.10.2026", "05.12.2026 08:00", ""]],
            {"company": "Betrieb", "role": "Ausbildung als", "applied_on": "Bewerbung raus",
             "interview_at": "Vorstellung", "interview_2": "Einstellungstest"},
            id="an apprentice's",
        ),
        pytest.param(
            ["Coding test", "Company", "Applied"],
            [["2026-11-02", "Acme", "2026-10-01"], ["2026-11-05", "Bolt", "2026-10-02"]],
            {"company": "Company", "applied_on": "Applied"},
            id="a test without an hour is no appointment",
        ),
        pytest.param(
            ["Project", "Company", "Casting dir / agent", "Submitted", "Audition"],
            [["The Meadow", "Oak Films", "Rita Vance", "02/11/26", "28/11/26 11:00"]],
            {"role": "Project", "company": "Company", "contact_name": "Casting dir / agent", "applied_on": "Submitted",
             "interview_at": "Audition"},
            id="an actor's",
        ),
        pytest.param(
            ["Project", "Role", "Casting dir", "Submitted", "How"],
            [["The Meadow", "Tom", "Rita Vance", "02/11/26", "email"], ["Film", "lead", "Jo Bell", "03/11/26", "site"],
             ["Advert", "Dad", "", "04/11/26", "walk in"]],
            {"role": "Role", "contact_name": "Casting dir", "applied_on": "Submitted"},
            id="projects in the first column",
        ),
        pytest.param(
            ["Sitio", "Puesto", "Enviado el", "Con quién", "Cómo va"],
            [["Bar Olmo", "camarero", "16/11/2026", "Nico 600 555 100", "entrevista el 1/12"],
             ["Hotel Faro", "cocina", "03/11/2026", "Sra. Mena mena@faro.example", "descartado"],
             ["Taberna Sol", "barra", "09/11/2026", "", "sin noticias"]],
            {"company": "Sitio", "role": "Puesto", "applied_on": "Enviado el", "contact_name": "Con quién",
             "status": "Cómo va"},
            id="a waiter's places",
        ),
        pytest.param(
            ["Lugar", "Puesto", "Enviado el"],
            [["Bar Olmo", "camarero", "16/11/2026"], ["Hotel Faro", "cocina", "03/11/2026"]],
            {"company": "Lugar", "role": "Puesto", "applied_on": "Enviado el"},
            id="places",
        ),
        pytest.param(
            ["Job board", "Job title", "Applied"],
            [["LinkedIn", "clerk", "2026-11-16"], ["Indeed", "clerk", "2026-11-17"],
             ["Karriere North", "clerk", "2026-11-18"]],
            {"source": "Job board", "role": "Job title", "applied_on": "Applied"},
            id="boards",
        ),
        pytest.param(
            ["Sitio", "Empresa", "Fecha de envío"],
            [["InfoJobs", "Bar Olmo", "16/11/2026"], ["Indeed", "Hotel Faro", "03/11/2026"]],
            {"source": "Sitio", "company": "Empresa", "applied_on": "Fecha de envío"},
            id="a board before the firm",
        ),
        pytest.param(
            ["Hospital", "Unit / Position", "Hiring Mgr", "Applied"],
            [["Elm General", "RN ICU", "Mara Webb", "2026-11-02"]],
            {"company": "Hospital", "role": "Unit / Position", "contact_name": "Hiring Mgr", "applied_on": "Applied"},
            id="a nurse's",
        ),
        pytest.param(
            ["place", "job", "who", "when dropped cv"],
            [["The Red Fox", "sous chef", "Marta", "13 Nov 2026"], ["Cafe Lux", "chef", "Jo", "10 Nov 2026"]],
            {"company": "place", "role": "job", "contact_name": "who", "applied_on": "when dropped cv"},
            id="a cook's",
        ),
        pytest.param(
            ["Company", "Applied on", "Round 1", "Round 2", "Final"],
            [["Acme", "2026-10-01", "2026-10-10", "2026-10-20", "2026-11-20"]],
            {"company": "Company", "applied_on": "Applied on", "interview_at": "Round 1", "interview_2": "Round 2",
             "interview_3": "Final"},
            id="the final round",
        ),
        pytest.param(
            ["Entreprise", "Envoyé le", "Réponse"],
            [["Auberge Lys", "02/11/2026", "Refus"], ["Chez Mia", "09/11/2026", "entretien le 28/11 à 17h"],
             ["Zinc", "13/11/2026", "pas de nouvelles"]],
            {"company": "Entreprise", "applied_on": "Envoyé le", "status": "Réponse"},
            id="answers in words",
        ),
        pytest.param(
            ["Company", "Applied on", "Response"],
            [["Acme", "2026-11-02", "2026-11-09"], ["Bolt", "2026-11-03", "2026-11-10"]],
            {"company": "Company", "applied_on": "Applied on", "last_inbound": "Response"},
            id="answers as days",
        ),
        pytest.param(
            ["Company", "Role", "Applied on"],
            [["Acme", "Closer", "2026-11-02"], ["Bolt", "x", "2026-11-02"], ["Crux", "x", "2026-11-02"]],
            {"company": "Company", "role": "Role", "applied_on": "Applied on"},
            id="an x that stands for nothing",
        ),
    ],
)  # fmt: skip
def test_columns_called_by_their_owner(
    headers: list[CellValue], cells: list[list[CellValue]], expected: dict[str, str]
) -> None:
    assert understand(headers, *cells).mapped == expected


def test_yes_and_no_under_follow_up_leave_the_row_alive() -> None:
    rows: list[list[CellValue]] = [
        ["Company", "Date sent", "Follow Up?"],
        ["Acme", "2026-11-03", "Y - 30/11"],
        ["Bolt", "2026-11-03", "Y"],
        ["Crux", "2026-11-03", "N"],
        ["Dent", "2026-11-03", "?"],
    ]
    leads = read(*rows)
    assert not leads.problems
    assert [lead.follow_up_on for lead in leads.leads] == [date(2026, 11, 30), None, None, None]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        pytest.param(
            "second interview 12/1 14:00", ("interview_at", datetime(2026, 12, 1, 14, tzinfo=BERLIN)), id="en"
        ),
        pytest.param(
            "orientation 12/7 9am in Hall 2", ("interview_at", datetime(2026, 12, 7, 9, tzinfo=BERLIN)), id="hour"
        ),
        pytest.param("call her Mon 11/30", ("follow_up_on", date(2026, 11, 30)), id="a call"),
        pytest.param("send papers by 12/4", ("follow_up_on", date(2026, 12, 4)), id="by a day"),
        pytest.param("no call before 12/4", ("follow_up_on", None), id="a no"),
        pytest.param("study", ("interview_at", None), id="no day"),
    ],
)
def test_a_day_in_a_column_of_next_steps_counts(step: str, expected: tuple[str, object]) -> None:
    leads = read(["Company", "Date sent", "Status", "Next step"], ["Acme", "2026-11-03", "sent", step], order="mdy")
    assert not leads.problems
    assert getattr(leads.leads[0], expected[0]) == expected[1]


@pytest.mark.parametrize(
    ("headers", "row", "field", "day"),
    [
        (["Empresa", "Enviado em", "Situação", "Próximo passo"],
         ["Ipê", "2026-11-09", "proposta recebida", "responder até 1/12"], "answer_by", date(2026, 12, 1)),
        (["会社名", "応募日", "状況", "次アクション"],
         ["朝日商店", "2026-11-01", "内定 11/24", "12/4までに回答"], "answer_by", date(2026, 12, 4)),
        (["会社名", "応募日", "状況", "次アクション"],
         ["朝日商店", "", "応募予定", "11/30までに応募"], "closes_on", date(2026, 11, 30)),
        (["Company", "Date sent", "Status", "Next step"],
         ["Acme", "2026-11-03", "take home test", "finish take home by Dec 1"], "answer_by", date(2026, 12, 1)),
    ],
)  # fmt: skip
def test_the_last_day_of_what_is_to_be_done_next_is_no_day_for_a_follow_up(
    headers: list[CellValue], row: list[CellValue], field: str, day: date
) -> None:
    lead = read(headers, row, ["Beside", "2026-11-02", "", ""], order="auto").leads[0]
    assert (getattr(lead, field), lead.follow_up_on) == (day, None)


def test_next_steps_that_are_days_are_the_days_of_follow_ups() -> None:
    rows: list[list[CellValue]] = [["Acme", "2026-11-03", "November 30, 2026"], ["Bolt", "2026-11-03", "2026-12-04"]]
    leads = read(["Company", "Applied", "Next step"], *rows).leads
    assert [lead.follow_up_on for lead in leads] == [date(2026, 11, 30), date(2026, 12, 4)]


def test_a_day_with_an_hour_among_them_is_an_appointment_where_people_meet() -> None:
    rows: list[list[CellValue]] = [
        ["Acme", "Onsite", "2026-10-26", "December 1, 2026 1:00 PM"],
        ["Bolt", "Applied", "2026-11-03", "December 2, 2026 9:00 AM"],
        ["Crux", "Applied", "2026-11-03", "November 30, 2026"],
    ]
    leads = read(["Company", "Stage", "Applied", "Next step"], *rows).leads
    assert [lead.interview_at for lead in leads] == [datetime(2026, 12, 1, 13, tzinfo=BERLIN), None, None]
    assert [lead.follow_up_on for lead in leads] == [None, date(2026, 12, 2), date(2026, 11, 30)]


@pytest.mark.parametrize("header", ["Canal", "Channel"])
def test_channels_with_boards_among_them_are_sources(header: str) -> None:
    rows: list[list[CellValue]] = [["Acme", "site"], ["Bolt", "email"], ["Crux", "LinkedIn"], ["Dent", "the board"]]
    assert understand(["Company", header], *rows).mapped == {"company": "Company", "source": header}


@pytest.mark.parametrize(
    ("headers", "row"),
    [
        (["会社名", "応募日", "状況", "次回予定"], ["朝日商店", "11/2", "一次面接通過", "二次面接 12/1 14:00"]),
        (
            ["Empresa", "Enviado em", "Situação", "Próximo passo"],
            ["Ipê", "2026-11-02", "enviado", "entrevista 1/12 às 14h"],
        ),
        (["Firma", "Beworben am", "Stand", "Nächster Schritt"], ["Ast", "2.11.2026", "offen", "Gespräch 1.12. 14 Uhr"]),
    ],
)
def test_an_interview_in_a_column_of_next_steps_is_one(headers: list[CellValue], row: list[CellValue]) -> None:
    lead = read(headers, row, order="auto").leads[0]
    assert lead.interview_at == datetime(2026, 12, 1, 14, tzinfo=BERLIN)


def test_a_later_interview_among_the_next_steps_is_a_further_round() -> None:
    lead = read(
        ["Company", "Date sent", "Interview date", "Next step"],
        ["Acme", "2026-11-03", "2026-11-10 10:00", "final interview 3/12 2pm"],
    ).leads[0]
    assert lead.interview_at == datetime(2026, 12, 3, 14, tzinfo=BERLIN)
    assert [one.at for one in lead.earlier_rounds] == [datetime(2026, 11, 10, 10, tzinfo=BERLIN)]


def test_hours_of_a_column_of_their_own_in_any_form_are_read() -> None:
    leads = read(
        ["Company", "Date sent", "Interview date", "Time"],
        ["Acme", "2026-11-03", "2026-12-02", "10h15"],
        ["Bolt", "2026-11-03", "2026-12-03", "half past two"],
        ["Crux", "2026-11-03", "2026-12-04", "9 Uhr"],
    )
    assert [lead.interview_at for lead in leads.leads] == [
        datetime(2026, 12, 2, 10, 15, tzinfo=BERLIN),
        datetime(2026, 12, 3, 14, 30, tzinfo=BERLIN),
        datetime(2026, 12, 4, 9, tzinfo=BERLIN),
    ]


def test_a_row_of_words_nobody_knows_above_rows_with_days_names_the_columns() -> None:
    found = understand(
        ["Boozer", "Slog", "Lobbed", "Gaffer", "Vibe"],
        ["Larkfield", "Bar", "11/9", "Kim Vale", "no reply"],
        ["Tern Hotel", "Floor", "11/12", "Jo Park", "rejected"],
        ["Orchard", "Bar", "11/16", "Lee Moss", "waiting"],
    )
    assert {"status": "Vibe", "contact_name": "Gaffer"}.items() <= dict(found.mapped).items()
    asked = [(column.header, column.proposal) for column in found.columns if column.ask]
    assert asked == [("Boozer", "company"), ("Lobbed", "applied_on")]
    assert [column.header for column in found.columns if column.left_over] == ["Slog"]


LEADS: dict[str, list[list[CellValue]]] = {
    "statuses": [["Tern Hotel", "sent 3 Nov"], ["Heron House", "sent 5 Nov - rejected"],
                 ["Wren Ltd", "sent 9 Nov, interview 1 Dec 3pm"]],
    "first undated": [["Tern Hotel", "not yet"], ["Heron House", "sent 5 Nov"], ["Wren Ltd", "sent 9 Nov, rejected"]],
    "days": [["Larkfield", "Bar", "2026-11-09", "applied"], ["Tern Hotel", "Floor", "2026-11-12", "rejected"]],
    "mails": [["Larkfield", "Bar", "jo@larkfield.example", "2026-11-09"],
              ["Tern Hotel", "Cook", "ann@tern.example", "2026-11-12"]],
    "known words": [["Hospital", "2026-11-09", "applied"], ["Tern Clinic", "2026-11-12", "rejected"]],
}  # fmt: skip


@pytest.mark.parametrize("rows", LEADS.values(), ids=LEADS)
def test_a_sheet_without_headers_loses_no_row(rows: list[list[CellValue]]) -> None:
    found = read(*rows)
    assert not found.silent_rows
    assert [lead.company for lead in found.leads] == [row[0] for row in rows]
    assert any("no row names the columns" in note.reason for note in found.notes)


def test_columns_without_headers_keep_their_letters_in_every_run() -> None:
    rows: list[list[CellValue]] = LEADS["days"]
    before = understand(*rows)
    more: list[list[CellValue]] = [["Bakery", "Trial shift", "", "interview"], *rows, ["Job", "Company", "", "offer"]]
    after = understand_columns(as_table(*more), chosen={}, vocabulary=VOCABULARY, accepted=before.mapped)
    assert before.mapped == {"company": "Column A", "applied_on": "Column C", "status": "Column D"}
    assert after.mapped == before.mapped


def test_a_row_of_headers_put_above_lettered_columns_is_named() -> None:
    accepted = understand(*LEADS["days"]).mapped
    with pytest.raises(ConfigError, match="no column 'Column A' for company"):
        understand_columns(
            as_table(["Company", "Role", "Applied", "Status"], *LEADS["days"]),
            chosen={},
            vocabulary=VOCABULARY,
            accepted=accepted,
        )


def test_headers_that_are_days_stand_beside_known_ones() -> None:
    found = understand(["Company", "Status", "Notes", "2026-11-09"], ["Tern Hotel", "sent", "nice", "called"])
    assert found.mapped == {"company": "Company", "status": "Status", "notes": "Notes"}


@pytest.mark.parametrize(
    ("headers", "cells", "expected"),
    [
        (["Venue", "Gig", "Chucked in", "Boss", "How'd it go"], ["Tern Hotel", "Bar", "11/16", "Kim Vale", "rejected"],
         {"company": "Venue", "role": "Gig", "applied_on": "Chucked in", "contact_name": "Boss",
          "status": "How'd it go"}),
        (["Entreprise", "Envoyé le", "À faire", "Suivi"], ["Saulaie", "09/11/2026", "rappeler 30/11", "sans réponse"],
         {"company": "Entreprise", "applied_on": "Envoyé le", "next_step": "À faire", "status": "Suivi"}),
        (["Firma", "Beworben am", "Wann melden", "Stand"], ["Weidenau", "09.11.2026", "30.11.2026", "offen"],
         {"company": "Firma", "applied_on": "Beworben am", "follow_up_on": "Wann melden", "status": "Stand"}),
        (["Empresa", "Eché CV", "Estado"], ["Sauce SL", "09/11/2026", "sin noticias"],
         {"company": "Empresa", "applied_on": "Eché CV", "status": "Estado"}),
        (["School", "Post", "Applied", "Demo lesson"], ["Tern School", "Maths", "2026-11-02", "2026-12-03 10:00"],
         {"company": "School", "role": "Post", "applied_on": "Applied", "interview_at": "Demo lesson"}),
        (["Outfit", "Job", "Rang", "Spoke to"], ["Tern Joinery", "Carpenter", "10/11", "Dave Moss"],
         {"company": "Outfit", "role": "Job", "last_outbound": "Rang", "contact_name": "Spoke to"}),
        (["Szkoła", "Przedmiot", "Wysłane", "Dyrektor", "Co dalej", "Status"],
         ["Lipowa", "fizyka", "10.11.2026", "Jan Lis", "zadzwonić 30.11", "wysłane"],
         {"company": "Szkoła", "role": "Przedmiot", "applied_on": "Wysłane", "contact_name": "Dyrektor",
          "next_step": "Co dalej", "status": "Status"}),
        (["Client", "Contact Person", "First Mail", "Last F/U", "Next F/U"],
         ["Heron Steel", "Ms. Nair", "12-Nov", "16-Nov", "1-Dec"],
         {"company": "Client", "contact_name": "Contact Person", "applied_on": "First Mail",
          "last_outbound": "Last F/U", "follow_up_on": "Next F/U"}),
    ],
)  # fmt: skip
def test_sheets_of_people_at_work(headers: list[CellValue], cells: list[CellValue], expected: dict[str, str]) -> None:
    assert dict(understand(headers, cells).mapped) == expected


TALES: list[list[CellValue]] = [
    ["Tern Hotel", "applied 3 Nov thru their site, spoke to the manager Ann Lee on 7 Nov, rejected on 20 Nov"],
    ["Heron House", "sent my papers to the owner on 9 Nov and got a friendly mail back, interview 1 Dec 2pm"],
    ["Wren and Sons", "applied 16 Nov; auto reply"],
    ["Orchard Bank", "dropped my resume 17 Nov, lady behind the desk says that Don is back around the holidays"],
    ["Larkfield", "applied 18 Nov"],
]


@pytest.mark.parametrize("header", ["Notes", "Remarks", "What happened so far"])
@pytest.mark.parametrize("place", ["Company", "Place"])
def test_notes_that_tell_all_there_is_are_the_status(header: str, place: str) -> None:
    found = read([place, header], *TALES)
    assert not found.silent_rows
    assert [lead.company for lead in found.leads] == [row[0] for row in TALES]
    assert [lead.applied_on.day if lead.applied_on else None for lead in found.leads] == [3, 9, 16, 17, 18]
    assert [lead.stage for lead in found.leads] == ["rejected", "interview", "sent", "sent", "sent"]
    assert found.leads[1].interview_at == datetime(2026, 12, 1, 14, tzinfo=BERLIN)
    assert [lead.asking == "allowed" for lead in found.leads] == [True, True, True, False, True]


def test_notes_beside_days_of_their_own_stay_notes() -> None:
    notes = [[name, "2026-11-03", tale] for name, tale in TALES]
    assert understand(["Company", "Applied", "Notes"], *notes).mapped["notes"] == "Notes"


SIDE_BY_SIDE: dict[str, list[list[CellValue]]] = {
    "captions": [
        ["APPLIED", "", "", "", "NETWORKING", "", ""],
        ["Company", "Sent", "Status", "", "Who", "Last talked", "Notes"],
        ["Tern", "2026-11-02", "no answer", "", "Jim Bell", "2026-11-10", "met at church"],
        ["Heron", "2026-11-09", "interview 2 Dec 1pm", "", "Ann Poe", "2026-11-18", "lunch soon"],
    ],
    "rows that go on": [
        ["Company", "Sent", "Status", "", "Person", "Last talked"],
        ["Tern", "2026-11-02", "no answer", "", "Jim Bell", "2026-11-10"],
        ["Heron", "2026-11-09", "interview 2 Dec 1pm", "", "Ann Poe", "2026-11-18"],
        ["", "", "", "", "Moe Park", "2026-11-20"],
    ],
    "headers again": [
        ["Company", "Sent", "Status", "Company", "Sent", "Status"],
        ["Tern", "2026-11-02", "no answer", "Wren", "2026-10-02", "rejected"],
        ["Heron", "2026-11-09", "interview 2 Dec 1pm", "Orchard", "2026-10-05", "rejected"],
        ["", "", "", "Larkfield", "2026-10-06", "rejected"],
    ],
}


@pytest.mark.parametrize("rows", SIDE_BY_SIDE.values(), ids=SIDE_BY_SIDE)
def test_the_second_of_two_tables_side_by_side_is_named_and_left_out(rows: list[list[CellValue]]) -> None:
    found = read(*rows)
    assert [(lead.company, lead.contact.name) for lead in found.leads] == [("Tern", ""), ("Heron", "")]
    assert not found.problems
    told = [note.reason for note in found.notes if "another table beside" in note.reason]
    assert len(told) == 1
    assert "put it into a tab or a file of its own" in told[0]
    columns = understand(*rows)
    again = understand_columns(as_table(*rows), chosen={}, vocabulary=VOCABULARY, accepted=columns.mapped)
    assert again.fields == columns.fields
    beside = [column.header for column in columns.columns if "beside the first" in column.reason]
    assert len(beside) >= 2


@pytest.mark.parametrize(
    ("rows", "fields"),
    [
        ([["Company", "Sent", "", "Who", "Notes"], ["Tern", "2026-11-02", "", "Jim Bell", "nice"]],
         {"company", "applied_on", "contact_name", "notes"}),
        ([["Done", "Prio", "", "Company", "Sent"], ["", "", "", "Tern", "2026-11-02"], ["x", "1", "", "Wren", ""]],
         {"company", "applied_on", "priority"}),
    ],
    ids=["only a gap", "boxes before it"],
)  # fmt: skip
def test_an_empty_column_alone_parts_no_table(rows: list[list[CellValue]], fields: set[str]) -> None:
    assert fields <= set(understand(*rows).mapped)


def test_what_was_read_beside_a_gap_stays_read() -> None:
    rows = SIDE_BY_SIDE["captions"]
    accepted = {"company": "Company", "contact_name": "Who"}
    found = understand_columns(as_table(*rows), chosen={}, vocabulary=VOCABULARY, accepted=accepted)
    assert found.mapped["contact_name"] == "Who"


def test_whether_they_answered_is_the_status_where_no_other_column_is() -> None:
    rows: list[list[CellValue]] = [
        ["Acme", "2026-11-08", "Y"],
        ["Bolt", "2026-11-10", "no"],
        ["Crux", "2026-11-10", ""],
    ]
    leads = read(["Company", "Applied", "Heard back?"], *rows).leads
    assert [lead.stage for lead in leads] == ["in_touch", "sent", "sent"]
    beside = understand(["Company", "Status", "Heard back?"], ["Acme", "rejected", "Y"], ["Bolt", "sent", "N"])
    assert beside.mapped == {"company": "Company", "status": "Status"}


def test_the_name_of_a_list_of_people_is_the_person() -> None:
    headers: list[CellValue] = ["Name", "Where they work", "How I know them", "Last talked", "Email or phone", "Next"]
    found = understand(headers, ["Deb Marsh", "Orchard Bank", "church", "8 Nov", "deb@orchard.example", "lunch 4 Dec"])
    assert {"contact_name": "Name", "company": "Where they work", "how_known": "How I know them"}.items() <= dict(
        found.mapped
    ).items()
    assert found.mapped["last_outbound"] == "Last talked"


def test_a_name_beside_addresses_is_proposed_as_the_person() -> None:
    found = understand(["Name", "Email"], ["Deb Marsh", "deb@orchard.example"], ["Lu Ort", "lu@mill.example"])
    name = next(column for column in found.columns if column.header == "Name")
    assert (name.ask, name.proposal, name.choices[0].confidence > 0.5) == (True, "contact_name", True)


@pytest.mark.parametrize(
    ("header", "cell", "field"),
    [
        ("Bug them again", "30.11.2026", "follow_up_on"),
        ("Unit", "ICU", "role"),
        ("Tfno", "91 555 01 12", "contact_phone"),
        ("Ort", "Berlin", ""),
        ("Where I saw it", "the board", "source"),
        ("Who put me in touch", "Pat Lee", "referrer"),
        ("Last day to apply", "30.11.2026", "closes_on"),
        ("Their number", "303-555-0188", "contact_phone"),
        ("Durchwahl", "030 5550188", "contact_phone"),
        ("Vu sur", "Indeed", "source"),
        ("Puesto al que postulo", "camarero", "role"),
        ("Persona con la que hablé", "Nico Mena", "contact_name"),
        ("Kiedy wysłałam CV", "3.11.2026", "applied_on"),
        ("Z kim rozmawiałam", "Ewa Lis", "contact_name"),
        ("Kiedy przypomnieć się", "30.11.2026", "follow_up_on"),
        ("Na jakim etapie", "rozmowa", "status"),
        ("Höra av mig igen", "30.11.2026", "follow_up_on"),
        ("Quando risentirli", "30.11.2026", "follow_up_on"),
        ("Cuándo volver a escribir", "30.11.2026", "follow_up_on"),
        ("My last email", "20.11.2026", "last_outbound"),
    ],
)
def test_a_header_in_spoken_words_is_understood(header: str, cell: str, field: str) -> None:
    mapped = {
        head: name for name, head in understand(["Company", header], ["Tern", cell], ["Wren", cell]).mapped.items()
    }
    assert mapped.get(header, "") == field


@pytest.mark.parametrize(
    ("role", "header"),
    [
        ("Stelle", "Was als Nächstes"),
        ("Stelle", "Was kommt als Nächstes?"),
        ("Stelle", "Wie geht's weiter"),
        ("Role", "What now"),
        ("Role", "What happens next"),
        ("Poste", "Et ensuite"),
        ("Poste", "Que faire"),
        ("Puesto", "Qué sigue"),
        ("Puesto", "Y ahora qué"),
        ("Ruolo", "Cosa fare"),
        ("Ruolo", "E poi"),
        ("Functie", "Wat nu"),
        ("Functie", "Wat volgt"),
        ("Stanowisko", "Co dalej"),
        ("Stanowisko", "Co zrobić"),
        ("Vaga", "O que fazer"),
        ("Vaga", "E agora"),
        ("Tjänst", "Vad händer nu"),
    ],
)
def test_what_is_asked_to_come_next_is_the_next_step_and_no_position(role: str, header: str) -> None:
    """`Was` alone is the position; somebody's `Was als Nächstes` was left for being a second one."""
    found = understand(["Firma", role, header], ["Tern", "Clerk", "Mappe"], ["Wren", "Cook", "Brief"]).mapped
    assert (found["role"], found["next_step"]) == (role, header)


def test_where_one_applied_is_the_firm() -> None:
    for header, day in (("Where I applied", "When I applied"), ("Wo beworben", "Wann beworben")):
        found = understand([header, day], ["Tern Hotel", "2026-11-03"], ["Wren Ltd", "2026-11-05"])
        assert found.mapped == {"company": header, "applied_on": day}


def test_a_status_whose_header_sounds_like_a_day_is_not_looked_for_in_the_notes() -> None:
    """A seller in Texas: who said no, or bought elsewhere, is not asked because the notes hold a word of a status."""
    leads = read(
        ["ACCOUNT", "BUYER", "last touch", "next touch", "where at", "notes"],
        ["Lone Feed", "Hank Dobbs", "20.11.2026", "1.12.2026", "quote sent", "wants 2 pallets"],
        ["Gulf Rope", "Trey Lane", "2.10.2026", "", "lost - went w/ competitor", ""],
        ["Hill Vet", "Ann Amos", "24.11.2026", "8.12.2026", "demo booked", "Zoom"],
        ["Waco Print", "Joe Hart", "30.9.2026", "", "not interested", ""],
        ["Big Tools", "Lupe Diaz", "18.11.2026", "3.12.2026", "verbal yes", "get contract"],
    )
    assert leads.mapped["status"] == "where at"
    assert leads.mapped["notes"] == "notes"
    asked = {lead.company for lead in leads.leads if not lead.stage.closed and lead.asking is Asking.ALLOWED}
    assert asked == {"Lone Feed", "Hill Vet", "Big Tools"}


def test_numbers_with_an_address_among_them_are_a_way_to_somebody() -> None:
    leads = read(
        ["Empresa", "Vaga", "Contato", "WhatsApp", "Enviei em"],
        ["Contábil Ipê", "Analista", "Renata", "(11) 95555-0101", "03/11/2026"],
        ["Jatobá", "Contador", "Sr. Lima", "(11) 95555-0102", "05/11/2026"],
        ["Cerrado", "Contadora", "Bia", "bia@cerrado.example", "16/11/2026"],
    )
    assert [(lead.contact.phone, lead.contact.email) for lead in leads.leads] == [
        ("(11) 95555-0101", ""), ("(11) 95555-0102", ""), ("", "bia@cerrado.example")
    ]  # fmt: skip


def test_what_the_settings_name_still_tells_the_language_of_the_other_headers() -> None:
    """`init` and `plan` read the same sheet: with the columns it wrote down it is no other language."""
    table = as_table(
        ["School", "Functie", "Brief weg", "Hoe staat het ervoor", "Sluit op"],
        ["Het Kompas", "leerkracht", "2-11-2026", "brief verstuurd", ""],
        ["De Vuurtoren", "invaller", "12-10-2026", "afgewezen", "4-12-2026"],
    )
    first = understand_columns(table, chosen={}, vocabulary=VOCABULARY, accepted={})
    assert first.mapped["applied_on"] == "Brief weg"
    for name in first.mapped:
        chosen = {field: header for field, header in first.mapped.items() if field != name}
        assert understand_columns(table, chosen=chosen, vocabulary=VOCABULARY, accepted={}).mapped == first.mapped, name
