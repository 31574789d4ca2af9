"""Twenty-five economies join, leave and withdraw; who kept every copy derives no score that was never public."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

import pytest
from starlette.testclient import TestClient

from app.benchmarks import refresh as rebuilding
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.infra.db import Database
from app.main import create_app
from tests.databases import SQLITE
from tests.releases import adversary
from tests.releases.adversary import WIDTH, Program, Unknown, Worlds, derived, economy_of, figures_of
from tests.releases.play import CODE, CYCLE, ECONOMIES, Kept, Play, Shown
from tests.scenarios import BASE_URL, Scene

OFTEN_NOTHING = (1, 1, 1, 2, 5)
SEEDS = [
    pytest.param(1, (1, 2, 3, 4, 5), id="answers of every level"),
    pytest.param(2, (1, 2, 3, 4, 5), id="other answers of every level"),
    pytest.param(1, OFTEN_NOTHING, id="mostly nothing"),
]
_PROGRAMS = 6


@pytest.fixture
def playing(scene: Scene, backend: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Play]:
    """Play a cycle to its end, and write down what the guard was asked. It is shorter where the database is slower."""

    def play(seed: int, levels: Collection[int], acts: int = 20) -> Play:
        playing = Play(scene, seed, tuple(levels))
        monkeypatch.setattr(rebuilding, "suppressions_of_series", playing.watch)
        playing.join(9, Audience.PEERS)
        playing.keep()
        for _ in range(acts if backend == SQLITE else acts // 4):
            playing.act_at_random()
            playing.keep()
        return playing

    return play


@pytest.mark.parametrize(("seed", "levels"), SEEDS)
def test_nobody_derives_a_score_that_was_not_public(playing: Callable[..., Play], seed: int, levels: Collection[int]) -> None:
    """By linear algebra, as an outsider or as any one of the economies; and of every such score there are worlds that look the
    same in which it is another one, by more than 2 points, to whomever knows its own scores."""
    play = playing(seed, levels)
    worlds = worlds_of(play, play.kept.shown)
    targets = worlds.protected()

    assert all(adversary.same(each.figures, figures_of(each, worlds.scores)) for each in play.kept.shown)
    assert {
        unknown: score for unknown, score in worlds.known.items() if abs(worlds.scores[unknown] - score) > adversary.SAME
    } == {}
    assert everything_derived(play.kept.shown, worlds, targets) == set()
    assert {target: insiders for target in targets if (insiders := worlds.hidden_from(target))} == {}
    assert sum(any(one in each.contributors for each in play.kept.shown) for _, _, one in targets) >= 20


@pytest.mark.parametrize(("seed", "levels"), SEEDS)
def test_linear_programs_find_nobodys_score(playing: Callable[..., Play], seed: int, levels: Collection[int]) -> None:
    play = playing(seed, levels, acts=16)
    worlds = worlds_of(play, play.kept.shown)
    in_figures = [(*target, each) for each in play.kept.shown for target in worlds.protected() if target[2] in each.contributors]
    program = Program(play.kept.shown, worlds.known)

    for series, node, one, shown in play.random.sample(in_figures, min(_PROGRAMS, len(in_figures))):
        insiders = [other for other in sorted(shown.contributors) if economy_of(other) != economy_of(one)]
        assert program.range_of((series, node, one)) > WIDTH
        assert program.range_of((series, node, one), own_scores(worlds, economy_of(play.random.choice(insiders)))) > WIDTH


def test_without_the_guard_the_same_reader_derives_scores(playing: Callable[..., Play]) -> None:
    """The reader finds what is there to find."""
    play = playing(1, (1, 2, 3, 4, 5), acts=16)
    guarded = worlds_of(play, play.kept.shown)
    unguarded = worlds_of(play, unguarded_figures(play, guarded))
    targets = unguarded.protected()

    found = derived(unguarded.shown, unguarded.known, targets)

    assert len(found) >= 10
    assert all(unguarded.hidden_from(target) for target in found)
    assert min(Program(unguarded.shown, unguarded.known).range_of(target) for target in sorted(found)[:3]) < WIDTH
    assert derived(play.kept.shown, guarded.known, targets) == set()


def test_other_worlds_are_decided_alike(playing: Callable[..., Play]) -> None:
    """That figures are hidden depends on scores as well (docs/method.md 6). Where two economies have exchanged their answers,
    the guard mostly says the same on every day, so its silence seldom tells which world is true."""
    play = playing(1, (1, 2, 3, 4, 5), acts=12)
    worlds = worlds_of(play, play.kept.shown)
    targets = [each for each in worlds.protected() if any(each[2] in shown.contributors for shown in play.kept.shown)]

    alike = [decided_alike(play, worlds, target) for target in play.random.sample(targets, min(12, len(targets)))]

    assert sum(alike) > len(alike) / 2


def test_private_acts_change_nothing_that_anybody_else_can_read(
    scene: Scene, database: Database, database_settings: Settings
) -> None:
    """Not a byte, a date, a tag, or a number of lines: who signs and keeps it private is not noticed, not even the first."""
    play = Play(scene, 5)
    client = TestClient(create_app(database_settings, database), base_url=BASE_URL)
    nothing = everything_read(client)
    play.join(3, Audience.PRIVATE)
    first = everything_read(client)
    play.join(9, Audience.PEERS)
    play.join(6, Audience.PUBLIC)
    play.keep()
    before = everything_read(client)

    play.join(2, Audience.PRIVATE)
    silent = [economy for economy in play.reviews if not shares(play, economy)]
    play.sign_anew(silent)
    play.choose(silent, Audience.PRIVATE)

    assert len(silent) == 5
    assert first == nothing
    assert everything_read(client) == before


def worlds_of(play: Play, shown: Collection[Shown]) -> Worlds:
    return Worlds(play.scores(), shown, dict(play.kept.public))


def own_scores(worlds: Worlds, economy: str) -> dict[Unknown, float]:
    return {unknown: score for unknown, score in worlds.scores.items() if economy_of(unknown[2]) == economy}


def everything_derived(shown: Collection[Shown], worlds: Worlds, targets: Collection[Unknown]) -> set[tuple[str, Unknown]]:
    """Return what an outsider and each economy derive of the others."""
    found = {("", target) for target in derived(shown, worlds.known, targets)}
    for economy in ECONOMIES:
        others = [target for target in targets if economy_of(target[2]) != economy]
        known = {*worlds.known, *own_scores(worlds, economy)}
        found |= {(economy, target) for target in derived(shown, known, others)}
    return found


def unguarded_figures(play: Play, worlds: Worlds) -> set[Shown]:
    """Compute the figures of all cells on all days, as if nothing were hidden."""
    kept = Kept()
    for decision in play.decisions:
        for node in decision.nodes:
            for cell in node.cells:
                if cell.contributors:
                    shown = Shown(node.series, node.node, cell.contributors, ())
                    kept.shown.add(Shown(node.series, node.node, cell.contributors, figures_of(shown, worlds.scores)))
    return kept.shown


def decided_alike(play: Play, worlds: Worlds, target: Unknown) -> bool:
    """Tell whether in some world that looks the same, where the target is another, the guard said the same on every day."""
    for world in worlds.look_alikes(target):
        if abs(world[target] - worlds.scores[target]) > WIDTH and all(each.is_repeated_in(world) for each in play.decisions):
            return True
    return False


def shares(play: Play, economy: str) -> bool:
    return bool(play.scene.rows("SELECT 1 FROM shared_score WHERE economy = :economy AND audience <> 'private'", economy=economy))


def everything_read(client: TestClient) -> dict[str, tuple[int, dict[str, str], str]]:
    """Read all that readers without a key get of benchmarks and releases, with the headers that tell of its age."""
    found = {}
    for path in (
        *(
            "/api/v1/benchmarks/scores",
            "/api/v1/benchmarks/cells",
            "/api/v1/benchmarks/scores.csv",
            "/api/v1/benchmarks/cells.csv",
        ),
        *(
            f"/api/v1/benchmarks/cells?questionnaire={CODE}&cycle={CYCLE}",
            f"/api/v1/benchmarks/scores?cycle={CYCLE}&economy=AUS,BRN",
        ),
        *("/benchmarks", f"/benchmarks/{CODE}/{CYCLE}", "/api/v1/groups", "/api/v1/groups/PLAY", "/api/v1/questionnaires"),
        *(
            "/api/v1/cycles",
            "/api/v1/releases",
            f"/api/v1/releases/{CODE}/latest",
            f"/api/v1/releases/{CODE}/{CYCLE}.1.0/bundle.zip",
        ),
        *(f"/api/v1/releases/{CODE}/{CYCLE}.1.0/{part}" for part in ("scores", "cells", "pairs", "items")),
    ):
        answer = client.get(path, follow_redirects=True)
        headers = {name: answer.headers[name] for name in ("etag", "last-modified", "link") if name in answer.headers}
        body = re.sub(r'nonce="[^"]*"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', "", answer.content.decode("latin-1"))
        found[path] = (answer.status_code, headers, body)
    return found
