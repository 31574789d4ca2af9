"""Faults of a scheme: nodes that nothing feeds, circles of parents, gates and bands that cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.domain.questionnaire.document import Aggregation, Questionnaire
from app.domain.questionnaire.fault import Fault, Path
from app.domain.questionnaire.normalisation import Normalisation
from app.domain.scoring.plan import ancestors

RESERVED = frozenset({"certainty", "priorities"})
"""Addresses beside those of nodes."""


def check_scheme(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Name every fault of a document's scheme."""
    if questionnaire.scheme.normalisation is not None:
        yield from check_ends(("scheme", "normalisation"), questionnaire.scheme.normalisation, questionnaire.scheme.scale)
    for part in (_nodes, _tiers, _gates, _bands):
        yield from part(questionnaire)


def check_ends(path: Path, normalisation: Normalisation, scale: float) -> Iterator[Fault]:
    """Name the fault of a range that does not rise within the scale."""
    low = 0 if normalisation.low is None else normalisation.low
    high = scale if normalisation.high is None else normalisation.high
    if not 0 <= low < high <= scale:
        yield Fault("Q137", path, f"The range of this normalisation must rise within 0 and {scale:g}. Choose such ends.")


def _tiers(questionnaire: Questionnaire) -> Iterator[Fault]:
    known = {node.tier for node in questionnaire.scheme.nodes}
    for i, tier in enumerate(questionnaire.scheme.tiers):
        if tier.code not in known:
            message = f"No node is of the tier {tier.code}. Name it in a node, correct the code, or remove it."
            yield Fault("Q160", ("scheme", "tiers", i, "code"), message)


def _nodes(questionnaire: Questionnaire) -> Iterator[Fault]:
    nodes = questionnaire.nodes
    weights: dict[str, list[float]] = {code: [] for code in nodes}
    for i, section in enumerate(questionnaire.sections):
        for j, item in enumerate(section.items):
            target = questionnaire.node_of(section, item)
            if target is not None and target not in nodes:
                yield Fault(
                    "Q151",
                    ("sections", i, "items", j),
                    f"{item.code} scores in the node {target}, which is missing. Add it, name another, or set scored: false.",
                )
            elif target is not None:
                weights[target].append(item.weight)
    for i, node in enumerate(questionnaire.scheme.nodes):
        if node.parent is not None and node.parent not in nodes:
            yield Fault(
                "Q152",
                ("scheme", "nodes", i, "parent"),
                f"{node.code} feeds the node {node.parent}, which does not exist. Correct the code.",
            )
        elif node.parent is not None:
            weights[node.parent].append(node.weight)
        if node.code in ancestors(questionnaire, node.code) if node.parent in nodes else False:
            yield Fault("Q153", ("scheme", "nodes", i, "parent"), f"{node.code} feeds itself. Break the circle of parents.")
        if node.code in RESERVED:
            yield Fault("Q159", ("scheme", "nodes", i, "code"), f"The code {node.code} is a page's address. Take another.")
    yield from _children(questionnaire, weights)


def _children(questionnaire: Questionnaire, weights: Mapping[str, list[float]]) -> Iterator[Fault]:
    for i, node in enumerate(questionnaire.scheme.nodes):
        path: Path = ("scheme", "nodes", i)
        if not weights[node.code]:
            yield Fault("Q154", path, f"Nothing feeds the node {node.code}. Let an item or a node score in it, or remove it.")
        aggregation = node.aggregation or questionnaire.scheme.aggregation
        if aggregation is Aggregation.ARITHMETIC and len(set(weights[node.code])) > 1:
            yield Fault(
                "Q155",
                path,
                f"{node.code} takes the plain mean of unequal weights. Use aggregation: weighted, or equal weights.",
            )


def _gates(questionnaire: Questionnaire) -> Iterator[Fault]:
    floors = {band.code: band.floor for band in questionnaire.scheme.bands}
    for i, node in enumerate(questionnaire.scheme.nodes):
        for j, gate in enumerate(node.gates):
            path: Path = ("scheme", "nodes", i, "gates", j)
            if gate.item not in _feeding(questionnaire, node.code):
                yield Fault(
                    "Q156", path, f"{node.code} waits for {gate.item}, which does not score in it. Name an item that does."
                )
            if not floors.get(gate.band, 0) > 0:
                yield Fault("Q157", path, f"The gate closes {gate.band}, which is no band above the lowest. Name such a band.")
            if gate.minimum > questionnaire.scheme.scale:
                yield Fault("Q158", path, f"No item reaches {gate.minimum:g}. Ask for at most {questionnaire.scheme.scale:g}.")


def _feeding(questionnaire: Questionnaire, node: str) -> set[str]:
    """Return the items that score in a node, or in one below it."""
    return {
        item.code
        for section in questionnaire.sections
        for item in section.items
        if (target := questionnaire.node_of(section, item)) is not None
        and target in questionnaire.nodes
        and node in {target, *ancestors(questionnaire, target)}
    }


def _bands(questionnaire: Questionnaire) -> Iterator[Fault]:
    floors = [band.floor for band in questionnaire.scheme.bands]
    if floors and (floors[0] != 0 or floors != sorted(set(floors)) or floors[-1] >= questionnaire.scheme.scale):
        yield Fault(
            "Q161",
            ("scheme", "bands"),
            f"Bands begin at 0 and rise, all below {questionnaire.scheme.scale:g}. Put their floors in order.",
        )
