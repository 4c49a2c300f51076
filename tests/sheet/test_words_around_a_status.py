"""Statuses in the everyday words of many languages: what is around the word that says where a lead stands."""

from __future__ import annotations

import pytest

from sync.models import Asking, Stage
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import load_vocabulary


@pytest.fixture(scope="module")
def words() -> StageWords:
    return StageWords({}, load_vocabulary())


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        # what is waited for, sent, or asked about is no riddle
        ("Warte auf die Entscheidung", Stage.SENT), ("Čekám na rozhodnutí firmy", Stage.SENT),
        ("A aguardar decisão", Stage.SENT), ("Venter på avklaring", Stage.SENT), ("Odotan päätöstä", Stage.SENT),
        ("Aguardo o resultado", Stage.SENT), ("Ожидаю решения компании", Stage.SENT), ("Reminder sent", Stage.SENT),
        ("Påmindelse sendt", Stage.SENT), ("Wysłano przypomnienie", Stage.SENT), ("Relances envoyées", Stage.SENT),
        # who has it before them
        ("Bei der Fachabteilung", Stage.SENT), ("У замовника", Stage.SENT), ("Feldolgozás alatt", Stage.SENT),
        ("V obdelavi", Stage.SENT), ("Seleksi berkas", Stage.SENT), ("部门筛选", Stage.SENT),
        ("Arvioitavana", Stage.SENT),
        ("İncelemede", Stage.SENT), ("Đang xét duyệt", Stage.SENT), ("審査", Stage.SENT),
        # man, woman, several, and the verb itself
        ("Osloveni", Stage.SENT), ("Kontaktirao sam", Stage.SENT), ("Надіслала", Stage.SENT),
        ("Megkerestek", Stage.IN_TOUCH), ("Отобрана", Stage.IN_TOUCH), ("Preselectată", Stage.IN_TOUCH),
        ("Seleccionadas", Stage.IN_TOUCH), ("Voorgeselecteerd", Stage.IN_TOUCH), ("Lolos berkas", Stage.IN_TOUCH),
        # nothing was done yet
        ("Noch nicht begonnen", Stage.IDEA), ("Non contacté", Stage.IDEA),
        ("Non contattata", Stage.IDEA), ("Lista życzeń", Stage.IDEA),
        ("ยังไม่สมัคร", Stage.IDEA), ("未着手", Stage.IDEA),
        # what they sent is theirs
        ("Job offer received", Stage.OFFER), ("Tilbud modtaget", Stage.OFFER), ("Получено предложение", Stage.OFFER),
        ("Ofertă primită", Stage.OFFER),
        # what is finished is what stands beside it
        ("Mülakat tamamlandı", Stage.INTERVIEW), ("Interviu finalizat", Stage.INTERVIEW),
        ("Haastattelu päättynyt", Stage.INTERVIEW),
    ],
)  # fmt: skip
def test_the_words_around_a_status_do_not_make_it_a_question(words: StageWords, status: str, stage: Stage) -> None:
    phrase = words.read(status)

    assert (phrase.stage, phrase.settled) == (stage, True)


@pytest.mark.parametrize(
    "status",
    [
        "Ikke gått videre", "Ej kvalificerad", "Inte vidare till nästa steg", "Nicht in die nächste Runde gekommen",
        "Not in the next stage", "Pas d'intérêt", "Není zájem", "Не в шортлисте", "No en conversaciones", "没入围",
        "Negatieve reactie", "Odpověď negativní", "選考外", "Nicht mehr im Verfahren",
    ],
)  # fmt: skip
def test_a_denied_step_forward_is_no_missing_answer(words: StageWords, status: str) -> None:
    phrase = words.read(status)

    assert phrase.stage not in (Stage.SENT, Stage.IN_TOUCH)
    assert phrase.settled or phrase.asking is Asking.NONE


@pytest.mark.parametrize("status", ["Nobody got back to me", "Не ответил", "Nem válaszolt", "Tidak ada balasan"])
def test_a_denied_answer_is_one_that_may_still_come(words: StageWords, status: str) -> None:
    assert words.read(status).unanswered


@pytest.mark.parametrize("status", ["Posouzení ukončeno", "Рассмотрение завершено", "Proses seleksi selesai"])
def test_a_review_that_is_over_is_asked_about_and_asks_nobody(words: StageWords, status: str) -> None:
    phrase = words.read(status)

    assert (phrase.settled, phrase.asking) == (False, Asking.NONE)


@pytest.mark.parametrize("status", ["Cancelada", "Annulée", "Zrušeno", "Скасовано", "Storniert", "Cancelled"])
def test_cancelled_is_the_same_in_every_language(words: StageWords, status: str) -> None:
    phrase = words.read(status)

    assert (phrase.stage, phrase.settled) == (Stage.WITHDRAWN, True)
