"""Whatever somebody writes for a setting, the answer names it in plain words and never in those of a library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from sync.config import Settings, parse_settings
from sync.errors import ConfigError

WRONG = (
    "1", "-1", "1.5", "nan", "9999999999999999999", "true", '"x"', '""', "[]", "[1]", '["x", 1]', "[{}]", "{}",
    "{a = 1}", "2027-01-31", "09:00:00", "2027-01-31T09:00:00Z", f'"{"y" * 5000}"',
)  # fmt: skip
RIGHT = {
    "owner": '"abcd"', "timezone": '"UTC"', "source.type": '"csv"', "source.path": '"a.csv"', "target.type": '"ics"',
    "target.path": '"b.ics"',
}  # fmt: skip
A_LIBRARYS = re.compile(r"input|valid|parse|pydantic|instance|tuple|dictionary|boolean|datetime|constrained|literal")


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def keys_of(model: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        key = f"{before}{field.alias or name}"
        yield "rules.R-001-1" if key == "rules.numbers" else key
        for part in models_in(field.annotation):
            yield from keys_of(part, "rules.R-001-1." if key == "rules.numbers" else f"{key}.")


def written(key: str, value: str) -> str:
    """Settings that are right but for this one; a pause stands in a list."""
    kept = {name: right for name, right in RIGHT.items() if name != key and not name.startswith(f"{key}.")}
    table, _, name = key.rpartition(".")
    wrong = f"pause = [{{{name} = {value}}}]" if table == "pause" else f"{key} = {value}"
    return "\n".join([*(f"{name} = {right}" for name, right in kept.items()), wrong])


@pytest.mark.parametrize("key", sorted(set(keys_of(Settings))))
def test_a_wrong_value_is_answered_in_plain_words(key: str) -> None:
    answers = []
    for value in WRONG:
        try:
            parse_settings(written(key, value))
        except ConfigError as error:
            answers.append(str(error))
    assert answers
    for answer in answers:
        assert not A_LIBRARYS.search(answer), answer
        assert len(answer) < 500, answer


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("holidays = 3", "holidays = 3: should be a list in square brackets"),
        ("ignore_before = true", "ignore_before = true: should be a day such as 2027-01-31"),
        ("extra_holidays = [2027-01-31, 'soon']", "extra_holidays.1 = 'soon': should be a day such as 2027-01-31"),
        ('ahead_days = "some"', "ahead_days = 'some': should be a whole number of days, 0 to 3660, or \"all\""),
        ("source.tab = [1]", "source.tab = [1]: should be the name or the number of a tab"),
        ("limits.run_seconds = 0", "limits.run_seconds = 0: should be 1 or more"),
        ("work_hours = 9", 'work_hours = 9: should look like "09:00-17:30"'),
        ("target.drafts = 'no thanks'", "target.drafts = 'no thanks': should be true or false"),
        ("me = 'Ana'", "me = 'Ana': should be a table with keys of its own"),
        ("rules.numbers = 1", '[rules] \'numbers\' is neither "disable", "enable" nor a rule id such as "R-001-1"'),
    ],
)  # fmt: skip
def test_it_says_what_is_right_instead(line: str, answer: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_settings("\n".join([*(f"{name} = {right}" for name, right in RIGHT.items()), line]))
    assert str(caught.value) == f"followup.toml: {answer}"


def test_a_key_of_an_earlier_version_is_answered_with_its_place_now() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_settings(written("limits.organisation_days", "9"))
    assert str(caught.value) == "followup.toml: 'limits.organisation_days' is now days under [rules.\"R-003-5\"]"
