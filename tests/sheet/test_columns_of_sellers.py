"""Columns that programs for selling have beside those of a lead: whose it is, what is sold, what the firm is like."""

from __future__ import annotations

import pytest

from sync.models import Row, Table
from sync.reading.columns import Columns, understand_columns
from sync.reading.vocabulary import load_vocabulary


def understand(*headers: str, cells: tuple[str, ...] = ()) -> Columns:
    rows = (Row(1, headers), *([Row(2, cells)] if cells else []))
    return understand_columns(Table("sheet", rows), chosen={}, vocabulary=load_vocabulary(), accepted={})


@pytest.mark.parametrize(
    ("company", "email", "owner"),
    [
        ("Firma", "E-Mail", "Verantwortlicher"), ("Entreprise", "E-mail", "Responsable du lead"),
        ("Empresa", "Correo", "Propietario"), ("Azienda", "Email", "Assegnato a"), ("Bedrijf", "E-mail", "Eigenaar"),
        ("Firma", "E-mail", "Właściciel leada"), ("Företag", "E-post", "Ansvarig säljare"),
        ("Cég", "E-mail", "Felelős"),
        ("Компания", "Почта", "Ответственный за лид"), ("Yritys", "Sähköposti", "Liidin omistaja"),
        ("Company", "Email", "Assigned to"), ("公司", "邮箱", "跟进人员"),
    ],
)  # fmt: skip
def test_whose_lead_it_is_is_not_read_as_the_contact(company: str, email: str, owner: str) -> None:
    assert owner not in [column.header for column in understand(company, email, owner).columns if column.field]


@pytest.mark.parametrize("colleague", ["Manager", "Recruiter", "Responsable", "Chef"])
def test_beside_a_first_and_a_last_name_somebody_by_their_part_is_a_colleague(colleague: str) -> None:
    fields = understand("First name", "Last name", "Email", "Company", colleague).fields

    assert "contact_name" not in fields
    assert fields["contact_last_name"] == 1


@pytest.mark.parametrize(
    ("company", "status", "aside"),
    [
        ("Company", "Status", "Company details"), ("Firma", "Status", "Firmendetails"),
        ("Empresa", "Situação", "Produto de interesse"), ("Firma", "Status", "Treść ogłoszenia"),
        ("Tvrtka", "Status", "Dani od kontakta"), ("Företag", "Status", "Dagar sedan kontakt"),
        ("Azienda", "Stato", "Descrizione azienda"), ("公司", "状态", "公司简介"),
    ],
)  # fmt: skip
def test_what_is_sold_and_what_the_firm_is_like_is_left(company: str, status: str, aside: str) -> None:
    column = understand(company, status, aside).columns[2]

    assert (column.field, column.ask) == ("", False)


def test_the_day_behind_the_next_step_is_its_day_where_another_tells_of_the_last_message() -> None:
    fields = understand("Företag", "Senaste kontakt", "Nästa steg", "Datum").fields

    assert (fields["last_outbound"], fields["follow_up_on"]) == (1, 3)
    assert "applied_on" not in fields


def test_a_proposal_that_was_sent_is_no_application() -> None:
    fields = understand("Produto", "Próximo contato", "Data da reunião", "Envio da proposta").fields

    assert "applied_on" not in fields


@pytest.mark.parametrize("word", ["Høy", "Hög", "высокий", "Vysoká", "Yüksek"])
def test_how_urgent_it_is_is_read_in_each_language(word: str) -> None:
    fields = understand("Company", "Status", "Priority", cells=("Fernhill", "Applied", word)).fields

    assert fields["priority"] == 2
