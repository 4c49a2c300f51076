"""The tables of the state store on PostgreSQL, and how a database gets them.

Every row belongs to a profile. Row-level security shows a transaction the rows of the profile it named and no others,
their owner included; a transaction that named none sees nothing. Only `profile` itself, which says who is due, and the
sealed keys of `tenant` are open to every worker. Documents are `text`, since `jsonb` takes no NUL that a server may
have sent; keys are bytes for the same reason, and are found by their digest, since a key may be longer than an index
takes.
"""

from __future__ import annotations

from typing import Any, LiteralString

from psycopg import Connection, errors, sql

from connectors.postgres.sentences import speak_plainly
from sync.errors import ConfigError

WORKER = "followup_worker"
"""The role whose rights a worker has: it reads and writes rows and owns no table."""

MIGRATIONS: tuple[LiteralString, ...] = (
    """
    CREATE TABLE followup.memory (
        profile  text  NOT NULL CHECK (length(profile) BETWEEN 1 AND 200),
        kind     text  NOT NULL,
        key      bytea NOT NULL,
        document text  NOT NULL,
        digest   bytea GENERATED ALWAYS AS (sha256(key)) STORED,
        PRIMARY KEY (profile, kind, digest)
    );
    CREATE TABLE followup.runs (
        profile   text        NOT NULL CHECK (length(profile) BETWEEN 1 AND 200),
        run       integer     NOT NULL,
        started   timestamptz NOT NULL,
        ended     timestamptz,
        exit_code smallint,
        PRIMARY KEY (profile, run)
    );
    CREATE TABLE followup.intents (
        profile  text    NOT NULL,
        run      integer NOT NULL,
        position integer NOT NULL,
        action   text    NOT NULL,
        uid      bytea   NOT NULL,
        wanted   text    NOT NULL,
        before   text    NOT NULL,
        result   text,
        message  text,
        PRIMARY KEY (profile, run, position),
        FOREIGN KEY (profile, run) REFERENCES followup.runs ON DELETE CASCADE
    );
    CREATE TABLE followup.set_aside (
        profile   text        NOT NULL,
        set_aside timestamptz NOT NULL DEFAULT now(),
        name      text        NOT NULL,
        document  text        NOT NULL
    );

    ALTER TABLE followup.memory ENABLE ROW LEVEL SECURITY;
    ALTER TABLE followup.memory FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_profile ON followup.memory USING (profile = current_setting('followup.profile', true));
    ALTER TABLE followup.runs ENABLE ROW LEVEL SECURITY;
    ALTER TABLE followup.runs FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_profile ON followup.runs USING (profile = current_setting('followup.profile', true));
    ALTER TABLE followup.intents ENABLE ROW LEVEL SECURITY;
    ALTER TABLE followup.intents FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_profile ON followup.intents USING (profile = current_setting('followup.profile', true));
    ALTER TABLE followup.set_aside ENABLE ROW LEVEL SECURITY;
    ALTER TABLE followup.set_aside FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_profile ON followup.set_aside USING (profile = current_setting('followup.profile', true));
    """,
    """
    CREATE TABLE followup.profile (
        profile        text        PRIMARY KEY CHECK (length(profile) BETWEEN 1 AND 200),
        settings       text        NOT NULL,
        period         integer     NOT NULL CHECK (period > 0),
        phase          integer     NOT NULL CHECK (phase >= 0 AND phase < period),
        next_run_at    timestamptz NOT NULL,
        paused         boolean     NOT NULL DEFAULT false,
        attention      text        NOT NULL DEFAULT '',
        tries          smallint    NOT NULL DEFAULT 0,
        last_exit_code smallint,
        last_run       timestamptz,
        last_good_run  timestamptz
    );
    CREATE INDEX profile_due ON followup.profile (next_run_at) WHERE NOT paused;
    CREATE FUNCTION followup.next_slot(now timestamptz, period integer, phase integer) RETURNS timestamptz
        LANGUAGE sql STABLE
        AS $$ SELECT to_timestamp((floor((extract(epoch FROM now) - phase) / period) + 1) * period + phase) $$;
    """,
    """
    CREATE TABLE followup.tenant (
        tenant   text  PRIMARY KEY CHECK (length(tenant) BETWEEN 1 AND 200),
        key_id   text  NOT NULL,
        data_key bytea NOT NULL
    );
    CREATE TABLE followup.secret (
        profile text  NOT NULL REFERENCES followup.profile,
        name    text  NOT NULL,
        tenant  text  NOT NULL REFERENCES followup.tenant,
        sealed  bytea NOT NULL,
        PRIMARY KEY (profile, name)
    );
    ALTER TABLE followup.secret ENABLE ROW LEVEL SECURITY;
    ALTER TABLE followup.secret FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_profile ON followup.secret USING (profile = current_setting('followup.profile', true));
    """,
    """
    CREATE TABLE followup.upload (
        profile  text        NOT NULL REFERENCES followup.profile,
        name     text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
        content  bytea       NOT NULL,
        uploaded timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (profile, name)
    );
    CREATE TABLE followup.feed (
        profile text        PRIMARY KEY REFERENCES followup.profile,
        token   text        NOT NULL UNIQUE,
        content bytea       NOT NULL DEFAULT '',
        digest  bytea       GENERATED ALWAYS AS (sha256(content)) STORED,
        written timestamptz
    );
    ALTER TABLE followup.upload ENABLE ROW LEVEL SECURITY;
    ALTER TABLE followup.upload FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_profile ON followup.upload USING (profile = current_setting('followup.profile', true));
    ALTER TABLE followup.feed ENABLE ROW LEVEL SECURITY;
    ALTER TABLE followup.feed FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_profile ON followup.feed USING (profile = current_setting('followup.profile', true)
        OR token = current_setting('followup.token', true));
    CREATE INDEX profile_ran ON followup.profile (last_run DESC) WHERE last_run IS NOT NULL;
    CREATE TABLE followup.guard (
        one           boolean     PRIMARY KEY DEFAULT true CHECK (one),
        counted_since timestamptz NOT NULL DEFAULT '-infinity'
    );
    INSERT INTO followup.guard DEFAULT VALUES;
    """,
    """
    CREATE TABLE followup.host (
        host         text        PRIMARY KEY CHECK (length(host) BETWEEN 1 AND 253),
        per_minute   integer     NOT NULL,
        gap          interval    NOT NULL,
        burst        interval    NOT NULL,
        next_at      timestamptz NOT NULL DEFAULT '-infinity',
        paused_until timestamptz
    );
    ALTER TABLE followup.profile ADD COLUMN turn_at timestamptz;
    """,
    """
    ALTER TABLE followup.profile ADD COLUMN canary boolean NOT NULL DEFAULT false;
    CREATE INDEX profile_canary ON followup.profile (profile) WHERE canary;
    CREATE TABLE followup.release (version text PRIMARY KEY, first_seen timestamptz NOT NULL);
    """,
    """
    ALTER TABLE followup.tenant ALTER COLUMN key_id DROP NOT NULL, ALTER COLUMN data_key DROP NOT NULL,
        ADD COLUMN at_once integer NOT NULL DEFAULT 4 CHECK (at_once > 0);
    ALTER TABLE followup.profile ADD COLUMN tenant text REFERENCES followup.tenant;
    """,
    "-- rights only: to set the day right on which a version was first seen",
)
"""For each number of the schema, from 1 on, the statements that make it of the one before.

Rights are given anew with every migration. A right that was widened has a number, too: a worker on a database without
it must say that it is to be migrated, and not fail where it needs it.
"""

_FIRST = """
CREATE SCHEMA IF NOT EXISTS followup;
CREATE TABLE IF NOT EXISTS followup.migrations (
    version integer PRIMARY KEY, migrated timestamptz NOT NULL DEFAULT now()
);
"""
_GRANTS = """
GRANT USAGE ON SCHEMA followup TO {worker};
GRANT SELECT ON followup.migrations TO {worker};
GRANT SELECT, INSERT, UPDATE, DELETE ON followup.memory, followup.runs, followup.intents TO {worker};
GRANT INSERT ON followup.set_aside TO {worker};
GRANT SELECT, UPDATE ON followup.profile TO {worker};
GRANT SELECT ON followup.tenant, followup.secret, followup.upload TO {worker};
GRANT SELECT, UPDATE ON followup.feed, followup.guard TO {worker};
GRANT SELECT, INSERT, UPDATE ON followup.host, followup.release TO {worker};
"""
_ONE_AT_A_TIME = 7_020_250_101


def migrate(connection: Connection[Any], *, worker: str = WORKER) -> int:
    """Bring the database up to date in one commit and give the worker's role its rights; the schema's number.

    Whoever is logged in owns the tables. A role that is not there is made, without a login: a worker logs in as a
    role of its own that was granted it. Raises `ConfigError` for a database of a newer followup.
    """
    with speak_plainly(), connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ONE_AT_A_TIME,))
        connection.execute(_FIRST)
        version = read_version(connection)
        if version > len(MIGRATIONS):
            raise newer()
        for number, statements in enumerate(MIGRATIONS[version:], version + 1):
            connection.execute(statements)
            connection.execute("INSERT INTO followup.migrations (version) VALUES (%s)", (number,))
        _make_role(connection, worker)
        connection.execute(sql.SQL(_GRANTS).format(worker=sql.Identifier(worker)))
    return len(MIGRATIONS)


def check_ready(connection: Connection[Any]) -> None:
    """Raises `ConfigError` unless the tables are ours, of this version, and closed to other profiles' rows."""
    version = read_version(connection)
    if version > len(MIGRATIONS):
        raise newer()
    if version < len(MIGRATIONS):
        raise ConfigError(
            f"the state database has schema {version} and this followup needs {len(MIGRATIONS)}; "
            "migrate it (docs/fleet.md), then run again"
        )
    row = connection.execute("SELECT row_security_active('followup.memory'), current_user").fetchone()
    if row is None or not row[0]:
        raise ConfigError(
            f"the database role {row[1] if row else ''} can read the rows of every profile; "
            f"log in as a role that was granted {WORKER} and is no superuser"
        )


def read_version(connection: Connection[Any]) -> int:
    """The number of the database's schema."""
    row = connection.execute("SELECT coalesce(max(version), 0) FROM followup.migrations").fetchone()
    assert row is not None
    return int(row[0])


def newer() -> ConfigError:
    """What a followup says of a database that a newer one made."""
    return ConfigError("the state database was made by a newer followup; update followup")


def _make_role(connection: Connection[Any], worker: str) -> None:
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (worker,)).fetchone() is not None:
        return
    try:
        with connection.transaction():
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(worker)))
    except errors.DuplicateObject:
        return  # for another database of this server, at this moment
    except errors.InsufficientPrivilege:
        raise ConfigError(
            f"the role {worker} is missing and this login may not make it; let an administrator say: "
            f"CREATE ROLE {worker} NOLOGIN"
        ) from None
