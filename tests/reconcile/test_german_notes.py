"""What is noted of a person's own doing is said in their language."""

from __future__ import annotations

from datetime import date

import pytest

from sync.memory import Word, WordKind
from sync.models import Remark
from sync.reconcile.words import tell_word
from sync.texts import load_remarks

GERMAN = load_remarks("de")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (WordKind.DONE, "du hast gesagt, dass „Acme: nachfassen“ am Mo 2027-01-11 getan war"),
        (WordKind.SNOOZE, "du hast „Acme: nachfassen“ auf Mo 2027-01-11 verschoben"),
        (WordKind.SKIP, "du hast „Acme: nachfassen“ ausgelassen: es kommt nicht wieder"),
    ],
)
def test_what_was_said_of_a_follow_up(kind: WordKind, said: str) -> None:
    word = Word("uid", kind, on=date(2027, 1, 11))
    assert tell_word(word, "Acme: nachfassen", today=date(2027, 1, 10), words=GERMAN) == said


def test_why_a_cell_was_not_written() -> None:
    said = GERMAN.tell(Remark("write_back.no_row", {"row": "leads.csv:7"}, "leads.csv:7"))
    assert said == "für leads.csv:7 wird nichts zurückgeschrieben: die Zeile steht nicht mehr in der Tabelle"
