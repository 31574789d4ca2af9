"""Every published number is computed again by one command, and whatever is not as published is named."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.domain.benchmark.consent import Audience
from app.domain.release.content import ReleaseContent
from app.domain.release.recompute import Outcome
from app.domain.release.recompute_public import CHILDREN_MISSING, FROM_ANSWERS, NOT_ALL_PUBLIC, recompute_public
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Forbidden, NotFound
from app.releases import patching, sealing, service
from app.releases.bundle import read_bundle
from app.releases.bundle.reading import NoBundle
from app.releases.sealed_file import BadSealedFile, read_sealed_file
from tests.releases.test_withdrawing import LATER, LEAVING, PEERS, PUBLIC, review_of, sign_anew
from tests.scenarios import APEC, CODE, CYCLE, Scene, answers_csv


@pytest.fixture
def shared(scene: Scene) -> Scene:
    return scene.ready().shared(public=PUBLIC, peers=PEERS)


def verify(scene: Scene, number: str = service.LATEST) -> sealing.Verified:
    with scene.database.read() as session:
        return sealing.verify(session, COMMAND_LINE, CODE, number)


def exported(scene: Scene) -> bytes:
    with scene.database.write() as session:
        return sealing.export(session, COMMAND_LINE, CODE, service.LATEST)


def released(scene: Scene) -> service.PublishedRelease:
    with scene.database.read() as session:
        return service.get_release(session, CODE)


def test_every_number_is_computed_again_to_the_last_digit(shared: Scene) -> None:
    shared.release()

    found = verify(shared)

    assert found.is_good
    assert found.is_exact
    assert found.outcome.agreed > 1_000


def test_earlier_releases_are_computed_again_whatever_happened_since(shared: Scene) -> None:
    first = shared.release()
    sign_anew(shared, LEAVING)
    shared.consent(PUBLIC[1], review_of(shared, PUBLIC[1]), Audience.PRIVATE)
    shared.consent(LATER, shared.submitted(LATER), Audience.PUBLIC)
    (patch,) = patching.patch_due(shared.database)

    assert verify(shared, str(first.number)).is_good
    assert verify(shared, str(patch.number)).is_good


def test_figures_that_stand_for_an_earlier_revision_are_computed_from_it(scene: Scene) -> None:
    """Four of nineteen sign anew: the group's figures stay those of what was signed first, or are hidden."""
    shared = scene.ready().shared(public=APEC[:13], peers=APEC[13:19])
    shared.release()
    shared.consent(APEC[19], shared.submitted(APEC[19]), Audience.PEERS)

    entry = shared.release()

    assert any(cell.n == 19 for cell in released(shared).content.cells)
    assert verify(shared, str(entry.number)).is_good


def test_the_sealed_file_needs_no_database(shared: Scene) -> None:
    shared.release()
    raw = exported(shared)

    file = read_sealed_file(raw)
    found = sealing.verified(file.record, file.content, file.checksum, file.sealed.numpy_version)

    assert found.is_good
    assert found.outcome.agreed == verify(shared).outcome.agreed
    assert raw == exported(shared)
    assert shared.rows("SELECT count(*) FROM audit_event WHERE action = 'releases.record_exported'") == [(2,)]


def test_a_published_number_that_was_changed_is_named(shared: Scene) -> None:
    shared.release()
    file = read_sealed_file(exported(shared))
    content = json.loads(file.content)
    content["scores"][0]["score"] += 0.001
    content["pairs"][0]["probability"] = 0.5

    found = sealing.verified(file.record, json.dumps(content), file.checksum, file.sealed.numpy_version)

    assert not found.is_whole
    assert [each.name.split()[0] for each in found.outcome.differences] == ["score", "pair"]


def test_another_numpy_is_told_and_compared_within_a_tolerance(shared: Scene) -> None:
    shared.release()
    file = read_sealed_file(exported(shared))

    found = sealing.verified(file.record, file.content, file.checksum, "1.0.0")

    assert found.is_good
    assert not found.is_exact


@pytest.mark.parametrize("part", ["answers/AUS-1.json", "questionnaires/2026.1.json", "sealed.json", "checksum.txt"])
def test_a_sealed_file_that_was_changed_is_refused(shared: Scene, part: str) -> None:
    shared.release()
    changed = _with_part(exported(shared), part, None if part == "checksum.txt" else b"{}")

    with pytest.raises(BadSealedFile):
        read_sealed_file(changed)


@pytest.mark.parametrize("raw", [b"", b"PK", b"no zip"])
def test_what_is_no_zip_file_is_refused(raw: bytes) -> None:
    with pytest.raises(BadSealedFile):
        read_sealed_file(raw)
    with pytest.raises(NoBundle):
        read_bundle(raw)


def test_only_administrators_compute_again_or_take_the_record_out(shared: Scene) -> None:
    shared.release()
    analyst = shared.person(Role.ANALYST)

    with shared.database.read() as session:
        with pytest.raises(Forbidden):
            sealing.verify(session, analyst, CODE, service.LATEST)
        with pytest.raises(Forbidden):
            sealing.export(session, analyst, CODE, service.LATEST)
        with pytest.raises(NotFound):
            sealing.verify(session, COMMAND_LINE, CODE, f"{CYCLE}.9.0")


def test_the_record_holds_answers_of_contributors_only(shared: Scene) -> None:
    shared.submitted(LATER)  # private
    shared.release()

    with zipfile.ZipFile(io.BytesIO(exported(shared))) as archive:
        names = {name[8:11] for name in archive.namelist() if name.startswith("answers/")}

    assert names == {*PUBLIC, *PEERS}


def whole(scene: Scene, public: Sequence[str], peers: Sequence[str] = ()) -> Scene:
    """Share reviews in which everything is answered, and release them: every part of a score then has one of its own."""
    members = [*public, *peers]
    levels = [1 + (place + 2) % 5 for place in range(len(members))]
    done = scene.ready().import_(answers_csv(members, levels, B2="250", B3="100"))
    with scene.database.write() as session:
        for economy, review in done.reviews.items():
            audience = Audience.PUBLIC if economy in public else Audience.PEERS
            consents.give(session, COMMAND_LINE, review, economy, {"A": audience, "B": audience})
        refresh(session, economies.get_cycle(session, CODE, CYCLE).id)
    scene.release()
    return scene


def computed_from_public(scene: Scene, content: ReleaseContent | None = None) -> Outcome:
    found = released(scene)
    with scene.database.read() as session:
        groups = {code: group.economies for code, group in economies.groups(session).items()}
    return recompute_public(content or found.content, found.documents, checksum=found.entry.checksum, groups=groups)


def test_public_figures_give_scores_from_their_parts_and_bands(scene: Scene) -> None:
    shared = whole(scene, PUBLIC, PEERS)

    outcome = computed_from_public(shared)

    # The checksum; the score and coverage of ALL in both series; bands and grades of all three nodes.
    assert outcome.differences == ()
    assert outcome.agreed == 1 + 2 * 2 * len(PUBLIC) + 2 * 3 * 2 * len(PUBLIC)
    assert outcome.not_computed[CHILDREN_MISSING] == 2 * 2 * 2 * len(PUBLIC)
    assert outcome.not_computed[NOT_ALL_PUBLIC] > 0
    assert outcome.not_computed[FROM_ANSWERS] > len(released(shared).content.pairs)


def test_figures_of_groups_follow_where_everybody_is_public(scene: Scene) -> None:
    shared = whole(scene, APEC[:16])

    outcome = computed_from_public(shared)

    assert any(cell.n == 16 for cell in released(shared).content.cells)
    assert outcome.differences == ()
    assert NOT_ALL_PUBLIC not in outcome.not_computed


def test_a_public_figure_that_was_changed_is_named(scene: Scene) -> None:
    shared = whole(scene, PUBLIC, PEERS)
    content = released(shared).content
    rows = list(content.scores)
    place = next(place for place, row in enumerate(rows) if row.node == "ALL")
    changed = rows[place]
    rows[place] = replace(changed, score=(changed.score or 0) + 1e-6)

    outcome = computed_from_public(shared, replace(content, scores=tuple(rows)))

    names = ["checksum", f"score {changed.version} {changed.series} ALL {changed.economy}"]
    assert [each.name for each in outcome.differences] == names


def _with_part(raw: bytes, name: str, content: bytes | None) -> bytes:
    """Replace a part of an archive, or leave it out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(buffer, "w") as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
            elif content is not None:
                new.writestr(each, content)
    return buffer.getvalue()
