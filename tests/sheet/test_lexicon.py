"""Header words by meaning, for each language: what is understood, and what must not be."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from sync.reading.headers import spoken_order, understand_headers
from sync.reading.lexicon import (
    Lexicon,
    choose_language,
    lexicons_for,
    load_grammar,
    load_lexicon,
    parse_lexicon,
    split_words,
)
from sync.reading.vocabulary import load_vocabulary

LANGUAGES = sorted(
    entry.name.removesuffix(".toml")
    for entry in files("mappings").joinpath("headers").iterdir()
    if len(entry.name) == len("xx.toml")
)


def fields(*headers: str) -> list[str]:
    """The likeliest field of each header; empty where it names none."""
    return [(*sense.fields, "")[0] for sense in understand_headers(headers, load_vocabulary())]


@pytest.mark.parametrize(
    ("headers", "right"),
    [
        pytest.param(
            ["Target employer", "Applied for", "Sent on", "Reply date", "Where found"],
            "company role applied_on last_inbound source",
            id="en",
        ),
        pytest.param(
            ["Betrieb", "Stellenbezeichnung", "Bewerbungsdatum", "Antwortdatum", "Gesprächstermin am"],
            "company role applied_on last_inbound interview_at",
            id="de",
        ),
        pytest.param(
            ["Employeur", "Intitulé", "Postulé le", "Date de réponse", "Entretien le"],
            "company role applied_on last_inbound interview_at",
            id="fr",
        ),
        pytest.param(
            ["Compañía", "Vacante", "Enviado el", "Fecha de respuesta", "Próximo contacto"],
            "company role applied_on last_inbound follow_up_on",
            id="es",
        ),
        pytest.param(
            ["Datore di lavoro", "Mansione", "Inviata il", "Data colloquio", "Ultimo contatto"],
            "company role applied_on interview_at last_outbound",
            id="it",
        ),
        pytest.param(
            ["Empregador", "Vaga", "Data de envio", "Data da entrevista", "Observações"],
            "company role applied_on interview_at notes",
            id="pt",
        ),
        pytest.param(
            ["Werkgever", "Functietitel", "Verstuurd op", "Gesprek op", "Opmerkingen"],
            "company role applied_on interview_at notes",
            id="nl",
        ),
        pytest.param(
            ["Pracodawca", "Stanowisko", "Wysłano dnia", "Data rozmowy", "Uwagi"],
            "company role applied_on interview_at notes",
            id="pl",
        ),
        pytest.param(
            ["Arbetsgivare", "Befattning", "Ansökningsdatum", "Intervjudatum", "Anteckningar"],
            "company role applied_on interview_at notes",
            id="sv",
        ),
        pytest.param(
            ["Arbeidsgiver", "Stillingstittel", "Søknadsdato", "Intervjudato", "Notater"],
            "company role applied_on interview_at notes",
            id="no",
        ),
        pytest.param(
            ["Arbejdsgiver", "Stilling", "Ansøgningsdato", "Dato for samtale", "Bemærkninger"],
            "company role applied_on interview_at notes",
            id="da",
        ),
        pytest.param(
            ["单位名称", "应聘职位", "投简历日期", "面试日程", "跟进时间"],
            "company role applied_on interview_at follow_up_on",
            id="zh",
        ),
        pytest.param(
            ["応募先企業", "募集職種", "エントリー日", "面接日時", "備考欄"],
            "company role applied_on interview_at notes",
            id="ja",
        ),
        pytest.param(
            ["지원회사", "지원직무", "지원일자", "면접일시", "특이사항"],
            "company role applied_on interview_at notes",
            id="ko",
        ),
        pytest.param(
            ["Работодатель", "Позиция", "Дата подачи", "Дата собеседования", "Примечания"],
            "company role applied_on interview_at notes",
            id="ru",
        ),
        pytest.param(
            ["Роботодавець", "Бажана посада", "Дата надсилання резюме", "Коли нагадати", "Де побачив"],
            "company role applied_on follow_up_on source",
            id="uk",
        ),
        pytest.param(
            ["Zaměstnavatel", "Nabízená pozice", "Přihlášku odeslal dne", "Termín pohovoru", "Kde jsem našel"],
            "company role applied_on interview_at source",
            id="cs",
        ),
        pytest.param(
            ["Zamestnávateľ", "Pracovné miesto", "Prihlásený dňa", "Kedy sa ozvať", "Kto ma odporučil"],
            "company role applied_on follow_up_on referrer",
            id="sk",
        ),
        pytest.param(
            ["Munkáltató neve", "Megpályázott állás", "Mikor jelentkeztem", "Mikor hívjam", "Hol láttam"],
            "company role applied_on follow_up_on source",
            id="hu",
        ),
        pytest.param(
            ["Työnantajan nimi", "Haettu paikka", "Hakemuksen päivämäärä", "Milloin kysyn", "Mistä kuulin"],
            "company role applied_on follow_up_on source",
            id="fi",
        ),
        pytest.param(
            ["Firma ismi", "Pozisyon adı", "Başvurduğum tarih", "Aranacak tarih", "Nerede gördüm"],
            "company role applied_on follow_up_on source",
            id="tr",
        ),
        pytest.param(
            ["Numele firmei", "Titlul jobului", "Data depunerii", "Când revin", "Cine m-a recomandat"],
            "company role applied_on follow_up_on referrer",
            id="ro",
        ),
        pytest.param(
            ["Επωνυμία", "Τίτλος θέσης", "Ημερομηνία αίτησης", "Επόμενη επικοινωνία", "Από πού"],
            "company role applied_on follow_up_on source",
            id="el",
        ),
        pytest.param(
            ["Работодател", "Длъжност", "Дата на кандидатстване", "Да се обадя", "Откъде"],
            "company role applied_on follow_up_on source",
            id="bg",
        ),
        pytest.param(
            ["Darba devējs", "Amata nosaukums", "Pieteikuma datums", "Kas ieteica", "Piezīmes"],
            "company role applied_on referrer notes",
            id="lv",
        ),
        pytest.param(
            ["Darbdavys", "Pareigos", "Paraiškos data", "Kas rekomendavo", "Pastabos"],
            "company role applied_on referrer notes",
            id="lt",
        ),
        pytest.param(
            ["Tööandja", "Ametinimetus", "Kandideerimise kuupäev", "Kes soovitas", "Märkused"],
            "company role applied_on referrer notes",
            id="et",
        ),
        pytest.param(
            ["ชื่อบริษัท", "ตำแหน่งงาน", "วันที่สมัคร", "วันสัมภาษณ์", "หมายเหตุ"],
            "company role applied_on interview_at notes",
            id="th",
        ),
        pytest.param(
            ["اسم الشركة", "المسمى الوظيفي", "تاريخ التقديم", "موعد المقابلة", "ملاحظات"],
            "company role applied_on interview_at notes",
            id="ar",
        ),
        pytest.param(
            ["نام شرکت", "عنوان شغلی", "تاریخ ارسال", "تاریخ مصاحبه", "توضیحات"],
            "company role applied_on interview_at notes",
            id="fa",
        ),
        pytest.param(
            ["שם החברה", "תפקיד", "תאריך הגשה", "תאריך ראיון", "הערות"],
            "company role applied_on interview_at notes",
            id="he",
        ),
    ],
)
def test_each_language(headers: list[str], right: str) -> None:
    assert fields(*headers) == right.split()


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Company website", id="a-page-of-the-firm"),
        pytest.param("Job type", id="what-kind-of-job"),
        pytest.param("Contact title", id="the-contact-s-own-position"),
        pytest.param("Resume link", id="a-document"),
        pytest.param("Salary expectation date", id="money"),
        pytest.param("Updated on", id="when-the-row-was-edited"),
        pytest.param("Interview feedback", id="an-interview-without-its-day"),
        pytest.param("Next step notes", id="text-about-a-step"),
        pytest.param("Referral status", id="a-referral-without-a-name"),
        pytest.param("Rejection reason", id="a-reason"),
        pytest.param("Gehaltswunsch", id="money-in-german"),
        pytest.param("更新时间", id="edited-in-chinese"),
        pytest.param("Zodiac", id="nothing-at-all"),
    ],
)
def test_what_names_no_field(header: str) -> None:
    assert fields("Company", header)[1] == ""


def test_a_word_is_read_in_the_language_of_its_neighbours() -> None:
    assert fields("Entreprise", "Stage", "Date d'envoi")[1] == "role"
    assert fields("Company", "Stage", "Date sent")[1] == "status"


def test_a_language_tells_the_order_of_day_and_month() -> None:
    assert spoken_order(["Azienda", "Candidatura inviata il"]) == "dmy"
    assert spoken_order(["Företag", "Ansökan skickad"]) == "dmy"
    assert (
        spoken_order(["会社名", "応募日"])
        == spoken_order(["公司", "投递日期"])
        == spoken_order(["회사", "지원일"])
        == "mdy"
    )
    assert spoken_order(["Company", "Date sent"]) is None


@pytest.mark.parametrize(
    ("firm", "known", "form"),
    [
        ("Společnost", "uzávěrka", "Datum uzávěrky"),
        ("Cég", "jelentkezési határidő", "A határidők"),
        ("Yritys", "deadline", "Deadlinen"),
        ("Angajator", "termen", "Termenele"),
    ],
)
def test_a_word_is_known_in_its_other_forms(firm: str, known: str, form: str) -> None:
    assert fields(firm, known)[1] == fields(firm, form)[1] == "closes_on"


def test_what_words_of_different_meaning_have_in_common_is_neither() -> None:
    words = parse_lexicon(
        'role = ["postu"]\nmoney = ["posta"]\nday = ["dato"]', language="x", grown=False, endings=frozenset("aeou")
    )
    assert words.read(["poste"]).unknown == 1
    assert words.read(["posta"]).meanings == {"money"}
    assert words.read(["data"]).unknown == 1, "too little is left of it"


def test_a_word_grown_out_of_words_may_end_as_they_do() -> None:
    assert fields("Yritys", "Hakemuslinkin", "Vastauspäivän")[1:] == ["url", "last_inbound"]


def test_where_a_name_and_a_first_name_are_one_word_it_is_the_name_of_what_stands_beside() -> None:
    assert fields("Şirket", "Yetkili adı", "Adı")[1:] == ["contact_name", "contact_first_name"]
    assert fields("Компанія", "Ім'я рекрутера")[1] == "contact_name"
    assert fields("Company", "Recruiter first name")[1] == "contact_first_name"


@pytest.mark.parametrize(
    ("firm", "header", "field"),
    [
        ("Firma", "Znovu zavolat", "follow_up_on"),
        ("Компанія", "Повторний контакт", "follow_up_on"),
        ("Şirket", "Son mesaj", "last_outbound"),
        ("Company", "Application due", "closes_on"),
        ("Компанія", "Подати до", "closes_on"),
        ("Cég", "Hirdetés címe", "url"),
        ("Company", "Where advertised", "source"),
    ],
)
def test_again_by_when_and_where_are_read_with_what_stands_beside_them(firm: str, header: str, field: str) -> None:
    assert fields(firm, header)[1] == field


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_meaning_of_a_lexicon_is_one_of_the_grammar(language: str) -> None:
    rules = load_grammar().rule
    known = {meaning for rule in rules for meaning in (*rule.all, *rule.any, *rule.none)} | {"filler"}
    text = files("mappings").joinpath(f"headers/{language}.toml").read_text("utf-8")
    assert set(tomllib.loads(text)) <= known


def test_every_lexicon_belongs_to_a_script() -> None:
    named = {name for several in load_grammar().scripts.values() for name in several} | {"en"}
    assert named == set(LANGUAGES)


def test_a_header_that_can_be_split_in_very_many_ways_is_read_at_once() -> None:
    assert fields("Firma", "bewerbungs" * 90 + "x", "面接" * 500, "Datum " * 160) == ["company", "", "interview_at", ""]


def test_words_are_split_whatever_joins_them() -> None:
    assert (
        split_words("dateApplied")
        == split_words("Date_Applied:")
        == split_words("  DATE applied ")
        == ["date", "applied"]
    )
    assert split_words("Søknad sendt") == ["soknad", "sendt"]


def test_english_is_believed_where_nothing_else_explains_more() -> None:
    words = [split_words(header) for header in ("Status", "Link", "Position")]
    order: list[Lexicon] = choose_language(words, lexicons_for(["Status"]))
    assert order[0] == load_lexicon("en")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("F/U date", "follow_up_on"),
        ("Last email I sent", "last_outbound"),
        ("Decision expected", "they_decide_by"),
        ("WhatsApp", "contact_phone"),
        ("where its at", "status"),
        ("WV am", "follow_up_on"),
        ("Falar com", "contact_name"),
        ("Собес", "interview_at"),
        ("連絡予定日", "follow_up_on"),
        ("Weer bellen", "follow_up_on"),
        ("Got back to me on", "last_inbound"),
        ("Zuständig", "contact_name"),
    ],
)
def test_how_people_shorten_and_say_it(header: str, field: str) -> None:
    known = {
        "WV am": "Firma",
        "Zuständig": "Firma",
        "Falar com": "Empresa",
        "Собес": "Компания",
        "連絡予定日": "会社名",
    }
    assert fields(known.get(header, "Company"), header) == ["company", field]


@pytest.mark.parametrize(
    ("firm", "header"),
    [
        ("Company", "Do not call"),
        ("Firma", "Nicht anrufen"),
        ("Entreprise", "Ne pas appeler"),
        ("Empresa", "No llamar"),
        ("Werkgever", "Niet bellen"),
        ("Společnost", "Nevolat"),
        ("Cég", "Ne hívj"),
        ("Компанія", "Не дзвонити"),
        ("Företag", "Ring inte"),
        ("公司", "请勿致电"),
    ],
)
def test_whom_nobody_is_to_call_is_said_in_every_language(firm: str, header: str) -> None:
    assert fields(firm, header)[1] == "do_not_contact"


@pytest.mark.parametrize(
    ("firm", "header", "field"),
    [
        pytest.param("Company", "Contact notes", "notes", id="notes-are-no-name"),
        pytest.param("Entreprise", "Nom du contact", "contact_name", id="du-is-a-day-at-the-end-alone"),
        pytest.param("Entreprise", "Candidature du", "applied_on", id="du-at-the-end"),
        pytest.param("Werkgever", "Contact op het bedrijf", "contact_name", id="op-is-a-day-at-the-end-alone"),
        pytest.param("Werkgever", "Verstuurd op", "applied_on", id="op-at-the-end"),
        pytest.param("Customer", "Customer since", "applied_on", id="since-when-is-no-name"),
        pytest.param("Company", "Date spotted", "received_at", id="where-it-was-spotted-is-no-day"),
        pytest.param("Company", "Recruiting firm", "agency", id="who-recruits-for-others"),
        pytest.param("Empresa", "Empresa de selección", "agency", id="who-recruits-in-spanish"),
        pytest.param("Cég", "Projekt típus", "", id="not-the-danish-word-that-begins-so"),
        pytest.param("公司", "HR邮箱", "contact_email", id="words-end-where-the-script-does"),
        pytest.param("公司", "HR面时间", "interview_at", id="a-round-called-by-who-holds-it"),
        pytest.param("公司", "Base城市", "city", id="the-unknown-word-before-them"),
        pytest.param("Firma", "Výsledek hovoru", "last_result", id="what-came-of-a-call"),
        pytest.param("Company", "Company response", "last_inbound", id="an-answer-of-the-firm-is-no-firm"),
        pytest.param("Entreprise", "Quand appeler", "follow_up_on", id="when-to-call-is-no-call-that-was-made"),
        pytest.param("Firma", "Přihlášky do", "closes_on", id="until-at-the-end"),
        pytest.param("Firma", "Reakce do", "they_decide_by", id="until-when-they-answer"),
        pytest.param("Yritys", "Yrityksen nimi ja paikka", "company", id="the-firm-s-name-and-town"),
        pytest.param("Firma", "Datum narození", "", id="a-birthday"),
    ],
)
def test_what_was_taken_for_another(firm: str, header: str, field: str) -> None:
    assert fields(firm, header)[1] == field


def test_the_last_day_of_an_application_may_be_its_deadline_and_is_asked_about() -> None:
    (sense,) = understand_headers(["Last application date"], load_vocabulary())
    assert sense.fields[:2] == ("closes_on", "applied_on")
    assert sense.sure < 0.75


def test_the_day_a_sale_is_hoped_for_is_no_last_day_to_apply() -> None:
    assert fields("Company", "Expected closing", "Closing date")[1:] == ["", "closes_on"]
    assert fields("ชื่อบริษัท", "วันที่คาดว่าจะปิด")[1] == ""


def test_a_link_of_something_or_that_is_answered_with_yes_or_no_is_asked_about() -> None:
    heads = ["Portfolio", "Link", "Link earned (Y/N)", "Draft link"]
    plain, *asked = (sense.sure for sense in understand_headers(heads, load_vocabulary())[1:])
    assert plain >= 0.75 > max(asked)
