"""An hour is read wholly, as it is meant, or named: half of one, or one dropped in silence, is a missed interview."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from read_sheet import read_sheet

from sync.models import CellValue, Leads
from sync.reading.hour_grammar import match_hour

BERLIN = ZoneInfo("Europe/Berlin")


def read_cell(text: CellValue, *, header: str) -> Leads:
    return read_rows(("Company", "Date applied", header), ("Fernhill", "2026-11-12", text))


def read_rows(*rows: tuple[CellValue, ...]) -> Leads:
    return read_sheet(*rows, today=date(2026, 11, 25))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("interview 3 Dec half past two", time(14, 30)),
        ("interview 3 Dec quarter to 3", time(14, 45)),
        ("interview 3 Dec quarter past nine", time(9, 15)),
        ("interview 3 Dec 10 o'clock", time(10)),
        ("interview 3 Dec 1430", time(14, 30)),
        ("interview 3 Dec 1430-1530", time(14, 30)),
        ("interview 3 Dec 9-10:30", time(9)),
        ("interview 3 Dec 8a", time(8)),
        ("interview 3 Dec 2p", time(14)),
        ("interview 3 Dec 3ish", time(15)),
        ("interview wed 2 Dec @ 10", time(10)),
        ("interview 3 Dec with Ann at 3", time(15)),
        ("interview 3 Dec 14:00 London time", time(15)),
        ("2pm interview 3 Dec", time(14)),
        ("Gespräch 3.12. 14 Uhr 30", time(14, 30)),
        ("Gespräch 3.12. ab 10", time(10)),
        ("Gespräch 3.12. um 10 bei Frau Kern", time(10)),
        ("Gespräch 3.12. um drei", time(15)),
        ("Gespräch 3.12. halb drei", time(14, 30)),
        ("Gespräch 3.12. Viertel nach 9", time(9, 15)),
        ("Gespräch 3.12. um 6 Uhr", time(6)),
        ("entretien 3/12 à 9 heures", time(9)),
        ("entretien 3/12 à neuf heures", time(9)),
        ("entretien 3/12 14 h 30", time(14, 30)),
        ("entretien 3/12 à 9 h et demie", time(9, 30)),
        ("entrevista 3/12 a las 4 de la tarde", time(16)),
        ("entrevista 3/12 a las 9 y media", time(9, 30)),
        ("entrevista 3/12 4 p. m.", time(16)),
        ("entrevista 3/12 16hs", time(16)),
        ("entrevista 3/12 10hrs", time(10)),
        ("entrevista 3/12 15 horas", time(15)),
        ("entrevista 3/12 de 10 a 11", time(10)),
        ("colloquio 3/12 h 10.30", time(10, 30)),
        ("colloquio 3/12 h. 15", time(15)),
        ("colloquio 3/12 ore 9 e 30", time(9, 30)),
        ("colloquio con Anna h 10.30 il 3/12", time(10, 30)),
        ("gesprek 3 dec half drie", time(14, 30)),
        ("gesprek 3 dec 10 uur", time(10)),
        ("gesprek 3 dec 13.30u", time(13, 30)),
        ("intervju 3/12 klockan 9", time(9)),
        ("intervju 3/12 halv tio", time(9, 30)),
        ("rozmowa 3.12 o 11", time(11)),
        ("rozmowa 3.12 wpół do trzeciej", time(14, 30)),
        ("собеседование 3.12 в 15", time(15)),
        ("собеседование 3.12 15-00", time(15)),
        ("собеседование 3.12 в 3 часа дня", time(15)),
        ("面接 12月3日(木) 午前10時", time(10)),
        ("面接 12月3日 10時～", time(10)),
        ("面试 12月3日 下午三点", time(15)),
        ("面试 12月3日 下午3点半", time(15, 30)),
        ("면접 12월 3일 3시반", time(15, 30)),
        ("면접 12/3(목) 오전 11시", time(11)),
    ],
)
def test_an_hour_is_read_as_people_say_it(text: str, expected: time) -> None:
    leads = read_cell(text, header="Status")
    assert not leads.problems
    at = leads.leads[0].interview_at
    assert isinstance(at, datetime)
    at = at.astimezone(BERLIN)
    assert (at.month, at.day, at.time()) == (12, 2 if "wed" in text else 3, expected)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("interview 3 Dec half 3", '"half 3"', id="half past two in Dutch, half past three in English"),
        pytest.param("Gespräch 3.12. viertel 10", '"viertel 10"', id="by region"),
        pytest.param("interview 3 Dec 15", "its year or its hour", id="a year of long ago"),
        pytest.param("interview 3 Dec 2010", "its year or its hour", id="a year of long ago in full"),
        pytest.param("interview 3/12 15", "may be its hour", id="a number behind the day"),
        pytest.param("interview 3 Dec 10am or 2pm", "more than one hour", id="two hours"),
        pytest.param("interview 3/12 4 hours", "how long it takes", id="how long it takes"),
        pytest.param("interview 3 Dec at 3 Main Street", "beside the day", id="a street"),
        pytest.param("interview 3/12 24:30", "does not exist", id="no such hour"),
        pytest.param("entrevista 3/12 a las 12 de la noche", "12 of the night", id="which of two days"),
    ],
)
def test_an_hour_that_is_not_clear_is_named_and_never_half_read(text: str, reason: str) -> None:
    leads = read_cell(text, header="Status")
    assert [reason in problem.reason for problem in leads.problems] == [True]
    assert leads.leads[0].interview_at is None
    assert leads.leads[0].unreadable == {"interview_at"}


@pytest.mark.parametrize(
    "text",
    [
        "interview 3/12 round 2",
        "interview 3/12 3 people",
        "interview 3/12 room 305",
        "interview 3/12 (4h)",
        "onsite 3/12 all day, takes 8 hours",
        "interview 3/12 1200 sqft office",
    ],
)
def test_a_number_that_is_no_hour_makes_none(text: str) -> None:
    leads = read_cell(text, header="Status")
    assert not leads.problems
    assert leads.leads[0].interview_at == date(2026, 12, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.12.2026 14 Uhr 30", time(14, 30)),
        ("14 Uhr, 3.12.2026", time(14)),
        ("3 Dec 2026 quarter past two", time(14, 15)),
        ("3 Dec 2026 4:00 ET", time(22)),
        ("3 Dec 2026 phone call 2pm", time(14)),
        ("3/12/2026 a las 3 y media", time(15, 30)),
        ("3 Dec 2026 (14:00 GMT)", time(15)),
    ],
)
def test_a_cell_of_its_own_is_read_by_the_same_words(text: str, expected: time) -> None:
    leads = read_cell(text, header="Interview date")
    at = leads.leads[0].interview_at
    assert not leads.problems
    assert isinstance(at, datetime)
    assert at.astimezone(BERLIN).time() == expected


def test_a_slot_of_the_afternoon_ends_after_it_begins() -> None:
    lead = read_cell("3.12.2026 11:00-1:00", header="Interview date").leads[0]
    assert lead.interview_at == datetime(2026, 12, 3, 11, tzinfo=BERLIN)
    lead = read_cell("3.12.2026 2:00-3:30", header="Interview date").leads[0]
    assert lead.interview_end == datetime(2026, 12, 3, 15, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    "text", ["", "x", "24/7", "um", "half", "viertel nach", "at", "下午", "-", "99:99:99", "14 uhr 99"]
)
def test_what_is_no_hour_is_none_or_named(text: str) -> None:
    found = match_hour(text, 0)
    assert found is None or found.fault or found.at in (time(14), time(12))


def test_a_closing_date_with_its_hour_in_brackets_is_that_day() -> None:
    leads = read_cell("10 Dec 2026 (23:59 CET)", header="Deadline")
    assert not leads.problems
    assert leads.leads[0].closes_on == date(2026, 12, 10)


@pytest.mark.parametrize(
    ("text", "header", "zone"),
    [
        ("3 Dec 2026 10:00 ET", "Interview date", "America/New_York"),
        ("3 Dec 2026 10:00 (London)", "Interview date", "Europe/London"),
        ("2026-12-03T10:00+09:00", "Interview date", "Etc/GMT-9"),
        ("interview 3 Dec 10:00 PT", "Status", "America/Los_Angeles"),
        ("3 Dec 2026 10:00", "Interview date", ""),
        ("3 Dec 2026 10:00 CET", "Interview date", "Europe/Paris"),
    ],
)
def test_an_hour_with_a_clock_of_its_own_is_told_on_that_clock(text: str, header: str, zone: str) -> None:
    lead = read_cell(text, header=header).leads[0]
    assert lead.interview_zone == zone
    assert isinstance(lead.interview_at, datetime)
    assert lead.interview_at.time() == time(10)
    assert lead.interview_at.utcoffset() == lead.interview_at.astimezone(ZoneInfo(zone or "Europe/Berlin")).utcoffset()


@pytest.mark.parametrize("text", ["Mo 16.11.", "16.11.", "16.11", "Mo, 16.11"])
def test_a_day_with_a_full_stop_is_no_hour(text: str) -> None:
    leads = read_cell(text, header="Follow up on")
    assert not leads.problems
    assert leads.leads[0].follow_up_on == date(2026, 11, 16)


@pytest.mark.parametrize("text", ["10.00, 3/12/2026", "1430, 3 Dec 2026"])
def test_a_number_before_the_day_is_named(text: str) -> None:
    leads = read_cell(text, header="Interview date")
    assert ["may be its hour" in problem.reason for problem in leads.problems] == [True]


_FORMS = (
    "{h}:{m:02d}", "{h}h{m:02d}", "{h} Uhr {m:02d}", "um {h}.{m:02d}", "kl {h}.{m:02d}", "a las {h} y {m:02d}",
    "ore {h} e {m:02d}", "h {h}.{m:02d}", "{h}.{m:02d} uur", "om {h}.{m:02d}u", "godz. {h}:{m:02d}", "в {h}-{m:02d}",
    "{h:02d}{m:02d}h", "@ {h}:{m:02d}", "{h}時{m}分", "{h}点{m}分", "{h}시 {m}분", "({h}:{m:02d})",
    "{h}:{m:02d}-21:55 Uhr", "from {h}:{m:02d} to 21:55",
)  # fmt: skip
_DAYS = (
    "3.12.",
    "3/12",
    "3 Dec",
    "12月3日",
    "03.12.2026",
    "3 Dec 2026",
    "2026-12-03",
    "Do 3.12.",
    "12월 3일",
    "3 de diciembre",
)


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize("day", _DAYS)
def test_no_hour_is_another_one_whatever_day_stands_before_it(day: str, form: str) -> None:
    if any(sign in form for sign in "時点시") and not ("월" in day or "月" in day or day.startswith("2026")):
        day = "12/3"  # the month comes first there
    for hour, minute in ((7, 5), (9, 30), (11, 45), (18, 50), (20, 10)):
        leads = read_cell(f"interview {day} {form.format(h=hour, m=minute)}, with Ann", header="Status")
        at = leads.leads[0].interview_at
        assert not leads.problems
        assert isinstance(at, datetime)
        assert (at.month, at.day, at.hour, at.minute) == (12, 3, hour, minute)


@pytest.mark.parametrize(
    ("headers", "text", "expected"),
    [
        (("Firma", "Beworben am", "Stand"), "Hospitation Mo 7.12. 6:30", time(6, 30)),
        (("Firma", "Beworben am", "Stand"), "Probearbeiten 7.12. 5:45 Frühdienst", time(5, 45)),
        (("Firma", "Beworben am", "Vorstellungsgespräch"), "7.12.2026 6:15", time(6, 15)),
        (("Entreprise", "Envoyé le", "Où ça en est"), "entretien 7/12 à 6:30", time(6, 30)),
        (("Bedrijf", "Gesolliciteerd op", "Status"), "gesprek 7 dec 5:45", time(5, 45)),
        (("Firma", "Beworben am", "Stand"), "Gespräch 7.12. 3:30", time(15, 30)),
        (("Hospital", "Date applied", "Status"), "interview 7 Dec 6:30am", time(6, 30)),
        (("Hospital", "Date applied", "Status"), "interview 7 Dec 6:30 pm", time(18, 30)),
        (("Hospital", "Date applied", "Status"), "interview 7 Dec 6:30 in the evening", time(18, 30)),
        (("Hospital", "Date applied", "Status"), "interview 7 Dec 06:30", time(6, 30)),
        (("Hospital", "Date applied", "Status"), "interview 7 Dec 6:30-14:00", time(6, 30)),
        (("Hospital", "Date applied", "Status"), "interview 7 Dec at 3:30", time(15, 30)),
    ],
)
def test_an_early_hour_is_as_it_is_written_where_hours_are_counted_to_24(
    headers: tuple[str, ...], text: str, expected: time
) -> None:
    leads = read_rows(headers, ("Fernhill", "2026-11-12", text))
    assert not leads.problems
    at = leads.leads[0].interview_at
    assert isinstance(at, datetime)
    assert at.astimezone(BERLIN).time() == expected


@pytest.mark.parametrize("text", ["interview 7 Dec 6:30", "interview 7/12 5:45"])
def test_an_early_hour_of_neither_half_of_the_day_is_named_where_they_are_told(text: str) -> None:
    leads = read_rows(("Hospital", "Date applied", "Status"), ("Fernhill", "2026-11-12", text))
    assert ["in the morning or in the evening" in problem.reason for problem in leads.problems] == [True]
    assert leads.leads[0].interview_at is None
