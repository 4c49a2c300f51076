"""Where a calendar's password comes from, and where it is kept: a command, a variable, a private file, the keyring.

Never the configuration file. A command runs only if file and folder belong to the user and nobody else can write
them, in the configuration's folder; its output is read once per run and never shown. A private file is one that nobody
else can read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.own_files import others_may_read, stranger_in
from sync.errors import ConfigError, CredentialsError

if TYPE_CHECKING:
    from sync.config import Settings

COMMAND_SECONDS = 60
MAX_SECRET = 4096
SERVICE = "followup"


def secret_resolver(
    settings: Settings,
    *,
    config: Path,
    environment: Mapping[str, str],
    logins: Callable[[], Path] | None = None,
    known: str = "",
) -> Callable[[str], str]:
    """A function that gives the secret of a section (`"target"`). Raises `CredentialsError` with the cure.

    `known` is the target's password, where it was looked up already. `"google"` gives the login that
    `followup login google` keeps in the folder that `logins` names; empty where there is none.
    """

    def resolve(section: str) -> str:
        if section == "google":
            from connectors.google.login import recall_login

            return recall_login(logins()) if logins else ""
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
            file=target.password_file,
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
    file: str,
    config: Path,
    environment: Mapping[str, str],
) -> str:
    """The password of this user there: from command, variable, file, else the keyring; empty without a user.

    A relative file or command is one in the configuration's folder. Raises `CredentialsError` with the cure.
    """
    if command:
        _check_owned(config)
        return _from_command(tuple(command), config.parent)
    if variable:
        value = environment.get(variable, "")
        if not value:
            raise CredentialsError(f"the environment variable {variable} (password_env) is not set")
        return value
    if file:
        return _from_file(config.parent / Path(file).expanduser())
    return _from_keyring(url, user) if user else ""


def keep_password(secret: str, settings: Settings, *, config: Path) -> str:
    """Keep the calendar's password where the settings say that it is looked up; says where that is.

    Raises `ConfigError` where it comes from a command or a variable, `CredentialsError` where it cannot be kept.
    """
    target = settings.target
    if target.type != "caldav":
        raise ConfigError("a file needs no password; only a calendar in an account has one")
    if target.password_command or target.password_env:
        place = "password_command" if target.password_command else "password_env"
        raise ConfigError(f"the password comes from {place} under [target]; change it there, or take that line out")
    if target.password_file:
        path = config.parent / Path(target.password_file).expanduser()
        _write_private(path, secret)
        return f"the file {path}, which only you can read"
    return _into_keyring(target.url, target.user, secret)


def keyring_works() -> bool:
    """Whether this machine has a keyring that can be used."""
    import keyring.core

    return bool(keyring.core.recommended(keyring.get_keyring()))


def _check_owned(config: Path) -> None:
    path = stranger_in(config, config.parent)
    if path is not None:
        raise CredentialsError(
            f"password_command is not run because others can change {path}; make it yours alone: chmod go-w {path}"
        )


def _from_file(path: Path) -> str:
    try:
        if others_may_read(path):
            raise CredentialsError(f"others can read the password in {path}; make it yours alone: chmod 600 {path}")
        with path.open(encoding="utf-8", errors="replace") as file:
            secret = file.readline(MAX_SECRET).rstrip("\r\n")
    except FileNotFoundError:
        raise CredentialsError(f"there is no password in {path} yet; run `followup password`") from None
    except OSError as error:
        raise CredentialsError(f"the password in {path} cannot be read: {error.strerror}") from None
    if not secret:
        raise CredentialsError(f"{path} holds no password; run `followup password`")
    return secret


def _write_private(path: Path, secret: str) -> None:
    from connectors.whole_file import replace_file

    try:
        replace_file(path, f"{secret}\n".encode(), mode=0o600)
    except OSError as error:
        raise CredentialsError(f"the password cannot be kept in {path}: {error.strerror}") from None


def _from_command(command: tuple[str, ...], folder: Path) -> str:
    import subprocess

    program = command[0]
    if "/" in program or os.sep in program:  # a bare name is looked up in PATH
        program = str(folder / Path(program).expanduser())
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, from a file that only they can write
            (program, *command[1:]),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=COMMAND_SECONDS,
            check=False,
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
        from sync.models import Remark

        raise CredentialsError(Remark("failed.no_password", {"user": repr(user)}))
    return secret


def _into_keyring(url: str, user: str, secret: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(f"{SERVICE} {url}", user, secret)
    except KeyringError as error:
        raise CredentialsError(
            f'the keyring cannot be written ({type(error).__name__}); put password_file = "password" under [target]'
        ) from None
    return "the system's keyring"
