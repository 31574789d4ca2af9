"""The diagnosis of shared answers: only for administrators, only of what is shared, never of one economy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.benchmarks import consents, method
from app.benchmarks.method import MethodReport
from app.benchmarks.pages.method_parts import foundation_of, parts_of
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Forbidden, NotFound
from app.main import create_app
from tests.scenarios import APEC, BASE_URL, CODE, CYCLE, VERSION, Client, Scene, statements

CHANGING = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def ready(scene: Scene) -> Scene:
    return scene.ready()


def share(scene: Scene, economies_: Sequence[str], audience: Audience = Audience.PEERS, *sections: str) -> dict[str, UUID]:
    """Submit reviews with A1 at level 1 to 5 in turn, and share sections of them (by default, all)."""
    reviews = scene.submitted_many(economies_, [1 + place % 5 for place in range(len(economies_))])
    with scene.database.write() as session:
        for economy, review in reviews.items():
            consents.give(session, COMMAND_LINE, review, economy, dict.fromkeys(sections or ("A", "B"), audience))
    return reviews


def read(scene: Scene, version: str | None = None) -> MethodReport:
    with scene.database.read() as session:
        return method.read_method(session, COMMAND_LINE, CODE, CYCLE, version=version)


def test_only_what_is_shared_counts(ready: Scene) -> None:
    share(ready, APEC[:8])
    share(ready, APEC[8:14], Audience.PUBLIC, "A")
    share(ready, APEC[14:], Audience.PRIVATE)

    report = read(ready)

    assert (report.submitted, report.contributing) == (21, 14)
    assert report.diagnosis is not None
    asked = {item.code: item.asked for item in report.diagnosis.items}
    assert (asked["A1"], asked["B1"]) == (14, 8)
    # Of B one item of three is answered: it is shared, and has no score.
    assert {node.code: (node.shared, node.scored) for node in report.diagnosis.nodes} == {
        "A": (14, 14),
        "B": (8, 0),
        "ALL": (8, 8),
    }


def test_four_economies_are_too_few_for_any_figure(ready: Scene) -> None:
    share(ready, APEC[:4], Audience.PUBLIC)

    report = read(ready)

    found = report.diagnosis
    assert found is not None
    assert found.economies.counts is None
    assert {(item.available, item.statistics, item.same) for item in found.items} == {(None, None, None)}
    assert {(node.available, node.statistics) for node in found.nodes} == {(None, None)}
    assert found.pairs == ()
    assert {(one.alpha, one.alpha_pairwise) for one in found.consistencies} == {(None, None)}
    assert {(one.above_one, one.first) for one in found.dimensions} == {(None, None)}
    assert {(one.change, one.places, one.band_changes) for one in found.removals} == {(None, None, None)}
    assert {move.quantiles for move in found.moves} == {None}
    assert {(one.before, one.after, one.band_changes) for one in found.fillings} == {(None, None, None)}


def test_a_withdrawn_consent_leaves_at_once(ready: Scene) -> None:
    reviews = share(ready, APEC[:8])
    before = read(ready)

    ready.consent("AUS", reviews["AUS"], Audience.PRIVATE)

    assert (before.contributing, read(ready).contributing) == (8, 7)


def test_nobody_shares_at_first(ready: Scene) -> None:
    report = read(ready)

    assert (report.submitted, report.contributing, report.diagnosis, parts_of(report)) == (0, 0, None, [])


def test_the_same_answers_give_the_same_figures(ready: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    share(ready, APEC[:9])
    first = read(ready)

    method._diagnoses.clear()

    assert repr(read(ready)) == repr(first)


def test_no_economy_is_named(ready: Scene) -> None:
    share(ready, APEC)
    report = read(ready)

    words = foundation_of(report) + repr(parts_of(report))

    assert [code for code in APEC if re.search(rf"\b{code}\b", words)] == []


def test_an_unknown_version_or_cycle_is_not_found(ready: Scene) -> None:
    with pytest.raises(NotFound), ready.database.read() as session:
        method.read_method(session, COMMAND_LINE, CODE, "1999")
    with pytest.raises(NotFound):
        read(ready, version="1999.1")
    assert read(ready, version=VERSION).questionnaire.version == VERSION


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_read_it(ready: Scene, role: Role) -> None:
    actor = ready.person(role)

    with pytest.raises(Forbidden), ready.database.read() as session:
        method.read_method(session, actor, CODE, CYCLE)
    report = read(ready)
    with pytest.raises(Forbidden), ready.database.write() as session:
        method.record_reading(session, actor, report)


def test_reading_the_page_is_recorded(ready: Scene) -> None:
    share(ready, APEC[:6])
    administrator = ready.person(Role.ADMINISTRATOR)
    with _client(ready) as client:
        client.sign_in(ready.email(administrator))
        with statements(ready.database) as sent:
            page = client.get(f"/admin/method/{CODE}/{CYCLE}")

    assert page.status_code == 200
    assert "How the method behaves" in page.text
    recorded = ready.rows(
        'SELECT name, detail FROM audit_event JOIN "user" ON "user".id = actor_user_id WHERE action = \'benchmarks.method_read\''
    )
    assert [sql.split("(")[0].strip() for sql in sent if sql.startswith(CHANGING)] == ["INSERT INTO audit_event"]
    assert recorded == [(administrator.name, '{"contributing":6,"version":"2026.1"}')]


def test_officials_do_not_reach_the_page(ready: Scene) -> None:
    with _client(ready) as client:
        client.sign_in(ready.email(ready.person(Role.COORDINATOR)))

        assert client.get("/admin/method").status_code == 403
        assert client.get(f"/admin/method/{CODE}/{CYCLE}").status_code == 403
    assert ready.rows("SELECT 1 FROM audit_event WHERE action = 'benchmarks.method_read'") == []


def _client(scene: Scene) -> Client:
    app: FastAPI = create_app(Settings(base_url=BASE_URL), scene.database)
    return Client(app)
