"""Cases that need no server: tables that read back, pictures that nobody decodes, and sign-ins that queue."""

from __future__ import annotations

import csv
import io
import struct
import zlib
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.kinds import kind_of
from app.infra.passwords import Passwords
from app.kit.csv_text import csv_text
from app.kit.errors import Unavailable

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    [
        'a"b',
        "a,b",
        "a\nb",
        "a\r\nb",
        "\u0627\u0644\u0639",
        "\ufeffa",
        "=1+1",
        "+a",
        "-a",
        "@a",
        "\t=1",
        " =1",
        "\uff1d1",
        "'=1",
        '"=1',
    ]
)


@pytest.mark.fuzz
@pytest.mark.abuse("O4")
@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5))
def test_every_text_of_a_table_is_read_back_with_at_most_an_apostrophe_before_it(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(["one", "two"], rows), newline="")))

    for before, after in zip(rows, read[1:], strict=True):
        assert all(cell in {text, f"'{text}"} for text, cell in zip(before, after, strict=True))


@pytest.mark.abuse("O1")
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
@pytest.mark.parametrize("before", ["", " ", '"', "' ", "\u00a0", "\u3000"])
def test_no_cell_of_a_table_begins_a_formula_and_numbers_stay_numbers(sign: str, before: str) -> None:
    (_head, (text, number)) = csv.reader(io.StringIO(csv_text(["a", "b"], [[f"{before}{sign}1+1", -5]]), newline=""))

    assert text.startswith("'")
    assert number == "-5"


@pytest.mark.abuse("F5")
def test_a_picture_that_would_fill_the_memory_is_kept_without_being_decoded() -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 6, 0, 0, 0))
    picture = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1_000)) + chunk(b"IEND", b"")

    assert kind_of("map.png", picture).media_type == "image/png"


@pytest.mark.abuse("D1")
def test_of_two_hundred_sign_ins_at_once_a_few_wait_and_the_rest_is_asked_to_come_back() -> None:
    passwords = Passwords(memory_kib=8, rounds=1, at_once=10, waiting=0)  # so that this one thread may hold every place
    refused = 0
    with ExitStack() as held:
        for _ in range(200):
            try:
                held.enter_context(passwords.turn())
            except Unavailable:
                refused += 1

    assert refused == 190
    assert not passwords.verify("anything", None).is_right
