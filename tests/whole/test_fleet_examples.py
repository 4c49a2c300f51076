"""The examples for firms, as far as they can be tried without a container engine and without systemd."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
from msgspec import yaml
from postgres_server import PASSWORD, find_binaries, postgres

EXAMPLES = Path(__file__).parents[2] / "examples" / "fleet"
FOLLOWUP = Path(sys.executable).with_name("followup")


def understood(arguments: list[str]) -> bool:
    """Whether followup has this command with these options."""
    return subprocess.run([FOLLOWUP, *arguments, "--help"], capture_output=True).returncode == 0


@pytest.fixture(scope="module")
def services() -> Any:
    return yaml.decode((EXAMPLES / "compose.yaml").read_bytes())["services"]


def test_every_command_of_the_compose_file_is_one_of_followup(services: Any) -> None:
    commands = [services[name]["command"] for name in ("worker", "feeds")]
    assert all(understood(["fleet", *command]) for command in commands), commands


def test_only_the_feeds_are_reached_from_outside_and_on_loopback(services: Any) -> None:
    assert services["database"]["ports"] == ["127.0.0.1:8080:8080"]
    assert all(services[name]["network_mode"] == "service:database" for name in ("owner", "worker", "feeds"))


@pytest.mark.parametrize("unit", sorted(EXAMPLES.glob("*.service")), ids=lambda unit: str(unit.name))
def test_every_command_of_the_units_is_one_of_followup(unit: Path) -> None:
    read = ConfigParser(interpolation=None, strict=False)
    read.read(unit)
    assert understood(shlex.split(read["Service"]["ExecStart"])[1:])


def test_from_an_empty_server_the_logins_of_the_compose_file_come_to_a_working_fleet(services: Any) -> None:
    secrets = {"OWNER_PASSWORD": 'it\'s "one"', "WORKER_PASSWORD": "two"}
    with postgres() as server:
        binaries = find_binaries()
        env = {**os.environ, **secrets, "PATH": f"{binaries}:{os.environ['PATH']}", "POSTGRES_USER": "admin"}
        host = f"127.0.0.1:{server.port}"
        env |= {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGPASSWORD": PASSWORD}
        subprocess.run(["sh", EXAMPLES / "roles.sh"], env=env, check=True, stdout=subprocess.DEVNULL)

        def say(service: str, *command: str) -> str:
            address = services[service]["environment"]["FOLLOWUP_DATABASE"].replace("127.0.0.1", host)
            for name, value in secrets.items():
                address = address.replace(f"${{{name}}}", value.replace(" ", "%20").replace('"', "%22"))
            done = subprocess.run(
                [FOLLOWUP, "fleet", *command], env={**os.environ, "FOLLOWUP_DATABASE": address},
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            return done.stdout

        assert "ready" in say("owner", "migrate")
        assert "0 profiles, 0 paused" in say("worker", "status")
