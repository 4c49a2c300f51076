"""What the cells of a column look like: what they speak for and what they speak against.

Only the first cells that say something are looked at. Nothing here decides which column holds what (`columns`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from functools import cached_property, lru_cache

from msgspec import Struct

from sync.models import CellValue, Row, Stage
from sync.patterns import lazy_compile
from sync.reading.cells import Fault, clean_text, spaced, without_links
from sync.reading.countries import read_country
from sync.reading.date_lexicon import shipped_date_words
from sync.reading.dates import has_day_and_hour, looks_dated
from sync.reading.found_days import tells_a_day
from sync.reading.hour_grammar import match_hour
from sync.reading.intervals import read_interval
from sync.reading.people import find_people
from sync.reading.scripts import is_unspaced
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import CHANNELS, DAYS, HOURS, MOMENTS, Vocabulary

SAMPLES = 200
"""Cells of a column that are looked at."""

_PHONE = re.compile(r"\+?[\d\s()/.\-]{6,25}(?:\s*(?:x|ext\.?)\s*\d+)?", re.IGNORECASE)
_SPACED = re.compile(r"\d[\s()]+\d|^\+")
"""How people write telephone numbers and nobody the number of a row."""
_WORD = re.compile(r"[^\W\d_]+")
_OF_A_PLACE = re.compile(r"[A-Z]{2}")
"""As `TX`."""
_WORDS = re.compile(r"[^\W\d_]{2,}\W+[^\W\d_]{3,}")
_SIGNS = "\u2e80"
"""From here on two signs are a word."""
_MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|[\w.-]+\.(?:com|org|net|io|de|fr|es|it|nl|co|edu|gov|uk|jobs)(?:/\S*)?", re.IGNORECASE
)
_NUMBER = re.compile(r"[-+]?\d[\d\s.,]*%?")
_CODE = re.compile(r"[A-Za-z#]{1,8}[-_/# ]?\d{1,6}(?:[-_/]\d{1,6})?")
"""A number of a list, as `APP-014`."""
_HOUR = lazy_compile(
    r"(?:[01]?\d|2[0-4])(?:[:.h][0-5]\d(?::[0-5]\d)?)?\s*(?:[ap]\.?m\.?|uhr|h)?"
    r"(?:\s*[-–]\s*(?:[01]?\d|2[0-4])[:.h][0-5]\d\s*(?:[ap]\.?m\.?)?)?",
    re.IGNORECASE,
)
_SIGNS_OF_A_WORD = 3
_CHANNELS = 0.75
"""The part of the cells that must be ways of contact to make a column one of channels, not of sources."""
_SENTENCE = 3
"""Words from which a text is more than a name or a word for something."""


_DATED = DAYS | MOMENTS
_NAMED = frozenset(
    ("company", "role", "contact_name", "contact_first_name", "contact_last_name", "agency", "referrer", "source",
     "interviewers", "reference_names")
)  # fmt: skip


class Profile(Struct, frozen=True, dict=True, eq=False):
    """What the cells of a column are, each as the part of them from 0 to 1, found out once it is asked."""

    samples: Sequence[str]
    vocabulary: Vocabulary
    linked: bool = False
    """Links hang on them, whatever they show."""

    @cached_property
    def _undated(self) -> Sequence[str]:
        return [text for text in self.samples if not looks_dated(text, self.vocabulary.months)]

    @cached_property
    def dated(self) -> float:
        """Those in which a day stands."""
        return (len(self.samples) - len(self._undated)) / len(self.samples) if self.samples else 0.0

    @cached_property
    def bare_dates(self) -> float:
        """Those of them that say nothing beside the date."""
        if not self.dated:
            return 0.0
        of_dates, undated = words_of_dates(self.vocabulary), set(self._undated)
        return share_of(self.samples, lambda text: text not in undated and not says_more(text, of_dates))

    @cached_property
    def hours(self) -> float:
        """Hours without a day."""
        return self._share_undated(is_hour)

    @cached_property
    def appointments(self) -> float:
        """Days with an hour."""
        return share_of(self.samples, lambda text: has_day_and_hour(text, self.vocabulary.months))

    @cached_property
    def mails(self) -> float:
        """Texts with a mail address."""
        return share_of(self.samples, is_mail)

    @cached_property
    def phones(self) -> float:
        """Telephone numbers."""
        return self._share_undated(is_phone)

    @cached_property
    def links(self) -> float:
        """Addresses of pages."""
        return float(self.linked) or share_of(self.samples, lambda text: bool(_LINK.fullmatch(text)))

    @cached_property
    def numbers(self) -> float:
        """Numbers that are no days."""
        return self._share_undated(lambda text: bool(_NUMBER.fullmatch(text)))

    @cached_property
    def answers(self) -> float:
        """Yes and no."""
        return share_of(self.samples, self._is_answer)

    @cached_property
    def stages(self) -> float:
        """Words of a status column."""
        return share_of(self.samples, lambda text: is_stage(text, self.vocabulary))

    @cached_property
    def sentences(self) -> float:
        """Texts of several words."""
        return self._share_undated(lambda text: len(text.split()) >= _SENTENCE)

    @cached_property
    def worded(self) -> float:
        """Texts that begin with a word and hold another: what only has a figure in it is no date."""
        return self._share_undated(lambda text: bool(_WORDS.match(text)))

    @cached_property
    def names(self) -> float:
        """What may be names."""
        return self._share_undated(lambda text: is_name(text) and not self._is_answer(text))

    @cached_property
    def different(self) -> float:
        """How many different cells there are, to all of them."""
        return len({text.casefold() for text in self.samples}) / len(self.samples) if self.samples else 0.0

    @property
    def longest(self) -> int:
        """The most words in one of them."""
        return max((len(text.split()) for text in self.samples), default=0)

    @property
    def plain(self) -> float:
        """The part of them that is text and nothing else."""
        return max(
            0.0, 1 - max(self.dated, self.mails, self.phones, self.links, self.numbers, self.answers, self.hours)
        )

    def _share_undated(self, test: Callable[[str], bool]) -> float:
        return sum(map(test, self._undated)) / len(self.samples) if self.samples else 0.0

    def _is_answer(self, text: str) -> bool:
        return text.casefold() in self.vocabulary.yes or text.casefold() in self.vocabulary.no


def take_samples(rows: Sequence[Row], column: int, blank: frozenset[str]) -> list[str]:
    """The first cells of this column that say something, as clean text."""
    found: list[str] = []
    for row in rows:
        value: CellValue = row.values[column] if column < len(row.values) else ""
        text = without_links(clean_text(value))
        if text and text.casefold() not in blank:
            found.append(text)
            if len(found) == SAMPLES:
                break
    return found


@lru_cache(maxsize=64)
def profile_of(samples: tuple[str, ...], vocabulary: Vocabulary, *, linked: bool = False) -> Profile:
    """What these cells are. Whoever sets up asks again after each answer: the same cells are looked at once."""
    return Profile(samples, vocabulary, linked)


class StatusCells(Struct, frozen=True):
    """What the reader of statuses makes of the cells of a column that no header calls one."""

    tell: float
    """The part of them in which it finds a status, as most people would."""
    move: bool
    """Whether one of them says more than that something was sent."""
    ends: bool
    """Whether one of them ends the lead."""

    def are_statuses(self, wanted: float) -> bool:
        """Whether so large a part of them tells a status, and one of more than that something was sent."""
        return self.move and self.tell >= wanted


@lru_cache(maxsize=64)
def status_cells(samples: tuple[str, ...], vocabulary: Vocabulary, most_words: int = 6) -> StatusCells:
    """Only short texts are statuses; a sentence may speak of an offer all the same. The same cells are read once."""
    words = StageWords({}, vocabulary)
    short = {text for text in samples if _words_in(text) <= most_words}
    read = {text: words.read(text) for text in short}
    told = {text for text, phrase in read.items() if phrase.stage and (phrase.settled or len(phrase.choices) > 1)}
    moved = {text for text in told if read[text].stage not in (Stage.SENT, Stage.IDEA)}
    ends = any(stage.closed for text in told if (stage := read[text].stage))
    return StatusCells(share_of(samples, told.__contains__), bool(moved), ends)


def _words_in(text: str) -> int:
    """How many words stand in the text; where no spaces tell them apart, three signs are about one."""
    return max(len(text.split()), len(text) // _SIGNS_OF_A_WORD if is_unspaced(text) else 0)


def share_of(samples: Sequence[str], test: Callable[[str], bool]) -> float:
    """Which part of the cells passes the test; 0 where there are none."""
    return sum(map(test, samples)) / len(samples) if samples else 0.0


def speaks_against(name: str, cells: Profile, vocabulary: Vocabulary) -> str:
    """Why these cells cannot be this field, as a key of `[why]`; empty where nothing speaks against it.

    A date beside words, as in "interview 3/17 10am", is no reason against a status.
    """
    if not cells.samples:
        return ""
    if name == "done_on" and cells.answers == 1:  # boxes
        return ""
    if name in _DATED:
        worded = name == "last_inbound" and cells.bare_dates < 0.5
        return "words_no_days" if worded else _no_dates(cells)
    if name in HOURS.values():
        return "" if cells.hours >= 0.5 else "no_hours"
    closed = vocabulary.words.get(name)
    if closed and not any(spaced(text) in closed or text.casefold().startswith("later") for text in cells.samples):
        return "no_word_known"
    if name in CHANNELS and share_of(cells.samples, lambda text: is_channel(text, vocabulary)) < _CHANNELS:
        return "no_ways"
    if name == "every" and not any(_says_how_often(text, vocabulary) for text in cells.samples):
        return "no_interval"
    if name in ("interest", "do_not_contact") and not cells.answers:
        return "no_yes_or_no"
    if name in _WANTED and not _WANTED[name][0](cells):
        return _WANTED[name][1]
    if name == "url" and not cells.links and len(cells.samples) > 2:
        return "no_links"
    if name in ("status", "outcome", "id", "notes", "next_step") and cells.bare_dates >= 0.8:
        return "dates"
    if name in ("outcome", "next_step") and cells.answers == 1:
        return "yes_and_no"
    if name == "id":
        spaced_out = cells.phones >= 0.8 and any(_SPACED.search(text) for text in cells.samples)
        return "phones" if spaced_out else ""
    return _no_words(name, cells, vocabulary) if name in _NAMED else ""


def _may_be_phones(cells: Profile) -> bool:
    return bool(cells.phones) or (not cells.dated and any(map(has_number, cells.samples)))


_WANTED: Mapping[str, tuple[Callable[[Profile], bool], str]] = {
    "contact_phone": (_may_be_phones, "no_phones"),
    "contact_email": (lambda cells: cells.mails > 0, "no_mails"),
    "follow_ups_done": (lambda cells: cells.numbers >= 0.5, "no_numbers"),
    "status": (lambda cells: not all(map(_OF_A_PLACE.fullmatch, cells.samples)), "short_places"),
}
"""What must be in the cells of a field, and what is said where it is not."""


def tells_days(cells: Profile, vocabulary: Vocabulary) -> float:
    """The part of them in which a day stands among words: `call Kim 11/30`."""
    return share_of(cells.samples, lambda text: tells_a_day(text, vocabulary.months))


def _no_dates(cells: Profile) -> str:
    if cells.dated:
        return ""
    if cells.samples and all(map(_CODE.fullmatch, cells.samples)):
        return "numbers_no_dates"
    if cells.answers == 1:
        return "yes_and_no_no_dates"
    if cells.sentences >= 0.5 or max(cells.mails, cells.phones, cells.links) >= 0.5:
        return "text_no_dates"
    few = len(cells.samples) < 3
    if not few and cells.worded >= 0.8:
        return "text_no_dates"
    if not few and not any(char.isdigit() for text in cells.samples for char in text):
        return "text_no_dates"
    return "numbers_no_dates" if not few and cells.numbers >= 0.8 and _are_small(cells.samples) else ""


def _are_small(samples: Sequence[str]) -> bool:
    """Whether these numbers are no days in a spreadsheet's count."""
    return all(len(text.partition(".")[0]) != 5 for text in samples)


def _no_words(name: str, cells: Profile, vocabulary: Vocabulary) -> str:
    strange = not (name == "contact_name" and any(map(names_somebody, cells.samples)))  # they are parted later
    kinds = (
        ("dates", cells.dated), ("mails", cells.mails * strange), ("phones", cells.phones * strange),
        ("yes_and_no", cells.answers if name not in ("company", "role") else int(cells.answers)),
    )  # fmt: skip
    for kind, share in kinds:
        if share >= 0.5:
            return kind
    if cells.links >= 0.5 and name not in ("source", "company", "role"):
        return "links"
    if cells.numbers * strange >= 0.8 and len(cells.samples) > 1:
        return "numbers"
    if name == "source" and share_of(cells.samples, lambda text: _is_no_board(text, vocabulary)) >= _CHANNELS:
        return "ways"
    return ""


def speaks_for(name: str, cells: Profile, vocabulary: Vocabulary) -> str:
    """What in these cells shows that they are this field, as a key of `[why]`; empty where nothing does."""
    if not cells.samples:
        return ""
    closed = vocabulary.words.get("channel" if name in CHANNELS else name)
    shown = {
        "dates": name in _DATED and cells.dated >= 0.3,
        "hours": name in HOURS.values() and cells.hours >= 0.5,
        "mails": name == "contact_email" and cells.mails >= 0.5,
        "phones": name == "contact_phone" and cells.phones >= 0.5,
        "links": name == "url" and cells.links >= 0.3,
        "numbers": name == "follow_ups_done" and cells.numbers >= 0.5,
        "names": name in ("contact_name", "referrer") and cells.names >= 0.5,
        "sentences": name in ("notes", "next_step") and cells.sentences >= 0.5,
        "status_words": name in ("status", "outcome") and cells.stages >= 0.4,
        "ways": name in CHANNELS and share_of(cells.samples, lambda text: is_channel(text, vocabulary)) >= 0.5,
        "countries": name == "contact_country" and all(_is_country(text, vocabulary) for text in cells.samples),
        "words_known": bool(closed) and name not in CHANNELS,
    }
    return next((reason for reason, holds in shown.items() if holds), "")


def _is_country(text: str, vocabulary: Vocabulary) -> bool:
    """Whether the text names a country or region whose holidays are known."""
    return not isinstance(read_country(text, words=vocabulary.words["country"]), Fault)


def words_of_dates(vocabulary: Vocabulary) -> Set[str]:
    """The words that belong to a date itself."""
    words = shipped_date_words()
    named = (vocabulary.months, words.months, words.weekdays, words.zones, words.unclear)
    return frozenset().union(*named, words.small, words.week, words.around_hours)


def says_more(text: str, of_dates: Set[str]) -> bool:
    """Whether other words than those of dates stand beside the date in this text."""
    return any(
        len(word) > (2 if word < _SIGNS else 1) and word not in of_dates for word in _WORD.findall(text.casefold())
    )


def is_phone(text: str) -> bool:
    """Whether the text is a telephone number."""
    digits = sum(char.isdigit() for char in text)
    return digits >= 6 and bool(_PHONE.fullmatch(text)) and (digits >= 9 or not text.isdigit())


def is_mail(text: str) -> bool:
    """Whether a mail address stands in the text."""
    return bool(_MAIL.search(text))


def names_somebody(text: str) -> bool:
    """Whether a name stands in the text, alone or beside ways to reach somebody."""
    return any(person.name and is_name(person.name) for person in find_people(text))


def has_number(text: str) -> bool:
    """Whether a telephone number stands in the text, alone or beside a name."""
    return any(person.phone for person in find_people(text))


def reaches_somebody(text: str) -> bool:
    """Whether a mail address stands in the text, or a telephone number."""
    return any(person.email or person.phone for person in find_people(text))


def is_person(text: str) -> bool:
    """Whether the text is a name, ways to reach somebody, or both, and nothing else."""
    return all(is_name(person.name) for person in find_people(text))


def is_hour(text: str) -> bool:
    """Whether the text is an hour of the day, or from one to another."""
    if len(text) > 2 and _HOUR.fullmatch(text):
        return True
    plain = text.casefold()
    hour = match_hour(plain, 0, adjacent=False)
    return hour is not None and not hour.fault and hour.stop == len(plain)


def is_name(text: str) -> bool:
    """Whether the text, which is no date, may be somebody's name."""
    return len(text.split()) < 5 and not any(char.isdigit() for char in text)


def _says_how_often(text: str, vocabulary: Vocabulary) -> bool:
    return isinstance(read_interval(text, words=vocabulary.words), int)


def is_channel(text: str, vocabulary: Vocabulary) -> bool:
    """Whether the text is a way of contact."""
    return spaced(text) in vocabulary.words.get("channel", {})


def _is_no_board(text: str, vocabulary: Vocabulary) -> bool:
    """Whether the text is a way of contact and no place where jobs are found, as LinkedIn is."""
    return vocabulary.words.get("channel", {}).get(spaced(text), "linkedin") != "linkedin"


def is_stage(text: str, vocabulary: Vocabulary) -> bool:
    """Whether the text is a word of a status column."""
    return spaced(text) in vocabulary.stages
