"""What JSON and CSV reads share: ETags, cursors and cells."""

from __future__ import annotations

import csv
import io
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from app.kit.csv_text import csv_text
from app.web.etag import conditional, etag_of
from app.web.paging import BadCursor, decode_cursor, encode_cursor

BODY = b'{"score": 61.5}'
MODIFIED = datetime(2026, 11, 21, 14, 2, 3, 400, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)


def read(headers: dict[str, str], method: str = "GET") -> int:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    request = Request({"type": "http", "method": method, "headers": raw})
    answer = conditional(request, BODY, "application/json", "private, no-cache", MODIFIED)
    assert answer.headers["etag"] == etag_of(BODY)
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["last-modified"] == "Sat, 21 Nov 2026 14:02:03 GMT"
    return answer.status_code


@pytest.mark.parametrize("sent", [etag_of(BODY), f'"a", {etag_of(BODY)}', f"W/{etag_of(BODY)}", "*", f'"a,b",{etag_of(BODY)}'])
def test_a_known_tag_is_answered_304(sent: str) -> None:
    assert read({"If-None-Match": sent}) == 304


@pytest.mark.parametrize("sent", ['"other"', "", etag_of(BODY).strip('"'), '"*"', "\u00e9"])
def test_an_unknown_tag_is_answered_in_full_even_if_the_time_fits(sent: str) -> None:
    assert read({"If-None-Match": sent, "If-Modified-Since": "Sat, 21 Nov 2026 14:02:03 GMT"}) == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Sat, 21 Nov 2026 14:02:03 GMT", 304),
        ("Sat, 21 Nov 2026 14:02:02 GMT", 200),
        ("yesterday", 200),
        ("Sat, 99 Nov 2026 14:02:02 GMT", 200),
    ],
)
def test_without_a_tag_the_time_decides(since: str, status: int) -> None:
    assert read({"If-Modified-Since": since}) == status


def test_only_reads_are_conditional() -> None:
    assert read({"If-None-Match": "*"}, method="POST") == 200


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", " =1", '"=1', "'=1", "\u00a0=1", "-none-"],
)
def test_no_text_becomes_a_formula(text: str) -> None:
    written = next(csv.reader(io.StringIO(csv_text([text], []), newline="")))

    assert written == [f"'{text}"]


def test_numbers_stay_numbers_with_all_their_digits() -> None:
    assert csv_text(["a"], [[-1.5, 0.1 + 0.2, -3, None, True, "x,y"]]) == 'a\r\n-1.5,0.30000000000000004,-3,,true,"x,y"\r\n'


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="absent"):
        csv_text([], [[float("nan")]])


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=4)))
def test_a_table_comes_back_as_it_was(rows: list[list[str]]) -> None:
    back = list(csv.reader(io.StringIO(csv_text(["h"], rows), newline="")))

    plain = [
        [cell.removeprefix("'") if cell != original else cell for cell, original in zip(*pair, strict=True)]
        for pair in zip(back[1:], rows, strict=True)
    ]
    assert plain == rows


@given(st.lists(TEXTS.filter(str.isprintable) | NUMBERS, max_size=3))
def test_a_cursor_comes_back_as_it_was(values: list[str | int | float]) -> None:
    cursor = encode_cursor(values)

    if len(cursor) <= 512:
        assert decode_cursor(cursor) == tuple(values)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a" * 513,
        "====",
        "\u00e9",
        encode_cursor([1]) + "=",
        *(
            urlsafe_b64encode(odd).decode().rstrip("=")
            for odd in (
                b"1",
                b"{}",
                b"[null]",
                b"[true]",
                b"[[1]]",
                b"[NaN]",
                b"[1e999]",
                b"[ 1]",
                b"[9223372036854775808]",
                b'["\\u0000"]',
                b'["\\ud800"]',
                b"[\xff]",
                b"[" * 300,
                b"[" + b"9" * 300 + b"]",
            )
        ),
    ],
)
def test_a_cursor_that_we_did_not_give_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(text)


def test_a_cursor_of_another_list_is_refused() -> None:
    assert decode_cursor(encode_cursor(["a", 1]), (str, int)) == ("a", 1)
    with pytest.raises(BadCursor):
        decode_cursor(encode_cursor([1, "a"]), (str, int))


@given(st.text(max_size=600))
def test_no_text_breaks_the_reading_of_cursors(text: str) -> None:
    try:
        values = decode_cursor(text)
    except BadCursor:
        return
    assert encode_cursor(values) == text
