"""What PostgreSQL says, as one of our sentences: whose fault it is, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from sync.errors import ConfigError, CredentialsError, FollowupError, TargetError
from sync.safe_text import plain

MAX_SAID = 200
"""Characters of the server's own words that a sentence repeats."""
LOST = (
    "the connection to the state database was lost in the middle of a run; nothing is lost, the next run looks at the "
    "calendar and goes on from there"
)


@contextmanager
def speak_plainly() -> Iterator[None]:
    """Every failure of the database as an expected error. What was begun in it is undone by the server."""
    try:
        yield
    except psycopg.Error as error:
        raise _sentence(error) from None


def _sentence(error: psycopg.Error) -> FollowupError:
    said = plain(error.diag.message_primary or str(error).partition("\n")[0])[:MAX_SAID].strip()
    if isinstance(error, errors.InvalidAuthorizationSpecification) or "authentication failed" in str(error):
        return CredentialsError(
            f"the state database refused the login ({said}); put the right user and password into its address"
        )
    if isinstance(error, errors.UndefinedTable | errors.InvalidSchemaName):
        return ConfigError("the state database has no tables of followup yet; migrate it (docs/fleet.md)")
    if isinstance(error, errors.InsufficientPrivilege):
        return ConfigError(f"the state database allows this login too little ({said}); migrate it (docs/fleet.md)")
    if isinstance(error, errors.QueryCanceled):
        return TargetError(f"the state database was too slow ({said}); nothing is lost, the next run tries again")
    return TargetError(
        f"the state database does not work ({said}); nothing is lost, and once that is mended the next run goes on"
    )
