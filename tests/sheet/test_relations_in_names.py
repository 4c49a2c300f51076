"""Whoever is named by what they are to another: the relation is no part of a name, and its owner is not the person."""

from __future__ import annotations

import pytest
from runner import Seeker, a_row

from sync.messages.names import as_said, read_name


def contact_of(cell: str) -> str:
    rows = [a_row("Alder", contact_name=cell), a_row("Birch")]
    leads = Seeker(rows).run(write=False).leads.leads
    return next(lead.contact.name for lead in leads if lead.company == "Alder")


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("her boss Ray", "Ray"),
        ("his old boss Ray Dunn", "Ray Dunn"),
        ("Kim's friend Ray", "Ray"),
        ("the manager Sue", "Sue"),
        ("boss Ray", "Ray"),
        ("her uncle Joe", "Joe"),
        ("sein Chef Ray", "Ray"),
        ("ihre Chefin Lena Kern", "Lena Kern"),
        ("seine Frau Anna", "Anna"),
        ("mon ami Luc", "Luc"),
        ("su jefa Inés Gil", "Inés Gil"),
        ("suo capo Marco", "Marco"),
        ("zijn baas Jan de Vries", "Jan de Vries"),
        ("jej szef Marek", "Marek"),
        ("seu chefe Paulo", "Paulo"),
        ("Sr. Recruiter Dana Reed", "Dana Reed"),
        ("Jr. Recruiter Kim Roe", "Kim Roe"),
    ],
)
def test_what_somebody_is_to_another_is_no_part_of_their_name(cell: str, name: str) -> None:
    assert contact_of(cell) == name
    assert read_name(contact_of(cell)).bare == name


@pytest.mark.parametrize(
    "cell",
    [
        "friend of Kim",
        "a friend of Kim Lee",
        "Ray's wife",
        "sein Chef",
        "Freund von Anna Kern",
        "la sœur de Marc",
        "l'ami d'Anne",
        "la hermana de Pedro",
        "la sorella di Ugo",
        "vriend van Piet",
        "siostra Marka",
        "a irmã do Pedro",
    ],
)
def test_whose_friend_somebody_is_is_not_who_they_are(cell: str) -> None:
    assert contact_of(cell) == ""


@pytest.mark.parametrize(
    "cell",
    ["Hugo Boss", "Boss Ray", "Mann Thomas", "Son Nguyen", "Su Lee", "Mi Tran", "Frau Freund", "frau Kern", "Uncle Joe",
     "tante Anna", "Sr. García", "García Sr.", "John Smith Jr.", "L'Oréal Marc"],
)  # fmt: skip
def test_a_name_that_is_such_a_word_as_well_stays_whole(cell: str) -> None:
    assert contact_of(cell) == cell


def test_an_uncle_of_ones_own_keeps_what_he_is_called_by() -> None:
    assert contact_of("my uncle Joe") == "uncle Joe"


@pytest.mark.parametrize(
    ("cell", "said"), [("Sr. García", "Mr García"), ("Sr. Mary Kate", "Sr. Mary Kate"), ("her boss Ray", "Ray")]
)
def test_a_referrer_or_an_interviewer_is_said_without_it_as_well(cell: str, said: str) -> None:
    assert as_said(cell, "en") == said
