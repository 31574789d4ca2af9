"""Password hashes: argon2id, a few at a time, upgraded when the settings ask for more."""

from __future__ import annotations

import threading
import time

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from app.infra.passwords import Passwords
from app.kit.errors import Unavailable

CHEAP = Passwords(memory_kib=8, rounds=1)


def test_a_password_is_stored_as_argon2id_with_the_given_cost() -> None:
    assert CHEAP.hash("lantern orchid mosaic").startswith("$argon2id$v=19$m=8,t=1,p=1$")


def test_the_right_password_is_right_and_any_other_wrong() -> None:
    stored = CHEAP.hash("lantern orchid mosaic")

    assert CHEAP.verify("lantern orchid mosaic", stored).is_right
    assert not CHEAP.verify("lantern orchid Mosaic", stored).is_right
    assert not CHEAP.verify("", stored).is_right


def test_without_a_stored_hash_nothing_is_right() -> None:
    assert not CHEAP.verify("nobody has this password", None).is_right


def test_a_hash_of_older_parameters_is_replaced_when_the_password_is_right() -> None:
    stored = CHEAP.hash("lantern orchid mosaic")
    dearer = Passwords(memory_kib=16, rounds=2)

    verdict = dearer.verify("lantern orchid mosaic", stored)

    assert verdict.new_hash is not None
    assert "m=16,t=2" in verdict.new_hash
    assert dearer.verify("lantern orchid mosaic", verdict.new_hash).new_hash is None
    assert dearer.verify("wrong", stored).new_hash is None


@pytest.mark.abuse("A1")
def test_for_somebody_unknown_as_many_hashes_are_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted and not timed: on a machine that others share a time says little (docs/decisions/0055 says why)."""
    worked: list[str | bytes] = []
    own = Argon2Hasher.verify

    def verify(hasher: Argon2Hasher, password: str | bytes, stored: str | bytes) -> bool:
        worked.append(stored)
        return own(hasher, password, stored)

    monkeypatch.setattr(Argon2Hasher, "verify", verify)
    stored = CHEAP.hash("lantern orchid mosaic")
    CHEAP.verify("wrong", stored)
    CHEAP.verify("wrong", None)

    assert len(worked) == 2
    assert {str(each).rsplit("$", 2)[0] for each in worked} == {stored.rsplit("$", 2)[0]}  # the same kind and cost


@pytest.mark.abuse("A14")
def test_few_hash_at_once_some_wait_and_the_rest_are_asked_to_come_back() -> None:
    passwords = Passwords(memory_kib=8, rounds=1, at_once=2, waiting=3)
    leave = threading.Event()
    inside: list[int] = []
    refused: list[int] = []

    def come(number: int) -> None:
        try:
            with passwords.turn():
                inside.append(number)
                leave.wait(10)
        except Unavailable:
            refused.append(number)

    comers = [threading.Thread(target=come, args=(number,)) for number in range(12)]
    for comer in comers:
        comer.start()
    deadline = time.monotonic() + 10
    while len(refused) < 7 and time.monotonic() < deadline:
        time.sleep(0.01)
    hashing = len(inside)
    leave.set()
    for comer in comers:
        comer.join()

    assert hashing == 2
    assert len(refused) == 7
    assert len(inside) == 5


def test_a_turn_that_fails_gives_its_place_back() -> None:
    passwords = Passwords(memory_kib=8, rounds=1, at_once=1, waiting=0)

    for _ in range(3):
        with pytest.raises(ZeroDivisionError), passwords.turn():
            raise ZeroDivisionError

    assert passwords.hash("lantern orchid mosaic")
