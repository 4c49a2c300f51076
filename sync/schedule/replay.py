"""What is over in a ladder: from its base to its next open step, by the rules at the head of `ladders`."""

from __future__ import annotations

from datetime import date, timedelta

from sync.memory import TouchMemory
from sync.schedule.desk import Desk
from sync.schedule.drafts import remember
from sync.schedule.ladders import Ladder
from sync.schedule.ledger import WEEK, Verdict, over_day, was_deleted


def replay(ladder: Ladder) -> None:
    """Bring a ladder from its base to its next open step; what is over becomes history."""
    _collect_records(ladder)
    done, real = _steps_done(ladder)
    ladder.counts_from, ladder.counts_step = ladder.base, 0
    if done:
        _keep_history(ladder, done, real)
        early = real is not None and real < ladder.base  # ticked before the interview it asks about
        ladder.count_from(real if real and not early else _given_day(ladder, done), done)
        ladder.step = done + 1
    while ladder.step <= ladder.cap and _pass_step(ladder):
        ladder.count_from(ladder.counts_from, ladder.step)
        ladder.step += 1


def _collect_records(ladder: Ladder) -> None:
    records = ladder.desk.ledger.of(ladder.case.lead.key)
    if not records:
        return
    ids = {rule.id for rule in ladder.rules} | {"sheet", "R-003-15"}
    for record in records:
        step = record.round - ladder.round_base
        if record.rule in ids and record.generation >= ladder.generation and 1 <= step <= ladder.cap:
            ladder.records.setdefault(step, []).append(record)
    date_asked = ladder.case.lead.follow_up_on
    for found in ladder.records.values():  # memory has no order: what stands now comes before what it took the place of
        found.sort(
            key=lambda record: (record.rule != "sheet" or record.raw != date_asked, -record.generation, record.uid)
        )


def _planned_days(ladder: Ladder) -> list[date]:
    """Each step's day by arithmetic from the base; where the user dragged it, the earlier of the two."""
    days: list[date] = []
    day = ladder.base
    for step, interval in enumerate(ladder.intervals, 1):
        day = ladder.desk.days.at_or_after(day + timedelta(days=interval))
        drags = (ladder.desk.day_of(record.pinned_to) for record in ladder.records.get(step, ()) if record.pinned_to)
        days.append(min((day, *drags)))
    return days


def _given_day(ladder: Ladder, step: int) -> date:
    """The day this step was given, where it had one of its own; else its planned day."""
    given = [r.planned for r in ladder.records.get(step, ()) if r.planned and r.done_on and not r.assumed]
    return max(given, default=_planned_days(ladder)[step - 1])


def _steps_done(ladder: Ladder) -> tuple[int, date | None]:
    """How many steps are done, and the real date of the last one where it is known."""
    lead, desk = ladder.case.lead, ladder.desk
    ticked = max(
        (
            (step, record.done_on)
            for step, records in ladder.records.items()
            for record in records
            if record.done_on and not record.assumed
        ),
        default=(0, None),
    )
    counted = min(lead.follow_ups_done or 0, ladder.cap) if ladder.first_counts else 0
    outbound = desk.day_or_none(lead.last_outbound)
    reached = 0
    if outbound and outbound > ladder.base:
        reached = sum(day <= outbound for day in _planned_days(ladder))
        reached = max(1, reached) if ladder.first_counts else reached
    real = [day for day in (ticked[1], outbound if reached else None) if day]
    return max(ticked[0], counted, reached), max(real, default=None)


def _keep_history(ladder: Ladder, done: int, real: date | None) -> None:
    """What stood for the steps that are done. Of a step's own touch and the sheet's in its place only one was made."""
    for step in range(1, done + 1):
        records = [r for r in ladder.records.get(step, ()) if not r.missed and not was_deleted(r)]
        made = next((record for record in records if record.done_on), None)
        for record in records:
            on = record.done_on or real or record.planned
            if on is None:
                continue
            if made in (None, record):
                made = ladder.desk.ledger.close(record, done_on=on, assumed=record.assumed)
            else:
                ladder.desk.ledger.let_stand(record, done=True)


def _pass_step(ladder: Ladder) -> bool:
    """Whether the current step is over. If so `counts_from` becomes the day the next one counts from."""
    desk, ledger, records = ladder.desk, ladder.desk.ledger, ladder.records.get(ladder.step, ())
    for known in records:
        if (over := _over_on(known, desk)) is not None:
            ladder.counts_from = over
            return True
    if (sheet := ladder.sheet_date()) is not None:
        passed = _pass_sheet_step(ladder, sheet)
        ladder.counts_from = passed or ladder.counts_from
        return passed is not None
    raw = ladder.raw_day()
    own = ladder.rules[ladder.step - 1].id
    record = next((record for record in records if record.rule == own and record.start is not None), None)
    verdict = ledger.judge(record, raw, skipped=_is_skipped(ladder))
    day = ledger.stood_on(record) or raw
    if verdict is Verdict.AHEAD:
        if record and record.offers == 2:
            ladder.offer = (ladder.step, day, record.planned or day)
        return False
    if record and not ledger.never_logs and desk.clock.absent:
        return False
    if record and verdict is Verdict.AGAIN:
        again = max(desk.days.add(day, 1), desk.soonest)
        ladder.offer = (ladder.step, again, day if record.pinned_to else record.planned or day)
        return False
    ladder.counts_from = _leave_behind(ladder, record, day)
    return True


def _over_on(record: TouchMemory, desk: Desk) -> date | None:
    """The day a step that is over counts for, a deleted one for the day it stood on; None while it is open."""
    if not desk.ledger.is_history(record):
        return None
    if was_deleted(record) and not record.done_on and not record.missed and record.start is not None:
        return desk.day_of(record.start)
    return over_day(record)


def _pass_sheet_step(ladder: Ladder, day: date) -> date | None:
    """A date of the sheet that passed: late once, then over. The day it counts for then: where the user moved it to."""
    desk, records = ladder.desk, ladder.records.get(ladder.step, ())
    record = next((record for record in records if record.rule == "sheet" and record.raw == day), None)
    verdict = desk.ledger.judge(record, day, skipped=_is_skipped(ladder))
    if day >= desk.today or verdict is Verdict.AHEAD or (verdict is Verdict.AGAIN and day + WEEK >= desk.today):
        return None
    record = record or remember(ladder.step_under(desk.advice.rules["sheet"], day))
    on = record.planned or day
    desk.ledger.let_pass(record, on)
    return on


def _is_skipped(ladder: Ladder) -> bool:
    """Whether a later step stands already, and of the current one nothing is known: then it was over once."""
    return ladder.step not in ladder.records and max(ladder.records, default=0) > ladder.step


def _leave_behind(ladder: Ladder, record: TouchMemory | None, day: date) -> date:
    """Take a passed step as done or missed; the day the next one counts from."""
    record = record or remember(ladder.step_under(ladder.rules[ladder.step - 1], day))
    on = day if ladder.desk.ledger.never_logs else record.planned or day
    ladder.desk.ledger.let_pass(record, on)
    return on
