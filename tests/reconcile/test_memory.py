"""Calendar and state in memory fulfil their contracts, so that what is tested with them holds for real ones."""

from __future__ import annotations

import pytest
from state_contract import StateContract
from target_contract import TargetContract

from connectors.memory import MemoryState, MemoryTarget
from connectors.state_documents import read_runs, to_document
from sync.memory import Text
from sync.protocols import StateStore, Target


class TestMemoryTarget(TargetContract):
    @pytest.fixture
    def target(self) -> Target:
        return MemoryTarget()


class TestMemoryState(StateContract):
    @pytest.fixture
    def store(self) -> StateStore:
        return MemoryState()

    def another(self, store: StateStore) -> StateStore:
        return store


def test_the_names_of_kept_texts_are_those_in_peoples_states() -> None:
    """A name that changes would forget the columns that were agreed on, and ask about every status again."""
    assert [text.value for text in Text] == [
        "mapping", "end", "sheet bookmark", "calendar bookmark", "rules", "words", "unclear", "held deletes said",
    ]  # fmt: skip
    before = '{"owner": "k3x9", "texts": {"mapping": "{\\"company\\": \\"Firm\\"}", "end": "2 x"}}'
    runs = read_runs(before)
    assert runs.mapped == {"company": "Firm"}
    assert runs.text(Text.END) == "2 x"
    assert read_runs(to_document(runs.with_texts(END="3 y"))).texts == {**runs.texts, "end": "3 y"}
