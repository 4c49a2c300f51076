"""Secrets of seekers, sealed: a dump of the database shows none, and a row put elsewhere does not open.

- Each secret is sealed with AES-GCM under the data key of its tenant, bound to tenant, profile and name.
- Each data key is sealed under a master key, bound to its tenant. Master keys come in as text, from the environment or
  a key service, and are kept nowhere: whoever loses them has lost the secrets.
- Several master keys may be given: the first seals, all of them open. `rotate_keys` seals every data key anew under the
  first; after that the others are needed for old backups only.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct
from psycopg import Connection

from connectors.postgres.connecting import Connect
from connectors.postgres.sentences import speak_plainly
from sync.errors import ConfigError, CredentialsError

KEY_BYTES = 32
NONCE_BYTES = 12
UNREADABLE = (
    "a master key is written as name:key, the key being 32 random bytes in base64; several stand between commas"
)
NONE: Mapping[str, str] = {}
MAKE_KEY = """
INSERT INTO followup.tenant AS kept (tenant, key_id, data_key) VALUES (%s, %s, %s)
    ON CONFLICT (tenant) DO UPDATE SET key_id = excluded.key_id, data_key = excluded.data_key WHERE kept.key_id IS NULL
"""
KEY_OF = "SELECT key_id, data_key FROM followup.tenant WHERE tenant = %s"
PUT = """
INSERT INTO followup.secret (profile, name, tenant, sealed) VALUES (%s, %s, %s, %s)
    ON CONFLICT (profile, name) DO UPDATE SET tenant = excluded.tenant, sealed = excluded.sealed
"""


class WrongKeysError(CredentialsError):
    """The worker's master keys are not those of the database: its own trouble, and no profile's."""


class MasterKeys(Struct, frozen=True):
    """By name, the one that seals first. Never shown."""

    keys: Mapping[str, bytes]

    def __repr__(self) -> str:
        """Names without keys."""
        return f"MasterKeys({', '.join(self.keys)})"

    @property
    def first(self) -> str:
        """The name of the one that seals."""
        return next(iter(self.keys))


def parse_master_keys(text: str) -> MasterKeys:
    """The keys in `name:base64,name:base64`. Raises `ConfigError`; the sentence repeats nothing of it."""
    keys: dict[str, bytes] = {}
    for part in text.split(","):
        name, _, encoded = part.strip().partition(":")
        try:
            key = b64decode(encoded, validate=True)
        except ValueError:
            raise ConfigError(UNREADABLE) from None
        if not name or name in keys or len(key) != KEY_BYTES:
            raise ConfigError(UNREADABLE)
        keys[name] = key
    return MasterKeys(keys)


def put_secret(
    connection: Connection[Any], masters: MasterKeys, value: str, *, tenant: str, profile: str, name: str
) -> None:
    """Keep a secret of a profile, in place of an older one of that name. For the tables' owner."""
    with speak_plainly(), connection.transaction():
        sealed = _seal(_data_key(connection, masters, tenant), value.encode(), tenant, profile, name)
        connection.execute("SELECT set_config('followup.profile', %s, true)", (profile,))
        connection.execute(PUT, (profile, name, tenant, sealed))


def secrets_of(
    connect: Connect, masters: MasterKeys | None, profile: str, *, firm: Mapping[str, str] = NONE
) -> Callable[[str], str]:
    """What `Outside.secret` wants: gives a profile's secret by name. Each call asks the database; nothing is kept.

    It raises `CredentialsError` where the profile has none, and `WrongKeysError` where no profile's would open.
    `firm` has what a profile is given that has no secret of that name, such as the firm's own key for Google.
    """

    def resolve(name: str) -> str:
        with speak_plainly(), connect() as connection, connection.transaction():
            connection.execute("SELECT set_config('followup.profile', %s, true)", (profile,))
            found = "SELECT tenant, sealed FROM followup.secret WHERE profile = %s AND name = %s"
            row = connection.execute(found, (profile, name)).fetchone()
            if row is None and name in firm:
                return firm[name]
            if row is None:
                raise CredentialsError(
                    f"{profile} has no secret for [{name}]: `followup fleet secret {profile} --for {name}`"
                )
            tenant, sealed = row
            wrapped = connection.execute(KEY_OF, (tenant,)).fetchone()
        assert wrapped is not None  # a foreign key holds it
        return _open(_unwrap(masters, tenant, *wrapped), sealed, tenant, profile, name).decode()

    return resolve


def check_keys(connection: Connection[Any], masters: MasterKeys | None) -> None:
    """Raises `WrongKeysError` unless a worker with these keys can open every data key."""
    with speak_plainly():
        rows = connection.execute("SELECT tenant, key_id, data_key FROM followup.tenant WHERE key_id IS NOT NULL")
        for tenant, key_id, wrapped in rows:
            _unwrap(masters, tenant, key_id, wrapped)


def rotate_keys(connection: Connection[Any], masters: MasterKeys) -> int:
    """Seal all data keys under the first master key in one commit; how many were under another. For the owner."""
    with speak_plainly(), connection.transaction():
        others = "SELECT tenant, key_id, data_key FROM followup.tenant WHERE key_id <> %s ORDER BY tenant FOR UPDATE"
        rows = connection.execute(others, (masters.first,)).fetchall()
        for tenant, key_id, wrapped in rows:
            anew = _seal(masters.keys[masters.first], _unwrap(masters, tenant, key_id, wrapped), tenant)
            changed = "UPDATE followup.tenant SET key_id = %s, data_key = %s WHERE tenant = %s"
            connection.execute(changed, (masters.first, anew, tenant))
    return len(rows)


def _data_key(connection: Connection[Any], masters: MasterKeys, tenant: str) -> bytes:
    """The tenant's data key, made now if it has none."""
    wrapped = _seal(masters.keys[masters.first], AESGCM.generate_key(KEY_BYTES * 8), tenant)
    connection.execute(MAKE_KEY, (tenant, masters.first, wrapped))
    row = connection.execute(KEY_OF, (tenant,)).fetchone()
    assert row is not None
    return _unwrap(masters, tenant, *row)


def _unwrap(masters: MasterKeys | None, tenant: str, key_id: str, wrapped: bytes) -> bytes:
    if masters is None:
        raise WrongKeysError("this worker was given no master keys, and secrets are sealed under one")
    if key_id not in masters.keys:
        raise WrongKeysError(f"the master key {key_id} is missing, under which secrets were sealed; give it, too")
    try:
        return _open(masters.keys[key_id], wrapped, tenant)
    except CredentialsError as error:
        raise WrongKeysError(str(error)) from None


def _seal(key: bytes, value: bytes, *bound: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, json.dumps(bound).encode())


def _open(key: bytes, sealed: bytes, *bound: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], json.dumps(bound).encode())
    except (InvalidTag, ValueError):
        raise CredentialsError(
            "a secret does not open: the master key is another than the one that sealed it, or its row was changed"
        ) from None
