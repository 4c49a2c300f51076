"""What each answer to a write means: the table at the head of `connectors.dav.writes`, cell by cell."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.dav.writes import Verdict, judge
from connectors.http_transport import Answer
from sync.models import Action

NOW = datetime(2027, 1, 11, tzinfo=UTC)
WAIT = {"retry-after": "60"}


def error(name: str) -> bytes:
    return f'<error xmlns="DAV:"><C:{name} xmlns:C="urn:ietf:params:xml:ns:caldav"/></error>'.encode()


@pytest.mark.parametrize(
    ("answer", "create", "update", "delete"),
    [
        pytest.param(Answer(201), "STORED", "STORED", "UNPROVEN", id="created"),
        pytest.param(Answer(204), "STORED", "STORED", "GONE", id="no content"),
        pytest.param(Answer(200), "UNPROVEN", "STORED", "UNPROVEN", id="bare 200"),
        pytest.param(Answer(200, {}, b"<html>"), "UNPROVEN", "UNPROVEN", "UNPROVEN", id="a page"),
        pytest.param(Answer(207, {}, b"<x/>"), "UNPROVEN", "UNPROVEN", "UNPROVEN", id="multistatus"),
        pytest.param(Answer(301), "LOOK", "LOOK", "LOOK", id="redirect"),
        pytest.param(Answer(400, {}, b"bad"), "DOUBTED", "DOUBTED", "DOUBTED", id="bad request"),
        pytest.param(
            Answer(400, {}, b"Object with uid already exists"), "LOOK", "LOOK", "DOUBTED", id="uid, Nextcloud"
        ),
        pytest.param(Answer(401), "LOGIN", "LOGIN", "LOGIN", id="login"),
        pytest.param(Answer(403), "DOUBTED", "DOUBTED", "DOUBTED", id="forbidden"),
        pytest.param(Answer(403, {}, error("need-privileges")), "STOP", "STOP", "DOUBTED", id="read-only"),
        pytest.param(
            Answer(403, {}, error("supported-calendar-component")), "STOP", "STOP", "DOUBTED", id="takes no events"
        ),
        pytest.param(Answer(403, {}, error("no-uid-conflict")), "LOOK", "LOOK", "DOUBTED", id="uid, by name"),
        pytest.param(
            Answer(403, {}, error("unique-scheduling-object-resource")), "LOOK", "LOOK", "DOUBTED", id="uid, Cyrus"
        ),
        pytest.param(Answer(403, {}, b'{"domain": "usageLimits"}'), "WAIT", "WAIT", "WAIT", id="quota, Google"),
        pytest.param(Answer(404), "LOOK", "LOOK", "GONE", id="not found; iCloud's rejection"),
        pytest.param(Answer(405), "STOP", "STOP", "STOP", id="not allowed"),
        pytest.param(Answer(409), "LOOK", "LOOK", "DOUBTED", id="conflict"),
        pytest.param(Answer(410), "LOOK", "LOOK", "GONE", id="gone"),
        pytest.param(Answer(412), "LOOK", "LOOK", "REFUSED", id="precondition"),
        pytest.param(Answer(412, {}, error("valid-calendar-data")), "REJECTED", "REJECTED", "REFUSED", id="Xandikos"),
        pytest.param(Answer(413), "DOUBTED", "DOUBTED", "DOUBTED", id="too large"),
        pytest.param(Answer(423), "BUSY", "BUSY", "BUSY", id="locked"),
        pytest.param(Answer(429), "WAIT", "WAIT", "WAIT", id="too many"),
        pytest.param(Answer(500), "UNKNOWN", "UNKNOWN", "UNKNOWN", id="server error"),
        pytest.param(Answer(501), "STOP", "STOP", "STOP", id="not implemented"),
        pytest.param(Answer(503), "UNKNOWN", "UNKNOWN", "UNKNOWN", id="unavailable"),
        pytest.param(Answer(503, WAIT), "WAIT", "WAIT", "WAIT", id="unavailable for a while"),
        pytest.param(Answer(507), "FULL", "FULL", "FULL", id="full"),
        pytest.param(None, "UNKNOWN", "UNKNOWN", "UNKNOWN", id="no answer"),
    ],
)
def test_judge(answer: Answer | None, create: str, update: str, delete: str) -> None:
    found = [judge(action, answer, NOW) for action in (Action.CREATE, Action.UPDATE, Action.DELETE)]
    assert found == [Verdict[create], Verdict[update], Verdict[delete]]
