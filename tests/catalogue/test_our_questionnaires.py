"""The two questionnaires that come with the program: whole, traceable, and true to their outline."""

from __future__ import annotations

import re

import pytest

from app.domain.answers import Answer, AnswerState
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChecklistItem, ChoiceItem, MaturityItem, QuantityItem, RecordsItem, ReferenceItem
from app.domain.questionnaire.style import check_style
from app.domain.questionnaire.trace import links, trace, unmatched, without_clause
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import score
from app.questionnaires.traceability import as_page
from tests import builders as make

APEC_FILE, STATEMENT_FILE = make.READINESS_FILE, make.PROJECT / "questionnaires" / "asean-us-ai" / "2024.1.yaml"
APEC, STATEMENT = make.read_clean(APEC_FILE.read_bytes()), make.read_clean(STATEMENT_FILE.read_bytes())
# The clauses of the Initiative, and into how many parts each is taken apart.
ATOMS = {
    "A.i": 2,
    "A.ii": 5,
    "A.iii": 4,
    "A.iv": 4,
    "B.i": 3,
    "B.ii": 3,
    "B.iii": 4,
    "B.iv": 4,
    "B.v": 4,
    "C.i": 2,
    "C.ii": 2,
    "C.iii": 2,
}
BOTH = pytest.mark.parametrize("document", [APEC, STATEMENT], ids=["apec", "asean-us"])


@BOTH
def test_every_clause_has_an_item_and_every_item_a_clause(document: Questionnaire) -> None:
    assert [traced.clause.code for traced in trace(document) if not traced.items] == []
    assert without_clause(document) == ()


def test_every_clause_atom_of_the_initiative_is_there_with_its_words() -> None:
    expected = [f"{clause}.{number}" for clause, count in ATOMS.items() for number in range(1, count + 1)]

    assert [clause.code for clause in APEC.clauses] == expected
    assert [clause.code for clause in APEC.clauses if not clause.quote] == []


def test_each_of_the_twenty_commitments_has_a_state_of_action() -> None:
    commitments = [f"AU.{number:02}" for number in range(1, 21)]
    states = {f"AU-{number:02}": STATEMENT.items.get(f"AU-{number:02}") for number in range(1, 21)}

    assert [clause.code for clause in STATEMENT.clauses if clause.code != "AU.00"] == commitments
    for item in states.values():
        assert isinstance(item, ChoiceItem)
        assert [option.code for option in item.options] == ["none", "discussed", "planned", "under_way", "delivered"]
    scored = [item for item in states.values() if isinstance(item, ChoiceItem) and item.scored]
    assert [code for code, item in states.items() if item is not None and not item.scored] == ["AU-12", "AU-13"]
    assert {tuple(option.points for option in item.options) for item in scored} == {(0, 25, 50, 75, 100)}


def test_there_are_fifty_core_items_and_six_for_context() -> None:
    core = [item.code for item in APEC.items.values() if item.core]

    assert len([code for code in core if not code.startswith("EC")]) == 50
    assert [code for code in core if code.startswith("EC")] == ["EC-01", "EC-02", "EC-03", "EC-04", "EC-05", "EC-06"]
    assert len([code for code in core if code.startswith("IM")]) == 6
    assert {"B5-06", "B5-07"} <= set(core)


@BOTH
def test_a_maturity_item_has_five_levels_evidence_with_its_age_and_a_focus_area(document: Questionnaire) -> None:
    for item in document.items.values():
        if isinstance(item, MaturityItem):
            assert [level.level for level in item.levels] == [1, 2, 3, 4, 5]
            assert item.evidence.required_from == 4, item.code
            assert item.evidence.max_age_months, item.code
        assert item.focus_area, item.code


@BOTH
def test_a_figure_has_a_unit_goalposts_with_a_source_and_asks_for_its_year(document: Questionnaire) -> None:
    for item in document.items.values():
        if isinstance(item, QuantityItem):
            fields = {field.code for field in document.fields_of(item)}
            assert {"year", "source"} <= fields or {"grade", "period", "baseline", "population", "method"} <= fields, item.code
            assert not item.scored or (item.goalposts is not None and item.goalposts.source), item.code


def test_impact_stands_apart_and_counts_only_where_it_is_attributed() -> None:
    (pillars, enabling, impact) = APEC.profile

    assert [node.code for node in pillars[1]] == ["B1", "B2", "B3", "B4"]
    assert [node.code for node in enabling[1]] == ["A2", "A3", "A4", "B5", "C1", "C2", "C3"]
    assert [node.code for node in impact[1]] == ["IM"]
    assert all(node.parent is None for node in APEC.scheme.nodes)  # no total of any kind
    for item in APEC.items.values():
        if item.code.startswith("IM-") and isinstance(item, QuantityItem):
            grade = next(field for field in APEC.fields_of(item) if field.code == "grade")
            assert [option.counts for option in grade.options] == [False, True, True, True]


def test_needs_offers_and_priorities_are_structured_answers() -> None:
    needs, offers, priorities = (APEC.items[code] for code in ("B5-06", "B5-07", "EC-06"))

    assert isinstance(needs, RecordsItem)
    assert isinstance(offers, RecordsItem)
    assert isinstance(priorities, RecordsItem)
    kinds = [next(field for field in item.fields if field.code == "kind").options for item in (needs, offers)]
    assert kinds[0] == kinds[1]  # so that a need finds an offer
    assert priorities.maximum == 5
    assert {"item", "year"} <= {field.type for field in priorities.fields}


def test_the_statement_has_its_own_participants_words_and_no_total() -> None:
    assert STATEMENT.participants.groups == ("ASEAN-US",)
    assert STATEMENT.participants.opt_in == ("TLS",)
    assert STATEMENT.terminology.participant == "participant"
    assert [node.code for node in STATEMENT.scheme.nodes if node.parent is None] == ["GOV", "SEC", "SKI", "RES", "PRI"]


def test_what_is_superseded_is_shown_and_never_counts() -> None:
    ticks = [
        option
        for item in STATEMENT.items.values()
        if isinstance(item, ChecklistItem)
        for option in item.options
        if option.superseded is not None
    ]

    assert len(ticks) >= 2
    assert not any(option.is_scored for option in ticks)


def test_the_crosswalk_says_same_only_where_one_answer_fits_both() -> None:
    found = links(APEC, STATEMENT)
    same = [link for link in found if link.relation == "same"]

    wrong = [(link.item.code, why) for link in found if (why := unmatched(link, APEC, STATEMENT))]
    assert wrong == []
    assert len(same) == 15
    assert len({link.item.code for link in same}) == len({link.other.code for link in same}) == len(same)
    assert {link.item.code for link in same} >= {"A3-05", "A4-02", "A4-05", "A4-07", "B4-04", "C1-01", "C1-07", "IM-07"}


def test_the_crosswalk_reads_the_same_from_both_sides() -> None:
    there = {(link.item.code, link.other.code, link.relation) for link in links(APEC, STATEMENT)}
    back = {(link.other.code, link.item.code, link.relation) for link in links(STATEMENT, APEC)}

    assert {pair[:2] for pair in there} == {pair[:2] for pair in back}
    assert {pair for pair in there if pair[2] in {"same", "overlaps"}} == {
        pair for pair in back if pair[2] in {"same", "overlaps"}
    }


def test_every_framework_that_a_crosswalk_names_exists_here() -> None:
    known = {document.code: document for document in (APEC, STATEMENT)}

    for document in known.values():
        for item in document.items.values():
            for walk in item.crosswalk:
                assert walk.code in known[walk.framework].items, (item.code, walk)


@BOTH
def test_the_style_has_nothing_to_look_at(document: Questionnaire) -> None:
    assert [(fault.path, fault.message) for fault in check_style(document)] == []


@BOTH
def test_an_example_of_a_maturity_item_names_its_level(document: Questionnaire) -> None:
    for item in document.items.values():
        if isinstance(item, MaturityItem):
            assert re.match(r"Level [1-5]\b", item.example or ""), item.code


def test_no_question_of_the_initiative_is_asked_twice() -> None:
    texts = [item.text for item in APEC.items.values() if not isinstance(item, ReferenceItem)]

    assert len(set(texts)) == len(texts)


def test_the_page_of_traceability_is_up_to_date() -> None:
    assert (make.PROJECT / "docs" / "traceability.md").read_text(encoding="utf-8") == as_page([APEC, STATEMENT])


def test_delivered_without_evidence_counts_as_under_way_in_the_series_that_asks_for_evidence() -> None:
    codes = [code for code, item in STATEMENT.items.items() if item.evidence.cap is not None]
    answers = {code: Answer(AnswerState.ANSWERED, "delivered") for code in codes}

    own, supported = (score(STATEMENT, answers, series).items for series in (Series.SELF, Series.EVIDENCE_SUPPORTED))
    assert len(codes) == 18
    assert {(own[code].score, supported[code].score) for code in codes} == {(100, 75)}
