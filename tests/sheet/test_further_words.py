"""Headers and statuses in further words: languages of the neighbours, towns, what looks like a field and is none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sync.models import Asking, CellValue, Row, Stage, Table
from sync.reading.columns import understand_columns
from sync.reading.leads import read_leads
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()


def understood(heads: Sequence[str], *rows: Sequence[CellValue]) -> dict[str, str]:
    """Header to the field that it is read as."""
    lines: list[Sequence[CellValue]] = [heads, *rows]
    table = Table("sheet", tuple(Row(number, tuple(row)) for number, row in enumerate(lines, 1)))
    found = understand_columns(table, chosen={}, vocabulary=VOCABULARY, accepted={})
    return {column.header: column.field for column in found.columns}


@pytest.mark.parametrize(
    ("heads", "fields"),
    [
        (
            ["Název firmy", "Pozice", "Odeslané CV", "Datum odpovědi", "1. kolo pohovoru", "Poznámka", "Plat"],
            ["company", "role", "applied_on", "last_inbound", "interview_at", "notes", ""],
        ),
        (
            ["Şirket", "Pozisyon", "Başvuru tarihi", "Durum", "Son İletişim", "Takip Tarihi", "Maaş"],
            ["company", "role", "applied_on", "status", "last_outbound", "follow_up_on", ""],
        ),
        (
            ["Компанія", "Посада", "Дата подачі", "Статус", "Останній контакт", "Коментар", "Зарплата"],
            ["company", "role", "applied_on", "status", "last_outbound", "notes", ""],
        ),
        (
            ["Yritys", "Tehtävänimike", "Haettu pvm", "Tila", "Yhteyshenkilö", "Haastattelupäivä", "Palkka"],
            ["company", "role", "applied_on", "status", "contact_name", "interview_at", ""],
        ),
        (
            ["Cégnév", "Munkakör", "Jelentkezés dátuma", "Állapot", "Kapcsolattartó", "Megjegyzés", "Fizetés"],
            ["company", "role", "applied_on", "status", "contact_name", "notes", ""],
        ),
        (
            ["Companie", "Poziție", "Data aplicării", "Stadiu", "Persoană de contact", "Observații", "Salariu"],
            ["company", "role", "applied_on", "status", "contact_name", "notes", ""],
        ),
        (
            ["Perusahaan", "Posisi", "Tanggal Lamaran", "Status", "Kontak", "Catatan", "Gaji"],
            ["company", "role", "applied_on", "status", "contact_name", "notes", ""],
        ),
        (
            ["Công ty", "Vị trí", "Ngày ứng tuyển", "Trạng thái", "Kết quả", "Ghi chú", "Lương"],
            ["company", "role", "applied_on", "status", "outcome", "notes", ""],
        ),
        (
            ["Tvrtka", "Radno mjesto", "Datum prijave", "Status", "Kontakt osoba", "Napomena", "Plaća"],
            ["company", "role", "applied_on", "status", "contact_name", "notes", ""],
        ),
    ],
    ids=["cs", "tr", "uk", "fi", "hu", "ro", "id", "vi", "hr"],
)
def test_sheets_of_further_languages(heads: list[str], fields: list[str]) -> None:
    assert understood(heads) == dict(zip(heads, fields, strict=True))


@pytest.mark.parametrize(
    ("heads", "header", "field"),
    [
        (["会社名", "最終接触日"], "最終接触日", "last_outbound"),
        (["会社名", "最終連絡日"], "最終連絡日", "last_outbound"),
        (["Virksomhed", "Opflg."], "Opflg.", "follow_up_on"),
        (["Company", "Decision Maker Source"], "Decision Maker Source", ""),
        (["Company", "Contact Page"], "Contact Page", ""),
        (["Company", "Site status"], "Site status", ""),
        (["Empresa", "whatsapp_status"], "whatsapp_status", ""),
        (["Company", "Contact Source", "Status"], "Contact Source", ""),
        (["Company", "Outreach channel"], "Outreach channel", "channel"),
        (["Entreprise", "Contact RH — Prénom", "Contact RH — Nom"], "Contact RH — Nom", "contact_last_name"),
        (["会社名", "姓", "名"], "名", "contact_first_name"),
        (["Firma", "Standort"], "Standort", "city"),
        (["Company", "Recruiter location"], "Recruiter location", ""),
        (["Company", "Referral?"], "Referral?", ""),
        (["Entreprise", "Date de l'annonce"], "Date de l'annonce", ""),
        (["Company", "Thank you note"], "Thank you note", ""),
        (["Company", "email_id"], "email_id", "contact_email"),
        (["Company", "Contact at company"], "Contact at company", "contact_name"),
        (["Company", "Call back on"], "Call back on", "follow_up_on"),
        (["Company", "Where advertised"], "Where advertised", "source"),
        (["Lead Name", "Primary Contact", "Status"], "Lead Name", "company"),
        (["Lead Name", "Company", "Status"], "Lead Name", "contact_name"),
    ],
)
def test_words_that_were_taken_for_another(heads: list[str], header: str, field: str) -> None:
    assert understood(heads)[header] == field


def test_the_first_contact_is_a_day_in_every_language() -> None:
    days: list[CellValue] = ["Fjord", "2026-11-20"]
    for header in ("Første kontakt", "Erstkontakt", "Premier contact", "Primer contacto", "Pierwszy kontakt"):
        assert understood(["Firma", header], days, ["Elv", "2026-11-21"])[header] == "last_outbound", header


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("First contact", "Last contact"),
        ("Första kontakt", "Senaste kontakt"),
        ("初回連絡日", "最終連絡日"),
        ("첫 연락일", "마지막 연락일"),
    ],
)
def test_the_first_contact_beside_the_last_is_the_day_of_the_first_message(first: str, last: str) -> None:
    row: list[CellValue] = ["Fjord", "Ann Ek", "2026-11-03", "2026-11-20"]
    found = understood(["Company", "Contact person", first, last], row, ["Elv", "Bo Berg", "2026-11-04", "2026-11-21"])
    assert (found[first], found[last]) == ("applied_on", "last_outbound")


def test_the_last_follow_up_is_the_last_message_and_not_the_day_of_the_first() -> None:
    heads = ["Company", "Contact", "Date contacted", "Last follow-up"]
    row: list[CellValue] = ["Fjord", "Ann Ek", "2026-11-03", "2026-11-20"]
    assert understood(heads, row) == dict(
        zip(heads, ["company", "contact_name", "applied_on", "last_outbound"], strict=True)
    )
    assert understood([*heads, "Applied on"], [*row, "2026-11-01"])["Last follow-up"] == "last_outbound"


def test_a_town_is_read_and_remote_names_none() -> None:
    from sync.config import parse_settings

    settings = parse_settings(
        'owner = "k3x9"\ntimezone = "Europe/Berlin"\n[source]\ntype = "csv"\npath = "x"\n'
        '[target]\ntype = "ics"\npath = "y"\n'
    )
    rows = [
        ["Company", "Date applied", "Location"],
        ["Acme", "2026-11-20", "Boston, MA"],
        ["Bolt", "2026-11-20", "Remote - US"],
    ]
    table = Table("sheet", tuple(Row(number, tuple(row)) for number, row in enumerate(rows, 1)))
    leads = read_leads(table, settings=settings, vocabulary=VOCABULARY, memory={}).leads
    assert [lead.city for lead in leads] == ["Boston, MA", ""]


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("zamítnuto", Stage.REJECTED),
        ("odesláno", Stage.SENT),
        ("pohovor 3. 12.", Stage.INTERVIEW),
        ("Відмова компанії", Stage.REJECTED),
        ("співбесіда", Stage.INTERVIEW),
        ("Görüşüldü", Stage.INTERVIEW),
        ("hylätty", Stage.REJECTED),
        ("elutasítva", Stage.REJECTED),
        ("respins", Stage.REJECTED),
        ("検討中", Stage.IDEA),
        ("New - high priority", Stage.IDEA),
    ],
)
def test_statuses_in_further_words(text: str, stage: Stage) -> None:
    phrase = StageWords({}, VOCABULARY).read(text)
    assert (phrase.stage, phrase.settled) == (stage, True)
    assert stage not in (Stage.REJECTED, Stage.INTERVIEW) or phrase.asking is not Asking.OWN_DATE


@pytest.mark.parametrize("text", ["bez odpovědi", "немає відповіді", "geri dönüş yok", "ei vastausta"])
def test_no_answer_ends_nothing_in_further_languages(text: str) -> None:
    assert StageWords({}, VOCABULARY).read(text).unanswered


def test_a_long_text_without_spaces_is_no_status() -> None:
    rows = [
        ["青葉商事", "【テスト】生成AI導入済み・さらなる自動化ニーズあり"],
        ["若葉工業", "業務効率化DX実施済み・次のステップを検討中"],
    ]
    assert understood(["会社名", "課題メモ"], *rows)["課題メモ"] == "notes"


def test_names_with_a_figure_are_no_days() -> None:
    rows = [[f"Firm {number}", f"Ann Mori{number}"] for number in range(4)]
    assert understood(["Company", "Chat partner"], *rows)["Chat partner"] == ""


def test_a_state_of_the_country_is_no_status() -> None:
    assert understood(["Firm", "City", "State"], ["Acme", "Austin", "TX"], ["Bolt", "Fresno", "CA"])["State"] == ""
    assert understood(["Firm", "State"], ["Acme", "applied"], ["Bolt", "rejected"])["State"] == "status"


@pytest.mark.parametrize(
    ("heads", "fields"),
    [
        (["Company", "Emailed", "Follow up due"], ["company", "last_outbound", "follow_up_on"]),  # no last day to apply
        (["Company", "Emailed", "Next step due"], ["company", "last_outbound", "follow_up_on"]),
        (["Yritys", "Tehtävä", "Viim. hakupäivä"], ["company", "role", "closes_on"]),
        (["Název firmy", "Pozice", "Datum schůzky"], ["company", "role", "meeting_on"]),
        (["Компанія", "Посада", "Дата консультації"], ["company", "role", "meeting_on"]),
        (["Bedrijf", "Functie", "Samenvatting"], ["company", "role", "notes"]),
    ],
)
def test_days_of_a_follow_up_a_meeting_and_the_last_one(heads: list[str], fields: list[str]) -> None:
    cells = [
        "2026-11-20" if field in ("last_outbound", "follow_up_on", "closes_on", "meeting_on") else "Elm"
        for field in fields
    ]
    assert understood(heads, cells) == dict(zip(heads, fields, strict=True))


def test_how_one_spoke_is_not_how_it_stands_and_a_name_beside_firm_and_person_is_the_job() -> None:
    heads = ["Client", "Person", "Last spoke", "How"]
    rows = [("Elm", "Ann Lee", "2026-11-20", "phone"), ("Oak", "Bo Reed", "2026-11-19", "email from her")]
    assert understood(heads, *rows)["How"] == ""
    heads = ["Name", "Stage", "Company", "Contact", "Applied Date"]
    table = Table("sheet", (Row(1, tuple(heads)), Row(2, ("Baker", "Applied", "Elm", "Ann Lee", "2026-11-20"))))
    name = understand_columns(table, chosen={}, vocabulary=VOCABULARY, accepted={}).columns[0]
    assert (name.ask, name.proposal) == (True, "role")


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Čeká se na vyjádření", Stage.SENT),
        ("Žiadosť odoslaná", Stage.SENT),
        ("Nevzali mě", Stage.REJECTED),
        ("Stáhl jsem přihlášku", Stage.WITHDRAWN),
        ("Elutasítottam", Stage.WITHDRAWN),
        ("Válaszra vár", Stage.SENT),
        ("Második kör", Stage.INTERVIEW),
        ("Aștept răspuns", Stage.SENT),
        ("Am renunțat", Stage.WITHDRAWN),
        ("Eivät vastanneet", Stage.SENT),
        ("Ei tullut valituksi", Stage.REJECTED),
        ("Geri dönüş yapılmadı", Stage.SENT),
        ("Очікує відповіді", Stage.SENT),
        ("Нагадав про себе", Stage.SENT),
        ("Απόρριψη", Stage.REJECTED),
        ("ΣΥΝΕΝΤΕΥΞΗ", Stage.INTERVIEW),
        ("Nisam prošao", Stage.REJECTED),
        ("Sudah melamar", Stage.SENT),
        ("Đã nộp hồ sơ", Stage.SENT),
        ("書類通過", Stage.IN_TOUCH),
        ("서류 합격", Stage.IN_TOUCH),
        ("coding test invited", Stage.ASSESSMENT),
        ("Einladung zum Einstellungstest", Stage.ASSESSMENT),
        ("Absage erteilt", Stage.WITHDRAWN),
        ("Podal jsem přihlášku mailem", Stage.SENT),
        ("Videopohovor", Stage.INTERVIEW),
        ("Még nincs válasz", Stage.SENT),
        ("Haku peruttu", Stage.REJECTED),
        ("Încă niciun răspuns", Stage.SENT),
        ("Başkasını aldılar", Stage.REJECTED),
        ("Отхвърлен", Stage.REJECTED),
        ("Noraidīts", Stage.REJECTED),
        ("مقابلة عمل", Stage.INTERVIEW),
        ("לא ענו", Stage.SENT),
    ],
)
def test_statuses_of_thin_languages(text: str, stage: Stage) -> None:
    phrase = StageWords({}, VOCABULARY).read(text)
    assert (phrase.stage, phrase.settled) == (stage, True)


@pytest.mark.parametrize("text", ["Offer sent", "Tilbud sendt", "Nabídka odeslána", "Teklif gönderildi"])
def test_an_offer_that_was_sent_may_be_theirs_or_the_sellers_and_is_asked_about(text: str) -> None:
    phrase = StageWords({}, VOCABULARY).read(text)
    assert (phrase.settled, phrase.asking) == (False, Asking.NONE)
    assert set(phrase.choices) == {Stage.OFFER, Stage.SENT}


@pytest.mark.parametrize("text", ["Sajnos nem", "Valitettavasti ei", "Maalesef olmadı", "На жаль ні", "Bohužel ne"])
def test_the_first_word_of_a_refusal_asks_nobody_in_any_language(text: str) -> None:
    phrase = StageWords({}, VOCABULARY).read(text)
    assert phrase.stage is Stage.REJECTED or (not phrase.settled and phrase.asking is Asking.NONE)
