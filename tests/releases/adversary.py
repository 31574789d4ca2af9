"""A reader who kept every copy, knows who is in which figure, the tree and its weights, and perhaps one economy's own answers.

It attacks in two ways: by linear algebra over all means (`derived`), and by linear programs that add the extremes and the ends of
the scale (`range_of`). Against it stands the proof that a score stays hidden (`Worlds`): other answers of the same economies of
which every published figure, computed anew, is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from app.domain.benchmark.distribution import distribution
from app.domain.benchmark.exchange import PINNED_SHARE
from tests.releases.play import Shown

SCALE = 100.0
WIDTH = PINNED_SHARE * SCALE
SHARES: Mapping[str, Mapping[str, float]] = {
    "ALL": {"A": 0.6 * 2 / 3, "B": 0.6 / 3, "C": 0.4},
    "P": {"A": 2 / 3, "B": 1 / 3},
    "A": {"A": 1.0},
    "B": {"B": 1.0},
    "C": {"C": 1.0},
}
"""What each node is made of, by the scheme of two_tiers.yaml: the share of every lowest node."""
PARENTS = {"A": "P", "B": "P", "P": "ALL", "C": "ALL"}
_PRIME = 2_147_483_647
_WHOLE = {"ALL": {"A": 6, "B": 3, "C": 6}, "P": {"A": 2, "B": 1}, "A": {"A": 1}, "B": {"B": 1}, "C": {"C": 1}}
"""The same in whole numbers, for sums."""
SAME = 1e-7
_ROUNDING = 1e-6

Unknown = tuple[str, str, str]
"""A series, a node and a contributor: one score."""
Scores = Mapping[Unknown, float]


def economy_of(contributor: str) -> str:
    return contributor.partition(":")[0]


def path(node: str) -> list[str]:
    """Return a node and those above it."""
    return [node, *(path(PARENTS[node]) if node in PARENTS else ())]


# Linear algebra


def derived(shown: Collection[Shown], known: Collection[Unknown], targets: Iterable[Unknown]) -> set[Unknown]:
    """Return the targets that some combination of sums and known scores gives exactly.

    Rows are sums over the lowest nodes, counted modulo a large prime: elimination without rounding.
    """
    found: set[Unknown] = set()
    by_series: dict[str, list[Unknown]] = defaultdict(list)
    for target in targets:
        by_series[target[0]].append(target)
    for series, wanted in by_series.items():
        sums = [(each.node, each.contributors) for each in shown if each.series == series]
        sums += [(node, frozenset({one})) for of, node, one in known if of == series]
        columns = {
            name: k for k, name in enumerate({(low, one) for node, inside in sums for low in SHARES[node] for one in inside})
        }
        reduced, pivots = _eliminate(_rows(sums, columns))
        for target in wanted:
            _, node, one = target
            if all((low, one) in columns for low in SHARES[node]):
                row = _rows([(node, frozenset({one}))], columns)[0]
                for line, pivot in zip(reduced, pivots, strict=True):
                    row = (row - row[pivot] * line) % _PRIME
                if not row.any():
                    found.add(target)
    return found


def _rows(sums: Sequence[tuple[str, frozenset[str]]], columns: Mapping[tuple[str, str], int]) -> NDArray[np.int64]:
    rows = np.zeros((len(sums), len(columns)), dtype=np.int64)
    for k, (node, inside) in enumerate(sums):
        for low, share in _WHOLE[node].items():
            for one in inside:
                rows[k, columns[low, one]] = share
    return rows


def _eliminate(rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[int]]:
    rows, pivots = rows.copy(), list[int]()
    for column in range(rows.shape[1]):
        rank = len(pivots)
        candidates = np.flatnonzero(rows[rank:, column])
        if not candidates.size:
            continue
        pivot = rank + int(candidates[0])
        rows[[rank, pivot]] = rows[[pivot, rank]]
        rows[rank] = rows[rank] * pow(int(rows[rank, column]), -1, _PRIME) % _PRIME
        for other in np.flatnonzero(rows[:, column]):
            if other != rank:
                rows[other] = (rows[other] - rows[other, column] * rows[rank]) % _PRIME
        pivots.append(column)
        if len(pivots) == len(rows):
            break
    return rows[: len(pivots)], pivots


# Linear programs


class Program:
    """Everything that is linear in what a reader has: sums, the ends of the scale, extremes, both series, and known scores."""

    def __init__(self, shown: Collection[Shown], known: Mapping[Unknown, float]) -> None:
        self.columns: dict[Unknown, int] = {}
        rows: list[tuple[dict[int, float], float]] = []
        for each in shown:
            terms: dict[int, float] = defaultdict(float)
            for one in each.contributors:
                for column, share in self.terms((each.series, each.node, one)).items():
                    terms[column] += share
            mean = each.figures[1]
            assert mean is not None
            rows.append((terms, mean * len(each.contributors)))
        rows += [(self.terms(unknown), score) for unknown, score in known.items()]
        limits = [
            (self.terms((each.series, each.node, one)), low, high)
            for each in shown
            if (low := each.figures[2]) is not None and (high := each.figures[6]) is not None
            for one in each.contributors
        ]
        width = len(self.columns)
        self.equal = np.zeros((len(rows), width))
        for k, (terms, _) in enumerate(rows):
            self.equal[k, list(terms)] = list(terms.values())
        self.sums = np.array([total for _, total in rows])
        self.most = np.zeros((2 * len(limits), width))
        self.limits = np.zeros(2 * len(limits))
        for k, (terms, low, high) in enumerate(limits):
            for row, sign, limit in ((2 * k, 1, high), (2 * k + 1, -1, -low)):
                self.most[row, list(terms)] = sign * np.array(list(terms.values()))
                self.limits[row] = limit

    def terms(self, unknown: Unknown) -> dict[int, float]:
        series, node, one = unknown
        return {self.columns.setdefault((series, low, one), len(self.columns)): share for low, share in SHARES[node].items()}

    def range_of(self, victim: Unknown, own: Mapping[Unknown, float] | None = None) -> float:
        """Return how wide the range is in which the victim's score is found by one who knows scores of its own."""
        series, node, one = victim
        if any((series, low, one) not in self.columns for low in SHARES[node]):
            return SCALE
        bounds = [(0.0, SCALE)] * len(self.columns)
        for unknown, score in (own or {}).items():
            if unknown in self.columns:
                bounds[self.columns[unknown]] = (score, score)
        objective = np.zeros(len(self.columns))
        for column, share in self.terms(victim).items():
            objective[column] = share
        # Sums are told in floating point: they hold as nearly as these do.
        matrix = np.vstack([self.most, self.equal, -self.equal])
        limits = np.concatenate([self.limits, self.sums, -self.sums]) + _ROUNDING
        ends = []
        for sign in (1, -1):
            found = linprog(sign * objective, A_ub=matrix, b_ub=limits, bounds=bounds)
            assert found.fun is not None, found.message
            ends.append(sign * float(found.fun))
        return ends[1] - ends[0]


# Other worlds


@dataclass
class Worlds:
    """What is true, what was shown of it, and which other answers would have shown the same."""

    scores: Scores
    shown: Collection[Shown]
    known: Mapping[Unknown, float]
    by_node: dict[str, list[Shown]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for each in self.shown:
            self.by_node[each.node].append(each)
        self.series = sorted({series for series, _, _ in self.scores})
        self.people = sorted({one for _, _, one in self.scores})

    def protected(self) -> list[Unknown]:
        """Return every score that was never public, whether it is in a figure or not; what follows from public ones is."""
        return sorted(unknown for unknown in self.scores if not self.is_public(unknown))

    def is_public(self, unknown: Unknown) -> bool:
        series, node, one = unknown
        return any((series, code, one) in self.known for code in path(node)) or (
            node in {"ALL", "P"} and all(self.is_public((series, low, one)) for low in SHARES[node])
        )

    def values_of(self, victim: Unknown) -> dict[str, set[float]]:
        """Return the scores that the victim has in worlds that look the same, by the economy whose scores move besides.

        The victim exchanges the answers of a branch with another contributor; or, where no figure and no public score rests on
        some lowest node of it, has others there.
        """
        found: dict[str, set[float]] = defaultdict(set)
        found[economy_of(victim[2])].add(self.scores[victim])
        for other, world in self._other_worlds(victim):
            if abs(world[victim] - self.scores[victim]) > SAME and self.looks_like(world, {victim[2], *other}):
                found[economy_of(other[0]) if other else ""].add(world[victim])
                if not self._insiders(victim, found):
                    break
        return found

    def hidden_from(self, victim: Unknown) -> set[str]:
        """Return the economies from whom the victim's score is not shown to be hidden; "" stands for outsiders."""
        return self._insiders(victim, self.values_of(victim))

    def look_alikes(self, victim: Unknown) -> Iterator[dict[Unknown, float]]:
        """Walk the worlds that look the same in which somebody has exchanged answers with the victim."""
        for other, world in self._other_worlds(victim):
            if other and self.looks_like(world, {victim[2], *other}):
                yield world

    def _insiders(self, victim: Unknown, values: Mapping[str, set[float]]) -> set[str]:
        """Return those to whom the values that are possible lie too close together; who exchanges its own scores is no doubt."""
        mine = economy_of(victim[2])
        return {
            insider
            for insider in ("", *{economy_of(one) for one in self.people} - {mine})
            if _spread(score for other, scores in values.items() if other != insider or not other for score in scores) <= WIDTH
        }

    def _other_worlds(self, victim: Unknown) -> Iterator[tuple[list[str], dict[Unknown, float]]]:
        """Walk worlds, with whom the victim exchanged answers in them: first those in which it has others where nothing rests on
        them, or more or less of them was supported by evidence."""
        series, node, one = victim
        for low in SHARES[node]:
            if not self._rests(low, one):
                for score in (SCALE - self.scores[series, low, one], SCALE):
                    yield [], self._with(dict.fromkeys(((each, low, one) for each in self.series), score), [one])
        yield [], self._with(self._supported(node, one, self.scores), [one])
        for branch in [*path(node), *(below for below in SHARES if node in path(below)[1:])]:
            for other in self.people:
                if economy_of(other) != economy_of(one) and self._stand_alike(one, other, branch):
                    world = self._exchanged(branch, one, other)
                    yield [other], world
                    yield [other], self._with({**world, **self._supported(node, one, world)}, [one, other])
        for branch, other in product(path(node), [one, *self.people]):
            if other == one or (economy_of(other) != economy_of(one) and self._stand_alike(one, other, branch)):
                for world in self._shifted(node, one, self._exchanged(branch, one, other)):
                    yield [] if other == one else [other], world

    def _exchanged(self, branch: str, one: str, other: str) -> dict[Unknown, float]:
        pairs = ((one, other), (other, one))
        changes = {(of, low, a): self.scores[of, low, b] for of in self.series for low in SHARES[branch] for a, b in pairs}
        return self._with({**self.scores, **changes}, [one, other])

    def _shifted(self, node: str, one: str, world: Scores) -> Iterator[dict[Unknown, float]]:
        """Walk worlds in which an economy has more at one lowest node and less at another, so that the node above is the same."""
        for low in SHARES[node]:
            for less in SHARES["ALL"]:
                for step in (25.0, 12.5, -12.5, -25.0) if less != low else ():
                    back = step * SHARES["ALL"][low] / SHARES["ALL"][less]
                    changes = {(of, low, one): world[of, low, one] + step for of in self.series}
                    changes |= {(of, less, one): world[of, less, one] - back for of in self.series}
                    if all(0 <= score <= SCALE for score in changes.values()):
                        yield self._with({**world, **changes}, [one])

    def _supported(self, node: str, one: str, scores: Scores) -> dict[Unknown, float]:
        """Return what an economy has where no figure of the evidence-supported series rests on its answers, with evidence."""
        lows = [low for low in SHARES[node] if not self._rests(low, one, "evidence_supported")]
        return {("evidence_supported", low, one): scores["self", low, one] for low in lows}

    def looks_like(self, other: Scores, moved: Collection[str]) -> bool:
        """Compute every figure anew that the moved contributors are in, and compare what everybody knows of them."""
        if any(abs(other[unknown] - score) > SAME for unknown, score in self.known.items() if unknown[2] in moved):
            return False
        return all(same(each.figures, figures_of(each, other)) for each in self.shown if not each.contributors.isdisjoint(moved))

    def _rests(self, low: str, one: str, *series: str) -> bool:
        """Tell whether anything that was shown, of these series or of any, rests on an economy's answers there."""
        wanted = series or self.series
        return any(
            one in each.contributors and each.series in wanted for code in path(low) for each in self.by_node[code]
        ) or any((of, code, one) in self.known for of in wanted for code in path(low))

    def _stand_alike(self, one: str, other: str, branch: str) -> bool:
        """Tell quickly whether an exchange may look the same: it cannot where one of both alone is in a figure that it moves."""
        moving = {*path(branch), *(code for code in SHARES if branch in path(code))}
        return not any(
            (one in each.contributors) != (other in each.contributors) for code in moving for each in self.by_node[code]
        )

    def _with(self, changes: Scores, moved: Sequence[str]) -> dict[Unknown, float]:
        world = {**self.scores, **changes}
        for series in self.series:
            for one in moved:
                for node in ("P", "ALL"):
                    world[series, node, one] = sum(share * world[series, low, one] for low, share in SHARES[node].items())
        return world


def figures_of(shown: Shown, scores: Scores) -> tuple[float | None, ...]:
    """Compute what is published of some contributors' scores."""
    found = distribution([scores[shown.series, shown.node, one] for one in sorted(shown.contributors)])
    return (found.n, found.mean, found.minimum, found.q1, found.median, found.q3, found.maximum)


def same(one: Sequence[float | None], other: Sequence[float | None]) -> bool:
    return all(
        (a is None) == (b is None) and (a is None or b is None or abs(a - b) < SAME) for a, b in zip(one, other, strict=True)
    )


def _spread(scores: Iterator[float] | Iterable[float]) -> float:
    found = list(scores)
    return max(found) - min(found) if found else 0.0
