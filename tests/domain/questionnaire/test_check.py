"""Every fault has a code, a line and words; and a file without faults has none."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from app.domain.questionnaire.check import check
from app.domain.questionnaire.condition import Condition
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import Tick
from app.questionnaires.service import check_file
from tests import builders as make

FAULTY = sorted((make.QUESTIONNAIRES / "faulty").glob("*.yaml"))
EXPECTED = re.compile(r"# expect: (?P<code>\w+) line (?P<line>\d+)\n")


def _name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", FAULTY, ids=_name)
def test_a_fault_is_named_with_its_code_its_line_and_what_to_do(path: Path) -> None:
    raw = path.read_bytes()
    expected = EXPECTED.match(raw.decode())
    assert expected is not None, "the first line says what is expected"

    faults = check_file(raw).faults

    assert [(fault.code, fault.line) for fault in faults] == [(expected["code"], int(expected["line"]))]
    assert re.fullmatch(r"[A-Z\"].*[.]", faults[0].message.replace("\n", " ")), "the message is a sentence"


@pytest.mark.parametrize("path", FAULTY, ids=_name)
def test_a_fault_is_told_in_our_own_words(path: Path) -> None:
    (fault,) = check_file(path.read_bytes()).faults

    assert (
        re.match(r"(String|Input|List|Tuple|Value|Field) should|.*pattern|.*valid (number|integer|boolean|array)", fault.message)
        is None
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("source_url: ftp://example.org", 'The field "source_url" is a web address'),
        ("language: English", 'The field "language" is a code of a language'),
        ("participants: {groups: [APEC, a b]}", 'An entry of "groups" is a code'),
        ("changes: ''", 'The field "changes" is empty'),
        (f"owner: {'x' * 4_001}", 'The field "owner" is too long. Shorten it to 4,000 characters'),
        ("terminology: none", "Fields are due here"),
        ("scheme: {decimals: 7}", 'The field "decimals" is too large. Write a number of at most 6'),
        ("scheme: {scale: 0}", 'The field "scale" is too small. Write a number of at least 0.000001'),
        ("scheme: {scale: full}", 'The field "scale" is a number'),
    ],
)
def test_a_fault_of_format_names_the_field_and_says_what_to_do(line: str, words: str) -> None:
    field = line.partition(":")[0]
    kept = re.sub(rf"(?m)^{field}:.*\n(?:[ -].*\n)*", "", (make.QUESTIONNAIRES / "four_tiers.yaml").read_text(encoding="utf-8"))

    (fault,) = check_file(f"{kept}{line}\n".encode()).faults

    assert words in fault.message


@pytest.mark.parametrize("value", ["[1]", "{a: b}", "~"])
def test_a_comparison_with_something_else_than_one_value_is_one_fault(value: str) -> None:
    source = (make.QUESTIONNAIRES / "faulty" / "Q0_missing_in_a_condition.yaml").read_text(encoding="utf-8")
    condition = "equals: {item: A-01, value: " + value + "}"

    (fault,) = check_file(source.replace("at_least:\n                item: A-01", condition).encode()).faults

    assert (fault.code, fault.message.split(".")[0]) == ("Q0_string_type", 'The field "value" is one text or one number')


@pytest.mark.parametrize("path", FAULTY, ids=_name)
def test_a_faulty_file_is_named_after_its_code(path: Path) -> None:
    code = path.read_text(encoding="utf-8").split()[2]
    assert path.stem == code or path.stem.startswith(f"{code}_")


def test_every_code_of_the_checks_has_its_faulty_file() -> None:
    sources = [make.PROJECT / "app" / "domain" / "questionnaire" / "check.py", make.PROJECT / "app" / "infra" / "yaml.py"]
    in_code = {code for source in sources for code in re.findall(r'"(Q1\d\d|Y\d)"', source.read_text(encoding="utf-8"))}

    shown = {path.stem.split("_")[0] for path in FAULTY}

    assert in_code - shown == set()


@pytest.mark.parametrize("path", sorted(make.QUESTIONNAIRES.glob("*.yaml")), ids=_name)
def test_the_small_questionnaires_are_free_of_faults(path: Path) -> None:
    assert check_file(path.read_bytes()).faults == ()


@pytest.mark.parametrize("path", [make.READINESS_FILE, make.BIPA_FOLDER / "questionnaire.yaml"], ids=["readiness", "bipa"])
def test_the_real_questionnaires_are_free_of_faults(path: Path) -> None:
    assert check_file(path.read_bytes()).faults == ()


@pytest.mark.abuse("I9")
def test_a_cycle_of_conditions_names_every_item_on_the_way_round() -> None:
    document = make.questionnaire(
        make.section(
            "A",
            make.yes_no("A-01", show_if=make.answered("A-03")),
            make.yes_no("A-02", show_if=make.answered("A-01")),
            make.yes_no("A-03", show_if=make.negated(make.answered("A-02"))),
        )
    )

    faults = check(document)

    assert [fault.code for fault in faults] == ["Q143"]
    way = re.search(r"circle: (.+)\. Remove", faults[0].message)
    assert way is not None
    steps = way[1].split(" needs ")
    assert steps[0] == steps[-1]
    assert set(pairwise(steps)) == {("A-01", "A-03"), ("A-03", "A-02"), ("A-02", "A-01")}


@pytest.mark.abuse("I9")
def test_a_section_that_waits_for_a_later_one_which_waits_for_it_is_a_cycle() -> None:
    document = make.questionnaire(
        make.section("A", make.yes_no("A-01"), show_if=make.answered("B-01")),
        make.section("B", make.yes_no("B-01"), show_if=make.answered("A-01")),
    )

    assert [fault.code for fault in check(document)] == ["Q143"]


def test_what_must_be_dealt_with_may_depend_on_itself_because_nothing_is_hidden() -> None:
    document = make.questionnaire(make.section("A", make.yes_no("A-01", require_if=make.negated(make.answered("A-01")))))

    assert check(document) == ()


@pytest.mark.abuse("I9")
@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (make.equals("M", 6), "M is never 6; it is one of 1, 2, 3, 4, 5"),
        (make.equals("M", "3"), "M is never 3"),
        (make.equals("YN", "partly"), "YN is never partly; it is one of yes, no"),
        (make.is_in("CH", "small", "huge"), "CH is never huge; it is one of small, large"),
        (make.equals("PC", "many"), "PC is a number, not many"),
        (make.equals("NUM", "many"), "NUM is a number, not many"),
        (make.equals("TX", "words"), "TX cannot be compared with one value"),
        (make.equals("CL", "a"), "CL cannot be compared with one value"),
        (make.includes("CL", "z"), "CL is no checklist with the option z"),
        (make.includes("CH", "small"), "CH is no checklist with the option small"),
        (make.at_least("M", 5.5), "M is never above 5"),
        (make.at_least("PC", 101), "PC is never above 100"),
        (make.at_least("NUM", 1_000_001), "NUM is never above 1000000"),
        (make.at_least("YN", 1), "YN has no levels and is no number"),
        (make.any_of(make.answered("M"), make.negated(make.equals("YN", "perhaps"))), "YN is never perhaps"),
    ],
)
def test_a_comparison_with_a_value_that_never_comes_is_a_fault(condition: Condition, words: str) -> None:
    faults = check(_every_type(condition))

    assert [fault.code for fault in faults] == ["Q142"]
    assert words in faults[0].message


@pytest.mark.parametrize(
    "condition",
    [
        make.equals("M", 5),
        make.equals("YN", "no"),
        make.is_in("CH", "small", "large"),
        make.equals("PC", 12.5),
        make.equals("NUM", 3),
        make.includes("CL", "b"),
        make.at_least("M", 5),
        make.at_least("PC", 100),
        make.at_least("NUM", 1_000_000),
        make.at_least("FREE", 1e9),
        make.answered("TX"),
    ],
)
def test_a_comparison_with_a_possible_value_is_none(condition: Condition) -> None:
    assert check(_every_type(condition)) == ()


def _every_type(condition: Condition) -> Questionnaire:
    return make.questionnaire(
        make.section(
            "A",
            make.maturity("M"),
            make.yes_no("YN"),
            make.choice("CH", {"small": 0, "large": 100}),
            make.checklist("CL", "ab"),
            make.percent("PC"),
            make.number("NUM", maximum=1_000_000),
            make.number("FREE"),
            make.text("TX"),
            make.reference("REF"),
            make.yes_no("LAST", show_if=condition),
        )
    )


def test_partly_may_be_compared_with_where_it_may_be_answered() -> None:
    document = make.questionnaire(
        make.section("A", make.yes_no("A-01", partly_allowed=True), make.yes_no("A-02", show_if=make.equals("A-01", "partly")))
    )

    assert check(document) == ()


def test_an_unscored_choice_needs_no_points_and_an_unscored_number_no_goalposts() -> None:
    document = make.questionnaire(
        make.section(
            "A",
            make.choice("A-01", {"small": None, "large": None}, scored=False),
            make.number("A-02", goalposts=None, scored=False),
            make.checklist("A-03", [Tick(code="other", text="Other", is_scored=False)], scored=False),
        )
    )

    assert check(document) == ()


def test_faults_come_in_the_order_of_the_lines() -> None:
    raw = (make.QUESTIONNAIRES / "conditions.yaml").read_text(encoding="utf-8")
    broken = raw.replace("title:", "titel:").encode()

    faults = check_file(broken).faults

    assert len(faults) > 2
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)


@pytest.mark.abuse("I10")
def test_a_chain_of_a_thousand_nodes_is_checked_in_no_time() -> None:
    nodes = [make.node("N0"), *(make.node(f"N{k}", f"N{k - 1}") for k in range(1, 1_000))]
    document = make.questionnaire(make.section("A", make.yes_no("A-01", node="N999")), nodes=nodes)

    assert check(document) == ()
