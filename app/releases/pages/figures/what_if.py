"""The figure of a what-if: chosen economies under a reader's weights, with what they rest on; never an official score."""

from __future__ import annotations

import math
from collections.abc import Mapping

from fastapi import Request

from app.domain.release.what_if import Weighing
from app.kit import csv_text
from app.releases.pages.changed import signed
from app.releases.pages.face import Face, Figures, percent
from app.releases.what_ifs import Outcome, WhatIf
from app.web.charts.figure import Content, Figure
from app.web.charts.standings import Panel, Standing, Standings
from app.web.i18n import gettext as _
from app.web.i18n import ngettext

FIELD = "weight."


def figure(request: Request, face: Face, found: WhatIf, figures: Figures, typed: Mapping[str, str]) -> Figure:
    """Put the figure at its page, whose address holds the reader's choice and weights."""
    node = found.published.node.code if found.published.node else ""
    weights = {f"{FIELD}{code}": text for code, text in typed.items()}
    codes = [outcome.economy.code for outcome in found.outcomes]
    said = [("node", node), *(("economy", code) for code in codes), *weights.items()]
    return Figure(
        content=content(face, found, figures),
        name="what-if",
        address=f"{face.base}/what-if",
        query=face.pinned(node=node, economy=",".join(codes), **weights),
        permalink=face.permalink(request, "/what-if", [(name, text) for name, text in said if text]),
        is_table_open=True,
    )


def content(face: Face, found: WhatIf, figures: Figures) -> Content:
    """Return what the figure shows; it says in itself that it is nobody's official score."""
    label = _("Your what-if, not an official score")
    title = _("{label}: {whole}").format(label=label, whole=whole_title(face, found.published))
    lines = tuple(_line(figures, outcome) for outcome in found.outcomes)
    return Content(
        title=title,
        chart=Standings((Panel("", lines),), face.questionnaire.scheme.scale),
        alt=f"{title}. " + " ".join(_sentence(figures, each) for each in found.outcomes),
        how=_how(found, figures),
        source=_("Weights: {weights}. Computed for one reader from {source}").format(
            weights=shares(face, found.wanted), source=face.source
        ),
        headers=[
            *(_("Economy"), _("Your what-if"), _("Interval"), _before(found), _("Difference")),
            *((_("Band of the what-if"),) if _has_bands(found) else ()),
            _("Answered, part by part"),
        ],
        rows=[_row(face, figures, found, each) for each in found.outcomes],
        exact_headers=_exact_headers(found),
        exact=[_exact(found, each) for each in found.outcomes],
        origin=face.origin,
        numeric_columns=(1, 3, 4),
    )


def whole_title(face: Face, weighing: Weighing) -> str:
    """Return what is weighed anew: a node, or what merely stands side by side, taken together."""
    if weighing.node is not None:
        return face.questionnaire.nodes[weighing.node.code].title
    tier = face.questionnaire.profile[0][0]
    return _("{tier}, taken together").format(tier=tier.title) if tier else _("All parts, taken together")


def shares(face: Face, weighing: Weighing) -> str:
    """Say what the weights are worth as shares of the whole."""
    words = [
        _("{part} {share}").format(part=face.questionnaire.nodes[part.code].title, share=percent(weight))
        for part, weight in zip(weighing.parts, weighing.weights, strict=True)
    ]
    return "; ".join(words)


def moved(found: WhatIf) -> str:
    """Say how many bands would be other ones; nothing where there is none to say it of."""
    computed = [outcome for outcome in found.outcomes if outcome.what_if is not None]
    if not computed or not _has_bands(found):
        return ""
    words = ngettext(
        "Under these weights the band of {moved} of {count} economy would be another one.",
        "Under these weights the band of {moved} of {count} economies would be another one.",
        len(computed),
    )
    return words.format(moved=sum(outcome.is_moved for outcome in computed), count=len(computed))


def held_rows(found: WhatIf, figures: Figures) -> list[list[object]]:
    """Say under which share of all weightings the band of each holds."""
    return [
        [outcome.economy.short_name, figures.band_title(outcome.band_before.code), percent(outcome.held)]
        for outcome in found.outcomes
        if _has_bands(found) and outcome.held is not None and outcome.band_before is not None and math.isfinite(outcome.held)
    ]


def _before(found: WhatIf) -> str:
    return _("Official score") if found.published.node is not None else _("Equal weights, not official")


def _how(found: WhatIf, figures: Figures) -> str:
    if found.published.node is not None:
        hollow = _("A filled circle is the score under your weights, a hollow circle the official score.")
    else:
        hollow = _("A filled circle is the score under your weights, a hollow circle what equal weights would give.")
    sure = _("There are no intervals: how sure a what-if is was not computed.")
    order = _("The economies that you chose, in the order of their names. Scale from 0 to {scale}.").format(scale=figures.scale)
    return f"{hollow} {sure} {order}"


def _line(figures: Figures, outcome: Outcome) -> Standing:
    name = outcome.economy.short_name
    if outcome.what_if is None:
        return Standing(name, reason=_not_computed())
    return Standing(name, score=outcome.what_if, second=outcome.before, score_words=figures.number(outcome.what_if))


def _not_computed() -> str:
    return _("Not computed: not every part is shown with a score")


def _sentence(figures: Figures, outcome: Outcome) -> str:
    said = _not_computed() if outcome.what_if is None else figures.number(outcome.what_if)
    return _("{title}: {score}.").format(title=outcome.economy.short_name, score=said)


def _row(face: Face, figures: Figures, found: WhatIf, outcome: Outcome) -> list[object]:
    name, answered = outcome.economy.short_name, _answered(face, found, outcome, figures)
    if outcome.what_if is None or outcome.before is None:
        official = figures.score(outcome.official) if found.published.node is not None else None
        return [name, _not_computed(), None, official, None, *((None,) if _has_bands(found) else ()), answered]
    difference = signed(figures, outcome.what_if - outcome.before)
    band = (_band(figures, outcome),) if _has_bands(found) else ()
    number, before = figures.number(outcome.what_if), figures.number(outcome.before)
    return [name, number, _("Not computed"), before, difference, *band, answered]


def _answered(face: Face, found: WhatIf, outcome: Outcome, figures: Figures) -> str:
    """Say how much of each part was answered: missing answers move a what-if as they move a score."""
    said = [
        _("{part} {share}").format(
            part=face.questionnaire.nodes[part.code].title, share=figures.coverage(outcome.parts.get(part.code)) or _("not shown")
        )
        for part in found.published.parts
    ]
    return "; ".join(said)


def _has_bands(found: WhatIf) -> bool:
    """Bands are those of an official score: what merely stands side by side has none, taken together."""
    return found.published.node is not None and bool(found.questionnaire.scheme.bands)


def _band(figures: Figures, outcome: Outcome) -> str | None:
    if outcome.band is None or outcome.band_before is None:
        return None
    now, before = figures.band_title(outcome.band.code), figures.band_title(outcome.band_before.code)
    return _("{now}, instead of {before}").format(now=now, before=before) if outcome.is_moved else now


def _exact_headers(found: WhatIf) -> tuple[str, ...]:
    """Name the columns; `official` stands only where there is an official score."""
    kind = "official" if found.published.node is not None else "equal_weights"
    parts = [part.code for part in found.published.parts]
    bands = ("band_what_if", f"band_{kind}", "weightings_that_keep_band") if _has_bands(found) else ()
    return (
        *("status", "version", "node", "economy", "name", "what_if", kind, "difference", *bands),
        *(f"{what}_{code}" for code in parts for what in ("weight", "score", "coverage")),
    )


def _exact(found: WhatIf, outcome: Outcome) -> list[csv_text.Cell]:
    before, after = outcome.before, outcome.what_if
    difference = None if before is None or after is None else after - before
    node = found.published.node.code if found.published.node else None
    held: list[csv_text.Cell] = [*(each.code if each else None for each in (outcome.band, outcome.band_before)), outcome.held]
    cells: list[csv_text.Cell] = [
        *("what-if of one reader, not an official score", found.release.entry.version, node),
        *(outcome.economy.code, outcome.economy.short_name, after, before, difference),
        *(held if _has_bands(found) else ()),
    ]
    for part, weight in zip(found.published.parts, found.wanted.weights, strict=True):
        row = outcome.parts.get(part.code)
        cells += [weight, row.score if row else None, row.coverage if row else None]
    return cells
