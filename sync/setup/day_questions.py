"""What is asked about the days of a sheet: whether day or month comes first, and which year is meant."""

from __future__ import annotations

import re
from datetime import date

from msgspec.structs import replace

from sync.errors import ConfigError
from sync.models import Problem, Table
from sync.reading.date_lexicon import shipped_date_words
from sync.reading.dates import EITHER_ORDER, MIXED_ORDERS, NO_YEAR
from sync.setup.questions import Interview, pick_one
from sync.setup.settings_file import Setup
from sync.setup.sheets import Sheets, Understood

_BOTH_ORDERS = (EITHER_ORDER.key, MIXED_ORDERS.key)
_ORDERS = ((1, "dmy"), (2, "mdy"))


def settle_order(
    talk: Interview, sheets: Sheets, setup: Setup, table: Table, seen: Understood
) -> tuple[Setup, Understood]:
    """Day or month first, where dates of the sheet can be read in both ways and nothing tells which."""
    unsure = [problem for problem in seen.leads.problems if problem.kind in _BOTH_ORDERS]
    if not unsure:
        return setup, seen
    header = unsure[0].column
    cells = " | ".join(dict.fromkeys(problem.value for problem in unsure if problem.column == header))[:60]
    first = unsure[0]
    rows = [talk.phrase("choice", number=number, meaning=_in_words(talk, first, order)) for number, order in _ORDERS]
    question = talk.pose(
        "order",
        proposal="2" if is_month_first(setup) else "1",
        above=(talk.phrase("order_about", header=header, cells=cells), *rows),
        header=header,
    )
    orders = [order for _, order in _ORDERS]
    chosen = talk.ask(question, lambda text: pick_one(orders, text))
    setup = replace(setup, source={**setup.source, "date_order": chosen})
    return setup, sheets.understand(setup, table)


def is_month_first(setup: Setup) -> bool:
    """Whether the month comes first where this person lives."""
    return shipped_date_words().is_month_first(setup.holidays.replace(",", " ").split(), setup.timezone)


def _in_words(talk: Interview, problem: Problem, order: str) -> str:
    numbers = re.findall(r"\d+", problem.value)
    day, month = (numbers[:2] if order == "dmy" else numbers[1::-1]) if len(numbers) > 1 else ("?", "?")
    shown = f"{date(2000, int(month), 1):%b}" if month.isdigit() and 0 < int(month) < 13 else month
    return talk.phrase("order_day" if order == "dmy" else "order_month", first=problem.value, day=f"{day} {shown}")


def settle_year(
    talk: Interview, sheets: Sheets, setup: Setup, table: Table, seen: Understood
) -> tuple[Setup, Understood]:
    """Which year is meant, where days without one have no year that is nearer than another."""
    unsure = [problem for problem in seen.leads.problems if problem.kind == NO_YEAR.key]
    if not unsure:
        return setup, seen
    header = unsure[0].column
    cells = " | ".join(dict.fromkeys(problem.value for problem in unsure if problem.column == header))[:60]
    about = talk.phrase("year_about", count=len(unsure), header=header, cells=cells)
    question = talk.pose("year", proposal=str(sheets.now.year), above=(about,), header=header)
    setup = replace(setup, year=talk.ask(question, _take_year))
    return setup, sheets.understand(setup, table)


def _take_year(text: str) -> int:
    if not re.fullmatch(r"(19[89]|20\d)\d", text):
        raise ConfigError(f"{text!r} is no year, such as 2026")
    return int(text)
