"""From the cells of a row to what is done about it: whom it asks, thanks and confirms to, and in which words."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from conftest import ZONE
from planned import run_rows
from runner import settings_with

from sync.models import CellValue, Row, Stage, Table
from sync.moments import day_of
from sync.run import Report

NOW = datetime(2026, 11, 27, 8, tzinfo=ZONE)


def bring(headers: str, *rows: str) -> Report:
    """A run on Friday, 27 November over a sheet whose cells are parted by bars."""
    lines = [tuple(cell.strip() for cell in line.split("|")) for line in (headers, *rows)]
    cells: list[tuple[CellValue, ...]] = [tuple(line) for line in lines]
    return run_rows(Table("leads.csv", tuple(map(Row, range(1, 9), cells))), settings_with(), NOW)


def rules_of(report: Report) -> set[str]:
    """The rules of what is done about the leads one by one."""
    own = {lead.label for lead in report.leads.leads}
    shared = {touch.rule for touch in report.plan.schedule if touch.rule == "R-000-4"}
    return {touch.rule for touch in report.plan.schedule if touch.lead in own} | shared


def day_of_first(report: Report, rule: str) -> date:
    return min(day_of(touch.start, ZONE) for touch in report.plan.schedule if touch.rule == rule)


# --- talks among acquaintances -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["coffee 11/20", "met for coffee 11/20", "informational interview 11/20"])
def test_whom_one_only_had_coffee_with_is_thanked_and_never_asked_about_a_post(status: str) -> None:
    report = bring("Company|Contact|Status|Interview date", f"Acme|Ann Bell|{status}|")
    lead = report.leads.leads[0]
    assert (lead.meeting_on, lead.interview_at, lead.contact_kind) == (date(2026, 11, 20), None, "network")
    assert rules_of(report) == {"R-003-2", "R-003-3"}


def test_an_informational_talk_is_about_no_post_whatever_the_contact_is() -> None:
    report = bring("Company|Contact|Role|Status", "Acme|Ann Bell|Head of Data|informational interview 11/20")
    assert rules_of(report) == {"R-003-2", "R-003-3"}


@pytest.mark.parametrize("day", ["2026-11-23", "2026-12-02"])
def test_a_talk_whose_day_stands_in_a_column_of_meetings_is_one_too(day: str) -> None:
    report = bring("Company|Contact|Status|Meeting", f"Acme|Ann Bell|coffee chat|{day}")
    assert rules_of(report) == {"R-003-2", "R-003-3"}


def test_a_talk_with_a_recruiter_and_an_informational_one_behind_an_application_are_interviews() -> None:
    recruiter = bring("Company|Contact|Status", "Acme|Ann Bell|recruiter chat 11/20")
    applied = bring("Company|Contact|Status|Applied", "Acme|Ann Bell|informational interview 11/20|2026-11-02")
    for report in (recruiter, applied):
        assert report.leads.leads[0].interview_at == date(2026, 11, 20)
        assert {"R-001-4", "R-004-4"} <= rules_of(report)


@pytest.mark.parametrize("status", ["coffee chat", "informational interview"])
def test_a_talk_in_a_column_of_interviews_is_one_where_the_row_tells_of_no_post(status: str) -> None:
    report = bring("Company|Contact|Status|Interview date", f"Acme|Ann Bell|{status}|2026-12-02")
    assert report.leads.leads[0].meeting_on == date(2026, 12, 2)
    assert rules_of(report) == {"R-003-2", "R-003-3"}


@pytest.mark.parametrize(
    "row", ["Acme|Analyst|Ann Bell|coffee chat", "Acme||Ann Bell|phone call", "Acme||Ann Bell|interview"]
)
def test_an_interview_in_its_own_column_is_one_where_the_row_tells_of_a_post_or_of_no_talk(row: str) -> None:
    report = bring("Company|Role|Contact|Status|How I know them|Interview date", f"{row}|old boss|2026-12-02")
    assert report.leads.leads[0].interview_at == date(2026, 12, 2)


def test_a_coffee_without_its_day_is_asked_for_its_date_and_for_no_post() -> None:
    report = bring("Company|Contact|Status|Last contact", "Acme|Ann Bell|had coffee|2026-11-20")
    assert rules_of(report) == {"R-000-4"}


# --- whom one knows, and no post ---------------------------------------------------------------------------------

KNOWN = "Company|Contact|Contact kind|Status|How I know them|Last contact|Every"


@pytest.mark.parametrize("known", ["my godmother", "my father's colleague"])
def test_a_friend_without_a_post_hears_from_one_as_often_as_the_row_says_and_is_asked_nothing(known: str) -> None:
    report = bring(KNOWN, f"Acme|Ann Bell|network|in touch|{known}|2026-11-20|6 weeks")
    assert rules_of(report) == {"R-005-2"}
    assert day_of_first(report, "R-005-2") == date(2027, 1, 4)


def test_a_friend_without_a_post_and_without_a_rhythm_hears_from_one_as_the_rule_says() -> None:
    report = bring(KNOWN, "Acme|Ann Bell|network|in touch|my godmother|2026-11-20|")
    assert rules_of(report) == {"R-003-3"}
    assert day_of_first(report, "R-003-3") == date(2026, 12, 4)


def test_a_friend_who_wrote_is_answered_and_no_position_is_spoken_of() -> None:
    report = bring("Company|Contact|Contact kind|Status|They wrote", "Acme|Ann Bell|network|in touch|2026-11-26")
    touch = next(touch for touch in report.plan.schedule if touch.rule == "R-001-11")
    assert "position" not in touch.draft and "good to hear from you" in touch.draft


def test_a_friend_with_a_post_in_the_row_is_asked_about_it() -> None:
    headers = "Company|Role|Contact|Contact kind|Status|They wrote"
    report = bring(headers, "Acme|Analyst|Ann Bell|network|in touch|2026-11-24")
    assert "R-004-4" in rules_of(report)


@pytest.mark.parametrize("wrote", ["", "2026-11-24"])
def test_whom_one_met_and_talked_to_about_no_post_is_not_asked_what_comes_next(wrote: str) -> None:
    report = bring("Company|Contact|Status|Meeting|They wrote", f"Orr Inc|Ann Bell|in touch|2026-11-20|{wrote}")
    assert {"R-003-2", "R-003-3"} <= rules_of(report)
    assert "R-004-4" not in rules_of(report)


# --- who gave a name ---------------------------------------------------------------------------------------------


def thanked(headers: str, row: str) -> list[str]:
    return [touch.who for touch in bring(headers, row).plan.schedule if touch.rule == "R-000-2"]


@pytest.mark.parametrize("kind", ["connection", "posting"])
def test_whoever_gave_a_name_is_thanked_and_never_the_one_whose_name_it_is(kind: str) -> None:
    headers = "company|contact_name|source|received_at|lead_kind"
    assert thanked(headers, f"Acme|Ben Ames|Sam Liu|2026-11-26|{kind}") == ["Sam Liu"]


@pytest.mark.parametrize("source", ["", "LinkedIn", "Stack Overflow", "Career Fair"])
def test_a_source_that_is_nobody_is_not_thanked(source: str) -> None:
    headers = "company|contact_name|source|received_at|lead_kind"
    assert thanked(headers, f"Acme|Ben Ames|{source}|2026-11-26|connection") == []
    assert thanked(headers, f"Acme|Ben Ames|{source}|2026-11-26|posting") == ["Ben Ames, Acme"]


# --- an agency ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ["Summit|Summit|", "Summit Inc|Summit|2026-11-16", "|Summit|"])
def test_an_agency_in_a_row_of_its_own_is_kept_in_touch_with_and_asked_for_no_application(row: str) -> None:
    report = bring("Company|Agency|Date applied|Contact|Status|Last contact", f"{row}|Rita Cole|in touch|2026-11-20")
    assert rules_of(report) & {"R-001-1", "R-001-12", "R-004-4", "R-003-3"} == set()
    assert "R-001-13" in {touch.rule for touch in report.plan.schedule}


def test_a_staffing_firm_whose_recruiter_one_writes_to_is_the_agency_of_a_row_without_a_post() -> None:
    headers = "company|role|contact_name|contact_kind|status|applied_on"
    own = bring(headers, "Summit Recruiting||Rita Cole|recruiter|sent|2026-11-20")
    post = bring(headers, "Summit Recruiting|Analyst|Rita Cole|recruiter|sent|2026-11-20")
    assert {touch.rule for touch in own.plan.schedule} - {"R-001-14", "heartbeat"} == {"R-001-13"}
    assert "R-001-1" in rules_of(post)


# --- an offer ----------------------------------------------------------------------------------------------------

JOBS = "Company|Role|Contact|Date applied|Status|Interview date|Offer date|Follow up"


@pytest.mark.parametrize(("status", "offered"), [("offer received", ""), ("interview", "2026-11-26")])
def test_who_has_an_offer_is_neither_thanked_for_the_interview_nor_asked_what_comes_next(
    status: str, offered: str
) -> None:
    report = bring(JOBS, f"Acme|Analyst|Ann Bell|2026-10-12|{status}|2026-11-25|{offered}|")
    assert rules_of(report) == ({"R-001-9"} if offered else {"R-000-4"})


def test_an_offer_in_the_status_is_thanked_for_by_its_day_and_the_interview_before_it_no_more() -> None:
    report = bring(JOBS, "Acme|Analyst|Ann Bell|2026-10-12|verbal offer 11/26|2026-11-25||")
    assert rules_of(report) == {"R-001-9"}


def test_an_application_that_brought_an_offer_is_asked_about_no_more() -> None:
    report = bring(JOBS, "Acme|Analyst|Ann Bell|2026-10-12|applied||2026-11-26|")
    assert rules_of(report) == {"R-001-9"}


def test_a_talk_behind_the_offer_is_confirmed_and_thanked_for() -> None:
    report = bring(JOBS, "Acme|Analyst|Ann Bell|2026-10-12|offer|2026-12-03|2026-11-26|")
    assert rules_of(report) == {"R-001-9", "R-001-2", "R-001-4"}


def test_a_day_of_ones_own_after_an_offer_speaks_of_the_offer_and_of_no_selection() -> None:
    report = bring(JOBS, "Acme|Analyst|Ann Bell|2026-10-12|offer|2026-11-25|2026-11-26|2026-12-01")
    touch = next(touch for touch in report.plan.schedule if touch.rule == "sheet")
    assert "the offer for the Analyst position at Acme" in touch.draft
    assert not any(word in touch.draft for word in ("I applied", "selection", "interview for"))


@pytest.mark.parametrize(("offered", "rule"), [("2026-11-26", "R-001-9"), ("", "R-001-11")])
def test_their_offer_is_a_message_that_is_answered_once_by_thanks_with_the_last_day_of_the_row(
    offered: str, rule: str
) -> None:
    headers = "company|role|contact_name|status|applied_on|last_inbound|offer_on|answer_by"
    report = bring(headers, f"Acme|Analyst|Ann Bell|offer|2026-10-20|2026-11-26|{offered}|2026-12-04")
    [touch] = [touch for touch in report.plan.schedule if touch.rule in ("R-001-9", "R-001-11")]
    assert touch.rule == rule
    assert "Thank you for your offer" in touch.draft and "my answer by 4 December" in touch.draft


def test_a_message_behind_the_offer_is_answered_for_itself() -> None:
    headers = "company|role|contact_name|status|applied_on|last_inbound|offer_on"
    report = bring(headers, "Acme|Analyst|Ann Bell|offer|2026-10-20|2026-11-26|2026-11-25")
    assert {"R-001-9", "R-001-11"} <= rules_of(report)


@pytest.mark.parametrize("status", ["offer expected", "offer coming", "Angebot kommt", "Angebot in Aussicht"])
def test_an_offer_that_is_still_to_come_is_none(status: str) -> None:
    report = bring(JOBS, f"Acme|Analyst|Ann Bell|2026-10-12|{status}|2026-11-25||")
    assert report.leads.leads[0].stage is Stage.INTERVIEW
    assert {"R-001-4", "R-004-4"} <= rules_of(report)


@pytest.mark.parametrize(
    "status", ["offer expected 12/4", "waiting for feedback 12/4", "waiting 12/4", "Warte auf Entscheidung 12/4"]
)
def test_nobody_is_asked_up_to_the_day_on_which_what_is_awaited_comes(status: str) -> None:
    report = bring(JOBS, f"Acme|Analyst|Ann Bell|10/14/2026|{status}|11/18/2026||")
    assert report.leads.leads[0].they_decide_by == date(2026, 12, 4)
    assert day_of_first(report, "R-004-4") == date(2026, 12, 7)


def test_a_day_since_when_one_waits_is_none_by_which_they_answer() -> None:
    report = bring(JOBS, "Acme|Analyst|Ann Bell|2026-10-12|waiting for feedback 11/19|2026-11-18||")
    assert report.leads.leads[0].they_decide_by is None


@pytest.mark.parametrize("status", ["waiting for feedback 12/4", "take-home 12/4"])
def test_a_last_day_that_may_be_one_of_two_is_named(status: str) -> None:
    report = bring(JOBS, f"Acme|Analyst|Ann Bell|2026-10-14|{status}|||")
    assert "12/4" in report.plan.problems[0].reason
    assert rules_of(report) == set()


# --- messages and calls of one's own -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["emailed 11/25", "called 11/25", "left voicemail 11/25", "applied, emailed 11/25"])
def test_a_message_behind_the_application_is_the_last_one(status: str) -> None:
    lead = bring("Company|Role|Contact|Date applied|Status", f"Acme|Analyst|Ann Bell|11/02/2026|{status}").leads.leads[
        0
    ]
    assert (lead.applied_on, lead.last_outbound) == (date(2026, 11, 2), date(2026, 11, 25))


def test_a_message_behind_the_application_in_one_cell_is_no_second_one() -> None:
    lead = bring("Company|Role|Contact|Status", "Acme|Analyst|Ann Bell|applied 11/02, emailed 11/25").leads.leads[0]
    assert (lead.applied_on, lead.last_outbound) == (date(2026, 11, 2), date(2026, 11, 25))


@pytest.mark.parametrize(
    "status", ["missed call", "missed call 11/25", "verpasster Anruf", "appel manqué", "llamada perdida"]
)
def test_a_missed_call_is_nobodys_answer(status: str) -> None:
    report = bring("Company|Role|Contact|Date applied|Status", f"Acme|Analyst|Ann Bell|10/30/2026|{status}")
    assert report.leads.leads[0].last_inbound is None
    assert rules_of(report) == {"R-001-12", "R-003-1"}


def test_a_plan_to_mail_and_then_to_call_is_no_interview() -> None:
    report = bring(
        "Company|Role|Contact|Date applied|Status", "Acme|Analyst|Ann Bell|11/02/2026|email first, then call"
    )
    assert "R-000-4" not in rules_of(report)


# --- appointments ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["Appointment scheduled", "Presentation scheduled", "Demo booked"])
@pytest.mark.parametrize("deal", ["Company|Contact|Stage", "Deal name|Contact|Deal stage"])
def test_a_stage_that_names_an_appointment_is_confirmed_on_the_day_of_the_row(deal: str, stage: str) -> None:
    report = bring(f"{deal}|Next meeting", f"Acme|Ann Bell|{stage}|2026-12-03")
    assert {"R-001-2", "R-001-4"} <= rules_of(report)
    assert day_of_first(report, "R-001-2") == date(2026, 12, 2)
    assert "sheet" not in rules_of(report)


def test_a_next_meeting_is_no_day_for_a_message() -> None:
    report = bring("Name|Company|How I know them|Next meeting", "Ann Bell|Acme|old boss|2026-12-03")
    assert rules_of(report) == {"R-003-2", "R-003-3"}


def test_a_day_to_come_under_a_bare_date_is_that_of_the_interview() -> None:
    report = bring(
        "Company|Contact|Status|Date", "Acme|Ann Bell|interview scheduled|2026-12-03", "Bolt||applied|2026-11-20"
    )
    interview, applied = report.leads.leads
    assert (interview.interview_at, interview.applied_on) == (date(2026, 12, 3), None)
    assert (applied.interview_at, applied.applied_on) == (None, date(2026, 11, 20))
    assert "R-001-2" in rules_of(report)


# --- what is said of a sheet -------------------------------------------------------------------------------------


def test_which_stages_there_are_is_said_once() -> None:
    rows = [f"Firm {number}|Dev|2026-11-02|{word}" for number, word in enumerate(("blorp", "zonk", "quux"))]
    notes = [note.reason for note in bring("Company|Role|Date applied|Status", *rows).leads.notes]
    assert sum("STAGE one of" in note for note in notes) == 1
    assert sum('= "STAGE"' in note for note in notes) == 3
