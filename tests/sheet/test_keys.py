"""Lead keys: the same lead keeps its key whatever happens around it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.memory import LeadMemory
from sync.models import Lead, Person
from sync.reading.keys import Identities, Identity, identity_cells, key_forms, normalise_name, numbers_rows
from sync.reading.remembered_leads import Keys
from sync.reading.remembered_leads import assign_keys as assign

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def assign_keys(rows: list[Identity], memory: Mapping[str, LeadMemory]) -> Keys:
    columns = Identities(
        ids=[row.id for row in rows],
        companies=[row.company for row in rows],
        roles=[row.role for row in rows],
        people=[Person(email=row.contact) for row in rows],
        urls=[row.url for row in rows],
        days=[row.applied_on for row in rows],
        cells=lambda index: rows[index].cells,
    )
    return assign(columns, memory)


def remember(rows: list[Identity], memory: dict[str, LeadMemory] | None = None) -> dict[str, LeadMemory]:
    """Memory after a run with these rows, vanished leads included."""
    memory = memory or {}
    for row, key in zip(rows, assign_keys(rows, memory).keys, strict=True):
        memory = memory | {
            key: LeadMemory(key, NOW, row.id, row.company, row.role, row.contact, row.url, row.applied_on)
        }
    return memory


ACME = Identity(company="Acme", role="Welder", applied_on=date(2026, 9, 1))
BOLT = Identity(company="Bolt", role="Welder", applied_on=date(2026, 9, 2))


@pytest.mark.parametrize("text", ["ACME  corp", "Acme Corp", " acme\u00a0corp", "acme\u200b corp", "Ａｃｍｅ Corp"])
def test_spelling_of_case_width_and_space_is_no_difference(text: str) -> None:
    assert normalise_name(text) == "acme corp"


DANA = replace(ACME, contact="dana@acme.example")


@pytest.mark.parametrize("name", ["Acme Inc", "Acme, Inc.", "Acme Ltd", "Acme Publishing", "Akme", "The Acme GmbH"])
def test_a_firm_under_a_fuller_or_another_name_is_the_same_lead(name: str) -> None:
    memory = remember([DANA, BOLT])
    before = assign_keys([DANA, BOLT], memory).keys
    assert assign_keys([replace(DANA, company=name), BOLT], memory).keys == before


@pytest.mark.parametrize("name", ["Acme Inc", "Acme, Inc.", "Acme Ltd", "Acme (Ohio)", "Acmé"])
def test_a_legal_form_alone_is_no_other_firm(name: str) -> None:
    bare = replace(ACME, role="")
    memory = remember([bare, BOLT])
    before = assign_keys([bare, BOLT], memory).keys
    assert assign_keys([replace(bare, company=name), BOLT], memory).keys == before


def test_one_recruiter_and_one_day_make_no_two_firms_one() -> None:
    """Two postings of one staffing firm, sent on one day: who is gone and who is new are two leads."""
    memory = remember([replace(DANA, role="Welder"), BOLT])
    after = replace(DANA, company="Corvus", role="Fitter")
    assert assign_keys([after, BOLT], memory).keys[0] not in memory


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(replace(ACME, applied_on=date(2026, 9, 3)), id="other-date"),
        pytest.param(replace(ACME, contact="ana@acme.example"), id="contact-added"),
        pytest.param(replace(ACME, url="https://acme.example"), id="link-added"),
        pytest.param(replace(ACME, company="ACME "), id="other-case"),
        pytest.param(replace(ACME, company="Acmee"), id="spelling-of-company"),
        pytest.param(replace(ACME, role="Welderr"), id="spelling-of-role"),
        pytest.param(replace(ACME, role=""), id="role-taken-out"),
        pytest.param(replace(ACME, id="A-17"), id="id-column-added"),
    ],
)
def test_an_edited_row_keeps_its_key(after: Identity) -> None:
    memory = remember([ACME, BOLT])
    before = assign_keys([ACME, BOLT], memory).keys
    assert assign_keys([after, BOLT], memory).keys == before


def test_a_corrected_spelling_is_reported() -> None:
    memory = remember([ACME, BOLT])
    found = assign_keys([replace(ACME, company="Acmee"), BOLT], memory)
    assert [entry.company for entry in found.renamed.values()] == ["Acme"]
    assert not assign_keys([ACME, BOLT], memory).renamed


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(Identity(company="Acme", role="Painter", applied_on=date(2026, 9, 9)), id="other-job-same-firm"),
        pytest.param(Identity(company="Zenith", role="Welder", applied_on=date(2026, 9, 1)), id="same-job-other-firm"),
        pytest.param(Identity(company="Acne", role="Painter"), id="like-name-other-job"),
    ],
)
def test_another_lead_in_a_vanished_leads_place_is_new(new: Identity) -> None:
    memory = remember([ACME])
    assert assign_keys([new], memory).keys[0] not in memory


def test_two_rows_that_might_both_be_the_old_one_are_both_new() -> None:
    memory = remember([ACME])
    rows = [replace(ACME, company="Acmee"), replace(ACME, company="Acmes")]
    assert not set(assign_keys(rows, memory).keys) & set(memory)


def test_a_new_double_gets_the_longer_key() -> None:
    memory = remember([ACME])
    double = replace(ACME, applied_on=date(2026, 8, 1), contact="bo")
    first, second = assign_keys([double, ACME], memory).keys
    assert second in memory
    assert first.startswith(second + "\t")


def test_the_older_of_two_doubles_gets_the_short_key() -> None:
    later = replace(ACME, applied_on=date(2026, 9, 5))
    assert assign_keys([later, ACME], {}).keys[1] == "acme\twelder"


def test_removing_the_first_of_two_doubles_leaves_the_others_key() -> None:
    later = replace(ACME, applied_on=date(2026, 9, 5))
    memory = remember([ACME, later])
    assert assign_keys([later], memory).keys[0] == assign_keys([ACME, later], memory).keys[1]


def test_an_id_survives_a_new_name() -> None:
    row = Identity(id="A-17", company="Acme", role="Welder")
    memory = remember([row, Identity(id="B-2", company="Bolt")])
    assert assign_keys([Identity(id="A-17", company="Zenith", role="Boss")], memory).keys[0] in memory


def test_renumbered_rows_are_told_by_their_names() -> None:
    rows = [Identity(id=str(number), company=name) for number, name in ((2, "Acme"), (4, "Bolt"), (9, "Core"))]
    memory = remember(rows)
    moved = [Identity(id=str(number), company=name) for number, name in ((2, "Bolt"), (4, "Acme"), (9, "Core"))]
    assert [memory[key].company for key in assign_keys(moved, memory).keys] == ["Bolt", "Acme", "Core"]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["1", "2", "3"], True),
        (["3", "1", "2"], True),
        (["0", "1"], True),
        (["2", "3", "4"], True),
        (["1", "2", "4"], False),
        (["101", "102"], False),
        (["1", "1", "2"], False),
        (["A1", "A2"], False),
        ([], False),
    ],
)
def test_an_id_that_numbers_the_rows_is_no_id(ids: list[str], expected: bool) -> None:
    assert numbers_rows(ids) is expected


def test_forms_hold_every_key_a_lead_may_have_had() -> None:
    lead = Lead(
        "k", "leads.csv:2", 2, id="A1", company="Acme", role="Welder", contact=Person("Bo"), url="https://x.example"
    )
    row = Identity(**identity_cells(lead))
    assert {*assign_keys([row], {}).keys, *assign_keys([replace(row, id="")], {}).keys, "k"} <= set(key_forms(lead))


# Rows that differ in other cells only cannot be told apart once one of them is gone; they are left out here.
NAMES = st.sampled_from(["Acme", "Bolt", "acme", "Core"])
IDENTITIES = st.builds(
    Identity,
    company=NAMES,
    role=st.sampled_from(["", "Welder", "Painter"]),
    contact=st.sampled_from(["", "bo"]),
    url=st.sampled_from(["", "https://x.example"]),
    applied_on=st.sampled_from([None, date(2026, 9, 1), date(2026, 9, 2)]),
)
ROWS = st.lists(IDENTITIES, max_size=8, unique_by=lambda row: (row.short, row.contact, row.url, row.applied_on))


@given(ROWS, st.randoms(use_true_random=False), st.booleans())
def test_order_makes_no_difference(rows: list[Identity], random: object, known: bool) -> None:
    memory = remember(rows[::2]) if known else {}
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    before = dict(zip(rows, assign_keys(rows, memory).keys, strict=True))
    assert dict(zip(shuffled, assign_keys(shuffled, memory).keys, strict=True)) == before


@given(ROWS, IDENTITIES)
def test_keys_are_unique_and_a_row_added_or_removed_changes_no_other(rows: list[Identity], extra: Identity) -> None:
    memory = remember(rows)
    before = dict(zip(rows, assign_keys(rows, memory).keys, strict=True))
    assert len(set(before.values())) == len(rows)
    same = {(row.short, row.contact, row.url, row.applied_on) for row in rows}
    if (extra.short, extra.contact, extra.url, extra.applied_on) not in same:
        after = dict(zip([*rows, extra], assign_keys([*rows, extra], memory).keys, strict=True))
        assert {row: after[row] for row in rows} == before
    for gone in rows:
        rest = [row for row in rows if row != gone]
        assert dict(zip(rest, assign_keys(rest, memory).keys, strict=True)).items() <= before.items()
