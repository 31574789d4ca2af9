"""What changed between two releases, in words for people."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.release.changes import ChangeKind, ReleaseChange
from app.economies.service import EconomyNames
from app.kit.say import Marked, Words, mark, say

_MOST_NODES = 8
_WORDS: Mapping[ChangeKind, Marked] = {
    ChangeKind.JOINED: mark("{economy} shows scores that were not in the release before: {nodes}."),
    ChangeKind.WITHDRAWN: mark("{economy} no longer shows scores that were in the release before: {nodes}."),
    ChangeKind.CORRECTED: mark("Scores of {economy} are corrected by what was signed or agreed since: {nodes}."),
    ChangeKind.GROUP_SHOWN: mark("Figures of the group {group} are shown that were not before: {nodes}."),
    ChangeKind.GROUP_HIDDEN: mark("Figures of the group {group} are no longer shown: {nodes}."),
    ChangeKind.GROUP_CHANGED: mark("Figures of the group {group} changed: {nodes}."),
}


def change_words(change: ReleaseChange, names: Mapping[str, EconomyNames], groups: Mapping[str, str]) -> Words:
    """Say what changed; an edge says it in the language of its reader. `groups`: titles by code."""
    economy, group = change.economy or "", change.group or ""
    name = names[economy].short_name if economy in names else economy
    title = Marked(groups.get(group, group))
    return say(_WORDS[change.kind], economy=name, group=title, nodes=_nodes(change.nodes))


def _nodes(nodes: tuple[str, ...]) -> str:
    """Name nodes by their codes; of many, the first."""
    named = ", ".join(nodes[:_MOST_NODES])
    rest = len(nodes) - _MOST_NODES
    return named if rest <= 0 else f"{named} +{rest}"
