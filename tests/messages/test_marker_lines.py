"""Our part of a description and the user's are told apart, whatever either of them holds."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.reconcile.marker_lines import (
    CLOSING,
    OPENING,
    ROW_LABEL,
    our_part,
    place_of,
    put_our_part,
    tidy,
    tidy_line,
    user_part,
)

LINES = st.one_of(
    st.text(max_size=20),
    st.sampled_from([OPENING, CLOSING, f" {OPENING} ", ROW_LABEL, f"{ROW_LABEL}x:1", "", "\r", "- milk"]),
)
TEXTS = st.lists(LINES, max_size=6).map("\n".join)
PLAIN = TEXTS.filter(lambda text: OPENING not in text)


@given(TEXTS, TEXTS, st.sampled_from(["", "leads.csv:7"]))
@example("", "a\n\n\n", "leads.csv:7")
def test_what_we_put_in_is_replaced_as_a_whole_and_the_rest_stays(present: str, ours: str, row: str) -> None:
    written = put_our_part(present, ours, row=row)
    again = put_our_part(written, ours, row=row)
    assert again == written
    assert user_part(written) == user_part(present)
    other = put_our_part(written, "something else", row="leads.csv:9")
    assert our_part(other) == "something else"
    assert user_part(other) == user_part(present)


@given(PLAIN.filter(lambda text: CLOSING not in text and ROW_LABEL.rstrip() not in text))
def test_our_part_comes_back_tidied(ours: str) -> None:
    assert our_part(put_our_part("", ours, row="leads.csv:7", address="https://example.org/#7")) == tidy(ours)
    assert user_part(put_our_part("", ours)) == ""


@given(st.text(alphabet=" \n\tab\xa0", max_size=12))
@example("\n a\n\n  b  \n \n")
@example("a\nb \n")
def test_a_tidy_text_has_no_blank_at_the_end_of_any_line_and_no_empty_lines_around_it(text: str) -> None:
    assert tidy(text) == "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


@pytest.mark.parametrize(
    ("text", "ours", "user"),
    [
        pytest.param("", "", "", id="nothing at all"),
        pytest.param("hello", "", "hello", id="the user emptied it and wrote his own"),
        pytest.param(f"{OPENING}\nours\n{CLOSING}", "ours", "", id="untouched"),
        pytest.param(f"{OPENING}\nours\n{CLOSING}\nmine", "ours", "mine", id="a note below"),
        pytest.param(f"mine\n{OPENING}\nours\n{CLOSING}\nmore", "ours", "mine\nmore", id="notes above and below"),
        pytest.param(f"{OPENING}\nours\nmine", "", "ours\nmine", id="closing line lost: all is the user's"),
        pytest.param(f"{OPENING}\r\nours  \r\n{CLOSING}\r\n", "ours", "", id="a server's line ends and blanks"),
        pytest.param(f"{OPENING}\nours\n\n{ROW_LABEL}a.csv:7\nhttps://x\n{CLOSING}", "ours", "", id="row not compared"),
    ],
)
def test_parts(text: str, ours: str, user: str) -> None:
    assert (our_part(text), user_part(text)) == (ours, user)


def test_hostile_text_is_stripped() -> None:
    assert tidy("a\x07b\x00\r\nc\u2028d \x9b\n\n") == "ab\ncd"
    assert tidy_line(" a\n b\tc ") == "a b c"


def test_row_and_address_are_read_as_they_were_written() -> None:
    for row, address in (("leads.csv:7", ""), ("Leads:3", "https://sheets.example/#3"), ("", "")):
        text = put_our_part("mine above", "Sheet row when last written: x\nadvice", row=row, address=address)
        assert place_of(text) == (row, address)
    assert place_of("no markers\nSheet row when last written: leads.csv:7") == ("", "")
