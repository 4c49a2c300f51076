"""What the schedule promises on any sheet, each as a function that a broken engine fails; and the sheets to try.

A `Seen` is one run of somebody's life with followup: the rows, the schedule, and the runs before it. `PROMISES` are
checked on every one of them, so that one made-up life tries all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from advisor import NEW_YORK, Seeker, a_lead, settings_for
from hypothesis import strategies as st
from msgspec import Struct

from sync.advice import shipped_rules
from sync.memory import Reaction
from sync.models import Lead, Moment, Person, Round, Schedule, Stage, Touch, TouchClass
from sync.reading.organisations import agency_key, organisation_key
from sync.schedule.business_days import BusinessDays, open_business_days
from sync.schedule.cases import plan_stage

TODAY = date(2027, 1, 13)
NOW = "2027-01-13 08:40"
WEEK = 7

# --- sheets and lives --------------------------------------------------------------------------------------------

DAYS = st.integers(-40, 20).map(lambda days: TODAY + timedelta(days=days))
PAST = st.integers(-40, 0).map(lambda days: TODAY + timedelta(days=days))
MOMENTS = st.builds(
    lambda day, quarter: datetime(day.year, day.month, day.day, quarter // 4, quarter % 4 * 15, tzinfo=NEW_YORK),
    DAYS,
    st.integers(28, 84),
)
PEOPLE = st.sampled_from(
    [Person(), Person("Dana Reed", "dana@acme.example", "+1 555 0100"), Person("Bo Lind", phone="+1 555 0101")]
)
SELDOM = st.sampled_from([False, False, False, True])
PLAIN = st.fixed_dictionaries(
    {"applied_on": PAST},
    optional={
        "contact": PEOPLE,
        "agency": st.sampled_from(["", "Harnham"]),
        "follow_ups_done": st.integers(0, 3),
        "last_outbound": PAST,
        "follow_up_on": DAYS,
    },
)
"""What most rows are: an application, and perhaps what was done about it."""
RICH = st.fixed_dictionaries(
    {},
    optional={
        "applied_on": PAST,
        "received_at": PAST | MOMENTS,
        "referrer": st.sampled_from(["", "Lou Ames"]),
        "agency": st.sampled_from(["", "Harnham"]),
        "contact": PEOPLE,
        "contact_kind": st.sampled_from(["", "network", "recruiter"]),
        "contact_zone": st.sampled_from(["", "America/Los_Angeles", "Europe/London"]),
        "role": st.sampled_from(["", "Analyst", "Editor"]),
        "last_outbound": PAST,
        "last_inbound": PAST,
        "last_inbound_channel": st.sampled_from(["", "text", "phone", "email"]),
        "follow_ups_done": st.integers(0, 5),
        "interview_at": DAYS | MOMENTS,
        "earlier_rounds": st.lists(DAYS | MOMENTS, max_size=2),
        "meeting_on": PAST,
        "offer_on": PAST,
        "promised_on": DAYS,
        "follow_up_on": DAYS,
        "they_decide_by": DAYS,
        "references_given_on": DAYS,
        "under_consideration_on": PAST,
        "travel_on": DAYS,
        "closes_on": DAYS,
        "contact_country": st.sampled_from(["", "JP", "DE"]),
        "every": st.sampled_from([2, 7, 30, 42]),
        "they_call_at": DAYS | MOMENTS,
        "answer_by": DAYS,
        "city": st.just("Boston"),
        "plan": st.sampled_from(["", "now", "later", "research"]),
        "stage": st.sampled_from([stage for stage in Stage if stage is not Stage.ACCEPTED]),
        "do_not_contact": SELDOM,
        "interested": SELDOM.map(lambda seldom: not seldom),
    },
)
"""Any facts together, likely or not."""
KEEP_THEIR_DAY = frozenset(rule.id for rule in shipped_rules().values() if rule.any_day)
COMPANIES = st.sampled_from(["Acme", "Acme, Inc.", "Beta", "Gamma", "Delta"])


@st.composite
def sheets(draw: st.DrawFn) -> list[Lead]:
    """Up to eight rows of five firms, one of them spelled two ways."""
    companies = draw(st.lists(COMPANIES, min_size=1, max_size=8))
    rows = ((company, in_rounds(draw(PLAIN | RICH))) for company in companies)
    return [a_lead(number, company=company, **facts) for number, (company, facts) in enumerate(rows, 2)]


def in_rounds(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts with the rounds before the last interview in their order, as a sheet is read."""
    earlier, last = facts.pop("earlier_rounds", ()), facts.get("interview_at")
    before = {local_day(at): at for at in earlier if last is not None and local_day(at) < local_day(last)}
    rounds = tuple(Round(before[day], "First interview") for day in sorted(before))
    return {**facts, "earlier_rounds": rounds} if rounds else facts


class Deed(Struct, frozen=True):
    """What the user does to the nth event of the calendar before the next run."""

    which: int
    reaction: Reaction
    days: int


DEEDS = st.builds(Deed, st.integers(0, 40), st.sampled_from(list(Reaction)), st.integers(0, 9))
Step = tuple[int, list[Deed]]
"""Days until the next run, and what was done meanwhile."""
STEPS: st.SearchStrategy[Step] = st.tuples(st.integers(1, 9), st.lists(DEEDS, max_size=3))


class Seen(Struct, frozen=True):
    """A run at `now`, in a life whose first run was at `first_run`; both aware."""

    leads: list[Lead]
    seeker: Seeker
    schedule: Schedule
    now: datetime
    first_run: datetime

    @property
    def today(self) -> date:
        """The day of the run in the seeker's zone."""
        return self.now.astimezone(NEW_YORK).date()

    @property
    def by_key(self) -> dict[str, Lead]:
        """The rows by lead key."""
        return {lead.key: lead for lead in self.leads}

    @property
    def days(self) -> BusinessDays:
        """The seeker's working days."""
        return open_business_days(self.seeker.settings, year=2027)

    @property
    def days_to_call(self) -> BusinessDays:
        """The same with those of a pause: what is owed does not wait for its end."""
        return open_business_days(self.seeker.settings, year=2027, pauses=False)


def live(
    leads: list[Lead], steps: Sequence[Step] = (), *, reactions: bool = True, tables: str = "", target: str = ""
) -> Iterator[Seen]:
    """One run, then one after each step, with the user's deeds before it. A feed sees no reactions."""
    seeker = Seeker(settings_for(tables=tables, target=target), reactions=reactions)
    first = now = datetime.fromisoformat(NOW).replace(tzinfo=NEW_YORK)
    yield Seen(leads, seeker, seeker.run(NOW, leads), now, first)
    for days, deeds in steps:
        for deed in deeds:
            do(deed, seeker, now)
        now += timedelta(days=days)
        yield Seen(leads, seeker, seeker.run(now.isoformat(" ", "minutes")[:16], leads), now, first)


def do(deed: Deed, seeker: Seeker, now: datetime) -> None:
    """Tick, drag or delete one of the published events; a drag goes to 10:00 some days on."""
    events = [touch for touch in shown(seeker.schedule) if touch.uid in seeker.memory.touches]
    if not events:
        return
    touch = events[deed.which % len(events)]
    to = datetime.combine(now.date() + timedelta(days=deed.days), datetime.min.time(), NEW_YORK) + timedelta(hours=10)
    done = deed.reaction is Reaction.TICKED
    if done and day_of(touch) > now.date() + timedelta(days=7):
        return
    seeker.react(touch, deed.reaction, now.date(), to=to if deed.reaction is Reaction.DRAGGED else None)


def shown(schedule: Schedule) -> list[Touch]:
    """What the calendar holds."""
    return [touch for touch in schedule.touches if touch.published]


def day_of(touch: Touch) -> date:
    """The day of a touch in the seeker's zone."""
    return local_day(touch.start)


def local_day(moment: Moment) -> date:
    return moment.astimezone(NEW_YORK).date() if isinstance(moment, datetime) else moment


def is_ours_to_place(touch: Touch) -> bool:
    """Whether we chose its day: neither the user's drag nor the sheet's own date, nor a day that a rule keeps."""
    return not touch.pinned and touch.rule != "sheet" and touch.rule not in KEEP_THEIR_DAY


# --- the promises ------------------------------------------------------------------------------------------------


def one_ask_per_organisation_in_seven_days(seen: Seen) -> None:
    """C4, R-003-5: across roles, spellings and agencies; drags and `follow_up_on` are exempt."""
    asked: dict[str, list[date]] = {}
    for touch in seen.schedule.touches:
        if touch.kind is TouchClass.ASKING and is_ours_to_place(touch):
            for key in budgets(seen.by_key[touch.lead_key]):
                asked.setdefault(key, []).append(day_of(touch))
    for days in asked.values():
        assert all((later - earlier).days >= WEEK for earlier, later in pairwise(sorted(days)))


def budgets(lead: Lead) -> set[str]:
    return {organisation_key(lead), agency_key(lead)} - {""}


def no_ask_within_a_week_of_an_obligation(seen: Seen) -> None:
    """C10: what is owed is never delayed and starts the clock of the person's own organisation."""
    reached: dict[str, set[date]] = {}
    for touch in seen.schedule.touches:
        if touch.rule in ("R-001-4", "R-001-9", "R-001-11", "R-002-1", "R-003-2"):
            reached.setdefault(organisation_key(seen.by_key[touch.lead_key]), set()).add(day_of(touch))
    for touch in seen.schedule.touches:
        if touch.kind is TouchClass.ASKING and is_ours_to_place(touch):
            for day in reached.get(organisation_key(seen.by_key[touch.lead_key]), ()):
                assert not 0 <= (day_of(touch) - day).days < WEEK


def what_breaks_the_limit_is_noted(seen: Seen) -> None:
    """A drag or a date of the sheet inside the limit is kept, and said."""
    asks: dict[str, list[Touch]] = {}
    for touch in seen.schedule.touches:
        if touch.kind is TouchClass.ASKING:
            asks.setdefault(organisation_key(seen.by_key[touch.lead_key]), []).append(touch)
    for touches in asks.values():
        ordered = sorted(touches, key=day_of)
        if any((day_of(later) - day_of(earlier)).days < WEEK for earlier, later in pairwise(ordered)):
            assert any("is inside the limit of the organisation" in note.reason for note in seen.schedule.notes)


def no_deadline_passed_unless_late(seen: Seen) -> None:
    """Past at first sight, late since an earlier day, dragged, or so near that nothing has room before it; nothing else
    begins after its deadline."""
    for touch in seen.schedule.touches:
        if touch.deadline is None or touch.pinned or not isinstance(touch.start, datetime):
            continue
        if touch.start > touch.deadline:
            assert touch.summary.startswith("Late: ")
            assert touch.deadline < seen.now + timedelta(minutes=30)


def no_floor_before_its_day(seen: Seen) -> None:
    """The earliest day each wait allows, counted from the sheet alone."""
    for touch in seen.schedule.touches:
        first_offer = touch.offers == 1  # a second one follows the day it passed on, which may be one the user chose
        if touch.lead_key in seen.by_key and is_ours_to_place(touch) and first_offer:
            floor = earliest(touch, seen.by_key[touch.lead_key], seen.days)
            assert floor is None or day_of(touch) >= floor


def earliest(touch: Touch, lead: Lead, days: BusinessDays) -> date | None:
    """The first day the rule's own wait allows."""
    match touch.rule:
        case "R-001-1" if lead.applied_on:
            return lead.applied_on + timedelta(days=7)
        case "R-003-15" if lead.under_consideration_on and lead.they_decide_by is None:
            return lead.under_consideration_on + timedelta(days=10)
        case "R-004-6" if lead.interview_at:
            return days.add(local_day(lead.interview_at), 3)
        case "R-003-3" if lead.meeting_on and lead.they_decide_by is None:
            return local_day(lead.meeting_on) + timedelta(days=14)
        case "R-005-2" if lead.every and lead.they_decide_by is None:
            told = (lead.last_outbound, lead.last_inbound, lead.meeting_on)
            return max([local_day(day) for day in told if day is not None], default=date.min) + timedelta(lead.every)
        case "R-001-12" if lead.applied_on and lead.follow_up_on is None and not lead.follow_ups_done:
            return lead.applied_on + timedelta(days=7)  # the first may have been ticked on that very day
    return None


def steps_keep_their_distance(seen: Seen) -> None:
    """7, 7, 14, 30: each open step of an application waits for the one before it."""
    for key in seen.by_key:
        ladder = [t for t in seen.schedule.touches if t.lead_key == key and t.rule in ("R-001-1", "R-001-12")]
        ladder.sort(key=lambda touch: touch.step)
        for earlier, later in pairwise(ladder):
            if later.step == earlier.step + 1 and earlier.offers == 1 and is_ours_to_place(later):
                assert (day_of(later) - day_of(earlier)).days >= (7, 7, 14, 30)[later.step - 1]


def waits_end_on_business_days(seen: Seen) -> None:
    """A floor never lands on a weekend or holiday by our choice."""
    for touch in seen.schedule.touches:
        if touch.kind in (TouchClass.ASKING, TouchClass.RELATION) and is_ours_to_place(touch):
            assert seen.days.is_open(day_of(touch))


def nothing_on_a_closed_lead(seen: Seen) -> None:
    """Closed, `do_not_contact`, no interest: nobody is written to; the seeker's own decisions stay."""
    stopped = {lead.key for lead in seen.leads if plan_stage(lead).closed or lead.do_not_contact or not lead.interested}
    for touch in seen.schedule.touches:
        assert touch.lead_key not in stopped or touch.kind is TouchClass.SELF


def no_call_outside_the_contacts_hours(seen: Seen) -> None:
    """R-002-1: 09:00 to 17:30 where the contact is, on a working day, unless dragged there."""
    for touch in seen.schedule.touches:
        if touch.channel != "phone" or not is_ours_to_place(touch) or not isinstance(touch.start, datetime):
            continue
        if touch.start >= seen.now:  # what has begun was perhaps a message then
            zone = seen.by_key[touch.lead_key].contact_zone
            there = touch.start.astimezone(ZoneInfo(zone) if zone else NEW_YORK)
            assert (9, 0) <= (there.hour, there.minute) < (17, 30)
            owed = touch.kind is not TouchClass.ASKING and touch.deadline is not None
            assert (seen.days_to_call if owed else seen.days).is_open(there.date())


def no_two_asks_in_a_row_with_one_move(seen: Seen) -> None:
    """R-003-7: each message to somebody brings something else than the one before."""
    for key in seen.by_key:
        asks = [t for t in seen.schedule.touches if t.lead_key == key and t.kind is TouchClass.ASKING]
        asks.sort(key=lambda touch: (day_of(touch), touch.step))
        assert all(one.move != other.move for one, other in pairwise(asks))


def nothing_new_in_the_past(seen: Seen) -> None:
    """No event stands before today; on a first run none before now."""
    for touch in shown(seen.schedule):
        assert day_of(touch) >= seen.today
        if isinstance(touch.start, datetime) and seen.now == seen.first_run:
            assert touch.start >= seen.now


def no_two_of_ours_at_once(seen: Seen) -> None:
    """Events of ours never overlap, unless a deadline left no other slot: then their day is noted. Drags are the
    user's."""
    said = [note.reason for note in seen.schedule.notes if "share a time" in note.reason]
    ours = [touch for touch in shown(seen.schedule) if is_timed(touch) and not touch.pinned]
    for one, other in pairwise(sorted(ours, key=lambda touch: (touch.start, touch.end))):
        if any(f" {day.day} {day:%b}" in reason for reason in said for day in (day_of(one), day_of(other))):
            continue
        assert one.end <= other.start or (one.busy and other.busy)  # two interviews at once are the user's to sort out


def is_timed(touch: Touch) -> bool:
    return isinstance(touch.start, datetime)


def every_open_row_has_something_ahead_or_a_note(seen: Seen) -> None:
    """R-000-4, R-000-7: no row is silent."""
    spoken_of = {touch.row for touch in seen.schedule.touches} | {note.row for note in seen.schedule.notes}
    assert not [lead.row for lead in seen.leads if lead.row not in spoken_of]


def identities_are_unique_and_not_of_the_past(seen: Seen) -> None:
    """No UID stands twice, and none both ahead and in history."""
    uids = [touch.uid for touch in seen.schedule.touches]
    assert len(uids) == len(set(uids))
    assert not set(uids) & (seen.schedule.done | seen.schedule.missed)


def at_most_one_late_event_per_lead(seen: Seen) -> None:
    """Late obligations of one lead wait for each other."""
    late = Counter(
        touch.lead_key
        for touch in shown(seen.schedule)
        if touch.summary.startswith("Late: ") and touch.kind is TouchClass.OBLIGATION and not touch.pinned
    )
    assert not late or max(late.values()) == 1


def the_clock_alone_moves_nothing_of_a_day(seen: Seen) -> None:
    """Later runs of a day leave it as it is, but for the review, written in the 24 hours before it.

    Runs the seeker on, so it is the last promise to be asked.
    """
    for hour in (12, 19):
        later = datetime.combine(seen.today, datetime.min.time()).replace(hour=hour, minute=10)
        if later.replace(tzinfo=NEW_YORK) > seen.now:
            again = seen.seeker.run(later.isoformat(" ", "minutes"), seen.leads)
            assert but_the_review(again) == but_the_review(seen.schedule)


def but_the_review(schedule: Schedule) -> list[Touch]:
    return [touch for touch in schedule.touches if touch.rule != "R-001-14"]


def nobody_is_told_to_apply_too_late(seen: Seen) -> None:
    """R-005-1: never after the posting has closed, unless dragged there, and never where something was sent."""
    for touch in seen.schedule.touches:
        if touch.rule == "R-005-1":
            lead = seen.by_key[touch.lead_key]
            assert lead.applied_on is None or lead.stage_known
            assert lead.closes_on is not None
            assert touch.pinned or seen.today <= day_of(touch) <= lead.closes_on


def nobody_is_asked_before_a_promised_call(seen: Seen) -> None:
    """R-005-3: who said when they would call is not asked before that day, and an hour after it by one message."""
    for touch in seen.schedule.touches:
        due = seen.by_key[touch.lead_key].they_call_at if touch.lead_key in seen.by_key else None
        if due is None or not is_ours_to_place(touch):
            continue
        if touch.rule in ("R-001-1", "R-001-12", "R-004-4", "R-003-15") and touch.offers == 1:  # dragged there before
            assert local_day(due) < seen.today or day_of(touch) > local_day(due)
        if touch.rule == "R-005-3" and isinstance(due, datetime) and isinstance(touch.start, datetime):
            assert touch.start >= due + timedelta(hours=1)


def nobody_is_asked_on_a_holiday_of_theirs(seen: Seen) -> None:
    """Where the sheet says in which country the contact lives, its holidays are no days to ask on."""
    for touch in seen.schedule.touches:
        lead = seen.by_key.get(touch.lead_key)
        asked = touch.kind in (TouchClass.ASKING, TouchClass.RELATION) and is_ours_to_place(touch)
        if lead is not None and lead.contact_country and asked and not lead.agency:
            there = open_business_days(seen.seeker.settings, year=2027, also=lead.contact_country)
            assert there.is_open(day_of(touch))


def nobody_is_asked_in_a_pause(seen: Seen) -> None:
    """What waits for a day waits until the pause is over, unless the user chose the day."""
    for touch in seen.schedule.touches:
        if touch.kind is TouchClass.ASKING and is_ours_to_place(touch):
            for pause in seen.seeker.settings.pause:
                assert not pause.first <= day_of(touch) <= pause.last


PROMISES: tuple[Callable[[Seen], None], ...] = (
    one_ask_per_organisation_in_seven_days,
    no_ask_within_a_week_of_an_obligation,
    what_breaks_the_limit_is_noted,
    no_deadline_passed_unless_late,
    no_floor_before_its_day,
    steps_keep_their_distance,
    waits_end_on_business_days,
    nothing_on_a_closed_lead,
    no_call_outside_the_contacts_hours,
    no_two_asks_in_a_row_with_one_move,
    nothing_new_in_the_past,
    no_two_of_ours_at_once,
    every_open_row_has_something_ahead_or_a_note,
    identities_are_unique_and_not_of_the_past,
    at_most_one_late_event_per_lead,
    nobody_is_told_to_apply_too_late,
    nobody_is_asked_before_a_promised_call,
    nobody_is_asked_on_a_holiday_of_theirs,
    the_clock_alone_moves_nothing_of_a_day,
    nobody_is_asked_in_a_pause,
)
