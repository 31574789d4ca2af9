"""Answers of many economies from one file: all or nothing, and every fault with its row."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.answers import Answer, AnswerState
from app.kit.actor import ECONOMY_ROLES, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from app.reviews.importing import import_answers
from app.reviews.service import ReviewState
from tests.scenarios import CODE, CYCLE, SMALL, VERSION, Scene, answers_csv, statements

HEAD = "economy,item,state,value,comment,evidence_url\n"
TABLES = ("review", "answer", "answer_revision", "submission", "audit_event", "cycle")
COMPLETE = "AUS,A1,answered,3,,\nAUS,A2,answered,no,,\nAUS,B1,answered,some,,\n"


@pytest.fixture
def ready(scene: Scene) -> Scene:
    return scene.ready()


def refused(scene: Scene, text: str | bytes, *, submit: bool = False) -> list[tuple[str, str]]:
    """Return the row and the code of every fault, and see to it that nothing was stored."""
    before = [scene.count(table) for table in TABLES]
    with pytest.raises(Invalid) as found:
        scene.import_(text if isinstance(text, bytes) else text.encode(), submit=submit)
    assert [scene.count(table) for table in TABLES] == before
    return [(problem.field, problem.code) for problem in found.value.problems]


def test_a_file_fills_reviews_of_many_economies(ready: Scene) -> None:
    done = ready.import_(answers_csv(("AUS", "CHL")), submit=False)

    assert (sorted(done.reviews), done.answers, done.submissions) == (["AUS", "CHL"], 6, ())
    opened = ready.opened(done.reviews["CHL"], ready.person(Role.APPROVER, "CHL"))
    assert {code: answer.value for code, answer in opened.answers.items()} == {"A1": 3, "A2": "no", "B1": "some"}
    assert opened.state is ReviewState.DRAFT


def test_a_file_can_be_submitted_at_once(ready: Scene) -> None:
    done = ready.import_(answers_csv(("AUS", "CHL")))

    assert len(done.submissions) == ready.count("submission") == 2
    assert ready.count("score_sheet") == 4
    assert ready.rows("SELECT DISTINCT state FROM review") == [("submitted",)]


def test_every_fault_is_named_with_its_row_and_nothing_is_stored(ready: Scene) -> None:
    text = (
        "AUS,A1,answered,3,,\n"
        "XYZ,A1,answered,3,,\n"
        "FRA,A1,answered,3,,\n"
        "AUS,Z9,answered,3,,\n"
        "AUS,A1,answered,4,,\n"
        "AUS,B2,answered,1001,,no-address\n"
        "AUS,A2,perhaps,yes,,\n"
        "AUS,B1,answered,gold,,\n"
        "CHL,A1,not_applicable,,why,\n"
        "CHL,B4,answered,1,,\n"
        "CHL,B3,answered,NaN,,\n"
    )

    assert refused(ready, HEAD + text) == [
        ("row 3", "unknown_economy"),
        ("row 4", "unknown_economy"),
        ("row 5", "unknown_item"),
        ("row 6", "duplicate"),
        ("row 7", "out_of_range"),
        ("row 7", "not_an_address"),
        ("row 8", "unknown_state"),
        ("row 9", "unknown_option"),
        ("row 10", "na_not_allowed"),
        ("row 11", "not_answerable"),
        ("row 12", "not_a_number"),
    ]


@pytest.mark.abuse("I17")
def test_a_fault_in_the_last_row_stores_nothing(ready: Scene) -> None:
    """I17."""
    assert refused(ready, answers_csv(("AUS", "CHL")) + b"\nCHL,A1,answered,9,,") == [("row 8", "duplicate")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("AUS,A1,answered,3,Adopted, and funded,,", "columns"),
        ("AUS,A1,answered", "columns"),
        ("AUS", "columns"),
    ],
)
def test_a_ragged_row_is_named(ready: Scene, row: str, code: str) -> None:
    assert refused(ready, HEAD + COMPLETE + row) == [("row 5", code)]


def test_cells_that_may_be_left_out_may_be_missing(ready: Scene) -> None:
    done = ready.import_(b"item,economy,state,value\nA1,AUS,answered,3\nA2,AUS,answered,no\n", submit=False)

    assert done.answers == 2
    assert ready.import_((HEAD + "AUS,A1,answered,4").encode(), submit=False).answers == 1


FURTHER = "economy,item,state,value,not_applicable,reason,comment\n"


def test_a_file_may_name_options_that_do_not_apply_and_a_reason_beside_the_comment(ready: Scene) -> None:
    rows = "AUS,A2,answered,yes,,,\nAUS,A3,answered,privacy;safety,redress,No courts yet.,Since May.\n"

    done = ready.import_((FURTHER + rows).encode(), submit=False)

    opened = ready.opened(done.reviews["AUS"], ready.person(Role.CONTRIBUTOR, "AUS"))
    assert opened.answers["A3"] == Answer(
        AnswerState.ANSWERED, ("privacy", "safety"), "No courts yet.", "Since May.", not_applicable=("redress",)
    )


def test_without_a_reason_of_its_own_the_comment_is_the_reason_as_before(ready: Scene) -> None:
    done = ready.import_((FURTHER + "AUS,B2,not_applicable,,,,Nobody does.\n").encode(), submit=False)

    opened = ready.opened(done.reviews["AUS"], ready.person(Role.CONTRIBUTOR, "AUS"))
    assert opened.answers["B2"] == Answer(AnswerState.NOT_APPLICABLE, None, "Nobody does.", "Nobody does.")


def test_an_option_that_cannot_be_left_out_is_named_with_its_row(ready: Scene) -> None:
    rows = (
        "AUS,A3,answered,safety,privacy,No data.,\n"
        "CHL,A3,answered,redress,redress,No courts yet.,\n"
        "CHL,A1,answered,3,redress,No courts yet.,\n"
    )

    assert refused(ready, FURTHER + rows) == [
        ("row 2", "option_na_not_allowed"),
        ("row 3", "ticked_and_na"),
        ("row 4", "not_a_checklist"),
    ]


def test_rows_are_counted_as_a_spreadsheet_counts_them(ready: Scene) -> None:
    """An empty line is a row, and a cell with a line break in it is one row."""
    text = HEAD + 'AUS,A1,answered,3,,\n\nAUS,A4,answered,"two\nlines",,\nAUS,Z9,answered,1,,\n'

    assert refused(ready, text) == [("row 5", "unknown_item")]


@pytest.mark.parametrize(
    "header",
    [
        "economy,item,value\n",
        "economy,item,state,value,comment,evidence_url,rank\n",
        "economy,item,state,value,value\n",
        "Economy;Item;State;Value\n",
        "",
        "\n",
    ],
)
def test_the_first_row_names_the_columns(ready: Scene, header: str) -> None:
    assert refused(ready, header + COMPLETE) == [("row 1", "columns")]


def test_a_file_without_answers_is_refused(ready: Scene) -> None:
    assert refused(ready, HEAD) == [("row 1", "empty")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (HEAD.encode("utf-16"), "not_utf8"),
        (HEAD.encode() + b"AUS,A4,answered,caf\xe9,,\n", "not_utf8"),
    ],
)
def test_a_file_that_is_not_utf8_is_refused(ready: Scene, raw: bytes, code: str) -> None:
    assert refused(ready, raw) == [("row 1", code)]


@pytest.mark.parametrize("cell", ['"never closed', 'a"b"c" d,,\n"x"y'])
def test_a_broken_quote_is_named(ready: Scene, cell: str) -> None:
    found = refused(ready, HEAD + COMPLETE + f"AUS,A4,answered,{cell}")

    assert [code for _, code in found] in (["not_csv"], ["columns"])
    assert found[0][0] in {"row 5", "row 6"}


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b"])
def test_control_characters_are_refused(ready: Scene, character: str) -> None:
    """I7 and X7: alike on both databases."""
    found = refused(ready, HEAD + f"AUS,A4,answered,a{character}b,,\n")

    assert len(found) == 1
    assert found[0][0] == "row 2"


def test_a_byte_order_mark_and_quotes_and_windows_lines_are_read(ready: Scene) -> None:
    text = HEAD + 'AUS,A4,answered,"He said ""yes"", twice","Hong Kong, China",\n'

    done = ready.import_(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), submit=False)

    opened = ready.opened(done.reviews["AUS"], ready.person(Role.CONTRIBUTOR, "AUS"))
    assert opened.answers["A4"] == Answer(AnswerState.ANSWERED, 'He said "yes", twice', comment="Hong Kong, China")


def test_a_checklist_takes_its_codes_with_semicolons(ready: Scene) -> None:
    text = HEAD + "AUS,A3,answered,redress; privacy,,\nCHL,A3,answered,none,,\n"

    done = ready.import_(text.encode(), submit=False)

    found = {
        economy: ready.opened(review, ready.person(Role.CONTRIBUTOR, economy)).saved["A3"].answer.value
        for economy, review in done.reviews.items()
    }
    assert found == {"AUS": ("privacy", "redress"), "CHL": ()}


def test_a_reason_for_not_applicable_stands_in_the_comment(ready: Scene) -> None:
    done = ready.import_((HEAD + "AUS,B2,not_applicable,,No one does,\n").encode(), submit=False)

    opened = ready.opened(done.reviews["AUS"], ready.person(Role.CONTRIBUTOR, "AUS"))
    assert opened.answers["B2"].reason == "No one does"


def test_an_economy_may_be_named_by_its_abbreviation(ready: Scene) -> None:
    """ROK is Korea's own label; its code is KOR."""
    done = ready.import_((HEAD + "ROK,A1,answered,3,,\nKOR,A2,answered,no,,\n").encode(), submit=False)

    assert (list(done.reviews), done.answers) == (["KOR"], 2)
    assert refused(ready, HEAD + "ROK,B1,answered,all,,\nKOR,B1,answered,all,,\n") == [("row 3", "duplicate")]


def test_an_incomplete_review_is_not_submitted_and_nothing_of_the_file_is_kept(ready: Scene) -> None:
    assert refused(ready, HEAD + COMPLETE + "CHL,A1,answered,3,,\n", submit=True) == [("CHL", "incomplete")]


def test_the_cycle_is_opened_when_it_is_missing(scene: Scene) -> None:
    scene.publish()

    scene.import_(answers_csv(("AUS",)), cycle="2031")

    assert scene.rows("SELECT questionnaire, code, title FROM cycle") == [(CODE, "2031", "Cycle 2031")]


@pytest.mark.parametrize("cycle", ["", "a b", "x" * 65, "../x"])
def test_a_cycle_that_is_no_code_is_refused(scene: Scene, cycle: str) -> None:
    scene.publish()

    with pytest.raises(Invalid):
        scene.import_(answers_csv(("AUS",)), cycle=cycle)

    assert scene.count("review") == 0


def test_an_unknown_version_is_not_found(ready: Scene) -> None:
    with pytest.raises(NotFound):
        ready.import_(answers_csv(("AUS",)), version="2026.2")


def test_only_administrators_import(ready: Scene) -> None:
    for role in [*ECONOMY_ROLES, Role.ANALYST, Role.SECRETARIAT]:
        with pytest.raises(Forbidden), ready.database.write() as session:
            import_answers(session, ready.person(role), CODE, VERSION, CYCLE, answers_csv(("AUS",)), submit=False)


def test_a_second_import_changes_a_draft_and_keeps_its_history(ready: Scene) -> None:
    ready.import_(answers_csv(("AUS",), [2]), submit=False)

    ready.import_(answers_csv(("AUS",), [5]), submit=False)

    assert ready.rows("SELECT version, value FROM answer_revision WHERE item = 'A1' ORDER BY version") == [(1, "2"), (2, "5")]
    assert ready.rows("SELECT max(version) FROM answer_revision WHERE item = 'A2'") == [(1,)]


def answered_by_hand(scene: Scene) -> UUID:
    """A review whose contributor answered A1 with level 4."""
    review = scene.start("AUS")
    scene.save(scene.person(Role.CONTRIBUTOR, "AUS"), review, "A1", "4")
    return review


def test_what_officials_saved_is_not_overwritten(ready: Scene) -> None:
    answered_by_hand(ready)

    with pytest.raises(Invalid) as found:
        ready.import_(answers_csv(("CHL", "AUS"), [5, 5]))

    assert [(problem.field, problem.code) for problem in found.value.problems] == [("AUS", "answered_already")]
    assert "AUS contributor" in found.value.problems[0].message
    assert "--replace" in found.value.problems[0].message
    assert ready.rows("SELECT value FROM answer") == [("4",)]


def test_an_import_that_says_so_replaces_what_officials_saved_and_keeps_the_history(ready: Scene) -> None:
    answered_by_hand(ready)

    ready.import_(answers_csv(("AUS",), [5]), replaces=True)

    history = ready.rows("SELECT version, value, saved_by FROM answer_revision WHERE item = 'A1' ORDER BY version")
    assert history == [(1, "4", "AUS contributor"), (2, "5", "Command line")]


def test_an_imported_submission_says_that_nobody_attested_it(ready: Scene) -> None:
    ready.submitted_many(("AUS",))

    assert ready.rows("SELECT statement FROM submission") == [("Imported by an administrator; not attested by the economy.",)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("AUS,B2,answered,1001,,no-address\n", "1 row cannot be read, so nothing was imported. Correct it and try again."),
        (
            "AUS,Z8,answered,1,,\nAUS,Z9,answered,1,,\n",
            "2 rows cannot be read, so nothing was imported. Correct them and try again.",
        ),
    ],
)
def test_rows_are_counted_not_faults(ready: Scene, text: str, says: str) -> None:
    with pytest.raises(Invalid) as found:
        ready.import_((HEAD + text).encode())

    assert found.value.detail == says


def test_a_list_of_faults_that_is_cut_says_so(ready: Scene) -> None:
    with pytest.raises(Invalid) as found:
        ready.import_((HEAD + "AUS,Z9,answered,1,,\n" * 1_201).encode())

    assert len(found.value.problems) == 200
    assert found.value.detail.startswith("1,201 rows cannot be read")
    assert found.value.detail.endswith("Of 1,201 faults the first 200 are listed.")


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("economy;item;state;value", "semicolons between its cells"),
        ("Economy;Item;State;Value", "semicolons between its cells"),
        ("economy\titem\tstate\tvalue", "tabs between its cells"),
        ("Economy,Item,State,Value", "small letters"),
        ("economy, item, state, value", "without blanks"),
    ],
)
def test_a_first_row_that_is_nearly_right_gets_a_hint(ready: Scene, header: str, hint: str) -> None:
    with pytest.raises(Invalid) as found:
        ready.import_(f"{header}\n".encode())

    assert hint in found.value.problems[0].message


def test_a_submitted_review_takes_no_second_import(ready: Scene) -> None:
    ready.submitted_many(("AUS",))

    with pytest.raises(Conflict, match="AUS is locked"):
        ready.import_(answers_csv(("CHL", "AUS"), [5, 5]))

    assert ready.rows("SELECT DISTINCT economy FROM review") == [("AUS",)]
    assert ready.rows("SELECT value FROM answer WHERE item = 'A1'") == [("3",)]


def test_a_closed_cycle_takes_no_import_even_into_a_draft(ready: Scene) -> None:
    ready.import_(answers_csv(("AUS",)), submit=False)
    ready.close_cycle()

    for economy in ("AUS", "CHL"):
        with pytest.raises(Conflict, match="closed"):
            ready.import_(answers_csv((economy,), [5]))

    assert ready.rows("SELECT value FROM answer WHERE item = 'A1'") == [("3",)]


def test_a_review_of_another_version_takes_no_import(ready: Scene) -> None:
    ready.submitted_many(("AUS",))
    ready.publish(SMALL.replace('"2026.1"', '"2026.2"'))

    with pytest.raises(Conflict, match="another version"):
        ready.import_(answers_csv(("AUS",)), version="2026.2")


def test_statements_grow_with_economies_but_not_with_answers(ready: Scene) -> None:
    few, many = answers_csv(("AUS",)), answers_csv(("CHL",), B2="1", B3="5", A4="Words")
    with statements(ready.database) as for_few:
        ready.import_(few, submit=False)

    with statements(ready.database) as for_many:
        ready.import_(many, submit=False)

    assert len(for_many) == len(for_few)
