"""Understanding a sheet by asking: which column is what, which of day and month comes first, what statuses mean.

Each question shows cells of the sheet and a proposal. What must be known for anything to be planned is asked first;
statuses are asked about together, those of the most rows first, so that their number never makes the conversation long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sync.errors import ConfigError
from sync.models import Leads, Problem, Stage, Table, UnclearStatus
from sync.moments import named_day
from sync.reading.cells import Fault, clean_text
from sync.reading.columns import Column
from sync.reading.date_lexicon import shipped_date_words
from sync.reading.date_order import decide_order
from sync.reading.dates import EITHER_ORDER, MIXED_ORDERS, NO_YEAR, Reading, looks_dated, read_moment
from sync.reading.vocabulary import DAYS, MOMENTS, load_vocabulary
from sync.setup.questions import Interview, pick
from sync.setup.settings_file import Setup

WHO = ("company", "contact_name", "contact_email", "organisation")
AT_ONCE = 15
"""Statuses in one question, as long as there is room for another question."""
MOST_CHOICES = 20
LEAST_SURE = 0.5
"""A reading of a column that is not surer is not proposed: leaving it out is."""
SAMPLES = 3
_BOTH_ORDERS = (EITHER_ORDER.key, MIXED_ORDERS.key)


class Understood(Struct, frozen=True):
    """A sheet as it is read with some settings."""

    leads: Leads
    columns: tuple[Column, ...]


class Sheets(Protocol):
    """What setting up may do with a sheet."""

    @property
    def now(self) -> datetime:
        """The time; aware."""

    def understand(self, setup: Setup, table: Table) -> Understood:
        """How the table is read with these settings. Raises `ConfigError` where no row names the columns."""

    def stage_of(self, text: str) -> Stage | None:
        """The stage that somebody means by this word."""


def understand(
    talk: Interview, sheets: Sheets, setup: Setup, table: Table, *, reserve: int
) -> tuple[Setup, Understood]:
    """The settings with what was asked about the sheet, and the sheet read with them.

    `reserve` is how many questions are still to come after these.
    """
    setup, seen = _settle_header(talk, sheets, setup, table)
    setup, seen = _settle_who(talk, sheets, setup, table, seen)
    asked_when = not any(column.ask and _is_dated(column) and _sure_of(column) for column in seen.columns)
    if asked_when:  # several columns of days, and none of them is likelier than another
        setup, seen = _settle_when(talk, sheets, setup, table, seen)
    setup, seen = _settle_columns(talk, sheets, setup, table, seen, reserve=reserve + 1)
    if not asked_when:
        setup, seen = _settle_when(talk, sheets, setup, table, seen)
    setup, seen = _settle_left_over(talk, sheets, setup, table, seen, reserve=reserve + 1)
    setup, seen = _settle_order(talk, sheets, setup, table, seen)
    setup, seen = _settle_year(talk, sheets, setup, table, seen)
    setup = _settle_statuses(talk, sheets, setup, seen, reserve=reserve)
    return setup, sheets.understand(setup, table)


def _settle_header(talk: Interview, sheets: Sheets, setup: Setup, table: Table) -> tuple[Setup, Understood]:
    """The sheet read; where no row names columns that are known, the company is asked for in its first row."""
    try:
        return setup, sheets.understand(setup, table)
    except ConfigError:
        first = next((row for row in table.rows if any(clean_text(value) for value in row.values)), None)
        heads = [text for value in (first.values if first else ()) if (text := clean_text(value))][:MOST_CHOICES]
        if not talk.asks or setup.columns or len(heads) < 2:
            raise
    rows = [talk.phrase("pick_row", number=number, header=head, cells="") for number, head in enumerate(heads, 1)]
    above = (talk.phrase("no_header", name=table.name), *rows)
    chosen = talk.ask(talk.pose("company", proposal="1", above=above), lambda text: _one(heads, text))
    setup = _with_column(setup, "company", chosen)
    return setup, sheets.understand(setup, table)


def _settle_who(
    talk: Interview, sheets: Sheets, setup: Setup, table: Table, seen: Understood
) -> tuple[Setup, Understood]:
    """A column that names the company or a person: without one no row can be planned."""
    people = any(column.ask and column.proposal == "contact_name" for column in seen.columns)
    if people or any(name in seen.leads.mapped for name in WHO):
        return setup, seen  # in a list of people, who they are is asked with the other columns
    named = [column for column in _unread(seen, setup) if not _is_dated(column) and _has_words(column)]
    proposed = [column for column in named if column.proposal == "company"] or named
    return _ask_needed(talk, sheets, setup, table, seen, "company", proposed[:1], named)


def _settle_when(
    talk: Interview, sheets: Sheets, setup: Setup, table: Table, seen: Understood
) -> tuple[Setup, Understood]:
    """A column that holds days: without one no row can be planned, unless its status says some."""
    if any(name in seen.leads.mapped for name in DAYS | MOMENTS):
        return setup, seen
    dated = [column for column in _unread(seen, setup) if _is_dated(column)]
    past = [column for column in dated if not _lies_ahead(sheets, setup, column)]
    return _ask_needed(talk, sheets, setup, table, seen, "applied_on", (past or dated)[:1], dated)


def _ask_needed(
    talk: Interview,
    sheets: Sheets,
    setup: Setup,
    table: Table,
    seen: Understood,
    name: str,
    proposed: Sequence[Column],
    among: Sequence[Column],
) -> tuple[Setup, Understood]:
    if not among or not proposed:
        return setup, seen
    heads = [column.header for column in among][:MOST_CHOICES]
    rows = [
        talk.phrase("pick_row", number=number, header=column.header, cells=_cells(column))
        for number, column in enumerate(among[:MOST_CHOICES], 1)
    ]
    what = "company" if name == "company" else "date"
    proposal = str(heads.index(proposed[0].header) + 1) if proposed[0].header in heads else ""
    question = talk.pose(what, proposal=proposal, above=(talk.phrase(f"pick_{what}"), *rows))
    chosen = talk.ask(question, lambda text: pick(heads, text))
    if not chosen:
        return setup, seen
    setup = _with_column(setup, name, chosen)
    return setup, sheets.understand(setup, table)


def _settle_columns(
    talk: Interview, sheets: Sheets, setup: Setup, table: Table, seen: Understood, *, reserve: int
) -> tuple[Setup, Understood]:
    """Columns that probably matter and that nothing settles, as many as there is room for."""
    for column in seen.columns:
        if not column.ask or not talk.room(reserve):
            continue
        proposal = _sure_of(column)
        if not proposal and _is_dated(column) and _lies_ahead(sheets, setup, column):
            ahead = [one for one in column.choices if one.field in _AHEAD]
            proposal = ahead[0].field if ahead else ""
            column = replace(column, choices=(*ahead, *(one for one in column.choices if one.field not in _AHEAD)))
        if not proposal and _is_open_day(column, setup, seen):
            continue
        setup = _ask_column(talk, setup, seen, column, proposal)
    return setup, sheets.understand(setup, table)


def _is_open_day(column: Column, setup: Setup, seen: Understood) -> bool:
    """Whether it holds days of which nothing says what they are, beside others that are known: it can wait."""
    known = seen.leads.mapped.keys() | setup.columns.keys()
    return column.ask and _is_dated(column) and not (DAYS | MOMENTS).isdisjoint(known)


_AHEAD = ("follow_up_on", "interview_at", "closes_on")
"""What a day that is still to come may be."""


def _sure_of(column: Column) -> str:
    """What is proposed for this column, if it is likely enough to be taken by Enter."""
    sure = {one.field for one in column.choices if one.confidence > LEAST_SURE}
    return column.proposal if column.proposal in sure else ""


def _lies_ahead(sheets: Sheets, setup: Setup, column: Column) -> bool:
    """Whether all days that are shown of this column are still to come."""
    zone = ZoneInfo(setup.timezone)
    order, _ = decide_order(column.samples)
    reading = Reading(order or ("mdy" if _is_month_first(setup) else "dmy"), zone, load_vocabulary().months)
    days = [named_day(found) for text in column.samples if not isinstance(found := read_moment(text, reading), Fault)]
    return len(days) > 1 and min(days) > sheets.now.astimezone(zone).date()


def _ask_column(talk: Interview, setup: Setup, seen: Understood, column: Column, proposal: str) -> Setup:
    """What this column is; one that is left out is not asked about again."""
    names = [one.field for one in column.choices if one.field not in {**seen.leads.mapped, **setup.columns}]
    if not names:
        return setup
    meanings = [
        talk.phrase("choice", number=number, meaning=talk.phrases.meaning_of(name))
        for number, name in enumerate(names, 1)
    ]
    about = talk.phrase("column_about", header=column.header, cells=_cells(column))
    number = str(names.index(proposal) + 1) if proposal in names else "0"
    question = talk.pose("column", proposal=number, above=(about, *meanings), header=column.header)
    chosen = talk.ask(question, lambda text: pick(names, text))
    if chosen:
        return _with_column(setup, chosen, column.header)
    return _leave_out(setup, [column.header]) if talk.asks else setup


def _leave_out(setup: Setup, headers: Sequence[str]) -> Setup:
    return replace(setup, not_read=tuple(dict.fromkeys((*setup.not_read, *headers))))


def _settle_left_over(
    talk: Interview, sheets: Sheets, setup: Setup, table: Table, seen: Understood, *, reserve: int
) -> tuple[Setup, Understood]:
    """What is left though it holds something and nothing says that it is of no use, in one question."""
    asked = set(setup.columns.values())
    left = [
        column
        for column in _unread(seen, setup)
        if column.header not in asked and (column.left_over or _is_open_day(column, setup, seen))
    ][:MOST_CHOICES]
    if not left or talk.room(reserve) <= 1:
        return setup, seen
    heads = [column.header for column in left]
    rows = [
        talk.phrase("pick_row", number=number, header=column.header, cells=_cells(column))
        for number, column in enumerate(left, 1)
    ]
    question = talk.pose("left_over", proposal=talk.phrases.no[0], above=(talk.phrase("left_over"), *rows))
    chosen = talk.ask(question, lambda text: _pick_several(talk, heads, text))
    if talk.asks:
        setup = _leave_out(setup, [header for header in heads if header not in chosen])
    for column in left:
        if column.header in chosen and talk.room(reserve):
            setup = _ask_column(talk, setup, seen, column, column.choices[0].field)
    return setup, sheets.understand(setup, table)


def _pick_several(talk: Interview, heads: Sequence[str], text: str) -> list[str]:
    if text.strip().casefold() in talk.phrases.no or text.strip() in heads:
        return [text.strip()] if text.strip() in heads else []
    return [header for part in re.split(r"[\s,;]+", text.strip()) if (header := pick(heads, part))]


def _settle_order(
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
        proposal="2" if _is_month_first(setup) else "1",
        above=(talk.phrase("order_about", header=header, cells=cells), *rows),
        header=header,
    )
    orders = [order for _, order in _ORDERS]
    chosen = talk.ask(question, lambda text: _one(orders, text))
    setup = replace(setup, source={**setup.source, "date_order": chosen})
    return setup, sheets.understand(setup, table)


MANY = 3
"""From so many words on an example corrects two of them."""
_ORDERS = ((1, "dmy"), (2, "mdy"))


def _is_month_first(setup: Setup) -> bool:
    """Whether the month comes first where this person lives."""
    return shipped_date_words().is_month_first(setup.holidays.replace(",", " ").split(), setup.timezone)


def _in_words(talk: Interview, problem: Problem, order: str) -> str:
    numbers = re.findall(r"\d+", problem.value)
    day, month = (numbers[:2] if order == "dmy" else numbers[1::-1]) if len(numbers) > 1 else ("?", "?")
    shown = f"{date(2000, int(month), 1):%b}" if month.isdigit() and 0 < int(month) < 13 else month
    return talk.phrase("order_day" if order == "dmy" else "order_month", first=problem.value, day=f"{day} {shown}")


def _settle_year(
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


def _settle_statuses(talk: Interview, sheets: Sheets, setup: Setup, seen: Understood, *, reserve: int) -> Setup:
    """What the unclear statuses mean, some at once; the last question takes all the rest."""
    unclear = [status for status in seen.leads.unclear if status.text not in setup.statuses]
    pages = max(1, min(talk.room(reserve) or 1, -(-len(unclear) // AT_ONCE)))
    size = max(1, -(-len(unclear) // pages))
    for first in range(0, len(unclear), size):
        told = _ask_statuses(talk, sheets, seen, unclear[first : first + size])
        setup = replace(setup, statuses={**setup.statuses, **told})
    return setup


def _ask_statuses(
    talk: Interview, sheets: Sheets, seen: Understood, unclear: Sequence[UnclearStatus]
) -> Mapping[str, str]:
    mapped = seen.leads.mapped
    columns = [mapped[name] for name in ("status", "outcome", "next_step", "notes") if name in mapped]
    both = sum(name in mapped for name in ("status", "outcome"))
    header = " / ".join(columns[: max(1, both)]) or "status"
    selling = any(lead.is_customer for lead in seen.leads.leads)
    stages = {**talk.phrases.stages, **(talk.phrases.stages_of_customers if selling else {})}
    guesses = {status.text: status.guess for status in unclear if talk.asks and not status.weak}
    rows = [
        talk.phrase(
            "status_row",
            number=number,
            word=status.text,
            rows=_some_rows(talk, status.rows),
            guess=_meaning(talk, stages, status.guess, taken=status.text in guesses),
        )
        for number, status in enumerate(unclear, 1)
    ]
    ends = [number for number, status in enumerate(unclear, 1) if status.guess is Stage.ACCEPTED and not selling]
    taken = {word: stage for word, stage in guesses.items() if stage and (selling or stage is not Stage.ACCEPTED)}
    rows += [talk.phrase("status_ends", number=ends[0])] if ends else []
    about = talk.phrase("statuses_about", header=header)
    above = (about, *rows, *(_stage_lines(talk, stages) if talk.asks else ()))
    words = [status.text for status in unclear]
    some = talk.phrase(f"statuses_{len(words)}" if len(words) < MANY else "statuses_n")
    taking = ("statuses", talk.phrases.yes[0]) if taken else ("statuses_unsure", "")
    question = talk.pose(taking[0], proposal=taking[1], above=above, some=some)
    told = talk.ask(question, lambda text: _take_corrections(talk, sheets, words, taken, text))
    return {word: stage.value for word, stage in told.items()}


def _stage_lines(talk: Interview, stages: Mapping[str, str]) -> list[str]:
    """All meanings there are, two in a line."""
    said = [f"{stage}: {meaning}" for stage, meaning in stages.items()]
    width = max(map(len, said[::2])) + 3
    pairs = zip(said[::2], [*said[1::2], ""], strict=False)
    return [talk.phrase("status_help"), *(f"    {left:<{width}}{right}".rstrip() for left, right in pairs)]


def _meaning(talk: Interview, stages: Mapping[str, str], stage: Stage | None, *, taken: bool) -> str:
    if not stage:
        return talk.phrase("status_none")
    said = f"{stage}: {stages[stage]}"
    return said if taken else talk.phrase("status_perhaps", guess=said)


def _take_corrections(
    talk: Interview, sheets: Sheets, words: Sequence[str], taken: Mapping[str, Stage], text: str
) -> dict[str, Stage]:
    """Word to stage: those that Enter takes, with what the answer says otherwise. `2 rejected, 3 ?` settles one and
    opens one."""
    told = dict(taken)
    answer = text.strip()
    if not answer or answer.casefold() in talk.phrases.yes:
        return told
    if answer.casefold() in talk.phrases.no:
        return {}
    for part in re.split(r"[,;\n]+", answer):
        match = re.fullmatch(r"\s*(\d{1,4})\s*[:=.)]?\s*(\S.*?)\s*", part)
        if match is None and len(words) == 1:
            number, meaning = 1, part.strip()
        elif match is None:
            raise ConfigError(f"{part.strip()!r}: a number of the list and a meaning, such as: 2 rejected")
        else:
            number, meaning = int(match[1]), match[2]
        if not 0 < number <= len(words):
            raise ConfigError(f"{number} is not in the list")
        if meaning in ("?", "-") or meaning.casefold() in talk.phrases.no:
            told.pop(words[number - 1], None)
            continue
        stage = sheets.stage_of(meaning)
        if stage is None:
            raise ConfigError(f"{meaning!r} is none of: {', '.join(Stage)}")
        told[words[number - 1]] = stage
    return told


def _some_rows(talk: Interview, rows: Sequence[str]) -> str:
    numbers = ", ".join(row.rpartition(":")[2] for row in rows[:SAMPLES])
    return f"{talk.counted(len(rows), 'row')} ({numbers}{', ...' if len(rows) > SAMPLES else ''})"


def _unread(seen: Understood, setup: Setup) -> list[Column]:
    """The columns that hold something and are not read, without those that somebody left out."""
    left_out = set(setup.not_read)
    return [column for column in seen.columns if not column.field and column.samples and column.header not in left_out]


def _is_dated(column: Column) -> bool:
    months = load_vocabulary().months
    return sum(looks_dated(text, months) for text in column.samples) * 2 >= len(column.samples)


def _has_words(column: Column) -> bool:
    return sum(any(char.isalpha() for char in text) for text in column.samples) * 2 >= len(column.samples)


def _cells(column: Column) -> str:
    return " | ".join(text if len(text) <= 24 else f"{text[:23]}…" for text in column.samples[:SAMPLES])


def _one(choices: Sequence[str], text: str) -> str:
    chosen = pick(choices, text)
    if not chosen:
        raise ConfigError(f"{text!r} is none of them")
    return chosen


def _with_column(setup: Setup, name: str, header: str) -> Setup:
    return replace(setup, columns={**setup.columns, name: header})


def _reasons_to_rest(talk: Interview, leads: Leads, busy: Container[str]) -> Iterator[str]:
    """Why nothing is planned for the others, each reason with how many rest for it."""
    waiting = {row for status in leads.unclear for row in status.waiting}
    took = next((lead.row for lead in leads.leads if lead.stage is Stage.ACCEPTED and not lead.is_customer), "")
    reasons = Counter(
        "closed"
        if lead.stage.closed
        else "accepted"
        if took and lead.row not in waiting
        else "waiting"
        if lead.row in waiting
        else "asked_not"
        if lead.do_not_contact or not lead.interested
        else "quiet"
        for lead in leads.leads
        if lead.key not in busy
    )
    for reason in ("closed", "accepted", "waiting", "asked_not", "quiet"):
        if reasons[reason]:
            yield talk.phrase(f"rest_{reason}", count=reasons[reason], row=took)


def tell_understood(talk: Interview, seen: Understood, planned: Iterable[str]) -> None:
    """In one block: how many rows are understood, what comes of them, and what was left."""
    leads = seen.leads
    keys = set(planned)
    busy = sum(lead.key in keys for lead in leads.leads)
    whole = len(leads.leads) + len(leads.silent_rows)
    talk.say("understood", read=len(leads.leads), rows=talk.counted(whole, "row"))
    waiting = [status for status in leads.unclear if status.waiting]
    why = ", ".join(_reasons_to_rest(talk, leads, keys))
    if busy:
        talk.say("planned" if why else "planned_all", count=busy, why=why)
    else:
        talk.say("resting" if why else "nothing_planned", why=why)
    if waiting:
        rows = sum(len(status.waiting) for status in waiting)
        words = ", ".join(f"“{status.text}”" for status in waiting[:SAMPLES])
        told = words + (", ..." if len(waiting) > SAMPLES else "")
        talk.say("waiting_1" if len(waiting) == 1 else "waiting_n", rows=talk.counted(rows, "row"), words=told)
    unread = [column.header for column in seen.columns if not column.field and column.samples]
    if unread:
        talk.say("left_columns", headers=", ".join(unread))
    if leads.silent_rows:
        reasons = {problem.row: problem.reason for problem in reversed(leads.problems)}
        first = leads.silent_rows[0]
        named = f"{first} ({reasons.get(first, '')})" if first in reasons else first
        more = ", ".join(leads.silent_rows[1:SAMPLES]) + (", ..." if len(leads.silent_rows) > SAMPLES else "")
        talk.say("left_rows", rows=f"{named}, {more}" if more else named)
    if leads.problems:
        talk.say("problems", count=talk.counted(len(leads.problems), "cell"))
