"""Statuses that people tell as a tale: whose last day it is, when a slot ends, which column holds them."""

from __future__ import annotations

from datetime import date

import pytest
from runner import Seeker, a_row

from sync.models import Asking, Lead, Row, Stage, Table, TouchClass
from sync.moments import named_day
from sync.reading.columns import understand_columns
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import load_vocabulary

WORDS = StageWords({}, load_vocabulary())


def lead_of(status: str) -> Lead:
    seeker = Seeker([a_row("Acme", "2026-12-14", status=status), a_row("Globex", "2026-12-15")])
    return next(lead for lead in seeker.run().leads.leads if lead.company == "Acme")


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("me contrataron a otra jaja", Stage.REJECTED),
        ("ze gaan verder met een ander", Stage.REJECTED),
        ("quedó otra", Stage.REJECTED),
        ("podziękowali mi mailem", Stage.REJECTED),
        ("they want someone local", Stage.REJECTED),
        ("les dije que siempre no", Stage.WITHDRAWN),
        ("I took my name out of it", Stage.WITHDRAWN),
        ("staat even stil tot februari", Stage.ON_HOLD),
        ("mis de côté pour l'instant", Stage.ON_HOLD),
        ("音沙汰なし", Stage.SENT),
        ("me dejaron en visto", Stage.SENT),
        ("haven't heard a peep", Stage.SENT),
        ("had i/v 11/24", Stage.INTERVIEW),
        ("drafting cover letter", Stage.IDEA),
    ],
)
def test_a_tale_is_understood(text: str, stage: Stage) -> None:
    phrase = WORDS.read(text)
    assert (phrase.stage, phrase.settled) == (stage, True)


@pytest.mark.parametrize("text", ["hopefully interview soon", "ojalá oferta pronto", "falta la firmma"])
def test_a_hope_or_a_slip_of_the_pen_settles_nothing(text: str) -> None:
    phrase = WORDS.read(text)
    assert not phrase.settled
    assert phrase.asking is not Asking.ALLOWED


@pytest.mark.parametrize(
    "status",
    [
        "OFFERED!! they need an answer by Wed 1/20",
        "fikk jobben! må svare innen 20.1.",
        "ik heb de baan als ik wil, antwoord voor 20-1",
        "propuesta de $18,000, contestar a más tardar el 20 ene",
        "examen psicométrico pendiente, límite 20/1",
        "과제 제출 1/20까지",
        "笔试 1月20日 19:00",
        "coding test Wed 1/20 7pm, link in mail",
    ],
)
def test_what_they_wait_for_has_its_last_day_and_nobody_is_thanked_for_it(status: str) -> None:
    lead = lead_of(status)
    assert (lead.answer_by, lead.interview_at, lead.stage_known) == (date(2027, 1, 20), None, True)


@pytest.mark.parametrize(
    ("status", "slot"),
    [
        ("shadow shift Wed 1/20 7a-11a", "07:00 11:00"),
        ("Probearbeiten 20.1. 8-12 Uhr", "08:00 12:00"),
        ("essai mercredi 20/1 6h-13h", "06:00 13:00"),
        ("meeloopdag wo 20-1 7.30-15.00", "07:30 15:00"),
    ],
)
def test_a_slot_in_a_status_keeps_its_end(status: str, slot: str) -> None:
    lead = lead_of(status)
    assert f"{lead.interview_at:%H:%M} {lead.interview_end:%H:%M}" == slot


@pytest.mark.parametrize(
    ("status", "day"),
    [
        ("VG 2.12. 9 Uhr verschoben auf 4.12. 11 Uhr", "12-04 11:00"),
        ("entretien le 2/12 à 9h, reporté au 4/12 à 11h", "12-04 11:00"),
        ("entrevista 02/12 remarcada pra 04/12 11h", "12-04 11:00"),
        ("rozmowa przełożona na 4.12 godz. 11", "12-04 11:00"),
        ("gesprek verzet naar 4-12 11:00", "12-04 11:00"),
        ("12/2 面接→12/4 11時に変更", "12-04 11:00"),
        ("interview 12/2 postponed", ""),
        ("VG 2.12. fällt aus, neuer Termin folgt", ""),
        ("rozmowa 2.12 odwołana", ""),
        ("entrevista 02/12 desmarcada", ""),
    ],
)
def test_an_interview_that_was_moved_or_called_off_is_not_on_its_old_day(status: str, day: str) -> None:
    phrase = WORDS.read(status)
    assert phrase.stage is Stage.INTERVIEW
    held = [written for sense, written in phrase.dated if sense == "interview"] if phrase.settled else []
    assert len(held) == bool(day)
    assert not day or ("4" in held[0] and "11" in held[0])


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("apuntada a la oferta el 20/11", Stage.SENT),
        ("CV wysłane na ofertę 20.11", Stage.SENT),
        ("offerta di lavoro del 20/11, inviato cv", Stage.SENT),
        ("Stellenangebot vom 20.11., beworben", Stage.SENT),
        ("offre enregistrée, à postuler", Stage.IDEA),
        ("oferta recibida", Stage.OFFER),
        ("offre reçue", Stage.OFFER),
        ("Angebot liegt vor", Stage.OFFER),
    ],
)
def test_a_posting_that_is_called_an_offer_is_none(status: str, stage: Stage) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled) == (stage, True)
    assert "offer" not in dict(phrase.dated)


@pytest.mark.parametrize(
    "status",
    [
        "entrevista 19/11, no me cogen", "rozmowa 19.11, podziękowali", "intervju 18/11, gikk videre med andre",
        "gesprek 19-11, gaan verder met een ander", "intervju 19/11, gick till annan", "sökt för sent",
        "durch den Test gefallen", "gesprek gehad, niet gekozen", "odwołałem rozmowę", "offer被撤",
    ],
)  # fmt: skip
def test_a_refusal_behind_an_interview_is_one(status: str) -> None:
    phrase = WORDS.read(status)
    assert phrase.settled
    assert phrase.stage in (Stage.REJECTED, Stage.WITHDRAWN)


def test_an_interview_beside_a_no_that_nobody_knows_is_asked_about() -> None:
    phrase = WORDS.read("entrevista 19/11, no zorkaron")
    assert (phrase.settled, phrase.asking) == (False, Asking.NONE)


def test_two_numbers_before_a_word_are_a_day_or_how_long_it_takes() -> None:
    assert f"{lead_of('emailed 1-20, they replied').last_outbound or lead_of('interview 1-20 at noon').interview_at}"
    assert lead_of("interview in 1-2 weeks").interview_at is None


@pytest.mark.parametrize("header", ["Where its at", "Was ist Sache", "Zork"])
def test_a_column_of_tales_is_the_status_whatever_its_header_says(header: str) -> None:
    """Unread, its refusals would be asked for an answer."""
    tales = (
        "CV in, nothing heard so far",
        "trial day Mon 18/01 half seven start",
        "knocked back",
        "turned it down, pay was a joke",
        "agency says role's been pulled",
        "took on someone else",
    )
    lines = [["Firm", "Job", "Sent CV", header]]
    lines += [[f"Firm {day}", "spark", f"2026-12-{day}", tale] for day, tale in enumerate(tales, 14)]
    table = Table("leads.csv", tuple(Row(number, tuple(line)) for number, line in enumerate(lines, 1)))
    columns = understand_columns(table, chosen={}, vocabulary=load_vocabulary(), accepted={})
    assert columns.mapped["status"] == header


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("did the online assessment, no feedback", Stage.ASSESSMENT),
        ("nobody got back to me", Stage.SENT),
        ("three weeks, zero response", Stage.SENT),
        ("zweimal nachgehakt, nichts", Stage.SENT),
        ("left two voicemails, no response", Stage.SENT),
        ("emailed resume to Dana Reed", Stage.SENT),
        ("waiting for a call", Stage.SENT),
        ("they said they'd call next week", Stage.IN_TOUCH),
        ("have to decide by 12/5", Stage.OFFER),
        ("they have to decide by 12/5", Stage.SENT),
        ("oferta złożona", Stage.OFFER),
        ("hab denen abgesagt", Stage.WITHDRAWN),
        ("Ausschreibung zurückgezogen", Stage.REJECTED),
        ("haben jemand anderen genommen", Stage.REJECTED),
        ("purtroppo no", Stage.REJECTED),
        ("on my list", Stage.IDEA),
        ("apply this weekend", Stage.IDEA),
    ],
)
def test_the_kind_of_its_words_tells_what_it_says(text: str, stage: Stage) -> None:
    phrase = WORDS.read(text)
    assert (phrase.stage, phrase.settled) == (stage, True)


@pytest.mark.parametrize("text", ["need references first", "acepté la oferta"])
def test_what_may_be_theirs_or_still_to_be_done_asks_nobody(text: str) -> None:
    phrase = WORDS.read(text)
    assert not phrase.settled
    assert phrase.asking is Asking.NONE


@pytest.mark.parametrize(
    "status",
    ["Beth off till 20 Jan 2027, email her then", "on leave until 20 Jan 2027", "Frau Kern im Urlaub bis 20.1.2027"],
)
def test_nothing_goes_out_while_somebody_is_away_though_the_rest_of_the_words_is_not_clear(status: str) -> None:
    lead = lead_of(status)
    assert lead.follow_up_on == date(2027, 1, 20)
    assert lead.asking is not Asking.NONE
    seeker = Seeker([a_row("Acme", "2026-12-14", status=status)])
    asked = [
        named_day(touch.start) for touch in seeker.run().plan.schedule if touch.lead and touch.kind is TouchClass.ASKING
    ]
    assert asked and min(asked) >= date(2027, 1, 20)


@pytest.mark.parametrize("text", ["they are back on track", "Bewerbung zurück am 3.12.", "Absage zurück am 3.12.2026"])
def test_what_is_back_is_not_always_a_person(text: str) -> None:
    phrase = WORDS.read(text)
    assert "remind" not in dict(phrase.dated)
    assert phrase.stage is Stage.REJECTED or not phrase.settled
