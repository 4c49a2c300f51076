"""A calendar behind an authority of one's own: one setting for runs, discovery and Digest alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from servers import Server, radicale
from target_contract import NOW
from tls_proxy import tls_proxy
from transport_contract import Told, told

from connectors.dav.digest_transport import CaldavTransport
from connectors.http_transport import Login
from connectors.trust import VARIABLES, trusting
from sync.cli import run_command
from sync.config import parse_settings
from sync.errors import ConfigError

__all__ = ["told"]
HOST = "calendar.example"
TOML = """owner = "k3x9"
timezone = "America/New_York"
source = {{type = "csv", path = "leads.csv"}}
state = {{path = "state.sqlite"}}
[target]
type = "caldav"
url = "https://calendar.example/ann/{calendar}"
user = "ann"
password_env = "CALENDAR_PASSWORD"
{more}
"""
WHEN = ("--now", "2027-01-04T09:00:00-05:00")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with radicale(tmp_path_factory.mktemp("radicale")) as running:
        running.make_calendar("own")
        yield running


@pytest.fixture
def home(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a sheet, on a machine that does not know the authority `authority.pem` there."""
    (tmp_path / "leads.csv").write_text("company,applied_on,status\nAcme,2027-01-02,sent\n")
    monkeypatch.setenv("CALENDAR_PASSWORD", "x")
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    with tls_proxy({HOST: int(server.root.rpartition(":")[2])}, tmp_path) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.environment["HTTPS_PROXY"])
        yield tmp_path


def settings(home: Path, more: str = "", calendar: str = "own/") -> tuple[str, str]:
    (home / "followup.toml").write_text(TOML.format(more=more, calendar=calendar))
    return "--config", str(home / "followup.toml")


def test_an_authority_nobody_named_is_refused_with_the_cure(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["sync", *WHEN], ["calendars"]):
        assert run_command([*command, *settings(home)]) == 6, command
        assert "ca_file" in capsys.readouterr().err, command


@pytest.mark.parametrize("variable", ["", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_one_setting_serves_runs_and_discovery(
    home: Path, variable: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    more = "" if variable else 'ca_file = "authority.pem"'
    if variable:
        monkeypatch.setenv(variable, str(home / "authority.pem"))
    assert run_command(["sync", *WHEN, *settings(home, more)]) == 0
    assert run_command(["sync", *WHEN, *settings(home, more)]) == 0, "the question in front of a run, too"
    capsys.readouterr()
    assert run_command(["calendars", *settings(home, more, calendar="")]) == 0
    assert "/ann/own/" in capsys.readouterr().out


def test_digest_trusts_the_same_authority(told: Told, tmp_path: Path) -> None:
    with tls_proxy({HOST: int(told.url.rpartition(":")[2].partition("/")[0])}, tmp_path) as proxy:
        environ = trusting({"HTTPS_PROXY": proxy.environment["HTTPS_PROXY"]}, "authority.pem", folder=tmp_path)
        told.say(401, WWW_Authenticate='Digest realm="r", nonce="n", qop="auth", algorithm=MD5')
        told.say(207, b"<x/>")
        login = Login("ann", "s3cret")
        with closing(CaldavTransport(f"https://{HOST}/", login, environ=environ, clock=lambda: NOW)) as transport:
            assert transport.send("PROPFIND", "/cal/", headers={"Depth": "1"}, body=b"<p/>").status == 207
    assert told.seen[1][2]["Authorization"].startswith('Digest username="ann"')


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_is_no_authority_is_named(
    home: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (home / "mine.pem").write_text(content)
    for command in (["sync", *WHEN], ["calendars"]):
        assert run_command([*command, *settings(home, 'ca_file = "mine.pem"')]) == 2
        said = capsys.readouterr().err
        assert "[target] ca_file" in said
        assert "mine.pem" in said


def test_a_hosted_configuration_names_no_file_of_the_host() -> None:
    with pytest.raises(ConfigError, match="ca_file"):
        hosted = TOML.format(more='ca_file = "/etc/passwd"', calendar="")
        hosted = hosted.replace('type = "csv", path = "leads.csv"', 'type = "google_sheet", sheet = "x"')
        parse_settings(hosted.replace('state = {path = "state.sqlite"}\n', ""), hosted=True)
