"""Which new thing an asking message brings (R-003-7, R-003-8): by sense, in the order of `mappings/moves.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal

from msgspec import Struct

from sync import toml
from sync.convert import convert
from sync.models import Lead, Stage

_DECIDING = (Stage.ASSESSMENT, Stage.INTERVIEW, Stage.OFFER)


class Move(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to bring something new, and when it makes sense."""

    id: str
    needs: str = ""
    papers: bool = False
    days: int = 0
    unless: tuple[str, ...] = ()
    deciding: bool = True
    interview: bool = True
    rules: tuple[str, ...] = ()
    whom: Literal["employers", "customers", "both"] = "employers"


@cache
def load_moves() -> tuple[Move, ...]:
    """All moves, in the order in which they are used."""
    document = toml.loads(files("mappings").joinpath("moves.toml").read_text("utf-8"))
    return convert(document["move"], tuple[Move, ...])


Opening = tuple[tuple[str, date], ...]
"""Moves in order, each with the first day on which it makes sense."""


def open_moves(lead: Lead) -> Opening:
    """The moves that make sense in a message to this lead."""
    said, deciding = f"{lead.notes} {lead.last_result}".casefold(), _is_deciding(lead)
    return tuple(
        [
            (move.id, _opens_on(move, lead, said))
            for move in _common_moves(lead.is_customer)
            if (move.deciding or not deciding) and _makes_sense(move, lead, said, has_papers=deciding)
        ]
    )


def sensible_moves(moves: Opening, *, rule: str, on: date) -> tuple[str, ...]:
    """Those of these moves that make sense on this day; the rule's own where it has some."""
    return _own_moves().get(rule) or tuple([move for move, opens in moves if opens <= on])


@cache
def _own_moves() -> Mapping[str, tuple[str, ...]]:
    """By rule, the moves of the rules that have their own."""
    rules = {rule for move in load_moves() for rule in move.rules}
    return {rule: tuple(move.id for move in load_moves() if rule in move.rules) for rule in rules}


@cache
def _common_moves(to_customers: bool) -> tuple[Move, ...]:
    whom = ("both", "customers" if to_customers else "employers")
    return tuple(move for move in load_moves() if not move.rules and move.whom in whom)


def choose_move(pool: Sequence[str], used: Sequence[str], given: str) -> str:
    """The one to use: the one `given` before while it is new, else the first that is new, else what is longest ago.

    Two in a row are never the same, nor what stood next before a message that nobody saw.
    """
    last = used[-1:]
    if given in pool and given not in used:
        return given
    for move in pool:
        if move not in used:
            return move
    uses = {move: place for place, move in enumerate(used)}
    return min((move for move in pool if move not in last), key=uses.__getitem__, default=pool[0])


def choose_turn(before: int, given: int | None) -> int:
    """Which way to say it, where the message before was said in the way `before` (-1: there was none).

    The one `given` once, so that the text stays, if that is another way; else the next. There are two of everything.
    """
    return given if given is not None and (given - before) % 2 else before + 1


def _makes_sense(move: Move, lead: Lead, said: str, *, has_papers: bool) -> bool:
    """Whether it does at any time. Who applied has sent papers already: what is brought up to date was sent before."""
    if move.needs and not getattr(lead, move.needs):
        return False
    if move.papers and not (has_papers or lead.applied_on or lead.stage is Stage.SENT or _has_one(said, move.unless)):
        return False
    return move.interview or lead.interview_at is None


def _opens_on(move: Move, lead: Lead, said: str) -> date:
    """Some time after the application, unless the row says a word that allows it at once."""
    if not move.days or lead.applied_on is None or _has_one(said, move.unless):
        return date.min
    return lead.applied_on + timedelta(days=move.days)


def _is_deciding(lead: Lead) -> bool:
    """Whether an employer is deciding about the seeker."""
    return (
        lead.stage in _DECIDING
        or lead.interview_at is not None
        or lead.under_consideration_on is not None
        or lead.they_decide_by is not None
    )


def _has_one(said: str, words: Sequence[str]) -> bool:
    return any(word in said for word in words)
