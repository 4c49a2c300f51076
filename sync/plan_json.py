"""The plan as JSON: stable for scripts, sorted, the same input giving the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sync.agenda import Agenda
from sync.models import Action, Change, Moment, Note, Outcome, Plan, Problem, Touch
from sync.pauses import pause_documents
from sync.safe_text import plain_json

SCHEMA = 1


def plan_json(plan: Plan, outcomes: Iterable[Outcome] | None = None) -> str:
    """The document of `plan --json`; with outcomes that of `sync --json`. Ends with a line break."""
    return plain_json(json.dumps(plan_document(plan, outcomes), ensure_ascii=False, indent=1)) + "\n"


def plan_document(plan: Plan, outcomes: Iterable[Outcome] | None = None) -> Mapping[str, Any]:
    """The same as a value."""
    results = None if outcomes is None else {outcome.uid: outcome.result.value for outcome in outcomes}
    return {
        "schema": SCHEMA,
        "now": plan.now.isoformat(),
        "timezone": plan.timezone,
        "schedule": [
            _touch(touch) for touch in sorted(plan.schedule, key=lambda touch: (_when(touch.start), touch.uid))
        ],
        "changes": [
            _change(change, results)
            for change in sorted(plan.changes, key=lambda change: (_when(change.start), change.uid))
        ],
        "problems": [_problem(problem) for problem in plan.problems],
        "notes": [_note(note) for note in plan.notes],
        "summary": {action.value: plan.count(action) for action in Action},
    }


def agenda_document(agenda: Agenda) -> Mapping[str, Any]:
    """The agenda for scripts: the same follow-ups as in `plan --json`, in the groups that a person sees."""
    plan = agenda.plan
    return {
        "schema": SCHEMA,
        "now": plan.now.isoformat(),
        "timezone": plan.timezone,
        "days": agenda.days,
        "pauses": pause_documents(agenda.pauses),
        **{group.key: [_touch(touch) for touch in group.touches] for group in agenda.groups},
        "missed": [
            {"uid": change.uid, "start": _when(change.start), "summary": change.summary, "row": change.row}
            for change in agenda.missed
        ],
        "unreadable": [note.reason for note in plan.unreadable],
    }


def _touch(touch: Touch) -> Mapping[str, Any]:
    return {
        "uid": touch.uid,
        "rule": touch.rule,
        "class": touch.kind.value,
        "lead": touch.lead,
        "row": touch.row,
        "start": _when(touch.start),
        "end": _when(touch.end),
        "zone": touch.zone,
        "deadline": touch.deadline.isoformat() if touch.deadline else None,
        "summary": touch.summary,
        "description": touch.description,
        "subject": touch.subject,
        "draft": touch.draft,
        "channel": touch.channel,
        "who": touch.who,
        "move": touch.move,
        "tentative": touch.tentative,
        "published": touch.published,
        "reason": list(touch.reason),
    }


def _change(change: Change, results: Mapping[str, str] | None) -> Mapping[str, Any]:
    document: dict[str, Any] = {
        "action": change.action.value,
        "uid": change.uid,
        "row": change.row,
        "summary": change.summary,
        "start": _when(change.start),
        "fields": list(change.fields),
        "reason": change.reason,
    }
    if results is not None and change.action is not Action.KEEP:
        document["outcome"] = results.get(change.uid, "held")
    return document


def _problem(problem: Problem) -> Mapping[str, Any]:
    return {"row": problem.row, "column": problem.column, "value": problem.value, "reason": problem.reason}


def _note(note: Note) -> Mapping[str, Any]:
    return {"rule": note.rule, "lead": note.lead, "row": note.row, "reason": note.reason}


def _when(moment: Moment | None) -> str:
    if moment is None:
        return ""
    return moment.isoformat(timespec="seconds") if isinstance(moment, datetime) else moment.isoformat()
