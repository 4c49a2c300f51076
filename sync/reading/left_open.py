"""What headers leave open and the sheet settles: only one meaning is left, or the cells tell it.

Each step takes the columns that are still free (`guess`) and says what it took them for.
"""

from __future__ import annotations

from itertools import repeat

from sync.reading.column import Choice
from sync.reading.guess import BARE_DAYS, EVIDENT, NAME_WORDS, WHERE, Guess
from sync.reading.header_row import NO_HEADER
from sync.reading.headers import AMBIGUOUS, Sense, part_played, says_last
from sync.reading.people import fits_address
from sync.reading.samples import (
    is_channel,
    is_person,
    names_somebody,
    reaches_somebody,
    share_of,
    status_cells,
    tells_days,
)
from sync.reading.vocabulary import DAYS, HOURS, MOMENTS, ROUNDS

_STANDS = 0.3
"""The part of the cells that must be statuses where the header says nothing."""
_STANDS_IN_NOTES = 0.5
"""The part of them where the header says notes, or when the row was edited."""
_TALE = 10
"""The most words in a status that is told as a tale."""
_TALES = 4
"""So many notes are read as tales, too: one or two with a word of a status in them are remarks."""
_WHOLE_TALE = 100
"""The most words in one that is all there is to know of a lead."""
_DATED = 0.5
"""The part of the cells with a day in them that makes a column one of days, or of what happened on them."""
_NAMES_DIFFER = 0.5
"""The part of the cells that must be different to be names of firms."""
_FIRMS_DIFFER = 0.9
"""The part of them where the header speaks of places or sources."""
_REACHED = 0.1
"""The part of the cells that must be an address or a number to make a column one of people."""
_FITTING = 0.6
"""The part of the names that must be in the addresses beside them to be those of the people there."""
_WAYS = frozenset(("contact_email", "contact_phone"))
_OF_WAYS = frozenset(("channel", "source"))
_A_DAY = 0.8
"""How sure a header is that names a day; one that names what was done on it is less."""
_TOUCHED = frozenset(("last_outbound", "last_inbound", "follow_up_on", "follow_up_day"))
"""What is kept of people who are asked again and again."""
_OF_APPLICATIONS = frozenset(
    ("role", "status", "outcome", "url", "source", "channel", "closes_on", "referrer", "agency")
)
"""What a sheet of applications has besides the firm."""
_PLACES = frozenset(("source", "city"))
"""What a column of firms may be called by: where they are, or where they were found."""
_ROUNDS = ("interview_at", *ROUNDS)


def settle(guess: Guess) -> None:
    """What headers leave open and only one meaning is left for in this sheet."""
    if guess.canonical:
        return
    _settle_status(guess)
    _settle_names(guess)
    _settle_family_name(guess)
    _settle_place_of_work(guess)
    _settle_people(guess)
    _settle_names_by_addresses(guess)
    _settle_last_message(guess)
    _settle_days_behind(guess)
    _settle_days(guess)
    _settle_rounds(guess)
    _settle_organisation(guess)
    _settle_first_column(guess)
    _settle_hours(guess)
    _part_two_people(guess)


def _settle_status(guess: Guess) -> None:
    """Where no header names the status, a column whose cells say how it stands is it.

    It is read, not only asked about: in silence its refusals would be asked for an answer.
    """
    if not guess.is_open("status") or "outcome" in guess.fields:
        return
    found = []
    for column in _free_or_notes(guess):
        sense = guess.senses.get(column, Sense())
        if sense.fields and _OF_WAYS.issuperset(sense.fields):
            continue  # a call that was made is how they spoke, not how it stands
        told = not sense.fields or not {"status", "outcome", "last_inbound"}.isdisjoint(sense.fields)
        wanted = _STANDS if told and not sense.why else _STANDS_IN_NOTES
        samples, whole = guess.cells_of(column).samples, _tells_all(guess, column)
        cells = status_cells(tuple(samples), guess.vocabulary)
        noted = guess.fields.get("notes") == column
        if not cells.are_statuses(wanted) and (whole or not noted or len(samples) >= _TALES):
            wanted, longest = _STANDS_IN_NOTES, _WHOLE_TALE if whole else _TALE
            cells = status_cells(tuple(samples), guess.vocabulary, longest)
        remark = noted and len(samples) < 2 and not cells.ends
        if cells.are_statuses(wanted) and not remark:
            found.append((noted, -cells.tell, column))
    if found:
        *_, column = min(found)
        if guess.fields.get("notes") == column:
            del guess.fields["notes"]
        guess.take_and_say(column, "status", "stands")


def _tells_all(guess: Guess, column: int) -> bool:
    """Whether it tells of days among words, and no other column holds days, read already or to be asked about."""
    if not (DAYS | MOMENTS).isdisjoint(guess.fields) or tells_days(guess.cells_of(column), guess.vocabulary) < _DATED:
        return False
    return all(guess.cells_of(other).bare_dates < _DATED for other in guess.free())


def _free_or_notes(guess: Guess) -> list[int]:
    """The columns that may be the status: nothing is known of them, or they are notes, or tell of an edit, or their
    cells are nothing that their header may mean."""
    notes = [guess.fields["notes"]] if "notes" in guess.fields.keys() - guess.fixed else []
    may = [
        column
        for column in guess.free()
        if (sense := guess.senses.get(column, Sense())).is_about_edits
        or _tells(guess, column)
        or (column in guess.unread and not sense.why)
        or (
            not sense.why
            and (sense.is_weak_word or set(sense.fields) <= {"status", "notes", "outcome", "last_inbound"})
        )
    ]
    return [
        column
        for column in (*may, *notes)
        if max(guess.cells_of(column).bare_dates, guess.cells_of(column).answers) < EVIDENT
    ]


def _tells(guess: Guess, column: int) -> bool:
    """Whether it holds tales, whatever its header speaks of (`Where it's at`)."""
    cells = guess.cells_of(column)
    return cells.bare_dates < 0.2 and cells.sentences >= 0.3


def _settle_names(guess: Guess) -> None:
    """A column of names is the company where no other is, and a person where one is."""
    for column in guess.free():
        if not guess.senses[column].is_bare_name or column in guess.unread:
            continue
        settle = guess.propose if guess.senses[column].unknown else guess.take_and_say
        if "company" in guess.fields and guess.is_open("contact_name"):
            part, known = (
                _part_of_name(guess, column),
                {"contact_first_name", "contact_last_name"} & guess.fields.keys(),
            )
            if len(known) == 1 and part == "contact_name":
                settle = guess.propose  # what stands far from the first name may be the title of the lead
            settle(column, part, "company_has_one")
        elif guess.is_open("company") and ("contact_name" in guess.fields or _lists_applications(guess)):
            if "contact_name" not in guess.fields and not _tells_of_applications(guess):
                settle = guess.propose
            settle(column, "company", "no_company")
        elif {"company", "contact_name"} <= guess.fields.keys() and guess.is_open("role"):
            guess.propose(column, "role", "both_have_one")
        elif guess.is_open("contact_name"):
            person = Choice("contact_name", 0.6, guess.why("no_applications"))
            others = [one for one in guess.choices[column] if one.field != "contact_name"]
            guess.choices[column] = [person, *others]


def _settle_people(guess: Guess) -> None:
    """A column of names with mails and numbers among them is about people, whatever it is called."""
    first = next((column for column, form in enumerate(guess.forms) if form), None)
    for column in guess.free():
        if not guess.is_open("contact_name") or (column == first and guess.is_open("company")):
            continue
        sense, cells = guess.senses[column], guess.cells_of(column)
        if sense.why or max(cells.stages, cells.dated) >= _REACHED or not _WAYS.issuperset(sense.fields[:1]):
            continue
        reached, people, named = (
            share_of(cells.samples, test) for test in (reaches_somebody, is_person, names_somebody)
        )
        if min(reached, max(named, cells.mails)) >= _REACHED and people >= EVIDENT:
            guess.take_and_say(column, "contact_name", "names_reached")


def _settle_names_by_addresses(guess: Guess) -> None:
    """A column nobody knows whose names are those of the mail addresses beside them is about these people."""
    if not guess.is_open("contact_name") or "contact_email" not in guess.fields:
        return
    for column in guess.free():
        sense, samples = guess.senses.get(column, Sense()), guess.cells_of(column).samples
        if sense.why or not samples or share_of(samples, is_person) < EVIDENT:
            continue
        pairs = [(name, mail) for name, mail in guess.pairs(column, guess.fields["contact_email"]) if name and mail]
        if len(pairs) > 1 and sum(fits_address(*pair) for pair in pairs) >= _FITTING * len(pairs):
            guess.propose(column, "contact_name", "names_of_mails")
            return


def _part_of_name(guess: Guess, column: int) -> str:
    """Right beside a first name the other is the last one, and the other way round."""
    for other, name in (("first", "last"), ("last", "first")):
        place = guess.fields.get(f"contact_{other}_name")
        if place is not None and abs(place - column) == 1 and guess.is_open(f"contact_{name}_name"):
            return f"contact_{name}_name"
    return "contact_name"


def _lists_applications(guess: Guess) -> bool:
    """Whether the sheet is about applications, not a list of people.

    A list of people has a status, too, with their numbers or the days on which they were written to.
    """
    facts = {"applied_on", "role", "url"} & guess.fields.keys()
    alone = "status" in guess.fields and not _TOUCHED & guess.fields.keys()
    return _WAYS.isdisjoint(guess.fields) and bool(facts or alone or _bare_days(guess))


def _tells_of_applications(guess: Guess) -> bool:
    """Whether more than a bare day speaks of applications."""
    return not {"applied_on", "role", "url", "status"}.isdisjoint(guess.fields)


def _settle_days(guess: Guess) -> None:
    """The only column of days without a meaning of its own is the day the seeker applied.

    It is so before `Application` alone, which may be a number or a title, while nothing stands below that.
    """
    days = _bare_days(guess)
    applied = guess.fields.get("applied_on", -1) if "applied_on" not in guess.fixed else -1
    if days and applied >= 0 and guess.senses[applied].sure < _A_DAY and not guess.cells_of(applied).samples:
        del guess.fields["applied_on"], guess.reasons["applied_on"]
    if len(days) == 1 and guess.is_open("applied_on"):
        cells = guess.cells_of(days[0])
        named = "company" in guess.fields and guess.shape is None
        named = named and (guess.index == NO_HEADER or not _lists_addresses(guess))
        sense = guess.senses[days[0]]
        bare = sense.is_bare_day and not sense.unknown and _keeps_applications(guess)
        told = sense.sure >= AMBIGUOUS or named
        if not told or (cells.samples and cells.dated < 0.5):
            return
        reason = "only_date"
        if guess.index == NO_HEADER or bare:
            guess.take_and_say(days[0], "applied_on", reason)
        else:
            guess.propose(days[0], "applied_on", reason)


def _settle_last_message(guess: Guess) -> None:
    """Of `Date contacted` and `Last follow-up` the second is the last message, and the first the one before it."""
    first = guess.fields.get("last_outbound", -1)
    if first < 0 or "last_outbound" in guess.fixed or says_last(guess.headers[first]):
        return
    for column in guess.free():
        cells = guess.cells_of(column)
        dated = not cells.samples or cells.dated >= _DATED
        if dated and guess.senses[column].fields[:1] == ("last_outbound",) and says_last(guess.headers[column]):
            del guess.fields["last_outbound"], guess.reasons["last_outbound"]
            guess.take_and_say(column, "last_outbound", "last_message")
            if guess.is_open("applied_on"):
                guess.take_and_say(first, "applied_on", "first_message")
            return


def _settle_days_behind(guess: Guess) -> None:
    """`Due` behind `Next action` is the day of that, and so is a bare day where another tells of the last message; a
    bare day behind the kind of an interview is that interview's.

    `First contact` beside `Last contact` is the day on which the seeker first wrote.
    """
    for column in guess.free():
        sense, cells = guess.senses[column], guess.cells_of(column)
        before = guess.senses.get(column - 1, Sense())
        if cells.samples and cells.dated < _DATED:
            continue
        if sense.is_first_contact and "last_outbound" in guess.fields:
            name, reason = "applied_on", "first_contact"
        elif sense.is_due:
            follows = before.is_about_steps and guess.is_open("follow_up_on")
            name, reason = ("follow_up_on", "step_before") if follows else ("closes_on", "header")
        elif sense.is_bare_day and before.is_about_steps and "last_outbound" in guess.fields:
            name, reason = "follow_up_on", "step_before"
        elif sense.is_bare_day and before.is_about_interviews:
            name, reason = guess.open_round("interview_at"), "behind_kind"
        else:
            continue
        if name and guess.is_open(name):
            guess.take_and_say(column, name, reason)


def _keeps_applications(guess: Guess) -> bool:
    """Whether the sheet is of applications that were made: it says how they stand, or names jobs without their links.

    A list of jobs that were found has a date and links, too.
    """
    return not {"status", "outcome"}.isdisjoint(guess.fields) or ("role" in guess.fields and "url" not in guess.fields)


def _lists_addresses(guess: Guess) -> bool:
    """Whether the sheet has ways to people and nothing of an application: its days may be of anything."""
    about_work = not (_OF_APPLICATIONS.isdisjoint(guess.fields) and guess.fields.keys().isdisjoint(_ROUNDS))
    return not about_work and not _WAYS.isdisjoint(guess.fields)


def _bare_days(guess: Guess) -> list[int]:
    return [
        column
        for column in guess.free()
        if guess.choices.get(column)
        and guess.choices[column][0].field in BARE_DAYS
        and (guess.senses[column].is_bare_day or not guess.senses[column].fields)
    ]


def _settle_rounds(guess: Guess) -> None:
    """`Final` beside `Round 2` is a round, and a test at a set hour is an appointment as an interview is."""
    for column in guess.free():
        sense, cells = guess.senses[column], guess.cells_of(column)
        beside = any(place == column - 1 for name, place in guess.fields.items() if name in _ROUNDS)
        named = beside and sense.fields == ("interview_at",) and cells.dated >= 0.5
        at_an_hour = sense.is_about_tests and cells.appointments >= 0.5
        name = guess.open_round("interview_at") if named or at_an_hour else ""
        if name:
            reason = "beside_rounds" if named else "appointments"
            guess.take_and_say(column, name, reason)


def _settle_organisation(guess: Guess) -> None:
    """`Organisation` is what people call the firm, where nothing else names it."""
    if guess.is_open("company") and "organisation" in guess.fields.keys() - guess.fixed:
        guess.take("company", guess.fields.pop("organisation"), guess.why("no_company"))
        guess.reasons.pop("organisation")


def _settle_first_column(guess: Guess) -> None:
    """Where people have a column and the firm has none, the first does that holds names, whatever it is called.

    Without people in it the sheet is no use yet, and which column names the firm is asked.
    """
    people = "contact_name" in guess.fields or any(map(guess.is_proposed, guess.free(), repeat("contact_name")))
    if not guess.is_open("company") or not people:
        return
    first = next((column for column, form in enumerate(guess.forms) if form), None)
    if first is None or first not in guess.free() or guess.senses[first].why:
        return
    sense = guess.senses[first].fields
    if sense != WHERE and any(map(guess.is_open, sense)):
        return
    cells = guess.cells_of(first)
    if cells.plain >= EVIDENT and cells.different >= _NAMES_DIFFER and cells.longest <= NAME_WORDS:
        guess.propose(first, "company", "first_column")


def _settle_family_name(guess: Guess) -> None:
    """The name beside a first name is the last one: `Contact - Prénom`, `Contact - Nom`."""
    first, name = guess.fields.get("contact_first_name"), guess.fields.get("contact_name")
    if first is None or name is None or abs(first - name) != 1 or "contact_name" in guess.fixed:
        return
    if guess.is_open("contact_last_name") and first not in guess.kept_out:
        del guess.fields["contact_name"], guess.reasons["contact_name"]
        guess.take_and_say(name, "contact_last_name", "beside_first_name")


def _settle_place_of_work(guess: Guess) -> None:
    """Where nothing names the firm, a first column of places or sources is it whose names are all different.

    A column of sources repeats its boards; that of firms under `Sitio` or `Local` does not.
    """
    first = next((column for column, form in enumerate(guess.forms) if form), None)
    about_work = bool({"status", "applied_on", "role"} & guess.fields.keys() or _bare_days(guess))
    if first is None or not guess.is_open("company") or not about_work:
        return
    sense = guess.senses.get(first, Sense())
    held = next((name for name in _PLACES - guess.fixed if guess.fields.get(name) == first), "")
    if not held and (first not in guess.free() or not _may_be_firms(sense)):
        return
    cells = guess.cells_of(first)
    boards = share_of(cells.samples, lambda text: is_channel(text, guess.vocabulary))
    named = cells.plain >= EVIDENT and cells.longest <= NAME_WORDS and not boards
    if named and cells.different >= _FIRMS_DIFFER:
        if held:
            del guess.fields[held], guess.reasons[held]
        guess.take_and_say(first, "company", "first_column")


def _may_be_firms(sense: Sense) -> bool:
    return sense.fields == WHERE or sense.fields[:1] == ("source",) or sense.is_about_places


def _part_two_people(guess: Guess) -> None:
    """The address of the recruiter is not that of the manager: a way to somebody else is left unread."""
    named = _part_played(guess, "contact_name")
    for name in ("contact_email", "contact_phone") if named else ():
        other = _part_played(guess, name)
        if other and other != named and name not in guess.fixed:
            column = guess.fields.pop(name)
            guess.reasons.pop(name)
            whose = guess.headers[guess.fields["contact_name"]]
            guess.leave(column, "other_person", whose=repr(whose), field=name)


def _part_played(guess: Guess, name: str) -> str:
    """Which part the person plays that this column is about, where its header says so."""
    return part_played(guess.headers[guess.fields[name]]) if name in guess.fields else ""


def _settle_hours(guess: Guess) -> None:
    """An hour beside its day: the moment's own header says so, or the cells of the column behind it."""
    for column in guess.free():
        wanted = [name for name in guess.senses[column].fields if name in HOURS.values()]
        cells = guess.cells_of(column)
        if not wanted and cells.hours < EVIDENT:
            continue
        before = [name for name, place in guess.fields.items() if place == column - 1 and name in HOURS]
        others = [name for name, place in guess.fields.items() if name in HOURS and place < column] if wanted else []
        name = next((name for name in (*before, *others[-1:]) if guess.is_open(HOURS[name])), "")
        if name:
            guess.take_and_say(column, HOURS[name], "hour_of", other=repr(guess.headers[guess.fields[name]]))
        elif wanted and guess.is_open("interview_at") and (not cells.samples or cells.dated):
            guess.take_and_say(column, "interview_at", "header")
