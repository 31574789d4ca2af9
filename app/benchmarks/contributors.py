"""Contributors of cells: an economy with the revision that it had signed, and the scores of that revision."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlmodel import Session

from app.domain.scoring.normalise import Series
from app.reviews import sign_off
from app.scores import service as scores

ScoresOf = Mapping[Series, Mapping[str, Mapping[str, float]]]
"""Scores by series, node and contributor."""


def token(economy: str, revision: int) -> str:
    """Name this revision of this economy, so that a changed answer counts as a changed contributor."""
    return f"{economy}:{revision}"


def economy_of(contributor: str) -> str:
    """Return whose revision this is."""
    return contributor.partition(":")[0]


def read(contributors: str) -> frozenset[str]:
    """Read contributors as a row keeps them."""
    return frozenset(json.loads(contributors))


def write(contributors: frozenset[str]) -> str:
    """Write contributors as a row keeps them."""
    return json.dumps(sorted(contributors))


def scores_of(session: Session, cycle_id: UUID, contributors: Collection[str]) -> ScoresOf:
    """Return the scores of contributors of a cycle as they were signed. They stay inside: some may be shared no longer."""
    if not contributors:
        return {}
    signed = {token(*key): submission for key, submission in sign_off.signed_of_cycle(session, cycle_id).items()}
    submissions = {signed[each]: each for each in contributors if each in signed}
    found: dict[Series, dict[str, dict[str, float]]] = {}
    for submission, sheets in scores.sheets(session, list(submissions)).items():
        for series, sheet in sheets.items():
            for node in sheet.nodes.values():
                if node.score is not None:
                    found.setdefault(series, {}).setdefault(node.code, {})[submissions[submission]] = node.score
    return found
