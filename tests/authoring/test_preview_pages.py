"""A draft on the preview's pages."""

from __future__ import annotations

from tests.authoring.conftest import Browse, Desk


def test_smoke(desk: Desk, browse: Browse) -> None:
    page = browse(desk.ana)
    base = f"/admin/drafts/{desk.draft}/preview"
    for path in ("", "/sections/S1", "/check", "/results", "/phone?at=check", "?language=es", "/sections/A", "/check?framed=1"):
        answer = page.get(base + path)
        print(path, answer.status_code, answer.headers.get("location"))
        print(answer.text[answer.text.find("<main"):][:2500])
