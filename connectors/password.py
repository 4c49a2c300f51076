"""Where the password of a calendar comes from: a command, an environment variable, or the system's keyring.

Never from the configuration file. A command runs only if file and folder belong to the user and nobody else can write
them; its output is read once per run and never shown.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sync.errors import CredentialsError

if TYPE_CHECKING:
    from sync.config import Settings

COMMAND_SECONDS = 60
SERVICE = "followup"


def secret_resolver(
    settings: Settings, *, config: Path, environment: Mapping[str, str], logins: Path | None = None, known: str = ""
) -> Callable[[str], str]:
    """A function that gives the secret of a section (`"target"`). Raises `CredentialsError` with the cure.

    `known` is the target's password, where it was looked up already. `"google"` gives the login that
    `followup login google` keeps in the folder `logins`; empty where there is none.
    """

    def resolve(section: str) -> str:
        if section == "google":
            from connectors.google.login import recall_login

            return recall_login(logins) if logins else ""
        if section != "target":
            raise CredentialsError(f"[{section}] has no password")
        if known:
            return known
        target = settings.target
        return find_password(
            target.url,
            target.user,
            command=target.password_command,
            variable=target.password_env,
            config=config,
            environment=environment,
        )

    return resolve


def find_password(
    url: str,
    user: str,
    *,
    command: Sequence[str],
    variable: str,
    config: Path,
    environment: Mapping[str, str],
) -> str:
    """The password of this user there: from the command, else the variable, else the keyring; empty without a user."""
    if command:
        _check_owned(config)
        return _from_command(tuple(command))
    if variable:
        value = environment.get(variable, "")
        if not value:
            raise CredentialsError(f"the environment variable {variable} (password_env) is not set")
        return value
    return _from_keyring(url, user) if user else ""


def _check_owned(config: Path) -> None:
    for path in (config, config.parent):
        status = path.stat()
        if status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise CredentialsError(
                f"password_command is not run because others can change {path}; make it yours alone: chmod go-w {path}"
            )


def _from_command(command: tuple[str, ...]) -> str:
    import subprocess

    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, from a file that only they can write
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CredentialsError(f"password_command {command[0]!r} could not be run: {type(error).__name__}") from None
    secret = done.stdout.decode(errors="replace").split("\n", 1)[0].rstrip("\r")
    if done.returncode != 0 or not secret:
        raise CredentialsError(f"password_command {command[0]!r} gave no password (exit code {done.returncode})")
    return secret


def _from_keyring(url: str, user: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        secret = keyring.get_password(f"{SERVICE} {url}", user)
    except KeyringError as error:
        raise CredentialsError(f"the keyring cannot be read ({type(error).__name__}); use password_command") from None
    if not secret:
        raise CredentialsError(
            f"no password for {user!r}: set password_command or password_env under [target], "
            f"or store it in the keyring under the service “{SERVICE} {url}”"
        )
    return secret
