"""Which column holds which field: by header, by what the cells look like, never by guessing in silence.

Order of decision, the first wins:

1. what the configuration says (`[source.columns]`; an empty header means "not in my sheet"),
2. what was accepted in an earlier run: a guess never changes by itself, and a column that is gone stops the run,
3. the shipped or own mapping that the table's headers tell, or that the configuration names,
4. a header that is a field name or one of its known words; between two of them the better known word,
5. an ambiguous header, where the cells or the other columns leave one meaning only; else it is noted and stays unread,
6. a column without a known header whose cells are mail addresses.

The header row is the one among the first rows in which most cells are known words; what stands above it is no lead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches

from msgspec import Struct

from sync.errors import ConfigError
from sync.models import Table
from sync.reading.cells import clean_text, squeeze
from sync.reading.dates import looks_dated
from sync.reading.samples import is_channel, is_mail, is_name, is_phone, share_of, speaks_against, take_samples
from sync.reading.vocabulary import DAYS, EXTRA_FIELDS, FIELDS, MOMENTS, OWN_SHAPE, Shape, Vocabulary

HEADER_WITHIN = 40
"""The header row stands among so many first rows."""
MAX_COLUMNS = 1_000
SAMPLE_ROWS = 5_000
SHOWN_SAMPLES = 5


class Choice(Struct, frozen=True):
    """One field that a column may hold."""

    field: str
    confidence: float
    """From 0 to 1: what header and cells together say for it."""
    reason: str


class Column(Struct, frozen=True):
    """One column as it was understood.

    It is read (`field`), or asked about (`ask`: it probably matters and nothing settles it), or left.
    """

    index: int
    header: str
    field: str
    """Empty where the column is not read."""
    reason: str
    choices: tuple[Choice, ...] = ()
    """The fields it may hold, the likeliest first; the one that is read among them."""
    ask: bool = False
    proposal: str = ""
    """What to propose where it is asked about. No two columns propose one field, and none one that is read."""
    samples: tuple[str, ...] = ()
    """Its first cells that say something."""


class Columns(Struct, frozen=True):
    """The understood header: where it stands, which column holds which field and why."""

    header_index: int
    """Position of the header row in the table's rows."""
    headers: tuple[str, ...]
    fields: Mapping[str, int] = {}
    reasons: Mapping[str, str] = {}
    unread: Mapping[str, str] = {}
    """Header to the reason why it is not read."""
    asked: Mapping[str, tuple[str, ...]] = {}
    """Headers that may mean several things and were not settled, with the fields they may hold."""
    notes: tuple[str, ...] = ()
    shape: Shape | None = None
    """The mapping that was used, if any."""
    columns: tuple[Column, ...] = ()
    """Every column that has a header, from left to right: what a person is shown and asked."""

    @property
    def mapped(self) -> Mapping[str, str]:
        """Field to header."""
        return {name: self.headers[index] for name, index in self.fields.items()}


def understand_columns(
    table: Table,
    *,
    chosen: Mapping[str, str],
    vocabulary: Vocabulary,
    accepted: Mapping[str, str],
    mapping: str = "auto",
) -> Columns:
    """The columns of this table. `chosen` and `accepted` map fields to headers; `mapping` is as in the configuration.

    Raises `ConfigError` when a chosen or accepted column is missing, or no header row can be found.
    """
    told = (header for shape in vocabulary.shapes.values() for header in shape.recognised_by)
    named = {squeeze(header) for header in (*chosen.values(), *accepted.values(), *told)} - {""}
    index = _find_header(table, vocabulary, named)
    headers = tuple(clean_text(value) for value in table.rows[index].values[:MAX_COLUMNS])
    guess = _Guess(table, index, headers, vocabulary)
    _check_fields(chosen, table.name)
    for name, header in chosen.items():
        guess.fix(name, header, "set in the configuration", cure="correct it under [source.columns]")
    for name, header in accepted.items():
        if name not in chosen and name in _ALL_FIELDS and not guess.is_taken(header):
            guess.fix(name, header, "as in earlier runs", cure=_rename_cure(name))
    guess.take_shape(_choose_shape(guess, mapping))
    guess.take_known_headers()
    guess.settle_ambiguous()
    guess.take_mail_columns()
    return guess.columns()


_ALL_FIELDS = frozenset((*FIELDS, *EXTRA_FIELDS))


def _rename_cure(name: str) -> str:
    return f'put {name} = "its new header" under [source.columns], or {name} = "" if it is gone for good'


def _check_fields(chosen: Mapping[str, str], table: str) -> None:
    for name in chosen:
        if name not in _ALL_FIELDS:
            near = get_close_matches(name, sorted(_ALL_FIELDS), 1, 0.5)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ConfigError(f"{name!r} under [source.columns] is no field that a lead has{hint}")


def _find_header(table: Table, vocabulary: Vocabulary, named: set[str]) -> int:
    best, best_score = -1, 0
    seen = 0
    for index, row in enumerate(table.rows):
        texts = [squeeze(clean_text(value)) for value in row.values[:MAX_COLUMNS] if value != ""]
        known = {text for text in texts if text in vocabulary.headers or text in vocabulary.ask or text in named}
        score = 2 * len(known) + sum(text in vocabulary.unused for text in texts)
        if score > best_score and (len(known) > 1 or len(texts) == 1 or not seen):
            best, best_score = index, score
        seen += any(texts)
        if seen >= HEADER_WITHIN:
            break
    if best < 0:
        raise ConfigError(
            f"{table.name} has no header row that can be understood: one row should name the columns, such as "
            "company, role, applied_on, status; or name your headers under [source.columns]"
        )
    return best


def _choose_shape(guess: _Guess, mapping: str) -> Shape | None:
    """The mapping that the configuration names; with `auto` the one whose headers are all there."""
    shapes = guess.vocabulary.shapes
    if mapping in ("auto", ""):
        present = set(guess.forms)
        told = [shape for shape in shapes.values() if {squeeze(header) for header in shape.recognised_by} <= present]
        return max(told, key=lambda shape: len(shape.recognised_by), default=None)
    name = OWN_SHAPE if OWN_SHAPE in shapes and mapping not in shapes else mapping
    if name not in shapes:
        raise ConfigError(f"there is no mapping {mapping!r}; there are auto, {', '.join(sorted(shapes))}")
    missing = [header for header in shapes[name].recognised_by if squeeze(header) not in guess.forms]
    if missing:
        raise ConfigError(f"{guess.table.name} has no column {missing[0]!r}, which the mapping {mapping!r} needs")
    return shapes[name]


class _Guess:
    """The decision in the making: which columns are taken, by which field, and what is said about the rest."""

    def __init__(self, table: Table, index: int, headers: tuple[str, ...], vocabulary: Vocabulary) -> None:
        self.table, self.index, self.headers, self.vocabulary = table, index, headers, vocabulary
        self.forms = [squeeze(header) for header in headers]
        self.fields: dict[str, int] = {}
        self.blocked: set[str] = set()
        self.reasons: dict[str, str] = {}
        self.unread: dict[str, str] = {}
        self.shape: Shape | None = None
        self.asked: dict[str, tuple[str, ...]] = {}
        self.notes: list[str] = []
        self.canonical = all(header in _ALL_FIELDS for header in headers if header)
        shifted = len(headers) if table.delimited else MAX_COLUMNS
        first = table.rows[index + 1 : index + 1 + SAMPLE_ROWS]
        body = [row for row in first if any(row.values) and not any(row.values[shifted:])]
        self.samples = [take_samples(body, column, vocabulary.blank) for column in range(len(headers))]

    def columns(self) -> Columns:
        """The decision."""
        return Columns(
            self.index,
            self.headers,
            self.fields,
            self.reasons,
            self.unread,
            self.asked,
            tuple(dict.fromkeys(self.notes)),
            self.shape,
            tuple(self._each()),
        )

    def _each(self) -> Iterable[Column]:
        names = {index: name for name, index in self.fields.items()}
        proposed = set(self.fields)
        for index, header in enumerate(self.headers):
            if not header:
                continue
            name = names.get(index, "")
            reason = self.reasons[name] if name else self.unread.get(header, "not a header that is known")
            may_be = () if name else self.asked.get(header, ())
            proposal = next((choice for choice in may_be if choice not in proposed), "")
            proposed.add(proposal)
            yield Column(
                index,
                header,
                name,
                reason,
                choices=(Choice(name, 1.0, reason),) if name else tuple(Choice(may, 0.5, reason) for may in may_be),
                ask=bool(may_be and self.samples[index]),
                proposal=proposal,
                samples=tuple(self.samples[index][:SHOWN_SAMPLES]),
            )

    def fix(self, name: str, header: str, reason: str, *, cure: str) -> None:
        """The field stands in this column and nowhere else. Raises `ConfigError` if there is no such column."""
        if not header.strip():
            self.blocked.add(name)
            return
        column = self._find(header)
        if column is None:
            raise ConfigError(
                f"{self.table.name} has no column {header!r} for {name}{self._nearest(header, name)}; {cure}"
            )
        self._take(name, column, reason)

    def is_taken(self, header: str) -> bool:
        """Whether the configuration gave this column to another field."""
        return self._find(header) in self.fields.values()

    def _find(self, header: str) -> int | None:
        wanted = clean_text(header)
        if wanted in self.headers:
            return self.headers.index(wanted)
        form = squeeze(wanted)
        return self.forms.index(form) if form and form in self.forms else None

    def _nearest(self, header: str, name: str) -> str:
        same = [
            self.headers[column] for column in self._free() if self.vocabulary.headers.get(self.forms[column]) == name
        ]
        close = get_close_matches(squeeze(header), self.forms, 1, 0.5)
        near = same or [self.headers[self.forms.index(form)] for form in close if form]
        return f"; the nearest is {near[0]!r}" if near else ""

    def _take(self, name: str, column: int, reason: str) -> None:
        self.fields[name] = column
        self.reasons[name] = reason

    def _free(self) -> list[int]:
        taken = set(self.fields.values())
        open_columns = (column for column in range(len(self.headers)) if column not in taken and self.forms[column])
        return [column for column in open_columns if self.headers[column] not in self.unread]

    def _open(self, name: str) -> bool:
        return name not in self.fields and name not in self.blocked

    def take_shape(self, shape: Shape | None) -> None:
        """The columns of a well-known export. Its headers have one meaning; the cells are not asked."""
        if shape is None:
            return
        self.shape = shape
        for reason, headers in shape.unused.items():
            for header in headers:
                column = self._find(header)
                if column is not None and column not in self.fields.values():
                    self.unread[self.headers[column]] = reason
        for name, headers in shape.columns.items():
            found = [column for header in headers if (column := self._find(header)) is not None]
            if found and self._open(name) and found[0] not in self.fields.values():
                self._take(name, found[0], f"known from {shape.title.partition(',')[0]}")

    def take_known_headers(self) -> None:
        """Columns whose header is a field name or a known word for one."""
        rank = {form: place for place, form in enumerate(self.vocabulary.headers)}
        for column in sorted(self._free(), key=lambda column: (rank.get(self.forms[column], len(rank)), column)):
            form, header = self.forms[column], self.headers[column]
            name = self.vocabulary.headers.get(form)
            if form in self.vocabulary.unused and header not in _ALL_FIELDS:
                self.unread[header] = self.vocabulary.unused[form]
            elif name is None or (form in self.vocabulary.ask and not self.canonical):
                continue
            elif not self._open(name):
                if name in self.fields:
                    self._leave(column, f"{name} is already read from {self.headers[self.fields[name]]!r}")
            elif against := (not self.canonical and speaks_against(name, self.samples[column], self.vocabulary)):
                self._leave(column, against)
            else:
                self._take(name, column, "is the field's name" if header == name else "a known header")

    def _leave(self, column: int, reason: str) -> None:
        self.unread[self.headers[column]] = reason
        self.notes.append(f"column {self.headers[column]!r} is not read: {reason}")

    def settle_ambiguous(self) -> None:
        """Columns whose header has several meanings, where only one of them is left."""
        asked = [column for column in self._free() if self.forms[column] in self.vocabulary.ask]
        if self.canonical:
            return
        for column in asked:
            names = [name for name in self.vocabulary.ask[self.forms[column]] if self._open(name)]
            name, reason = self._settle(column, names, asked)
            if name:
                self._take(name, column, reason)
                self.notes.append(f"column {self.headers[column]!r} is read as {name}: {reason}")
            else:
                self._ask(column, names)

    def _ask(self, column: int, names: Sequence[str]) -> None:
        header = self.headers[column]
        lines = " or ".join(f'{name} = "{header}"' for name in names) or "nothing that is missing"
        self.asked[header] = tuple(names)
        self.unread[header] = f"it may mean several things: {lines}"
        if self.samples[column] and names:
            self.notes.append(
                f"column {header!r} is not read because it may mean several things; "
                f"to read it, put one of these under [source.columns]: {lines}"
            )

    def _settle(self, column: int, names: Sequence[str], asked: Sequence[int]) -> tuple[str, str]:
        samples = self.samples[column]
        if "company" in names and "contact_email" not in self.fields:
            if {"status", "applied_on", "role", "url"} & set(self.fields) or self._dates_asked(asked):
                return "company", "no other column names the company"
        elif "contact_name" in names and self.forms[column] == "name" and "company" in self.fields:
            return "contact_name", "the company has a column of its own"
        if names and names[0] in DAYS | MOMENTS:
            return self._settle_date(column, names, asked)
        if "contact_phone" in names and share_of(samples, is_phone) >= 0.5:
            return "contact_phone", "it holds phone numbers"
        if self.forms[column] == "recruiter" and "contact_name" in names and self._hold(column, is_name):
            return "contact_name", "it holds names"
        if "channel" in names and self._hold(column, is_channel):
            return "channel", "it holds ways of contact"
        if "source" in names and samples and self.forms[column] == "channel":
            return "source", "it holds places, not ways of contact"
        return "", ""

    def _hold(self, column: int, test: Callable[[str, Vocabulary], bool]) -> bool:
        return share_of(self.samples[column], lambda text: test(text, self.vocabulary)) >= 0.5

    def _dates_asked(self, asked: Iterable[int]) -> list[int]:
        return [
            column for column in asked if len(self.vocabulary.ask[self.forms[column]]) > 1 and self._asks_date(column)
        ]

    def _asks_date(self, column: int) -> bool:
        return self.vocabulary.ask[self.forms[column]][0] in DAYS | MOMENTS

    def _settle_date(self, column: int, names: Sequence[str], asked: Sequence[int]) -> tuple[str, str]:
        dated = share_of(self.samples[column], lambda text: looks_dated(text, self.vocabulary.months)) >= 0.5
        if self.samples[column] and not dated:
            return "", ""
        if len(self.vocabulary.ask[self.forms[column]]) == 1:
            return (names[0], "it holds dates") if dated else ("", "")
        others = [other for other in self._dates_asked(asked) if other != column]
        if names[0] == self.vocabulary.ask[self.forms[column]][0] == "applied_on" and not others:
            return "applied_on", "it is the only date without a meaning of its own"
        return "", ""

    def take_mail_columns(self) -> None:
        """A column without a known header whose cells are mail addresses."""
        if self.canonical or not self._open("contact_email"):
            return
        for column in self._free():
            if len(self.samples[column]) < 2:
                continue
            if share_of(self.samples[column], is_mail) >= 0.8:
                self._take("contact_email", column, "it holds mail addresses")
                self.notes.append(f"column {self.headers[column]!r} is read as contact_email: it holds mail addresses")
                return
