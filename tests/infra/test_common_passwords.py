"""The commonest passwords, as hashes: what the file holds, and how one is found in it."""

from __future__ import annotations

import re

import pytest

from app.infra.common_passwords import FILE, fingerprint, is_common
from tools.common_passwords import MOST, commonest

ASKED_FOR = 3000  # OWASP ASVS 5.0, V6.2.4
WIDE = "".join(chr(ord(letter) + 0xFEE0) for letter in "peanutbutter")  # as keyboards of East Asia may write it
LISTED = ["dragon", "Peanutbutter", "cosmopolitan", "dragon", "peanutBUTTER", "   padded   ", "spread\x00out too", "x" * 129]


@pytest.mark.parametrize("password", ["peanutbutter", "PeanutButter", WIDE])
def test_a_common_password_is_found_however_its_letters_are_written(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize("password", ["", "lantern orchid mosaic", "peanutbutter and more", "ユニコードの合言葉は長いです"])
def test_any_other_is_not(password: str) -> None:
    assert not is_common(password)


@pytest.mark.abuse("A5")
def test_the_list_has_more_than_is_asked_for_each_once_and_in_an_order_that_says_nothing() -> None:
    lines = FILE.read_text(encoding="ascii").splitlines()

    assert len(lines) == MOST > ASKED_FOR
    assert lines == sorted(set(lines))
    assert [line for line in lines if not re.fullmatch(r"[0-9a-f]{16}", line)] == []


def test_the_list_is_made_of_the_first_that_our_rules_of_length_and_characters_allow() -> None:
    assert commonest(LISTED, most=2) == sorted(map(fingerprint, ("peanutbutter", "cosmopolitan")))
    assert commonest(LISTED, most=9) == sorted(map(fingerprint, ("peanutbutter", "cosmopolitan")))
