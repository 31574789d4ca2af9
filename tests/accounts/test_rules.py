"""What a password, an address and a role must be."""

from __future__ import annotations

import pytest

from app.accounts import rules
from app.kit.actor import ECONOMY_ROLES, Role
from app.kit.errors import Problems


def codes(password: str, email: str = "annelee@example.org", name: str = "Anne Lee") -> list[str]:
    problems = Problems()
    rules.check_password(problems, password, email=email, name=name)
    return [problem.code for problem in problems.found]


@pytest.mark.parametrize(
    "password",
    [
        "lantern orchid mosaic",
        "839201746523",
        "Tr0ub4dor&3xyzzy",
        "ユニコードの合言葉は長いです",
        "новый длинный ключ",
        "🦉🌲🛶🧭🏔🎻🪁🧵🦀🪴🧊🛰",
        "z" + "aq7!" * 31 + "ked",
    ],
)
@pytest.mark.abuse("A5")
def test_any_long_text_that_is_not_guessed_is_accepted(password: str) -> None:
    assert codes(password) == []


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "too_short"),
        ("short 7", "too_short"),
        ("elevenchars", "too_short"),
        ("x1" * 65, "too_long"),
        ("a" * 1_000_000, "too_long"),
        ("lantern\x00orchid mosaic", "control_characters"),
        ("lantern\ud800orchid mosaic", "control_characters"),
    ],
)
@pytest.mark.abuse("A5")
def test_length_and_characters_are_checked_first(password: str, code: str) -> None:
    assert codes(password) == [code]


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "123456789012",
        "abcdefghijklmnop",
        "qwertyuiop123456",
        "1qaz2wsx3edc4rfv",
        "passwordpassword",
        "P@ssw0rdP@ssw0rd",
        "Password2026!!!!",
        "ReadinessReview2026",
        "administrator123",
        "australia2026!",
        "New Zealand 2026",
        "annelee-annelee-1",
        "iloveyou iloveyou",
        "summer winter 2027",
    ],
)
@pytest.mark.abuse("A5")
def test_what_people_try_first_is_refused(password: str) -> None:
    assert codes(password) == ["too_common"]


COMMON = ["cosmopolitan", "peanutbutter", "Unbelievable", "4815162342lost", "devilmaycry4", "ghjcnjgfhjkm", "  PhilaDelphia "]


@pytest.mark.parametrize("password", COMMON)
@pytest.mark.abuse("A5")
def test_what_the_world_chooses_most_is_refused_though_no_word_of_ours_is_in_it(password: str) -> None:
    normal = rules.normal_password(password)

    assert not rules.is_easily_guessed(normal, own_words=[])
    assert codes(normal) == ["too_common"]


@pytest.mark.parametrize(
    "email", ["", "name", "@example.org", "name@", "name@host", "a b@example.org", "a@b@example.org", "a@.org"]
)
def test_an_address_without_its_parts_is_named(email: str) -> None:
    problems = Problems()

    rules.check_person(problems, email=email, name="Ana")

    assert [problem.field for problem in problems.found] == ["email"]


def test_addresses_are_compared_without_regard_to_case_and_blanks() -> None:
    assert rules.normal_email("  Ana@Example.ORG ") == "ana@example.org"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_has_an_economy_if_and_only_if_it_answers_for_one(role: Role) -> None:
    with_one, without = Problems(), Problems()

    rules.check_role(with_one, role=role, economy="NZL")
    rules.check_role(without, role=role, economy=None)

    assert bool(with_one.found) is (role not in ECONOMY_ROLES)
    assert bool(without.found) is (role in ECONOMY_ROLES)


def test_a_role_that_does_not_exist_is_named() -> None:
    problems = Problems()

    rules.check_role(problems, role="root", economy=None)

    assert [problem.code for problem in problems.found] == ["unknown_role"]
