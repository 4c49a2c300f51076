"""Calendar and state in memory fulfil their contracts, so that what is tested with them holds for real ones."""

from __future__ import annotations

import pytest
from state_contract import StateContract
from target_contract import TargetContract

from connectors.memory import MemoryState, MemoryTarget
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
