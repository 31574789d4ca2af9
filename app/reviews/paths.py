"""Where the pages of a review are: for links from other pages, and from mails."""

from __future__ import annotations

from uuid import UUID


def anchor(code: str) -> str:
    """Return the id under which a page shows an item."""
    return code.replace(".", "-")


def review(review_id: UUID) -> str:
    """Return the address of a review's first page."""
    return f"/reviews/{review_id}"


def check(review_id: UUID) -> str:
    """Return where a whole review is read, and signed off."""
    return f"/reviews/{review_id}/check"


def receipt(review_id: UUID, revision: int) -> str:
    """Return where the receipt of a signed revision is."""
    return f"/reviews/{review_id}/revisions/{revision}/receipt"


def question(review_id: UUID, section: str, item: str = "") -> str:
    """Return where a question is answered; without an item, where its section begins."""
    return f"/reviews/{review_id}/sections/{section}" + (f"#{anchor(item)}" if item else "")


def discussion(review_id: UUID, item: str) -> str:
    """Return where a question is discussed."""
    return f"/reviews/{review_id}/items/{item}/discussion"
