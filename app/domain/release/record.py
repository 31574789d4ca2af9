"""What a release was made from: signed answers, what was agreed of them and whom they are shown to, and who is in which figure.

It stays inside: with it every number of the release can be computed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.answers import Answer
from app.domain.benchmark.consent import Audience
from app.domain.benchmark.robustness.draws import seed_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.release.content import CellRow


@dataclass(frozen=True, slots=True)
class SignedReview:
    """One signed revision that counts in the release. `agreed`: what closed peer reviews agreed; None where none is closed.

    `is_latest`: it is what its economy signed last, so its own scores may be in the release; figures of groups may still stand
    on an earlier one. `consents`: whom each section is shown to.
    """

    economy: str
    revision: int
    version: str
    answers: Mapping[str, Answer]
    answers_hash: str
    agreed: Mapping[str, Answer] | None
    consents: Mapping[str, Audience]
    is_latest: bool

    @property
    def token(self) -> str:
        """Name it among the contributors of a cell."""
        return f"{self.economy}:{self.revision}"


@dataclass(frozen=True, slots=True)
class CellRecord:
    """One group at one node: whose scores its figures are made of, or why there are none.

    `carried`: figures that stand from an earlier day and are no longer those of these contributors, because something more
    was agreed of one of them since; they are taken over as they were shown.
    """

    version: str
    series: str
    node: str
    group: str
    suppressed: str | None
    contributors: tuple[str, ...] = ()
    carried: CellRow | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that gives the content of a release again. `name`: the questionnaire and the number.

    `is_own`: economies answered themselves. Figures of an index that others published have no ranges and no grade of ours:
    what makes them uncertain is theirs to say.
    """

    name: str
    method_version: str
    replicates: int
    is_own: bool
    documents: Mapping[str, Questionnaire]
    reviews: tuple[SignedReview, ...]
    cells: tuple[CellRecord, ...]

    @property
    def draws(self) -> str:
        """Return what all draws are made from: the questionnaire and the cycle, without the release and the patch. The same
        answers have the same ranges in every release of a cycle."""
        return self.name.rsplit(".", 2)[0]

    @property
    def seed(self) -> int:
        """Return the seed of all draws."""
        return seed_of(self.draws, self.method_version)
