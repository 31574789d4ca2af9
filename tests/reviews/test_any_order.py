"""Whatever four people do in whatever order: what was said to be saved is there, and what was signed stays as it was signed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from app.audit import service as audit
from app.benchmarks import consents
from app.domain.benchmark.consent import Audience
from app.domain.reading import RawAnswer
from app.domain.signed_answers import signed_text
from app.infra.db import open_database
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound
from app.kit.ids import sha256
from app.reviews import sign_off
from app.reviews.service import ReviewState
from tests.databases import SQLITE, Run
from tests.scenarios import Scene

WHO = (Role.CONTRIBUTOR, Role.COORDINATOR, Role.APPROVER)
ITEMS = {"A1": ("1", "2", "3", "4", "5"), "A2": ("yes", "no"), "B1": ("nobody", "some", "all")}
EDITABLE = {ReviewState.DRAFT, ReviewState.REOPENED}
Act = Callable[[Actor], object]


class Cycle(RuleBasedStateMachine):
    """One review of New Zealand with three of its people, and a coordinator of Peru who tries the same."""

    run: ClassVar[Run]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="order-", dir=self.run.folder))
        self.fresh = self.run.fresh(SQLITE, self.folder)
        self.database = open_database(self.fresh.__enter__(), pool_size=2)
        self.scene = Scene(self.database).ready()
        self.review = self.scene.start("NZL")
        self.state, self.revision = ReviewState.DRAFT, 1
        self.kept: dict[str, tuple[str, int]] = {}
        self.signed: dict[int, str] = {}
        self.shown = Audience.PRIVATE
        self.transitions = 0

    def teardown(self) -> None:
        self.database.dispose()
        self.fresh.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    def do(self, role: Role, act: Act, expected: type[Exception] | None) -> bool:
        """Let somebody act; the model says whether it is done or how it is refused. The foreigner finds nothing, ever."""
        with pytest.raises(NotFound):
            act(self.scene.person(Role.COORDINATOR, "PER"))
        if expected is None:
            act(self.scene.person(role))
            return True
        with pytest.raises(expected):
            act(self.scene.person(role))
        return False

    def move(self, role: Role, act: Act, expected: type[Exception] | None, to: ReviewState) -> bool:
        """Let somebody move the review; the same act again at once is refused, so it moves once."""
        if not self.do(role, act, expected):
            return False
        self.state, self.transitions = to, self.transitions + 1
        with pytest.raises(Conflict):
            act(self.scene.person(role))
        return True

    @rule(role=st.sampled_from(WHO), item=st.sampled_from(list(ITEMS)), pick=st.integers(0, 4), is_late=st.booleans())
    def save(self, role: Role, item: str, pick: int, *, is_late: bool) -> None:
        """Any official of the economy saves, with the version that stands or with one that does not."""
        value = ITEMS[item][pick % len(ITEMS[item])]
        old, version = self.kept.get(item, ("", 0))
        seen = version + 7 if is_late else version
        is_conflict = is_late and value != old
        expected = Conflict if self.state not in EDITABLE or is_conflict else None
        saved: list[int] = []

        def act(who: Actor) -> None:
            saved.append(self.scene.save(who, self.review, item, RawAnswer(value=value), seen).version)

        if self.do(role, act, expected):
            self.kept[item] = (value, version if value == old else version + 1)
            assert saved == [self.kept[item][1]]

    @rule(role=st.sampled_from(WHO))
    def hand_over(self, role: Role) -> None:
        """Somebody asks for sign-off."""
        is_whole = self.kept.keys() == ITEMS.keys()
        expected = Forbidden if role is not Role.COORDINATOR else None if self.state in EDITABLE and is_whole else Conflict

        def act(who: Actor) -> None:
            with self.database.write() as session:
                sign_off.ask_for_sign_off(session, who, self.review)

        self.move(role, act, expected, ReviewState.IN_SIGN_OFF)

    @rule(role=st.sampled_from(WHO))
    def sign(self, role: Role) -> None:
        """Somebody signs what was read."""
        read = self.scene.read(self.review)
        expected = Forbidden if role is not Role.APPROVER else None if self.state is ReviewState.IN_SIGN_OFF else Conflict
        made: list[str] = []

        def act(who: Actor) -> None:
            with self.database.write() as session:
                made.append(sign_off.submit(session, who, self.review, attests=True, read=read).answers_hash)

        if self.move(role, act, expected, ReviewState.SUBMITTED):
            (self.signed[self.revision],) = made

    @rule(role=st.sampled_from(WHO))
    def send_back(self, role: Role) -> None:
        """Somebody takes the review back, or sends it back."""
        expected = Forbidden if role is Role.CONTRIBUTOR else None if self.state is ReviewState.IN_SIGN_OFF else Conflict

        def act(who: Actor) -> None:
            with self.database.write() as session:
                sign_off.take_back(session, who, self.review, "The law is not in force yet.")

        self.move(role, act, expected, ReviewState.DRAFT if self.revision == 1 else ReviewState.REOPENED)

    @rule(role=st.sampled_from(WHO))
    def reopen(self, role: Role) -> None:
        """Somebody begins the next revision."""
        expected = Forbidden if role is not Role.COORDINATOR else None if self.state is ReviewState.SUBMITTED else Conflict

        def act(who: Actor) -> None:
            with self.database.write() as session:
                sign_off.reopen(session, who, self.review, "A law was passed.")

        if self.move(role, act, expected, ReviewState.REOPENED):
            self.revision += 1

    @precondition(lambda self: self.signed)
    @rule(role=st.sampled_from(WHO), audience=st.sampled_from(list(Audience)))
    def share(self, role: Role, audience: Audience) -> None:
        """Somebody shows the first section, or takes that back."""

        def act(who: Actor) -> None:
            with self.database.write() as session:
                consents.consent(session, who, self.review, {"A": audience})

        if self.do(role, act, Forbidden if role is Role.CONTRIBUTOR else None):
            self.shown = audience

    @invariant()
    def nothing_that_was_acknowledged_is_lost(self) -> None:
        """Every answer stands as it was last said to be saved, and the review where its last act left it."""
        review = self.scene.opened(self.review)
        found = {item: saved.version for item, saved in review.saved.items()}
        assert found == {item: version for item, (_, version) in self.kept.items()}
        assert {item: str(_plain(review.answers[item].value)) for item in self.kept} == {i: v for i, (v, _) in self.kept.items()}
        assert (review.state, review.revision) == (self.state, self.revision)

    @invariant()
    def each_act_moved_it_once_and_the_record_is_whole(self) -> None:
        """As many acts are recorded as moved the review, in a chain that nobody touched."""
        moves = ("sign_off_asked", "submitted", "sent_back", "sign_off_taken_back", "reopened")
        named = ", ".join(f"'reviews.{move}'" for move in moves)
        assert len(self.scene.rows(f"SELECT 1 FROM audit_event WHERE action IN ({named})")) == self.transitions
        with self.database.read() as session:
            assert audit.verify(session) is None

    @invariant()
    def what_was_signed_is_what_is_kept(self) -> None:
        """Every frozen revision still has the hash that its approver was given, and the hash is that of its answers."""
        rows = self.scene.rows("SELECT revision, content_hash, answers, answers_hash FROM submission ORDER BY revision")
        assert {revision: hash_ for revision, _, _, hash_ in rows} == self.signed
        assert [sha256(signed_text(str(version), str(answers))) for _, version, answers, _ in rows] == [row[3] for row in rows]

    @invariant()
    def what_is_shown_is_what_was_chosen_last(self) -> None:
        """A section that was taken back is shown to nobody; nothing is shown before it was signed."""
        with self.database.read() as session:
            found = consents.get_consents(session, self.scene.person(Role.COORDINATOR), self.review)
        assert found.get("A", Audience.PRIVATE) == self.shown


def _plain(value: object) -> object:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


@pytest.mark.abuse("R2", "R12")
@pytest.mark.timeout(300)
def test_in_any_order_no_save_is_lost_and_no_signature_changes(run: Run) -> None:
    """`--hypothesis-profile=long` plays many more."""
    Cycle.run = run
    is_long = hypothesis.settings().max_examples > 100
    chosen = hypothesis.settings(
        max_examples=200 if is_long else 8,
        stateful_step_count=60 if is_long else 30,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    run_state_machine_as_test(Cycle, settings=chosen)
