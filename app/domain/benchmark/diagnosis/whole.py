"""The diagnosis: every look at one questionnaire's shared answers, with the seed of its draws."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from app.domain.benchmark.diagnosis import answers, missing, relations, weights
from app.domain.benchmark.diagnosis.answers import EconomyAnswers, ItemAnswers, NodeAnswers
from app.domain.benchmark.diagnosis.missing import Filling
from app.domain.benchmark.diagnosis.relations import Consistency, Dimensions, Pair
from app.domain.benchmark.diagnosis.shared import Shared
from app.domain.benchmark.diagnosis.weights import Move, Removal
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.sheet import METHOD_VERSION


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the owners of a method look at. No figure rests on fewer than five economies, and none is one economy's."""

    seed: int
    economies: EconomyAnswers
    items: tuple[ItemAnswers, ...]
    nodes: tuple[NodeAnswers, ...]
    pairs: tuple[Pair, ...]
    consistencies: tuple[Consistency, ...]
    dimensions: tuple[Dimensions, ...]
    removals: tuple[Removal, ...]
    moves: tuple[Move, ...]
    fillings: tuple[Filling, ...]


def diagnose(shared: Shared) -> Diagnosis:
    """Take every look. The same questionnaire and the same answers give the same figures."""
    seed = seed_of(shared.questionnaire)
    return Diagnosis(
        seed=seed,
        economies=answers.look_at_economies(shared),
        items=tuple(answers.look_at_items(shared)),
        nodes=tuple(answers.look_at_nodes(shared)),
        pairs=tuple(relations.pairs_of_note(shared)),
        consistencies=tuple(relations.consistencies(shared)),
        dimensions=tuple(relations.dimensions(shared)),
        removals=tuple(weights.removals(shared)),
        moves=tuple(weights.moves(shared, np.random.Generator(np.random.PCG64(seed)))),
        fillings=tuple(missing.fillings(shared)),
    )


def seed_of(questionnaire: Questionnaire) -> int:
    """Return the seed of a version's draws: the first 8 bytes of SHA-256 of its content hash and the method's version."""
    return int.from_bytes(hashlib.sha256(f"{questionnaire.content_hash}{METHOD_VERSION}".encode()).digest()[:8], "big")
