"""A signed review of one economy, and those who are asked for a second opinion on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import pytest

from app.accounts import invitations
from app.domain.reading import RawAnswer
from app.infra.db import Database
from app.kit.actor import Actor, Role
from app.peer_reviews import closing, conflicts, conversation, inviting, reviewing, service
from app.peer_reviews.inviting import Wanted
from app.peer_reviews.opened import OpenPeerReview
from tests.scenarios import Scene

OURS, THEIRS, STRANGERS = "NZL", "PER", "CHL"


@dataclass
class PeerScene:
    """New Zealand's signed review; Peru and an expert may be asked; every step is the service's own."""

    scene: Scene
    review: UUID
    links: dict[UUID, str] = field(default_factory=dict)

    @property
    def coordinator(self) -> Actor:
        return self.scene.person(Role.COORDINATOR, OURS)

    @property
    def approver(self) -> Actor:
        return self.scene.person(Role.APPROVER, OURS)

    @property
    def peer(self) -> Actor:
        """The coordinator of the economy that is asked."""
        return self.scene.person(Role.COORDINATOR, THEIRS)

    def ask_economy(self, *sections: str, shows_evidence: bool = False) -> UUID:
        wanted = Wanted("economy", economy=THEIRS, sections=sections or ("A", "B"), shows_evidence=shows_evidence)
        assert self.peer.economy == THEIRS  # only an economy that has somebody can be asked
        with self.scene.database.write() as session:
            return inviting.invite(session, self.coordinator, self.review, wanted).id

    def ask_expert(self, *sections: str, name: str = "Dr Ines Paz", email: str = "ines@example.net") -> UUID:
        wanted = Wanted("expert", name=name, email=email, sections=sections or ("A", "B"))
        with self.scene.database.write() as session:
            fresh = inviting.invite(session, self.coordinator, self.review, wanted)
        self.links[fresh.id] = fresh.path
        return fresh.id

    def expert(self, peer_review: UUID, name: str = "An expert") -> Actor:
        """Let an expert who has an account take the link."""
        actor = self.scene.person(Role.PEER_REVIEWER, name=name)
        with self.scene.database.write() as session:
            invitations.claim(session, actor, self.links[peer_review].removeprefix("/invitations/"))
        return actor

    def accept(self, peer_review: UUID, actor: Actor | None = None, conflict: str = "none", words: str = "") -> None:
        with self.scene.database.write() as session:
            reviewing.accept(session, actor or self.peer, peer_review, conflict=conflict, words=words)

    def go_on(self, peer_review: UUID) -> None:
        """Go on with the reviewer who declared a conflict of interest."""
        (reviewer,) = self.seen_by_economy(peer_review).reviewers
        with self.scene.database.write() as session:
            conflicts.go_on(session, self.coordinator, self.review, peer_review, reviewer.id)

    def opened(self, *sections: str, shows_evidence: bool = False) -> UUID:
        """Ask the other economy, and let it accept."""
        peer_review = self.ask_economy(*sections, shows_evidence=shows_evidence)
        self.accept(peer_review)
        return peer_review

    def seen_by_reviewer(self, peer_review: UUID, actor: Actor | None = None) -> OpenPeerReview:
        with self.scene.database.read() as session:
            return service.open_for_reviewer(session, actor or self.peer, peer_review)

    def seen_by_economy(self, peer_review: UUID, actor: Actor | None = None) -> OpenPeerReview:
        with self.scene.database.read() as session:
            return service.open_for_economy(session, actor or self.coordinator, self.review, peer_review)

    def _latest(self, peer_review: UUID, item: str) -> int:
        numbers = self.scene.rows(
            "SELECT number FROM peer_proposal WHERE peer_review_id = :id AND item = :item ORDER BY number DESC",
            id=self._stored(peer_review),
            item=item,
        )
        return int(str(numbers[0][0])) if numbers else 0

    def _stored(self, id_: UUID) -> object:
        return id_.hex if self.scene.database.writer.dialect.name == "sqlite" else id_

    def ask(self, peer_review: UUID, item: str, words: str = "On what is this based?") -> None:
        with self.scene.database.write() as session:
            conversation.remark(session, self.peer, peer_review, item, words)

    def reply(self, peer_review: UUID, item: str, words: str = "On the decree of May.", actor: Actor | None = None) -> None:
        with self.scene.database.write() as session:
            conversation.remark(session, actor or self.coordinator, peer_review, item, words, review_id=self.review)

    def propose(
        self,
        peer_review: UUID,
        item: str,
        value: object,
        words: str = "The decree is not funded yet.",
        actor: Actor | None = None,
    ) -> None:
        raw = value if isinstance(value, RawAnswer) else RawAnswer(value=value)
        with self.scene.database.write() as session:
            conversation.propose(session, actor or self.peer, peer_review, item, raw, words, seen=self._latest(peer_review, item))

    def counter(self, peer_review: UUID, item: str, value: object, words: str = "Half of it is funded.") -> None:
        with self.scene.database.write() as session:
            conversation.propose(
                session,
                self.coordinator,
                peer_review,
                item,
                RawAnswer(value=value),
                words,
                seen=self._latest(peer_review, item),
                review_id=self.review,
            )

    def agree(self, peer_review: UUID, *items: str, actor: Actor | None = None) -> None:
        for item in items:
            with self.scene.database.write() as session:
                conversation.agree(session, actor or self.peer, peer_review, item, seen=self._latest(peer_review, item))

    def accept_proposal(self, peer_review: UUID, item: str, actor: Actor | None = None) -> None:
        with self.scene.database.write() as session:
            conversation.agree(
                session,
                actor or self.coordinator,
                peer_review,
                item,
                seen=self._latest(peer_review, item),
                review_id=self.review,
            )

    def keep(self, peer_review: UUID, item: str, words: str = "The budget law says so.") -> None:
        with self.scene.database.write() as session:
            conversation.keep(
                session,
                self.coordinator,
                peer_review,
                item,
                words,
                seen=self._latest(peer_review, item),
                review_id=self.review,
            )

    def hand_over(self, peer_review: UUID, actor: Actor | None = None) -> None:
        with self.scene.database.write() as session:
            reviewing.hand_over(session, actor or self.peer, peer_review)

    def ask_to_close(self, peer_review: UUID) -> None:
        with self.scene.database.write() as session:
            closing.ask_to_close(session, self.coordinator, self.review, peer_review)

    def close(self, peer_review: UUID) -> None:
        """Hand the outcome to the approver, who closes."""
        self.ask_to_close(peer_review)
        with self.scene.database.write() as session:
            closing.close(session, self.approver, self.review, peer_review, read=self.read(peer_review))

    def read(self, peer_review: UUID) -> str:
        """Return what the page of an outcome sends along when it is closed."""
        return closing.fingerprint(self.seen_by_economy(peer_review))

    def withdraw(self, peer_review: UUID, words: str = "") -> None:
        with self.scene.database.write() as session:
            inviting.withdraw(session, self.coordinator, self.review, peer_review, words)


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest.fixture
def peers(scene: Scene) -> PeerScene:
    return PeerScene(scene, scene.ready().submitted(OURS))
