"""The calendar's password: where it is looked up, where it is kept, and `followup password` on a real server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from servers import Server, radicale

from connectors.password import keep_password, secret_resolver
from sync.cli import run_command
from sync.config import Settings, parse_settings
from sync.errors import ConfigError, CredentialsError

TOML = """owner = "k3x9"
timezone = "America/New_York"
source = {{type = "csv", path = "leads.csv"}}
state = {{path = "state.sqlite"}}
[target]
type = "caldav"
url = "{url}"
user = "ann"
{more}
"""


class PocketKeyring(KeyringBackend):
    """A keyring in memory: what a desktop's keyring does, without one."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def pocket() -> Iterator[PocketKeyring]:
    before, mine = keyring.get_keyring(), PocketKeyring()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


def settings_for(more: str, url: str = "https://cal.example/dav/") -> Settings:
    return parse_settings(TOML.format(url=url, more=more))


def look_up(settings: Settings, folder: Path) -> str:
    config = folder / "followup.toml"
    config.touch(mode=0o600)
    return secret_resolver(settings, config=config, environment={})("target")


def test_a_private_file_beside_the_configuration_keeps_the_password(tmp_path: Path) -> None:
    settings = settings_for('password_file = "password"')
    with pytest.raises(CredentialsError, match="run `followup password`"):
        look_up(settings, tmp_path)
    assert str(tmp_path / "password") in keep_password("s p ä", settings, config=tmp_path / "followup.toml")
    assert (tmp_path / "password").stat().st_mode & 0o777 == 0o600
    assert look_up(settings, tmp_path) == "s p ä"
    keep_password("new", settings, config=tmp_path / "followup.toml")
    assert look_up(settings, tmp_path) == "new"


def test_a_file_that_others_can_read_is_refused_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "password").chmod(0o644)
    with pytest.raises(CredentialsError, match="chmod 600"):
        look_up(settings_for('password_file = "password"'), tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param('["./bin/give", "word"]', id="a program there"),
        pytest.param('["cat", "word"]', id="a file there"),
    ],
)
def test_a_relative_command_is_taken_from_the_configurations_folder(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "give").write_text('#!/bin/sh\ncat "$1"\n')
    (tmp_path / "bin" / "give").chmod(0o700)
    (tmp_path / "word").write_text("secret\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert look_up(settings_for(f"password_command = {command}"), tmp_path) == "secret"


def test_without_any_setting_the_keyring_keeps_it(tmp_path: Path, pocket: PocketKeyring) -> None:
    settings = settings_for("")
    assert keep_password("secret", settings, config=tmp_path / "followup.toml") == "the system's keyring"
    assert look_up(settings, tmp_path) == "secret"


@pytest.mark.parametrize("more", ['password_command = ["pass", "x"]', 'password_env = "X"'])
def test_what_comes_from_elsewhere_is_changed_there(more: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="change it there"):
        keep_password("secret", settings_for(more), config=tmp_path / "followup.toml")


def test_a_hosted_configuration_names_no_file() -> None:
    with pytest.raises(ConfigError, match="password_file"):
        parse_settings(
            TOML.format(url="https://cal.example/", more='password_file = "x"').replace(
                'source = {type = "csv", path = "leads.csv"}', 'source = {type = "google_sheet", sheet = "x"}'
            ).replace('state = {path = "state.sqlite"}', ""),
            hosted=True,
        )  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with radicale(tmp_path_factory.mktemp("radicale"), password="secret") as running:
        yield running


def run_password(folder: Path, url: str, secret: str) -> subprocess.CompletedProcess[str]:
    (folder / "followup.toml").write_text(TOML.format(url=url, more='password_file = "password"'))
    program = [sys.executable, "-c", "from sync.cli import main; main()", "password"]
    environment = {**os.environ, "XDG_STATE_HOME": str(folder)}
    return subprocess.run(
        program, cwd=folder, input=f"{secret}\n", capture_output=True, text=True, check=False, env=environment
    )


def test_the_password_is_tried_before_it_is_kept(server: Server, tmp_path: Path) -> None:
    url = server.make_calendar("follow-ups")
    wrong = run_password(tmp_path, url, "wrong")
    assert wrong.returncode == 7
    assert "refuses the login" in wrong.stderr
    assert not (tmp_path / "password").exists()
    right = run_password(tmp_path, url, "secret")
    assert "The calendar takes it." in right.stderr
    assert (tmp_path / "password").read_text() == "secret\n"
    assert "secret" not in right.stdout + right.stderr


def test_a_calendar_that_is_out_of_reach_is_no_reason_to_forget_the_password(tmp_path: Path) -> None:
    done = run_password(tmp_path, "http://127.0.0.1:9/ann/", "secret")
    assert "could not be tried" in done.stderr
    assert (tmp_path / "password").read_text() == "secret\n"


def test_a_file_needs_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = TOML.format(url="x", more="").partition("[target]")[0] + '[target]\ntype = "ics"\npath = "f.ics"\n'
    (tmp_path / "followup.toml").write_text(text)
    assert run_command(["password"]) == 2
    assert "a file needs no password" in capsys.readouterr().err
