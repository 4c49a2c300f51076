"""What must not be kept or shown: passwords in addresses, and text that steers a terminal in sentences about faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.cli import run_command
from sync.config import parse_settings
from sync.errors import ConfigError
from sync.safe_text import holds_login
from sync.setup.calendars import recognise_calendar
from sync.setup.places import recognise_source

ADDRESSES = (
    "https://ann:s3cret@dav.example.org/",
    "https://s3cret@dav.example.org/",
    "https://ann:s3/cret@dav.example.org/ann/",
    "https://ann:s3#cret@dav.example.org/",
    "http://ann:s3cret@127.0.0.1:5232/",
    "webcal://ann:s3cret@dav.example.org/x.ics",
)
HARMLESS = (
    "https://caldav.gmx.net/begenda/dav/ann@gmx.de/",
    "https://dav.example.org:8443/ann@example.org/",
    "https://[::1]:8443/ann@example.org/",
    "mailto:ann@gmail.com",
    "ann@gmail.com",
    "f.ics",
)
TOML = """timezone = "America/New_York"
source = {{type = "{kind}", {key} = "{source}"}}
target = {{type = "{target}", {place} = "{address}"}}
"""


def settings(kind: str = "csv", key: str = "path", source: str = "l.csv", **target: str) -> str:
    given = {"target": "ics", "place": "path", "address": "f.ics"} | target
    return 'owner = "k3x9"\n' + TOML.format(kind=kind, key=key, source=source, **given)


@pytest.mark.parametrize("address", [*ADDRESSES, "ann:s3cret@dav.example.org/"])
def test_a_password_in_an_address_is_refused_and_never_repeated(address: str) -> None:
    with pytest.raises(ConfigError, match="name or a password") as raised:
        recognise_calendar(address)
    assert "cret" not in str(raised.value)
    with pytest.raises(ConfigError, match="name or a password") as raised:
        recognise_source(address)
    assert "cret" not in str(raised.value)


@pytest.mark.parametrize("address", ADDRESSES)
def test_settings_with_a_password_in_an_address_are_refused(address: str) -> None:
    for text in (
        settings(target="caldav", place="url", address=address),
        settings(kind="google_sheet", key="sheet", source=address),
        settings(source=address),
    ):
        with pytest.raises(ConfigError, match="followup password") as raised:
            parse_settings(text)
        assert "cret" not in str(raised.value)


@pytest.mark.parametrize("address", HARMLESS)
def test_other_addresses_hold_none(address: str) -> None:
    assert not holds_login(address)


@pytest.mark.parametrize("option", ["--target", "--source"])
def test_init_takes_no_password_in_an_address(
    tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leads.csv").write_text("company,applied_on,status\nAcme,2027-01-02,sent\n")
    given = {"--source": "leads.csv", "--target": "f.ics"} | {option: ADDRESSES[0]}
    named = [word for pair in given.items() for word in pair]
    assert run_command(["init", "--yes", "--timezone", "America/New_York", *named]) == 2
    said = capsys.readouterr()
    assert "s3cret" not in said.out + said.err
    assert not (tmp_path / "followup.toml").exists()


def test_a_sentence_about_a_fault_steers_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file's name and the keys in it are somebody's words as well."""
    hostile = "\\u001b[31mred\\u202e\\u2066\\u009b"
    (tmp_path / "one.toml").write_text(f'source = {{type = "csv", path = "x"}}\n"{hostile}" = 1\n')
    for command in (["sync", "--config", str(tmp_path / "one.toml")], ["sync", "--all", str(tmp_path)]):
        assert run_command(command) == 2
        said = capsys.readouterr().err
        assert "red" in said
        assert not set(said) & set("\x1b\u202e\u2066\x9b"), command
    assert run_command(["sync", "--config", str(tmp_path / "\x1b[2J\u202e.toml")]) == 2
    assert not set(capsys.readouterr().err) & set("\x1b\u202e")
    assert run_command(["\x1b[2J\u202e"]) == 2
    assert not set(capsys.readouterr().err) & set("\x1b\u202e")
