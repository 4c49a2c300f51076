"""Remarks on slips: said where something looks like one, silent where it does not."""

from __future__ import annotations

import pytest

from sync.models import Lead, Person
from sync.reading.lint import MAX_NOTES, lint_leads
from sync.texts import load_remarks

REMARKS = load_remarks("en")


def lead(company: str, name: str = "", email: str = "") -> Lead:
    return Lead(company + name, "leads.csv:2", 2, company=company, contact=Person(name, email))


@pytest.mark.parametrize(
    ("leads", "words"),
    [
        pytest.param([lead("Brightwater Labs"), lead("Brightwatre Labs")], "one firm", id="firm-spelled-twice"),
        pytest.param(
            [lead("A", "Ana Ruiz", "ana@x.example"), lead("B", "Anna Ruiz", "Ana@x.example")], "one person", id="person"
        ),
        pytest.param([lead("Brightwater", "", "ana@brightwatr.example")], "not quite", id="domain-with-a-slip"),
    ],
)
def test_remarks(leads: list[Lead], words: str) -> None:
    (note,) = lint_leads(leads, REMARKS)
    assert words in note.reason
    assert lint_leads(leads[::-1], REMARKS) == [note]


@pytest.mark.parametrize(
    "leads",
    [
        pytest.param([lead("Acme"), lead("Bolt")], id="two-firms"),
        pytest.param([lead("Brightwater Labs"), lead("brightwater labs")], id="case-only"),
        pytest.param([lead("Studio 54"), lead("Studio 55")], id="numbers-tell-firms-apart"),
        pytest.param([lead("North Bank"), lead("North Star Hotels")], id="same-beginning"),
        pytest.param([lead("Brightwater", "", "ana@brightwater.example")], id="right-domain"),
        pytest.param([lead("Brightwater Labs", "", "ana@brightwater.example")], id="short-domain"),
        pytest.param([lead("Acme", "", "ana@mail.example")], id="other-domain"),
        pytest.param([lead("Klinik Grün", "", "ana@klinik-gruen.example")], id="ue-in-the-domain"),
        pytest.param([lead("Klinik Grün", "", "ana@klinik-grun.example")], id="u-in-the-domain"),
        pytest.param([lead("")], id="no-firm"),
    ],
)
def test_no_remark(leads: list[Lead]) -> None:
    assert lint_leads(leads, REMARKS) == []


def test_remarks_are_bounded() -> None:
    assert len(lint_leads([lead(f"Brightwater Labs {chr(97 + i)}") for i in range(26)], REMARKS)) == MAX_NOTES
