"""Names, mail addresses and numbers of people, however they were put into cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations

import pytest
from read_sheet import read_sheet

from sync.messages.names import read_name
from sync.models import CellValue, Leads, Person, Stage
from sync.reading.fields import read_people
from sync.reading.people import find_people
from sync.reading.told_people import people_in


def read(*rows: list[CellValue]) -> Leads:
    return read_sheet(*rows, today=date(2026, 11, 25))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ida Boyd, iboyd@elm.example", [("Ida Boyd", "iboyd@elm.example", "")]),
        ("Max Web 555-201-3300", [("Max Web", "", "555-201-3300")]),
        ("jobs@elm.example", [("", "jobs@elm.example", "")]),
        ("jobs@elm.example / 312-555-0100", [("", "jobs@elm.example", "312-555-0100")]),
        ("Ida B. <ida@elm.example>", [("Ida B.", "ida@elm.example", "")]),
        ("Ann Gray (ann@elm.example)", [("Ann Gray", "ann@elm.example", "")]),
        ("Ann Gray ann@elm.example; Bo Fox bo@elm.example",
         [("Ann Gray", "ann@elm.example", ""), ("Bo Fox", "bo@elm.example", "")]),
        ("Ann ann@elm.example, Bo Fox bo@elm.example",
         [("Ann", "ann@elm.example", ""), ("Bo Fox", "bo@elm.example", "")]),
        ("Jan Lenz; Mara Vogt", [("Jan Lenz", "", ""), ("Mara Vogt", "", "")]),
        ("Frau Dr. Kern, kern@elm.example", [("Frau Dr. Kern", "kern@elm.example", "")]),
        ("Hr. Kurz, Tel. 0341/5550100", [("Hr. Kurz", "", "0341/5550100")]),
        ("M. Blanc, 06 55 50 00 00", [("M. Blanc", "", "06 55 50 00 00")]),
        ("Dhr. de Wit, wit@elm.example", [("Dhr. de Wit", "wit@elm.example", "")]),
        ("佐藤様 sato@elm.example", [("佐藤様", "sato@elm.example", "")]),
        ("HR Nora nora@elm.example", [("Nora", "nora@elm.example", "")]),
        ("ask for Jo", [("Jo", "", "")]),
        ("CD: H. Dale", [("H. Dale", "", "")]),
        ("Ida (HR)", [("Ida", "", "")]),
        ("Dr Patten (HT)", [("Dr Patten", "", "")]),
        ("Chef selbst (Herr Abel)", [("Herr Abel", "", "")]),
        ("Ada + Marc", [("Ada", "", ""), ("Marc", "", "")]),
        ("Carla Verdi e Ugo", [("Carla Verdi", "", ""), ("Ugo", "", "")]),
        ("Dana Reed and Eva Lang", [("Dana Reed", "", ""), ("Eva Lang", "", "")]),
        ("Inés y su jefe Pablo", [("Inés", "", ""), ("Pablo", "", "")]),
        ("José Ortega y Gasset", [("José Ortega y Gasset", "", "")]),
        ("Anna und Jan Weber", [("Anna und Jan Weber", "", "")]),
        ("Lou & Tim", [("Lou & Tim", "", "")]),
        ("Gray, Dana", [("Gray, Dana", "", "")]),
        ("Dana Gray, MBA", [("Dana Gray, MBA", "", "")]),
        ("HR MEYER", [("HR MEYER", "", "")]),
        ("front desk", []),
        ("USAJOBS", []),
        ("Personalabteilung", []),
        ("人事部", []),
        ("union hall local 12", []),
        ("", []),
        ("Jo (01632 960111) jo@acme.example", [("Jo", "jo@acme.example", "01632 960111")]),
        ("Jo (HR, 01632 960111, jo@acme.example)", [("Jo", "jo@acme.example", "01632 960111")]),
        ("Jo (+44 (0)1632 960111)", [("Jo", "", "+44 (0)1632 960111")]),
    ],
)  # fmt: skip
def test_who_stands_in_a_cell(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(one.name, one.email, one.phone) for one in find_people(text)] == expected


@pytest.mark.parametrize(
    ("cell", "first", "others"),
    [
        ("Kim Ito, Paul Brandt", "Kim Ito", 1),
        ("Kees Mol, Ria Smit", "Kees Mol", 1),
        ("Jan Lis, Ewa Kos", "Jan Lis", 1),
        ("Anna Kite, Ben Rowe", "Anna Kite", 1),
        ("Iván Gil, Marta Sáez", "Iván Gil", 1),
        ("Rui Melo, Ana Sá", "Rui Melo", 1),
        ("Kim Ito/Paul Brandt", "Kim Ito", 1),
        ("Kim Ito, Paul Brandt and Eva Lang", "Kim Ito", 2),
        ("Kim Ito, Paul Brandt (HR)", "Kim Ito", 1),
        ("Kim Ito, Paul Brandt, HR", "Kim Ito", 1),
        ("Frau Lohr, Herr Kunz", "Frau Lohr", 1),
        ("Fr. Weiß, Hr. Kunz", "Fr. Weiß", 1),
        ("Mme Roux, M. Petit", "Mme Roux", 1),
        ("Kim Ito, Paul Brandt (away)", "Kim Ito", 1),
        ("p. Nowak, pani Wrona", "p. Nowak", 1),
        ("Dr. Kern, Frau von Berg", "Dr. Kern", 1),
        ("Jan van den Berg, Ria de Wit", "Jan van den Berg", 1),
    ],
)
def test_of_two_people_apart_by_a_comma_the_first_is_written_to(cell: str, first: str, others: int) -> None:
    assert find_people(cell)[0].name == first
    assert len(find_people(cell)) == 1 + others
    leads = read(["Company", "Date applied", "Contact"], ["Acme", "2026-11-16", cell])
    assert leads.leads[0].contact.name == first
    assert any(f"{first} (leads.csv:2)" in note.reason for note in leads.notes)


@pytest.mark.parametrize(
    "cell",
    [
        "Sáez, Marta",
        "Paul, Inès",
        "Sáez Gil, Marta Elena",
        "García López, María José",
        "García López, Ana",
        "van den Berg, Jan Willem",
        "Kim Ito, HR",
        "Kim Ito, PhD",
        "Kim Ito, M. Sc.",
        "Ito, Kim, PhD",
        "Paul Brandt, Head of Sales",
        "Paul Brandt, Sales Director",
        "Paul Brandt, Account Executive",
        "Paul Brandt, Fern Software",
        "Lohr, Frau Dr.",
        "Frau Lohr, Technik",
    ],
)
def test_one_person_with_a_comma_stays_one(cell: str) -> None:
    assert len(find_people(cell)) == 1


def test_a_row_goes_on_whatever_its_cells_of_people_hold() -> None:
    leads = read(
        ["Company", "Date applied", "Contact", "Email / Phone"],
        ["Acme", "2026-11-16", "Ida Boyd", "ida@acme.example / 312-555-0100"],
        ["Bolt", "2026-11-16", "info@bolt.example", ""],
        ["Crux", "2026-11-16", "", "Lena Roth (EM)"],
        ["Dent", "2026-11-16", "", "Jo M. jo@dent.example"],
        ["Echo", "2026-11-16", "front desk", "(312) 555-0101"],
    )
    assert not leads.problems
    assert [(lead.contact.name, lead.contact.email, lead.contact.phone) for lead in leads.leads] == [
        ("Ida Boyd", "ida@acme.example", "312-555-0100"),
        ("", "info@bolt.example", ""),
        ("Lena Roth", "", ""),
        ("Jo M.", "jo@dent.example", ""),
        ("", "", "(312) 555-0101"),
    ]


PARTS = (("name",), ("mail",), ("phone",), ("name", "mail"), ("name", "phone"), ("name", "phone", "mail"), ())


def person(number: int, parts: Sequence[str]) -> tuple[str, str, str]:
    name = ("Ida Boyd", "Noor", "Hr. Dr. Kern", "Per Alm", "Kim Sato", "Bea")[number]
    whole = {"name": name, "mail": f"hr{number}@firm.example", "phone": f"0163{number} 96011{number}"}
    return (
        whole["name"] if "name" in parts else "",
        whole["mail"] if "mail" in parts else "",
        whole["phone"] if "phone" in parts else "",
    )


@pytest.mark.parametrize("own_mails", [False, True], ids=["alone", "beside-a-column-of-mails"])
@pytest.mark.parametrize(
    "header",
    ["Contact", "Recruiter", "Ansprechpartner", "Kontakt", "Contacto", "Contatto", "担当者", "Boss", "Gaffer", "Who"],
)
def test_a_column_half_names_half_mails_is_about_people_in_every_mixture(header: str, own_mails: bool) -> None:
    for one, other in combinations(PARTS, 2):
        for many in range(7):
            rows: list[list[CellValue]] = [["Company", "Role", "Date applied", header, *["E-mail"] * own_mails]]
            expected = []
            for number in range(6):
                name, mail, phone = person(number, one if number < many else other)
                apart = f"{name} ({phone}) {mail}" if name and phone and mail else f"{name} {phone} {mail}".strip()
                own = f"own{number}@firm.example" if own_mails and number % 2 else ""
                rows.append([f"Firm {'ABCDEF'[number]}", "clerk", "2026-11-16", apart, *[own] * own_mails])
                expected.append((name, own or mail, phone))
            found = read(*rows).leads
            assert [(lead.contact.name, lead.contact.email, lead.contact.phone) for lead in found] == expected


def test_a_column_that_nothing_names_is_about_people_where_names_have_mails_and_numbers() -> None:
    leads = read(
        ["Firm", "Job", "Sent CV", "Zorp"],
        ["Harbour Ltd", "fitter", "2026-11-12", "Kit 07700 900155, kit@harbour.example"],
        ["Moor Bros", "fitter", "2026-11-13", "Ros (HR)"],
        ["Dale & Co", "fitter", "2026-11-14", "Anil"],
    )
    assert [(lead.contact.name, lead.contact.email, lead.contact.phone) for lead in leads.leads] == [
        ("Kit", "kit@harbour.example", "07700 900155"),
        ("Ros", "", ""),
        ("Anil", "", ""),
    ]


def test_days_and_tales_that_nothing_names_are_no_people() -> None:
    for told in (["called 2026-11-16", "wrote 2026-11-17"], ["rang Kit on 07700 900155 and left a message", "no news"]):
        rows: list[list[CellValue]] = [["Harbour Ltd", "fitter", "2026-11-12", cell] for cell in told]
        leads = read(["Firm", "Job", "Sent CV", "Zorp"], *rows)
        assert {lead.contact.phone for lead in leads.leads} == {""}


def test_the_first_of_several_people_is_written_to_and_that_is_said() -> None:
    leads = read(
        ["Company", "Date applied", "Contact"],
        ["Acme", "2026-11-16", "Ann Gray ann@acme.example; Bo Fox bo@acme.example"],
    )
    assert (leads.leads[0].contact.name, leads.leads[0].contact.email) == ("Ann Gray", "ann@acme.example")
    assert ["Ann Gray (leads.csv:2)" in note.reason for note in leads.notes if "several people" in note.reason] == [
        True
    ]


def test_whom_nobody_names_is_kept_where_the_row_names_no_firm() -> None:
    leads = read(["Company", "Date applied", "Contact"], ["", "2026-11-16", "front desk"], ["Acme", "2026-11-16", "Jo"])
    assert leads.leads[0].contact.name == "front desk"


@pytest.mark.parametrize("cell", ["the hiring manager", "The Recruiter", "der Personaler", "the HR manager"])
def test_a_function_is_nobodys_name(cell: str) -> None:
    leads = read(["Company", "Date applied", "Contact"], ["Acme", "2026-11-16", cell])
    assert leads.leads[0].contact.name == ""


@pytest.mark.parametrize(
    ("referrer", "known"),
    [
        ("no", "don't know him"),
        ("Nobody", "never met."),
        ("nein", "kenne ihn nicht"),
        ("not yet", "wir kennen uns nicht"),
    ],
)
def test_a_cell_that_says_there_is_nothing_is_empty(referrer: str, known: str) -> None:
    leads = read(["Company", "Date applied", "Referred by", "How known"], ["Acme", "2026-11-16", referrer, known])
    assert (leads.leads[0].referrer, leads.leads[0].how_known) == ("", "")


def test_a_cell_that_says_who_is_kept() -> None:
    leads = read(
        ["Company", "Date applied", "Referred by", "How known"],
        ["Acme", "2026-11-16", "Noah Nobel", "never met in person, from a forum"],
    )
    assert (leads.leads[0].referrer, leads.leads[0].how_known) == ("Noah Nobel", "never met in person, from a forum")


@pytest.mark.parametrize(
    ("text", "form", "bare"),
    [
        ("Mevr. Vos", "ms", "Vos"),
        ("Dhr. de Wit", "mr", "de Wit"),
        ("Sig.ra Neri", "ms", "Neri"),
        ("Mme Roche", "ms", "Roche"),
        ("Pan Nowak", "mr", "Nowak"),
        ("Dott. Conti", "", "Conti"),
    ],
)
def test_forms_of_address_of_other_languages_are_understood(text: str, form: str, bare: str) -> None:
    name = read_name(text)
    assert (name.form, name.bare) == (form, bare)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Jan Weber, Eva Lang", ("Jan Weber", "Eva Lang")),
        ("Dr. Jan Weber, Eva von Lang und Ute Kern", ("Dr. Jan Weber", "Eva von Lang", "Ute Kern")),
        ("Jan Weber, Eva Lang, and Ute Kern", ("Jan Weber", "Eva Lang", "Ute Kern")),
        ("Jan Weber & Eva Lang", ("Jan Weber", "Eva Lang")),
        ("Jan Weber, Eva Lang; Ute Kern <ute@kern.example>", ("Jan Weber", "Eva Lang", "Ute Kern")),
        ("Weber, Jan", ("Weber, Jan",)),
        ("Dana Reed, MBA", ("Dana Reed, MBA",)),
        ("Dana Reed, Team Lead", ("Dana Reed, Team Lead",)),
        ("Dana Reed, head of sales", ("Dana Reed, head of sales",)),
        ("Dana and Cy", ("Dana and Cy",)),
        ("Anders And Holm", ("Anders And Holm",)),
        ("", ()),
    ],
)
def test_interviewers_side_by_side_are_people_each(cell: str, names: tuple[str, ...]) -> None:
    people = read_people(cell)
    assert isinstance(people, tuple)
    assert tuple(person.name for person in people) == names


@pytest.mark.parametrize(
    ("headers", "cells", "kind"),
    [
        (["Company", "Recruiter", "Agency"], ["Acme", "Ann Bell", "Hays"], "recruiter"),
        (["Firma", "Ansprechpartner Personalvermittlung", "Agency"], ["Acme", "Ann Bell", "Hays"], "recruiter"),
        (["Company", "Contact", "Agency"], ["", "Ann Bell", "Hays"], "recruiter"),
        (["Company", "Contact", "Agency"], ["Acme", "Ann Bell ann@tall-pines.example", "Tall Pines Ltd"], "recruiter"),
        (["Company", "Contact", "Agency"], ["Acme", "Ann Bell ann@acme.example", "Tall Pines Ltd"], ""),
        (["Company", "Hiring Manager", "Agency"], ["Acme", "Ann Bell", "Hays"], ""),
        (["Company", "Recruiter", "Agency"], ["Acme", "Ann Bell", ""], ""),
    ],
)
def test_a_contact_at_the_agency_of_the_row_is_a_recruiter(headers: list[str], cells: list[str], kind: str) -> None:
    """No sheet met in the wild says so in a column: an ask to the agency went to "Hays team" beside the very name."""
    leads = read(["Status", "Date Applied", *headers], ["applied", date(2026, 11, 20), *cells]).leads
    assert [lead.contact_kind for lead in leads] == [kind]


def test_the_address_behind_a_name_that_notion_writes_is_no_part_of_it() -> None:
    def link(name: str) -> str:
        return f"{name} (https://www.notion.example/{name.replace(' ', '-')}-0a1b?pvs=21)"

    lead = read(
        ["Company", "Role", "Date applied", "Contact", "Interviewers", "Referrer"],
        [
            link("Acme"),
            link("Analyst"),
            "2026-11-16",
            link("Kim Roe"),
            f"{link('Jan Weber')}, {link('Eva Lang')}",
            link("Bo"),
        ],
    ).leads[0]
    assert (lead.company, lead.role, lead.contact.name, lead.referrer) == ("Acme", "Analyst", "Kim Roe", "Bo")
    assert [person.name for person in lead.interviewers] == ["Jan Weber", "Eva Lang"]


@pytest.mark.parametrize(
    ("status", "known", "met"),
    [
        ("coffee had 11/24", "", True),
        ("call 11/24", "old boss", True),
        ("phone interview 11/24", "old boss", False),
        ("interview 11/24", "", False),
    ],
)
def test_a_talk_among_acquaintances_is_no_interview(status: str, known: str, met: bool) -> None:
    lead = read(
        ["Name", "Company", "How I know them", "Status", "Last contact", "Next"],
        ["Rob Lind", "Pine Foods", known, status, "2026-11-24", "thank him!"],
    ).leads[0]
    assert (lead.meeting_on, lead.interview_at) == ((date(2026, 11, 24), None) if met else (None, date(2026, 11, 24)))
    assert (lead.stage, lead.last_outbound is None) == ((Stage.IN_TOUCH, True) if met else (Stage.INTERVIEW, False))


def test_a_coffee_about_a_post_stays_an_interview() -> None:
    row: list[CellValue] = ["Acme", "Dev", "2026-11-18", "Ann Bell", "coffee 11/24"]
    lead = read(["Company", "Role", "Applied", "Contact", "Status"], row).leads[0]
    assert (lead.meeting_on, lead.interview_at) == (None, date(2026, 11, 24))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Jan Weber and Eva", ["Jan Weber", "Eva"]),
        ("Jan / Eva", ["Jan", "Eva"]),
        ("Nora, Eva", ["Nora", "Eva"]),
        ("Jan Weber (CTO), Eva Lang - HR", ["Jan Weber", "Eva Lang"]),
        ("Jan Weber (CTO) & Eva Lang (HR)", ["Jan Weber", "Eva Lang"]),
        ("Weber, Jan", ["Weber, Jan"]),
        ("Martin, Paul", ["Martin, Paul"]),
        ("Mr. and Mrs. Owen", ["Mr. and Mrs. Owen"]),
        ("Dana Reed, team lead", ["Dana Reed, team lead"]),
    ],
)
def test_the_second_of_two_interviewers_is_one_too(text: str, names: list[str]) -> None:
    assert read_people(text) == tuple(map(Person, names))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("spoke to Mrs Patel, 555-0142", "Mrs Patel 555-0142"),
        ("ask for Ron Pike", "Ron Pike"),
        ("gesprochen mit Frau Dr. Kern", "Frau Dr Kern"),
        ("recruiter: dana@cove.example", "dana@cove.example"),
        ("spoke to Mrs. Patel. She said yes", "Mrs Patel"),
        ("spoke to Acme Corp", ""),
        ("ask for HR", ""),
        ("salary 60000-70000, posted 2026-11-20", ""),
    ],
)
def test_people_in_words_are_known_by_plain_words_and_forms(text: str, told: str) -> None:
    assert people_in(text) == told


def test_people_in_notes_of_a_row_without_a_contact_are_named_in_one_note() -> None:
    notes = read(
        ["Company", "Role", "Date applied", "Status", "Contact", "Notes"],
        ["Acme", "Dev", "2026-11-16", "applied", "", "spoke to Mrs Patel, 555-0142"],
        ["Bolt", "Dev", "2026-11-16", "ask for Ron Pike", "", ""],
        ["Cove", "Dev", "2026-11-16", "applied", "Ann Bell", "spoke to Mrs Patel"],
        ["Dune", "Dev", "2026-11-16", "rejected", "", "spoke to Mrs Patel"],
    ).notes
    told = [note.reason for note in notes if "Patel" in note.reason]
    assert len(told) == 1
    assert told[0].endswith("Mrs Patel 555-0142 (leads.csv:2), Ron Pike (leads.csv:3)")
