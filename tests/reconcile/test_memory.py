"""The calendar in memory fulfils the contract, so that what is tested with it holds for real ones."""

from __future__ import annotations

import pytest
from target_contract import TargetContract

from connectors.memory import MemoryTarget
from sync.protocols import Target


class TestMemoryTarget(TargetContract):
    @pytest.fixture
    def target(self) -> Target:
        return MemoryTarget()
