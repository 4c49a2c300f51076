"""The words of people's sheets, out of `mappings/`: headers to fields, status words to stages, yes and no, months.

- Headers are compared squeezed (letters and digits only), status words spaced (lower-case words).
- A header under `ask` has several meanings: it is never guessed in silence.
- A **shape** is a shipped mapping: the headers by which a well-known export is recognised and what they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from msgspec import Struct
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sync import models, toml
from sync.convert import convert
from sync.errors import ConfigError
from sync.models import Stage
from sync.reading.cells import spaced, squeeze

FIELDS = (
    "id",
    "lead_kind",
    "company",
    "role",
    "contact_name",
    "contact_email",
    "contact_phone",
    "contact_zone",
    "contact_country",
    "contact_kind",
    "how_known",
    "city",
    "source",
    "referrer",
    "agency",
    "received_at",
    "acknowledged_on",
    "plan",
    "applied_on",
    "channel",
    "last_inbound",
    "last_inbound_channel",
    "last_outbound",
    "last_outbound_channel",
    "last_result",
    "follow_ups_done",
    "under_consideration_on",
    "meeting_on",
    "interview_at",
    "interview_end",
    "interview_zone",
    "interview_kind",
    "interviewers",
    "problem",
    "references_given_on",
    "reference_names",
    "offer_on",
    "promised_on",
    "follow_up_on",
    "they_decide_by",
    "they_call_at",
    "travel_on",
    "every",
    "closes_on",
    "answer_by",
    "done_on",
    "snooze_until",
    "status",
    "interest",
    "do_not_contact",
    "priority",
    "organisation",
    "url",
    "notes",
)
"""The field names. A header that is exactly one of them is never guessed about."""

ROUNDS = tuple(f"interview_{number}" for number in range(2, 10))
"""Further interviews of a lead, where each has a column of its own. The first stands in `interview_at`."""

HOURS = {"interview_at": "interview_time", "meeting_on": "meeting_time"} | {name: f"{name}_time" for name in ROUNDS}
"""Fields that are a moment, and the field that holds its hour where that has a column of its own."""

EXTRA_FIELDS = (
    "outcome", "next_step", "rejected_on", "follow_up_day", "contact_first_name", "contact_last_name", *ROUNDS,
    *HOURS.values()
)  # fmt: skip
"""`outcome`: a second status column that says how it ended; where it ends the lead, it wins over `status`.
`next_step`: what is to come, in words; a day in them is that of an interview or of a follow-up.
`rejected_on`: the day they said no; a row with one is over. `follow_up_day`: the day of a follow-up, which was made
where it is past and is planned where it is not. The two parts of a name are read as `contact_name`."""

DAYS = frozenset((*models.DAYS, "rejected_on", "follow_up_day")) - {"plan_on"}
"""Fields that are a day."""

SAID = frozenset(("done_on", "snooze_until"))
"""Those of them that say something of a follow-up and nothing of the lead."""

MOMENTS = frozenset((*models.MOMENTS, *ROUNDS))
"""Fields that are a day or a day with an hour."""

MET = frozenset(("interview_at", "interview_end", "meeting_on", "they_call_at", *ROUNDS))
"""Fields in which people meet or speak: never in the night."""

CHANNELS = frozenset(("channel", "last_inbound_channel", "last_outbound_channel"))
"""Fields whose word is one of the channels."""


class Shape(BaseModel):
    """A mapping for a well-known export: the headers that tell it, what they hold, what all its rows have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    recognised_by: tuple[str, ...] = Field(min_length=1)
    columns: dict[str, tuple[str, ...]]
    """Field to its headers, the first that is there counts."""
    unused: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    statuses: dict[str, Stage] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    """Fields that every row has, unless its own cell says otherwise."""

    @model_validator(mode="after")
    def _known_fields(self) -> Shape:
        for name in (*self.columns, *self.constants):
            if name not in FIELDS and name not in EXTRA_FIELDS:
                raise ValueError(f"{name!r} is no field that a lead has")
        return self


OWN_SHAPE = "own"
"""The name of a mapping that the user wrote."""


class Vocabulary(Struct, frozen=True, eq=False):
    """All words, ready for looking up. Every mapping is keyed by the compared form. It is compared by identity."""

    headers: Mapping[str, str]
    """Squeezed header to field; the order is the order of preference."""
    ask: Mapping[str, tuple[str, ...]]
    unused: Mapping[str, str]
    stages: Mapping[str, Stage]
    yes: frozenset[str]
    no: frozenset[str]
    blank: frozenset[str]
    words: Mapping[str, Mapping[str, str]] = {}
    """Closed vocabularies: field to (word to its value)."""
    dittos: frozenset[str] = frozenset()
    """What says that the cell above is meant."""
    sums: frozenset[str] = frozenset()
    """What begins a line of sums below a list."""
    nowhere: frozenset[str] = frozenset()
    """What stands in a column of towns and names none."""
    months: Mapping[str, int] = {}
    shapes: Mapping[str, Shape] = {}
    """Shipped mappings by name, and `own` where the user wrote one."""


class _Columns(Struct, forbid_unknown_fields=True):
    fields: dict[str, tuple[str, ...]]
    ask: dict[str, tuple[str, ...]] = {}
    unused: dict[str, tuple[str, ...]] = {}


class _YesNo(Struct, forbid_unknown_fields=True):
    yes: tuple[str, ...]
    no: tuple[str, ...]
    blank: tuple[str, ...]


class _Statuses(Struct, forbid_unknown_fields=True):
    stages: dict[Stage, tuple[str, ...]]
    yes_no: _YesNo
    sums: dict[str, tuple[str, ...]]
    dittos: dict[str, tuple[str, ...]]
    places: dict[str, tuple[str, ...]]
    words: dict[str, dict[str, tuple[str, ...]]]
    months: dict[str, tuple[str, ...]]


def parse_vocabulary(columns: str, statuses: str) -> Vocabulary:
    """The vocabulary in the texts of `columns.toml` and `statuses.toml`."""
    heads, words = convert(toml.loads(columns), _Columns), convert(toml.loads(statuses), _Statuses)
    return Vocabulary(
        headers=_canonical() | _aliases(heads.fields) | _canonical(),
        ask={squeeze(header): names for header, names in heads.ask.items()},
        unused={squeeze(header): reason for reason, headers in heads.unused.items() for header in headers},
        stages={spaced(word): stage for stage, several in words.stages.items() for word in several},
        yes=frozenset(word.casefold() for word in words.yes_no.yes),
        no=frozenset(word.casefold() for word in words.yes_no.no),
        blank=frozenset(word.casefold() for word in words.yes_no.blank),
        dittos=frozenset(word.casefold() for word in words.dittos["words"]),
        sums=frozenset(word.casefold() for word in words.sums["words"]),
        nowhere=frozenset(spaced(word) for word in words.places["nowhere"]),
        words={name: _closed(values) for name, values in words.words.items()},
        months={name.casefold(): int(number) for number, names in words.months.items() for name in names},
    )


def _canonical() -> dict[str, str]:
    return {squeeze(name): name for name in (*FIELDS, *EXTRA_FIELDS)}


def _aliases(fields: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {squeeze(alias): name for name, aliases in fields.items() for alias in aliases}


def _closed(values: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    return {spaced(word): value for value, several in values.items() for word in (value, *several)}


def load_vocabulary(*, mapping: str = "") -> Vocabulary:
    """The shipped vocabulary and mappings; `mapping` is the text of the user's own, if there is one."""
    vocabulary = _shipped_vocabulary()
    if not mapping:
        return vocabulary
    return replace(vocabulary, shapes={**vocabulary.shapes, OWN_SHAPE: parse_shape(mapping, name="the mapping")})


@cache
def _shipped_vocabulary() -> Vocabulary:
    """What lies in `mappings/`: the same for every owner, so that it is read once."""
    shipped = files("mappings")
    vocabulary = parse_vocabulary(
        shipped.joinpath("columns.toml").read_text("utf-8"), shipped.joinpath("statuses.toml").read_text("utf-8")
    )
    entries = sorted(shipped.joinpath("exports").iterdir(), key=lambda entry: entry.name)
    shapes = {
        entry.name.removesuffix(".toml"): parse_shape(entry.read_text("utf-8"), name=entry.name)
        for entry in entries
        if entry.name.endswith(".toml")
    }
    return replace(vocabulary, shapes=shapes)


def parse_shape(text: str, *, name: str) -> Shape:
    """The mapping in this text. Raises `ConfigError` with what is wrong in it."""
    try:
        return Shape.model_validate(toml.loads(text))
    except toml.TOMLDecodeError as error:
        raise ConfigError(f"{name} is not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{name}: {place or 'mapping'}: {first['msg'].removeprefix('Value error, ')}") from None
