"""While a proof holds, the pipeline would do and learn nothing: tried at every kind of later instant."""

from __future__ import annotations

import ast
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from conftest import NOW, at
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.memory import MemorySource, MemoryState, MemoryTarget
from sync.config import parse_settings
from sync.memory import Memory
from sync.models import Row, Table
from sync.proof import Proof, read_proof
from sync.run import Report, run

ROOT = Path(__file__).parents[2]
HEADER = ("Company", "Role", "Contact", "Contact Email", "Date Applied", "Status", "Interview", "Follow-up Date")
SETTINGS = parse_settings(
    """
owner = "k3x9"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "caldav"
url = "https://calendar.example/leads/"
"""
)
DAYS = st.integers(-40, 20).map(lambda days: (NOW + timedelta(days=days)).date().isoformat()) | st.just("")
HOURS = DAYS.flatmap(lambda day: st.sampled_from([day, f"{day} 10:00", f"{day} 15:30"] if day else [""]))
ROWS = st.tuples(
    st.sampled_from(["Acme", "Bolt", "Cog", "Dyno"]),
    st.sampled_from(["", "Analyst", "Editor"]),
    st.sampled_from(["", "Ann Lee"]),
    st.sampled_from(["", "ann@acme.example"]),
    DAYS,
    st.sampled_from(["", "Applied", "Interview", "Offer", "Rejected", "whatever"]),
    HOURS,
    DAYS,
)


def learned(memory: Memory) -> Memory:
    """What is remembered, but for when the last run was."""
    return replace(memory, runs=replace(memory.runs, last_run=None, last_good_run=None))


def run_at(now: datetime, rows: list[tuple[str, ...]], target: MemoryTarget, store: MemoryState) -> Report:
    table = Table("leads.csv", tuple(Row(number, row) for number, row in enumerate([HEADER, *rows], 1)))
    deadline = now + timedelta(minutes=5)
    return run(SETTINGS, source=MemorySource(table), target=target, store=store, now=now, deadline=deadline, write=True)


@settings(max_examples=40)
@given(st.lists(ROWS, min_size=1, max_size=6), st.integers(0, 72 * 4), st.lists(st.floats(0, 0.999), max_size=3))
def test_a_run_while_the_proof_holds_would_do_nothing(
    rows: list[tuple[str, ...]], quarters: int, parts: list[float]
) -> None:
    target, store = MemoryTarget(), MemoryState()
    now = NOW + timedelta(minutes=15 * quarters + 3)
    for _ in range(4):
        report = run_at(now, rows, target, store)
        if report.quiet_until is not None and report.quiet_until > now:
            break
        now += timedelta(minutes=7)
    else:
        return
    before = learned(store.memory)
    whole = report.quiet_until - now
    assert whole <= timedelta(days=1, hours=1), "a full listing every day"
    for part in sorted({*parts, 0.999999}):
        again = run_at(now + whole * part, rows, target, store)
        assert not again.plan.writes
        assert learned(store.memory) == before


def test_the_engine_asks_the_clock_only_where_it_is_noted_down() -> None:
    for path in sorted((ROOT / "sync" / "schedule").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if path.name != "now.py" and isinstance(node, ast.Compare | ast.BinOp | ast.Call):
                parts = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
                parts += [node.left, node.right] if isinstance(node, ast.BinOp) else []
                parts += node.args if isinstance(node, ast.Call) else []
                asked = [part for part in parts if isinstance(part, ast.Attribute) and part.attr == "now"]
                assert not asked, f"{path.name}:{node.lineno} asks for the time without noting when its answer turns"


PROOF = Proof(
    "digest", ("a",), "https://calendar.example/", "sync-token 1", NOW, NOW + timedelta(hours=3), "said", ("cells",)
)


def test_a_proof_survives_its_text() -> None:
    assert read_proof(PROOF.to_json()) == PROOF


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"files": 1}', PROOF.to_json().replace("said", "tell")])
def test_no_proof_is_read_from_anything_else(text: str) -> None:
    assert read_proof(text) is None


@pytest.mark.parametrize(
    ("now", "inputs", "revision", "holds"),
    [
        pytest.param(NOW, "digest", "sync-token 1", True, id="noop"),
        pytest.param(
            NOW + timedelta(hours=3, microseconds=-1), "digest", "sync-token 1", True, id="to the last moment"
        ),
        pytest.param(NOW + timedelta(hours=3), "digest", "sync-token 1", False, id="the plan may turn"),
        pytest.param(at("2027-01-04", "08:59"), "digest", "sync-token 1", False, id="before it was made"),
        pytest.param(NOW, "other", "sync-token 1", False, id="an input changed"),
        pytest.param(NOW, "digest", "sync-token 2", False, id="the calendar changed"),
        pytest.param(NOW, "digest", "", False, id="the calendar says nothing"),
    ],
)
def test_what_holds(now: datetime, inputs: str, revision: str, holds: bool) -> None:
    assert PROOF.holds(now, inputs=inputs, revision=revision) is holds
    assert not replace(PROOF, revision="").holds(now, inputs=inputs, revision="")
