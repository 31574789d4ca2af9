"""A part as it was typed into its form."""

from __future__ import annotations

from app.authoring.drafts import OpenDraft
from app.authoring.pages.outline import around
from app.authoring.pages.part_forms import read_part
from app.authoring.shapes import shapes_of
from app.domain.drafting.document import Address, Kind, Part
from app.web.forms import Form


def typed_part(draft: OpenDraft, where: Address, form: Form, stored: Part | None = None) -> dict[str, object]:
    """Return the part as it was typed; the type of an item is not typed, and stays. `stored`: what it was, where it is gone."""
    item_type = str((stored or draft.document.find(where) or {}).get("type", ""))
    typed = read_part(shapes_of(where.kind, item_type), form, around(draft.document))
    if where.kind is Kind.ABOUT:
        return {"format": 1} | typed
    return typed | ({"type": item_type} if where.kind is Kind.ITEM else {})
