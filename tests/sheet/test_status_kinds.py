"""The everyday words for where a lead stands, a few of each kind in several languages."""

from __future__ import annotations

import pytest

from sync.models import Asking, Stage
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import load_vocabulary

WORDS = StageWords({}, load_vocabulary())


def assert_all_mean(stage: Stage, *texts: str) -> None:
    read = {text: WORDS.read(text) for text in texts}
    assert {text: (phrase.stage, phrase.settled) for text, phrase in read.items()} == dict.fromkeys(
        texts, (stage, True)
    )


def test_what_nobody_has_begun_or_contacted_yet_is_an_idea() -> None:
    assert_all_mean(
        Stage.IDEA,
        *("not yet started", "NOT_CONTACTED", "not-contacted", "not yet contacted", "to call", "favourite"),
        *("noch nicht begonnen", "noch nicht kontaktiert", "zu kontaktieren", "Unterlagen bereit", "Favoriten"),
        *("pas encore commencé", "non contactée", "à appeler", "dossier prêt", "coup de cœur"),
        *("sin iniciar", "aún no contactado", "documentos listos", "non avviata", "da esaminare", "não iniciada"),
        *("nog niet begonnen", "te bellen", "niezaczęte", "do przejrzenia", "ulubione", "ej påbörjad", "ikke startet"),
        *(
            "skal ringes op",
            "aloittamatta",
            "soitettava",
            "megkeresendő",
            "kedvencek",
            "zatím nekontaktováno",
            "obľúbená",
        ),
        *("necontactată", "favoriler", "henüz aranmadı", "не начато", "в избранном", "не розпочато", "chưa liên hệ"),
        *("尚未联系", "未着手", "お気に入り", "시작 전", "즐겨찾기"),
    )


@pytest.mark.parametrize("text", ["not called", "ещё не звонили", "не телефонували"])
def test_who_has_not_called_is_not_said_so_an_application_counts_as_sent_and_the_rest_as_an_idea(text: str) -> None:
    phrase = WORDS.read(text)
    assert phrase.settled
    assert phrase.waits_for_day


def test_a_quote_that_was_sent_is_followed_up() -> None:
    assert_all_mean(
        Stage.SENT,
        *("quote sent", "Kostenvoranschlag verschickt", "devis transmis", "cotización enviada", "preventivo inviato"),
        *("orçamento enviado", "offerte verstuurd", "wycena wysłana", "offert skickad", "árajánlat elküldve"),
        *(
            "cenová nabídka odeslána",
            "fiyat teklifi gönderildi",
            "отправили КП",
            "đã gửi báo giá",
            "已报价",
            "견적 제출",
        ),
    )


@pytest.mark.parametrize("text", ["offer sent", "tilbud sendt", "nabídka odeslána", "предложение отправлено"])
def test_an_offer_that_was_sent_may_be_theirs_and_asks_nobody(text: str) -> None:
    phrase = WORDS.read(text)
    assert (phrase.settled, phrase.asking) == (False, Asking.NONE)


def test_what_is_to_be_followed_up_was_sent() -> None:
    assert_all_mean(
        Stage.SENT,
        *("follow up!", "FOLLOW_UP", "reminder sent", "Erinnerung gesendet", "suivi nécessaire", "dar seguimiento"),
        *(
            "da richiamare",
            "fazer follow-up",
            "opvolging nodig",
            "do oddzwonienia",
            "ska följas upp",
            "under oppfølging",
        ),
        *("opfølgning sendt", "muistuta", "utánkövetve", "zavolat znovu", "ozvať sa znova", "tekrar aranacak"),
        *(
            "напоминание отправлено",
            "треба передзвонити",
            "de recontactat",
            "cần gọi lại",
            "继续跟进",
            "フォロー中",
            "재연락 필요",
        ),
    )


def test_while_they_read_or_decide_it_is_sent() -> None:
    assert_all_mean(
        Stage.SENT,
        *(
            "they are considering",
            "they are deciding",
            "Unterlagen werden geprüft",
            "en délibération",
            "están evaluando",
        ),
        *(
            "stanno decidendo",
            "análise de currículo",
            "denken erover na",
            "zastanawiają się",
            "de funderar",
            "de vurderer",
        ),
        *(
            "de overvejer",
            "käsitellään",
            "döntésre vár",
            "přemýšlejí",
            "rozmýšľajú",
            "karar aşamasında",
            "думают",
            "вирішують",
        ),
        *("se gândesc", "chờ xét duyệt", "对方考虑中", "社内検討中", "결정 대기"),
    )


def test_while_they_talk_they_are_in_touch() -> None:
    assert_all_mean(
        Stage.IN_TOUCH,
        *("consultation", "im Dialog", "échanges en cours", "en diálogo", "in dialogo", "em diálogo", "in overleg"),
        *(
            "pågående dialog",
            "egyeztetés folyamatban",
            "konzultace",
            "в диалоге",
            "обговорюємо",
            "洽谈中",
            "商談中",
            "논의중",
        ),
    )


def test_no_interest_a_rival_or_no_money_ends_it() -> None:
    texts = (
        *("not relevant", "went with competitor", "no budget", "they're not interested", "dead lead", "kein Budget"),
        *(
            "Mitbewerber gewählt",
            "aucun intérêt",
            "trop cher",
            "no están interesados",
            "sin presupuesto",
            "senza budget",
        ),
        *(
            "não tem interesse",
            "te duur",
            "nie są zainteresowani",
            "wybrali konkurencję",
            "inte intresserade",
            "for dyrt",
        ),
        *(
            "er ikke interesseret",
            "eivät kiinnostuneet",
            "nincs érdeklődés",
            "nemají zájem",
            "bez záujmu",
            "ilgilenmediler",
        ),
        *(
            "не заинтересованы",
            "нет бюджета",
            "немає інтересу",
            "fără interes",
            "không phù hợp",
            "无需求",
            "予算なし",
            "예산 없음",
        ),
    )
    read = {text: WORDS.read(text) for text in texts}
    closed = {text for text, phrase in read.items() if phrase.settled and phrase.stage and phrase.stage.closed}
    assert closed == set(texts)


def test_somebody_who_was_not_reached_has_not_answered() -> None:
    texts = (
        *("didn't pick up", "could not reach", "geht nicht ran", "ne décroche pas", "no atendió", "irraggiungibile"),
        *(
            "não atendeu",
            "neemt niet op",
            "nie odbiera",
            "svarar inte",
            "fikk ikke tak i",
            "fik ikke fat i",
            "ei tavoitettu",
        ),
        *("nem vette fel", "nedovoláno", "nedvíha", "cevap vermedi", "недозвон", "не додзвонилась", "nu răspunde"),
        *("không nghe máy", "打不通", "電話に出ない", "연락 안 됨"),
    )
    assert_all_mean(Stage.SENT, *texts)
    assert all(WORDS.read(text).unanswered for text in texts)


def test_what_the_seeker_turned_down_was_withdrawn() -> None:
    assert_all_mean(
        Stage.WITHDRAWN,
        *("declined (by you)", "refusée par moi", "Rechazada (por mí)", "scartata da me", "recusada por mim"),
        *(
            "odrzucone (przeze mnie)",
            "avslått av meg",
            "afvist af mig",
            "elutasítva általam",
            "zamítnuto mnou",
            "stiahnutý",
        ),
        *("odmietnuté mnou", "tarafımdan reddedildi", "отклонено мной", "відхилено мною", "respins de mine", "不跟进"),
    )


def test_a_posting_that_was_taken_back_is_their_end_and_not_the_seekers() -> None:
    assert_all_mean(
        Stage.REJECTED,
        *("annonce retirée", "anuncio retirado", "posizione ritirata", "ogłoszenie wycofane", "stillingen trukket"),
        *("inzerát stažen", "pozícia stiahnutá", "вакансия снята", "вакансію знято", "hirdetés visszavonva"),
    )


@pytest.mark.parametrize(
    "text",
    [
        *("became a customer", "Zuschlag erhalten", "client signé", "cliente ganado", "contrato fechado", "akkoord"),
        *("klient pozyskany", "fått jobb", "työllistynyt", "állást kaptam", "zaměstnána", "anlaşma sağlandı"),
        *("сделка заключена", "влаштувалась", "đã ký hợp đồng", "达成合作", "受注", "계약 체결"),
    ],
)
def test_that_the_search_is_over_is_asked_with_the_guess(text: str) -> None:
    phrase = WORDS.read(text)
    assert (phrase.stage, phrase.settled, phrase.asking) == (Stage.ACCEPTED, False, Asking.NONE)


@pytest.mark.parametrize("text", ["not really interested", "nicht sehr interessiert", "non molto interessato"])
def test_an_interest_that_is_not_there_asks_nobody(text: str) -> None:
    phrase = WORDS.read(text)
    assert phrase.stage in (Stage.REJECTED, Stage.WITHDRAWN) or phrase.asking is Asking.NONE


@pytest.mark.parametrize(
    "text",
    [
        *("noch kein Angebot", "aún no hay oferta", "nog geen aanbod", "ei vielä tarjousta", "încă nu am ofertă"),
        *("ще нема офера", "chưa có offer", "belum ada penawaran", "还没有offer", "まだ内定なし", "아직 오퍼 없음"),
    ],
)
def test_an_offer_that_may_still_come_is_no_refusal(text: str) -> None:
    phrase = WORDS.read(text)
    assert (phrase.settled, phrase.asking) == (False, Asking.NONE)


@pytest.mark.parametrize("text", ["ricevuta offerta", "received an offer", "tilbud mottatt", "propuesta recibida"])
def test_an_offer_that_was_received_is_one(text: str) -> None:
    assert_all_mean(Stage.OFFER, text)


def test_what_says_more_of_its_word_wins() -> None:
    """What is to be sent begins like what was."""
    assert_all_mean(Stage.SENT, "elküldve", "gönderildi")
    assert_all_mean(Stage.IDEA, "elküldendő", "gönderilmedi")


@pytest.mark.parametrize(
    "text", ["nekontaktovat", "nevolať", "не дзвонити", "не связываться", "nu sunați", "älä soita", "kontakta ej"]
)
def test_whom_one_shall_not_write_to_is_not_asked(text: str) -> None:
    phrase = WORDS.read(text)
    assert (phrase.settled, phrase.asking) == (False, Asking.NONE)


@pytest.mark.parametrize("text", ["no budget before 2/1", "kein Budget vor Februar", "pas de budget avant mars"])
def test_no_money_for_now_is_no_end(text: str) -> None:
    phrase = WORDS.read(text)
    assert phrase.stage is not None and not phrase.stage.closed


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Telefon-Screening",
            "telefonscreening",
            "telefonische screening",
            "telefonisk screening",
            "criba telefónica",
        ),
        *("screening telefonico", "triagem telefônica", "présélection téléphonique", "screening telefoniczny"),
        *("telefonikus szűrés", "puhelinseulonta", "电话初筛", "전화 스크리닝"),
    ],
)
def test_a_screening_on_the_phone_is_an_interview(text: str) -> None:
    assert_all_mean(Stage.INTERVIEW, text)
