"""The guess which column holds which field, in the making: what is settled first is never settled again.

Every column gets its choices: what its header says (`headers`), lifted by cells that show it and struck out by cells
that contradict it (`samples`). The surest choice of all columns is taken first. What a header leaves open is settled by
the sheet where only one meaning is left, or by the cells alone; the rest is asked about where it matters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from msgspec.structs import replace

from sync.errors import ConfigError
from sync.models import MAX_COLUMNS, Table
from sync.reading.cells import clean_text, squeeze
from sync.reading.column import Choice, Column, Columns
from sync.reading.header_row import NO_HEADER
from sync.reading.headers import AMBIGUOUS, KNOWN, OTHER_PERSON, Sense, part_played, understand_headers
from sync.reading.leftover import DAYS_BY_CELLS, may_hold
from sync.reading.samples import (
    SAMPLES,
    Profile,
    names_somebody,
    profile_of,
    speaks_against,
    speaks_for,
    take_samples,
    tells_days,
)
from sync.reading.vocabulary import DAYS, EXTRA_FIELDS, FIELDS, HOURS, MOMENTS, ROUNDS, Shape, Vocabulary
from sync.texts import Wording

SAMPLE_ROWS = 5_000
SHOWN_SAMPLES = 5
FEW_SAMPLES = 20
SURE = 0.75
"""From here on a column is read without asking."""
PROPOSED = 0.6
"""How sure it is what is left when all else is settled, or what cells suggest."""
MOST_CHOICES = 8
"""What a person is asked to choose from."""
NAMED_CHOICES = 4
"""Those of them that a note names."""
LIKELY = 0.25
"""From here on a column that matters is asked about."""

ALL_FIELDS = frozenset((*FIELDS, *EXTRA_FIELDS))
ASKED = frozenset(
    (
        "company", "role", "status", "outcome", "contact_name", "contact_email", "contact_phone", "agency", "referrer",
        "source", "channel", "url", "applied_on", "received_at", "last_outbound", "last_inbound", "follow_up_on",
        "interview_at", "offer_on", "they_decide_by", "rejected_on", "meeting_on", "promised_on", "closes_on",
        "answer_by",
    )
)  # fmt: skip
"""Fields that are worth a question."""

_SHOWN = 0.35
"""What is left of the doubt where the cells show what the header says."""
_ALONE = 0.5
"""What is left of it where the cells strike out everything else."""
_TOLD = 0.2
"""The part of the cells with a day in them that makes words about follow-ups worth reading."""
EVIDENT = 0.8
"""The part of the cells that must be of one kind to tell by themselves what they are."""
FOLLOW_UPS = (("follow_up_on",), ("follow_up_day",))
NAME_WORDS = 6
"""The most words in a name of a firm."""
WHERE = ("company", "city")
"""What a column called `Where` may hold."""
_WHOLE_NAME = ("contact_first_name", "contact_last_name")
BARE_DAYS = ("applied_on", "received_at", "last_outbound")


class Guess:
    """Which columns are taken, by which field, and what is said about the rest."""

    def __init__(
        self, table: Table, index: int, headers: tuple[str, ...], vocabulary: Vocabulary, words: Wording
    ) -> None:
        self.table, self.index, self.headers, self.vocabulary = table, index, headers, vocabulary
        self.words = words
        self.forms = [squeeze(header) for header in headers]
        self.fields: dict[str, int] = {}
        self.blocked: set[str] = set()
        self.fixed: set[str] = set()
        self.reasons: dict[str, str] = {}
        self.unread: dict[int, str] = {}
        self.kept_out: set[int] = set()
        self.choices: dict[int, list[Choice]] = {}
        self._notes: list[tuple[int, str]] = []
        self.shape: Shape | None = None
        self.canonical = all(header in ALL_FIELDS for header in headers if header)
        shifted = len(headers) if table.delimited else MAX_COLUMNS
        first = table.rows[index + 1 : index + 1 + SAMPLE_ROWS]
        self.body = [row for row in first if any(row.values) and not any(row.values[shifted:])]
        self.senses: Mapping[int, Sense] = {}
        self.second = 0
        self._profiles: dict[int, Profile] = {}

    # --- what is said ---

    def why(self, key: str, **facts: object) -> str:
        """A reason in the reader's language; the words of somebody's own mapping stay as they are."""
        return self.words.say(f"why.{key}", **facts) if self.words.has(f"why.{key}") else key

    def note(self, key: str, column: int = -1, **facts: object) -> None:
        """A note, about this column or the whole sheet."""
        header = repr(self.headers[column]) if column >= 0 else ""
        self._notes.append((column, self.words.say(f"column.{key}", header=header, **facts)))

    # --- what is told ---

    def fix(self, name: str, header: str, reason: str, *, cure: str) -> None:
        """The field stands in this column and nowhere else. Raises `ConfigError` if there is no such column."""
        if not header.strip():
            self.blocked.add(name)
            return
        column = self._find(header)
        if column is None:
            near = self._nearest(header, name)
            raise ConfigError(
                self.words.say(
                    "error.no_column", sheet=self.table.name, header=repr(header), field=name, near=near, cure=cure
                )
            )
        self.fixed.add(name)
        self.take(name, column, reason)

    def is_taken(self, header: str) -> bool:
        """Whether the configuration gave this column to another field."""
        return self._find(header) in self.fields.values()

    def take_shape(self, shape: Shape | None) -> None:
        """The columns of a well-known export. Its headers have one meaning; the cells are not asked."""
        if shape is None:
            return
        self.shape = shape
        for reason, headers in shape.unused.items():
            for header in headers:
                column = self._find(header)
                if column is not None and column not in self.fields.values():
                    self.unread[column] = self.why(reason)
                    self.kept_out.add(column)
        for name, headers in shape.columns.items():
            found = [column for header in headers if (column := self._find(header)) is not None]
            if found and self.is_open(name) and found[0] not in self.fields.values():
                self.take(name, found[0], self.why("export", title=shape.title.partition(",")[0]))

    def leave_beside(self, place: int) -> None:
        """The columns from this place on are another table's, if it is not 0."""
        self.second = place
        theirs = [column for column in range(place, len(self.headers)) if self.forms[column]] if place else []
        self.unread |= dict.fromkeys(theirs, self.why("beside"))
        self.kept_out.update(theirs)
        if theirs:
            self.note("beside", names=", ".join(repr(self.headers[column]) for column in theirs))

    def keep_out(self, headers: Iterable[str], reason: str) -> None:
        """These columns are never read: what stands there is our own, or somebody left them out."""
        for header in headers:
            column = self._find(header)
            if column is not None and column not in self.fields.values():
                self.unread[column] = reason
                self.kept_out.add(column)

    # --- what is understood ---

    def take_headers(self) -> None:
        """The columns whose header says what they hold, the surest first."""
        free = self.free()
        if self.index == NO_HEADER:
            self.senses = dict(enumerate(self._senses_by_cells()))
        else:  # what is settled already still tells the language of the others
            self.senses = dict(enumerate(understand_headers(self.headers, self.vocabulary)))
        for column in free:
            self.choices[column] = self._choose(column)
        order = [
            (self._yields(column, choice.field), -choice.confidence, self.senses[column].rank, column, choice)
            for column in free
            for choice in self.choices[column]
            if choice.confidence >= SURE and choice.field not in HOURS.values()
        ]
        for *_, column, choice in sorted(order, key=lambda entry: entry[:4]):
            if column in self.free():
                self._take_choice(column, choice)
        for column in self.free():
            self._leave(column)

    def _yields(self, column: int, name: str) -> int:
        """How far this column stands behind the others that name somebody, where several do.

        An empty one behind one with names, another contact behind the first; before anything stands there `Contact`,
        which may hold a number as well, behind `Recruiter`.
        """
        if name != "contact_name":
            return 0
        part, empty = part_played(self.headers[column]), not self.cells_of(column).samples
        vague = empty and not part and " " not in self.headers[column].strip() and self._names_a_part(column)
        return 4 * (empty and bool(self.body)) + 2 * (part == OTHER_PERSON) + vague

    def _names_a_part(self, beside: int) -> bool:
        """Whether another free column names the person by the part they play."""
        return any(
            part_played(self.headers[column]) not in ("", OTHER_PERSON)
            for column in self.free()
            if column != beside and self.senses[column].fields[:1] == ("contact_name",)
        )

    def _senses_by_cells(self) -> Iterable[Sense]:
        """What columns without headers may hold: the first one of names the firm, the next the job.

        A single one may be people, too, where mail addresses stand beside it.
        """
        profiles = [self.cells_of(column) for column in range(len(self.headers))]
        named = [
            place
            for place, cells in enumerate(profiles)
            if cells.plain >= EVIDENT and cells.longest <= NAME_WORDS and not cells.stages
        ]
        may = {place: Sense(("role",), AMBIGUOUS) for place in named[1:2]}
        may |= {
            place: Sense(("company",), SURE) if may else Sense(("company", "contact_name"), AMBIGUOUS)
            for place in named[:1]
        }
        return [may.get(place, Sense()) for place in range(len(profiles))]

    def _choose(self, column: int) -> list[Choice]:
        """What this column may hold, by its header and its cells."""
        sense = self.senses[column]
        name = self.headers[column]
        if name in ALL_FIELDS and (self.canonical or sense.sure == KNOWN):
            return [Choice(name, KNOWN, self.why("field_name"))]
        cells = self.cells_of(column) if sense.fields else profile_of((), self.vocabulary)
        if sense.fields[:1] in FOLLOW_UPS and cells.dated < 0.5 and tells_days(cells, self.vocabulary) >= _TOLD:
            return [Choice("next_step", EVIDENT, self.why("told_days"))]
        if sense.fields[:1] == ("next_step",) and cells.bare_dates >= EVIDENT:
            name = "next_step" if cells.appointments else "follow_up_on"
            return [Choice(name, EVIDENT, self.why("next_dates"), plain=True)]
        against = {name: speaks_against(name, cells, self.vocabulary) for name in sense.fields}
        if sense.fields == WHERE and cells.links >= EVIDENT:
            against = dict.fromkeys(WHERE, "links")
        left = [name for name in sense.fields if not against[name]]
        choices = []
        for name in left:
            shifted = name != sense.fields[0] and name in DAYS | MOMENTS and not cells.dated
            base = sense.sure if name == left[0] and not shifted else sense.sure_of(sense.fields.index(name))
            plain = base >= SURE
            said = self.why("header" if plain else "header_may")
            shown = speaks_for(name, cells, self.vocabulary)
            if name == "notes" and name != sense.fields[0] and not shown:
                continue
            if sense.sure == KNOWN:
                choices.append(Choice(name, KNOWN, self.why("known_header")))
            elif shown and not (sense.is_bare_day or sense.is_bare_name):
                both = self.why("both", one=said, other=self.why(shown))
                choices.append(Choice(name, _lift(base, _SHOWN), both, plain))
            elif cells.samples and len(left) == 1 < len(sense.fields) and name == sense.fields[0]:
                choices.append(Choice(name, _lift(base, _ALONE), self.why("nothing_else")))
            else:
                choices.append(Choice(name, base, said, plain))
        if sense.fields and not left:
            self.unread[column] = self.why(against[sense.fields[0]])
        return sorted([*choices, *self._told_by_cells(column, sense, left)], key=lambda choice: -choice.confidence)

    def _told_by_cells(self, column: int, sense: Sense, left: Sequence[str]) -> Iterable[Choice]:
        """What the cells show that the header does not say, or that they show against it."""
        if left or sense.why:
            return
        cells = self.cells_of(column)
        if sense.fields and sense.fields[0] in DAYS | MOMENTS and cells.sentences >= 0.5:
            yield Choice("notes", 0.8, self.why("sentences_no_dates"))
        enough = len(cells.samples) > 1 or bool(sense.fields)
        ways = cells.mails + cells.phones  # an address among the numbers is a way to somebody, too
        kinds = (
            ("contact_email", ways if cells.mails > cells.phones else cells.mails, "mails"),
            ("contact_phone", ways if cells.phones >= cells.mails else 0.0, "phones"),
            ("url", cells.links, "links"),
        )
        for name, share, reason in kinds:
            if enough and share >= EVIDENT and name not in sense.fields:
                yield Choice(name, 0.8, self.why(reason))
        if sense.fields[:1] == ("last_inbound",) and cells.answers == 1:
            yield Choice("status", SURE, self.why("answered"))
        if "contact_name" in sense.fields and max(cells.mails, cells.phones) >= 0.5:
            yield Choice("contact_name", SURE, self.why("mails_and_numbers"))
        if not sense.fields and cells.phones >= EVIDENT and any(map(names_somebody, cells.samples)):
            yield Choice("contact_name", 0.81, self.why("names_and_phones"))
        if not sense.fields and len(cells.samples) > 1 and cells.stages >= 0.6 and cells.different < 1:
            yield Choice("status", 0.78, self.why("status_words"))
        if not sense.fields and len(cells.samples) > 1 and cells.dated >= EVIDENT:
            yield from (Choice(name, sure, self.why("dates")) for name, sure in DAYS_BY_CELLS)

    def _take_choice(self, column: int, choice: Choice) -> None:
        if choice.field == "contact_name" and self._is_beside_the_contact(column):
            self.leave(column, "taken", field=_WHOLE_NAME[0], other=repr(self.headers[self.fields[_WHOLE_NAME[0]]]))
            return
        name = self.open_round(choice.field)
        if name:
            self.take(name, column, choice.reason)
            if choice.confidence < KNOWN and not choice.plain:
                self.note("read", column, field=name, why=choice.reason)

    def _is_beside_the_contact(self, column: int) -> bool:
        """Whether first and last name are read, and this one names somebody by the part they play: a colleague."""
        named = all(name in self.fields for name in _WHOLE_NAME)
        return named and part_played(self.headers[column]) not in ("", OTHER_PERSON)

    def open_round(self, name: str) -> str:
        """The field if it is open; of an interview the next round. Empty where there is none."""
        if self.is_open(name):
            return name
        if name != "interview_at" or name in self.blocked:
            return ""
        return next((further for further in ROUNDS if self.is_open(further)), "")

    def _leave(self, column: int) -> None:
        """Say why a column is not read whose header was understood."""
        sense = self.senses[column]
        if sense.why:
            cells = self.cells_of(column)
            texts = sense.why == "yes_or_no" and cells.samples and cells.answers < EVIDENT
            self.unread[column] = self.why("no_follow_up" if texts else sense.why)
        elif column in self.unread:
            self.note("unread", column, why=self.unread[column])
        elif len(sense.fields) == 1 and sense.fields[0] in self.fields and sense.sure >= SURE:
            name = sense.fields[0]
            self.leave(column, "taken", field=name, other=repr(self.headers[self.fields[name]]))

    # --- what is open, and how it is taken ---

    def take_and_say(self, column: int, name: str, why: str, **facts: object) -> None:
        """The column is read as this field; `why` is a key of `[why]`."""
        self._forget(column)
        self.take(name, column, self.why(why, **facts))
        self.note("read", column, field=name, why=self.reasons[name])

    def leave(self, column: int, why: str, **facts: object) -> None:
        """The column is not read, and somebody should know; `why` is a key of `[why]`."""
        self.unread[column] = self.why(why, **facts)
        self.note("unread", column, why=self.unread[column])

    def propose(self, column: int, name: str, why: str) -> None:
        """The column is probably this, by what is weaker than a header: a person is asked, and Enter takes it."""
        self._forget(column)
        said = {one.field: one for one in may_hold(self._first_cells(column), self.vocabulary, self.is_open)}
        for one in self.choices.get(column, ()):
            said[one.field] = max(one, said.get(one.field, one), key=lambda choice: choice.confidence)
        others = (replace(one, confidence=max(one.confidence, LIKELY)) for one in said.values() if one.field != name)
        best = sorted(others, key=lambda one: -one.confidence)
        self.choices[column] = [Choice(name, PROPOSED, self.why(why)), *best[: MOST_CHOICES - 1]]

    def is_proposed(self, column: int, name: str) -> bool:
        """Whether this column is probably the field, so that a person is asked."""
        return any(one.field == name and one.confidence == PROPOSED for one in self.choices.get(column, ()))

    def _forget(self, column: int) -> None:
        """What was said of this column before."""
        self._notes = [(other, note) for other, note in self._notes if other != column]
        self.unread.pop(column, None)

    # --- the outcome ---

    def columns(self) -> Columns:
        """The decision, and what is to be asked."""
        each = tuple(self._each())
        for column in each:
            if column.ask:
                self.note("ask", column.index, lines=self._lines(column.header, column.choices))
        return Columns(
            self.index,
            self.headers,
            self.fields,
            self.reasons,
            {column.header: column.reason for column in each if not column.field},
            tuple(dict.fromkeys(note for _, note in self._notes)),
            self.shape,
            each,
            self.second,
        )

    def _each(self) -> Iterable[Column]:
        names = {index: name for name, index in self.fields.items()}
        proposed = set(self.fields)
        for index, header in enumerate(self.headers):
            if not header:
                continue
            name = names.get(index, "")
            choices = self.choices.get(index, [])
            if name:
                reason = self.reasons[name]
                sure = next((choice.confidence for choice in choices if choice.field == name), KNOWN)
                others = tuple(choice for choice in choices if choice.field != name)
                yield self._column(index, name, reason, choices=(Choice(name, sure, reason), *others))
                continue
            open_ = tuple(choice for choice in choices if self.is_open(choice.field) and choice.confidence >= LIKELY)
            asked = tuple(choice for choice in open_ if choice.field in ASKED)
            ask = bool(asked) and bool(self.cells_of(index).samples) and index not in self.unread
            left = () if ask else self._left_over(index)
            if left:
                reason = self.unread.get(index) or self.why("nothing_says")
                yield replace(self._column(index, "", reason, choices=left), left_over=True)
                continue
            proposal = next((choice.field for choice in asked if choice.field not in proposed), "") if ask else ""
            proposed.add(proposal)
            reason = self.unread.get(index) or self._why_open(index, asked)
            yield replace(self._column(index, "", reason, choices=asked if ask else open_), ask=ask, proposal=proposal)

    def _why_open(self, index: int, may: Sequence[Choice]) -> str:
        """Why a column is left open. Nobody is asked about an empty one before it holds something, which may tell."""
        if not self.cells_of(index).samples:
            return self.why("empty_may", field=may[0].field) if may else self.why("empty")
        if not may:
            return self.why("nothing_says")
        return self.why("several", lines=self._lines(self.headers[index], may))

    def _lines(self, header: str, choices: Sequence[Choice]) -> str:
        """The likeliest of these choices as lines of the settings."""
        lines = (f"{choice.field} = {_quoted(header)}" for choice in choices[:NAMED_CHOICES])
        return self.words.say("joint.lines").join(lines)

    def _left_over(self, index: int) -> tuple[Choice, ...]:
        """What this column may be by its cells alone, where no known word says that it is of no use."""
        sense = self.senses.get(index, Sense())
        known = index in self.kept_out or bool(sense.why) or self.canonical or self.shape is not None
        again = sense.fields[:1] and sense.fields[0] in self.fields and not sense.unknown
        if known or again:
            return ()
        named = [one for one in self.choices.get(index, ()) if one.confidence >= LIKELY and self.is_open(one.field)]
        shown = may_hold(self._first_cells(index), self.vocabulary, self.is_open)
        names = {one.field for one in named}
        return (*named, *(one for one in shown if one.field not in names)) if self.cells_of(index).samples else ()

    def _column(self, index: int, name: str, reason: str, *, choices: tuple[Choice, ...]) -> Column:
        cells = self.cells_of(index)
        shown = tuple(cells.samples[:SHOWN_SAMPLES])
        return Column(
            index, self.headers[index], name, reason, choices, samples=shown, dated=cells.dated >= 0.5 and not name
        )

    # --- what all of it stands on ---

    def cells_of(self, column: int) -> Profile:
        if column not in self._profiles:
            samples = tuple(take_samples(self.body, column, self.vocabulary.blank))
            linked = bool(samples) and any(column in row.links for row in self.body[:SHOWN_SAMPLES])
            self._profiles[column] = profile_of(samples, self.vocabulary, linked=linked)
        return self._profiles[column]

    def _first_cells(self, column: int) -> Profile:
        """A few of them: enough for a question."""
        cells = self.cells_of(column)
        return profile_of(tuple(cells.samples[:FEW_SAMPLES]), self.vocabulary, linked=cells.linked)

    def pairs(self, column: int, beside: int) -> Iterable[tuple[str, str]]:
        """The texts of two columns, row by row."""
        for row in self.body[:SAMPLES]:
            width = len(row.values)
            yield tuple(clean_text(row.values[place]) if place < width else "" for place in (column, beside))  # type: ignore[misc]

    def _find(self, header: str) -> int | None:
        wanted = clean_text(header)
        if wanted in self.headers:
            return self.headers.index(wanted)
        form = squeeze(wanted)
        return self.forms.index(form) if form and form in self.forms else None

    def _nearest(self, header: str, name: str) -> str:
        same = [
            self.headers[column] for column in self.free() if self.vocabulary.headers.get(self.forms[column]) == name
        ]
        close = get_close_matches(squeeze(header), self.forms, 1, 0.5)
        near = same or [self.headers[self.forms.index(form)] for form in close if form]
        return self.words.say("error.nearest_column", header=repr(near[0])) if near else ""

    def take(self, name: str, column: int, reason: str) -> None:
        self.fields[name] = column
        self.reasons[name] = reason

    def free(self) -> list[int]:
        taken = set(self.fields.values())
        taken |= self.kept_out
        return [column for column, form in enumerate(self.forms) if form and column not in taken]

    def is_open(self, name: str) -> bool:
        return name not in self.fields and name not in self.blocked


def _lift(sure: float, doubt: float) -> float:
    return 1 - (1 - sure) * doubt


def _quoted(text: str) -> str:
    """A TOML string: its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
