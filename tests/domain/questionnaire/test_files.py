"""Files from outside: whatever comes, the answer is one clear fault, soon."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.infra.yaml import DEEPEST, LARGEST_FILE, MOST_PARTS, YamlFault, read_yaml, write_yaml
from app.questionnaires.service import check_file
from tests import builders as make

GOOD = (make.QUESTIONNAIRES / "four_tiers.yaml").read_bytes()
TITLE = b"title: Four tiers"


def faults(raw: bytes) -> list[tuple[str, int]]:
    return [(fault.code, fault.line) for fault in check_file(raw).faults]


def titled(title: str) -> bytes:
    assert TITLE in GOOD
    return GOOD.replace(TITLE, f"title: {title}".encode())


TITLE_LINE = GOOD[: GOOD.index(TITLE)].count(b"\n") + 1


@pytest.mark.abuse("I7")
def test_a_byte_order_mark_and_an_end_mark_do_no_harm() -> None:
    assert faults(b"\xef\xbb\xbf" + GOOD) == []
    assert faults(GOOD + b"...\n") == []
    assert faults(GOOD.replace(b"\n", b"\r\n")) == []


@pytest.mark.abuse("I7")
@pytest.mark.parametrize(
    "raw",
    [
        GOOD.decode().encode("utf-16"),
        GOOD.decode().encode("utf-32"),
        GOOD + b"\xff",
        GOOD + b"# \xed\xa0\x80\n",
        GOOD + b"\x00",
        b"\x00" * 1_000,
    ],
    ids=["utf-16", "utf-32", "invalid byte", "encoded surrogate", "nul", "only nul"],
)
def test_what_is_not_text_in_utf_8_is_refused_at_once(raw: bytes) -> None:
    assert faults(raw) == [("Y1", 1)]


@pytest.mark.abuse("I7")
def test_an_escaped_nul_is_found_where_it_stands() -> None:
    assert faults(titled('"Four\\0tiers"')) == [("Q0_value_error", TITLE_LINE)]


@pytest.mark.abuse("I7", "X7")
@pytest.mark.parametrize("character", ["\x07", "\x1b", "\ufffe", "\x7f"])
def test_an_invisible_character_is_found_where_it_stands(character: str) -> None:
    assert faults(titled(f"Four{character}tiers"))[0][1] == TITLE_LINE


@pytest.mark.abuse("I5")
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("on", []),
        ("yes", []),
        ("0o17 tiers", []),
        ("1:30", []),
        ("yes and no", []),
        ("=", []),
        ("012", [("Q0_string_type", TITLE_LINE)]),
        ("1_000", [("Q0_string_type", TITLE_LINE)]),
        ("1e3", [("Q0_string_type", TITLE_LINE)]),
        ("0x1F", [("Q0_string_type", TITLE_LINE)]),
        ("true", [("Q0_string_type", TITLE_LINE)]),
        ("~", [("Q0_string_type", TITLE_LINE)]),
        ("", [("Q0_string_type", TITLE_LINE)]),
        ("2024-01-01", [("Y7", TITLE_LINE)]),
        ("2024-01-01 10:00:00", [("Y7", TITLE_LINE)]),
        (".nan", [("Y7", TITLE_LINE)]),
        ("1e400", [("Y7", TITLE_LINE)]),
        ("0x" + "f" * 5_000, [("Y7", TITLE_LINE)]),
        ("-0b1" + "_0" * 64, [("Y7", TITLE_LINE)]),
        ("0o2" + "0" * 21, [("Y7", TITLE_LINE)]),
        (str(2**63), [("Y7", TITLE_LINE)]),
        ("{0x" + "f" * 5_000 + ": 1}", [("Y7", TITLE_LINE)]),
        ("[a, b]", [("Q0_string_type", TITLE_LINE)]),
        ("{a: b}", [("Q0_string_type", TITLE_LINE)]),
    ],
)
def test_text_stays_what_was_written_or_is_a_fault_with_the_hint_to_quote_it(
    written: str, expected: list[tuple[str, int]]
) -> None:
    checked = check_file(titled(written))

    assert [(fault.code, fault.line) for fault in checked.faults] == expected
    if checked.questionnaire is not None:
        assert checked.questionnaire.title == written
    else:
        assert "quotes" in checked.faults[0].message or checked.faults[0].code == "Y7"


@pytest.mark.abuse("I6")
@pytest.mark.parametrize("line", ["on: yes", "~: x", "? [a, b]\n: x", "? {a: b}\n: x", "1: x", "true: x", '"": x'])
def test_a_key_that_is_no_field_is_refused(line: str) -> None:
    assert [code for code, _ in faults(GOOD + f"{line}\n".encode())] == ["Q0_extra_forbidden"]


def test_two_keys_that_differ_only_as_numbers_are_two_unknown_fields_or_one() -> None:
    assert {code for code, _ in faults(GOOD + b'1: x\n"1": y\n')} == {"Q0_extra_forbidden"}


@pytest.mark.parametrize("raw", [b"# nothing\n", b"[]", b"- a\n", b"words", b"12", b"true", b"~", b"=", b"= = =", b"---\n...\n"])
def test_what_is_no_questionnaire_at_all_is_said(raw: bytes) -> None:
    assert faults(raw) == [("Q0_model_type", 1)]


@pytest.mark.parametrize("raw", [b"", b"\n\n"])
def test_an_empty_file_is_called_so(raw: bytes) -> None:
    (fault,) = check_file(raw).faults

    assert (fault.code, fault.message) == ("Y1", "The file is empty. Choose the YAML file of a questionnaire.")


@pytest.mark.parametrize(
    "raw",
    [b"[", b"{", b"'", b'"', b"a: b: c", b"\t", b"a:\n\t- b", b"? ? ?\n- :", b"%", b"`", b"@", b"a: |\n b\n  c\n d\n\te: f\n]"],
)
def test_what_is_no_yaml_is_one_fault(raw: bytes) -> None:
    checked = check_file(raw)

    assert checked.questionnaire is None
    assert len(checked.faults) == 1


@pytest.mark.abuse("I2")
def test_nesting_is_allowed_to_its_limit_and_no_further() -> None:
    assert read_yaml(b"[" * DEEPEST + b"]" * DEEPEST).content

    with pytest.raises(YamlFault) as refused:
        read_yaml(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))
    assert refused.value.code == "Y6"


def _bomb() -> bytes:
    levels = [b"a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]".encode() for k in range(1, 9)]
    return b"\n".join(levels)


@pytest.mark.abuse("I1", "I2", "I4")
@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (_bomb, "Y4"),
        (lambda: b"[" * 500_000, "Y6"),
        (lambda: b"- " * 500_000, "Y6"),
        (lambda: b"? " * 500_000, "Y6"),
        (lambda: b"[" + b"a," * 900_000 + b"]", "Y6"),
        (lambda: b"- a\n" * 400_000, "Y1"),
        (lambda: GOOD + b"#\n" * 900_000, "Y1"),
        (lambda: b"a" * (LARGEST_FILE + 1), "Y1"),
        (lambda: b"[" + b"," * 1_900_000, "Y2"),
        (lambda: titled('"' + "a" * 900_000 + '"'), "Q0_string_too_long"),
        (lambda: titled('"' + "a" * 900_000), "Y2"),
        (lambda: titled("9" * 5_000), "Y7"),
        (lambda: GOOD + b'owner: "' + b"a\\u0315\\u0300" * 20_000 + b'"\n', "Q0_string_too_long"),
    ],
    ids=[
        "aliases",
        "flow",
        "list",
        "keys",
        "parts",
        "lines",
        "comments",
        "bytes",
        "commas",
        "text",
        "open text",
        "digits",
        "marks",
    ],
)
def test_a_bomb_goes_off_in_nobodys_hands(raw: Callable[[], bytes], code: str) -> None:
    written = raw()
    began = time.process_time()

    found = faults(written)

    assert [code for code, _ in found] == [code]
    assert time.process_time() - began < 20, "seconds, not minutes; generous for a busy machine"


@pytest.mark.abuse("I4")
def test_a_file_is_too_large_one_byte_after_the_limit() -> None:
    at_the_limit, beyond = b"\x00" * LARGEST_FILE, b"\x00" * (LARGEST_FILE + 1)

    assert "NUL" in check_file(at_the_limit).faults[0].message
    assert "2,000,000 bytes" in check_file(beyond).faults[0].message


def test_there_is_room_for_a_questionnaire_five_times_the_largest_one() -> None:
    lines = make.READINESS_FILE.read_bytes().count(b"\n")

    assert lines * 5 < MOST_PARTS


def test_a_line_is_that_of_the_part_or_of_the_nearest_part_around_it() -> None:
    file = read_yaml(b"a:\n  b:\n    - c: 1\n    - d\n")

    assert file.line(("a", "b", 0, "c")) == 3
    assert file.line(("a", "b", 1)) == 4
    assert file.line(("a", "b", 7, "x")) == 2
    assert file.line(()) == 1
    assert file.line(("nowhere",)) == 1


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t"), max_size=30)
    | st.sampled_from(
        ["yes", "no", "on", "null", "~", "012", "1e5", "1_000", "2024-01-01", "1:30", "0x1F", "=", "<<x", "- a", "# b"]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc<-:#", min_size=1, max_size=5), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.fuzz
@given(PLAIN)
def test_plain_content_is_read_as_it_was_written(content: object) -> None:
    assert read_yaml(write_yaml(content).encode()).content == content


@pytest.mark.fuzz
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="surrogatepass")))
def test_any_bytes_are_a_questionnaire_or_a_fault(raw: bytes) -> None:
    checked = check_file(raw)

    assert (checked.questionnaire is None) == bool(checked.faults)


@pytest.mark.fuzz
@given(st.data())
def test_a_good_file_with_something_wrong_in_it_is_a_questionnaire_or_a_fault(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    stop = data.draw(st.integers(start, min(len(GOOD), start + 40)))
    instead = data.draw(
        st.binary(max_size=8)
        | st.sampled_from([b"<<: {a: b}\n", b": ", b"- ", b"&a ", b"!x ", b"2024-01-01", b"\t", b'"\\ud800"'])
    )

    checked = check_file(GOOD[:start] + instead + GOOD[stop:])

    assert checked.questionnaire is not None or checked.faults
