"""Evidence of answers: attached beside them, kept with versions, frozen with what is signed, and seen by nobody else."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from app.audit import service as audit
from app.domain.answers import Answer, AnswerState, Piece
from app.domain.reading import RawAnswer
from app.domain.scoring.normalise import Series
from app.domain.signed_answers import answers_from_text, answers_to_text
from app.evidence import service as evidence
from app.evidence.contents import Limits
from app.evidence.refusals import BadFile
from app.evidence.service import Described
from app.infra.objects import LocalObjects
from app.kit import clock
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from app.kit.ids import sha256
from app.reviews import attaching, evidence_queries, sign_off
from app.reviews.answering import Entry
from app.reviews.attaching import Files, SentFile
from app.reviews.service import get_for
from app.scores import service as scores
from tests.evidence.files import PDF
from tests.scenarios import COMPLETE, Scene, statements
from tests.threads import seeing

LAW = "https://example.org/act"
LIMITS = Limits(largest=20_000_000, bytes_of_economy=1_000_000, files_of_economy=10, free_bytes=0)


class Team:
    """The officials of one economy with their review and its evidence; every step is the service's own."""

    def __init__(self, scene: Scene, files: Files, economy: str = "NZL") -> None:
        self.scene, self.files = scene, files
        self.official = scene.person(Role.CONTRIBUTOR, economy)
        self.review = scene.start(economy)

    def link(self, item: str = "A2", title: str = "The act", url: str = LAW) -> UUID:
        with self.scene.database.write() as session:
            return attaching.add_link(session, self.official, self.review, item, Described(title), url)

    def file(self, item: str = "A1", name: str = "plan.pdf", content: bytes = PDF, title: str = "") -> UUID:
        sent = SentFile(name, content)
        return attaching.add_file(self.scene.database, self.files, self.official, self.review, item, Described(title), sent)

    def choose(self, item: str, ticked: list[UUID], shown: list[UUID], actor: Actor | None = None) -> None:
        with self.scene.database.write() as session:
            attaching.choose(session, actor or self.official, self.review, item, shown=shown, ticked=ticked)

    def attached(self, item: str) -> list[str]:
        review = self.scene.opened(self.review, self.official)
        return [piece.title for piece in review.attached.get(item, ())]


@pytest.fixture
def files(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(LocalObjects(tmp_path_factory.mktemp("files") / "kept"), LIMITS)


@pytest.fixture
def team(scene: Scene, files: Files) -> Team:
    return Team(scene.ready(), files)


def test_one_piece_supports_many_answers_and_is_stored_once(team: Team) -> None:
    plan = team.file("A1")
    team.choose("B1", [plan], [plan])

    assert team.attached("A1") == team.attached("B1") == ["plan.pdf"]
    assert team.scene.count("stored_file") == team.scene.count("evidence") == 1


@pytest.mark.abuse("T11")
def test_the_same_content_is_stored_once_for_each_economy_and_never_across(team: Team) -> None:
    """T11: nobody learns by the time or the room it takes that others have the same file."""
    other = Team(team.scene, team.files, "PER")
    team.file("A1")
    team.file("A2", name="copy.pdf")
    other.file("A1")

    kept = team.scene.rows("SELECT economy, sha256 FROM stored_file ORDER BY economy")
    assert kept == [("NZL", sha256(PDF)), ("PER", sha256(PDF))]
    assert len(list(team.files.objects.each())) == 2


def test_attaching_while_a_colleague_edits_the_answer_is_no_conflict(team: Team) -> None:
    saved = team.scene.save(team.official, team.review, "A2", "yes")
    team.link("A2")
    team.scene.save(team.scene.person(Role.COORDINATOR), team.review, "A2", "no", seen=saved.version)

    answer = team.scene.opened(team.review).answers["A2"]
    assert (answer.value, [piece.url for piece in answer.evidence]) == ("no", [LAW])
    assert team.scene.opened(team.review).saved["A2"].answer.evidence == ()


def test_saving_the_same_answer_again_stays_harmless_with_evidence(team: Team) -> None:
    team.link("A2")
    saved = team.scene.save(team.official, team.review, "A2", "yes")
    again = team.scene.save(team.official, team.review, "A2", "yes", seen=saved.version)
    section = team.scene.save_section(team.official, team.review, "A", {"A2": Entry(RawAnswer(value="yes"), 1)})

    assert again.version == saved.version == 1
    assert (section.changed, section.conflicts) == ((), ())


def test_what_a_colleague_attached_meanwhile_stays_and_what_was_unticked_goes(team: Team) -> None:
    first, second = team.link("A2", "First"), team.link("A2", "Second")
    third = team.link("A2", "Third")

    team.choose("A2", [second], shown=[first, second])

    assert team.attached("A2") == ["Second", "Third"]
    rows = team.scene.rows("SELECT removed_by FROM answer_evidence WHERE removed_at IS NOT NULL")
    assert rows == [(team.official.name,)]
    assert third is not None


def test_attached_evidence_counts_as_a_link_does(team: Team) -> None:
    team.scene.fill(team.review, given={code: replace(raw, evidence_url="") for code, raw in COMPLETE.items()})
    team.scene.hand_over(team.review)
    team.scene.sign(team.review)
    team.scene.reopen(team.review)
    team.link("A2")
    team.scene.hand_over(team.review)
    team.scene.sign(team.review)

    with team.scene.database.read() as session:
        without, supported = (
            scores.get_results(session, team.official, team.review, revision).sheets[Series.EVIDENCE_SUPPORTED].items["A2"].score
            for revision in (1, 2)
        )
    assert (without, supported) == (0, 100)


def test_the_command_line_scores_what_is_attached_too(team: Team) -> None:
    team.scene.save(team.official, team.review, "A2", "yes")
    team.link("A2")
    cycle = UUID(str(team.scene.rows("SELECT id FROM cycle")[0][0]))

    with team.scene.database.read() as session:
        (review,) = sign_off.open_of_cycle(session, cycle)

    assert review.answers["A2"].has_evidence


def test_a_submission_freezes_what_was_attached_inside_its_hash(team: Team) -> None:
    team.scene.fill(team.review)
    plan, act = team.file("A1", title="The plan"), team.link("A2")
    team.scene.hand_over(team.review)
    entry = team.scene.sign(team.review)
    team.scene.reopen(team.review)
    with team.scene.database.write() as session:
        attaching.change_link(session, team.official, team.review, act, Described("Amended"), f"{LAW}/2", seen=1)
        attaching.detach(session, team.official, team.review, "A1", plan)

    with team.scene.database.read() as session:
        answers = sign_off.get_submission(session, team.official, team.review, 1).answers
    ((text, digest, content_hash),) = team.scene.rows("SELECT answers, answers_hash, content_hash FROM submission")
    assert answers["A1"].evidence == (Piece(str(plan), 1, "The plan", "", "plan.pdf", sha256(PDF)),)
    assert answers["A2"].evidence == (Piece(str(act), 1, "The act", LAW),)
    assert digest == entry.answers_hash == sha256(f"{content_hash}\n{text}".encode())
    assert json.loads(str(text))["A2"]["evidence"] == [{"id": str(act), "title": "The act", "url": LAW, "version": 1}]


def test_submissions_from_before_keep_their_text_and_both_forms_are_read() -> None:
    before = {"A2": Answer(AnswerState.ANSWERED, "yes", evidence_url=LAW)}
    old = '{"A2":{"comment":"","evidence_url":"https://example.org/act","reason":"","state":"answered","value":"yes"}}'
    now = {
        "A2": replace(before["A2"], evidence=(Piece(str(uuid4()), 3, "Größe", "", "a.pdf", "0" * 64), Piece("x", 1, "y", LAW)))
    }

    assert answers_to_text(before) == old
    assert answers_from_text(old) == before
    assert answers_from_text(answers_to_text(now)) == now


def test_older_versions_stay_and_a_stale_change_is_refused(team: Team) -> None:
    plan = team.file("A1")
    newer = PDF.replace(b"1.7", b"1.5")
    replaced = SentFile("plan-2.pdf", newer)
    attaching.replace_file(team.scene.database, team.files, team.official, team.review, plan, replaced, seen=1)

    with team.scene.database.read() as session:
        entry, versions = evidence.get_evidence(session, team.official, plan)
        first = evidence.get_file(session, team.official, plan, 1)
    assert [version.file_name for version in versions] == ["plan-2.pdf", "plan.pdf"]
    assert (entry.current.version, entry.current.title, first.sha256) == (2, "plan.pdf", sha256(PDF))
    with pytest.raises(Conflict), team.scene.database.write() as session:
        attaching.describe_file(session, team.official, team.review, plan, Described("Mine"), seen=1)


def test_saving_a_change_that_changes_nothing_makes_no_version(team: Team) -> None:
    act = team.link("A2")
    with team.scene.database.write() as session:
        attaching.change_link(session, team.official, team.review, act, Described("The act"), LAW, seen=1)

    assert team.scene.count("evidence_version") == 1


def test_a_piece_is_attached_to_an_item_once_however_often_it_is_sent(team: Team) -> None:
    act = team.link("A1")
    team.choose("A2", [act, act], [act])
    team.choose("A2", [act, act], [act])
    with team.scene.database.write() as session:
        attaching.take_along(session, team.official, team.review, "B1", [act, act])

    assert team.attached("A2") == team.attached("B1") == ["The act"]
    assert team.scene.count("answer_evidence") == 3


def test_the_database_too_keeps_a_piece_from_being_attached_twice(team: Team) -> None:
    act = team.link("A2")
    team.choose("A2", [], [act])
    team.choose("A2", [act], [act])

    with pytest.raises(IntegrityError), team.scene.database.write() as session:
        row = get_for(session, team.official, team.review)
        evidence_queries.attach(session, row, "A2", [act], team.official, clock.now())
    assert team.attached("A2") == ["The act"]


@pytest.mark.parametrize("act", ["remove", "change"])
@pytest.mark.abuse("R14")
def test_a_piece_is_left_alone_when_a_hand_over_is_faster(team: Team, act: str) -> None:
    """Who comes second waits for the hand-over, and then learns that the approver is reading."""
    team.scene.fill(team.review)
    piece = team.link("A2")
    coordinator = team.scene.person(Role.COORDINATOR)
    refusals: list[str] = []

    def too_late() -> None:
        try:
            (_remove if act == "remove" else _change)(team, piece)
        except Conflict as refusal:
            refusals.append(str(refusal))

    other = threading.Thread(target=seeing(too_late))
    with team.scene.database.write() as session:
        sign_off.ask_for_sign_off(session, coordinator, team.review)
        other.start()
        other.join(0.3)
    other.join(10)

    assert len(refusals) == 1
    assert "waits for the approver" in refusals[0]
    assert team.attached("A2") == ["The act"]


def test_evidence_is_locked_with_the_answers(team: Team) -> None:
    team.scene.fill(team.review)
    act = team.link("A2")
    team.scene.hand_over(team.review)

    for change in (
        lambda: team.link("A2", "Late"),
        lambda: team.file("A1"),
        lambda: team.choose("A2", [], [act]),
        lambda: _change(team, act),
        lambda: _remove(team, act),
    ):
        with pytest.raises(Conflict):
            change()
    assert team.attached("A2") == ["The act"]
    assert team.scene.count("evidence") == 1


def test_removing_takes_what_nobody_signed_and_hides_what_somebody_did(team: Team) -> None:
    team.scene.fill(team.review)
    act, draft = team.link("A2"), team.link("A1", "Draft")
    assert _remove(team, draft)
    team.scene.hand_over(team.review)
    team.scene.sign(team.review)
    team.scene.reopen(team.review)

    assert not _remove(team, act)

    with team.scene.database.read() as session:
        kept, _versions = evidence.get_evidence(session, team.official, act)
        assert kept.is_hidden
        with pytest.raises(NotFound):
            evidence.get_evidence(session, team.official, draft)
        review = team.scene.opened(team.review)
        assert attaching.list_offered(session, team.official, review, "A2") == []
        assert sign_off.get_submission(session, team.official, team.review, 1).answers["A2"].evidence[0].title == "The act"
    assert team.attached("A2") == []


@pytest.mark.abuse("T1", "T3", "T7")
def test_nobody_of_another_economy_learns_that_evidence_exists(team: Team) -> None:
    """T1, T3, T7: by id, by review, by attaching it to one's own."""
    act, plan = team.link("A2"), team.file("A1")
    other = Team(team.scene, team.files, "PER")
    random = uuid4()

    with team.scene.database.read() as session:
        assert evidence.list_evidence(session, other.official) == []
        for missing in (plan, random):
            with pytest.raises(NotFound) as refused:
                evidence.get_file(session, other.official, missing, 1)
            assert str(refused.value) == str(NotFound("file"))
    with pytest.raises(NotFound):
        other.choose("A2", [act], [act])
    with pytest.raises(NotFound):
        team.choose("A2", [], [act], other.official)
    with pytest.raises(NotFound), team.scene.database.write() as session:
        attaching.remove(session, other.official, other.review, act)
    for stranger in (team.scene.person(Role.SECRETARIAT), team.scene.person(Role.ADMINISTRATOR), COMMAND_LINE):
        with pytest.raises(Forbidden), team.scene.database.read() as session:
            evidence.list_evidence(session, stranger)
    assert team.attached("A2") == ["The act"]


@pytest.mark.abuse("F9")
def test_a_file_that_cannot_be_kept_leaves_nothing_behind(team: Team) -> None:
    small = Team(team.scene, Files(team.files.objects, replace(LIMITS, files_of_economy=1)), "PER")
    small.file("A1")

    for name, content in (
        ("another.pdf", PDF.replace(b"1.7", b"1.6")),
        ("a.exe", PDF),
        ("big.pdf", PDF + b"x" * LIMITS.largest),
    ):
        with pytest.raises(BadFile):
            small.file("A1", name=name, content=content)
    with pytest.raises(Invalid):
        small.file("A1", content=PDF.replace(b"1.7", b"1.4"), title="x" * 201)
    assert team.scene.count("evidence") == team.scene.count("stored_file") == len(list(team.files.objects.each())) == 1


def test_a_content_that_is_kept_already_needs_no_room(team: Team) -> None:
    small = Team(team.scene, Files(team.files.objects, replace(LIMITS, files_of_economy=1)), "PER")
    small.file("A1")
    small.file("A2", name="again.pdf")

    assert team.scene.count("evidence_version") == 2


@pytest.mark.parametrize(
    ("described", "url", "field", "code"),
    [
        (Described(""), LAW, "title", "title_missing"),
        (Described("x" * 201), LAW, "title", "title_too_long"),
        (Described("a\nb"), LAW, "title", "title_too_long"),
        (Described("a\x1bb"), LAW, "title", "control_characters"),
        (Described("a", "31.12.2025"), LAW, "dated_on", "not_a_date"),
        (Described("a", "", "9999-01-01"), LAW, "retrieved_on", "date_in_the_future"),
        (Described("a"), "", "url", "address_missing"),
        (Described("a"), "javascript:alert(1)", "url", "not_an_address"),
    ],
)
def test_what_cannot_be_kept_of_a_link_is_named_at_its_field(
    team: Team, described: Described, url: str, field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused, team.scene.database.write() as session:
        attaching.add_link(session, team.official, team.review, "A2", described, url)

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, code)]
    assert team.scene.count("evidence") == 0


def test_every_act_is_recorded_without_titles_and_addresses(team: Team) -> None:
    act = team.link("A2", "A secret title")
    with team.scene.database.write() as session:
        attaching.detach(session, team.official, team.review, "A2", act)
    _change(team, act)
    _remove(team, act)

    with team.scene.database.read() as session:
        events = audit.list_events(session, team.scene.person(Role.COORDINATOR))
        assert audit.verify(session) is None
    ours = [event.action for event in reversed(events) if "evidence" in event.action]
    assert ours == [
        "evidence.added",
        "reviews.evidence_attached",
        "reviews.evidence_detached",
        "evidence.changed",
        "evidence.removed",
    ]
    assert "secret" not in str(events)
    assert LAW not in str(events)


def test_opening_many_attachments_takes_no_more_statements(team: Team) -> None:
    team.scene.fill(team.review)
    with team.scene.database.read(), statements(team.scene.database) as before:
        team.scene.opened(team.review)
    for item in ("A1", "A2", "A3", "B1", "B2"):
        team.link(item, f"For {item}")
        team.link(item, f"More for {item}")

    with team.scene.database.read(), statements(team.scene.database) as after:
        review = team.scene.opened(team.review)

    assert len(review.attached) == 5
    assert len(after) == len(before)


def _change(team: Team, piece: UUID) -> None:
    with team.scene.database.write() as session:
        attaching.change_link(session, team.official, team.review, piece, Described("Changed"), LAW, seen=1)


def _remove(team: Team, piece: UUID) -> bool:
    with team.scene.database.write() as session:
        return attaching.remove(session, team.official, team.review, piece)
