"""The error family: whose fault it is, what to do about it, which exit code it has.

An expected failure is raised with one sentence for the user that names the place and the cure.
It never shows a traceback. Anything that is not a `FollowupError` is a bug of ours and always shows one.
A bad cell is no error but a value, `models.Problem`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from sync.models import Remark

OK = 0
BUG = 1
UNREADABLE_ROWS = 3
CHANGES_PENDING = 10

PRECEDENCE = (1, 2, 7, 8, 5, 4, 6, 3, 10, 0)
"""When several exit codes apply, the first of these wins."""


class FollowupError(Exception):
    """Root of all expected failures. `not_before` says from when on another try makes sense, where waiting helps."""

    exit_code: ClassVar[int]

    def __init__(self, message: str | Remark, *, not_before: datetime | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.not_before = not_before

    def __str__(self) -> str:
        return self.say("en")

    def say(self, language: str) -> str:
        """The sentence, in this language where it is data."""
        if isinstance(self.message, str):
            return self.message
        from sync.texts import load_remarks  # a command that fails early has not read a word yet

        return load_remarks(language).tell(self.message)


class ConfigError(FollowupError):
    """The configuration or the command line is wrong, or a mapped column is missing."""

    exit_code = 2


class GuardStop(FollowupError):
    """The run would do more damage than one run may; a human is to decide."""

    exit_code = 4


class SourceError(FollowupError):
    """The sheet could not be read whole: unreachable, a login page, half a sheet, unexpectedly empty."""

    exit_code = 5


class PrivateSheetError(SourceError):
    """A sheet that only somebody with a login may read."""


class TargetError(FollowupError):
    """The calendar failed or took only a part; the next run heals it."""

    exit_code = 6


class NoCalendarError(TargetError):
    """The calendar is not there, or not for this login: waiting brings nothing."""


class LoginTo(StrEnum):
    """A login of the person's; the value is the name under which its secret is asked for."""

    CALENDAR = "target"
    GOOGLE = "google"


class CredentialsError(FollowupError):
    """Login refused or expired. Never retried within a run: servers lock accounts.

    `login` is the one that cures it once the person has made it anew; None where a new login brings nothing.
    """

    exit_code = 7

    def __init__(self, message: str | Remark, *, login: LoginTo | None = None) -> None:
        super().__init__(message)
        self.login = login


def login_of(error: FollowupError | None) -> LoginTo | None:
    """The login to make anew after this error; None where that does not cure it."""
    return error.login if isinstance(error, CredentialsError) else None


class LockedError(FollowupError):
    """Another run holds the lock, `since` then where that is known."""

    exit_code = 8

    def __init__(self, message: str | Remark, *, since: datetime | None = None) -> None:
        super().__init__(message)
        self.since = since


def worst(codes: Iterable[int]) -> int:
    """The exit code that stands for all of them."""
    found = set(codes)
    return next((code for code in PRECEDENCE if code in found), BUG if found else OK)
