"""A plan as branches: for every node its children in the order of their codes, and whom a missing answer resembles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.questionnaire.document import Rounding
from app.domain.scoring.plan import Plan
from app.domain.scoring.tables import Floats

_MAY_BE_GEOMETRIC = {"arithmetic", "weighted", "shifted_geometric"}

Columns = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Branch:
    """One node. Rows number its children by code; columns are those of the plan.

    `donors`: the items beneath this node, then beneath each node above, nearest first; in the order of their codes.
    `item_weights`: the weight of every item of the plan beside its siblings.
    """

    code: str
    column: int
    weights: Floats
    item_rows: tuple[int, ...]
    items: Columns
    node_rows: tuple[int, ...]
    nodes: tuple[int, ...]
    aggregation: str
    rounding: Rounding | None
    may_be_geometric: bool
    donors: tuple[Columns, ...]
    item_weights: Floats


def branches(scheme: Plan) -> list[Branch]:
    """Lay out every node, each directly after the nodes beneath it, so that few replicates are alive at a time."""
    count = len(scheme.items)
    parents = {int(child): column for column, node in enumerate(scheme.nodes, start=count) for child in node.children}
    item_weights = _item_weights(scheme)
    beneath = {column: _items_beneath(scheme, column) for column in range(count, count + len(scheme.nodes))}
    found: list[Branch] = []
    for column in _depth_first(scheme, parents):
        node = scheme.nodes[column - count]
        order = sorted(range(node.children.size), key=lambda place: _code(scheme, int(node.children[place])))
        children = node.children[order]
        item_rows = tuple(row for row, child in enumerate(children) if child < count)
        node_rows = tuple(row for row, child in enumerate(children) if child >= count)
        found.append(
            Branch(
                code=node.code,
                column=column,
                weights=node.weights[order],
                item_rows=item_rows,
                items=children[list(item_rows)],
                node_rows=node_rows,
                nodes=tuple(int(children[row]) for row in node_rows),
                aggregation=node.aggregation.value,
                rounding=node.rounding,
                may_be_geometric=not item_rows and column not in parents and node.aggregation.value in _MAY_BE_GEOMETRIC,
                donors=tuple(beneath[each] for each in _upward(column, parents)),
                item_weights=item_weights,
            )
        )
    return found


def _item_weights(scheme: Plan) -> Floats:
    weights = np.ones(len(scheme.items))
    for node in scheme.nodes:
        is_item = node.children < len(scheme.items)
        weights[node.children[is_item]] = node.weights[is_item]
    return weights


def _code(scheme: Plan, column: int) -> tuple[bool, str]:
    """Order items before nodes: the two have codes of their own, which may be alike."""
    is_node = column >= len(scheme.items)
    return is_node, scheme.nodes[column - len(scheme.items)].code if is_node else scheme.items[column]


def _depth_first(scheme: Plan, parents: dict[int, int]) -> list[int]:
    count = len(scheme.items)
    order: list[int] = []

    def visit(column: int) -> None:
        for child in scheme.nodes[column - count].children:
            if child >= count:
                visit(int(child))
        order.append(column)

    for column in range(count, count + len(scheme.nodes)):
        if column not in parents:
            visit(column)
    return order


def _items_beneath(scheme: Plan, column: int) -> Columns:
    count = len(scheme.items)
    found: list[int] = []
    waiting = [column]
    while waiting:
        for child in map(int, scheme.nodes[waiting.pop() - count].children):
            (waiting if child >= count else found).append(child)
    return np.array(sorted(found, key=lambda item: scheme.items[item]), dtype=np.intp)


def _upward(column: int, parents: dict[int, int]) -> list[int]:
    path = [column]
    while path[-1] in parents:
        path.append(parents[path[-1]])
    return path
