"""Small profiles as cards of a page: one for each economy that shows its scores, in the order of their names."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.questionnaire.document import Node
from app.domain.release.content import ScoreRow
from app.economies.service import EconomyNames
from app.releases.of_cycle import public_economies
from app.releases.pages.shown import Shown, Strand

CARDS_A_PAGE = 12


@dataclass(frozen=True, slots=True)
class BarView:
    """One score as a bar, or the reason why there is none. Shares are of the scale, in per cent."""

    title: str
    score: str | None
    notes: tuple[str, ...]
    share: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class ProfileView:
    """One economy with its bars."""

    name: str
    href: str
    bars: tuple[BarView, ...]


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A page of cards, and every name with its address."""

    cards: tuple[ProfileView, ...]
    everybody: tuple[tuple[str, str], ...]
    number: int
    pages: int


def profile_page(shown: Shown, strand: Strand, page: int) -> ProfilePage:
    """Return a page of small profiles; beyond the last one, the last."""
    economies = public_economies(shown.release, shown.release.entry.version)
    pages = max(1, -(-len(economies) // CARDS_A_PAGE))
    number_ = min(page, pages)
    on_page = economies[(number_ - 1) * CARDS_A_PAGE : number_ * CARDS_A_PAGE]
    return ProfilePage(
        cards=tuple(_card(shown, strand, names) for names in on_page),
        everybody=tuple((names.short_name, _address(shown, names)) for names in economies),
        number=number_,
        pages=pages,
    )


def _card(shown: Shown, strand: Strand, names: EconomyNames) -> ProfileView:
    rows = shown.rows.get(names.code, {})
    bars = tuple(_bar(shown, node, rows.get(node.code)) for node in strand.nodes)
    return ProfileView(names.short_name, _address(shown, names), bars)


def _address(shown: Shown, names: EconomyNames) -> str:
    return shown.address(f"/economies/{names.code}")


def _bar(shown: Shown, node: Node, row: ScoreRow | None) -> BarView:
    said = shown.said
    if row is None or row.score is None:
        return BarView(node.title, None, (said.score(row),), 0, None, None)
    return BarView(
        title=node.title,
        score=said.number(row.score),
        notes=said.notes(row),
        share=_share(shown, row.score) or 0,
        lower=_share(shown, row.lower),
        upper=_share(shown, row.upper),
    )


def _share(shown: Shown, value: float | None) -> float | None:
    return None if value is None else round(min(100.0, max(0.0, 100 * value / shown.questionnaire.scheme.scale)), 2)
