"""What a letter says to this very person: their clock, their name, their part in it, and nothing that is made up."""

from __future__ import annotations

from datetime import date
from itertools import combinations, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from advisor import Seeker, a_lead, person, settings_for, when
from msgspec.structs import replace

from sync.messages.library import MOVES_TO, load_phrases, sample_facts
from sync.messages.names import initials
from sync.messages.sentences import Situation
from sync.models import Lead, Person, Stage, Touch

APPLIED = date(2027, 1, 4)
LADDER = ("R-001-1", "R-001-12", "R-004-4", "R-003-15", "R-003-16", "sheet")


def touches(lead: Lead, *, now: str = "2027-01-11 08:30", language: str = "en", me: str = "") -> list[Touch]:
    """Everything that is planned for this lead, with its message."""
    more = f'language = "{language}"\nahead_days = "all"'
    seeker = Seeker(settings_for(more=more, tables=f"[me]\n{me}" if me else ""))
    return [touch for touch in seeker.run(now, lead).touches if touch.draft]


def message(lead: Lead, rule: str, **how: Any) -> Touch:
    """The one touch of this rule."""
    found = [touch for touch in touches(lead, **how) if touch.rule == rule]
    assert found, [touch.rule for touch in touches(lead, **how)]
    return found[0]


# --- their clock -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zones", "said"),
    [
        pytest.param({}, "on Wednesday 13 January at 10:00.", id="one clock: no zone"),
        pytest.param({"contact_zone": "America/Toronto"}, "on Wednesday 13 January at 10:00.", id="the same clock"),
        pytest.param(
            {"contact_zone": "Europe/London"},
            "on Wednesday 13 January at 15:00, London time.",
            id="the contact's clock",
        ),
        pytest.param(
            {"interview_zone": "Europe/London"}, "on Wednesday 13 January at 15:00, London time.", id="the interview's"
        ),
        pytest.param(
            {"interview_zone": "America/New_York", "contact_zone": "Asia/Tokyo"},
            "on Thursday 14 January at 00:00, Tokyo time.",
            id="the reader's clock beats the interview's, and has its own day",
        ),
    ],
)
def test_a_letter_tells_the_hour_on_the_readers_clock(zones: dict[str, Any], said: str) -> None:
    lead = a_lead(stage=Stage.INTERVIEW, interview_at=when("2027-01-13 10:00"), contact=person(), **zones)
    assert said in message(lead, "R-001-2").draft


def test_an_interview_that_is_still_to_come_is_not_thanked_for() -> None:
    lead = a_lead(
        stage=Stage.INTERVIEW, interview_at=when("2027-01-25 10:00"), contact=person(), follow_up_on=date(2027, 1, 14),
        applied_on=APPLIED,
    )  # fmt: skip
    assert "interview" not in message(lead, "sheet").draft


def test_an_event_tells_hours_on_the_seekers_clock_and_the_letter_on_the_readers() -> None:
    """The letter says Tokyo time; what the seeker reads in their own calendar is their own time."""
    lead = a_lead(
        stage=Stage.INTERVIEW, interview_at=when("2027-01-13 10:00").astimezone(ZoneInfo("Asia/Tokyo")),
        interview_zone="Asia/Tokyo", contact=person(),
    )  # fmt: skip
    told = message(lead, "R-001-2", now="2027-01-11 08:30")
    assert "on Thursday 14 January at 00:00, Tokyo time." in told.draft
    outside = told.description.replace(told.draft, "")
    assert "00:00" not in outside and "10:00" in outside, outside


def test_GMT_stays_GMT_in_a_letter() -> None:
    lead = a_lead(
        stage=Stage.INTERVIEW, interview_at=when("2027-01-13 10:00"), contact=person(), interview_zone="Etc/GMT"
    )
    assert "at 15:00, GMT." in message(lead, "R-001-2").draft


def test_a_ladder_returns_to_their_answer_and_not_to_an_older_message() -> None:
    lead = a_lead(
        stage=Stage.IN_TOUCH, applied_on=date(2026, 12, 1), contact=person(), last_inbound=date(2027, 1, 5),
        last_outbound=date(2026, 12, 17), last_outbound_channel="email",
    )  # fmt: skip
    letters = [touch.draft for touch in touches(lead) if touch.rule == "R-004-4"]
    assert len(letters) > 1
    assert not [letter for letter in letters if "17 December" in letter]
    assert "5 January" in letters[1]


def test_nobody_who_has_answered_is_told_how_they_know_the_seeker() -> None:
    known = "a friend of Ann Fox"
    lead = a_lead(
        stage=Stage.IN_TOUCH, applied_on=date(2026, 12, 1), contact=person(), last_inbound=date(2027, 1, 5),
        how_known=known,
    )  # fmt: skip
    letters = [touch.draft for touch in touches(lead) if touch.rule == "R-004-4"]
    assert letters and not [letter for letter in letters if known in letter or "once more" in letter.casefold()]


def test_only_a_week_after_applying_one_comes_back_as_planned() -> None:
    after_a_week = a_lead(applied_on=APPLIED, contact=person())
    assert "after a week as planned" in message(after_a_week, "R-001-1").draft
    for language, whom in product(("en", "de"), MOVES_TO):
        phrases = load_phrases(language, whom=whom)
        much_later = {**sample_facts(phrases), "week": ""}
        said = phrases.write(Situation(("R-001-1",), "mail", move="fact"), much_later).text
        assert "as planned" not in said and "wie geplant" not in said


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_voicemail_says_on_which_day_one_calls_again(language: str) -> None:
    for whom in ("employers", "customers", "friends"):
        texts = load_phrases(language, whom=whom).texts
        said = " ".join(text for key, text in texts.items() if key.endswith(".voicemail"))
        assert "tomorrow" not in said and "morgen " not in said


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("tbd", "for the position at Acme"),
        ("Job: the chef position", "for the chef position at Acme"),
        ("Chef", "for the Chef position at Acme"),
    ],
)
def test_a_role_is_said_without_what_the_sentence_says_itself(role: str, said: str) -> None:
    lead = a_lead(applied_on=APPLIED, contact=person(), role=role)
    assert said in message(lead, "R-001-1").draft


@pytest.mark.parametrize(
    ("how_known", "said"),
    [
        ("we know each other from school", "We know each other: we studied together."),
        ("I know him from the choir", "We know each other: from the choir."),
    ],
)
def test_that_two_people_know_each_other_is_said_once(how_known: str, said: str) -> None:
    assert said in message(a_lead(applied_on=APPLIED, contact=person(), how_known=how_known), "R-001-1").draft


@pytest.mark.parametrize("kind", ["mail", "short", "say"])
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("rule", ["R-005-2", "R-001-13"])
def test_weekly_words_come_round_only_after_four(rule: str, language: str, kind: str) -> None:
    """No sentence is said in two of four that follow each other, but the thanks."""
    kinds = {"mail": "mail", "short": "short", "say": "call"}
    for whom in ("employers", "customers", "friends"):
        phrases = load_phrases(language, whom=whom)
        for facts in (sample_facts(phrases), {**sample_facts(phrases), "my_line": ""}):
            said = [phrases.write(Situation((rule,), kinds[kind], turn=turn), facts).sentences for turn in range(4)]
            for before, after in combinations(said, 2):
                assert not {*before} & {*after}, (whom, {*before} & {*after})


def test_a_long_subject_says_less_before_it_cuts_the_role() -> None:
    role = "Entwicklungsingenieur Getriebetechnik"
    lead = a_lead(applied_on=APPLIED, contact=person(), role=role)
    assert message(lead, "R-001-1", language="de").description.count(f"{role}: meine Bewerbung\n") == 1


# --- agencies --------------------------------------------------------------------------------------------------------

VIA = a_lead(
    role="Analyst", applied_on=date(2027, 1, 2), agency="Harnham", stage=Stage.INTERVIEW, problem="slow tests",
    interview_at=when("2027-01-08 10:00"), under_consideration_on=None, interviewers=(person("Uma Frost"),),
)  # fmt: skip


def test_an_agency_is_thanked_for_arranging_and_asked_about_one_firm() -> None:
    ask = message(VIA, "R-004-4")
    assert ask.summary == "Harnham about Acme: ask for the next step"
    assert ask.description.startswith("Write to Harnham by email.\nIt is about Acme, Analyst.\n")
    assert ask.who == "Harnham"
    first = ask.draft.split("\n\n")[1]
    assert "arrang" in first and "the interview for the Analyst position at Acme" in first
    assert "slow tests" not in ask.draft, "that was said by the employer"


def test_an_agency_keeps_nobody_under_consideration() -> None:
    lead = a_lead(
        applied_on=date(2027, 1, 2), agency="Harnham", under_consideration_on=date(2027, 1, 8), stage=Stage.IN_TOUCH
    )
    assert "keeping me under consideration" not in message(lead, "R-003-15").draft


def test_no_subject_speaks_of_an_earlier_message() -> None:
    lead = a_lead(applied_on=APPLIED, agency="Harnham")
    for touch in touches(lead):
        assert not any(words in touch.subject.casefold() for words in ("last wrote", "re:", "my message")), (
            touch.subject
        )


# --- who referred ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["email", "text", "linkedin", "phone"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_first_ask_names_who_referred(language: str, channel: str) -> None:
    lead = a_lead(
        applied_on=APPLIED, referrer="Lou Ames", how_known="met at a meetup", contact=person(), channel=channel
    )
    first = next(touch for touch in touches(lead, language=language) if touch.rule in LADDER)
    assert "Lou Ames" in first.draft


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "facts",
    [
        {"applied_on": APPLIED},
        {"applied_on": APPLIED, "stage": Stage.INTERVIEW, "interview_at": when("2027-01-08 10:00")},
        {"applied_on": APPLIED, "stage": Stage.IN_TOUCH, "under_consideration_on": date(2027, 1, 8)},
        {"travel_on": date(2027, 1, 22), "city": "Boston"},
        {"follow_up_on": date(2027, 1, 14)},
    ],
)
def test_every_letter_that_asks_names_who_referred(facts: dict[str, Any], language: str) -> None:
    lead = a_lead(referrer="Lou Ames", contact=person(), **facts)
    asks = [touch for touch in touches(lead, language=language) if touch.rule in LADDER]
    assert asks
    for touch in asks:
        assert "Lou Ames" in touch.draft, touch.draft


def test_Herr_is_declined_where_he_is_not_the_subject() -> None:
    lead = a_lead(
        received_at=when("2027-01-11 08:00"), referrer="Frau Kern", contact=Person("Herr Dr. Jan Weber"),
        lead_kind="connection",
    )  # fmt: skip
    thanks = message(lead, "R-000-2", language="de")
    assert thanks.draft.startswith("Sehr geehrte Frau Kern,\n")
    assert "den Kontakt zu Herrn Dr. Jan Weber bei Acme" in thanks.draft
    call = message(lead, "R-002-1", language="de")
    assert call.summary == "Herr Dr. Jan Weber, Acme: jetzt schreiben"
    assert call.description.startswith("Schreib eine E-Mail an Herrn Dr. Jan Weber (Acme)")


# --- greetings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "english", "german"),
    [
        ("Dana Reed", "Dear Dana Reed,", "Guten Tag Dana Reed,"),
        ("Reed, Dana", "Dear Dana Reed,", "Guten Tag Dana Reed,"),
        ("Dana Reed, MBA", "Dear Dana Reed,", "Guten Tag Dana Reed,"),
        ("Herr Dr. Weber", "Dear Dr. Weber,", "Sehr geehrter Herr Dr. Weber,"),
        ("Herrn Weber", "Dear Mr Weber,", "Sehr geehrter Herr Weber,"),
        ("Herr Prof. Dr. Jan Weber", "Dear Prof. Dr. Weber,", "Sehr geehrter Herr Prof. Dr. Weber,"),
        ("Frau Ute Kern", "Dear Ms Kern,", "Sehr geehrte Frau Kern,"),
        ("Frau von Berg", "Dear Ms von Berg,", "Sehr geehrte Frau von Berg,"),
        ("Mr. John Smith, Jr.", "Dear Mr Smith,", "Sehr geehrter Herr Smith,"),
        ("Mrs. Poe", "Dear Mrs Poe,", "Sehr geehrte Frau Poe,"),
        ("Dr. Dana Reed", "Dear Dr. Reed,", "Guten Tag Dr. Reed,"),
        ("H. Moss", "Dear H. Moss,", "Guten Tag H. Moss,"),
        ("p. Nowak", "Good day,", "Guten Tag,"),
        ("p. Ewa Nowak", "Dear Ewa Nowak,", "Guten Tag Ewa Nowak,"),
        ("p. dr Nowak", "Dear dr Nowak,", "Guten Tag dr Nowak,"),
        ("P. Nowak", "Dear P. Nowak,", "Guten Tag P. Nowak,"),
        ("Herr", "Dear Acme team,", "Liebes Team von Acme,"),
        ("", "Dear Acme team,", "Liebes Team von Acme,"),
    ],
)
def test_greetings(name: str, english: str, german: str) -> None:
    lead = a_lead(applied_on=APPLIED, contact=Person(name, "x@acme.example"))
    for language, greeting in (("en", english), ("de", german)):
        assert message(lead, "R-001-1", language=language).draft.split("\n")[0] == greeting


@pytest.mark.parametrize(
    ("name", "greeting"),
    [("Frau Ute Kern", "Hallo Ute,"), ("Herr Weber", "Sehr geehrter Herr Weber,"), ("Dr. Dana Reed", "Hallo Dana,")],
)
def test_a_first_name_is_used_only_where_there_is_one(name: str, greeting: str) -> None:
    lead = a_lead(applied_on=APPLIED, contact=Person(name, "x@acme.example"))
    assert message(lead, "R-001-1", language="de", me='greeting = "first"').draft.startswith(greeting)


def test_initials_leave_titles_out() -> None:
    assert (initials("Frau Dr. Ute Kern"), initials("Dana Reed"), initials("")) == ("U. K.", "D. R.", "")


# --- several people --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "joined"), [("en", "Dana Reed, Cy Moss and Ute Kern"), ("de", "Dana Reed, Cy Moss und Ute Kern")]
)
def test_several_names_are_joined_as_a_sentence_has_them(language: str, joined: str) -> None:
    people = (person(), Person("Cy Moss"), Person("Ute Kern", "ute@acme.example"))
    lead = a_lead(stage=Stage.INTERVIEW, interview_at=when("2027-01-13 10:00"), interviewers=people)
    thanks = message(lead, "R-001-4", language=language)
    assert f"{joined} (Acme)" in thanks.description.splitlines()[0]
    assert f"{joined}." in thanks.description
    assert "Dana Reed," in thanks.draft.splitlines()[0], "the letter greets one of them"


# --- nothing made up -------------------------------------------------------------------------------------------------

MADE_UP = (
    "was a good one", "our conversation", "our talk", "keeping me in mind", "said that i would", "good to talk",
    "lot of thought", "enjoyed talking", "on my mind", "it took your attention", "thought that we should", "i am well",
    "hat mich gefreut", "unser austausch", "im blick behalten", "angekündigt", "es war schön", "meinte, wir sollten",
    "gern mit ihnen gesprochen", "geht mir noch durch den kopf", "mir geht es gut",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_message_says_what_the_row_does_not_show(language: str) -> None:
    for key, text in load_phrases(language).texts.items():
        if not key.startswith("rule."):
            assert not [words for words in MADE_UP if words in text.casefold()], key


def test_a_contact_known_by_its_stage_alone_has_sent_no_message() -> None:
    lead = a_lead(applied_on=APPLIED, stage=Stage.IN_TOUCH, contact=person(), channel="text")
    assert "message" not in message(lead, "R-004-4").draft


def test_a_last_call_promises_no_other() -> None:
    lead = a_lead(applied_on=APPLIED, contact=person(phone="+1 555 0177"), channel="phone")
    last = [touch for touch in touches(lead) if touch.rule == "R-001-12"][-1]
    assert "again tomorrow" not in last.draft


def test_a_day_without_an_hour_is_a_deadline_without_an_hour() -> None:
    lead = a_lead(promised_on=date(2027, 1, 20), contact=person())
    assert message(lead, "R-000-3").description.startswith("Email Dana Reed (Acme) by Wed 20 Jan.\n")


def test_a_text_message_shows_the_number_first() -> None:
    lead = a_lead(applied_on=APPLIED, channel="text", contact=person(email="d@acme.example", phone="+1 555 0177"))
    assert message(lead, "R-001-1").description.splitlines()[1] == "+1 555 0177"


def test_an_interviewer_who_is_the_contact_is_reached_where_the_contact_is() -> None:
    """The row says whose address it is: nobody is told to ask for one that stands there."""
    lead = a_lead(
        contact=Person("Bo Lund", email="bo@acme.example"), interviewers=(Person("Ina Fay"), Person("bo lund")),
        stage=Stage.INTERVIEW, interview_at=when("2027-01-08 14:00"),
    )  # fmt: skip
    thanks = message(lead, "R-001-4", now="2027-01-08 15:00")
    assert "\nbo@acme.example\n" in thanks.description
    assert "Ask for the address of Ina Fay." in thanks.description


def test_a_german_sentence_that_ends_in_a_date_has_one_full_stop() -> None:
    lead = a_lead(stage=Stage.INTERVIEW, references_given_on=date(2027, 1, 11), reference_names=(Person("Jo Hill"),))
    told = message(lead, "R-001-8", language="de")
    assert ", bis Mo 11. Jan.\n" in told.description


def test_an_interviewer_whom_the_contact_names_with_a_title_is_reached_there_too() -> None:
    lead = a_lead(
        contact=Person("Dr. Bo Lund", email="bo@acme.example"), interviewers=(Person("Bo Lund"), Person("Ina Fay")),
        stage=Stage.INTERVIEW, interview_at=when("2027-01-08 14:00"),
    )  # fmt: skip
    thanks = message(lead, "R-001-4", now="2027-01-08 15:00")
    assert thanks.description.startswith("Email Dr. Bo Lund and Ina Fay (Acme) by ")
    assert thanks.draft.startswith("Dear Dr. Lund,")


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_is_said_in_person_speaks_of_no_call(language: str) -> None:
    calls = ("i am calling", "this call", "ich rufe", "diesem anruf", "mein anruf")
    for key, text in load_phrases(language).texts.items():
        if key.endswith(".say"):
            assert not [words for words in calls if words in text.casefold()], key


def test_before_a_talk_in_person_nothing_is_sent() -> None:
    lead = a_lead(applied_on=APPLIED, contact=person(), channel="in_person")
    told = message(lead, "R-001-1").description
    assert "\nBefore you meet:\n- Fill in" in told
    assert "\nWhy in person: the row says so\n" in told


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "Could you please tell me whom I could best talk to about it?"),
        ("de", "Können Sie mir bitte sagen, mit wem ich darüber am besten spreche?"),
    ],
)
def test_a_first_letter_asks_for_no_next_step_of_a_selection(language: str, asked: str) -> None:
    lead = a_lead(follow_up_on=date(2027, 1, 14), contact=person())
    first = message(lead, "sheet", language=language).draft
    assert asked in first
    assert "next step" not in first and "nächste Schritt" not in first


# --- people who are known --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said", "never"),
    [
        (
            "en",
            "since we know each other (we have worked together)",
            ("applied", "application", "selection", "old boss"),
        ),
        ("de", "weil wir uns kennen (wir haben zusammen gearbeitet)", ("beworben", "Bewerbung", "Auswahl", "old boss")),
    ],
)
def test_an_old_boss_is_asked_for_advice_and_not_for_a_job(language: str, said: str, never: tuple[str, ...]) -> None:
    """They were written to, and nobody says that they were applied to."""
    lead = a_lead(
        applied_on=APPLIED, last_outbound=APPLIED, contact=person(), contact_kind="network", how_known="old boss"
    )
    lead = replace(lead, columns={**lead.columns, "applied_on": lead.columns["last_outbound"]})
    found = touches(lead, language=language)
    assert said in found[0].draft
    assert not [word for word in never for touch in found if word in touch.draft]


def test_an_old_boss_at_the_firm_that_was_applied_to_is_told_how_one_knows_them() -> None:
    lead = a_lead(applied_on=APPLIED, contact=person(), contact_kind="network", how_known="My old boss")
    said = message(lead, "R-001-1").draft
    assert "I applied for" in said
    assert "We know each other: we have worked together." in said


@pytest.mark.parametrize(
    ("language", "role", "said"),
    [
        ("en", "FP&A", "a position in FP&A"),
        ("en", "Marketing", "a position in Marketing"),
        ("en", "Analyst", "a position as Analyst"),
        ("de", "FP&A", "eine Stelle im Bereich FP&A"),
        ("de", "Analyst", "eine Stelle als Analyst"),
    ],
)
def test_a_field_of_work_is_no_position_as_one(language: str, role: str, said: str) -> None:
    lead = a_lead(
        role=role,
        applied_on=APPLIED,
        last_outbound=APPLIED,
        contact=person(),
        contact_kind="network",
        how_known="friend",
    )
    lead = replace(lead, columns={**lead.columns, "applied_on": lead.columns["last_outbound"]})
    assert any(said in touch.draft for touch in touches(lead, language=language))


def test_a_friend_is_not_told_that_they_are_one() -> None:
    lead = a_lead(applied_on=APPLIED, contact=person(), contact_kind="network", how_known="friend")
    assert "friend" not in message(lead, "R-001-1").draft


def test_after_a_test_no_letter_speaks_of_an_interview_on_its_day() -> None:
    lead = Lead(
        key="a", row="l:2", row_number=2, company="Delta", role="trainee",
        contact=Person("Ann Bell", "a@delta.example"),
        applied_on=date(2026, 12, 1), interview_at=date(2026, 12, 20), stage=Stage.ASSESSMENT,
    )  # fmt: skip
    letters = [touch for touch in touches(lead) if touch.rule == "R-004-4"]
    assert letters
    told = [line for touch in letters for line in touch.description.splitlines() if "interview of" in line]
    assert not told


@pytest.mark.parametrize("company", ["(confidential)", "Confidential", "undisclosed"])
def test_a_firm_that_nobody_names_is_not_named_in_titles_and_letters(company: str) -> None:
    lead = Lead(
        key="a", row="l:2", row_number=2, company=company, role="trainee", contact=Person("Ann Bell", "a@x.example"),
        applied_on=date(2027, 1, 4), stage=Stage.SENT,
    )  # fmt: skip
    (asked,) = (touch for touch in touches(lead) if touch.rule == "R-001-1")
    assert asked.summary == "Ann Bell: follow up"
    assert company not in asked.description
