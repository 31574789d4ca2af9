"""Names that can be edited, groups that are fixed, cycles that open and close, figures of others."""

from __future__ import annotations

import threading

import pytest

from app.economies import references, service
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tests.scenarios import APEC, CODE, CYCLE, Scene, statements

NEW_NAMES = {"short_name": "Aotearoa", "formal_name": "Aotearoa New Zealand", "list_name": "Aotearoa", "abbreviation": "ANZ"}


def test_apec_economies_come_first_in_apecs_own_order(database: Database) -> None:
    with database.read() as session:
        economies = service.list_economies(session)

    assert tuple(economy.code for economy in economies[:21]) == APEC
    assert [economy.apec_order for economy in economies[:21]] == list(range(1, 22))
    assert {economy.apec_order for economy in economies[21:]} == {None}


def test_economies_bear_apecs_own_names(database: Database) -> None:
    with database.read() as session:
        names = service.names(session)

    assert names["HKG"].short_name == "Hong Kong, China"
    assert names["TWN"].short_name == "Chinese Taipei"
    assert names["KOR"].abbreviation == "ROK"
    assert [code for code, name in names.items() if not all((name.short_name, name.formal_name, name.list_name))] == []


def test_an_administrator_renames_an_economy_and_its_code_stays(scene: Scene) -> None:
    with scene.database.write() as session:
        service.rename(session, COMMAND_LINE, "NZL", **{**NEW_NAMES, "short_name": "  Aotearoa "})

    with scene.database.read() as session:
        found = service.get_economy(session, "NZL")
    assert (found.code, found.short_name, found.abbreviation) == ("NZL", "Aotearoa", "ANZ")
    assert scene.rows("SELECT action, economy FROM audit_event") == [("economies.renamed", "NZL")]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_renames_or_opens_or_closes(scene: Scene, role: Role) -> None:
    scene.open_cycle()
    actor = scene.person(role)

    with pytest.raises(Forbidden), scene.database.write() as session:
        service.rename(session, actor, "NZL", **NEW_NAMES)
    with pytest.raises(Forbidden), scene.database.write() as session:
        service.open_cycle(session, actor, CODE, "2027")
    with pytest.raises(Forbidden), scene.database.write() as session:
        service.close_cycle(session, actor, CODE, CYCLE)

    assert scene.rows("SELECT code, is_open FROM cycle") == [(CYCLE, True)]


@pytest.mark.parametrize(("field", "text"), [("short_name", ""), ("formal_name", " "), ("abbreviation", "NINELONGS")])
def test_a_name_that_does_not_fit_is_named(scene: Scene, field: str, text: str) -> None:
    with pytest.raises(Invalid) as refused, scene.database.write() as session:
        service.rename(session, COMMAND_LINE, "NZL", **{**NEW_NAMES, field: text})

    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize("text", ["a\x00b", "a\x07b", "a\x1bb"])
def test_a_name_holds_no_control_characters(scene: Scene, text: str) -> None:
    """X7, and NUL alike on both databases."""
    with pytest.raises(Invalid), scene.database.write() as session:
        service.rename(session, COMMAND_LINE, "NZL", **{**NEW_NAMES, "short_name": text})


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a\u2028b", "a\x85b"])
@pytest.mark.parametrize("field", list(NEW_NAMES))
def test_a_name_is_one_line(scene: Scene, field: str, text: str) -> None:
    with pytest.raises(Invalid) as refused, scene.database.write() as session:
        service.rename(session, COMMAND_LINE, "NZL", **{**NEW_NAMES, field: text})

    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize(
    ("field", "text"),
    [("short_name", "Australia"), ("short_name", " AUSTRALIA "), ("abbreviation", "rok"), ("abbreviation", "HKC")],
)
def test_no_two_economies_are_called_the_same(scene: Scene, field: str, text: str) -> None:
    with pytest.raises(Invalid) as refused, scene.database.write() as session:
        service.rename(session, COMMAND_LINE, "NZL", **{**NEW_NAMES, field: text})

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, "name_taken")]


def test_an_economy_keeps_its_own_names(scene: Scene) -> None:
    with scene.database.write() as session:
        for _ in range(2):
            service.rename(session, COMMAND_LINE, "NZL", **NEW_NAMES)


def test_unknown_economies_are_not_found(database: Database) -> None:
    with database.write() as session:
        for code in ("XXX", "nzl", "", "NZL "):
            with pytest.raises(NotFound):
                service.get_economy(session, code)
            with pytest.raises(NotFound):
                service.rename(session, COMMAND_LINE, code, **NEW_NAMES)


def test_groups_list_their_members_in_the_order_of_lists(database: Database) -> None:
    with database.read() as session, statements(database) as sent:
        groups = service.groups(session)

    assert groups["APEC"].economies == APEC
    assert len(groups["BIPA"].economies) == 120
    assert {group.kind for group in groups.values()} == {"members", "peers"}
    assert len(sent) == 3


@pytest.mark.parametrize(
    ("groups", "opt_in", "count"),
    [
        ((), (), None),
        (("APEC",), (), 21),
        (("APEC",), ("FRA",), 22),
        (("APEC", "ASEAN"), (), 25),
        (("NONE",), (), 0),
        ((), ("FRA",), 1),
    ],
)
def test_participants_are_members_and_those_who_opted_in(
    database: Database, groups: tuple[str, ...], opt_in: tuple[str, ...], count: int | None
) -> None:
    with database.read() as session:
        everybody = len(service.list_economies(session))
        found = service.participants(session, groups, opt_in)

    assert len(found) == (everybody if count is None else count)
    assert len(set(found)) == len(found)


def test_a_cycle_opens_once_a_questionnaire(scene: Scene) -> None:
    scene.open_cycle()

    with pytest.raises(Conflict, match="exists already"):
        scene.open_cycle()
    with scene.database.write() as session:
        service.open_cycle(session, COMMAND_LINE, "another", CYCLE)

    assert scene.count("cycle") == 2


def test_of_two_who_open_a_cycle_at_once_the_second_is_told(scene: Scene) -> None:
    refusals: list[Exception] = []

    def open_too() -> None:
        try:
            scene.open_cycle()
        except Conflict as refusal:
            refusals.append(refusal)

    thread = threading.Thread(target=open_too)
    with scene.database.write() as session:
        service.open_cycle(session, COMMAND_LINE, CODE, CYCLE)
        thread.start()
        thread.join(0.3)
    thread.join(10)

    assert len(refusals) == 1
    assert scene.count("cycle") == 1


@pytest.mark.parametrize(
    ("code", "title"), [("", ""), ("a b", ""), ("ü", ""), ("x" * 65, ""), ("2027", "x" * 201), ("2027", "a\x00b")]
)
def test_a_cycle_that_cannot_be_stored_is_refused_in_words(scene: Scene, code: str, title: str) -> None:
    with pytest.raises(Invalid), scene.database.write() as session:
        service.open_cycle(session, COMMAND_LINE, CODE, code, title=title)

    assert scene.count("cycle") == 0


def test_a_closed_cycle_stays_readable(scene: Scene) -> None:
    scene.open_cycle()

    scene.close_cycle()

    with scene.database.read() as session:
        assert service.get_cycle(session, CODE, CYCLE).is_open is False
    with pytest.raises(NotFound):
        scene.close_cycle("2099")


def test_reference_figures_are_loaded_once_and_never_rounded(scene: Scene) -> None:
    scene.load_references()
    count = scene.count("reference_figure")

    scene.load_references()

    assert scene.count("reference_figure") == count > 1_000
    with scene.database.read() as session:
        figures = references.list_figures(session, ["AUS"], ["GTMI"])
    assert [figure.period for figure in figures] == sorted((figure.period for figure in figures), reverse=True)
    assert {(figure.economy, figure.series, figure.source) for figure in figures} == {
        ("AUS", "GTMI", "World Bank GovTech Dataset")
    }
    assert [figure.period for figure in references.latest(figures)] == [figures[0].period]


def test_nobody_has_no_figures(scene: Scene) -> None:
    scene.load_references()

    with scene.database.read() as session:
        assert references.list_figures(session, []) == []
        assert references.list_figures(session, ["XXX"]) == []
        assert references.list_figures(session, ["AUS"], ["NOTHING"]) == []
