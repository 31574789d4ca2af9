"""Twenty-five economies join, leave, sign anew and change whom they show their scores to; a reader keeps every copy.

Every act is the service's own. After each a release is published, and everything that a reader can get is kept. What the play
knows besides, the reader of the tests gets as well: who is in which figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from uuid import UUID

from app.benchmarks import consents, contributors, service
from app.benchmarks import refresh as rebuilding
from app.benchmarks.queries import Filters
from app.domain.benchmark.consent import Audience
from app.domain.benchmark.disclosure import NodeCells, Suppression, suppressions_of_series
from app.economies import groups as making
from app.economies import service as economies
from app.economies.groups import WantedGroup
from app.kit.actor import COMMAND_LINE
from app.kit.errors import Conflict
from app.releases import publishing
from app.releases import service as releases
from app.releases.patching import patch_due
from app.reviews.importing import COLUMNS, import_answers
from tests.scenarios import APEC, Scene

SOURCE = Path(__file__).with_name("two_tiers.yaml").read_text(encoding="utf-8")
CODE, VERSION, CYCLE = "tiers", "2026.1", "2026"
ECONOMIES = (*APEC, "KHM", "LAO", "MMR", "TLS")
SECTIONS = ("A", "B", "C")
EARLY = ECONOMIES[:12]
GROUPS = {"EARLY": EARLY, "NEARLY": (*EARLY[1:], ECONOMIES[12]), "LATE": ECONOMIES[12:]}
"""Peer groups; NEARLY is EARLY but for one on either side."""
_LEVELS = (1, 2, 3, 4, 5)
_EVERYTHING = 1_000_000


@dataclass(frozen=True, slots=True)
class Shown:
    """The figures of one group at one node, and whose scores they are made of, which readers are not told."""

    series: str
    node: str
    contributors: frozenset[str]
    figures: tuple[float | None, ...]


@dataclass(slots=True)
class Kept:
    """What a reader has who kept every copy. `public`: scores by place and contributor, as they were read."""

    shown: set[Shown] = field(default_factory=set)
    public: dict[tuple[str, str, str], float] = field(default_factory=dict)
    read: int = 0


@dataclass(slots=True)
class Decision:
    """What the guard was asked, and what it said."""

    nodes: Sequence[NodeCells]
    scale: float
    refused: Mapping[tuple[str, str, str], Suppression]

    def is_repeated_in(self, scores: Mapping[tuple[str, str, str], float]) -> bool:
        """Tell whether the guard says the same when these are the scores."""
        nodes = [replace(node, scores={one: scores[node.series, node.node, one] for one in node.scores}) for node in self.nodes]
        return suppressions_of_series(nodes, self.scale) == self.refused


class Play:
    """One cycle of 25 economies on a real database. `levels`: the answers they give, those that come often more than once."""

    def __init__(self, scene: Scene, seed: int, levels: Sequence[int] = _LEVELS) -> None:
        self.scene, self.random, self.levels = scene, Random(seed), levels
        self.reviews: dict[str, UUID] = {}
        self.kept = Kept()
        self.decisions: list[Decision] = []
        self.acts: Counter[str] = Counter()
        self.patches = 0
        self._prepare()

    def _prepare(self) -> None:
        with self.scene.database.write() as session:
            making.make_group(session, COMMAND_LINE, "PLAY", "members", "", WantedGroup("All who play", ECONOMIES))
            for code, members in GROUPS.items():
                making.make_group(session, COMMAND_LINE, code, "peers", "PLAY", WantedGroup(code.title(), members))
        self.scene.publish(SOURCE)
        with self.scene.database.write() as session:
            self.cycle = economies.open_cycle(session, COMMAND_LINE, CODE, CYCLE).id

    # Acts

    def join(self, count: int, *audiences: Audience) -> None:
        """Let some more economies sign their first review, and choose for every section whom to show it to."""
        joining = [economy for economy in ECONOMIES if economy not in self.reviews]
        self._sign(self.random.sample(joining, min(count, len(joining))), audiences)

    def sign_anew(self, count: int | Sequence[str]) -> None:
        """Let some economies reopen their review and sign other answers; whom they show them to stays."""
        again = self._some(count)
        for economy in again:
            self.scene.reopen(self.reviews[economy], economy)
        self._sign(again, ())

    def choose(self, count: int | Sequence[str], audience: Audience, *sections: str, together: bool = True) -> None:
        """Let some economies choose for some sections, or for all, at once or one after the other."""
        self._choose({economy: dict.fromkeys(sections or SECTIONS, audience) for economy in self._some(count)}, together=together)

    def act_at_random(self) -> None:
        """Do one thing, as it may happen in any cycle."""
        chance, few = self.random.random(), self.random.choice((1, 1, 2, 3, 5, 6, 7))
        private, peers, public = Audience.PRIVATE, Audience.PEERS, Audience.PUBLIC
        if chance < 0.35 and len(self.reviews) < len(ECONOMIES):
            self.join(few, *self.random.choice(((peers,), (peers,), (peers, public), (public,), (private, peers))))
        elif chance < 0.5:
            self.sign_anew(few)
        elif chance < 0.65:
            self.choose(few, private)
        elif chance < 0.75:
            self.choose(few, private, self.random.choice(SECTIONS))
        elif chance < 0.9:
            self.choose(few, peers)
        else:
            self.choose(few, public, *self.random.choice(((), ("A",), ("B", "C"))))

    def _some(self, count: int | Sequence[str]) -> list[str]:
        if not isinstance(count, int):
            return list(count)
        return self.random.sample(sorted(self.reviews), min(count, len(self.reviews)))

    def _sign(self, signing: Sequence[str], audiences: Sequence[Audience]) -> None:
        self.acts["signed"] += len(signing)
        if not signing:
            return
        lines = [",".join(COLUMNS)]
        for economy in signing:
            for item in ("A1", "A2", "B1", "C1", "C2"):
                level = self.random.choice(self.levels)
                value = 10 * self.random.randrange(11) if item == "C2" and len(set(self.levels)) > 3 else 25 * level - 25
                evidence = "https://example.org/budget" if self.random.random() < 0.5 else ""
                lines.append(f"{economy},{item},answered,{value if item == 'C2' else level},,{evidence}")
        with self.scene.database.write() as session:
            imported = import_answers(
                session, COMMAND_LINE, CODE, VERSION, CYCLE, "\n".join(lines).encode(), submit=True, replaces=True
            )
            self.reviews |= imported.reviews
        if audiences:
            self._choose(
                {economy: {section: self.random.choice(audiences) for section in SECTIONS} for economy in signing}, together=True
            )

    def _choose(self, wanted: Mapping[str, Mapping[str, Audience]], *, together: bool) -> None:
        self.acts["chose"] += len(wanted)
        with self.scene.database.write() as session:
            for economy, choices in wanted.items():
                consents.give(session, COMMAND_LINE, self.reviews[economy], economy, choices)
                if not together:
                    rebuilding.refresh(session, self.cycle)
            rebuilding.refresh(session, self.cycle)

    # The reader

    def keep(self) -> None:
        """Make the patch that is due, publish a release, and keep all that readers get: live, and of every release as it is."""
        self.patches += len(patch_due(self.scene.database))
        with self.scene.database.write() as session:
            try:
                publishing.publish_release(session, COMMAND_LINE, CODE, CYCLE)
            except Conflict as refusal:
                assert "Nothing of this cycle is shown" in refusal.detail  # noqa: PT017 - others are faults
        inside = {
            (str(series), str(node), str(group)): contributors.read(str(made_of))
            for series, node, group, made_of in self.scene.rows(
                "SELECT series, node, group_code, contributors FROM benchmark_cell WHERE suppressed IS NULL"
            )
        }
        with self.scene.database.read() as session:
            filters = Filters(questionnaire=CODE, cycle=CYCLE)
            for cell in service.list_cells(session, filters, limit=_EVERYTHING):
                self.kept.read += 1
                if cell.suppressed is None:
                    numbers = (cell.n, cell.mean, cell.minimum, cell.q1, cell.median, cell.q3, cell.maximum)
                    self.kept.shown.add(Shown(cell.series, cell.node, inside[cell.series, cell.node, cell.group], numbers))
            for score in service.list_scores(session, None, filters, limit=_EVERYTHING):
                self._keep_score(score.series, score.node, score.economy, score.revision, score.score)
            live = {shown.figures for shown in self.kept.shown}
            for entry in releases.list_releases(session, CODE):
                content = releases.get_release(session, CODE, str(entry.number)).content
                for row in content.scores:
                    self._keep_score(row.series, row.node, row.economy, row.revision, row.score)
                told = {(row.node, row.economy) for row in content.scores if row.series == "self" and row.score is not None}
                assert {(row.node, each) for row in content.pairs for each in (row.economy, row.other)} <= told, (
                    "a pair of one not public"
                )
                for line in content.cells:
                    self.kept.read += 1
                    numbers = (line.n, line.mean, line.minimum, line.q1, line.median, line.q3, line.maximum)
                    assert line.suppressed is not None or numbers in live, "a release shows a figure that was never live"

    def _keep_score(self, series: str, node: str, economy: str, revision: int, score: float | None) -> None:
        self.kept.read += 1
        if score is not None:
            self.kept.public[series, node, contributors.token(economy, revision)] = score

    # What is true

    def scores(self) -> dict[tuple[str, str, str], float]:
        """Return every score of every signed revision, by series, node and contributor."""
        with self.scene.database.read() as session:
            signed = {contributors.token(economy, k) for economy in self.reviews for k in range(1, 40)}
            found = contributors.scores_of(session, self.cycle, signed)
        return {
            (str(series), node, each): score
            for series, nodes in found.items()
            for node, inside in nodes.items()
            for each, score in inside.items()
        }

    def watch(self, nodes: Sequence[NodeCells], scale: float = 100) -> dict[tuple[str, str, str], Suppression]:
        """Ask the guard, and write down what it said."""
        refused = suppressions_of_series(nodes, scale)
        self.decisions.append(Decision(nodes, scale, refused))
        return refused
