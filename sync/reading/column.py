"""A column as it was understood: what it is read as, what it may be, and whether a person should be asked."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sync.reading.vocabulary import Shape


class Choice(Struct, frozen=True):
    """One field that a column may hold."""

    field: str
    confidence: float
    """From 0 to 1: what header and cells together say for it."""
    reason: str = ""
    plain: bool = False
    """Whether its header says so: nobody has to be told."""


class Column(Struct, frozen=True):
    """One column as it was understood.

    It is read (`field`), or asked about (`ask`: it probably matters and nothing settles it), or left: for a reason,
    or because nothing says what it is (`left_over`).
    """

    index: int
    header: str
    field: str
    """Empty where the column is not read."""
    reason: str
    choices: tuple[Choice, ...] = ()
    """The fields it may hold, the likeliest first; the one that is read among them."""
    ask: bool = False
    left_over: bool = False
    """Whether it holds something that no known word names or calls of no use: one question is about all of these."""
    proposal: str = ""
    """What to propose where it is asked about. No two columns propose one field, and none one that is read."""
    samples: tuple[str, ...] = ()
    """Its first cells that say something."""
    dated: bool = False
    """Whether it is full of dates."""


class Columns(Struct, frozen=True):
    """The understood header: where it stands, which column holds which field and why."""

    header_index: int
    """Position of the header row in the table's rows."""
    headers: tuple[str, ...]
    fields: Mapping[str, int] = {}
    reasons: Mapping[str, str] = {}
    unread: Mapping[str, str] = {}
    """Header to the reason why it is not read."""
    notes: tuple[str, ...] = ()
    shape: Shape | None = None
    """The mapping that was used, if any."""
    columns: tuple[Column, ...] = ()
    """Every column that has a header, from left to right: what a person is shown and asked."""
    second: int = 0
    """Where another table begins beside this one; 0 where none does."""

    @property
    def mapped(self) -> Mapping[str, str]:
        """Field to header."""
        return {name: self.headers[index] for name, index in self.fields.items()}

    @property
    def asked(self) -> Mapping[str, tuple[str, ...]]:
        """Headers that a person should be asked about, with the fields they may hold."""
        return {
            column.header: tuple(choice.field for choice in column.choices) for column in self.columns if column.ask
        }
