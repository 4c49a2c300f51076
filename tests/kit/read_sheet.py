"""A sheet of a few rows, read as somebody's in Germany."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sync.config import parse_settings
from sync.models import CellValue, Leads, Row, Table
from sync.reading.leads import read_leads
from sync.reading.vocabulary import load_vocabulary

SETTINGS = parse_settings(
    """
    timezone = "Europe/Berlin"
    target = {type = "ics", path = "out.ics"}
    [source]
    type = "csv"
    path = "leads.csv"
    date_order = "dmy"
    """
)


def read_sheet(*rows: Sequence[CellValue], today: date) -> Leads:
    """What is understood of these rows, the header first, in the first run of all."""
    table = Table("leads.csv", tuple(Row(number, tuple(row)) for number, row in enumerate(rows, 1)))
    return read_leads(table, settings=SETTINGS, vocabulary=load_vocabulary(), memory={}, today=today)
